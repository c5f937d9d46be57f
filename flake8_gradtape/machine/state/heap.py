"""Containers and objects, whose contents are in the store, and looking into values: which nodes and tapes they hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

import libcst as cst

from flake8_gradtape.machine.domain.contents import ELSEWHERE, MappingContents, SequenceContents, is_elsewhere
from flake8_gradtape.machine.domain.graph import Edge, Flow, Kind, Node
from flake8_gradtape.machine.domain.limits import (
    MOST_GROWN,
    MOST_IN_A_TREE,
    MOST_ITEMS,
    MOST_LEAVES,
    MOST_NESTED,
    GiveUp,
)
from flake8_gradtape.machine.domain.model_outputs import ModelOutputs
from flake8_gradtape.machine.domain.values import (
    Alternatives,
    Api,
    Class,
    Const,
    DictValue,
    Function,
    Instance,
    KerasLayer,
    ListValue,
    Number,
    Opaque,
    TapeValue,
    Tensor,
    Value,
    Variable,
    flat_options,
    node_of,
    options,
)
from flake8_gradtape.machine.tapes.recorder import Recorder


class Heap:
    """The contents of containers, and questions about values; `recorder` is that of the run.

    `hand_over` is done with a value of which the machine loses sight: unseen code may have it.
    """

    def __init__(self, recorder: Recorder, hand_over: Callable[[Value], None]) -> None:
        self.store = recorder.store
        self.recorder = recorder
        self._hand_over = hand_over
        self._cells = 0
        self.created_objects: list[Instance | KerasLayer] = []
        """All objects and layers made so far."""
        self._shown: dict[int, tuple[Any, int, Any]] = {}
        """What the content of a cell, as it was written, is at the latest effect of unseen code."""
        self.views: dict[object, Node] = {}
        """What attributes, items and names of something unknown are, so that asking twice gives the same."""
        self.outputs: dict[int, ModelOutputs] = {}
        """The outputs of functional models that have several, by the cell of the model."""
        self.single_element_iterables: dict[Node, None] = {}
        """Datasets and the like that give one element at the most."""

        self.plain_managers: dict[Node, None] = {}
        """Context managers of which nobody knows more than that they swallow nothing, and change nothing of ours."""
        self.makers_of_managers: dict[Node, frozenset[str]] = {}
        """What gives such context managers, and by which methods."""
        self.swallowing_stacks: dict[int, None] = {}
        """The exit stacks, by cell, that hold something that may swallow exceptions in some run."""

    @property
    def cells(self) -> int:
        """How many containers were made so far."""
        return self._cells

    def new_cell(self, content: SequenceContents | MappingContents) -> int:
        """A place in the store for the content of a container."""
        self._cells += 1
        self.store.set(("cell", self._cells), self.bounded(content, MOST_ITEMS))
        return self._cells

    def bounded(self, content: Any, most: int) -> Any:
        """The content of a container, if it is not too large; else what it holds is unknown, and handed over."""
        if isinstance(content, SequenceContents) and len(content.items) > most:
            rest = self._unknown_for(content.items)
            return replace(content, items=(rest,), exact=False, names=(), sure=0)
        return content

    def bounded_entries(self, content: MappingContents) -> MappingContents:
        """The same for what a dict holds that is filled item by item."""
        if len(content.entries) <= MOST_GROWN:
            return content
        rest = self._unknown_for([item for _, item in content.entries])
        return replace(content, entries=((ELSEWHERE, rest),), exact=False)

    def _unknown_for(self, items: Iterable[Value]) -> Opaque:
        """One value that stands for any of these."""
        nodes: dict[Node, None] = {}
        for item in items:
            nodes.update(dict.fromkeys(self.nodes(item)))
            if type(item) not in SIMPLE:
                self._hand_over(item)
        return Opaque(self.recorder.unknown(nodes, may_hold_anything=True))

    def sequence(self, items: Iterable[Value], exact: bool = True, immutable: bool = False) -> ListValue:
        """A list or tuple."""
        return ListValue(self.new_cell(SequenceContents(tuple(items), exact, immutable)))

    def mapping(self, entries: Iterable[tuple[Any, Value]], exact: bool = True) -> DictValue:
        """A dict."""
        return DictValue(self.new_cell(MappingContents(tuple(entries), exact)))

    def items(self, value: ListValue) -> SequenceContents:
        """The content of a sequence."""
        found: Any = self._now(value.cell)
        if value.shows and isinstance(found, MappingContents):
            return self._view_items(found, value.shows)
        return found if isinstance(found, SequenceContents) else SequenceContents((self.anything(),), exact=False)

    def entries(self, cell: int) -> MappingContents:
        """The content of a mapping or object."""
        found: Any = self._now(cell)
        return found if isinstance(found, MappingContents) else MappingContents((), exact=False)

    def entry(self, cell: int, key: Any) -> Value | None:
        """What a mapping or object holds under a key; None if that is not known."""
        found: Any = self.store.get(("cell", cell))
        if not isinstance(found, MappingContents):
            return None
        value = found.get(key)
        if value is None or not 0 < found.shared_at < self.recorder.last_unknown_effect:
            return value
        return self._or_changed(cell, key, value)

    def _or_changed(self, cell: int, key: Any, value: Value) -> Value:
        """What was put under a key, or what unseen code may have put there since."""
        return Alternatives(tuple(flat_options([value, self._changed(cell, key)])))

    def _now(self, cell: int) -> Any:
        """What a container holds now: if unseen code has it and ran since it was written, that may have changed it."""
        found: Any = self.store.get(("cell", cell))
        latest = self.recorder.last_unknown_effect
        if found is None or not 0 < found.shared_at < latest:
            return found
        known = self._shown.get(cell)
        if known is not None and known[0] is found and known[1] == latest:
            return known[2]
        shown = self._changed_since(cell, found)
        self._shown[cell] = (found, latest, shown)
        return shown

    def _changed_since(self, cell: int, found: Any) -> Any:
        """The content of a container that unseen code may have changed since it was `found` to be written."""
        if isinstance(found, SequenceContents):
            last = found.items[-1:]
            known = found.items[:-1] if last and _is_unseen(last[0]) else found.items
            return replace(found, items=(*known, self._changed(cell, None)), exact=False)
        entries = tuple((name, self._or_changed(cell, name, item)) for name, item in found.entries)
        return MappingContents(entries, False, found.shared_at)

    def _changed(self, cell: int, key: Any) -> Opaque:
        """What unseen code may have put into a container that it has: anything within its reach."""
        latest = self.recorder.last_unknown_effect
        node = self.views.get((cell, type(key), key, latest))
        if node is None:
            node = self.views[(cell, type(key), key, latest)] = self.recorder.unknown(time=latest)
        return Opaque(node)

    def _view_items(self, entries: MappingContents, shows: str) -> SequenceContents:
        """The elements of the view `shows` of a dict with these entries."""
        if shows == "values":
            found = [one for _, one in entries.entries]
        elif shows == "keys":
            found = [self.key_of(key) for key, _ in entries.entries]
        else:
            found = [self.sequence([self.key_of(key), one], immutable=True) for key, one in entries.entries]
        if not entries.exact:
            found.append(self.anything())
        return SequenceContents(tuple(found), entries.exact, immutable=True)

    def key_of(self, key: object) -> Value:
        """A key of a dict, as a value."""
        return self.anything() if is_elsewhere(key) else Const(key)

    def is_built(self, cell: int) -> bool:
        """The layer or model whose content is in the cell has its variables, in every run."""
        return self.store.get(("built", cell)) is True

    def anything(self, edges: Iterable[Node] = (), name: str = "", at: cst.CSTNode | None = None) -> Opaque:
        """A value made by unseen code out of `edges` and whatever was within its reach."""
        return Opaque(self.recorder.unknown(edges, name, at))

    def stored(self, values: Iterable[Value], name: str = "", at: cst.CSTNode | None = None) -> Opaque:
        """What some function of the module may have stored in the place of `values`: anything that it comes by."""
        edges: dict[Node, None] = {}
        for value in values:
            try:
                edges.update(dict.fromkeys(self.nodes(value)))
            except GiveUp:
                self._hand_over(value)
        return Opaque(self.recorder.unknown(edges, name, at, may_hold_anything=True))

    def leaves(self, value: Value) -> list[Value]:
        """The values that are not containers, at any depth; raises `GiveUp` if they are too many to look at."""
        if type(value) not in _HOLDERS:
            return [value]
        found: list[Value] = []
        seen: set[Value] = set()
        pending: list[Value] = [value]
        while pending:
            one = pending.pop()
            if isinstance(one, Alternatives):
                pending.extend(reversed(one.options))
            elif isinstance(one, (ListValue, DictValue)):
                if one not in seen:
                    seen.add(one)
                    pending.extend(reversed(self._parts(one)))
            else:
                found.append(one)
                if len(found) > MOST_LEAVES:
                    raise GiveUp
        return found

    def leaves_within(self, values: Iterable[Value], may_enter: Callable[[Value, object], bool]) -> Iterator[Value]:
        """The same, in objects and classes too, where `may_enter` says so of one of these and a name in it."""
        seen: set[int] = set()
        pending = list(values)
        while pending:
            for leaf in self.leaves(pending.pop()):
                yield leaf
                if isinstance(leaf, (Instance, Class)) and leaf.cell not in seen:
                    seen.add(leaf.cell)
                    entries = self.entries(leaf.cell).entries
                    pending.extend(value for name, value in entries if may_enter(leaf, name))

    def _parts(self, value: ListValue | DictValue) -> tuple[Value, ...]:
        """What is in a container."""
        if isinstance(value, ListValue):
            return self.items(value).items
        return tuple(item for _, item in self.entries(value.cell).entries)

    def is_tree(self, value: Value) -> bool:
        """A structure can be gone through from top to bottom: it does not hold itself, and is neither deep nor large.

        A list that is in it twice counts twice.
        """
        sizes: dict[Value, int] = {}

        def size(one: Value, depth: int) -> int:
            if not isinstance(one, (ListValue, DictValue)):
                return 1
            if one not in sizes:
                sizes[one] = MOST_IN_A_TREE  # if it is met again on the way down
                parts = self._parts(one) if depth < MOST_NESTED else None
                total = MOST_IN_A_TREE if parts is None else 0
                for part in parts or ():
                    total += size(part, depth + 1)
                    if total >= MOST_IN_A_TREE:
                        break
                sizes[one] = total + 1
            return sizes[one]

        return size(value, 0) < MOST_IN_A_TREE

    def as_tree(self, value: Value) -> Value:
        """A structure that can be gone through from top to bottom; unknown where this one cannot."""
        if type(value) not in _HOLDERS or all(self.is_tree(option) for option in options(value)):
            return value
        return Opaque(self.recorder.unknown(self.nodes(value), may_hold_anything=True))

    def nodes(self, value: Value) -> list[Node]:
        """All nodes in a value, each once; those of objects and closures too."""
        if type(value) in SIMPLE:
            only = node_of(value)
            return [only] if only is not None else []
        found: dict[Node, None] = {}
        seen: set[int] = set()
        pending = list(self.leaves(value))
        while pending:
            one = pending.pop()
            node = node_of(one)
            if node is not None:
                found.setdefault(node)
            if isinstance(one, Instance) and one.cell not in seen:
                seen.add(one.cell)
                for _, item in self.entries(one.cell).entries:
                    pending.extend(self.leaves(item))
            elif isinstance(one, Function):
                pending.extend(value for _, value in (*one.defaults, *one.named_arguments))
                pending.extend(one.first_arguments)
                if one.instance is not None:
                    pending.append(one.instance)
            elif isinstance(one, KerasLayer) and one.cell not in seen:
                seen.add(one.cell)
                pending.extend(self.items(ListValue(one.cell)).items)
        return list(found)

    def edges(self, value: Value, flow: Flow = Flow.GRADIENT, sure: bool = False) -> list[Edge]:
        """The value as input of an operation; `sure` if the operation surely is differentiable in it."""
        certain = self.definite(value)
        return [Edge(node, flow, sure and certain, certain) for node in self.nodes(value)]

    def definite(self, value: Value) -> bool:
        """No part of the value depends on the run."""
        if type(value) not in _HOLDERS:
            return True
        seen: set[Value] = set()
        pending: list[Value] = [value]
        while pending:
            one = pending.pop()
            if isinstance(one, Alternatives):
                return False
            if isinstance(one, (ListValue, DictValue)) and one not in seen:
                seen.add(one)
                content = self.items(one) if isinstance(one, ListValue) else self.entries(one.cell)
                if not content.exact:
                    return False
                pending.extend(self._parts(one))
        return True

    def sure_leaves(self, value: Value) -> list[Value]:
        """The values, or choices of one of several, that are in the value in every run, at any depth."""
        found: list[Value] = []
        seen: set[Value] = set()
        pending: list[Value] = [value]
        while pending:
            one = pending.pop()
            if not isinstance(one, (ListValue, DictValue)):
                found.append(one)
            elif one not in seen:
                seen.add(one)
                content = self.items(one) if isinstance(one, ListValue) else self.entries(one.cell)
                parts = self._parts(one)
                if not content.exact:
                    parts = parts[: content.sure] if isinstance(content, SequenceContents) else ()
                pending.extend(reversed(parts))
        return found

    def sure_nodes(self, value: Value) -> list[Node]:
        """The nodes that are in the value in every run."""
        leaves = self.sure_leaves(value)
        return [node for leaf in leaves if not isinstance(leaf, Alternatives) for node in self.nodes(leaf)]

    def alternatives(self, value: Value) -> list[list[Node]]:
        """The nodes that surely are in the value, for each of its alternatives."""
        return [self.sure_nodes(option) for option in options(value)]

    def tapes_in(self, value: Value) -> list[int]:
        """The tapes in a value."""
        return [leaf.tape for leaf in self.leaves(value) if isinstance(leaf, TapeValue)]


VIEWS = frozenset({"values", "keys", "items"})
"""Methods of a dict that give a view of it."""


def _is_unseen(value: Value) -> bool:
    """It stands for what unseen code may have put into a container before, and so does a newer one."""
    return isinstance(value, Opaque) and value.node.kind is Kind.UNKNOWN and value.node.at is None


_HOLDERS = frozenset({Alternatives, ListValue, DictValue})
SIMPLE = frozenset({Tensor, Variable, Opaque, Const, Number, Api})
"""Values that hold nothing but their node, if they have one."""
