"""Keras' losses: classes whose objects are called, and functions that are written like classes."""

from __future__ import annotations

import libcst as cst

from flake8_gradtape.machine.domain.graph import OperationTraits
from flake8_gradtape.machine.domain.values import Api, Pure, Tensor, Value
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Arguments

LOSS_FUNCTIONS = frozenset({"MSE", "MAE", "MAPE", "MSLE", "KLD"})
"""Loss functions that are written like classes."""
_MODULES = ("tf.keras.losses.", "keras.losses.", "tf.losses.")


def loss_constructor(run: Run, path: str, callee: Api, arguments: Arguments, at: cst.CSTNode) -> Value | None:
    """`tf.keras.losses.MeanSquaredError()` makes a loss, `tf.keras.losses.MSE(labels, predictions)` is one."""
    name = path.rpartition(".")[2]
    if not (path.startswith(_MODULES) and name[:1].isupper()):
        return None
    return pure_call(run, Pure(path), arguments, at) if name in LOSS_FUNCTIONS else Pure(path)


def pure_call(run: Run, callee: Pure, arguments: Arguments, at: cst.CSTNode) -> Value:
    """A loss object: a fresh tensor, differentiable in its arguments."""
    edges = [
        edge
        for position, value in enumerate(arguments.all())
        for edge in run.heap.edges(value, sure=position == 1 and len(arguments.positional) >= 2)
    ]
    return Tensor(run.recorder.operation(callee.name, edges, at, OperationTraits(floating=True)))
