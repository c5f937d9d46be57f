"""One module's text: the parts of it worth parsing, their libcst tree, and the place of each node in the text.

What the parts are for, and anything about tapes, lives elsewhere; `contents.py` decides which functions are read.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Sequence

import libcst

from flake8_gradtape.reading.annotated import Moves, without_parentheses
from flake8_gradtape.reading.deep_stack import with_room
from flake8_gradtape.reading.positions import Span, find_positions, find_spans
from flake8_gradtape.reading.prefilter import mentions_tape
from flake8_gradtape.reading.reachability import Contents, read_contents
from flake8_gradtape.reading.reduction import Lines, reduced

__all__ = ["ModuleSource", "UnreadableSource", "mentions_tape", "read_module"]

LONGEST_CHAIN = 1000
"""Deeper nesting, or a longer chain (`a and b and ...`), could exhaust any stack in libcst's native parser."""

ORDINARY_CHAIN = 100
"""Up to here the ordinary stack and recursion limit suffice."""

_STRING_TOKENS = {getattr(tokenize, name, tokenize.STRING) for name in ("STRING", "FSTRING_START", "TSTRING_START")}
_FORM_FEEDS_BEFORE_CODE = re.compile(r"[ \t\f]*\f")


class UnreadableSource(Exception):
    """The text is not Python that can be analysed; the message is one clear sentence, `line` where it is so."""

    def __init__(self, message: str, line: int = 1):
        super().__init__(message)
        self.line = line


class ModuleSource:
    """A parsed module, and where its nodes stand in the text it came from.

    `module` is parsed from a *reduced* text: functions that no tape can reach have `...` for a body and lost their
    decorators; comments between statements are gone. Positions are those of the original text all the same.
    """

    def __init__(
        self,
        module: libcst.Module,
        line_numbers: Sequence[int],
        shifts: dict[int, int],
        contents: Contents,
        line_count: int = 0,
        is_deep: bool = False,
        moves: Moves | None = None,
    ):
        self.module = module
        self.line_count = line_count
        """The number of lines of the whole text."""
        self.has_tape = contents.has_tape
        """The class `GradientTape` is mentioned by code, not only in comments and strings."""
        self.clues = contents.clues
        """What the whole module says that bears on the meaning of its code."""
        self.tape_functions = contents.tape_functions
        self.tape_names = contents.tape_names
        """The names of functions that may make a tape, hold one, or call something that does; no others can, run alone,
        do anything with a tape."""
        self.uses = contents.uses
        """Which attributes each part of the module reads and writes."""
        self.handed_out = contents.handed_out
        """What functions that no tape reaches hand to others, of what names of the module hold."""
        self.is_deep = is_deep
        """The code is nested so deeply that recursion over it needs `room.with_room`."""
        self._line_numbers = line_numbers
        self._shifts = shifts
        self._moves = moves or {}

    def position(self, node: libcst.CSTNode) -> tuple[int, int]:
        """Give the line (1-based) and column (0-based, in characters) where `node` starts.

        Costs a walk over the module; ask for several nodes at once with `positions`.

        Raises:
            KeyError: `node` is no part of `module`.
            UnreadableSource: the module is nested too deeply.
        """
        return self.positions([node])[0]

    def positions(self, nodes: Iterable[libcst.CSTNode]) -> list[tuple[int, int]]:
        """Give the positions of several nodes, in their order; see `position`."""
        wanted = list(nodes)
        if not wanted:
            return []
        try:
            if self.is_deep:
                found = with_room(lambda: find_positions(self.module, wanted))
            else:
                found = find_positions(self.module, wanted)
        except RecursionError:
            raise UnreadableSource("The code is nested too deeply to find positions in it.") from None
        return [self._in_original(*found[id(node)]) for node in wanted]

    def spans(self) -> dict[libcst.CSTNode, Span]:
        """Give the place of every node: line and column of its start, line and column behind its end.

        Raises:
            UnreadableSource: the module is nested too deeply.
        """
        try:
            if self.is_deep:
                found = with_room(lambda: find_spans(self.module))
            else:
                found = find_spans(self.module)
        except RecursionError:
            raise UnreadableSource("The code is nested too deeply to find positions in it.") from None
        return {node: (*self._in_original(*span[:2]), *self._in_original(*span[2:])) for node, span in found.items()}

    def has_line(self, line: int) -> bool:
        """A line was kept when the text was reduced."""
        return line in self._line_numbers

    def _in_original(self, line: int, column: int) -> tuple[int, int]:
        original = self._line_numbers[line - 1] if line <= len(self._line_numbers) else line
        for first, last, by in self._moves.get(original, ()):
            if first <= column <= last:
                column += by
                break
        return original, column + self._shifts.get(original, 0)


