"""Puts a probe around every expression of a program that is read, without moving any of its lines.

`f(x) + 1` becomes `_probe_(0, (_probe_(1, (f))(_probe_(2, (x))))) + ...`: in the text, since AutoGraph reads source
files; on the same lines, so that tracebacks stay as they are. What is written to is left alone, and so are patterns,
annotations and docstrings. Inside of f-strings, places are right from Python 3.12 on; before, only the whole is probed.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from flake8_gradtape.machine.verdicts.gradient_calls import ASKING
from flake8_gradtape.reading.positions import Span

NAME = "_probe_"
_NOT_PROBED = (ast.NamedExpr, ast.Starred, ast.Slice, ast.GeneratorExp, ast.FormattedValue)
_MAKING = (ast.Call, ast.BinOp, ast.UnaryOp, ast.Compare)
_SIGNALS = (ast.Pass, ast.Break, ast.Continue, ast.Return, ast.Raise)
_IN_STRINGS = sys.version_info >= (3, 12)


@dataclass(frozen=True)
class Probe:
    """One probe: the span of the expression (of the statement, if it has none), and where its statement begins."""

    span: Span
    statement: int
    """The line of the statement."""
    function: int
    """The line of `def` of the function around; 0 at module level."""
    is_statement: bool = False
    makes: bool = False
    """A call or an operator: what nobody has seen before was made in there."""
    asks: Span | None = None
    """The call of which it is the callee, if that looks like a gradient call."""


@dataclass(frozen=True)
class Probed:
    """A program with probes."""

    text: str
    probes: tuple[Probe, ...]


def probed(text: str) -> Probed:
    """The program with its probes; `_probe_` must be among the builtins when it runs.

    Raises:
        SyntaxError: it is no Python.
    """
    tree = ast.parse(text)
    writer = _Writer(text)
    writer.statements(tree.body, 0)
    return writer.result()


class _Writer:
    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._probes: list[Probe] = []
        self._inserted: list[tuple[int, int, int, str]] = []
        """Line, column, order and what is put there."""
        self._callees: dict[ast.expr, Span] = {}
        """What looks like a method that gives a gradient, with the call."""

    def result(self) -> Probed:
        lines = list(self._lines)
        for line, column, _, what in sorted(self._inserted, reverse=True):
            lines[line - 1] = lines[line - 1][:column] + what + lines[line - 1][column:]
        return Probed("\n".join(lines), tuple(self._probes))

    def statements(self, body: list[ast.stmt], function: int) -> None:
        for place, statement in enumerate(body):
            if place == 0 and isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                continue  # perhaps a docstring
            self._statement(statement, function)

    def _statement(self, node: ast.stmt, function: int) -> None:
        if isinstance(node, _SIGNALS) and not any(True for _ in ast.iter_child_nodes(node)):
            line, column = node.lineno, self._column(node.lineno, node.col_offset)
            number = self._new(Probe(self._span(node), node.lineno, function, is_statement=True))
            self._insert(line, column, f"{NAME}({number}, ()); ")
            return
        inner = node.lineno if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) else function
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "type_params"):
                continue
            if isinstance(node, ast.ExceptHandler) and name == "name":
                continue
            for one in value if isinstance(value, list) else [value]:
                self._part(one, node, inner if name == "body" else function)

    def _part(self, one: object, statement: ast.stmt, function: int) -> None:
        if isinstance(one, ast.stmt):
            if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)):
                self._statement(one, function)
        elif isinstance(one, ast.expr):
            self._expression(one, statement, function)
        elif isinstance(one, ast.match_case):
            if one.guard is not None:
                self._expression(one.guard, statement, function)
            self.statements(one.body, function)
        elif isinstance(one, ast.arguments):
            for default in (*one.defaults, *filter(None, one.kw_defaults)):
                self._expression(default, statement, function)
        elif isinstance(one, ast.ExceptHandler):
            if one.type is not None:
                self._expression(one.type, statement, function)
            self.statements(one.body, function)
        elif isinstance(one, (ast.withitem, ast.keyword)):
            for part in ast.iter_child_nodes(one):
                self._part(part, statement, function)

    def _expression(self, node: ast.expr, statement: ast.stmt, function: int) -> None:
        if isinstance(getattr(node, "ctx", None), (ast.Store, ast.Del)):
            for part in _inner(node):
                self._expression(part, statement, function)
            return
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ASKING:
            self._callees[node.func] = self._span(node)
        if not _is_bare(node):
            span, makes = self._span(node), isinstance(node, _MAKING)
            number = self._new(Probe(span, statement.lineno, function, makes=makes, asks=self._callees.get(node)))
            before = self._lines[span[0] - 1][: span[1]]
            space = " " if before[-1:].isalnum() or before[-1:] == "_" else ""  # `return(a, b)`
            self._insert(span[0], span[1], f"{space}{NAME}({number}, (")
            self._insert(span[2], span[3], "))", closing=True)
        if isinstance(node, ast.JoinedStr) and not _IN_STRINGS:
            return
        for part in _inner(node):
            self._expression(part, statement, function)

    def _insert(self, line: int, column: int, what: str, closing: bool = False) -> None:
        order = len(self._inserted)
        # at one place, all that closes comes before all that opens; the outer opens first and closes last
        self._inserted.append((line, column, order if not closing else -order - 1, what))

    def _new(self, probe: Probe) -> int:
        self._probes.append(probe)
        return len(self._probes) - 1

    def _column(self, line: int, offset: int) -> int:
        text = self._lines[line - 1]
        return offset if text.isascii() else len(text.encode()[:offset].decode())

    def _span(self, node: ast.expr | ast.stmt) -> Span:
        last, end = node.end_lineno or node.lineno, node.end_col_offset or 0
        return (
            node.lineno, self._column(node.lineno, node.col_offset), last, self._column(last, end)
        )  # fmt: skip


def _is_bare(node: ast.expr) -> bool:
    """It can't have a probe around it; `super()` looks who calls it, and AutoGraph looks for it by name."""
    if isinstance(node, ast.Tuple) and any(isinstance(one, ast.Slice) for one in node.elts):
        return True
    return isinstance(node, _NOT_PROBED) or (isinstance(node, ast.Name) and node.id in ("super", NAME))


def _inner(node: ast.AST) -> Iterator[ast.expr]:
    """The expressions in an expression that are evaluated where it is."""
    for part in ast.iter_child_nodes(node):
        if isinstance(part, ast.expr):
            yield part
        elif isinstance(part, (ast.keyword, ast.comprehension)):
            yield from _inner(part)
        elif isinstance(part, ast.arguments):
            yield from (*part.defaults, *filter(None, part.kw_defaults))


def install(probe: object) -> None:
    """Let programs find their probe, AutoGraph too: it calls it as it is."""
    setattr(builtins, NAME, probe)


def uninstall() -> None:
    """No program runs."""
    delattr(builtins, NAME)
