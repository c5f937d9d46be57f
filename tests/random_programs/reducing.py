"""Makes a failing program smaller by deleting lines; what counts as failing is the caller's."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator


def reduce(text: str, fails: Callable[[str], bool]) -> str:
    """The smallest program found that still fails: lines and blocks deleted, block headers unwrapped.

    In: a failing program, and whether a program fails. Out: a program that fails. Raises what `fails` raises.
    """
    lines = text.splitlines()
    going = True
    while going:
        going = False
        for smaller in _smaller(lines):
            if _parses(smaller) and fails("\n".join(smaller) + "\n"):
                lines, going = smaller, True
                break
    return "\n".join(lines) + "\n"


def _smaller(lines: list[str]) -> Iterator[list[str]]:
    """Programs with something missing, the biggest pieces first, from the end: later lines depend on earlier ones."""
    for size in (8, 4):
        for start in range(len(lines) - size, -1, -1):
            yield lines[:start] + lines[start + size :]
    for start in range(len(lines) - 1, -1, -1):
        end = _block_end(lines, start)
        yield lines[:start] + lines[end:]
        if end > start + 1:
            yield lines[:start] + [line[4:] for line in lines[start + 1 : end]] + lines[end:]


def _block_end(lines: list[str], start: int) -> int:
    """The line after the block that `lines[start]` opens, or after the line itself."""
    depth = _depth(lines[start])
    end = start + 1
    while end < len(lines) and (not lines[end].strip() or _depth(lines[end]) > depth):
        end += 1
    return end


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _parses(lines: list[str]) -> bool:
    try:
        ast.parse("\n".join(lines) + "\n")
    except SyntaxError:
        return False
    return True
