"""`gradtape explain`: several rules, Markdown pages with an index, and documentation that `python -OO` left out."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from flake8_gradtape.cli.main import main
from flake8_gradtape.rules import all_rules, codes
from flake8_gradtape.rules.documentation import PRELUDE, documentation
from flake8_gradtape.rules.related import SUBJECTS, related
from tests.test_cli import is_one_sentence


def test_several_rules_are_explained_each_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "TAP102", "spent-tape", "tap102"]) == 0
    both = capsys.readouterr().out
    for code in ("TAP102", "TAP201"):
        assert main(["explain", code]) == 0
        alone = capsys.readouterr().out
        assert alone.startswith(code)
        assert alone in both
        assert "\n\nRelated rules:\n    TAP" in alone
    assert both.count("\n====") == 2


def test_a_wrong_code_among_several_explains_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "TAP102", "TAP999"]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert is_one_sentence(printed.err)
    assert "'TAP999'" in printed.err


def test_all_pages_and_the_index_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "new" / "rules"
    assert main(["explain", "--all", "--format", "markdown", "-o", str(folder)]) == 0
    names = [*(f"{code}.md" for code in codes()), "index.md"]
    assert capsys.readouterr().out == "".join(f"{folder / name}\n" for name in names)
    assert {path.name for path in folder.iterdir()} == set(names)
    index = (folder / "index.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| \[(TAP\d+)\]\(\1\.md\) \| [\w-]+", index, re.MULTILINE) == list(codes())
    for rule in all_rules():
        text = (folder / f"{rule.code}.md").read_text(encoding="utf-8")
        assert text.startswith(f"# {rule.code} {rule.name}\n\n{documentation(rule).summary}\n")
        for part in vars(documentation(rule)).values():
            assert part in text
        assert f"```python\n{PRELUDE}{documentation(rule).example}\n```" in text
        assert ("optional: `--gradtape-enable=" in text) == rule.optional
        links = re.findall(r"\]\(([^)]+)\)", text)
        assert set(links) == {f"{one}.md" for others in related(rule.code).values() for one in others}


def test_a_few_pages_link_to_nothing_that_is_not_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "TAP101", "TAP104", "-o", str(tmp_path)]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["TAP101.md", "TAP104.md"]
    text = (tmp_path / "TAP101.md").read_text(encoding="utf-8")
    assert re.findall(r"\]\(([^)]+)\)", text) == ["TAP104.md"]
    assert ", TAP501 watched-between-uses" in text
    capsys.readouterr()
    assert main(["explain", "TAP101", "TAP104", "--format=markdown"]) == 0
    printed = capsys.readouterr().out
    assert re.findall(r"^# (TAP\d+) ", printed, re.MULTILINE) == ["TAP101", "TAP104"]
    assert "](" not in printed


@pytest.mark.parametrize(
    "arguments",
    [[], ["--all", "TAP101"], ["--all", "--format=text", "-o", "new"], ["--all", "-o", __file__], ["TAP101", "-o", ""]],
)  # fmt: skip
def test_what_cannot_be_explained_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    if arguments == ["TAP101", "-o", ""]:  # here, where there is such a folder
        (tmp_path / "TAP101.md").mkdir()
    assert main(["explain", *arguments]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert is_one_sentence(printed.err)


def test_each_rule_has_related_ones(capsys: pytest.CaptureFixture[str]) -> None:
    named = [code for members in SUBJECTS.values() for code in members]
    assert set(named) == set(codes()) - {"TAP900"}
    assert all(list(members) == sorted(set(members)) and len(members) > 1 for members in SUBJECTS.values())
    assert related("TAP502") == {"`output_gradients`": ("TAP503",)}
    assert main(["explain", "TAP900"]) == 0
    assert "Related" not in capsys.readouterr().out


def test_without_docstrings_it_explains_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program = "from flake8_gradtape.cli.main import main; main(['rules']); main(['explain', '--all'])"
    done = subprocess.run(
        [sys.executable, "-OO", "-c", program], capture_output=True, text=True, timeout=300, check=True
    )
    main(["rules"])
    main(["explain", "--all"])
    assert done.stdout == capsys.readouterr().out
    assert done.stdout.count("\nKnown limits:\n") == len(codes())
