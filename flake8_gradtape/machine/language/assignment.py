"""Assigning to targets and deleting them: names, attributes, items, and nested tuples of these."""

from __future__ import annotations

import libcst as cst

from flake8_gradtape.events import Kept
from flake8_gradtape.machine.domain.contents import SequenceContents
from flake8_gradtape.machine.domain.graph import Flow, Kind, Node
from flake8_gradtape.machine.domain.values import (
    DELETED,
    Const,
    DictValue,
    Instance,
    KerasLayer,
    ListValue,
    Number,
    TapeValue,
    Tensor,
    Value,
    Variable,
    bound,
    node_of,
    options,
)
from flake8_gradtape.machine.domain.walks import inputs, within
from flake8_gradtape.machine.language.attributes import delete_attribute, set_attribute
from flake8_gradtape.machine.language.containers import set_item, set_slice
from flake8_gradtape.machine.language.subscripts import elements, target_index
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Scope
from flake8_gradtape.reading.syntax import dotted, text_of

MOST_STEPS = 6
"""What took more operations than that is not said to be the variable, replaced."""


def assign(run: Run, scope: Scope, target: cst.CSTNode, value: Value) -> None:
    """`target = value`."""
    if isinstance(target, cst.Name):
        _assign_name(run, scope, target.value, value)
    elif isinstance(target, (cst.Tuple, cst.List)):
        _unpack(run, scope, target, value)
    elif isinstance(target, cst.Attribute):
        holder = run.evaluate(scope, target.value)
        _name_it(run, value, dotted(target))
        for option in options(bound(holder)):
            if isinstance(option, Instance):
                _note_replaced(run, dotted(target), run.heap.entry(option.cell, target.attr.value), value)
        for tape in run.heap.tapes_in(value):
            run.recorder.tapes[tape].stored = Kept.ATTRIBUTE
        set_attribute(run, holder, target.attr.value, value)
    elif isinstance(target, cst.Subscript):
        holder = run.evaluate(scope, target.value)
        for tape in run.heap.tapes_in(value):
            run.recorder.tapes[tape].stored = Kept.CONTAINER
        index = target_index(run, scope, target)
        alternatives = options(bound(holder))
        if len(alternatives) == 1 and isinstance(alternatives[0], (DictValue, ListValue)):
            _note_replaced(run, text_of(target), _known_item(run, alternatives[0], index), value)
        if isinstance(target.value, cst.Name) and all(isinstance(option, (Number, Const)) for option in alternatives):
            # an array into which a value is put by NumPy, and so leaves TensorFlow
            put = run.heap.edges(value, Flow.LEFT)
            if any(edge.node.kind is not Kind.NUMBER for edge in put):
                edges = [*run.heap.edges(holder, Flow.LEFT), *put]
                made = Number(run.recorder.number(edges, f"{text_of(target)} = ...", target))
                run.sharing.write(scope, target.value.value, made)
        is_slice = any(isinstance(one.slice, cst.Slice) for one in target.slice)
        for option in alternatives:
            if is_slice and isinstance(option, ListValue):
                set_slice(run, option, value, target)
            else:
                set_item(run, option, index if len(alternatives) == 1 else run.anything(), value)
    elif isinstance(target, cst.StarredElement):
        assign(run, scope, target.value, value)
    if run.observer is not None:
        run.observer.assigned(target, value)


def _assign_name(run: Run, scope: Scope, name: str, value: Value) -> None:
    old = run.sharing.read(scope, name)
    _note_replaced(run, name, old, value)
    _name_it(run, value, name)
    for option in options(old) if old is not None else ():
        if isinstance(option, TapeValue) and option != value:
            run.recorder.tapes[option.tape].renamed = True
    home = run.scopes.home(scope, name)
    if home is not None and home is not scope:
        for tape in run.heap.tapes_in(value):
            run.recorder.tapes[tape].stored = Kept.MODULE
    run.sharing.write(scope, name, value)


def _name_it(run: Run, value: Value, name: str) -> None:
    """The first name that a value gets is the one that people know it by; of a tensor while its function runs."""
    if isinstance(value, TapeValue):
        tape = run.recorder.tapes[value.tape]
        tape.name = tape.name or name
        return
    if isinstance(value, KerasLayer) and not value.part:
        for item in run.heap.items(ListValue(value.cell)).items:
            layer = node_of(item)
            if layer is not None and layer.name == value.name.lower():
                layer.name = name
    node = node_of(value)
    if (
        name != "_"
        and node is not None
        and not isinstance(value, Instance)
        and (not node.name or _is_elsewhere(run, node))
    ):
        node.name = name
        node.named_in = run.stack.functions[-1] if run.stack.functions else None


