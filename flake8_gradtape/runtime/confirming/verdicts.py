"""Judges findings by a recording: was what a rule claims for a line seen there? Nothing is run here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol, TypeVar

from flake8_gradtape.events import (
    Answer,
    BackwardRecorded,
    CallRaised,
    Claim,
    Event,
    GradientAsked,
    RedundantWatch,
    TapeEnded,
)
from flake8_gradtape.runtime.recording.result import Recording


class Reported(Protocol):
    """A finding; `line` is 1-based, `column` 0-based (-1 if it is not known)."""

    @property
    def code(self) -> str: ...
    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...


class Verdict(Enum):
    """What the run says about a finding."""

    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    NOT_REACHED = "not reached"


@dataclass(frozen=True)
class Confirmation:
    """The verdict on one finding, in TensorFlow's words where it has any."""

    code: str
    line: int
    column: int
    verdict: Verdict
    words: str


Judged = tuple[Verdict, str]
Events = Sequence[Event]
"""What happened at one call, or at several on one line that can't be told apart."""
_E = TypeVar("_E", bound=Event)
_ASKING = ("gradient", "jacobian", "batch_jacobian")


def confirm_findings(
    reports: Sequence[Reported], recording: Recording, claims: Mapping[str, Claim]
) -> list[Confirmation]:
    """Judge each finding by what was seen on its line; `claims` gives the claim of a code.

    A finding is confirmed if the run showed the claim on its line, refuted if the line was reached and the claim was
    not seen, else not reached: then the run says nothing about it. A code without a claim is not reached.
    """
    return [_confirm(report, recording, claims) for report in reports]


def lines_to_compare(reports: Sequence[Reported], claims: Mapping[str, Claim]) -> frozenset[int]:
    """The lines whose gradient calls must be compared with finite differences to judge these findings."""
    return frozenset(report.line for report in reports if claims.get(report.code) is Claim.VALUE_IS_WRONG)


def _confirm(report: Reported, recording: Recording, claims: Mapping[str, Claim]) -> Confirmation:
    claim = claims.get(report.code)
    if claim is None:
        verdict, words = Verdict.NOT_REACHED, f"{report.code} claims nothing that a run could show"
    else:
        judged = [_JUDGES[claim](events, report, recording) for events in _calls(report, recording)]
        order = (Verdict.CONFIRMED, Verdict.REFUTED, Verdict.NOT_REACHED)
        verdict, words = min(judged, key=lambda one: order.index(one[0]))
    if verdict is Verdict.NOT_REACHED and recording.error is not None:
        line = f" on line {recording.error.where}" if recording.error.where else ""
        words += f"; the program was ended{line} by {recording.error}"
    return Confirmation(report.code, report.line, report.column, verdict, words)


def _calls(report: Reported, recording: Recording) -> list[list[Event]]:
    """The events on the line of a finding, by call: the call in its column if one begins there, else all.

    If there are none, those of the whole `with` header that the line is part of.
    """
    by_column: dict[int | None, list[Event]] = {}
    by_header: list[Event] = []
    columns = recording.columns or (None,) * len(recording.events)
    header = recording.headers.get(report.line, report.line)
    for event, column in zip(recording.events, columns, strict=True):
        if event.where == report.line:
            by_column.setdefault(column, []).append(event)
        elif isinstance(event, TapeEnded) and event.entered_again_in_loop == report.line:
            by_column.setdefault(None, []).append(event)
        elif isinstance(event.where, int) and recording.headers.get(event.where, event.where) == header:
            by_header.append(event)
    if report.column in by_column:
        return [by_column[report.column]]
    return list(by_column.values()) or [by_header]


def _gradient_is_none(events: Events, report: Reported, recording: Recording) -> Judged:
    """Whether a call on the line gave None for a source."""
    asks = _of(events, GradientAsked)
    nothing = [ask for ask in asks if any(source.answer is Answer.NONE for source in ask.sources)]
    if nothing:
        first = nothing[0]
        names = [source.name for source in first.sources if source.answer is Answer.NONE]
        gave = "zeros, for want of a gradient," if first.method == "batch_jacobian" else "None"
        words = f"{first.method}() gave {gave} for {len(names)} of {_count(len(first.sources), 'source')}"
        words += f" ({', '.join(names)})"
        return Verdict.CONFIRMED, words + _of_calls(len(nothing), len(asks))
    raised = [event for event in _of(events, CallRaised) if event.method in _ASKING]
    if raised:
        return Verdict.REFUTED, f"{raised[0].method}() gave no None, it raised {_first_line(raised[0].message)}"
    if asks:
        return Verdict.REFUTED, f"{asks[0].method}() gave a tensor for each source in {_count(len(asks), 'call')}"
    return Verdict.NOT_REACHED, "no tape was asked on this line"


