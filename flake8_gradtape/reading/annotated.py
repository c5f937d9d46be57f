"""`(x): int = 1` is Python, but libcst cannot parse it: such a target loses its parentheses before libcst sees it."""

from __future__ import annotations

import ast

Moves = dict[int, list[tuple[int, int, int]]]
"""By line: from which column to which one (in characters) something stands that belongs so far to the right."""


def without_parentheses(lines: list[str], shifts: dict[int, int], tree: ast.Module) -> Moves:
    """Take the parentheses off the targets of annotated assignments, in `lines`, and say what was moved by that.

    A target moves to where its first parenthesis was; blanks fill up, so all that follows stays in its place. One that
    extends over several lines is left alone. `shifts` are the bytes by which a line was moved to the left before.
    """
    moves: Moves = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign) and node.target.col_offset > node.col_offset:
            by_bytes = shifts.get(node.lineno, 0)
            target = node.target
            assert target.end_col_offset is not None
            if node.lineno == target.lineno == target.end_lineno:
                places = (node.col_offset - by_bytes, target.col_offset - by_bytes, target.end_col_offset - by_bytes)
                changed = _moved(lines[node.lineno - 1].encode(), *places)
                if changed is not None:
                    lines[node.lineno - 1], move = changed
                    moves.setdefault(node.lineno, []).append(move)
    return moves


def _moved(line: bytes, start: int, first: int, last: int) -> tuple[str, tuple[int, int, int]] | None:
    """The line with what stands from `first` to `last` moved to `start`; None if a parenthesis ends in another line."""
    opened = line[start:first].count(b"(")
    if line[last:].count(b")") < opened:
        return None
    text = line[:start] + line[first:last] + b" " * (first - start) + line[last:].replace(b")", b" ", opened)
    column = len(line[:start].decode())
    return text.decode(), (column, column + len(line[first:last].decode()), first - start)
