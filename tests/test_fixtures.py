"""Every fixture, both ways: the findings are exactly its expectations, and TensorFlow shows each of them on its line.

What a fixture says about itself is read by `fixture_reader`; how a line is judged is in `runtime/verdicts.py`.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Collection
from pathlib import Path

import pytest

from flake8_gradtape.checking.check import check
from flake8_gradtape.events import Answer, GradientAsked
from flake8_gradtape.rules import all_rules
from flake8_gradtape.runtime.confirming.verdicts import Verdict, confirm_findings, lines_to_compare
from flake8_gradtape.runtime.recording.program import ProgramFile
from flake8_gradtape.runtime.recording.recorder import record
from flake8_gradtape.runtime.recording.result import Recording
from tests.fixture_reader import Fixture, read_callers, read_comments, read_fixtures
from tests.needs import unmet
from tests.recorded_program import Finding

FIXTURES = read_fixtures()
CALLERS = read_callers()
RULES = {rule.code: rule for rule in all_rules()}
WITHOUT_FIXTURES = {"TAP900"}
"""An internal error of ours, or text that is no Python: no program that runs can have it."""

CLAIMS = {code: rule.claim for code, rule in RULES.items() if code not in WITHOUT_FIXTURES}
RIGHT_VALUES = [one for one in FIXTURES if one.code.startswith("TAP5") and not one.is_bad]

each_fixture = pytest.mark.parametrize("fixture", FIXTURES, ids=lambda fixture: fixture.name)


@functools.cache
def recorded(path: Path) -> Recording:
    """What TensorFlow did in a fixture; it is run once."""
    fixture = next(one for one in FIXTURES if one.path == path)
    return record_fixture(fixture, lines_to_compare(expectations(fixture), CLAIMS))


def record_fixture(fixture: Fixture, differences_at: Collection[int]) -> Recording:
    """Run a fixture; a library is run by its caller. What a fixture needs is the only reason to skip it."""
    reason = unmet(fixture.needs)
    if reason:
        pytest.skip(reason)
    if fixture.caller is None:
        return record(fixture.text, str(fixture.path), differences_at=differences_at)
    caller, library = fixture.caller, ProgramFile(fixture.text, str(fixture.path))
    text = caller.read_text(encoding="utf-8")
    return record(text, str(caller), differences_at=differences_at, library=library)


def expectations(fixture: Fixture) -> list[Finding]:
    """What the fixture says will be found."""
    return [Finding(code, line) for line, code in sorted(fixture.expected)]


@each_fixture
def test_the_findings_are_exactly_the_expectations(fixture: Fixture) -> None:
    optional = frozenset({fixture.code} if RULES[fixture.code].optional else ())
    reports = check(fixture.text, enabled=optional)
    found = {(report.line, report.code): report.message for report in reports}
    assert set(found) == fixture.expected, found


@pytest.mark.tensorflow
@each_fixture
def test_tensorflow_shows_each_expected_claim_on_its_line(fixture: Fixture) -> None:
    verdicts = confirm_findings(expectations(fixture), recorded(fixture.path), CLAIMS)
    assert [one for one in verdicts if one.verdict is not Verdict.CONFIRMED] == []


@pytest.mark.tensorflow
@pytest.mark.parametrize("fixture", RIGHT_VALUES, ids=lambda fixture: fixture.name)
def test_tensorflow_shows_the_right_value_at_each_gradient_call_of_a_good_fixture(fixture: Fixture) -> None:
    calls = [number for number, line in enumerate(fixture.text.splitlines(), 1) if ".gradient(" in line]
    differences = record_fixture(fixture, calls).differences
    assert [one for one in differences if one.wrong is not False] == []
    assert differences


@pytest.mark.tensorflow
@each_fixture
def test_tensorflow_shows_no_misuse_on_any_other_line(fixture: Fixture) -> None:
    assert unexpected(recorded(fixture.path), fixture.expected, set(fixture.unclaimed)) == []


@pytest.mark.tensorflow
@each_fixture
def test_tensorflow_shows_something_on_each_unclaimed_line(fixture: Fixture) -> None:
    shown = {line for line, _ in unexpected(recorded(fixture.path), fixture.expected, set())}
    assert set(fixture.unclaimed) <= shown


@each_fixture
def test_a_bad_fixture_has_its_own_misuse_and_a_good_one_has_none(fixture: Fixture) -> None:
    assert fixture.path.stem.startswith(("bad_", "good_"))
    codes = {code for _, code in fixture.expected}
    assert fixture.code in codes if fixture.is_bad else not codes


@pytest.mark.parametrize("code", sorted(set(RULES) - WITHOUT_FIXTURES))
def test_each_rule_has_four_bad_and_four_good_fixtures(code: str) -> None:
    folder = f"{code}_{RULES[code].name.replace('-', '_')}"
    of_rule = [one for one in FIXTURES if one.path.parent.name == folder]
    assert sum(one.is_bad for one in of_rule) >= 4
    assert sum(not one.is_bad for one in of_rule) >= 4


def test_each_folder_of_fixtures_belongs_to_a_rule() -> None:
    folders = {f"{code}_{rule.name.replace('-', '_')}" for code, rule in RULES.items()}
    assert {one.path.parent.name for one in FIXTURES} <= folders


def test_no_two_fixtures_are_the_same_program() -> None:
    texts = Counter(one.text for one in FIXTURES)
    assert [text for text, count in texts.items() if count > 1] == []


@pytest.mark.parametrize(("library", "caller"), sorted(CALLERS.items()), ids=lambda path: path.stem)
def test_a_caller_draws_no_finding_and_runs_the_library_beside_it(library: Path, caller: Path) -> None:
    text = caller.read_text(encoding="utf-8")
    assert library.exists()
    assert f"\nimport {library.stem}\n" in text or f"\nfrom {library.stem} import " in text
    assert check(text) == []


def test_an_expectation_has_a_line_and_codes() -> None:
    text = "x = 1\ny = 2  # expect: TAP101, TAP203\nz = '# expect: TAP999'  # unclaimed: a string\n"
    assert read_comments(text) == (frozenset({(2, "TAP101"), (2, "TAP203")}), {3: "a string"})


@pytest.mark.parametrize(
    "comment", ["# expect TAP101", "# expects: TAP101", "# expect: TAP1", "# unclaimed:", "#expect:"]
)
def test_a_comment_that_is_nearly_an_expectation_is_an_error(comment: str) -> None:
    with pytest.raises(ValueError, match="line 1"):
        read_comments(f"x = 1  {comment}\n")


def unexpected(
    recording: Recording, expected: frozenset[tuple[int, str]], unclaimed: set[int]
) -> list[tuple[int | None, str]]:
    """What TensorFlow shows on lines that do not expect it: a None, an in-block warning, the end by an exception.

    An exception that the program itself catches, and a warning where the result is differentiated, are meant so.
    """
    shown: list[tuple[int | None, str, str]] = []
    for event in recording.events:
        if not isinstance(event, GradientAsked) or not isinstance(event.where, int):
            continue
        names = [source.name for source in event.sources if source.answer is Answer.NONE]
        if names:
            shown.append((event.where, "TAP1", f"{event.method}() gave None for {', '.join(names)}"))
        if event.in_own_block and not event.result_differentiated:
            shown.append((event.where, "TAP401", "TensorFlow warns about a gradient call in its own block"))
    if recording.error is not None:
        shown.append((recording.error.where, "TAP2", str(recording.error)))
    return [
        (line, words)
        for line, family, words in dict.fromkeys(shown)
        if line not in unclaimed and not any(at == line and code.startswith(family) for at, code in expected)
    ]
