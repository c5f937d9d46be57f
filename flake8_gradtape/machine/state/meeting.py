"""What containers hold, and what a traced function has found, where several ways meet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flake8_gradtape.machine.domain.contents import (
    ELSEWHERE,
    MappingContents,
    SequenceContents,
    earliest_sharing,
    is_elsewhere,
)
from flake8_gradtape.machine.domain.limits import MOST_ITEMS
from flake8_gradtape.machine.domain.store import Key
from flake8_gradtape.machine.domain.values import UNBOUND, Value, flat_options
from flake8_gradtape.machine.state.heap import Heap

Join = Callable[[list[Value]], Value]
"""Gives the value that is one of several."""


def join_found(found: list[dict[Key, Any]], join_key: Callable[[Key, list[Any]], Any]) -> dict[Key, Any]:
    """What the runs of a traced function may have found outside, by the keys of the store."""
    first = found[0]
    if all(one is first for one in found):
        return first
    keys = dict.fromkeys(key for one in found for key in one)
    values = {key: list({id(one[key]): one[key] for one in found if key in one}.values()) for key in keys}
    return {key: several[0] if len(several) == 1 else join_key(key, several) for key, several in values.items()}


def join_contents(contents: list[Any], heap: Heap, join: Join) -> Any:
    """What a container holds after several ways: item by item if all are as long, else any of the items."""
    first = contents[0]
    if all(content is first for content in contents):
        return first
    if any(type(content) is not type(first) for content in contents):
        return MappingContents(((ELSEWHERE, heap.anything()),), exact=False)  # no program gets so far
    shared_at = earliest_sharing(contents)
    if isinstance(first, SequenceContents):
        once = any(content.once for content in contents)
        same_length = all(len(content.items) == len(first.items) for content in contents)
        if same_length and all(content.exact for content in contents):
            columns = zip(*(content.items for content in contents), strict=True)
            joined = tuple(join(list(column)) for column in columns)
            return SequenceContents(joined, True, first.immutable, once=once, shared_at=shared_at)
        items = tuple(flat_options([item for content in contents for item in content.items]))
        return heap.bounded(SequenceContents(items, False, first.immutable, once=once, shared_at=shared_at), MOST_ITEMS)
    keys = dict.fromkeys(key for content in contents for key, _ in content.entries)
    return MappingContents(
        tuple((key, join([_under(content, key, join) for content in contents])) for key in keys),
        all(content.exact for content in contents),
        shared_at,
    )


def _under(content: MappingContents, key: Any, join: Join) -> Value:
    """What a dict may hold under a key: of keys that are not known, one may be this."""
    found = content.get(key)
    others = [item for known, item in content.entries if is_elsewhere(known)]
    if is_elsewhere(key):
        return join(others) if others else UNBOUND
    return found or (join([UNBOUND, *others]) if others else UNBOUND)
