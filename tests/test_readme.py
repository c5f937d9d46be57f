"""The README tells the truth: its example and output, its rule table, its commands and configurations."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import flake8_gradtape
from flake8_gradtape.cli.main import main
from flake8_gradtape.rules import codes
from tests.flake8_runs import run_flake8

PROJECT = Path(__file__).resolve().parents[1]
README = (PROJECT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def printed_after(command: str) -> str:
    """What the README says that a command prints."""
    (shown,) = (block for block in blocks("console") if block.startswith(f"$ {command}\n"))
    return shown.partition("\n")[2]


@pytest.mark.slow
def test_the_example_gives_the_output_shown(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(blocks("python")[0])
    done = run_flake8("--select=TAP,E9", "train.py", cwd=tmp_path)
    assert done.stdout == printed_after("flake8 --select=TAP,E9 train.py")
    assert done.stdout.count("\n") == 1


@pytest.mark.tensorflow
def test_tensorflow_confirms_the_example(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("train.py").write_text(blocks("python")[0])
    assert main(["confirm", "train.py"]) == 0
    assert capsys.readouterr().out == printed_after("gradtape confirm train.py")


@pytest.mark.tensorflow
def test_the_cure_has_no_findings_and_a_gradient(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(blocks("python")[1])
    assert run_flake8("train.py", cwd=tmp_path).stdout == ""
    done = subprocess.run(
        [sys.executable, "train.py"], cwd=tmp_path, capture_output=True, text=True, timeout=300, check=True
    )
    assert "tf.Tensor" in done.stdout


@pytest.mark.parametrize(
    "command",
    [
        "python -m pip install . && python -m flake8 --select=TAP,E9 fixtures/",
        "python -m pip install '.[test]' && python -m pytest",
    ],
)
def test_both_commands_are_there(command: str) -> None:
    assert f"```sh\n{command}\n```" in README


@pytest.mark.slow
def test_the_main_job_shows_findings_in_the_fixtures() -> None:
    done = run_flake8("--select=TAP,E9", "fixtures/", cwd=PROJECT)
    assert done.returncode == 1
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) > 80
    assert all(re.match(r"fixtures/\S+/bad_\w+\.py:\d+:\d+: TAP[1-5]\d\d ", line) for line in done.stdout.splitlines())


def test_our_codes_are_selected_with_those_for_files_that_cannot_be_read_and_never_alone() -> None:
    files = ("README.md", ".pre-commit-hooks.yaml", ".pre-commit-config.yaml", ".ci/run")
    selected = [re.findall(r"--select=(TAP[\w,]*)", (PROJECT / name).read_text(encoding="utf-8")) for name in files]
    assert {codes for found in selected for codes in found} == {"TAP,E9"}
    assert all(selected)


@pytest.mark.slow
def test_the_hook_is_red_for_a_file_that_is_no_python(tmp_path: Path) -> None:
    (entry,) = re.findall(r"^  entry: flake8 (.*)$", (PROJECT / ".pre-commit-hooks.yaml").read_text(), re.MULTILINE)
    (tmp_path / "broken.py").write_text(blocks("python")[0] + "x = (\n")
    done = run_flake8(*entry.split(), "broken.py", cwd=tmp_path)
    assert done.returncode == 1
    assert " E999 " in done.stdout


def test_the_hook_for_notebooks_brings_what_reads_them() -> None:
    hooks = (PROJECT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    (brought,) = re.findall(r"^  additional_dependencies: \[(.*)\]$", hooks, re.MULTILINE)
    (extra,) = re.findall(r"^notebook = \[(.*)\]$", (PROJECT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    assert brought.split(", ") == re.findall(r'"([a-z]+)', extra)
    assert "entry: gradtape check\n" in hooks
    ids = re.findall(r"^- id: (\S+)", hooks, re.MULTILINE)
    assert all(f"      - id: {one}" in README for one in ids)


def test_every_rule_named_anywhere_exists() -> None:
    known = set(codes())
    for name in ("README.md", "CHANGELOG.md"):
        named = set(re.findall(r"TAP\d{3}", (PROJECT / name).read_text(encoding="utf-8")))
        assert named <= known


@pytest.mark.slow
def test_json_and_ini_blocks_can_be_read(tmp_path: Path) -> None:
    for block in blocks("json"):
        assert json.loads(block)
    (configuration,) = blocks("ini")
    (tmp_path / ".flake8").write_text(configuration)
    (tmp_path / "train.py").write_text(blocks("python")[0])
    done = run_flake8("train.py", cwd=tmp_path)
    assert done.stderr == ""
    assert "TAP103" in done.stdout
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "train.py").write_text(blocks("python")[0])
    assert run_flake8("tests/train.py", cwd=tmp_path).stdout == ""


@pytest.mark.slow
def test_the_noqa_line_silences(tmp_path: Path) -> None:
    (line,) = (block for block in blocks("python") if "noqa" in block)
    example = blocks("python")[0]
    (tmp_path / "train.py").write_text(example.replace(line.partition("  #")[0] + "\n", line))
    assert (tmp_path / "train.py").read_text() != example
    assert run_flake8("--select=TAP,E9", "train.py", cwd=tmp_path).stdout == ""


@pytest.mark.slow
def test_the_github_format_makes_annotations(tmp_path: Path) -> None:
    (form,) = re.findall(r"--format='(.*?)'", README)
    (tmp_path / "train.py").write_text(blocks("python")[0])
    done = run_flake8("--select=TAP,E9", f"--format={form}", "train.py", cwd=tmp_path)
    assert done.stdout.startswith("::warning file=train.py,line=9,col=12,title=TAP103::gradient of 'loss' ")


def test_the_changelog_knows_this_version() -> None:
    changelog = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## [{flake8_gradtape.__version__}]" in changelog
    assert f"rev: v{flake8_gradtape.__version__}" in README
