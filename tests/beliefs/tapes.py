"""The real tapes, at the moment that they are asked for a gradient: which one, for what, and whether it tracks that."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

from flake8_gradtape.machine.verdicts.gradient_calls import ASKING
from flake8_gradtape.machine.verdicts.question import name_of_sources
from flake8_gradtape.runtime.recording.native import NativeTapes

Tracks = Callable[[Any], "bool | None"]
"""Whether a tape tracks a tensor or variable; None if that cannot be asked."""
Asked = Callable[[Any, str, Any, Tracks], None]
"""Is told of a gradient call just before it is made: the tape, the method, the sources, and what the tape tracks."""


@contextlib.contextmanager
def gradient_calls_told(asked: Asked) -> Iterator[None]:
    """Tell each gradient call that is made in here; of those that a call makes itself, only the outer one."""
    tape_class: Any = import_module("tensorflow").GradientTape
    tapes = _RealTapes(asked)
    before = {name: vars(tape_class)[name] for name in (*ASKING, "_push_tape", "_pop_tape")}
    for name in ASKING:
        setattr(tape_class, name, tapes.asking(before[name], name))
    tape_class._push_tape = tapes.pushing(before["_push_tape"])
    tape_class._pop_tape = tapes.popping(before["_pop_tape"])
    try:
        yield
    finally:
        for name, original in before.items():
            setattr(tape_class, name, original)


class _RealTapes:
    """Makes the methods, which do what the original ones do; knows which tapes record, in their order."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._native = NativeTapes()
        self._recording: list[Any] = []
        self._being_asked: list[Any] = []

    def pushing(self, original: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(original)
        def pushed(tape: Any, *given: Any, **named: Any) -> None:
            original(tape, *given, **named)
            self._recording.append(tape._tape)

        return pushed

    def popping(self, original: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(original)
        def popped(tape: Any) -> None:
            original(tape)
            self._recording = [one for one in self._recording if one is not tape._tape]

        return popped

    def asking(self, original: Callable[..., Any], method: str) -> Callable[..., Any]:
        name = name_of_sources(method)

        @functools.wraps(original)
        def asked(tape: Any, *given: Any, **named: Any) -> Any:
            if any(one is tape for one in self._being_asked):
                return original(tape, *given, **named)
            self._being_asked.append(tape)
            try:
                self._asked(tape, method, named.get(name, given[1] if len(given) > 1 else None), self._tracks(tape))
                return original(tape, *given, **named)
            finally:
                self._being_asked.pop()

        return asked

    def _tracks(self, tape: Any) -> Tracks:
        def tracks(x: Any) -> bool | None:
            number = getattr(getattr(x, "handle", x), "_id", None)
            if tape._tape is None or number is None or self._native.is_stopped():
                return None
            kind = str(getattr(x.dtype, "name", x.dtype))
            if not any(name in kind for name in ("float", "complex")):
                return False
            return self._native.still_recorded(tape._tape, [(number,)], self._recording)[0]

        return tracks
