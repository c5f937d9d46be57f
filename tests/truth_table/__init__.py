"""Measured rows of how `tf.GradientTape` behaves, as programs, and their reader; `test_truth_table` judges them.

A row of a `section_*` file is a function; an operation is a line of `operations`. A comment at the end of a line says
what TensorFlow shows there, and which code is right for it (`no code` if no rule is about it;
the rules are in `flake8_gradtape/rules/README.md`):

    # None: TAP101            a gradient is None
    # raises: TAP201          the call raises
    # warns: TAP401           TensorFlow warns that a persistent tape is asked inside its own block
    # wrong value: TAP505     no error, but not the true derivative
    # cost: TAP403 why        nothing is wrong, but memory or work is wasted
    # not reached: why        TensorFlow shows nothing, because the run does not come here

A row without comments is right as it stands. Nothing here runs a program or looks for misuse.
"""

from __future__ import annotations

import ast
import functools
import io
import re
import tokenize
from dataclasses import dataclass
from pathlib import Path

from tests.truth_table.operations import OPERATIONS

FOLDER = Path(__file__).resolve().parent

_COMMENT = re.compile(r"# (None|raises|warns|wrong value|cost|not reached): (?:(TAP\d{3})\b|no code\b|)\s*(.*)")


@dataclass(frozen=True)
class Mark:
    """What a comment says of its line."""

    line: int
    shown: str
    code: str
    """Empty if no rule is about it."""
    why: str = ""


@dataclass(frozen=True)
class Row:
    """One row of the table as a module that runs by itself."""

    name: str
    text: str
    marks: tuple[Mark, ...]

    def lines(self, *shown: str) -> set[int]:
        """The lines on which TensorFlow shows one of these."""
        return {mark.line for mark in self.marks if mark.shown in shown}

    @property
    def misuse(self) -> tuple[Mark, ...]:
        """The marks that TensorFlow answers with None or an error, and that have a code."""
        return tuple(mark for mark in self.marks if mark.shown in ("None", "raises") and mark.code)

    @property
    def is_right(self) -> bool:
        """The row must not be called wrong: a CONTROL or OK row of the table."""
        return not self.lines("None", "raises", "warns", "wrong value")


@functools.cache
def read_rows() -> tuple[Row, ...]:
    """All rows, in order. Raises ValueError if a comment is not one of ours."""
    rows = [row for path in sorted(FOLDER.glob("section_*.py")) for row in _rows_of(path.read_text(encoding="utf-8"))]
    return (*rows, *(_operation(*one) for one in OPERATIONS))


def _rows_of(text: str) -> list[Row]:
    """Each function that takes nothing is a row; what stands above the first row is part of all of them."""
    tree = ast.parse(text)
    lines = text.splitlines()
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    rows = [node for node in functions if re.fullmatch(r"[a-z]\d+\w*", node.name)]
    header = lines[: rows[0].lineno - 1]
    return [
        _row(node.name, "\n".join([*header, *lines[node.lineno - 1 : node.end_lineno], "", "", f"{node.name}()", ""]))
        for node in rows
    ]


def _operation(name: str, expression: str, shown: str) -> Row:
    comment = "" if shown == "fine" else f"  # {shown}"
    text = (
        "import tensorflow as tf\n\n"
        "x = tf.Variable([0.3, 1.7])\n"
        "with tf.GradientTape() as tape:\n"
        f"    y = tf.cast({expression}, tf.float32)\n"
        f"print(tape.gradient(y, x)){comment}\n"
    )
    return _row(f"a2_{name}", text)


def _row(name: str, text: str) -> Row:
    return Row(name, text, tuple(_marks(text)))


def _marks(text: str) -> list[Mark]:
    marks = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT and token.string != "# ruff: noqa":
            match = _COMMENT.fullmatch(token.string)
            if match is None:
                raise ValueError(f"not a comment of the truth table: {token.string}")
            marks.append(Mark(token.start[0], match[1], match[2] or "", match[3]))
    return marks
