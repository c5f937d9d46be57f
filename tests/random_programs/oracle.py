"""Runs a program in TensorFlow under every value of its flags, and compares with `check`; generates nothing."""

from __future__ import annotations

import ast
import contextlib
import io
import itertools
import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from types import FrameType
from typing import Any

from flake8_gradtape.checking.check import Report, check
from flake8_gradtape.events import (
    Answer,
    BackwardRecorded,
    CallRaised,
    Event,
    GradientAsked,
    Misuse,
    TapeEnded,
)
from tests.random_programs.generator import FLAG_VARIABLES

FILE = "random_program.py"
MOST_LINES = 20_000
"""A program that executes more lines does not end by itself (the reducer makes such programs)."""
ENDLESS = "did not end"
MAKERS = re.compile(r"\b(?:GradientTape|Tape|T)\(")
"""What makes a tape, in the spellings of the generator."""
SPENT_WORDS = "non-persistent GradientTape"
"""TensorFlow's message about a spent tape contains this (truth table B01)."""


@dataclass(frozen=True)
class Run:
    """What one run showed: the recorder's events, and the lines that were reached and that raised."""

    events: tuple[Event, ...]
    error: str
    reached: frozenset[int]
    raised: frozenset[int]
    ended_at: int | None = None
    """The line on which an uncaught error ended the run."""
    interrupted: frozenset[str] = frozenset()
    """Tapes that were alive when an error ended the run: what would have become of them is not known."""
    crowded: frozenset[int] = frozenset()
    """Lines that make more than one tape."""


class Verdict(Enum):
    """What TensorFlow says about a finding."""

    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    UNPROVEN = "neither shown nor contradicted"
    NOT_REACHED = "not reached"


class Kind(Enum):
    """The kinds of misuse of which recall is measured, with the codes that claim them."""

    NONE = "TAP1"
    SPENT = "TAP201"
    WARNING = "TAP401"


@dataclass(frozen=True)
class Judgement:
    """Everything known about one program."""

    text: str
    runs: tuple[Run, ...]
    findings: tuple[tuple[Report, Verdict], ...]
    expected: tuple[tuple[Kind, int], ...]
    missed: tuple[tuple[Kind, int], ...]

    def failures(self) -> frozenset[tuple[str, str]]:
        """The sorts of disagreement in this program."""
        false = {("false claim", report.code) for report, verdict in self.findings if verdict is Verdict.REFUTED}
        trouble = {("no finding", report.code) for report, _ in self.findings if report.code == "TAP900"}
        return frozenset(false | trouble | {("missed", kind.name) for kind, _ in self.missed})

    def errors(self) -> frozenset[str]:
        """The errors that ended runs, by their type."""
        return frozenset(run.error.split(":")[0] for run in self.runs if run.error)


class _Endless(BaseException):
    """Ends a program that would not end."""


def judge(text: str) -> Judgement:
    """Run `text`, check it, and compare.

    In: a program. Out: the judgement. Raises nothing for a program that fails; that is a run with an error.
    """
    return compare(text, check(text), observe(text))


def compare(text: str, reports: Sequence[Report], runs: Sequence[Run]) -> Judgement:
    """Compare findings with runs: each finding gets a verdict, each sure misuse without its finding is missed."""
    findings = tuple((report, verdict(report, runs)) for report in reports)
    caught = _caught(text)
    expected = tuple(
        (kind, line)
        for line in sorted(frozenset[int]().union(*(run.reached for run in runs)))
        for kind in Kind
        if (kind, line) not in caught and _always(kind, line, runs)
    )
    said = {(report.code, report.line) for report in reports}
    missed = tuple(
        (kind, line)
        for kind, line in expected
        if not any(at == line and code.startswith(kind.value) for code, at in said)
    )
    return Judgement(text, tuple(runs), findings, expected, missed)


def observe(text: str) -> tuple[Run, ...]:
    """Run a program once for every combination of the flags that it reads."""
    read = [variable for variable in FLAG_VARIABLES.values() if variable in text]
    return tuple(
        _run(text, dict(zip(read, values, strict=True))) for values in itertools.product("01", repeat=len(read))
    )


