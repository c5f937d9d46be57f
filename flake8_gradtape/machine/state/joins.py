"""What names, containers and all else in the store hold where several ways meet."""

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
from flake8_gradtape.machine.domain.limits import MOST_ITEMS, MOST_OPTIONS
from flake8_gradtape.machine.domain.node_states import NODE_STATES
from flake8_gradtape.machine.domain.store import MISSING, Key
from flake8_gradtape.machine.domain.values import (
    UNBOUND,
    Alternatives,
    Api,
    Class,
    DictValue,
    ExitStack,
    Function,
    Instance,
    KerasLayer,
    ListValue,
    TapeValue,
    Value,
    flat_options,
    options,
)
from flake8_gradtape.machine.state.heap import SIMPLE, Heap
from flake8_gradtape.machine.tapes.state import TapeState
from flake8_gradtape.machine.tapes.transitions import join_states

SHARED = "shared"
"""How the keys begin under which the store has that unseen code has a container; the cell follows."""
UNSEEN_YET = ("unseen yet", 0)
"""The key of the shared containers into which something was put since unseen code ran."""
TRACED = "traced"
"""How the keys begin under which the store has what the runs of a traced function have found outside; its definition
follows."""
LASTING_STATES = NODE_STATES | {SHARED}
"""How the keys begin of what stays true once it is, on whatever way."""


class Joins:
    """Joins of values; `hand_over` is done with one of which the machine loses sight: unseen code may have it."""

    def __init__(self, heap: Heap, hand_over: Callable[[Value], None]) -> None:
        self._heap = heap
        self._hand_over = hand_over
        self._recorder = heap.recorder

    def join(self, values: list[Value]) -> Value:
        """One of several values."""
        if len(values) == 2:
            first, second = values
            if first is second:
                return first
            if type(first) in SIMPLE and type(second) in SIMPLE:
                return first if first == second else Alternatives((first, second))
        found = flat_options(values)
        if len(found) == 1:
            return found[0]
        if len(found) > MOST_OPTIONS:
            for value in found:
                if type(value) not in SIMPLE:
                    self._hand_over(value)
            return self._heap.anything([node for value in found for node in self._heap.nodes(value)])
        return Alternatives(tuple(found))

    def blur(self, value: Value) -> Value:
        """What a name may hold after any number of loop passes, when it held `value` in the first ones."""
        kept = [option for option in options(value) if isinstance(option, _LASTING)]
        rest = [option for option in options(value) if not isinstance(option, _LASTING)]
        return self.join([*kept, self._heap.stored(rest)])

    def join_key(self, key: Key, values: list[Any]) -> Any:
        """What the store holds under a key where several ways meet."""
        kind = key[0] if isinstance(key, tuple) else None
        if kind in LASTING_STATES:
            return True
        if key == UNSEEN_YET:
            return frozenset().union(*(value for value in values if value is not MISSING))
        if kind == TRACED:
            return _join_found([value for value in values if value is not MISSING], self.join_key)
        if kind == "built" or kind == "shaped":
            return True if all(value is True for value in values) else MISSING
        if kind == "tape":
            return join_states([value for value in values if isinstance(value, TapeState)])
        if kind == "cell":
            return _join_contents([value for value in values if value is not MISSING], self._heap, self.join)
        return self.join([UNBOUND if value is MISSING else value for value in values])


_LASTING = (Function, Class, TapeValue, ListValue, DictValue, Instance, ExitStack, KerasLayer, Api)
"""Values that stay what they are from pass to pass; what is in them is blurred where it is kept."""

Join = Callable[[list[Value]], Value]
"""Gives the value that is one of several."""


def _join_found(found: list[dict[Key, Any]], join_key: Callable[[Key, list[Any]], Any]) -> dict[Key, Any]:
    """What the runs of a traced function may have found outside, by the keys of the store."""
    first = found[0]
    if all(one is first for one in found):
        return first
    keys = dict.fromkeys(key for one in found for key in one)
    values = {key: list({id(one[key]): one[key] for one in found if key in one}.values()) for key in keys}
    return {key: several[0] if len(several) == 1 else join_key(key, several) for key, several in values.items()}


def _join_contents(contents: list[Any], heap: Heap, join: Join) -> Any:
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
