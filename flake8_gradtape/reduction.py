"""The lines of a module that are worth parsing: everything but the bodies of functions that no tape can reach.

Which functions these are is decided in `contents.py`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence, Set

Lines = dict[int, str]
"""Line numbers (1-based) in ascending order, and the text of each line without its line ending."""

STUB = "..."


def reduced(lines: Sequence[str], tree: ast.Module, left_out: Set[ast.stmt]) -> Lines:
    """Give the lines that remain when the functions in `left_out` become stubs.

    A stub keeps its signature, loses its decorators, and has `...` in place of the first statement of its body.
    Functions on one line stay as they are. Comments and blank lines between statements go. Columns stay what they are.
    """
    reduction = _Reduction(lines, left_out)
    reduction.keep_block(tree.body)
    return {number: reduction.kept[number] for number in sorted(reduction.kept)}


class _Reduction:
    def __init__(self, lines: Sequence[str], left_out: Set[ast.stmt]):
        self.lines = lines
        self.left_out = left_out
        self.kept: Lines = {}

    def keep_block(self, block: Sequence[ast.stmt]) -> None:
        """Keep the statements of a block, given in their order, and of all blocks in it."""
        pending = list(reversed(block))
        while pending:
            statement = pending.pop()
            if statement in self.left_out and self._stubbed(statement):
                continue
            inner = _blocks(statement)
            if not inner:
                self._keep(_first_line(statement), _last_line(statement))
                continue
            at = _first_line(statement)
            for body in inner:  # the header, and what stands between two blocks: `else:`
                self._keep(at, _first_line(body[0]) - 1)
                at = _last_line(body[-1]) + 1
            for body in reversed(inner):
                pending.extend(reversed(body))

    def _stubbed(self, statement: ast.stmt) -> bool:
        assert isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef))
        body = _first_line(statement.body[0])
        indent = self.lines[body - 1][: statement.body[0].col_offset]
        if indent.strip():
            return False  # the signature ends on the line where the body starts
        self._keep(statement.lineno, body - 1)
        self.kept[body] = indent + STUB
        return True

    def _keep(self, first: int, last: int) -> None:
        for number in range(first, last + 1):
            self.kept[number] = self.lines[number - 1]
        if first <= last:
            self._keep_continuation(last)

    def _keep_continuation(self, last: int) -> None:
        """A backslash after the last token joins the next line, blank or not, to this one."""
        while last < len(self.lines) and self.lines[last - 1].endswith("\\"):
            last += 1
            self.kept[last] = self.lines[last - 1]


def _blocks(statement: ast.stmt) -> list[list[ast.stmt]]:
    """The blocks of statements in a compound statement, in the order of the text."""
    if isinstance(statement, ast.Match):
        return [case.body for case in statement.cases]
    handlers: Iterable[ast.ExceptHandler] = getattr(statement, "handlers", ())
    blocks = [getattr(statement, "body", []), *(handler.body for handler in handlers)]
    blocks += [getattr(statement, "orelse", []), getattr(statement, "finalbody", [])]
    return [block for block in blocks if block]


def _first_line(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


def _last_line(statement: ast.stmt) -> int:
    assert statement.end_lineno is not None
    return statement.end_lineno