def _run(text: str, flags: dict[str, str]) -> Run:
    from flake8_gradtape.runtime.recording.recorder import record

    reached: set[int] = set()
    raised: set[int] = set()
    left = MOST_LINES

    def local(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal left
        if event == "line":
            reached.add(frame.f_lineno)
            left -= 1
            if left < 0:
                raise _Endless
        elif event == "exception" and argument[0] not in (StopIteration, GeneratorExit):
            raised.add(frame.f_lineno)
        return local

    def enter(frame: FrameType, event: str, argument: Any) -> Any:
        return local if frame.f_code.co_filename.endswith(FILE) else None

    before = {name: os.environ.get(name) for name in flags}
    os.environ.update(flags)
    events: tuple[Event, ...] = ()
    ended_at, interrupted = None, frozenset[str]()
    tracer = sys.gettrace()
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            sys.settrace(enter)
            try:
                recording = record(text, FILE)
            finally:
                sys.settrace(tracer)
        events, error, interrupted = recording.events, str(recording.error or ""), recording.interrupted
        ended_at = recording.error.where if recording.error else None
    except _Endless:
        error = ENDLESS
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
    crowded = frozenset(
        number
        for number, line in enumerate(text.splitlines(), 1)
        if line.count(" as ") > 1 or len(MAKERS.findall(line)) > 1
    )
    return Run(events, error, frozenset(reached), frozenset(raised), ended_at, interrupted, crowded)


def verdict(report: Report, runs: Sequence[Run]) -> Verdict:
    """What the runs say about one finding: refuted by any run that reaches its line and shows the contrary."""
    shown = [_shown(report, run) for run in runs if report.line in run.reached]
    if not shown:
        return Verdict.NOT_REACHED
    if False in shown:
        return Verdict.REFUTED
    return Verdict.CONFIRMED if all(shown) else Verdict.UNPROVEN


def _shown(report: Report, run: Run) -> bool | None:
    """Whether a run that reached the line shows the claim, contradicts it, or does neither."""
    code, line = report.code, report.line
    if run.error == ENDLESS:
        return None  # the recorder was stopped, and its events are lost
    asked = [event for event in run.events if isinstance(event, GradientAsked) and event.where == line]
    if code.startswith("TAP1"):
        return _none_as_claimed(report.message, asked) if asked else None
    if code.startswith("TAP2"):
        return line in run.raised or any(isinstance(event, CallRaised) and event.where == line for event in run.events)
    if code == "TAP401":
        if line in run.raised and not asked:
            return None
        return any(event.in_own_block and not event.result_differentiated for event in asked)
    if code == "TAP402":
        if line in run.raised and not asked:
            return None
        recorded = [event for event in run.events if isinstance(event, BackwardRecorded) and event.where == line]
        return any(not event.differentiated for event in recorded)
    ended = [
        event
        for event in run.events
        if isinstance(event, TapeEnded) and line in (event.where, event.entered_again_in_loop)
    ]
    if not ended or line in run.raised:
        return None
    cut = [event for event in ended if event.tape in run.interrupted]
    if code in ("TAP301", "TAP302"):
        ended = [event for event in ended if event not in cut]
        if not ended:
            return None
    if code == "TAP301":
        kept = any(event.persistent and event.kept is not None for event in ended)
        return kept or (None if cut else False)  # of the tapes that a loop makes, the last one is kept
    if code == "TAP302":
        return any(event.persistent and event.grows for event in ended)
    if code == "TAP303":
        return _of_tapes(
            report, run, ended, [event.asked == 0 for event in ended], any(event.records for event in ended)
        )
    if code == "TAP403":
        return _of_tapes(report, run, ended, [event.persistent and event.asked <= 1 for event in ended], True)
    return None


def _of_tapes(report: Report, run: Run, ended: Sequence[TapeEnded], fits: Sequence[bool], also: bool) -> bool | None:
    """A claim on every tape that a line makes; where a line has two tapes, on one of them."""
    several = len({event.tape for event in ended}) > 1 and report.line in run.crowded
    if not (any(fits) if several else all(fits)):
        return False
    return None if run.error else also


def _none_as_claimed(message: str, asked: Sequence[GradientAsked]) -> bool:
    """Whether a line gave None, and gave it at least once for each source that the message names."""
    answers = [(source.name.replace("'", '"'), source.answer) for event in asked for source in event.sources]
    words = re.search(r"with respect to (.+?) (?:is|are) None", message)
    known = {name for name, _ in answers}
    named = [name for name in re.findall(r"'([^']*)'", words.group(1)) if name in known] if words else []
    if any((name, Answer.NONE) not in answers for name in named):
        return False
    return any(answer is Answer.NONE for _, answer in answers)


def _always(kind: Kind, line: int, runs: Sequence[Run]) -> bool:
    """Whether every run that reaches `line` shows a misuse of `kind` there, and some run reaches it."""
    reaching = [run for run in runs if line in run.reached]
    return bool(reaching) and all(_happened(kind, line, run) for run in reaching)


def _happened(kind: Kind, line: int, run: Run) -> bool:
    if kind is Kind.SPENT:
        raised = any(
            isinstance(event, CallRaised) and (event.where, event.misuse) == (line, Misuse.SPENT)
            for event in run.events
        )
        return raised and run.ended_at == line and SPENT_WORDS in run.error
    asked = [event for event in run.events if isinstance(event, GradientAsked) and event.where == line]
    if kind is Kind.NONE:
        return any(source.answer is Answer.NONE for event in asked for source in event.sources)
    return any(event.in_own_block and not event.result_differentiated for event in asked)


def _caught(text: str) -> frozenset[tuple[Kind, int]]:
    """Lines whose outcome the program expects: it catches the error, or asserts that the result is None."""
    found: set[tuple[Kind, int]] = set()
    tree = ast.parse(text)
    nothing = {
        ast.unparse(test) for node in ast.walk(tree) if isinstance(node, ast.Assert) for test in _none_tests(node.test)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Try) and node.handlers:
            caught = " ".join("BaseException" if one.type is None else ast.unparse(one.type) for one in node.handlers)
            lines = range(node.body[0].lineno, (node.body[-1].end_lineno or 0) + 1)
            if "RuntimeError" in caught or "Exception" in caught:
                found |= {(Kind.SPENT, line) for line in lines}
            if any(error in caught for error in ("TypeError", "ValueError", "AttributeError", "Exception")):
                found |= {(Kind.NONE, line) for line in lines}
        elif isinstance(node, ast.Assign) and any(ast.unparse(target) in nothing for target in node.targets):
            found.add((Kind.NONE, node.lineno))
    return frozenset(found)


def _none_tests(test: ast.expr) -> Iterator[ast.expr]:
    if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Is) and ast.unparse(test.comparators[0]) == "None":
        yield test.left
