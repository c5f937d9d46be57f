"""The patched methods of `tf.GradientTape` that ask a tape, and the function by which they ask TensorFlow's own tape.

Each does what the original does, and passes on what that returns or raises.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable
from importlib import import_module
from typing import Any

from flake8_gradtape.events import Answer, Misuse
from flake8_gradtape.runtime.recording.lines import Place, ProgramLines, source_of_arguments
from flake8_gradtape.runtime.recording.native import TensorId
from flake8_gradtape.runtime.recording.observer import Ask, Observer
from flake8_gradtape.runtime.recording.patched_tape import caller, life_of, misuse_of
from flake8_gradtape.runtime.recording.tape_life import TapeLife

_ASKING = {"gradient": 3, "jacobian": 2, "batch_jacobian": 2}
"""Methods that ask a tape, and the position of their argument `unconnected_gradients`."""
_MARKER = (0, 7, 0)
"""The shape of a tensor that no program has. Where zeros are asked for in place of None, zeros of it stand for None."""


class PatchedGradient:
    """Makes the patched functions."""

    def __init__(self, observer: Observer, lines: ProgramLines) -> None:
        self._observer = observer
        self._lines = lines
        self._nest: Any = import_module("tensorflow.python.util.nest")
        self._ops: Any = import_module("tensorflow.python.framework.ops")
        self._array_ops: Any = import_module("tensorflow.python.ops.array_ops")
        self._logging: Any = import_module("tensorflow.python.platform.tf_logging")

    def methods(self, tape_class: Any) -> dict[str, Any]:
        """The methods to set on the class, by name."""
        return {name: self._asking(getattr(tape_class, name), name) for name in _ASKING}

    def imperative_grad(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Asks the tape for what is wanted, and besides for the results of gradient calls that it recorded.

        A gradient for such a result means that the result is being differentiated. Sources are looked up by number
        when the backward pass is over, so asking for more of them changes nothing else.
        """

        @functools.wraps(original)
        def asked(
            tape: Any, target: Any, sources: Any, output_gradients: Any = None, sources_raw: Any = None, **options: Any
        ) -> Any:
            """Ask also for what earlier gradient calls gave, to see which of it the tape differentiates."""
            ask = self._observer.asking(tape)
            if ask is None or not isinstance(sources, (list, tuple)):
                return original(tape, target, sources, output_gradients, sources_raw, **options)
            recorded = self._observer.results_recorded_by(ask.life)
            numbers = [number for _, results in recorded for number in results]
            extra = [TensorId(number) for number in numbers]
            if sources_raw is not None and numbers:
                sources_raw = [*sources_raw, *[self._marker()] * len(numbers)]
            gradients = original(tape, target, [*sources, *extra], output_gradients, sources_raw, **options)
            wanted, found = list(gradients[: len(sources)]), iter(gradients[len(sources) :])
            ask.answers = [_answer(gradient) for gradient in wanted]
            for one, results in recorded:
                if sum(_is_gradient(next(found)) for _ in results):
                    self._observer.differentiate(one, ask.life)
            return wanted

        return asked

    def _asking(self, original: Callable[..., Any], method: str) -> Callable[..., Any]:
        @functools.wraps(original)
        def asked(tape: Any, *args: Any, **kwargs: Any) -> Any:
            life = life_of(tape)
            if life is not None and self._observer.current_ask(life) is not None:
                return original(tape, *args, **kwargs)  # jacobian asks gradient: one question
            # TensorFlow logs its warning once per process; it is to be seen at each call
            getattr(self._logging, "_log_counter_per_token", {}).clear()
            place = caller(self._lines, method)
            zero = _asks_zero(args, kwargs, _ASKING[method])
            if life is None:
                return self._unknown_tape(place, method, functools.partial(original, tape, *args, **kwargs))
            return self._ask(life, tape, place, method, functools.partial(original, tape, *args, **kwargs), zero)

        return asked

    def _unknown_tape(self, place: Place | None, method: str, call: Callable[[], Any]) -> Any:
        """`tf.GradientTape.gradient(y, x)`, or a tape older than the recording."""
        try:
            return call()
        except Exception as error:
            self._observer.fail(None, method, place, Misuse.OTHER, error)
            raise

    def _ask(
        self, life: TapeLife, tape: Any, place: Place | None, method: str, call: Callable[[], Any], zero: bool
    ) -> Any:
        """Make a gradient call, and tell the observer what it gave or how it failed."""
        misuse = misuse_of(tape, life)
        ask = self._observer.begin(life, method, place, bool(tape._persistent and tape._recording))
        try:
            result = call()
        except BaseException as error:
            self._observer.abandon(ask)
            if isinstance(error, Exception):
                wrong_option = misuse is Misuse.OTHER and _is_of_option(error)
                self._observer.fail(life, method, place, Misuse.UNKNOWN_OPTION if wrong_option else misuse, error)
            raise
        ask.target, ask.names = _names(place, method)
        self._observer.answer(ask, self._answers(ask, result, zero), self._numbers(result), spent=tape._tape is None)
        return result

    def _answers(self, ask: Ask, result: Any, zero: bool) -> list[Answer]:
        flat = self._nest.flatten(result)
        if zero:  # a zero may stand for None
            return [Answer.CANNOT_TELL] * len(flat)
        if ask.method == "batch_jacobian":  # gives zeros in place of None; the tape itself said None
            return ask.answers[:1] or [Answer.CANNOT_TELL]
        return [_answer(gradient) for gradient in flat]

    def _numbers(self, result: Any) -> tuple[int, ...]:
        flat = self._nest.flatten(result, expand_composites=True)
        return tuple(tensor._id for tensor in flat if hasattr(tensor, "_id"))

    def _marker(self) -> Any:
        with self._ops.init_scope():
            return self._array_ops.zeros(_MARKER)


def _answer(gradient: Any) -> Answer:
    return Answer.NONE if gradient is None else Answer.CONNECTED


def _is_of_option(error: Exception) -> bool:
    """The error is that of an unknown option; a Jacobian raises it as the cause of another (truth table A93)."""
    return any("Unknown value for unconnected_gradients" in str(one) for one in (error, error.__cause__))


def _is_gradient(gradient: Any) -> bool:
    return gradient is not None and getattr(gradient, "shape", None) != _MARKER


def _asks_zero(args: tuple[Any, ...], kwargs: dict[str, Any], position: int) -> bool:
    wanted = kwargs.get("unconnected_gradients", args[position] if position < len(args) else "none")
    return str(getattr(wanted, "value", wanted)) == "zero"


def _names(place: Place | None, method: str) -> tuple[str, tuple[str, ...]]:
    """The target and the sources of a call, as the program writes them; no sources if they are not written out."""
    call = place.call if place else None
    target = source_of_arguments(call, 0, "target")
    sources = source_of_arguments(call, 1, "source" if method == "batch_jacobian" else "sources")
    if sources is None:
        return ast.unparse(target) if target else "", ()
    parts = sources.elts if isinstance(sources, (ast.List, ast.Tuple)) else [sources]
    names = () if any(isinstance(part, ast.Starred) for part in parts) else tuple(ast.unparse(part) for part in parts)
    return ast.unparse(target) if target else "", names
