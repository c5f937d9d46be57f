"""What `tf.function` and Keras do with the values that go into a function and come out of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import libcst as cst

from flake8_gradtape.machine.domain.graph import Curvature, Edge, Flow, Op, OperationTraits
from flake8_gradtape.machine.domain.store import MISSING, Key
from flake8_gradtape.machine.domain.values import (
    Const,
    DictValue,
    ListValue,
    Number,
    Opaque,
    Tensor,
    Value,
    Variable,
    node_of,
)
from flake8_gradtape.machine.state.joins import TRACED
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Arguments


@contextmanager
def traced_once(run: Run, definition: cst.CSTNode) -> Iterator[None]:
    """Run the body of a traced function in here.

    TensorFlow runs it when it is called first, and perhaps never again: what it reads from outside (globals,
    attributes, what containers hold) may be what it was in any of its runs, and what it changes there may stay as it
    is.
    """
    store, key = run.store, (TRACED, definition)
    earlier: dict[Key, Any] = store.get(key) or {}
    mixed: dict[Key, tuple[Any, Any]] = {}
    for outer, old in earlier.items():
        now = store.get(outer, MISSING)
        if now is not old and now is not MISSING:
            both = run.sharing.joins.join_key(outer, [now, old])
            mixed[outer] = (now, both)
            store.set(outer, both)
    reads: dict[Key, Any] = {}
    around = store.note_reads(reads)
    began = store.mark()
    try:
        yield
    finally:
        store.note_reads(around)
    if not run.reachable:
        return
    before = store.replaced_since(began)
    kept = dict(earlier)
    for outer, first in reads.items():
        found = before.get(outer, first)
        if found is not MISSING and _is_outer(outer):
            kept[outer] = found
    for outer, (now, both) in mixed.items():
        if store.get(outer) is both:
            store.set(outer, now)
    if earlier:
        for outer, old in before.items():
            if old is not MISSING and _is_outer(outer):
                was = mixed[outer][0] if outer in mixed else old
                store.set(outer, run.sharing.joins.join_key(outer, [was, store.get(outer, MISSING)]))
    store.set(key, kept)


def _is_outer(key: Key) -> bool:
    """It is a name, or the content of a container or object."""
    return isinstance(key, tuple) and (isinstance(key[0], int) or key[0] == "cell")


def traced_arguments(run: Run, signed: bool, arguments: Arguments) -> Arguments:
    """`tf.function` makes tensors of NumPy arrays, and of Python numbers too if it has a signature (`signed`)."""

    def convert(value: Value) -> Value:
        if isinstance(value, Number) or (signed and _is_number(value)):
            return run.anything(run.heap.nodes(value))
        return value

    return _converted(run, arguments, convert)


def may_have_signature(definition: cst.CSTNode) -> bool:
    """A decorator of the function may give it a signature."""
    return isinstance(definition, cst.FunctionDef) and any(
        _may_give_signature(one.decorator) for one in definition.decorators
    )


def _may_give_signature(decorator: cst.BaseExpression) -> bool:
    """`tf.function(input_signature=...)`, or one with options that are not all seen."""
    if not isinstance(decorator, cst.Call):
        return False
    by_place = [one for one in decorator.args if one.keyword is None]
    names = [one.keyword.value for one in decorator.args if one.keyword is not None]
    return "input_signature" in names or len(by_place) > 1 or any(one.star for one in by_place)


def given_to_layer(run: Run, arguments: Arguments) -> Arguments:
    """Keras makes tensors of the NumPy arrays that a layer is called with."""
    return _converted(run, arguments, lambda value: run.anything() if isinstance(value, Number) else value)


def traced_result(run: Run, result: Value, at: cst.CSTNode, began: int) -> Value:
    """`tf.function` makes tensors of what comes out, new ones even of what was there when it `began`.

    Of several outputs each is connected to whatever any of them is: the function is one operation to a tape around it,
    and what only another output depends on gets zeros, not None (measured with TensorFlow 2.21).
    """
    nodes = [node for leaf in run.heap.leaves(result) if (node := node_of(leaf)) is not None]
    several = isinstance(result, (ListValue, DictValue)) and len(dict.fromkeys(nodes)) > 1

    def convert(value: Value) -> Value:
        if isinstance(value, Number) or _is_number(value):
            return run.anything(run.heap.nodes(value))
        if several and isinstance(value, (Tensor, Opaque)):
            edges = [Edge(node, Flow.GRADIENT) for node in dict.fromkeys(nodes)]
            made = run.recorder.operation(
                Op.TRACED, edges, at, OperationTraits(floating=value.node.floating, surely_tensors=False)
            )
            return replace(value, node=made)
        if isinstance(value, (Tensor, Variable)) and value.node.time <= began:
            # where functions are run eagerly it is the very same
            traits = OperationTraits(value.node.floating, Curvature.LINEAR, transparent=True)
            return Tensor(run.recorder.operation(Op.TRACED, run.heap.edges(value, sure=True), at, traits))
        return value

    return _mapped(run, result, convert)


def _is_number(value: Value) -> bool:
    return isinstance(value, Const) and type(value.value) in (int, float)


def _converted(run: Run, arguments: Arguments, convert: Callable[[Value], Value]) -> Arguments:
    return Arguments(
        tuple(_mapped(run, value, convert) for value in arguments.positional),
        tuple((name, _mapped(run, value, convert)) for name, value in arguments.keywords),
        arguments.open,
        arguments.extra,
    )


def _mapped(run: Run, value: Value, convert: Callable[[Value], Value], depth: int = 3) -> Value:
    """The structure with its leaves converted; the very structure where that changes nothing."""
    if depth and isinstance(value, ListValue):
        content = run.heap.items(value)
        items = tuple(_mapped(run, item, convert, depth - 1) for item in content.items)
        if all(new is old for new, old in zip(items, content.items, strict=True)):
            return value
        return ListValue(run.heap.new_cell(replace(content, items=items)))
    if depth and isinstance(value, DictValue):
        entries = run.heap.entries(value.cell)
        changed = [(key, _mapped(run, item, convert, depth - 1)) for key, item in entries.entries]
        if all(new is old for (_, new), (_, old) in zip(changed, entries.entries, strict=True)):
            return value
        return run.heap.mapping(changed, entries.exact)
    return convert(value)
