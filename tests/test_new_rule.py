"""The scaffold of a rule: what it writes fits in, and leaves the tests red until it is filled in."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from flake8_gradtape.rules import codes
from tests.new_rule import PROJECT, NewRule, Refused, left_to_fill_in, main, scaffold


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what the scaffold works on, and of the tests that are to notice it."""
    for name in ("flake8_gradtape", "tests", "fixtures"):
        shutil.copytree(PROJECT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("README.md", "CHANGELOG.md", "pyproject.toml"):
        shutil.copy(PROJECT / name, tmp_path)
    return tmp_path


def run(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the copy."""
    return subprocess.run(
        [sys.executable, *arguments], cwd=project, capture_output=True, text=True, timeout=300, check=False
    )


def test_nothing_is_left_to_fill_in() -> None:
    assert left_to_fill_in() == []


@pytest.mark.slow
def test_the_scaffold_fits_in_and_is_red_until_it_is_filled_in(project: Path) -> None:
    done = run(project, "-m", "tests.new_rule", "TAP299", "some-thing")
    assert done.returncode == 0, done.stderr
    assert "fixtures/TAP299_some_thing" in done.stdout
    names = {path.name for path in (project / "fixtures" / "TAP299_some_thing").iterdir()}
    assert sorted(name.partition("_")[0] for name in names) == ["bad"] * 4 + ["good"] * 4

    listed = run(project, "-m", "flake8_gradtape", "rules")
    codes = [line.split()[0] for line in listed.stdout.splitlines()]
    assert "TAP299" in codes
    assert codes == sorted(codes)
    assert "| TAP299 | some-thing | FILL IN " in (project / "README.md").read_text()
    assert "### TAP299 some-thing" in (project / "flake8_gradtape" / "rules" / "README.md").read_text()

    tests = ("tests/test_rules.py", "tests/test_catalogue.py", "tests/test_fixtures.py", "tests/test_new_rule.py")
    static = "in_the_list or ever_changes or to_date or each_link or four_bad or is_left or (TAP299_some and not shows)"
    checked = run(project, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests, "-k", static)
    failed = {line.split("::")[1].split(" ")[0] for line in checked.stdout.splitlines() if line.startswith("FAILED")}
    assert {name.partition("[")[0] for name in failed} == {
        "test_nothing_is_left_to_fill_in",
        "test_a_bad_fixture_has_its_own_misuse_and_a_good_one_has_none",
    }
    assert " passed" in checked.stdout


@pytest.mark.parametrize(
    ("code", "name", "why"),
    [
        ("TAP201", "some-thing", "tap201_spent_tape already"),
        ("TAP299", "spent-tape", "tap201_spent_tape already"),
        ("TAP900", "some-thing", "a code such as"),
        ("tap299", "some-thing", "a code such as"),
        ("TAP299", "Some_thing", "a name such as"),
    ],
)
def test_what_cannot_be_a_rule_is_refused_and_nothing_is_written(
    tmp_path: Path, code: str, name: str, why: str
) -> None:
    shutil.copytree(PROJECT / "flake8_gradtape" / "rules", tmp_path / "flake8_gradtape" / "rules")
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    with pytest.raises(Refused, match=why):
        scaffold(NewRule(code, name), tmp_path)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_the_command_says_how_it_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["TAP299"]) == 2
    assert capsys.readouterr().err.startswith("usage: python -m tests.new_rule ")
    assert main(["TAP201", "spent-tape"]) == 2
    last = max(code for code in codes() if code.startswith("TAP2"))
    refused, _, free = capsys.readouterr().err.rstrip("\n").rpartition(" ")
    assert refused == "error: there is tap201_spent_tape already; the next free code of its family is"
    assert int(free[3:]) == int(last[3:]) + 1
    assert main(["--help"]) == 0
    assert capsys.readouterr().out.startswith("Scaffolds a rule: ")
