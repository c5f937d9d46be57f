"""Where a call stands in the program's own file: from a Python frame to the line on which the call begins.

Reads frames and syntax; knows nothing of tapes, and TensorFlow only by the names of its files.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import CodeType, FrameType, TracebackType
from typing import Any

from flake8_gradtape.runtime.recording.instructions import CallSite, call_sites

SourceMap = Mapping[tuple[str, int], tuple[str, int, str]]
"""AutoGraph's map from (generated file, line) to (file, line, function)."""

_OWN_FOLDER = str(Path(__file__).resolve().parents[1] / "x").removesuffix("x")
"""All of `runtime`: replays pass the program's calls on too."""
_THROUGH = (contextlib.__file__, functools.__file__)
_AUTOGRAPH = str(Path("tensorflow", "python", "autograph", "x")).removesuffix("x")
_MAYBE = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.IfExp, ast.BoolOp)
"""Expressions of which a part may be left out, or put off, when the line runs."""


@dataclass(frozen=True)
class Place:
    """A line of the program, and the call or other expression that begins there if it is known."""

    line: int
    column: int | None = None
    """0-based, in characters; None if it is not known."""
    call: ast.Call | None = None


class ProgramLines:
    """The calls of one program and where they begin.

    `source` is its text, `filename` the name it was compiled with. A text that is no Python has no calls.
    """

    def __init__(self, source: str, filename: str) -> None:
        """Read the program; `source` that is no Python has no calls."""
        self.filename = filename
        self._source = source
        self._lines = source.split("\n")
        self._calls: list[ast.Call] = []
        self._by_end: dict[tuple[int, int], ast.Call] = {}
        self._attributes: dict[tuple[int, int], ast.Attribute] = {}
        self._statements: list[tuple[int, int, list[ast.Call]]] = []
        self.headers: dict[int, int] = {}
        """From each further line of a `with` header of several lines to its first one."""
        self.named_contexts: set[int] = set()
        """Lines of `with` statements that enter something by name, as `with tf.GradientTape:` does."""
        self.partial: set[int] = set()
        """Lines that may run without every expression on them: a lambda, `and`, `if ready: start()`."""
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError):
            return
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                self._calls.append(node)
                self._by_end[node.end_lineno or 0, node.end_col_offset or 0] = node
            elif isinstance(node, ast.Attribute):
                self._attributes[node.end_lineno or 0, node.end_col_offset or 0] = node
            elif isinstance(node, _MAYBE):
                self.partial.update(range(node.lineno, (node.end_lineno or 0) + 1))
            elif isinstance(node, ast.stmt):
                inside = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)]
                self.partial.update(child.lineno for child in inside if child.lineno == node.lineno)
                parts = list(_own_parts(node))
                last = max((getattr(part, "end_lineno", 0) for part in parts), default=0)
                self._statements.append((node.lineno, last, [part for part in parts if isinstance(part, ast.Call)]))
                if isinstance(node, (ast.With, ast.AsyncWith)):
                    entered = [item.context_expr for item in node.items]
                    if any(isinstance(one, (ast.Name, ast.Attribute)) for one in entered):
                        self.named_contexts.update(one.lineno for one in (node, *entered))
                    self.headers.update(dict.fromkeys(range(node.lineno + 1, last + 1), node.lineno))

    def caller(self, method: str, source_map: Callable[[], SourceMap]) -> Place | None:
        """Where the program calls `method` right now; None if library code is the caller.

        Frames of this package, of contextlib and functools, and of AutoGraph's own machinery do not count as callers:
        they only pass the program's call on. `source_map` is asked if a frame is not in a known file.
        """
        frame = _first_caller(sys._getframe(1))
        if frame is None:
            return None
        if frame.f_code.co_filename == self.filename:
            place = self._of_instruction(frame.f_code, frame.f_lasti)
            if place is None:
                return self._near(frame.f_lineno, method)
            return place if place.call is not None else Place(place.line)
        origin = source_map().get((frame.f_code.co_filename, frame.f_lineno))
        if origin is not None and origin[0] == self.filename:
            return self._near(origin[1], method)
        return None

    def raised(self, error: BaseException, frames: TracebackType | None) -> Place | None:
        """Where the exception was raised: the innermost place in the program that it came through on `frames`."""
        line = _line_by_autograph(error, self.filename)
        if line is not None:
            return Place(line)
        innermost = _innermost(frames, self.filename)
        if innermost is None:
            return None
        place = self._of_instruction(innermost.tb_frame.f_code, innermost.tb_lasti)
        return place or Place(innermost.tb_lineno)

    def statement(self, line: int) -> range:
        """The lines of the innermost statement around `line`, without those of statements inside it."""
        around = [entry for entry in self._statements if entry[0] <= line <= entry[1]]
        first, last, _ = max(around, default=(line, line, []), key=lambda entry: entry[0])
        return range(first, last + 1)

    def _of_instruction(self, code: CodeType, index: int) -> Place | None:
        """What begins where the instruction's expression does; None if Python does not tell.

        Before Python 3.11 it is only known of calls.
        """
        positions = getattr(code, "co_positions", None)
        if positions is None:
            made = self._call_sites.get((code, index))
            return self._place(made) if made is not None else None
        line, last, start, end = next(islice(positions(), index // 2, None), (None, None, None, None))
        if line is None or last is None or start is None or end is None:
            return None
        # a call begins no later than its instruction; a `with` may end where the last call in it ends
        call, attribute = self._by_end.get((last, end)), self._attributes.get((last, end))
        if call is not None and (call.lineno, call.col_offset) <= (line, start):
            return self._place(call)
        if attribute is not None and (attribute.lineno, attribute.col_offset) <= (line, start):
            return Place(attribute.lineno, self._column(attribute.lineno, attribute.col_offset))
        return Place(line, self._column(line, start))

    @functools.cached_property
    def _call_sites(self) -> Mapping[CallSite, ast.Call]:
        return call_sites(self._source, self.filename, self._calls)

    def _place(self, call: ast.Call) -> Place:
        return Place(call.lineno, self._column(call.lineno, call.col_offset), call)

    def _column(self, line: int, offset: int) -> int:
        return len(self._lines[line - 1].encode()[:offset].decode())

    def _near(self, line: int, method: str) -> Place:
        """The call of `method` in the innermost statement around `line`, if there is just one; else the line."""
        around = [entry for entry in self._statements if entry[0] <= line <= entry[1]]
        if around:
            calls = [call for call in max(around, key=lambda entry: entry[0])[2] if _calls(call, method)]
            exact = [call for call in calls if call.lineno == line]
            if len(exact or calls) == 1:
                call = (exact or calls)[0]
                return self._place(call)
        return Place(line)


def source_of_arguments(call: ast.Call | None, position: int, name: str) -> ast.expr | None:
    """The argument of a call that stands at `position` or is called `name`; None if it can't be told."""
    if call is None:
        return None
    if any(isinstance(argument, ast.Starred) for argument in call.args[: position + 1]):
        return None
    if position < len(call.args):
        return call.args[position]
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def line_of_error(error: BaseException, filename: str) -> int | None:
    """The innermost line of the program that an exception came through; None if it came through none."""
    line = _line_by_autograph(error, filename)
    if line is not None:
        return line
    innermost = _innermost(error.__traceback__, filename)
    if innermost is not None:
        return innermost.tb_lineno
    return error.lineno if isinstance(error, SyntaxError) and error.filename == filename else None


def _line_by_autograph(error: BaseException, filename: str) -> int | None:
    """AutoGraph raises anew what was raised in the files that it generates, and notes the lines, mapped back."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        metadata: Any = getattr(cause, "ag_error_metadata", None)
        for frame in reversed(getattr(metadata, "translated_stack", ())):
            if frame.filename == filename:
                return int(frame.lineno)
        cause = cause.__cause__ or cause.__context__
    return None


def _innermost(frames: TracebackType | None, filename: str) -> TracebackType | None:
    found = None
    while frames is not None:
        if frames.tb_frame.f_code.co_filename == filename:
            found = frames
        frames = frames.tb_next
    return found


def _first_caller(frame: FrameType | None) -> FrameType | None:
    while frame is not None:
        filename = frame.f_code.co_filename
        if not (filename in _THROUGH or filename.startswith(_OWN_FOLDER) or _AUTOGRAPH in filename):
            return frame
        frame = frame.f_back
    return None


def _own_parts(statement: ast.stmt) -> Iterator[ast.AST]:
    """The expressions of a statement, without the statements inside it."""
    pending: list[ast.AST] = [statement]
    while pending:
        node = pending.pop()
        if node is not statement:
            yield node
        pending.extend(child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.stmt))


def _calls(call: ast.Call, method: str) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == method