def read_module(text: str, tree: ast.Module | None = None, *, whole: bool = False) -> ModuleSource:
    """Parse the parts of a module that a tape can reach.

    Args:
        text: the module, with any line endings, a byte order mark or not.
        tree: what `ast.parse` made of the same text, if somebody has done so already.
        whole: parse all of it.

    Raises:
        UnreadableSource: the text is not valid Python, or too deeply nested.
    """
    text = _normalised(text)
    lines, shifts = _without_form_feeds(text.split("\n"))
    if tree is None:
        tree = _parse_ast(text)
    contents = read_contents(tree)
    longest = max([contents.longest_chain, *(_strings_joined(lines, string) for string in contents.long_strings)])
    if longest > LONGEST_CHAIN:
        raise UnreadableSource(f"An expression or block nests or chains more than {LONGEST_CHAIN} parts.")
    wholly = dict(enumerate(lines, 1))
    kept = wholly if whole else reduced(lines, tree, contents.left_out, contents.unmentioned)
    is_deep = longest > ORDINARY_CHAIN
    moves: Moves = {}
    try:
        module = _parsed(kept, is_deep)
    except libcst.ParserSyntaxError:
        moves = without_parentheses(lines, shifts, tree)
        kept = dict(enumerate(lines, 1))  # the reduction went wrong somewhere: better slow than silent
        try:
            module = _parsed(kept, is_deep)
        except libcst.ParserSyntaxError as error:
            raise UnreadableSource("libcst cannot parse this line.", max(error.raw_line, 1)) from None
    return ModuleSource(module, list(kept), shifts, contents, len(lines) - 1, is_deep, moves)


def _normalised(text: str) -> str:
    """Line endings as `ast` and flake8 count them, no byte order mark."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _without_form_feeds(lines: list[str]) -> tuple[list[str], dict[int, int]]:
    """Replace form feeds, which libcst does not place as Python does; say how far lines moved to the left."""
    shifts: dict[int, int] = {}
    for index, line in enumerate(lines):
        if "\f" in line:
            before_code = _FORM_FEEDS_BEFORE_CODE.match(line)
            if before_code:
                shifts[index + 1] = before_code.end()
                line = line[before_code.end() :]
            lines[index] = line.replace("\f", " ")
    return lines, shifts


def _parse_ast(text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except SyntaxError as error:
        raise UnreadableSource(f"The text is not valid Python: {error.msg}.", error.lineno or 1) from None
    except ValueError as error:  # null bytes on older Pythons, lone surrogates
        raise UnreadableSource(f"The text is not valid Python: {error}.") from None
    except (RecursionError, MemoryError):
        raise UnreadableSource("The code is nested too deeply for Python to parse it.") from None


def _parsed(kept: Lines, is_deep: bool) -> libcst.Module:
    """The lines as syntax; raises libcst's ParserSyntaxError if they are none."""
    text = "\n".join(kept.values())
    if not text.endswith("\n"):
        text += "\n"
    try:
        return with_room(lambda: libcst.parse_module(text)) if is_deep else libcst.parse_module(text)
    except RecursionError:
        raise UnreadableSource("The code is nested too deeply for libcst to parse it.") from None
    except UnicodeError as error:
        raise UnreadableSource(f"The text is not valid Unicode: {error}.") from None


def _strings_joined(lines: Sequence[str], string: ast.expr) -> int:
    """Count the string literals that `ast` has joined into one: to libcst they are a chain."""
    assert string.end_lineno is not None
    own = [line.encode() for line in lines[string.lineno - 1 : string.end_lineno]]
    own[-1] = own[-1][: string.end_col_offset]
    own[0] = own[0][string.col_offset :]
    text = "(" + b"\n".join(own).decode(errors="replace") + "\n)\n"
    quoted = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            quoted += token.type in _STRING_TOKENS
    except (tokenize.TokenError, SyntaxError):
        pass  # a form feed before it may have moved it
    return quoted