def _call_raises(events: Events, report: Reported, recording: Recording) -> Judged:
    told = _of(events, CallRaised)
    if told:
        return Verdict.CONFIRMED, _first_line(told[0].message)
    here = [error for error in recording.raised if error.where == report.line]
    if recording.error is not None and recording.error.where == report.line and recording.error.kind != "TimeLimit":
        here.append(recording.error)
    if here:  # an error of a call on a tape is told as an event; this is one of something else
        exactly = [error for error in here if error.column == report.column]
        return Verdict.CONFIRMED, str((exactly or here)[0])
    lines = {report.line, recording.headers.get(report.line)}
    if not lines.isdisjoint(recording.reached) or not lines.isdisjoint(recording.completed):
        return Verdict.REFUTED, "the call did not raise"
    return Verdict.NOT_REACHED, "the line did not run to its end"


def _recording_kept(events: Events, report: Reported, recording: Recording) -> Judged:
    told, cut = _lives(events, recording)
    kept = [life for life in told if life.kept is not None]
    if kept:
        held = recording.held.get(kept[-1].tape)
        words = "the recording is alive at the end of the program"
        if held is not None:
            words += f": {_count(held.operations, 'operation')}"
            words += f", {_count(held.tensors, 'tensor')} of {_count(held.size, 'byte')} that nothing else holds"
        return Verdict.CONFIRMED, words
    if told and not cut:  # of the tapes that a loop makes, the last one is kept
        return Verdict.REFUTED, "the recording is gone at the end of the program"
    return _not_told(cut)


def _recording_grows(events: Events, report: Reported, recording: Recording) -> Judged:
    lives = _of(events, TapeEnded)
    passes = [
        (life, recording.held[life.tape].growth)
        for life in lives
        if life.tape in recording.held and len(recording.held[life.tape].growth) > 1
    ]
    for life, counts in passes:
        if life.grows:
            return Verdict.CONFIRMED, f"operations on the tape after each pass: {_numbers(counts)}"
    if passes:
        return Verdict.REFUTED, f"operations on the tape after each pass: {_numbers(passes[0][1])}"
    if lives:
        return Verdict.NOT_REACHED, "no tape was entered twice by the same 'with' and kept its recording"
    return Verdict.NOT_REACHED, "no tape was entered or made on this line"


def _never_asked(events: Events, report: Reported, recording: Recording) -> Judged:
    told, cut = _lives(events, recording)
    asked = [life for life in (*told, *cut) if life.asked]
    if asked:
        return Verdict.REFUTED, f"the tape was asked {_count(asked[0].asked, 'time')}"
    recorded = [life for life in told if life.records]
    if recorded:
        held = recording.held.get(recorded[0].tape)
        count = _count(held.recorded, "operation") if held else "operations"
        return Verdict.CONFIRMED, f"the tape recorded {count} and was never asked"
    if told:
        return Verdict.REFUTED, "the tape recorded nothing"
    return _not_told(cut)


def _persistence_unused(events: Events, report: Reported, recording: Recording) -> Judged:
    told, cut = _lives(events, recording)
    most = max((life.asked for life in (*told, *cut)), default=0)
    if most > 1:
        return Verdict.REFUTED, f"the tape was asked {_count(most, 'time')}"
    if any(not life.persistent for life in (*told, *cut)):
        return Verdict.REFUTED, "the tape is not persistent"
    if told:
        return Verdict.CONFIRMED, f"the tape is persistent and was asked {_count(most, 'time')}"
    return _not_told(cut)


def _warns_in_block(events: Events, report: Reported, recording: Recording) -> Judged:
    asks = _of(events, GradientAsked)
    inside = [ask for ask in asks if ask.in_own_block]
    if any(ask.result_differentiated for ask in inside):
        return Verdict.REFUTED, "the result was differentiated later, so recording it had a use"
    if inside:
        logged = [warning.message for warning in recording.warnings if warning.where == report.line]
        if logged:
            return Verdict.CONFIRMED, f"TensorFlow logged: {logged[0].partition(' (')[0]}"
        return Verdict.CONFIRMED, "the tape was recording while it was asked (TensorFlow's log is switched off)"
    if asks:
        return Verdict.REFUTED, "the tape was not persistent, or not recording, when it was asked"
    return Verdict.NOT_REACHED, "no tape was asked on this line"


