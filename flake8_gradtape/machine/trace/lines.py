"""Which statements of a module a run got to, and why it did not get to the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import libcst as cst

from flake8_gradtape.machine.trace.watching import STATEMENTS, GivenUp, Watching
from flake8_gradtape.machine.trace.words import Words
from flake8_gradtape.reading.positions import Span
from flake8_gradtape.reading.syntax import children, is_stub


@dataclass(frozen=True, eq=False)
class FunctionRun:
    """A function of the module; `why_not` is empty if it was run, `given_up` if the work could be finished."""

    node: cst.FunctionDef
    name: str
    span: Span
    by_itself: bool
    why_not: str
    given_up: str
    is_cut: bool
    """Some call of it is nested too deep, so that it may have been called in other ways as well."""


@dataclass(frozen=True, eq=False)
class _Statement:
    node: cst.CSTNode
    first: int
    last: int
    function: cst.FunctionDef | None


class Lines:
    """The statements of one module, as one run has left them."""

    def __init__(
        self, module: cst.Module, spans: Mapping[cst.CSTNode, Span], watching: Watching, words: Words,
        tape_functions: frozenset[str] | None,
    ) -> None:  # fmt: skip
        self._spans = spans
        self._watching = watching
        self._words = words
        self._tape_functions = tape_functions
        self._statements: list[_Statement] = []
        self.calls: list[tuple[cst.Call, cst.FunctionDef | None]] = []
        """All calls of the module, with the functions in which they stand."""
        self._functions: list[tuple[cst.FunctionDef, cst.FunctionDef | None]] = []
        self._index(module)

    def _index(self, module: cst.Module) -> None:
        pending: list[tuple[cst.CSTNode, cst.FunctionDef | None]] = [(module, None)]
        while pending:
            node, function = pending.pop()
            if isinstance(node, STATEMENTS) and node in self._spans:
                first, _, last, _ = self._spans[node]
                self._statements.append(_Statement(node, first, last, function))
            if isinstance(node, cst.Call):
                self.calls.append((node, function))
            if isinstance(node, cst.FunctionDef):
                self._functions.append((node, function))
                function = node
            pending.extend((part, function) for part in children(node))

    @property
    def reached(self) -> frozenset[int]:
        """The lines that some run got to: first lines of statements, and those of expressions in them."""
        nodes = [*self._watching.reached, *(node for node, _ in self._watching.visits)]
        return frozenset(line for node in nodes if (line := self._words.line(node)) is not None)

    @property
    def ends(self) -> frozenset[int]:
        """The lines of the statements at which every run ended, in some visit."""
        return frozenset(line for node in self._watching.ends if (line := self._words.line(node)) is not None)

    def functions(self) -> tuple[FunctionRun, ...]:
        """The functions of the module, in the order of the text."""
        return tuple(
            FunctionRun(
                node, node.name.value, self._spans[node], node in self._watching.roots,
                self._why_never_run(node), self.given_up(node), node in self._watching.not_followed_calls,
            )
            for node, _ in sorted(self._functions, key=lambda one: self._spans[one[0]])
        )  # fmt: skip

    def why_not(self, line: int) -> str | None:
        """Why no run comes to a line; empty if one does, None if there is no code on it."""
        found = max(
            (one for one in self._statements if one.first <= line <= one.last), key=lambda one: one.first, default=None
        )
        return None if found is None else self._why_not_reached(found)

    def why_not_node(self, node: cst.CSTNode) -> str:
        """Why no run comes to a piece of code."""
        line = self._words.line(node)
        return (self.why_not(line) if line is not None else None) or "no run comes here"

    def given_up(self, root: cst.CSTNode | None) -> str:
        """Where the work on something that was run from outside was given up; empty if it was not."""
        for one in self._watching.given_up:
            if one.root is root:
                return self._where(one)
        return ""

    def _where(self, one: GivenUp) -> str:
        name = one.function.name.value if isinstance(one.function, cst.FunctionDef) else ""
        return "gave up: budget spent " + (f"in function '{name}'" if name else "in the body of the module")

    def _why_not_reached(self, statement: _Statement) -> str:
        """Why no run got to a statement, in words; empty if one did."""
        if statement.node in self._watching.reached:
            return ""
        function = statement.function
        if function is not None:
            never = self._why_never_run(function)
            if never:
                return f"no run comes here: function '{function.name.value}' was never run ({never})"
        given_up = self.given_up(function) if function is not None else self._module_given_up()
        if given_up:
            return f"no run comes here: {given_up}"
        ended = [
            one.first
            for one in self._statements
            if one.function is function and one.node in self._watching.ends and one.first < statement.first
        ]
        if ended:
            return f"no run comes here: every run ends at line {max(ended)}"
        return "no run comes here: every run leaves before, or a condition never holds"

    def _module_given_up(self) -> str:
        return next((self._where(one) for one in self._watching.given_up if isinstance(one.root, cst.Module)), "")

    def _why_never_run(self, function: cst.FunctionDef) -> str:
        """Empty if it was run."""
        if function in self._watching.entered:
            return ""
        if is_stub(function):
            return "its body was left out: no tape comes there"
        if function not in self._watching.reached:
            return "its definition is not reached"
        if self._tape_functions is not None and function.name.value not in self._tape_functions:
            return "nobody calls it, and no tape comes there"
        if self._watching.is_exhausted or self._watching.given_up:
            return "the budget of the module was spent before"
        return "nobody calls it"
