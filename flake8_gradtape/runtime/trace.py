"""Notices which lines of the program run and which exceptions come out of them; knows nothing of tapes.

Python's own trace function is used: it sees each line and each exception in the program's frames, and leaves all other
frames alone.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType, TracebackType
from typing import Any

from flake8_gradtape.runtime.lines import GENERATED, ProgramLines, SourceMap
from flake8_gradtape.runtime.result import ProgramError


class Trace:
    """The lines that ran, and the exceptions that were raised on them, caught or not."""

    def __init__(self, lines: ProgramLines, source_map: Callable[[], SourceMap]) -> None:
        self._lines = lines
        self._source_map = source_map
        self._ran: set[int] = set()
        self._broken: set[int] = set()
        self._raised: dict[ProgramError, None] = {}

    def raised(self) -> tuple[ProgramError, ...]:
        """Each exception under the innermost line of the program that it came through, in order, and once."""
        return tuple(self._raised)

    def completed(self) -> frozenset[int]:
        """Lines that ran, every expression on them included, and on which no statement was cut short."""
        return frozenset(self._ran - self._broken - self._lines.lazy)

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Trace what runs in the block, in this thread and in those that are started; restore tracing afterwards."""
        before, in_threads = sys.gettrace(), getattr(threading, "_trace_hook", None)
        threading.settrace(self._called)
        sys.settrace(self._called)
        try:
            yield
        finally:
            sys.settrace(before)
            threading.settrace(in_threads)  # type: ignore[arg-type]

    def _called(self, frame: FrameType, event: str, argument: Any) -> Any:
        filename = frame.f_code.co_filename
        if filename == self._lines.filename:
            return self._in_program
        return self._in_generated if GENERATED in filename else None

    def _in_program(self, frame: FrameType, event: str, argument: Any) -> Any:
        if event == "line":
            self._ran.add(frame.f_lineno)
        elif event == "exception":
            self._note(argument[1], argument[2])
        return self._in_program

    def _in_generated(self, frame: FrameType, event: str, argument: Any) -> Any:
        """AutoGraph has written the function anew, and has a map from its lines to the program's."""
        if event == "line":
            origin = self._source_map().get((frame.f_code.co_filename, frame.f_lineno))
            if origin is not None and origin[0] == self._lines.filename:
                self._ran.add(origin[1])
        return self._in_generated

    def _note(self, error: BaseException | Any, traceback: TracebackType | None) -> None:
        if not isinstance(error, Exception) or isinstance(error, StopIteration):
            return
        place = self._lines.raised(error, traceback)
        if place is not None:
            message = str(error).strip().partition("\n")[0] if not str(error).startswith("in user code:") else str(error)
            self._raised[ProgramError(type(error).__name__, message, place.line, place.column)] = None
            self._broken |= self._lines.statement(place.line)
