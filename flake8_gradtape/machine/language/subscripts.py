"""Items, slices and elements of values: a new tensor, a view of something unknown, or what a container holds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import libcst as cst

from flake8_gradtape.machine.domain.contents import SequenceContents
from flake8_gradtape.machine.domain.graph import Curvature, Flow, Kind, Node, Op, OperationTraits
from flake8_gradtape.machine.domain.limits import MOST_GROWN
from flake8_gradtape.machine.domain.values import (
    NONE,
    Alternatives,
    Const,
    DictValue,
    Instance,
    ListValue,
    Number,
    Opaque,
    Value,
    bound,
    options,
)
from flake8_gradtape.machine.language.operators import floating_of, surely_none
from flake8_gradtape.machine.language.special_methods import INDEXING, operate
from flake8_gradtape.machine.language.unseen import unseen_code
from flake8_gradtape.machine.state.joins import UNSEEN_YET
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Scope


def view(run: Run, node: Node, key: object) -> Node:
    """What an attribute, item or element of an unknown value is: part of the same value, with no operation.

    Unseen code that ran since the value came to be may have put something newer there; and what the module has put into
    its own containers since, which unseen code has, may be found there as well.
    """
    if run.store.get(UNSEEN_YET) and node.kind is Kind.UNKNOWN:
        run.sharing.unseen_code_runs()
    latest = run.recorder.last_unknown_effect
    if node.kind is not Kind.UNKNOWN or latest <= (node.time if node.handed_over_at is None else node.handed_over_at):
        return node
    found = run.heap.views.get((node, key, latest))
    if found is None:
        found = run.recorder.unknown([node], node.name, node.at, time=latest, may_hold_anything=node.may_hold_anything)
        run.heap.views[(node, key, latest)] = found
    return found


def single_index(node: cst.Subscript) -> cst.BaseExpression | None:
    """What stands in the brackets, if that is one index: no slice, and no tuple, as in `x[1,]`."""
    only = node.slice[0]
    if len(node.slice) > 1 or isinstance(only.comma, cst.Comma) or not isinstance(only.slice, cst.Index):
        return None
    return only.slice.value if only.slice.star is None else None


def index_parts(run: Run, scope: Scope, node: cst.Subscript) -> list[list[Value]]:
    """What stands in the brackets: for each part an index, or the three bounds of a slice."""
    return [_part(run, scope, element.slice) for element in node.slice]


def _part(run: Run, scope: Scope, part: cst.BaseSlice) -> list[Value]:
    if isinstance(part, cst.Index):
        return [run.evaluate(scope, part.value)]
    if isinstance(part, cst.Slice):
        bounds = (part.lower, part.upper, part.step)
        return [run.evaluate(scope, one) if one is not None else NONE for one in bounds]
    return [run.anything()]


def target_index(run: Run, scope: Scope, target: cst.Subscript) -> Value:
    """The index of an item that is set or deleted; unknown if it is a slice. Python may call methods of it."""
    parts = index_parts(run, scope, target)
    for part in parts:
        for one in part:
            operate(run, one, INDEXING)
    return parts[0][0] if single_index(target) is not None else run.anything()


def item(run: Run, value: Value, index: Value, at: cst.CSTNode) -> Value:
    """`value[index]`."""
    operate(run, index, INDEXING)
    return run.each(bound(value), lambda option: run.behaviour(option).item(run, option, index, at))


def item_of_a_sequence(run: Run, value: ListValue, index: Value, at: cst.CSTNode) -> Value:
    """`list[index]`: the item, one of the items, or an IndexError."""
    content = run.heap.items(value)
    if isinstance(index, Const) and isinstance(index.value, int) and content.exact:
        if -len(content.items) <= index.value < len(content.items):
            return content.items[index.value]
        run.end_all_paths()
        return run.anything()
    found = list(content.items) or [run.anything()]
    if any(isinstance(option, Opaque) for option in options(bound(index))):
        # it may be a slice
        found.append(ListValue(run.heap.new_cell(replace(content, exact=False, sure=0, names=()))))
    return run.sharing.join(found)


def item_of_a_mapping(run: Run, value: DictValue, index: Value, at: cst.CSTNode) -> Value:
    """`dict[index]`: what is under the key, one of the values, or a KeyError."""
    entries = run.heap.entries(value.cell)
    if isinstance(index, Const):
        found = entries.get(index.value)
        if found is not None:
            return found
        if not entries.exact:
            return run.anything([node for _, one in entries.entries for node in run.heap.nodes(one)])
        run.end_all_paths()
        return run.anything()
    return run.sharing.join([one for _, one in entries.entries]) if entries.entries else run.anything()


def item_of_unknown(run: Run, value: Opaque, index: Value, at: cst.CSTNode) -> Value:
    """A view of something unknown."""
    return Opaque(view(run, value.node, "item"))


def item_of_an_object(run: Run, value: Instance, index: Value, at: cst.CSTNode) -> Value:
    """Its `__getitem__` may do anything."""
    return unseen_code(run, [value, index], at)


def item_of_a_number(run: Run, value: Number | Const, index: Value, at: cst.CSTNode) -> Value:
    """An item of an array or a string; None has none."""
    if surely_none(value):
        run.end_all_paths()
        return run.anything()
    return Number(run.recorder.number(run.heap.edges(value, Flow.LEFT), at=at))


def item_of_another(run: Run, value: Value, index: Value, at: cst.CSTNode) -> Value:
    """An item of anything else may be anything that has to do with it."""
    return run.anything([*run.heap.nodes(value), *run.heap.nodes(index)], at=at)


def sliced(run: Run, value: Value, parts: list[Value], at: cst.CSTNode) -> Value:
    """`value[a:b]`, `value[:, 0]`, `value[..., None]`: `parts` are the values in the brackets."""
    for part in parts:
        operate(run, part, INDEXING)
    return run.each(bound(value), lambda option: run.behaviour(option).slice(run, option, parts, at))


def slice_of_a_sequence(run: Run, value: ListValue, parts: list[Value], at: cst.CSTNode) -> Value:
    """`list[a:b]`: a new list of some of the items."""
    content = run.heap.items(value)
    bounds: list[Any] = [part.value if isinstance(part, Const) else "?" for part in parts]
    if content.exact and all(one is None or isinstance(one, int) for one in bounds):
        if 0 in bounds[2:]:
            run.end_all_paths()  # ValueError: slice step cannot be zero
            return run.anything()
        chosen = content.items[slice(*bounds)] if bounds else content.items
        return run.heap.sequence(chosen, immutable=content.immutable)
    single = _is_plain(at, parts) and bounds[0] in (None, 0) and bounds[1] == 1
    return ListValue(run.heap.new_cell(SequenceContents(content.items, False, content.immutable, single=single)))


def slice_of_unknown(run: Run, value: Opaque, parts: list[Value], at: cst.CSTNode) -> Value:
    """`x[:1]` has one element at the most; `x[:, 0]` of something unknown is an operation."""
    if _is_plain(at, parts) and parts[0] in (NONE, Const(0)) and parts[1] == Const(1):
        seen = view(run, value.node, "item")
        only = run.recorder.unknown([seen], seen.name, at, time=seen.time, may_hold_anything=seen.may_hold_anything)
        run.heap.single_element_iterables[only] = None
        return Opaque(only)
    if _has_several_dimensions(at):
        return Opaque(_in_several_dimensions(run, value, at))
    return slice_of_another(run, value, parts, at)


def slice_of_another(run: Run, value: Value, parts: list[Value], at: cst.CSTNode) -> Value:
    """A slice is an item of another kind."""
    return item(run, value, run.heap.sequence(parts, immutable=True), at)


def _is_plain(at: cst.CSTNode, parts: list[Value]) -> bool:
    """One slice with its three bounds."""
    return isinstance(at, cst.Subscript) and len(at.slice) == 1 and len(parts) == 3


def _has_several_dimensions(at: cst.CSTNode) -> bool:
    """`x[:, 0]`, `x[..., k]`: no list takes that, and no dict."""
    if not isinstance(at, cst.Subscript) or len(at.slice) < 2:
        return False
    parts = [element.slice for element in at.slice]
    return any(
        isinstance(one, cst.Slice) or (isinstance(one, cst.Index) and isinstance(one.value, cst.Ellipsis))
        for one in parts
    )


def _in_several_dimensions(run: Run, value: Opaque, at: cst.CSTNode) -> Node:
    """Of something unknown it makes a new tensor or array."""
    edges = run.heap.edges(value)
    return run.recorder.operation(
        Op.GETITEM,
        edges,
        at,
        OperationTraits(curvature=Curvature.LINEAR, floating=floating_of(run, [value]), surely_tensors=False),
    )


def elements(run: Run, value: Value, at: cst.CSTNode) -> tuple[list[Value], bool]:
    """What iterating gives: the elements in order and True if all are known, else one of each kind and False."""
    found = contents(run, value, at)
    return list(found.items), found.exact


def contents(run: Run, value: Value, at: cst.CSTNode) -> SequenceContents:
    """What iterating gives, as the content of a list."""
    value = bound(value)
    if not isinstance(value, Alternatives):
        made: SequenceContents = run.behaviour(value).iterate(run, value, at)
        return made
    found: list[Value] = []
    for option in value.options:
        found.extend(contents(run, option, at).items)
    return SequenceContents(tuple(found), exact=False)


def elements_of_a_sequence(run: Run, value: ListValue, at: cst.CSTNode) -> SequenceContents:
    """The items of a list or tuple; an iterator has them once."""
    content = run.heap.items(value)
    if content.once and content.exact:
        run.store.set(("cell", value.cell), replace(content, exact=False, sure=0))
    return content


def elements_of_a_mapping(run: Run, value: DictValue, at: cst.CSTNode) -> SequenceContents:
    """The keys of a dict."""
    entries = run.heap.entries(value.cell)
    return SequenceContents(tuple(run.heap.key_of(key) for key, _ in entries.entries), entries.exact)


def elements_of_unknown(run: Run, value: Opaque, at: cst.CSTNode) -> SequenceContents:
    """Views of something unknown; an iterator may run functions of the module for each of them."""
    run.sharing.handed_out_functions_run()
    return SequenceContents((Opaque(view(run, value.node, "item")),), exact=False)


def elements_of_a_number(run: Run, value: Number | Const, at: cst.CSTNode) -> SequenceContents:
    """Elements of an array, or characters of a string."""
    if isinstance(value, Const) and isinstance(value.value, (str, bytes)) and len(value.value) <= MOST_GROWN:
        return SequenceContents(tuple(Const(one) for one in value.value))
    return SequenceContents((Number(run.recorder.number(run.heap.edges(value, Flow.LEFT), at=at)),), exact=False)


def elements_of_an_object(run: Run, value: Instance, at: cst.CSTNode) -> SequenceContents:
    """Its `__iter__` may do anything."""
    return SequenceContents((unseen_code(run, [value], at),), exact=False)


def unpack_mapping(run: Run, value: Value) -> None:
    """`**object` runs its `keys` and its `__getitem__`."""
    if any(isinstance(option, Instance) for option in options(bound(value))):
        unseen_code(run, [value])


def elements_of_another(run: Run, value: Value, at: cst.CSTNode) -> SequenceContents:
    """Elements of anything else may be anything that has to do with it."""
    return SequenceContents((run.anything(run.heap.nodes(value), at=at),), exact=False)


def at_most(run: Run, value: Value) -> int | None:
    """1 if iterating surely gives no more than one element; None if that is not known."""
    value = bound(value)
    if isinstance(value, ListValue) and run.heap.items(value).single:
        return 1
    return 1 if isinstance(value, Opaque) and value.node in run.heap.single_element_iterables else None
