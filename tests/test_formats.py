"""Reports for other tools: what formatters of flake8 make of a finding is what the README says, in notebooks too."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from flake8_gradtape.cli.main import main
from tests.notebook_files import write_notebook
from tests.test_readme import README, blocks, printed_after

Read = Callable[[str], list[str]]
"""Takes from a report what the README tells of each finding."""

SHOWN = printed_after("flake8 --select=TAP,E9 train.py").rstrip("\n")
MESSAGE = SHOWN.partition(" TAP103 ")[2]


def as_sarif(report: str) -> list[str]:
    (run,) = json.loads(report)["runs"]
    found = []
    for result in run["results"]:
        rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
        assert rule == {"id": result["ruleId"]}  # and so of the level that is the default: a warning
        (place,) = (one["physicalLocation"] for one in result["locations"])
        region = place["region"]
        path = place["artifactLocation"]["uri"]
        found.append(
            f"{path}:{region['startLine']}:{region['startColumn']}: {result['ruleId']} {result['message']['text']}"
        )
    return found


def as_code_climate(report: str) -> list[str]:
    issues = json.loads(report)
    assert {(one["severity"], *one["categories"]) for one in issues} == {("minor", "Bug Risk")}
    places = [(one["location"]["path"], one["location"]["lines"]["begin"]) for one in issues]
    return [f"{path}:{line}: {one['description']}" for (path, line), one in zip(places, issues, strict=True)]


def as_junit(report: str) -> list[str]:
    cases = ElementTree.fromstring(report).iter("testcase")
    assert all(len(list(case.iter("failure"))) == 1 for case in ElementTree.fromstring(report).iter("testcase"))
    return [f"{case.get('file')}:{case.get('line')}: {case.get('name')}" for case in cases]


FORMATS: dict[str, tuple[Read, str]] = {
    "sarif": (as_sarif, "{}:9:12: TAP103 " + MESSAGE),
    "gl-codeclimate": (as_code_climate, "{}:9: " + MESSAGE + " [TAP103]"),
    "junit-xml": (as_junit, "{}:9: TAP103, " + MESSAGE),
}


@pytest.mark.parametrize("name", FORMATS)
def test_a_finding_is_in_the_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    read, expected = FORMATS[name]
    Path("train.py").write_text(blocks("python")[0])
    assert main(["check", f"--format={name}", "train.py"]) == 1
    assert read(capsys.readouterr().out) == [expected.format("train.py")]
    write_notebook(Path("train.ipynb"), "import sys", blocks("python")[0])
    assert main(["check", f"--format={name}", "train.ipynb"]) == 1
    assert read(capsys.readouterr().out) == [expected.format("train.ipynb:cell_2")]


def test_the_readme_names_these_formats_and_what_to_install() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \| `(flake8-[\w-]+)` \|", README, re.MULTILINE)
    assert [name for name, _ in rows] == list(FORMATS)
    project = (Path(__file__).parents[1] / "pyproject.toml").read_text()
    assert all(f'"{package}>=' in project for _, package in rows)
    section = README.partition("### Reports for other tools")[2].partition("\n### ")[0]
    assert all(word in section for word in ("line 9, column 12", "warning", "`minor`", "`Bug Risk`", "[TAP103]"))
