"""Keras metrics that are built visibly: they keep what they are given in variables (truth table A99, K25)."""

from __future__ import annotations

import libcst as cst

from flake8_gradtape.machine.domain.graph import Edge, Flow, Op, OperationTraits
from flake8_gradtape.machine.domain.values import NONE, Api, Metric, Tensor, Value
from flake8_gradtape.machine.language.functions import unseen_call
from flake8_gradtape.machine.libraries.keras.losses import LOSS_FUNCTIONS
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Arguments

_MODULES = ("tf.keras.metrics.", "tf.metrics.", "keras.metrics.")


def metric_constructor(run: Run, path: str, callee: Api, arguments: Arguments, at: cst.CSTNode) -> Value | None:
    """A call that makes a Keras metric."""
    return make_metric(run, path, arguments, at) if metric_path(path) else None


def metric_path(path: str) -> bool:
    """The class of a Keras metric, by its public name."""
    name = path.rpartition(".")[2]
    return path.startswith(_MODULES) and name[:1].isupper() and name not in LOSS_FUNCTIONS


def make_metric(run: Run, path: str, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`tf.keras.metrics.Mean()`; one that is given a function may do anything with it."""
    if path.endswith((".MeanMetricWrapper", ".Metric")):
        return run.anything(at=at)
    return Metric(run.recorder.variable(False, True, at))


def call_metric(run: Run, metric: Metric, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`metric(labels, predictions)` updates the state and gives the result."""
    _update(run, metric, arguments)
    return _result(run, metric, at)


def metric_method(run: Run, metric: Metric, name: str, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`metric.update_state(...)`, `.result()` and the rest."""
    if name == "update_state":
        _update(run, metric, arguments)
        return NONE
    if name == "result":
        return _result(run, metric, at)
    if name in ("reset_state", "reset_states"):
        return NONE
    return unseen_call(run, metric, arguments, at)


def _update(run: Run, metric: Metric, arguments: Arguments) -> None:
    nodes = [node for value in arguments.all() for node in run.heap.nodes(value)]
    run.recorder.write(metric.node, [Edge(node, Flow.STATE) for node in nodes])


def _result(run: Run, metric: Metric, at: cst.CSTNode) -> Value:
    return Tensor(
        run.recorder.operation(Op.METRIC, [Edge(metric.node, Flow.GRADIENT)], at, OperationTraits(floating=True))
    )
