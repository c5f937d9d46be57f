"""One program on the machine and in Python: what was compared, what is violated, what was given up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from flake8_gradtape.machine import roots
from flake8_gradtape.machine.domain import values as v
from flake8_gradtape.machine.domain.graph import Kind, Node, Op
from flake8_gradtape.machine.trace.beliefs import Belief, Role
from flake8_gradtape.machine.trace.trace import Trace, trace
from flake8_gradtape.machine.trace.watching import Asking
from flake8_gradtape.reading.positions import Span
from tests.beliefs.covering import (
    ASSIGNED,
    Covering,
    is_symbolic,
    is_tape,
    is_tensor,
    is_vague,
    is_vague_of_tape,
    is_variable,
)
from tests.beliefs.probes import Probe, Probed, probed
from tests.beliefs.tapes import Tracks

MOST_LOOKS = 40
"""How often the value of one expression is compared."""
MOST_ELEMENTS = 100
WORK_OF_A_LINE = 1000
WORK_OF_A_FUNCTION = 60_000
"""What is allowed for the module, and for one function: more than in earnest, so that less is given up."""


@dataclass(frozen=True)
class Violation:
    """A belief that Python shows to be wrong."""

    line: int
    column: int
    text: str
    believed: str
    """Everything that the machine thought possible, in words."""
    seen: str
    """What there was."""
    why: str
    kind: str
    """The construct, what was believed and what there was: equal where the cause may be."""


@dataclass
class Report:
    """What the comparison of one program showed."""

    name: str
    compared: int = 0
    """Spans of which both sides told something."""
    understood: int = 0
    """Those of which the machine holds more than that they may be anything."""
    given_up: int = 0
    """Spans that Python evaluated in code that the machine has not run, or not to its end."""
    untold: int = 0
    """Spans that both sides came to, but which the machine takes together with others."""
    asked: int = 0
    """Gradient calls at which the real tape was held against what is believed of it and of the sources."""
    asked_understood: int = 0
    """Those of which nothing depends on the run."""
    violations: list[Violation] = field(default_factory=list)
    error: str = ""
    """Why the program could not be compared, or what ended it."""
    failed_tests: list[str] = field(default_factory=list)
    """Tests that fail under probes, and not without."""


class Comparison:
    """Holds one program against the machine; `see` is its probe."""

    autograph_info__: dict[str, Any] = {}  # noqa: RUF012  by this AutoGraph knows what it must not convert

    def __init__(self, name: str, text: str, filename: str, modules: tuple[str, ...]) -> None:
        self.program: Probed = probed(text)
        self._name = name
        with (
            mock.patch.object(roots, "BUDGET_OF_A_LINE", WORK_OF_A_LINE),
            mock.patch.object(roots, "BUDGET_OF_A_FUNCTION", WORK_OF_A_FUNCTION),
        ):
            self._trace: Trace = trace(text, whole=True)
        self._covering = Covering(self._trace.spans, filename, modules)
        self._lines = text.split("\n")
        self._beliefs: dict[Span, list[Belief]] = {}
        kinds: dict[Span, str] = {}
        for one in self._trace.expressions:
            if one.role is Role.READ:
                self._beliefs.setdefault(one.span, []).extend(visit.belief for visit in one.visits)
                kinds[one.span] = type(one.node).__name__
        self._kinds = kinds
        self._origins = {span: self._origin(beliefs) for span, beliefs in self._beliefs.items()}
        self._given_up = self._code_given_up()
        self._looks = [0] * len(self.program.probes)
        self._violated: dict[Span, Violation] = {}
        self._unreached: dict[int, Violation] = {}
        self._unreached_in: set[int] = set()
        self._first: dict[int, Span | None] = {}
        """Where an object was made, by identity; None if that was out of sight."""
        self._alive: list[Any] = []
        self._time = 0
        self._seen_at: dict[int, int] = {}
        """When an object was seen first."""
        self._last = [0] * len(self.program.probes)
        """When a probe was passed last."""
        self._numbers = {probe.span: number for number, probe in enumerate(self.program.probes)}
        self._given: dict[Span, set[int]] = {}
        """The tensors that an expression gave, by identity."""
        self._in_graphs: set[Span] = set()
        """What gave tensors of a graph."""
        self._asked = {call.span: call.askings for call in self._trace.calls if call.askings}
        self._about_to_ask: list[tuple[Any, Probe]] = []
        """Methods of tapes that are being called, while their arguments are evaluated; the innermost one is last."""
        self._asked_looks: Counter[Span] = Counter()
        self._asked_violated: dict[Span, Violation] = {}
        self._busy = False

    def __call__(self, number: int, x: Any) -> Any:
        """A probe has the value `x`."""
        if self.program.probes[number].asks is not None and is_tape(getattr(x, "__self__", None)):
            self._about_to_ask.append((x, self.program.probes[number]))
        if self._busy or self._looks[number] >= MOST_LOOKS:
            return x
        self._looks[number] += 1
        self._busy = True
        self._time += 1
        self._last[number] = self._time
        try:
            self._look(self.program.probes[number], x)
        finally:
            self._busy = False
        return x

    def asked(self, tape: Any, method: str, sources: Any, tracks: Tracks) -> None:
        """A real tape is about to be asked for a gradient."""
        calls = self._about_to_ask
        places = [
            place for place, (one, _) in enumerate(calls) if one.__self__ is tape and one.__name__ == method
        ]  # fmt: skip
        if not places:
            return  # library code asks, or the method has another name
        probe = calls[places[-1]][1]
        del calls[places[-1] :]
        askings = self._asked.get(probe.asks) if probe.asks is not None else None
        if not askings or self._is_given_up(probe) or self._asked_looks[probe.asks] >= MOST_LOOKS:
            return
        self._asked_looks[probe.asks] += 1
        busy, self._busy, self._covering.tracks = self._busy, True, tracks
        try:
            reasons = [self._why_not_asked(one, tape, sources) for one in askings]
        finally:
            self._busy, self._covering.tracks = busy, None
        if all(reasons) and probe.asks not in self._asked_violated:
            self._asked_violated[probe.asks] = self._violation_of_tape(probe.asks, askings, reasons[0])

    def _why_not_asked(self, asking: Asking, tape: Any, sources: Any) -> str:
        why = self._covering.why_not(asking.asked, tape)
        return why or (self._covering.why_not(asking.sources, sources) if asking.sources is not None else "")

    def _violation_of_tape(self, span: Span, askings: Sequence[Asking], why: str) -> Violation:
        believed = " / ".join(dict.fromkeys(self._trace.describe(one.asked) for one in askings))
        return Violation(
            span[0], span[1], self._text(span), believed[:300], "another", why, f"gradient call: {why}"
        )  # fmt: skip

    def report(self) -> Report:
        """What was found so far."""
        report = Report(self._name)
        seen: dict[Span, Probe] = {
            probe.span: probe for probe, looks in zip(self.program.probes, self._looks, strict=True) if looks
        }
        for span, probe in seen.items():
            beliefs = self._beliefs.get(span)
            if self._is_given_up(probe):
                report.given_up += 1
            elif beliefs:
                report.compared += 1
                report.understood += not any(is_vague(belief) for belief in beliefs)
            elif probe.is_statement or probe.statement in self._trace.reached:
                report.untold += 1
        report.asked = len(self._asked_looks)
        report.asked_understood = sum(
            not any(is_vague_of_tape(one.asked, one.sources) for one in self._asked[span]) for span in self._asked_looks
        )
        violated = (*self._violated.values(), *self._unreached.values(), *self._asked_violated.values())
        report.violations = sorted(violated, key=lambda one: (one.line, one.column))
        return report

    # -- one look ----------------------------------------------------------------------------------------------------

    def _look(self, probe: Probe, x: Any) -> None:
        self._note(probe, x)
        beliefs = self._beliefs.get(probe.span)
        if not beliefs:
            self._check_reached(probe)
            return
        if probe.span in self._violated or self._is_given_up(probe):
            return
        why = ""
        for belief in beliefs:
            why = self._covering.why_not(belief, x)
            if not why:
                break
        why = why or self._made_elsewhere(probe, x)
        if why:
            self._violate(probe, beliefs, x, why)

    def _violate(self, probe: Probe, beliefs: list[Belief], x: Any, why: str) -> None:
        believed = " / ".join(dict.fromkeys(self._trace.describe(belief) for belief in beliefs))
        line, column, _, _ = probe.span
        general = why.partition(" by '")[0] + " elsewhere" if why.startswith("made") else why
        kind = f"{self._kinds[probe.span]}: {general}; was {type(x).__name__}"
        self._violated[probe.span] = Violation(
            line, column, self._text(probe.span), believed[:300], _seen(x), why, kind
        )  # fmt: skip

    def _text(self, span: Span) -> str:
        line, column, last, end = span
        return self._lines[line - 1][column : end if last == line else None][:80]

    def _check_reached(self, probe: Probe) -> None:
        line = probe.statement
        if line in self._trace.reached or line in self._unreached or self._is_given_up(probe):
            return
        why = self._trace.why_not(line) or "no run comes here"
        if probe.function in self._unreached_in:
            return  # what follows has the same cause
        self._unreached_in.add(probe.function)
        self._unreached[line] = Violation(
            line, 0, self._lines[line - 1].strip()[:80], why, "Python runs it", why, "not reached"
        )  # fmt: skip

    # -- what was given up -------------------------------------------------------------------------------------------

    def _code_given_up(self) -> dict[int, bool]:
        """Functions, by the line of `def`, that were not run to the end; 0 for the module."""
        found = {0: bool(self._trace.given_up) or not self._trace.was_run}
        for one in self._trace.functions:
            gone = bool(one.why_not or one.given_up or one.is_cut) or not self._trace.was_run
            found[self._trace.spans[one.node.name][0]] = gone
        return found

    def _is_given_up(self, probe: Probe) -> bool:
        return self._given_up.get(probe.function, False) or self._given_up[0]

    # -- where it was made -------------------------------------------------------------------------------------------

    def _note(self, probe: Probe, x: Any) -> None:
        """Remember where the tensors and variables in a value were seen first."""
        if not probe.is_statement:
            for one in _parts(x):
                if id(one) not in self._first:
                    self._first[id(one)] = probe.span if probe.makes else None
                    self._seen_at[id(one)] = self._time
                    self._alive.append(one)
                if is_tensor(one):
                    self._given.setdefault(probe.span, set()).add(id(one))
                    if is_symbolic(one):
                        self._in_graphs.add(probe.span)

    def _origin(self, beliefs: list[Belief]) -> set[Span] | None:
        """Where the machine thinks that the tensor or variable was made; None if it does not know."""
        found: set[Span] = set()
        for belief in beliefs:
            value = belief.value
            for option in v.options(value):
                if isinstance(option, v.Const):
                    continue
                node = option.node if isinstance(option, (v.Tensor, v.Variable, v.Opaque)) else None
                span = self._trace.spans.get(node.at) if node is not None and node.at is not None else None
                if node is None or span is None or not _is_definite(node):
                    return None
                found.add(span)
        return found

    def _made_elsewhere(self, probe: Probe, x: Any) -> str:
        if not (is_tensor(x) or is_variable(x)) or type(x).__name__ == ASSIGNED:
            return ""
        known, made = self._origins[probe.span], self._first.get(id(x))
        if not known or made is None or made in known:
            return ""
        if any(span in self._in_graphs or self._made_within(span, x) for span in known):
            return ""
        places = ", ".join(f"'{self._text(span)}' at line {span[0]}" for span in sorted(known)[:3])
        return f"made by {places}, and not by '{self._text(made)}' at line {made[0]}"

    def _made_within(self, span: Span, x: Any) -> bool:
        """A call that the machine takes to make it gave it, and it was made meanwhile, by what was called."""
        number = self._numbers.get(span, -1)
        began = self._last[number + 1] if 0 <= number < len(self._last) - 1 else 0
        return id(x) in self._given.get(span, ()) and 0 < began < self._seen_at[id(x)]


def _is_definite(node: Node) -> bool:
    """The node stands for one object, made where it says; a symbolic tensor of Keras may be made again."""
    return (
        node.kind in (Kind.TENSOR, Kind.VARIABLE)
        and not node.transparent
        and node.op not in (Op.LOOP, Op.READ, Op.INPUT)
    )


def _parts(x: Any, depth: int = 3) -> list[Any]:
    """The tensors and variables that a value is, or has in it."""
    if is_tensor(x) or is_variable(x):
        return [x]
    if depth and type(x) in (list, tuple, dict):
        inside = list(x.values()) if type(x) is dict else list(x)
        return [part for one in inside[:MOST_ELEMENTS] for part in _parts(one, depth - 1)]
    return []


def _seen(x: Any) -> str:
    kind = type(x)
    if kind in (int, float, bool, str, bytes, type(None)):
        return repr(x)[:60]
    if kind in (list, tuple, dict, set):
        return f"{kind.__name__} of {len(x)}"
    return f"{kind.__module__}.{kind.__qualname__}"


def by_kind(reports: list[Report]) -> Counter[str]:
    """How many spans are violated in each way."""
    return Counter(one.kind for report in reports for one in report.violations)
