"""How TensorFlow runs things: eagerly, traced, or through Python; and names that it has for graphs only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import libcst as cst

from flake8_gradtape.events import CallRaised, Misuse
from flake8_gradtape.machine.domain.graph import Flow, OperationTraits
from flake8_gradtape.machine.domain.values import NONE, Api, Const, Function, Number, Opaque, Value, options
from flake8_gradtape.machine.language.functions import unseen_call
from flake8_gradtape.machine.libraries.numpy import floating_dtype
from flake8_gradtape.machine.state.call_endings import raises, surely_eager
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Arguments

_TAPE_SPELLINGS = frozenset({"gradienttape", "gradienttapes", "gradientstape", "gradtape"})
_GRAPH_ONLY = frozenset({"tf.gradients", "tf.hessians", "tf.compat.v1.gradients", "tf.keras.backend.gradients"})
_SIGNED = "tensorflow.function with options"
"""What `tf.function(input_signature=...)` gives: a decorator."""
_PASSING = frozenset(
    {"tf.function with options", "tf.function", "tf.autograph.experimental.do_not_convert", "tf.autograph.to_graph"}
)


def call_that_raises(run: Run, path: str, callee: Api, arguments: Arguments, at: cst.CSTNode) -> Value | None:
    """A call of something that TensorFlow has for graphs only, or not at all under this name."""
    return _raising_call(run, path, arguments, at) if path in _GRAPH_ONLY or _misspelt_tape(path) else None


def call_for_tracing(run: Run, path: str, callee: Api, arguments: Arguments, at: cst.CSTNode) -> Value | None:
    """`tf.function` and its kin."""
    return _function_in_graph(run, callee, arguments, at) if path in _PASSING else None


def call_for_its_effect(run: Run, path: str, callee: Api, arguments: Arguments, at: cst.CSTNode) -> Value | None:
    """`tf.print`, assertions and summaries: they give nothing that was computed from the arguments."""
    if path.startswith("tf.summary."):
        return run.anything(at=at)
    return NONE if path.startswith(("tf.print", "tf.debugging.", "tf.assert")) else None


def _misspelt_tape(path: str) -> bool:
    """`tf.keras.GradientTape`, `tf.gradientTape`: TensorFlow has no such name."""
    name = path.rpartition(".")[2]
    place = path[: -len(name)]
    return place in ("tf.", "tf.keras.", "keras.", "tf.nn.", "tf.math.") and name.lower() in _TAPE_SPELLINGS


def _raising_call(run: Run, path: str, arguments: Arguments, at: cst.CSTNode) -> Value:
    """A call that raises for its name: no such attribute, or symbolic gradients in eager code (B47)."""
    if path in _GRAPH_ONLY and (not surely_eager(run) or run.facts.uses_graph_mode):
        return unseen_call(run, Api(path), arguments, at)
    visit = run.stack.new_visit()
    run.claims.visit(at, run.stack.context, visit)
    misuse = Misuse.GRAPH_GRADIENTS if path in _GRAPH_ONLY else Misuse.UNKNOWN_ATTRIBUTE
    raises(run, at, visit, CallRaised(at, "", "call", misuse, "", path))
    return run.anything()


def _function_in_graph(run: Run, callee: Api, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`tf.function(f)` is `f`, traced; without a function it is a decorator."""
    given = arguments.get(0, "func")
    more = arguments.open or len(arguments.positional) > 1 or any(name != "func" for name, _ in arguments.keywords)
    signed = more or callee.path == _SIGNED
    if given is None:
        return Api(_SIGNED if signed else "tensorflow.function")
    if isinstance(given, Function):
        return replace(given, graph=True, signed=given.signed or signed)
    return given if not isinstance(given, Const) else unseen_call(run, callee, arguments, at)


def _numpy_function(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`tf.numpy_function(f, inputs, dtype)`: what goes in leaves TensorFlow (truth table A162)."""
    return _through_python(run, arguments, at, "tf.numpy_function", Flow.LEFT)


def _py_function(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`tf.py_function(f, inputs, dtype)`: differentiable in the inputs, not in what `f` captures (A160, A161)."""
    return _through_python(run, arguments, at, "tf.py_function", Flow.GRADIENT)


def _through_python(run: Run, arguments: Arguments, at: cst.CSTNode, path: str, flow: Flow) -> Value:
    function, inputs = arguments.get(0, "func"), arguments.get(1, "inp")
    if function is None or inputs is None or arguments.open:
        return unseen_call(run, Api("tensorflow." + path[3:]), arguments, at)
    edges = run.heap.edges(inputs, flow)
    for option in options(function):
        if isinstance(option, Function):
            edges.extend(edge for value in run.sharing.captured(option) for edge in run.heap.edges(value, Flow.LEFT))
    run.sharing.escape(function)
    run.sharing.unseen_code_runs()
    dtype = arguments.get(2, "Tout")
    floating = floating_dtype(dtype) if dtype is not None else None
    return Opaque(run.recorder.operation(path, edges, at, OperationTraits(floating=floating)))


def _executing_eagerly(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    """True where the code surely runs eagerly."""
    if surely_eager(run) and not run.facts.uses_graph_mode:
        return Const(True)
    return Number(run.recorder.number(at=at))


CALLS: dict[str, Callable[[Run, Arguments, cst.CSTNode], Value]] = {
    "tf.executing_eagerly": _executing_eagerly,
    "tf.numpy_function": _numpy_function,
    "tf.compat.v1.py_func": _numpy_function,
    "tf.py_function": _py_function,
}
