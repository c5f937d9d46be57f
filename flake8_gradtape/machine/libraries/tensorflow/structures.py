"""Nested structures of tensors: flattening them, mapping a function over them, adding them up."""

from __future__ import annotations

from collections.abc import Callable

import libcst as cst

from flake8_gradtape import knowledge
from flake8_gradtape.machine.domain.values import (
    Api,
    Const,
    DictValue,
    ListValue,
    Number,
    Opaque,
    Tensor,
    Value,
    Variable,
    options,
)
from flake8_gradtape.machine.language.functions import unseen_call
from flake8_gradtape.machine.libraries.tensorflow.functions import known_operation
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Arguments


def _one_dimensional(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`tf.nest.flatten(structure)` gives the same objects in a list."""
    value = arguments.get(0, "structure")
    if value is None:
        return unseen_call(run, Api("tensorflow.nest.flatten"), arguments, at)
    value = run.heap.as_tree(value)
    leaves = _flat(run, value)
    # TensorFlow goes through a dict in the order of its keys
    exact = len(options(value)) == 1 and isinstance(value, (ListValue, Tensor, Variable))
    exact = exact and not (isinstance(value, ListValue) and _has_mapping(run, value))
    return run.heap.sequence(leaves, exact=exact and not any(isinstance(leaf, Opaque) for leaf in leaves))


def _map_structure(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`tf.nest.map_structure(f, structure, ...)`: the structure with what `f` gives for the leaves of each."""
    function, structures = arguments.get(0, "func"), arguments.positional[1:]
    if function is None or not structures or arguments.open or arguments.keywords:
        return unseen_call(run, Api("tensorflow.nest.map_structure"), arguments, at)

    def mapped(values: tuple[Value, ...]) -> Value:
        first = values[0]
        if isinstance(first, ListValue) and all(isinstance(one, ListValue) for one in values):
            rows = [run.heap.items(one) for one in values if isinstance(one, ListValue)]
            if all(row.exact and len(row.items) == len(rows[0].items) for row in rows):
                return run.heap.sequence(mapped(items) for items in zip(*(row.items for row in rows), strict=True))
        elif isinstance(first, DictValue) and len(values) == 1 and run.heap.entries(first.cell).exact:
            return run.heap.mapping((key, mapped((one,))) for key, one in run.heap.entries(first.cell).entries)
        elif all(isinstance(one, (Tensor, Variable, Number, Const)) for one in values):
            return run.call(function, Arguments(values), at)
        return unseen_call(run, Api("tensorflow.nest.map_structure"), Arguments((function, *values)), at)

    return mapped(tuple(run.heap.as_tree(one) for one in structures))


def _flat(run: Run, value: Value) -> list[Value]:
    """The leaves of a tree, each as often as it is in there."""
    if isinstance(value, ListValue):
        return [leaf for item in run.heap.items(value).items for leaf in _flat(run, item)]
    return run.heap.leaves(value)


def _has_mapping(run: Run, value: ListValue) -> bool:
    return any(
        isinstance(item, DictValue) or (isinstance(item, ListValue) and _has_mapping(run, item))
        for item in run.heap.items(value).items
    )


def _add_n(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    """A sum of one tensor is that tensor."""
    inputs = arguments.get(0, "inputs")
    facts = knowledge.lookup("tf.math.add_n")
    if isinstance(inputs, ListValue) and run.heap.items(inputs).exact and len(run.heap.items(inputs).items) == 1:
        return run.heap.items(inputs).items[0]
    return known_operation(run, facts, arguments, at) if facts is not None else run.anything(at=at)


CALLS: dict[str, Callable[[Run, Arguments, cst.CSTNode], Value]] = {
    "tf.nest.flatten": _one_dimensional,
    "tf.nest.map_structure": _map_structure,
    "tf.add_n": _add_n,
    "tf.math.add_n": _add_n,
}
