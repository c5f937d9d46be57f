"""The lines of a module that are worth parsing: everything but the functions and classes that no tape can reach.

Which these are is decided in `contents.py`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence, Set

Lines = dict[int, str]
"""Line numbers (1-based) in ascending order, and the text of each line without its line ending."""

STUB = "..."


def reduced(
    lines: Sequence[str], tree: ast.Module, left_out: Set[ast.stmt], unmentioned: Set[ast.stmt] = frozenset()
) -> Lines:
    """Give the lines that remain when the functions in `left_out` become stubs, and what is `unmentioned` goes.

    A stub keeps its signature, loses its decorators, and has `...` in place of the first statement of its body.
    Functions on one line stay as they are. A block from which everything goes has `...` instead. Comments and blank
    lines between statements go. Columns stay what they are.
    """
    reduction = _Reduction(lines, left_out, unmentioned)
    reduction.keep_block(tree.body)
    return {number: reduction.kept[number] for number in sorted(reduction.kept)}


class _Reduction:
    def __init__(self, lines: Sequence[str], left_out: Set[ast.stmt], unmentioned: Set[ast.stmt]):
        self.lines = lines
        self.left_out = left_out
        self.unmentioned = unmentioned
        self.kept: Lines = {}

    def keep_block(self, block: Sequence[ast.stmt]) -> None:
        """Keep the statements of a block, given in their order, and of all blocks in it."""
        pending = self._mentioned(block)
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
                pending.extend(self._mentioned(body))

    def _mentioned(self, block: Sequence[ast.stmt]) -> list[ast.stmt]:
        """The statements of a block that stay, the last one first."""
        if self.unmentioned.isdisjoint(block):
            return list(reversed(block))
        staying = [statement for statement in reversed(block) if statement not in self.unmentioned]
        if not staying and not self._hold_place(block[0]):
            return list(reversed(block))
        return staying

    def _stubbed(self, statement: ast.stmt) -> bool:
        assert isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef))
        if not self._hold_place(statement.body[0]):
            return False  # the signature ends on the line where the body starts
        self._keep(statement.lineno, _first_line(statement.body[0]) - 1)
        return True

    def _hold_place(self, statement: ast.stmt) -> bool:
        """Put `...` where a statement starts, if it starts a line."""
        line = _first_line(statement)
        indent = self.lines[line - 1][: statement.col_offset]
        if indent.strip():
            return False
        self.kept[line] = indent + STUB
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
