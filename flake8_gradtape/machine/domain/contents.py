"""What containers, objects and models hold, apart from the values that refer to them: the store has it, by cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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
    sure: int = 0
    """Where it is not exact: how many of the items, counted from the first, are in it in every run."""


@dataclass(frozen=True)
class MappingContents:
    """The contents of a mapping, or the attributes of an object: values by key; others are possible if not `exact`."""

    entries: tuple[tuple[Any, Value], ...]
    exact: bool = True

    def get(self, key: Any) -> Value | None:
        """The value under `key`; None if it is not known, and surely not there if the contents are exact."""
        for known, value in self.entries:
            if type(known) is type(key) and known == key:
                return value
        return None

    def put(self, key: Any, value: Value) -> MappingContents:
        """The contents after `mapping[key] = value`; keys are compared by type as well, so that 1 and True are two."""
        if any(type(known) is type(key) and known == key for known, _ in self.entries):
            return MappingContents(
                tuple((k, value if type(k) is type(key) and k == key else v) for k, v in self.entries), self.exact
            )
        return MappingContents((*self.entries, (key, value)), self.exact)

    def without(self, key: Any) -> MappingContents:
        """The contents after `del mapping[key]`; the same, if there is no such key."""
        return MappingContents(
            tuple((k, v) for k, v in self.entries if not (type(k) is type(key) and k == key)), self.exact
        )