def _work_unused(events: Events, report: Reported, recording: Recording) -> Judged:
    work = _of(events, BackwardRecorded)
    if any(event.differentiated for event in work):
        return Verdict.REFUTED, "the outer tape was asked for a gradient through the result"
    told = [event for event in work if event.outer not in recording.interrupted]
    if told:
        sizes = [one.operations for one in recording.backward if (one.where, one.outer) == (report.line, told[0].outer)]
        count = _count(sizes[0], "operation") if sizes else "operations"
        return Verdict.CONFIRMED, f"the outer tape recorded {count} of this call, and no gradient goes through them"
    if work:
        return Verdict.NOT_REACHED, "the outer tape could not be asked any more"
    if _of(events, GradientAsked):
        return Verdict.REFUTED, "no outer tape recorded anything of this call"
    return Verdict.NOT_REACHED, "no tape was asked on this line"


def _not_deleted(events: Events, report: Reported, recording: Recording) -> Judged:
    told, cut = _lives(events, recording)
    if any(life.deleted for life in (*told, *cut)):
        return Verdict.REFUTED, "the program deletes the name of the tape"
    if any(not life.persistent for life in (*told, *cut)):
        return Verdict.REFUTED, "the tape is not persistent"
    if told:
        return Verdict.CONFIRMED, "the tape is persistent, and no 'del' of its name was executed"
    return _not_told(cut)


def _watch_is_redundant(events: Events, report: Reported, recording: Recording) -> Judged:
    redundant = _of(events, RedundantWatch)
    if redundant:
        return Verdict.CONFIRMED, f"the tape watched {redundant[0].variable or 'it'} by itself when it was read"
    if report.line not in recording.reached:
        return Verdict.NOT_REACHED, "watch() was not called on this line"
    if recording.error is not None:
        return Verdict.NOT_REACHED, "the variable may have been read later"
    return Verdict.REFUTED, "the tape did not come to watch all of that by itself"


def _value_is_wrong(events: Events, report: Reported, recording: Recording) -> Judged:
    on_line = [one for one in recording.differences if one.where == report.line]
    of_call = [one for one in on_line if one.column == report.column] or on_line
    for wrong, verdict in ((True, Verdict.CONFIRMED), (False, Verdict.REFUTED), (None, Verdict.NOT_REACHED)):
        for one in of_call:
            if one.wrong is wrong:
                return verdict, one.words
    if report.line in recording.reached:
        return Verdict.NOT_REACHED, "no gradient call that gave an answer was compared with finite differences"
    return Verdict.NOT_REACHED, "no tape was asked on this line"


_JUDGES: Mapping[Claim, Callable[[Events, Reported, Recording], Judged]] = {
    Claim.GRADIENT_IS_NONE: _gradient_is_none,
    Claim.CALL_RAISES: _call_raises,
    Claim.RECORDING_KEPT: _recording_kept,
    Claim.RECORDING_GROWS: _recording_grows,
    Claim.NEVER_ASKED: _never_asked,
    Claim.PERSISTENCE_UNUSED: _persistence_unused,
    Claim.WARNS_IN_BLOCK: _warns_in_block,
    Claim.WORK_UNUSED: _work_unused,
    Claim.NOT_DELETED: _not_deleted,
    Claim.WATCH_IS_REDUNDANT: _watch_is_redundant,
    Claim.VALUE_IS_WRONG: _value_is_wrong,
}


def _of(events: Events, kind: type[_E]) -> list[_E]:
    return [event for event in events if isinstance(event, kind)]


def _lives(events: Events, recording: Recording) -> tuple[list[TapeEnded], list[TapeEnded]]:
    """The tapes made on a line: those whose story was told to its end, and those that an error cut short."""
    lives = _of(events, TapeEnded)
    cut = [life for life in lives if life.tape in recording.interrupted]
    return [life for life in lives if life not in cut], cut


def _not_told(cut: list[TapeEnded]) -> Judged:
    if cut:
        return Verdict.NOT_REACHED, "the program ended before the tape's last use"
    return Verdict.NOT_REACHED, "no tape was made on this line"


def _of_calls(some: int, all_: int) -> str:
    return "" if all_ == 1 else f" in {some} of {all_} calls"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _numbers(counts: Sequence[int]) -> str:
    return ", ".join(str(count) for count in counts)


def _first_line(message: str) -> str:
    return message.strip().partition("\n")[0]
