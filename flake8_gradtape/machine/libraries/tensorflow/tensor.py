"""Methods of tensors and variables."""

from __future__ import annotations

import libcst as cst

from flake8_gradtape.events import CallRaised, Misuse
from flake8_gradtape.machine.domain.contents import SequenceContents
from flake8_gradtape.machine.domain.graph import Curvature, Edge, Flow, Kind, Node, Op, OperationTraits
from flake8_gradtape.machine.domain.values import NONE, Number, Opaque, Tensor, Value, Variable, bound
from flake8_gradtape.machine.domain.walks import Walk, inputs
from flake8_gradtape.machine.language.functions import unseen_call
from flake8_gradtape.machine.language.operators import SIZES, floating_of
from flake8_gradtape.machine.language.subscripts import view
from flake8_gradtape.machine.state.call_endings import raises
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Arguments
from flake8_gradtape.reading.syntax import text_of

_LEAVING = frozenset({"numpy", "__array__", "item", "tolist"})
_COPYING = frozenset({"value", "read_value", "sparse_read", "gather_nd"})
_PLAIN = frozenset({"get_shape", "set_shape", "is_initialized"})
WRITING = frozenset(
    "assign assign_add assign_sub scatter_update scatter_add scatter_sub scatter_nd_update scatter_nd_add "
    "scatter_nd_sub batch_scatter_update scatter_max scatter_min scatter_mul scatter_div".split()
)


def tensor_attribute(run: Run, value: Tensor | Variable, name: str, at: cst.CSTNode) -> Value:
    """`tensor.name`: its size or dtype, or something of the tensor that is no operation."""
    if name in SIZES:
        return Number(run.recorder.number(at=at))
    if value.node.handed_over_at is not None:
        return run.anything([value.node], name, at)
    return Opaque(view(run, value.node, name))


def tensor_item(run: Run, value: Tensor | Variable, index: Value, at: cst.CSTNode) -> Value:
    """`tensor[index]` makes a new tensor."""
    return _item_operation(run, value, index, at, Op.GETITEM)


def tensor_elements(run: Run, value: Tensor | Variable, at: cst.CSTNode) -> SequenceContents:
    """Iterating makes new tensors."""
    return SequenceContents((_item_operation(run, value, NONE, at, Op.ITERATE),), exact=False)


def _item_operation(run: Run, value: Value, index: Value, at: cst.CSTNode, op: Op) -> Tensor:
    edges = [*run.heap.edges(value, sure=True), *run.heap.edges(index, Flow.NO_GRADIENT)]
    node = run.recorder.operation(
        op, edges, at, OperationTraits(curvature=Curvature.LINEAR, floating=floating_of(run, [value]))
    )
    return Tensor(node)


def augment_variable(run: Run, value: Variable, sign: str, other: Value, at: cst.CSTNode) -> bool:
    """`variable += x` raises: tf.Variable refuses it (truth table A38, K41)."""
    if run.facts.uses_strategies or sign not in ("+", "-", "*", "/", "**") or not isinstance(at, cst.AugAssign):
        return False
    visit = run.stack.new_visit()
    run.claims.visit(at, run.stack.context, visit)
    event = CallRaised(at, "", f"{sign}=", Misuse.VARIABLE_AUGMENTED, "", text_of(at.target), "a tf.Variable")
    raises(run, at, visit, event)
    return True


def tensor_method(run: Run, receiver: Tensor | Variable, name: str, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`tensor.name(...)`: leaving TensorFlow, reading a variable, writing into its state; else unseen code."""
    if name in _LEAVING:
        return Number(run.recorder.number(run.heap.edges(receiver, Flow.LEFT), f".{name}()", at))
    if name in _PLAIN:
        return Number(run.recorder.number(at=at))
    if isinstance(receiver, Variable):
        if name in _COPYING:
            node = run.recorder.operation(
                name,
                run.heap.edges(receiver),
                at,
                OperationTraits(floating=receiver.node.floating, curvature=Curvature.LINEAR),
            )
            return Tensor(node)
        if name in WRITING:
            return _write(run, receiver, arguments)
    elif name in WRITING and (whole := _part_of(receiver.node)) is not None:
        return _write(run, Variable(whole), arguments)
    elif name in WRITING and not receiver.node.transparent and receiver.node.op is not Op.GETITEM:
        run.end_all_paths()  # a tensor has no such method, but for a part of a variable
        return run.anything()
    return unseen_call(run, receiver, arguments, at)


def _part_of(node: Node) -> Node | None:
    """The variable of which `v[i]` is a part that can be assigned to."""
    parts = Walk([node], lambda one: inputs(one)[:1] if one.op in (Op.GETITEM, Op.READ) else [])
    return next((one for one in parts if one.kind is Kind.VARIABLE), None)


def _write(run: Run, receiver: Variable, arguments: Arguments) -> Value:
    """`v.assign(x)`: the variable stays the source that it was; there is no path to `x` (truth table A144-A149)."""
    new = [node for value in arguments.all() for node in run.heap.nodes(value)]
    if any(bound(value) == NONE for value in arguments.positional):
        run.end_all_paths()
        return run.anything()
    last = run.recorder.written.get(receiver.node)
    run.recorder.write(receiver.node, [Edge(one, Flow.STATE) for one in dict.fromkeys(new)])
    if last is not None and all(one.time < last for one in new):
        del run.recorder.written[receiver.node]  # what is older than the change before may restore it
    if receiver.node.weights:
        return run.anything([receiver.node])  # Keras 3 gives what was assigned
    return receiver
