"""The gradient calls of a module: what was decided for each source, and what keeps it silent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import libcst as cst

from flake8_gradtape.events import Answer, CallRaised, Cause, Event, GradientAsked
from flake8_gradtape.machine.domain.values import Api
from flake8_gradtape.machine.tapes.observer import Decision, Silence
from flake8_gradtape.machine.trace.beliefs import Role
from flake8_gradtape.machine.trace.lines import Lines
from flake8_gradtape.machine.trace.watching import Asking, Raising, Watching
from flake8_gradtape.machine.trace.words import Words
from flake8_gradtape.machine.verdicts.gradient_calls import ASKING
from flake8_gradtape.reading.positions import Span
from flake8_gradtape.reading.syntax import text_of

LATER_PASS = "nothing is claimed in this pass: not every run gets so far, or it was told before"


@dataclass(frozen=True)
class SourceAnswer:
    """One source in one visit of a gradient call."""

    name: str
    answer: Answer
    cause: Cause | None
    reasons: tuple[str, ...]
    """The way that connects it; why it surely gets None; why nothing can be told."""
    silences: tuple[str, ...]
    """Why nothing is claimed though it surely gets None."""


@dataclass(frozen=True)
class CallVisit:
    """One visit of a gradient call, or several that came to the same."""

    way: tuple[int, ...]
    """The lines of the calls on the way here, outermost first."""
    sources: tuple[SourceAnswer, ...]
    error: CallRaised | None
    """Why every run that gets here raises."""
    silences: tuple[str, ...]
    """Why that is not claimed; or why nothing was decided."""


@dataclass(frozen=True, eq=False)
class GradientCall:
    """A call of `gradient`, `jacobian` or `batch_jacobian`; `claimed` are the events at this place."""

    node: cst.Call
    span: Span
    text: str
    visits: tuple[CallVisit, ...]
    claimed: tuple[Event, ...]
    why_not: str
    """Why no tape was asked here, if none was."""
    askings: tuple[Asking, ...]
    """Each visit, with the tape and the sources as they were."""


@dataclass(frozen=True, eq=False)
class CallError:
    """Another call that every run that gets here raises at, in some visit."""

    node: cst.CSTNode
    span: Span
    text: str
    error: CallRaised
    claimed: bool
    silences: tuple[str, ...]


class Answers:
    """Puts together what was told of each call."""

    def __init__(self, watching: Watching, words: Words, lines: Lines, events: Sequence[Event]) -> None:
        self._watching = watching
        self._words = words
        self._lines = lines
        self._events = events

    def gradient_calls(self, spans: dict[cst.CSTNode, Span]) -> tuple[GradientCall, ...]:
        """All gradient calls in the text, in its order; what surely is a function of another library is left out."""
        asked: dict[cst.CSTNode, list[Asking]] = {}
        for asking in self._watching.askings:
            asked.setdefault(asking.call, []).append(asking)
        found: list[GradientCall] = []
        for node, _ in self._lines.calls:
            why_not = ""
            if node not in asked:
                if not isinstance(node.func, cst.Attribute) or node.func.attr.value not in ASKING:
                    continue
                why_not = self._why_not_asked(node.func.value, node)
                if not why_not:
                    continue
            claimed = tuple(event for event in self._events if event.where is node)
            askings = tuple(asked.get(node, ()))
            visits = dict.fromkeys(self._visit(one, asked[node], claimed) for one in askings)
            found.append(GradientCall(node, spans[node], text_of(node), tuple(visits), claimed, why_not, askings))
        return tuple(sorted(found, key=lambda one: one.span))

    def errors(self, spans: dict[cst.CSTNode, Span]) -> tuple[CallError, ...]:
        """The other calls that raise, each with its first error."""
        found: dict[cst.CSTNode, CallError] = {}
        asked = {one.call for one in self._watching.askings}
        for raising in self._watching.raisings:
            if raising.at not in asked and raising.at not in found and raising.at in spans:
                claimed = any(event.where is raising.at and isinstance(event, CallRaised) for event in self._events)
                silences = () if claimed else self._why_not_claimed(raising, [])
                found[raising.at] = CallError(
                    raising.at, spans[raising.at], text_of(raising.at), raising.event, claimed, silences
                )
        return tuple(sorted(found.values(), key=lambda one: one.span))

    def _why_not_asked(self, receiver: cst.BaseExpression, node: cst.Call) -> str:
        """Why no tape was asked at a place that looks so; empty if this is no tape in any run."""
        visits = self._watching.visits.get((receiver, Role.READ), [])
        if not visits:
            return self._lines.why_not_node(node)
        if all(isinstance(visit.belief.value, Api) for visit in visits):
            return ""
        told = dict.fromkeys(self._words.value(visit.belief) for visit in visits)
        return f"'{text_of(receiver)}' is no tape that is seen: {' / '.join(told)}"

    def _visit(self, asking: Asking, all_visits: list[Asking], claimed: Sequence[Event]) -> CallVisit:
        way = tuple(line for node in asking.way if (line := self._words.line(node)) is not None)
        sources = tuple(self._source(asking, decision, all_visits, claimed) for decision in asking.decisions)
        error = asking.error.event if asking.error is not None else None
        silences: tuple[str, ...] = ()
        if asking.error is not None:
            if not any(isinstance(event, CallRaised) for event in claimed):
                silences = self._why_not_claimed(asking.error, all_visits)
        elif not sources:
            silences = ("there is no source, or the arguments cannot be told",)
        return CallVisit(way, sources, error, silences)

    def _source(
        self, asking: Asking, decision: Decision, all_visits: list[Asking], claimed: Sequence[Event]
    ) -> SourceAnswer:
        asked = decision.asked
        if asked.answer is Answer.NONE and asked.cause is not None:
            told = any(
                isinstance(event, GradientAsked) and any(one.name == asked.name for one in event.sources)
                for event in claimed
            )
            silences = () if told else self._why_fallen(asking, decision, all_visits)
            return SourceAnswer(asked.name, asked.answer, asked.cause, (self._words.cause(asked.cause),), silences)
        answer = Answer.CONNECTED if decision.sure else Answer.CANNOT_TELL
        return SourceAnswer(asked.name, answer, None, tuple(self._reasons(asking, decision)), ())

    def _reasons(self, asking: Asking, decision: Decision) -> list[str]:
        found = [self._words.silence(one, asking.tape) for one in decision.silences if one is not Silence.CONNECTED]
        if decision.connection is not None:
            found.append(self._words.connection(decision.connection, decision.targets, decision.state, decision.sure))
        return found

    def _why_fallen(self, asking: Asking, decision: Decision, all_visits: list[Asking]) -> tuple[str, ...]:
        """Why it is not claimed that a source gets None."""
        found: list[str] = []
        if asking.silent:
            found.append(LATER_PASS)
        if decision.record.use.expected:
            found.append("the program expects None here")
        found.extend(self._given_up([asking, *all_visits]))
        name = decision.asked.name
        other = next((one for one in all_visits if not one.silent and not _is_none(one, name)), None)
        if other is not None:
            found.append(f"another way here need not give None{self._from(other)}")
        return tuple(found) or ("not in every run that gets here",)

    def _why_not_claimed(self, raising: Raising, all_visits: list[Asking]) -> tuple[str, ...]:
        """Why it is not claimed that a call raises."""
        tape = next((one.tape for one in all_visits if one.error is raising), None)
        found = [self._words.silence(one, tape) for one in raising.silences]
        if raising.silent:
            found.append(LATER_PASS)
        found.extend(self._given_up([raising]))
        other = next((one for one in all_visits if not one.silent and one.error is None), None)
        if other is not None and not found:
            found.append(f"another way here need not raise{self._from(other)}")
        return tuple(found) or ("not in every run that gets here",)

    def _given_up(self, visits: Sequence[Asking | Raising]) -> list[str]:
        roots = dict.fromkeys(one.root for one in visits)
        return list(dict.fromkeys(told for root in roots if (told := self._lines.given_up(root))))

    def _from(self, asking: Asking) -> str:
        line = self._words.line(asking.way[-1]) if asking.way else None
        return f" (called from line {line})" if line is not None else ""


def _is_none(asking: Asking, name: str) -> bool:
    """In this visit the source of that name surely gets None."""
    return any(one.asked.name == name and one.asked.answer is Answer.NONE for one in asking.decisions)
