"""`tf.data`: what goes through a dataset comes out as new, unconnected tensors (truth table A191, A192)."""

from __future__ import annotations

import libcst as cst

from flake8_gradtape.machine.domain.graph import Edge, Flow, Kind, Node, Op, OperationTraits
from flake8_gradtape.machine.domain.values import Api, Function, Opaque, Value, options
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Arguments


def data_call(run: Run, path: str, callee: Api, arguments: Arguments, at: cst.CSTNode) -> Value | None:
    """A function or class of `tf.data`."""
    return make_dataset(run, path, arguments, at) if path.startswith("tf.data.") else None


def make_dataset(run: Run, path: str, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`tf.data.Dataset.from_tensor_slices(...)` and its kin."""
    if "Dataset" not in path:
        return run.anything([node for value in arguments.all() for node in run.heap.nodes(value)], at=at)
    return Opaque(_dataset(run, [], arguments, at))


def is_dataset(node: Node) -> bool:
    """The node is a dataset that was built visibly."""
    return node.kind is Kind.NUMBER and node.op is Op.DATASET


def dataset_method(run: Run, node: Node, name: str, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`dataset.map(f)`, `.batch(8)` … give a dataset again; `f` may capture variables."""
    if name in ("__iter__", "as_numpy_iterator"):
        return Opaque(node)
    if name in ("cardinality", "reduce", "save", "__len__", "get_single_element"):
        return run.anything([node], at=at)
    return Opaque(_dataset(run, [node], arguments, at))


def _dataset(run: Run, before: list[Node], arguments: Arguments, at: cst.CSTNode) -> Node:
    nodes = [*before, *(node for value in arguments.all() for node in run.heap.nodes(value))]
    for value in arguments.all():
        for option in options(value):
            if isinstance(option, Function):
                nodes.extend(node for item in run.sharing.captured(option) for node in run.heap.nodes(item))
                run.sharing.escape(option)
    return run.recorder.number([Edge(node, Flow.LEFT) for node in dict.fromkeys(nodes)], Op.DATASET, at)


def dataset_element(run: Run, node: Node, at: cst.CSTNode) -> Value:
    """One element: fresh tensors, or a structure of them."""
    return Opaque(run.recorder.operation(Op.DATASET, [Edge(node, Flow.LEFT)], at, OperationTraits(floating=None)))
