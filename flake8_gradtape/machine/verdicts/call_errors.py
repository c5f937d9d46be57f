"""Calls that raise: claiming the error, and telling what surely is no tensor."""

from __future__ import annotations

from flake8_gradtape.machine.domain.graph import Kind, Op
from flake8_gradtape.machine.domain.values import (
    Class,
    Const,
    Function,
    Instance,
    KerasLayer,
    Number,
    Opaque,
    Value,
    options,
)
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Arguments

_KERAS_BASES = ("tensorflow.keras.", "keras.", "tf.keras.", "tensorflow.Module")
OPTION_AT = {"gradient": 3, "jacobian": 2, "batch_jacobian": 2}
"""The methods that ask a tape, and the position of their argument `unconnected_gradients`."""


def not_a_tensor(run: Run, given: Value, method: str) -> str | None:
    """What the target or the sources of a gradient call surely are, or hold, that is no tensor; None if nothing.

    Such a call raises (truth table A04-A06, A52, A57, A83-A85, A88, K67, X31, X32), but a Jacobian of an array gives
    None (B18).
    """
    for leaf in run.heap.sure_leaves(given):
        kinds = [_kind(option) for option in options(leaf)]
        plain = any(isinstance(option, (Number, Const)) for option in options(leaf))
        if kinds and None not in kinds and not (method != "gradient" and plain):
            return kinds[-1]
    return None


def unknown_option(method: str, arguments: Arguments) -> Const | None:
    """What `unconnected_gradients` surely is, if that is none of its options: then the call raises ValueError.

    It does so before it spends the tape, and whatever the target and the sources are (truth table A93). A Jacobian
    without pfor makes no gradient call where the target has no elements, and so looks at nothing.
    """
    given = arguments.get(OPTION_AT[method], "unconnected_gradients")
    pfor = arguments.get(4, "experimental_use_pfor")
    if method != "gradient" and (arguments.open or not (pfor is None or (isinstance(pfor, Const) and pfor.value))):
        return None
    if given is None:
        return None
    wrong = [one for one in options(given) if isinstance(one, Const) and one.value not in ("none", "zero")]
    return wrong[0] if len(wrong) == len(options(given)) else None


def unwatchable(run: Run, given: Value | None) -> str | None:
    """What the argument of `watch` surely is, or holds, that is no tensor (truth table A07, A08, A201, X09)."""
    if given is None:
        return None
    leaves = run.heap.sure_leaves(given)
    if run.facts.keras == 3 and any(isinstance(leaf, Opaque) and leaf.node.kind is Kind.VARIABLE for leaf in leaves):
        return "a Keras variable"  # truth table K57
    return next((kind for leaf in leaves if (kind := _kind(leaf)) is not None), None)


def _kind(leaf: Value) -> str | None:
    """What a value surely is, in words, if it is no tensor and no variable; None if it may be one."""
    if isinstance(leaf, Const):
        if leaf.value is None:
            return "None"
        return "a string" if isinstance(leaf.value, (str, bytes)) else "a Python number"
    if isinstance(leaf, Number) and leaf.node.op is Op.SIZE:
        return None
    if isinstance(leaf, Number):
        return "a NumPy array or Python number"
    if isinstance(leaf, KerasLayer):
        return "a Keras model or layer"
    if isinstance(leaf, (Function, Class)):
        return "a function" if isinstance(leaf, Function) else "a class"
    if isinstance(leaf, Instance) and _is_keras(leaf.cls):
        return "a model or layer"
    if isinstance(leaf, Opaque) and leaf.node.op is Op.INPUT:
        return "a symbolic Keras tensor"
    return None


def _is_keras(cls: Class) -> bool:
    return any(path.startswith(_KERAS_BASES) for path in cls.base_paths) or any(_is_keras(base) for base in cls.bases)
