"""Making variables, constants and tensors of values, and casting: what is the same object, what is a copy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import libcst as cst

from flake8_gradtape.machine.domain.graph import Curvature, Flow, Kind, Node, Op, OperationTraits, Tri
from flake8_gradtape.machine.domain.values import NONE, Api, Const, ListValue, Opaque, Tensor, Value, Variable, bound
from flake8_gradtape.machine.language.functions import unseen_call
from flake8_gradtape.machine.language.subscripts import view
from flake8_gradtape.machine.libraries.numpy import floating_dtype, floating_value
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Arguments


def make_variable(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`tf.Variable(initial_value, trainable=None, ..., dtype=None)`: a copy of the value, with no path to it (A66)."""
    initial = arguments.get(0, "initial_value")
    if arguments.open or initial is None:
        return Variable(run.recorder.variable(None, None, at))
    trainable = arguments.get(1, "trainable")
    is_trainable: Tri = True
    if trainable is not None:
        is_trainable = bool(trainable.value) if isinstance(trainable, Const) and trainable.value is not None else None
        if isinstance(trainable, Const) and trainable.value is None:
            is_trainable = True
    if any(name == "synchronization" for name, _ in arguments.keywords):
        is_trainable = None
    dtype = arguments.get(-1, "dtype")
    floating = floating_dtype(dtype) if dtype is not None else None
    if floating is None:
        floating = floating_value(run, initial) if dtype is None else None
    edges = run.heap.edges(initial, Flow.STATE)
    return Variable(run.recorder.variable(is_trainable, floating, at, edges))


def make_constant(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`tf.constant(value, dtype=None)`: an eager tensor itself (A61), a copy of a variable's value (A62)."""
    return _converted(run, arguments, at, "tf.constant", Flow.LEFT)


def convert_to_tensor(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`tf.convert_to_tensor(value, dtype=None)`: a tensor itself (A60), a new one of a variable (A122)."""
    return _converted(run, arguments, at, "tf.convert_to_tensor", Flow.GRADIENT)


def _converted(run: Run, arguments: Arguments, at: cst.CSTNode, path: str, flow: Flow) -> Value:
    """`tf.constant` or `tf.convert_to_tensor`: a tensor comes back as it is, anything else makes a new one."""
    value = arguments.get(0, "value")
    if value is None or arguments.open:
        return unseen_call(run, Api("tensorflow." + path[3:]), arguments, at)
    if holds_none(run, value):
        run.end_all_paths()
        return run.anything()
    dtype = arguments.get(1, "dtype")
    floating = floating_dtype(dtype) if dtype is not None else None
    hinted = any(name == "dtype_hint" for name, _ in arguments.keywords)

    def act(option: Value) -> Value:
        """What comes of one alternative of the value."""
        if isinstance(option, Tensor) and option.node.op is not Op.GRADIENT:
            return option
        if isinstance(option, Opaque) and option.node.kind is Kind.UNKNOWN:
            return Tensor(_maybe_same(run, option, path, at, floating))
        if isinstance(option, (Tensor, Opaque)) and option.node.kind is Kind.TENSOR:
            # it may be a tensor, and comes back as it is, or an array or slices of one, of which one is made
            traits = OperationTraits(option.node.floating, Curvature.LINEAR, surely_tensors=False, transparent=True)
            return Tensor(run.recorder.operation(path, run.heap.edges(option), at, traits))
        known = floating
        if known is None and dtype is None and not hinted:
            known = floating_value(run, option)
        edges = run.heap.edges(option, flow)
        return Tensor(
            run.recorder.operation(path, edges, at, OperationTraits(floating=known, curvature=Curvature.LINEAR))
        )

    return run.each(bound(value), act)


def holds_none(run: Run, value: Value) -> bool:
    """It surely is None, or a list with None in it, of which no tensor can be made."""
    seen: set[Value] = set()
    pending = [value]
    while pending:
        one = pending.pop()
        if one == NONE:
            return True
        if isinstance(one, ListValue) and one not in seen and run.heap.items(one).exact:
            seen.add(one)
            pending.extend(run.heap.items(one).items)
    return False


def _maybe_same(run: Run, value: Opaque, path: str, at: cst.CSTNode, floating: Tri, trainable: Tri = False) -> Node:
    """A tensor that may be the very tensor that the unknown value is; but no variable, unless `trainable` is None."""
    seen = view(run, value.node, path)
    made = run.recorder.unknown([seen], value.node.name, at, may_hold_anything=value.node.may_hold_anything)
    return replace(made, path=path, floating=floating, trainable=trainable)


def cast(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`tf.cast(x, dtype)`: the same object if it has that dtype already (A126), else an operation."""
    value, dtype = arguments.get(0, "x"), arguments.get(1, "dtype")
    if value is None or dtype is None or arguments.open:
        return unseen_call(run, Api("tensorflow.cast"), arguments, at)
    floating = floating_dtype(dtype)

    def act(option: Value) -> Value:
        if isinstance(option, Opaque) and option.node.kind is Kind.UNKNOWN and floating is not False:
            # a variable of that dtype is given back as it is
            return Tensor(_maybe_same(run, option, "tf.cast", at, floating, trainable=None))
        known = option.node.floating if isinstance(option, (Tensor, Opaque, Variable)) else None
        flow = Flow.GRADIENT if floating is not False and known is not False else Flow.NO_GRADIENT
        edges = run.heap.edges(option, flow, sure=known is True and floating is True)
        differs = known is not None and floating is not None and known is not floating
        same = isinstance(option, (Tensor, Opaque, Variable)) and floating is not False and not differs
        tensors = isinstance(option, (Tensor, Variable)) or flow is Flow.NO_GRADIENT
        traits = OperationTraits(floating, Curvature.LINEAR, surely_tensors=tensors, transparent=same)
        made = run.recorder.operation("tf.cast", edges, at, traits)
        return Tensor(made)

    return run.each(bound(value), act)


def convert_in_keras(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`keras.ops.convert_to_tensor(x)`: a variable comes back as it is, or its value, as the version has it."""
    value = arguments.get(0, "x")
    if value is None or arguments.open:
        return unseen_call(run, Api("tensorflow.keras.ops.convert_to_tensor"), arguments, at)
    traits = OperationTraits(None, Curvature.LINEAR, surely_tensors=False, transparent=True)
    return Opaque(run.recorder.operation("tf.keras.ops.convert_to_tensor", run.heap.edges(value), at, traits))


CALLS: dict[str, Callable[[Run, Arguments, cst.CSTNode], Value]] = {
    "tf.Variable": make_variable,
    "tf.constant": make_constant,
    "tf.convert_to_tensor": convert_to_tensor,
    "tf.keras.ops.convert_to_tensor": convert_in_keras,
    "keras.ops.convert_to_tensor": convert_in_keras,
    "tf.cast": cast,
    "tf.dtypes.cast": cast,
}
