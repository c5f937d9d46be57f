"""Items, slices and elements of values: a new tensor, a view of something unknown, or what a container holds."""

from __future__ import annotations

from typing import Any

import libcst as cst

from flake8_gradtape.machine.domain.values import (
    NONE,
    Bend,
    Choice,
    Const,
    Flow,
    Instance,
    Items,
    Kind,
    Mapping,
    Node,
    Number,
    Opaque,
    Sequence,
    Tensor,
    Value,
    Variable,
    bound,
)
from flake8_gradtape.machine.language.operators import floating_of, surely_none
from flake8_gradtape.machine.libraries.tensorflow.data import dataset_element, is_dataset
from flake8_gradtape.machine.state.dict_views import key_of
from flake8_gradtape.machine.state.run import Run


def view(run: Run, node: Node, key: object) -> Node:
    """What an attribute, item or element of an unknown value is: part of the same value, with no operation.

    Unseen code that ran since the value came to be may have put something newer there.
    """
    latest = run.recorder.last_unknown_effect
    if node.kind is not Kind.UNKNOWN or latest <= (node.time if node.given is None else node.given):
        return node
    found = run.views.get((node, key, latest))
    if found is None:
        found = run.recorder.unknown([node], node.name, node.at, time=latest, sees_all=node.sees_all)
        run.views[(node, key, latest)] = found
    return found


def _item_operation(run: Run, value: Value, index: Value, at: cst.CSTNode, op: str) -> Tensor:
    edges = [*run.edges(value, sure=True), *run.edges(index, Flow.NO_GRADIENT)]
    node = run.recorder.operation(op, edges, at, bend=Bend.LINEAR, floating=floating_of(run, [value]))
    return Tensor(node)


def item(run: Run, value: Value, index: Value, at: cst.CSTNode) -> Value:
    """`value[index]`."""
    return run.each(bound(value), lambda option: _item(run, option, index, at))


def _item(run: Run, value: Value, index: Value, at: cst.CSTNode) -> Value:
    if surely_none(value):
        run.die()
        return run.anything()
    if isinstance(value, (Tensor, Variable)):
        return _item_operation(run, value, index, at, "getitem")
    if isinstance(value, Sequence):
        content = run.items(value)
        if isinstance(index, Const) and isinstance(index.value, int) and content.exact:
            if -len(content.items) <= index.value < len(content.items):
                return content.items[index.value]
            run.die()
            return run.anything()
        return run.join(list(content.items)) if content.items else run.anything()
    if isinstance(value, Mapping):
        entries = run.entries(value.cell)
        if isinstance(index, Const):
            found = entries.get(index.value)
            if found is not None:
                return found
            if not entries.exact:
                return run.anything([node for _, one in entries.entries for node in run.nodes(one)])
            run.die()
            return run.anything()
        return run.join([one for _, one in entries.entries]) if entries.entries else run.anything()
    if isinstance(value, Opaque):
        return Opaque(view(run, value.node, "item"))
    if isinstance(value, Instance):
        run.escape(value)  # its `__getitem__` may do anything
    if isinstance(value, (Number, Const)):
        return Number(run.recorder.number(run.edges(value, Flow.LEFT), at=at))
    return run.anything([*run.nodes(value), *run.nodes(index)], at=at)


def sliced(run: Run, value: Value, parts: list[Value], at: cst.CSTNode) -> Value:
    """`value[a:b]`, `value[:, 0]`, `value[..., None]`: `parts` are the values in the brackets."""
    plain = isinstance(at, cst.Subscript) and len(at.slice) == 1 and len(parts) == 3

    def act(option: Value) -> Value:
        if isinstance(option, Sequence):
            content = run.items(option)
            bounds: list[Any] = [part.value if isinstance(part, Const) else "?" for part in parts]
            if content.exact and all(one is None or isinstance(one, int) for one in bounds):
                if 0 in bounds[2:]:
                    run.die()  # ValueError: slice step cannot be zero
                    return run.anything()
                chosen = content.items[slice(*bounds)] if bounds else content.items
                return run.sequence(chosen, immutable=content.immutable)
            single = plain and bounds[0] in (None, 0) and bounds[1] == 1
            return Sequence(run.new_cell(Items(content.items, False, content.immutable, single=single)))
        if isinstance(option, Opaque) and plain and parts[0] in (NONE, Const(0)) and parts[1] == Const(1):
            return Sequence(run.new_cell(Items((_item(run, option, parts[1], at),), False, single=True)))
        if isinstance(option, Opaque) and _has_several_dimensions(at):
            return Opaque(_in_several_dimensions(run, option, at))
        index = run.sequence(parts, immutable=True)
        return _item(run, option, index, at)

    return run.each(bound(value), act)


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
    edges = run.edges(value)
    return run.recorder.operation(
        "getitem", edges, at, bend=Bend.LINEAR, floating=floating_of(run, [value]), surely_tensors=False
    )


def elements(run: Run, value: Value, at: cst.CSTNode) -> tuple[list[Value], bool]:
    """What iterating gives: the elements in order and True if all are known, else one of each kind and False."""
    value = bound(value)
    if isinstance(value, Sequence):
        content = run.items(value)
        return list(content.items), content.exact
    if isinstance(value, Mapping):
        entries = run.entries(value.cell)
        return [key_of(run, key) for key, _ in entries.entries], entries.exact
    if isinstance(value, Choice):
        found: list[Value] = []
        for option in value.options:
            found.extend(elements(run, option, at)[0])
        return found, False
    if isinstance(value, (Tensor, Variable)):
        return [_item_operation(run, value, NONE, at, "iterate")], False
    if isinstance(value, Opaque) and is_dataset(value.node):
        return [dataset_element(run, value.node, at)], False
    if isinstance(value, Opaque):
        return [Opaque(view(run, value.node, "item"))], False
    if isinstance(value, (Number, Const)):
        return [Number(run.recorder.number(run.edges(value, Flow.LEFT), at=at))], False
    if isinstance(value, Instance):
        run.escape(value)
    return [run.anything(run.nodes(value), at=at)], False


def contents(run: Run, value: Value, at: cst.CSTNode) -> Items:
    """What iterating gives, as the content of a list."""
    value = bound(value)
    if isinstance(value, Sequence):
        return run.items(value)
    items, exact = elements(run, value, at)
    return Items(tuple(items), exact)


def at_most(run: Run, value: Value) -> int | None:
    """1 if iterating surely gives no more than one element; None if that is not known."""
    value = bound(value)
    if isinstance(value, Sequence) and run.items(value).single:
        return 1
    return 1 if isinstance(value, Opaque) and value.node in run.singles else None
