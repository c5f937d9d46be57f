"""The patched methods of `tf.GradientTape` that make, enter, leave and steer a tape; asking is in `patched_gradient`.

Each does what the original does, and passes on what that returns or raises.
"""

from __future__ import annotations

import contextlib
import dis
import functools
import sys
import threading
from collections.abc import Callable, Mapping
from importlib import import_module
from types import FrameType, TracebackType
from typing import Any

from flake8_gradtape.events import Misuse
from flake8_gradtape.runtime.recording.lines import Place, ProgramLines
from flake8_gradtape.runtime.recording.observer import Observer
from flake8_gradtape.runtime.recording.tape_life import TapeLife

_LIFE = "_gradtape_life"


class PatchedTape:
    """Makes the patched methods."""

    def __init__(self, observer: Observer, lines: ProgramLines) -> None:
        self._observer = observer
        self._lines = lines
        self._context: Any = import_module("tensorflow.python.eager.context")
        self._backprop: Any = import_module("tensorflow.python.eager.backprop")
        self._eager_tape: Any = import_module("tensorflow.python.eager.tape")
        self._c: Any = import_module("tensorflow.python.pywrap_tfe")
        self._op_callbacks: Any = import_module("tensorflow.python.framework.op_callbacks")

    def methods(self, tape_class: Any) -> dict[str, Any]:
        """The methods to set on the class, by name."""
        make: dict[str, Callable[[Callable[..., Any]], Any]] = {
            "__init__": self._init,
            "__enter__": self._enter,
            "__exit__": self._exit,
            "_push_tape": self._push,
            "_pop_tape": self._pop,
            "stop_recording": self._stop_recording,
            "watched_variables": self._watched_variables,
            "watch": functools.partial(self._plain, method="watch"),
            "reset": functools.partial(self._plain, method="reset"),
        }
        patched = {name: patch(getattr(tape_class, name)) for name, patch in make.items()}

        def died(tape: Any) -> None:
            life = life_of(tape)
            if life is not None:
                self._observer.die(life, _deletes_a_name(sys._getframe(1)))

        return {**patched, "__del__": died}

    def operation(
        self, op_type: str, inputs: Any, attrs: Any, outputs: Any, op_name: str | None = None, graph: Any = None
    ) -> None:
        """TensorFlow calls this after each operation."""
        self._observer.operation(inputs, outputs, graph is not None)

    def follow_this_thread(self) -> None:
        """See to it that TensorFlow does so in this thread."""
        if self.operation not in self._context.context().op_callbacks:
            self._op_callbacks.add_op_callback(self.operation)

    def record_operation(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Custom gradients, and calls of traced functions, are recorded by a call of their own."""

        @functools.wraps(original)
        def recorded(op_type: Any, output_tensors: Any, input_tensors: Any, *args: Any, **kwargs: Any) -> Any:
            result = original(op_type, output_tensors, input_tensors, *args, **kwargs)
            self._observer.operation(input_tensors, output_tensors, not self._context.executing_eagerly())
            return result

        return recorded

    def watch_variable(self, original: Callable[..., None]) -> Callable[..., None]:
        """Watch what stands for the variable, so that TensorFlow's list of variables has only those that were read.

        Gradients are the same; `watched_variables` puts the variable on the list before the program sees it.
        """

        @functools.wraps(original)
        def watched(native: Any, variable: Any) -> None:
            if self._observer.postpone_watch(native, variable):
                self._eager_tape.watch(native, variable.handle)
                self._c.TFE_Py_VariableWatcherVariableAccessed(variable)
            else:
                original(native, variable)

        return watched

    def _watched_variables(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def watched_variables(tape: Any) -> Any:
            life = life_of(tape)
            if life is not None and tape._tape is not None:
                life.list_postponed(tape._tape, self._c.TFE_Py_TapeWatchVariable)
            return original(tape)

        return watched_variables

    def run(self, tape: Any, method: str, call: Callable[[], Any]) -> Any:
        """Make a call on a tape, and note it if it raises."""
        life, place = life_of(tape), caller(self._lines, method)
        misuse = misuse_of(tape, life)
        self._observer.call(life, place)
        try:
            return call()
        except Exception as error:
            self._observer.fail(life, method, place, misuse, error)
            raise

    def _init(self, original: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(original)
        def made(tape: Any, *args: Any, **kwargs: Any) -> None:
            original(tape, *args, **kwargs)
            in_graph = not self._context.executing_eagerly()
            setattr(tape, _LIFE, self._observer.make(tape, caller(self._lines, "GradientTape"), in_graph))

        return made

    def _enter(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """`__enter__` that tells the observer where a tape is entered, or why it cannot be."""

        @functools.wraps(original)
        def entered(tape: Any) -> Any:
            life, place = life_of(tape), caller(self._lines, "__enter__")
            active = tape._recording
            try:
                result = original(tape)
            except Exception as error:
                misuse = Misuse.ALREADY_ACTIVE if active else Misuse.OTHER
                self._observer.fail(life, "__enter__", place, misuse, error)
                raise
            if life is not None:
                self._observer.enter(life, place, not self._context.executing_eagerly())
            return result

        return entered

    def _exit(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def left(tape: Any, *args: Any) -> Any:
            life = life_of(tape)
            if life is not None:
                self._observer.leave(life)
            return original(tape, *args)

        return left

    def _push(self, original: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(original)
        def pushed(tape: Any) -> None:
            original(tape)
            self.follow_this_thread()
            life = life_of(tape)
            if life is not None:
                self._observer.push(life, tape._tape)

        return pushed

    def _pop(self, original: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(original)
        def popped(tape: Any) -> None:
            life = life_of(tape)
            if life is not None:  # a tape that does not record takes no variables on its list
                life.list_postponed(tape._tape, self._c.TFE_Py_TapeWatchVariable)
            original(tape)
            self._observer.pop(tape._tape)

        return popped

    def _plain(self, original: Callable[..., Any], method: str) -> Callable[..., Any]:
        @functools.wraps(original)
        def called(tape: Any, *args: Any, **kwargs: Any) -> Any:
            result = self.run(tape, method, lambda: original(tape, *args, **kwargs))
            life = life_of(tape)
            if method == "reset" and life is not None:
                self._observer.drop(life)
            if method == "watch" and life is not None:
                watched = list(self._backprop._extract_tensors_and_variables(*args, **kwargs))
                self._observer.watch(life, caller(self._lines, method), watched)
            return result

        return called

    def _stop_recording(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def stop_recording(tape: Any) -> _Stopped:
            return _Stopped(self, tape, original)

        return stop_recording


class _Stopped(contextlib.ContextDecorator):
    """`with tape.stop_recording():`, which raises, if it does, only when it is entered."""

    def __init__(self, patched: PatchedTape, tape: Any, original: Callable[..., Any]) -> None:
        self._patched, self._tape, self._original = patched, tape, original
        self._blocks = threading.local()

    def __enter__(self) -> Any:
        block = self._original(self._tape)
        result = self._patched.run(self._tape, "stop_recording", block.__enter__)
        self._blocks.__dict__.setdefault("entered", []).append(block)
        return result

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> Any:
        block = self._blocks.entered.pop()
        return self._patched.run(self._tape, "stop_recording", lambda: block.__exit__(kind, error, traceback))


def life_of(tape: Any) -> TapeLife | None:
    """What the recorder knows of a tape; None for one that is older than the recording."""
    life = getattr(tape, _LIFE, None)
    return life if isinstance(life, TapeLife) else None


def caller(lines: ProgramLines, method: str) -> Place | None:
    """Where the program calls `method` right now; None if library code does."""
    return lines.caller(method, source_map)


def misuse_of(tape: Any, life: TapeLife | None) -> Misuse:
    """What it would be if the coming call on this tape raised (truth table A21, B01, B29, A176, A177)."""
    if life is None or getattr(tape, "_tape", None) is not None:
        return Misuse.OTHER
    return Misuse.SPENT if life.entered else Misuse.NOT_ENTERED


def _deletes_a_name(frame: FrameType) -> bool:
    """Whether the frame is executing a `del`."""
    return dis.opname[frame.f_code.co_code[frame.f_lasti]].startswith("DELETE_") if frame.f_lasti >= 0 else False


def source_map() -> Mapping[tuple[str, int], tuple[str, int, str]]:
    """Return AutoGraph's map of the functions that are running in this thread, from generated lines to written ones."""
    tf_stack: Any = import_module("tensorflow.python.util.tf_stack")
    stacks: Any = getattr(tf_stack, "_source_mapper_stacks", {})
    mappers = stacks.get(threading.get_ident(), [])
    return mappers[-1].get_effective_source_map() if mappers else {}
