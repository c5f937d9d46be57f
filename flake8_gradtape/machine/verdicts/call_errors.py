"""Calls that raise: claiming the error, and telling what surely is no tensor."""

from __future__ import annotations

import libcst as cst

from flake8_gradtape.events import CallRaised, Misuse
from flake8_gradtape.machine.domain.values import (
    SIZE,
    Class,
    Const,
    Function,
    Instance,
    Kind,
    Mapping,
    Network,
    Number,
    Opaque,
    Sequence,
    Value,
    options,
)
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.tapes.state import Raised, Tape, TapeState

_KERAS_BASES = ("tensorflow.keras.", "keras.", "tf.keras.", "tensorflow.Module")
INPUT = "tf.keras.Input"
ERRORS: dict[Misuse, type[Exception]] = {
    Misuse.SPENT: RuntimeError,
    Misuse.ALREADY_ACTIVE: ValueError,
    Misuse.NO_REGISTERED_GRADIENT: LookupError,
}
"""The types of the errors of which one message alone is known (truth table B01, B22, B54)."""
TAPE_NAMES = frozenset("gradient jacobian batch_jacobian watch watched_variables reset stop_recording".split())
"""The public attributes of a tape."""


def raises(run: Run, at: cst.CSTNode, visit: object, event: CallRaised) -> None:
    """Every run that gets here raises: claimed unless somebody catches it; that run ends here."""
    error = ERRORS.get(event.misuse)
    if not any(catches(error) for catches in run.catching) and not run.muted and run.reachable:
        run.outcomes.claim(at, run.context, visit, event, sure=run.doubts == 0)
    run.die()


def tape_raises(run: Run, at: cst.CSTNode, visit: object, tape: Tape, method: str, raised: Raised) -> None:
    """A call on a tape raises because of the tape's state; no claim about a tape that others may have changed."""
    state = run.recorder.state(tape.number)
    if state is not None and state.escaped:
        run.die()
        return
    raises(run, at, visit, CallRaised(at, tape.name, method, raised.misuse, raised.message))


def surely_eager(run: Run) -> bool:
    """The code runs at module level, or in functions that module-level code calls, none of them traced."""
    traced = any(activation.graph for activation in run.activations)
    return not traced and len(run.context) > 0 and isinstance(run.context[0], cst.Module)


def not_a_tensor(run: Run, given: Value, method: str) -> str | None:
    """What the target or the sources of a gradient call surely are, or hold, that is no tensor; None if nothing.

    Such a call raises (truth table A04-A06, A52, A57, A83-A85, A88, K67, X31, X32), but a Jacobian of an array gives
    None (B18).
    """
    for leaf in _sure_leaves(run, given):
        kinds = [_kind(option) for option in options(leaf)]
        plain = any(isinstance(option, (Number, Const)) for option in options(leaf))
        if kinds and None not in kinds and not (method != "gradient" and plain):
            return kinds[-1]
    return None


def unwatchable(run: Run, given: Value | None) -> str | None:
    """What the argument of `watch` surely is, or holds, that is no tensor (truth table A07, A08, A201, X09)."""
    if given is None:
        return None
    leaves = _sure_leaves(run, given)
    if run.keras == 3 and any(isinstance(leaf, Opaque) and leaf.node.kind is Kind.VARIABLE for leaf in leaves):
        return "a Keras variable"  # truth table K57
    return next((kind for leaf in leaves if (kind := _kind(leaf)) is not None), None)


def _sure_leaves(run: Run, given: Value) -> list[Value]:
    """The values that surely are in a structure."""
    if isinstance(given, Sequence):
        content = run.items(given)
        items = content.items if content.exact else content.items[: content.sure]
        return [leaf for item in items for leaf in _sure_leaves(run, item)]
    if isinstance(given, Mapping):
        entries = run.entries(given.cell)
        return [leaf for _, item in entries.entries for leaf in _sure_leaves(run, item)]
    return [given]


def _kind(leaf: Value) -> str | None:
    if isinstance(leaf, Const):
        if leaf.value is None:
            return "None"
        return "a string" if isinstance(leaf.value, str) else "a Python number"
    if isinstance(leaf, Number) and leaf.node.op == SIZE:
        return None
    if isinstance(leaf, Number):
        return "a NumPy array or Python number"
    if isinstance(leaf, Network):
        return "a Keras model or layer"
    if isinstance(leaf, (Function, Class)):
        return "a function" if isinstance(leaf, Function) else "a class"
    if isinstance(leaf, Instance) and _is_keras(leaf.cls):
        return "a model or layer"
    if isinstance(leaf, Opaque) and leaf.node.op == INPUT:
        return "a symbolic Keras tensor"
    return None


def _is_keras(cls: Class) -> bool:
    return any(path.startswith(_KERAS_BASES) for path in cls.base_paths) or any(_is_keras(base) for base in cls.bases)


def note_survivors(run: Run, state: TapeState | None) -> None:
    """A call on a tape that may be spent, or not entered, ends some of the runs."""
    if state is not None and (state.spent is None or state.entered is None):
        run.endings += 1
        run.doubts += 1
