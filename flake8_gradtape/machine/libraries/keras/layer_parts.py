"""What layers are made of, and what built layers have in common with classes of the module: variables and methods."""

from __future__ import annotations

from dataclasses import replace

import libcst as cst

from flake8_gradtape.machine.domain.contents import SequenceContents
from flake8_gradtape.machine.domain.graph import Flow, Kind, Node, Op, Tri
from flake8_gradtape.machine.domain.values import (
    Const,
    Function,
    KerasLayer,
    ListValue,
    Number,
    Opaque,
    Value,
)
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Arguments

METHODS_RETURNING_NUMPY = frozenset(
    "predict predict_on_batch evaluate train_on_batch test_on_batch fit get_weights".split()
)
"""Methods of a model that give numbers."""

SILENT = frozenset(
    "build compile summary save save_weights load_weights set_weights reset_states reset_state reset_metrics "
    "add_metric".split()
)
"""Methods of a layer or model that give nothing and change no attribute that a subclass sets."""


def mark_built(run: Run, layer: KerasLayer) -> None:
    """The layer has its variables from now on, and so have those that it is made of."""
    if run.heap.is_built(layer.cell):
        return
    run.store.set(("built", layer.cell), True)
    own = set(parts(run, layer))
    if not own:
        return
    for other in run.heap.created_objects:
        if isinstance(other, KerasLayer) and not run.heap.is_built(other.cell):
            inside = parts(run, other)
            if inside and own.issuperset(inside):
                run.store.set(("built", other.cell), True)


def setting(arguments: Arguments, name: str) -> Tri:
    """What a layer is told under a keyword that is true unless somebody says otherwise; None if that is not known."""
    value = arguments.get(-1, name)
    if value is None:
        return None if arguments.open else True
    return bool(value.value) if isinstance(value, Const) else None


def parts(run: Run, layer: KerasLayer) -> list[Node]:
    """The nodes of its variables; unknown ones for layers that cannot be seen into."""
    return [item.node for item in run.heap.items(ListValue(layer.cell)).items if isinstance(item, Opaque)]


def variables_of(run: Run, layer: KerasLayer, only_trainable: bool) -> ListValue:
    """Its variables, of which each part stands for some; a layer that may not be built yet may have none."""
    nodes = [node for node in parts(run, layer) if not only_trainable or run.node_states.trainable(node) is not False]
    if not run.heap.is_built(layer.cell):
        return run.heap.sequence([*(Opaque(node) for node in nodes), _perhaps_nothing(run, nodes)], False)
    if layer.part:
        return run.heap.sequence([Opaque(node) for node in nodes], exact=False)
    return variable_list(run, nodes, [])


def _perhaps_nothing(run: Run, nodes: list[Node]) -> Opaque:
    return Opaque(replace(run.recorder.unknown(nodes, may_hold_anything=True), op=Op.PERHAPS_NOTHING))


def variable_list(run: Run, sure: list[Node], rest: list[Node], unlisted: bool = False) -> ListValue:
    """`trainable_variables`: parts that are surely built, and others; what may be frozen, or empty, is not sure.

    A list that is asked for is taken to have something in it where the object has layers, or parts that nobody can see
    into; not if the object has variables that Keras does not list (`unlisted`).
    """
    trainable = run.node_states.trainable
    known = [
        node for node in sure if node.kind is Kind.VARIABLE and trainable(node) is not None and node.floating is True
    ]
    others = [node for node in (*sure, *rest) if node not in known]
    some = any(node.weights and trainable(node) is not False for node in (*sure, *rest))
    if not known and not some and (unlisted or all(node.op is Op.PERHAPS_NOTHING for node in others)):
        others.append(_perhaps_nothing(run, others).node)
    elif known or some:
        others = [replace(node, op=Op.OTHER) if node.op is Op.PERHAPS_NOTHING else node for node in others]
    items = tuple(Opaque(node) for node in dict.fromkeys((*known, *others)))
    return ListValue(run.heap.new_cell(SequenceContents(items, exact=False, sure=len(dict.fromkeys(known)))))


def numbers_from(run: Run, model: Value, name: str, arguments: Arguments, at: cst.CSTNode) -> Number:
    """What a method of a model gives that leaves TensorFlow (`LEAVING`)."""
    edges = [edge for value in (*arguments.all(), model) for edge in run.heap.edges(value, Flow.LEFT)]
    return Number(run.recorder.number(edges, f"{name}()", at))


def run_callbacks(run: Run, arguments: Arguments) -> None:
    """Keras calls what it is given as callbacks."""
    for keyword, value in arguments.keywords:
        if keyword == "callbacks":
            run.sharing.escape(value)


def open_up(run: Run, layer: KerasLayer, value: Value) -> None:
    """Something was put into a layer: calling it may now do anything with that."""
    nodes = run.heap.nodes(value)
    for leaf in run.heap.leaves(value):
        if isinstance(leaf, Function):
            run.sharing.escape(leaf)
            nodes.extend(node for item in run.sharing.captured(leaf) for node in run.heap.nodes(item))
    content = run.heap.items(ListValue(layer.cell))
    run.sharing.put(
        layer.cell,
        SequenceContents((*content.items, Opaque(run.recorder.unknown(nodes, may_hold_anything=True))), exact=False),
    )


def freeze(run: Run, layer: KerasLayer) -> None:
    """`model.trainable = …`: whether its variables are trainable is no longer known."""
    for node in parts(run, layer):
        if node.kind is Kind.VARIABLE:
            run.node_states.freeze(node)
