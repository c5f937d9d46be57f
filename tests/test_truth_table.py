"""The measured rows of the truth table: right ones get no finding, wrong ones the right code, and TensorFlow agrees.

How a row is written is told in `tests/truth_table/__init__.py`.
"""

from __future__ import annotations

import functools

import pytest

from flake8_gradtape.checking.check import Report, check
from flake8_gradtape.events import Answer, CallRaised, GradientAsked
from flake8_gradtape.rules import all_rules, codes
from flake8_gradtape.runtime.confirming.verdicts import Verdict, confirm_findings, lines_to_compare
from flake8_gradtape.runtime.recording.recorder import record
from flake8_gradtape.runtime.recording.result import Recording
from tests.truth_table import FOLDER, Mark, Row, read_rows

ROWS = read_rows()
BY_NAME = {row.name: row for row in ROWS}
RIGHT = [row for row in ROWS if row.is_right]
CLAIMS = {rule.code: rule.claim for rule in all_rules() if rule.code != "TAP900"}
AIM = 0.85
"""The share of wrong rows that must get the right code on the right line."""

each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
each_right_row = pytest.mark.parametrize("row", RIGHT, ids=lambda row: row.name)


@functools.cache
def recorded(name: str) -> Recording:
    """What TensorFlow does in a row; it is run once."""
    compared = lines_to_compare(reports(name), CLAIMS)
    return record(BY_NAME[name].text, str(FOLDER / "rows" / f"{name}.py"), differences_at=compared)


@functools.cache
def reports(name: str) -> tuple[Report, ...]:
    """What the plugin says of a row."""
    return tuple(check(BY_NAME[name].text))


def found(row: Row) -> set[tuple[int, str]]:
    """Lines and codes of the findings in a row."""
    return {(report.line, report.code) for report in reports(row.name)}


def scored(row: Row) -> list[Mark]:
    """The marks of wrong lines, which a rule is to find."""
    return [mark for mark in row.misuse if mark.code]


@each_right_row
def test_a_right_row_gets_no_finding_but_for_what_it_costs(row: Row) -> None:
    allowed = {(mark.line, mark.code) for mark in row.marks if mark.shown in ("cost", "not reached")}
    assert found(row) - allowed == set(), reports(row.name)


@pytest.mark.tensorflow
@each_row
def test_no_finding_in_a_row_is_refuted_by_tensorflow(row: Row) -> None:
    verdicts = confirm_findings(reports(row.name), recorded(row.name), CLAIMS)
    assert [one for one in verdicts if one.verdict is Verdict.REFUTED] == []


@pytest.mark.tensorflow
@each_row
def test_a_row_does_in_tensorflow_what_it_says(row: Row) -> None:
    recording = recorded(row.name)
    asked = [event for event in recording.events if isinstance(event, GradientAsked)]
    none = {event.where for event in asked if any(source.answer is Answer.NONE for source in event.sources)}
    raises = {event.where for event in recording.events if isinstance(event, CallRaised)}
    if recording.error is not None:
        raises.add(recording.error.where)
    assert none == row.lines("None")
    assert raises == row.lines("raises"), recording.error
    assert {event.where for event in asked if event.in_own_block} == row.lines("warns")


@pytest.mark.tensorflow
def test_what_a_right_row_costs_is_shown_by_tensorflow() -> None:
    costs = [(row, mark) for row in ROWS for mark in row.marks if mark.shown == "cost"]
    assert costs
    for row, mark in costs:
        (verdict,) = confirm_findings([Report(mark.line, 0, mark.code, mark.why)], recorded(row.name), CLAIMS)
        assert verdict.verdict is Verdict.CONFIRMED, verdict
        assert mark.why, f"{row.name}: the reason is missing"


def test_wrong_rows_get_the_right_code_on_the_right_line(capsys: pytest.CaptureFixture[str]) -> None:
    wrong = [row for row in ROWS if scored(row)]
    missed = {row.name: [mark for mark in scored(row) if (mark.line, mark.code) not in found(row)] for row in wrong}
    missed = {name: marks for name, marks in missed.items() if marks}
    score = 1 - len(missed) / len(wrong)
    with capsys.disabled():
        silent = sum(not found(row) for row in RIGHT)
        print(f"\ntruth table: {silent} of {len(RIGHT)} right rows have no finding, the others only what they cost")
        print(f"truth table: {len(wrong) - len(missed)} of {len(wrong)} wrong rows get the right code ({score:.1%})")
        for name, marks in missed.items():
            for mark in marks:
                instead = sorted(code for line, code in found(BY_NAME[name]) if line == mark.line)
                line = BY_NAME[name].text.splitlines()[mark.line - 1].partition("#")[0].strip()
                print(f"  missed: {name}: {mark.code} on `{line}`, found {', '.join(instead) or 'nothing'}")
    assert score >= AIM


def test_each_code_of_a_row_is_that_of_a_rule() -> None:
    named = {mark.code for row in ROWS for mark in row.marks if mark.code}
    assert named <= set(codes())


def test_no_two_rows_have_one_name() -> None:
    assert len(BY_NAME) == len(ROWS)


def test_a_row_runs_by_itself_and_keeps_what_stands_above_it() -> None:
    row = BY_NAME["c14"]
    assert "import contextlib" in row.text
    assert row.text.endswith("\n\nc14()\n")
    assert row.is_right


def test_the_marks_of_a_row_name_line_outcome_and_code() -> None:
    row = BY_NAME["b09"]
    lines = row.text.splitlines()
    assert [(mark.shown, mark.code) for mark in row.marks] == [("None", "TAP112"), ("raises", "TAP201")]
    calls = [lines[mark.line - 1].strip().partition("(")[0] for mark in row.marks]
    assert calls == ["g = t.gradient", "return g, t.gradient"]
