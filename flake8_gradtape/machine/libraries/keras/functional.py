"""Functional Keras models with several outputs: which variables each output depends on, and which other outputs."""

from __future__ import annotations

import libcst as cst

from flake8_gradtape.machine.domain.graph import Curvature, Edge, Flow, Kind, Node, Op, OperationTraits
from flake8_gradtape.machine.domain.model_outputs import ModelOutputs
from flake8_gradtape.machine.domain.values import DictValue, ListValue, Opaque, Tensor, Value, node_of
from flake8_gradtape.machine.domain.walks import ancestors
from flake8_gradtape.machine.state.run import Run


def outputs_of(run: Run, outputs: Value | None) -> ModelOutputs | None:
    """The outputs of `Model(inputs, outputs)`, if there are several, and all were made by layers that are known.

    What `model.output` and `layer.output` give is another node each time, so nothing is known of these.
    """
    if isinstance(outputs, ListValue) and run.heap.items(outputs).exact:
        keys, values = None, run.heap.items(outputs).items
    elif isinstance(outputs, DictValue) and run.heap.entries(outputs.cell).exact:
        entries = run.heap.entries(outputs.cell).entries
        keys, values = tuple(key for key, _ in entries), tuple(value for _, value in entries)
    else:
        return None
    ends: list[tuple[Node, bool]] = []
    for value in values:
        node = node_of(value) if isinstance(value, (Tensor, Opaque)) else None
        if node is None or node.kind is not Kind.TENSOR or node.op is Op.INPUT or not _is_known(node):
            return None
        ends.append((node, isinstance(value, Tensor)))
    return ModelOutputs(keys, tuple(ends)) if len(ends) > 1 else None


def call_outputs(run: Run, outputs: ModelOutputs, given: list[Node], at: cst.CSTNode) -> Value:
    """One tensor for each output, connected to the inputs, its variables, and the outputs that it is computed from."""
    made: dict[Node, Value] = {}
    for end, single in sorted(outputs.ends, key=lambda one: one[0].time):  # what an output is computed from is older
        above = ancestors([end])
        edges = [Edge(node, Flow.GRADIENT, certain=False) for node in given]
        edges.extend(
            Edge(one, Flow.GRADIENT, run.node_states.trainable(one) is True)
            for one in above
            if one.kind is Kind.VARIABLE
        )
        edges.extend(
            Edge(other, Flow.GRADIENT, certain=False)
            for before, value in made.items()
            if before in above and (other := node_of(value)) is not None
        )
        node = run.recorder.operation(Op.LAYER, edges, at, OperationTraits(floating=None, curvature=Curvature.CURVED))
        made.setdefault(end, Tensor(node) if single else Opaque(node))
    values = [made[end] for end, _ in outputs.ends]
    if outputs.keys is not None:
        return run.heap.mapping(zip(outputs.keys, values, strict=True))
    return run.heap.sequence(values)


def _is_known(end: Node) -> bool:
    """No unknown layer lies behind it, nor an operation without gradient, nor one that may give back its input."""
    return all(
        node.kind is not Kind.UNKNOWN
        and not node.transparent
        and all(edge.certain and edge.flow is Flow.GRADIENT for edge in node.edges)
        for node in ancestors([end])
        if node.kind is not Kind.VARIABLE
    )
