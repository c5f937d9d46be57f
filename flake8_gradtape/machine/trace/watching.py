"""The observer that writes down what a run tells; it judges nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import libcst as cst

from flake8_gradtape.events import CallRaised
from flake8_gradtape.machine.domain.graph import Node
from flake8_gradtape.machine.domain.values import Opaque, TapeValue, Value, options
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.tapes.observer import Decision, Observer, Silence
from flake8_gradtape.machine.tapes.state import Tape
from flake8_gradtape.machine.trace.beliefs import Belief, Role, Snapshots, Visit

STATEMENTS = (cst.SimpleStatementLine, cst.SimpleStatementSuite, cst.BaseCompoundStatement)
"""Statements that begin a line, or may do so."""


@dataclass(eq=False)
class Asking:
    """One visit of a gradient call."""

    call: cst.Call
    tape: Tape
    method: str
    root: cst.CSTNode | None
    way: tuple[cst.CSTNode, ...]
    silent: bool
    sure: bool
    """Every run of the root gets here."""
    asked: Belief
    """The tape, just before the call."""
    sources: Belief | None
    """What the sources are, and whether the tape tracks them."""
    decisions: list[Decision] = field(default_factory=list)
    error: Raising | None = None


@dataclass(frozen=True, eq=False)
class Raising:
    """One visit of a call that surely raises."""

    at: cst.CSTNode
    event: CallRaised
    silences: tuple[Silence, ...]
    root: cst.CSTNode | None
    way: tuple[cst.CSTNode, ...]
    silent: bool


@dataclass(frozen=True, eq=False)
class GivenUp:
    """What was run from `root` took too much work; it was in `function` then (None: in no function)."""

    root: cst.CSTNode
    function: cst.CSTNode | None


class Watching(Observer):
    """Keeps all that is told, by syntax node."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.visits: dict[tuple[cst.CSTNode, Role], list[Visit]] = {}
        self.first: dict[Node, tuple[cst.CSTNode, Role]] = {}
        """The expression that first gave an unknown value."""
        self.reached: dict[cst.CSTNode, None] = {}
        self.ends: dict[cst.CSTNode, None] = {}
        """The statements at which every run ended, in some visit."""
        self.roots: dict[cst.CSTNode, None] = {}
        self.entered: dict[cst.CSTNode, None] = {}
        self.not_followed_calls: dict[cst.CSTNode, None] = {}
        """Functions of which some call is nested too deep to be looked at."""
        self.askings: list[Asking] = []
        self.raisings: list[Raising] = []
        self.escapes: dict[int, dict[cst.CSTNode | None, None]] = {}
        """The statements by which a tape escaped; None: no statement did it, but what happens between functions."""
        self.given_up: list[GivenUp] = []
        self.is_exhausted = False
        self._root: cst.CSTNode | None = None
        self._at: dict[int, cst.CSTNode] = {}
        self._snapshots = Snapshots(run)

    def root(self, root: cst.CSTNode) -> None:
        self._root = root
        self._at.clear()
        self.roots[root] = None

    def finished(self) -> None:
        self._root = None
        self._at.clear()

    def called(self, function: cst.CSTNode, parameters: Sequence[tuple[cst.Name, Value]]) -> None:
        if self.run.reachable:
            self.entered[function] = None
            for name, value in parameters:
                self._keep(name, Role.PARAMETER, value)

    def statement(self, statement: cst.CSTNode) -> None:
        self.reached[statement] = None
        if isinstance(statement, STATEMENTS):
            self._at[len(self.run.stack.functions)] = statement

    def expression(self, expression: cst.CSTNode, value: Value) -> None:
        if self.run.reachable:
            self._keep(expression, Role.READ, value)

    def assigned(self, target: cst.CSTNode, value: Value) -> None:
        if self.run.reachable:
            self._keep(target, Role.WRITTEN, value)

    def ended(self) -> None:
        here = self._here()
        if here is not None:
            self.ends[here] = None

    def never_returned(self) -> None:
        caller = self._at.get(len(self.run.stack.functions) - 1)
        if caller is not None:
            self.ends[caller] = None

    def not_followed(self, function: cst.CSTNode) -> None:
        self.not_followed_calls[function] = None

    def asked(self, call: cst.Call, tape: Tape, method: str, sources: Value | None) -> None:
        certainty = self.run.certainty
        self.askings.append(
            Asking(
                call, tape, method, self._root, self._way(), certainty.muted, certainty.is_sure,
                self._snapshots.take(TapeValue(tape.number)),
                None if sources is None else self._snapshots.take(sources, tape),
            )
        )  # fmt: skip

    def decided(self, decision: Decision) -> None:
        self.askings[-1].decisions.append(decision)

    def raised(self, at: cst.CSTNode, event: CallRaised, silences: tuple[Silence, ...]) -> None:
        if not self.run.reachable:
            return
        raising = Raising(at, event, silences, self._root, self._way(), self.run.certainty.muted)
        self.raisings.append(raising)
        if self.askings and self.askings[-1].call is at:
            self.askings[-1].error = raising

    def escaped(self, tape: int) -> None:
        self.escapes.setdefault(tape, {})[self._here()] = None

    def gave_up(self, root: cst.CSTNode, function: cst.CSTNode | None) -> None:
        self.given_up.append(GivenUp(root, function))

    def exhausted(self) -> None:
        self.is_exhausted = True

    def _here(self) -> cst.CSTNode | None:
        """The statement that is being run."""
        return self._at.get(len(self.run.stack.functions))

    def _way(self) -> tuple[cst.CSTNode, ...]:
        """The calls on the way here; what a loop assumes of its flags is left out."""
        return tuple(one for one in self.run.stack.context[1:] if isinstance(one, cst.CSTNode))

    def _keep(self, node: cst.CSTNode, role: Role, value: Value) -> None:
        visit = Visit(self._snapshots.take(value), self._root, self._way(), self.run.certainty.muted)
        self.visits.setdefault((node, role), []).append(visit)
        for option in options(value):
            if isinstance(option, Opaque):
                self.first.setdefault(option.node, (node, role))
