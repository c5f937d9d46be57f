"""Which call of the text an instruction is, for Python 3.10, whose code objects know lines but no columns.

Reads syntax and code objects; runs nothing.
"""

from __future__ import annotations

import ast
import dis
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from types import CodeType

CallSite = tuple[CodeType, int]
"""A code object and the offset of an instruction in it."""

_CALLING = frozenset(number for name, number in dis.opmap.items() if name.startswith("CALL_"))


def call_sites(source: str, filename: str, calls: Sequence[ast.Call]) -> Mapping[CallSite, ast.Call]:
    """The call in `calls` that each calling instruction makes when `source` is compiled as `filename`.

    `calls` are all calls of the text as `ast.walk` gives them. The text is compiled a second time with each call on a
    line of its own, after the last one, and the instructions of both are laid side by side. An instruction of which
    that leaves a doubt is not in the answer.
    """
    first = len(source.splitlines()) + 2
    try:
        code = compile(source, filename, "exec", dont_inherit=True)
        numbered = compile(_one_call_a_line(source, first), filename, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError):
        return {}
    found: dict[CallSite, ast.Call] = {}
    for site, line in _lines(code, numbered):
        if 0 <= line - first < len(calls):
            found.setdefault(site, calls[line - first])
    # equal functions on one line, such as two lambdas, are one code object: only the calls of the first have been found
    told = {id(call) for call in found.values()}
    missing = {(call.lineno, ast.dump(call)) for call in calls if id(call) not in told}
    if not missing:
        return found
    return {site: call for site, call in found.items() if (call.lineno, ast.dump(call)) not in missing}


def _one_call_a_line(source: str, first: int) -> ast.Module:
    tree = ast.parse(source)
    for line, call in enumerate((node for node in ast.walk(tree) if isinstance(node, ast.Call)), first):
        call.lineno = line
        if isinstance(call.func, ast.Attribute):
            call.func.end_lineno = line  # a method call is given the line on which its name ends
    return tree


def _lines(code: CodeType, numbered: CodeType) -> Iterator[tuple[CallSite, int]]:
    """Each calling instruction of `code` and of the code inside it, with its line in `numbered`."""
    lines = {offset: line for start, end, line in numbered.co_lines() for offset in range(start, end, 2)}
    pairs = list(zip_longest(_calling(code), _calling(numbered), fillvalue=(0, 0, 0)))
    if all(one[1:] == other[1:] for one, other in pairs):
        yield from (((code, one[0]), lines.get(other[0]) or 0) for one, other in pairs)
    inside, inside_numbered = _inside(code), _inside(numbered)
    if len(inside) == len(inside_numbered):
        for inner, inner_numbered in zip(inside, inside_numbered, strict=True):
            yield from _lines(inner, inner_numbered)


def _calling(code: CodeType) -> Iterator[tuple[int, int, int]]:
    """The offset of each calling instruction, which it is, and its argument."""
    text = code.co_code
    return ((offset, text[offset], text[offset + 1]) for offset in range(0, len(text), 2) if text[offset] in _CALLING)


def _inside(code: CodeType) -> list[CodeType]:
    return [constant for constant in code.co_consts if isinstance(constant, CodeType)]


__all__ = ["CallSite", "call_sites"]
