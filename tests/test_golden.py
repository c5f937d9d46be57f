"""No finding and no message changes unseen: `python -m tests.golden` regenerates what is compared here."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from tests.golden import FILE, found, golden
from tests.machine.cases import read_cases
from tests.random_programs.generator import numbered

CASES = sorted((Path(__file__).parent / "machine").glob("*/*.md"))


def _changes(after: str) -> list[str]:
    before = FILE.read_text(encoding="utf-8")
    return list(difflib.unified_diff(before.splitlines(), after.splitlines(), "findings.txt", "now", n=1, lineterm=""))


def test_every_finding_is_as_the_golden_file_has_it() -> None:
    assert _changes(golden()) == [], "if these changes are meant, run `python -m tests.golden` and commit the file"


@pytest.mark.slow
def test_findings_in_the_whole_text_are_those_in_the_reduced_one() -> None:
    assert _changes(golden(whole=True)) == []


@pytest.mark.slow
def test_nor_do_those_of_cases_and_random_programs_depend_on_what_is_left_out() -> None:
    texts = [case.program for path in CASES for case in read_cases(path)] + [numbered(1, index) for index in range(100)]
    assert sum(map(bool, map(found, texts))) > 100
    assert [text for text in texts if found(text) != found(text, whole=True)] == []
