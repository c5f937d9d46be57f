"""What containers, objects and models hold, apart from the values that refer to them: the store has it, by cell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Union

from flake8_gradtape.machine.domain.values import Value


@dataclass(frozen=True)
class SequenceContents:
    """The contents of a sequence: `items` in order if `exact`, else some of the values it may hold."""

    items: tuple[Value, ...]
    exact: bool = True
    immutable: bool = False
    names: tuple[str, ...] = ()
    """The fields, if it is a named tuple."""
    single: bool = False
    """It has one element at the most."""
    once: bool = False
    """It is an iterator: who goes through it leaves nothing, or who knows how much."""
    sure: int = 0
    """Where it is not exact: how many of the items, counted from the first, are in it in every run."""
    shared_at: int = 0
    """When it was written last, if unseen code has the container: whatever runs later may have changed it."""


ELSEWHERE = ("?",)
"""A key, or the start of one, that stands for a key which is not known; no key of a program is a tuple here."""


@dataclass(frozen=True)
class MappingContents:
    """The contents of a mapping, or the attributes of an object: values by key; others are possible if not `exact`.

    Keys are as in Python: `1`, `1.0` and `True` are the same key.
    """

    entries: tuple[tuple[Any, Value], ...]
    exact: bool = True
    shared_at: int = 0
    """When it was written last, if unseen code has the container: whatever runs later may have changed it."""

    def get(self, key: Any) -> Value | None:
        """The value under `key`; None if it is not known, and surely not there if the contents are exact."""
        for known, value in self.entries:
            if known == key:
                return value
        return None

    def put(self, key: Any, value: Value) -> MappingContents:
        """The entries after `mapping[key] = value`; under a key that is not known, a value is added to the others."""
        if not is_elsewhere(key) and any(known == key for known, _ in self.entries):
            return MappingContents(tuple((k, value if k == key else v) for k, v in self.entries), self.exact)
        return MappingContents((*self.entries, (key, value)), self.exact)

    def without(self, key: Any) -> MappingContents:
        """The entries after `del mapping[key]`."""
        return MappingContents(tuple((k, v) for k, v in self.entries if k != key), self.exact)


def elsewhere(place: int) -> tuple[str, int]:
    """One of several keys that are not known."""
    return (*ELSEWHERE, place)


def is_elsewhere(key: object) -> bool:
    """The key of an entry is not known."""
    return isinstance(key, tuple) and key[:1] == ELSEWHERE


Contents = Union[SequenceContents, MappingContents]


def earliest_sharing(contents: Iterable[Contents]) -> int:
    """Since when unseen code may have changed what is the one or the other of these; 0 if it has none of them."""
    return min((content.shared_at for content in contents if content.shared_at), default=0)