def _is_elsewhere(run: Run, node: Node) -> bool:
    """The name of a tensor is a local one of a function that has returned."""
    return node.kind is Kind.TENSOR and node.named_in is not None and node.named_in not in run.stack.functions


def _known_item(run: Run, container: DictValue | ListValue, index: Value) -> Value | None:
    if not isinstance(index, Const):
        return None
    if isinstance(container, DictValue):
        return run.heap.entry(container.cell, index.value)
    content = run.heap.items(container)
    position = index.value
    known = content.exact and isinstance(position, int) and -len(content.items) <= position < len(content.items)
    return content.items[position] if known else None


def _note_replaced(run: Run, name: str, old: Value | None, new: Value) -> None:
    """`w = w - 0.1 * g`: the name held a variable, and now holds a tensor computed from it."""
    if old is None or not all(isinstance(option, (Tensor, ListValue)) for option in options(new)):
        return
    variables = {leaf.node for leaf in run.heap.leaves(old) if isinstance(leaf, Variable)}
    replaced = {
        leaf.node for leaf in run.heap.leaves(old) if isinstance(leaf, Tensor) and leaf.node in run.recorder.replaced
    }
    if not variables and not replaced:
        return
    for leaf in run.heap.leaves(new):
        if isinstance(leaf, Tensor) and _derived(leaf.node, variables | replaced):
            run.recorder.replaced[leaf.node] = name


def _derived(node: Node, variables: set[Node]) -> bool:
    """A tensor was computed from one of the variables, in a few steps and through tensors alone."""
    return any(one in variables for one in within([node], MOST_STEPS, _tensor_inputs) if one is not node)


def _tensor_inputs(node: Node) -> list[Node]:
    return inputs(node) if node.kind is Kind.TENSOR else []


def _unpack(run: Run, scope: Scope, target: cst.Tuple | cst.List, value: Value) -> None:
    """Give each target its element; where the elements are not known one by one, each target may be any of them."""
    targets = list(target.elements)
    stars = [place for place, one in enumerate(targets) if isinstance(one, cst.StarredElement)]
    items, exact = elements(run, value, target)
    if exact and not stars and len(items) == len(targets):
        for one, item in zip(targets, items, strict=True):
            assign(run, scope, one.value, item)
        return
    if exact and len(stars) == 1 and len(items) >= len(targets) - 1:
        before, after = stars[0], len(targets) - stars[0] - 1
        middle = items[before : len(items) - after]
        parts: list[Value] = [*items[:before], run.heap.sequence(middle), *items[len(items) - after :]]
        for one, item in zip(targets, parts, strict=True):
            assign(run, scope, one.value, item)
        return
    alternatives = [option for option in options(bound(value)) if isinstance(option, ListValue)]
    if len(alternatives) > 1 and len(alternatives) == len(options(bound(value))) and not stars:
        contents = [run.heap.items(option) for option in alternatives]
        if all(content.exact and len(content.items) == len(targets) for content in contents):
            for place, one in enumerate(targets):
                assign(run, scope, one.value, run.sharing.join([content.items[place] for content in contents]))
            return
    for one in targets:
        item = run.sharing.join(items) if items else run.anything()
        if isinstance(one, cst.StarredElement):
            item = ListValue(run.heap.new_cell(SequenceContents((item,), exact=False)))
        assign(run, scope, one.value, item)


def delete(run: Run, scope: Scope, target: cst.CSTNode) -> None:
    """`del target`."""
    if isinstance(target, cst.Name):
        held = run.sharing.read(scope, target.value)
        for tape in run.heap.tapes_in(held) if held is not None else ():
            run.recorder.tapes[tape].deleted = True
        run.sharing.write(scope, target.value, DELETED)
    elif isinstance(target, (cst.Tuple, cst.List)):
        for element in target.elements:
            delete(run, scope, element.value)
    elif isinstance(target, cst.Attribute):
        delete_attribute(run, run.evaluate(scope, target.value), target.attr.value)
    elif isinstance(target, cst.Subscript):
        holder = run.evaluate(scope, target.value)
        index = target_index(run, scope, target)
        for option in options(bound(holder)):
            run.behaviour(option).delete_item(run, option, index)
