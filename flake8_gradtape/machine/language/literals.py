"""Literals: numbers and strings as the values that they are."""

from __future__ import annotations

from collections.abc import Sequence as Row
from typing import Any

import libcst as cst

from flake8_gradtape.machine.domain.values import Number, Value, constant
from flake8_gradtape.machine.language.operators import binary
from flake8_gradtape.machine.language.special_methods import TEXT, operate
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Scope
from flake8_gradtape.reading.syntax import literal_string


def number(run: Run, scope: Scope, node: Any) -> Value:
    """A number, unless it is too large."""
    try:
        known = constant(node.evaluated_value)
    except (ValueError, SyntaxError, MemoryError):
        known = None
    return known or Number(run.recorder.number(at=node))


def string(run: Run, scope: Scope, node: cst.SimpleString) -> Value:
    """A string or bytes, unless they are too long."""
    value = literal_string(node.value)
    known = constant(value) if value is not None else None
    return known or Number(run.recorder.number(at=node))


def formatted(run: Run, scope: Scope, node: cst.FormattedString) -> Value:
    """An f-string; one without expressions is a string like another."""
    if all(isinstance(part, cst.FormattedStringText) for part in node.parts):
        texts = "".join(part.value for part in node.parts if isinstance(part, cst.FormattedStringText))
        value = literal_string(node.start + texts + node.end)
        known = constant(value) if value is not None else None
        if known is not None:
            return known
    _evaluate_parts(run, scope, node.parts)
    return Number(run.recorder.number(at=node))


def _evaluate_parts(run: Run, scope: Scope, parts: Row[cst.BaseFormattedStringContent]) -> None:
    """Run the expressions of an f-string, those of its format specifications included."""
    for part in parts:
        if isinstance(part, cst.FormattedStringExpression):
            operate(run, run.evaluate(scope, part.expression), TEXT)
            _evaluate_parts(run, scope, part.format_spec or ())


def joined(run: Run, scope: Scope, node: cst.ConcatenatedString) -> Value:
    """Literals in a row are one string; libcst nests them to the right."""
    values = [run.evaluate(scope, node.left)]
    rest: cst.BaseExpression = node.right
    while isinstance(rest, cst.ConcatenatedString):
        values.append(run.evaluate(scope, rest.left))
        rest = rest.right
    values.append(run.evaluate(scope, rest))
    known = values[0]
    for value in values[1:]:
        known = binary(run, "+", known, value, node)
    return known
