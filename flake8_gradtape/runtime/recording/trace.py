"""Notices which lines of the program run and which exceptions come out of them; knows nothing of tapes.

Python's trace function is used: it sees each line and each exception in the program's own frames, on every version of
Python and whoever raises, and leaves all other frames alone.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType, TracebackType
from typing import Any

from flake8_gradtape.runtime.recording.lines import Place, ProgramLines, SourceMap
from flake8_gradtape.runtime.recording.result import ProgramError

Tracer = Callable[[FrameType, str, Any], Any]
_GENERATED = "__autograph_generated_file"


class Trace:
    """The lines of one program that ran, and the exceptions that were raised on them, caught or not.

    `source_map` gives AutoGraph's map of the functions that run in this thread.
    """

    def __init__(self, lines: ProgramLines, source_map: Callable[[], SourceMap]) -> None:
        self._lines = lines
        self._source_map = source_map
        self._ran: set[int] = set()
        self._broken: set[int] = set()
        self._raised: dict[tuple[str, Place], ProgramError] = {}
        self._before: Tracer | None = None

    @property
    def raised(self) -> tuple[ProgramError, ...]:
        """The exceptions, each under the innermost line that it came through; one of a kind for each place."""
        return tuple(self._raised.values())

    @property
    def completed(self) -> frozenset[int]:
        """Lines that ran to their end each time, with every expression on them."""
        return frozenset(self._ran - self._broken - self._lines.partial)

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Trace what runs in the block, also in threads that it starts; a tracer that was set before sees it too."""
        before, in_threads = sys.gettrace(), threading.gettrace()
        self._before = before  # type: ignore[assignment]
        threading.settrace(self._called)
        sys.settrace(self._called)
        try:
            yield
        finally:
            sys.settrace(before)
            threading.settrace(in_threads)

    def _called(self, frame: FrameType, event: str, argument: Any) -> Any:
        filename = frame.f_code.co_filename
        own: Tracer | None = None
        if filename == self._lines.filename:
            own = self._in_program
        elif _GENERATED in filename:
            own = self._in_generated
        other = self._before(frame, event, argument) if self._before is not None else None
        return own if other is None else _both(own, other)

    def _in_program(self, frame: FrameType, event: str, argument: Any) -> Any:
        if event == "line":
            self._ran.add(frame.f_lineno)
        elif event == "exception":
            self._note(argument[1], argument[2])
        return self._in_program

    def _in_generated(self, frame: FrameType, event: str, argument: Any) -> Any:
        """A function that AutoGraph has written anew. Its exceptions are seen when they leave the traced function."""
        if event == "line":
            origin = self._source_map().get((frame.f_code.co_filename, frame.f_lineno))
            if origin is not None and origin[0] == self._lines.filename:
                self._ran.add(origin[1])
        return self._in_generated

    def _note(self, error: Any, frames: TracebackType | None) -> None:
        if not isinstance(error, BaseException) or frames is None:
            return
        self._broken.update(self._lines.statement(frames.tb_lineno))
        place = self._lines.raised(error, frames)
        if place is None:
            return
        self._broken.update(self._lines.statement(place.line))
        kind = type(error).__name__
        if isinstance(error, Exception) and not isinstance(error, StopIteration) and (kind, place) not in self._raised:
            self._raised[kind, place] = ProgramError(kind, _text(error), place.line, place.column)


def _both(own: Tracer | None, other: Tracer) -> Tracer:
    """A local tracer that hands each event to our own and to the one that was there before."""
    others: list[Tracer | None] = [other]

    def both(frame: FrameType, event: str, argument: Any) -> Any:
        if others[0] is not None:
            others[0] = others[0](frame, event, argument)
        if own is not None:
            own(frame, event, argument)
        return both

    return both


def _text(error: Exception) -> str:
    """What the exception says; it is the program's, and may be unable to."""
    try:
        return str(error)
    except Exception:
        return ""
