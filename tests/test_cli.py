"""The `gradtape` command: what it prints, its exit codes, and one clear sentence for every trouble."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest
from flake8.formatting.base import BaseFormatter
from flake8.main.cli import main as run_here
from flake8.utils import stdin_get_value

import flake8_gradtape
from flake8_gradtape.checking import check as checking
from flake8_gradtape.cli.check import as_flake8_has_it
from flake8_gradtape.cli.main import main
from flake8_gradtape.rules import all_rules
from flake8_gradtape.rules.documentation import documentation
from tests.test_plugin import LATE_LOSS

FINE = LATE_LOSS.replace("z = y", "    z = y")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def is_one_sentence(text: str) -> bool:
    return text.startswith("gradtape: ") and text.count("\n") == 1 and "Traceback" not in text and 25 < len(text) < 300


# --- rules and explain -----------------------------------------------------------------------------------------------


def test_rules_lists_every_rule_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(all_rules())
    for line, rule in zip(lines, all_rules(), strict=True):
        assert line.split()[:3] == [rule.code, rule.name, "optional" if rule.optional else "default"]
        assert line.endswith(documentation(rule).summary)


def test_an_optional_rule_is_called_so(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, *_ = all_rules()
    monkeypatch.setattr(type(first), "optional", True)
    assert main(["rules"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:3] == [first.code, first.name, "optional"]
    assert lines[1].split()[:3] == [second.code, second.name, "default"]
    assert main(["rules", "--markdown"]) == 0
    assert f"| {first.code} | {first.name} *(optional)* |" in capsys.readouterr().out
    assert main(["explain", first.code]) == 0
    assert capsys.readouterr().out.startswith(f"{first.code} {first.name} (optional)\n=====")


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_explain_prints_all_of_the_documentation(rule: object, capsys: pytest.CaptureFixture[str]) -> None:
    (chosen,) = (one for one in all_rules() if type(one) is type(rule))
    assert main(["explain", chosen.code]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith(f"{chosen.code} {chosen.name}")
    for heading in ("Example:", "Use instead:", "TensorFlow says:", "Known limits:"):
        assert f"\n\n{heading}\n    " in printed
    for part in vars(documentation(chosen)).values():
        assert all(line.strip() in printed for line in part.splitlines())


@pytest.mark.parametrize("wanted", ["TAP102", "tap102", " Tap102 ", "other-tapes-tensor"])
def test_explain_takes_codes_in_any_case_and_names(wanted: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", wanted]) == 0
    assert capsys.readouterr().out.startswith("TAP102 other-tapes-tensor\n")


@pytest.mark.parametrize("wanted", ["TAP999", "TAP", "", "E501"])
def test_explain_does_not_know_other_codes(wanted: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", wanted]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert is_one_sentence(printed.err)
    assert "gradtape rules" in printed.err


# --- check -----------------------------------------------------------------------------------------------------------


def check(*arguments: str) -> int:
    """Check in this process alone, with a standard input that was not read yet."""
    stdin_get_value.cache_clear()
    return main(["check", "-j1", *arguments])


def test_check_is_flake8(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "late.py").write_text(LATE_LOSS + "h = 1 \n")
    (folder / "fine.py").write_text(FINE)
    (folder / "sub").mkdir()
    (folder / "sub" / "skipped.py").write_text(LATE_LOSS)
    (folder / ".flake8").write_text(
        "[flake8]\nselect = W\nextend-select = W\nexclude = sub\nformat = pylint\nstatistics = true\n"
    )
    for arguments in ([], [".", "missing.py"], ["--color=always", "late.py"], ["--count"], ["--exit-zero"]):
        code = check(*arguments)
        printed = capsys.readouterr()
        assert code == run_here(["-j1", "--select=TAP,E9", "--extend-select=", *arguments])
        assert printed == capsys.readouterr()
        assert printed.err == ""
        assert "TAP103" in printed.out
        assert "W291" not in printed.out
        assert ("missing.py:0: [E902]" in printed.out) == ("missing.py" in arguments)


def test_check_of_fine_code_prints_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "fine.py").write_text(FINE)
    (folder / "other.py").write_text("x = 1\n")
    assert check("fine.py", "other.py") == check() == 0
    assert capsys.readouterr() == ("", "")


def test_check_reads_standard_input(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(LATE_LOSS.encode())))
    assert check("--stdin-display-name", "train.py", "-") == 1
    assert capsys.readouterr().out.startswith("train.py:7:5: TAP103 ")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--enable", "all", "--keras=3"], ["--gradtape-enable", "all", "--gradtape-keras=3"]),
        (["--assume=none", "--gradtape-keras", "2"], ["--gradtape-assume=none", "--gradtape-keras", "2"]),
        (["--select=TAP1", "a.py"], ["--select=TAP1,E9", "a.py"]),
        (["--select", "TAP1", "a.py"], ["--select=TAP1,E9", "a.py"]),
        (["--enable-extensions=X", "--", "--enable"], ["--enable-extensions=X", "--", "--enable"]),
        (["--select"], ["--select=,E9"]),
    ],
)
def test_check_hands_its_arguments_to_flake8(arguments: list[str], told: list[str]) -> None:
    assert as_flake8_has_it(arguments) == ["--select=TAP,E9", "--extend-select=", *told]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("missing.py", None, "E902 FileNotFoundError"),
        ("x" * 300 + ".py", None, "E902 OSError"),
        ("broken.py", b"# GradientTape\nx = (\n", ":2:6: E999 SyntaxError"),
        ("no_tape_and_broken.py", b"x = (\n", "E999 SyntaxError"),
        ("utf16.py", LATE_LOSS.encode("utf-16"), ""),
        ("null.py", b"# GradientTape\nx = '\0'\n", ""),
        ("deep.py", b"# GradientTape\nx = " + b"-" * 30_000 + b"1\n", ""),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "",
)
def test_what_cannot_be_read_is_never_green(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes | None, words: str
) -> None:
    if content is not None:
        (folder / name).write_bytes(content)
    (folder / "late.py").write_text(LATE_LOSS)
    for codes in ([], ["--select=TAP1"]):
        assert check(*codes, name, "late.py") in (1, 2)
        printed = capsys.readouterr()
        assert name in printed.out + printed.err
        assert words in printed.out
        assert is_one_sentence(printed.err) or ("late.py:7:5: TAP103" in printed.out and not printed.err)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("missing.py", None, "No such file"),
        ("broken.py", b"# GradientTape\nx = (\n", "not valid Python"),
        ("no_tape_and_broken.py", b"x = (\n", "not valid Python"),
        ("latin.py", "# GradientTape é\n".encode("latin-1"), "encoding"),
        ("utf16.py", LATE_LOSS.encode("utf-16"), ""),
        ("klingon.py", b"# coding: klingon\n# GradientTape\n", "klingon"),
        ("null.py", b"# GradientTape\nx = '\0'\n", "null byte"),
        ("deep.py", b"# GradientTape\nx = " + b"-" * 30_000 + b"1\n", "cannot parse"),
    ],
)
def test_what_confirm_cannot_read_is_one_sentence(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes | None, words: str
) -> None:
    if content is not None:
        (folder / name).write_bytes(content)
    assert main(["confirm", name]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert is_one_sentence(printed.err)
    assert name in printed.err
    assert words in printed.err


def test_what_ends_flake8_is_one_sentence(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / ".flake8").write_text("[flake8]\nignore = E9999\n")
    assert check() == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert is_one_sentence(printed.err)
    assert "'E9999'" in printed.err
    (folder / ".flake8").unlink()
    (folder / os.fsdecode(b"caf\xe9.py")).write_text(LATE_LOSS)
    assert check() == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert is_one_sentence(printed.err)
    assert r"caf\udce9.py" in printed.err
    monkeypatch.setattr(importlib.metadata.Distribution, "from_name", classmethod(not_found))
    assert check() == 2
    printed = capsys.readouterr()
    assert is_one_sentence(printed.err)
    assert "pip install" in printed.err


def not_found(kind: type, name: str) -> NoReturn:
    raise importlib.metadata.PackageNotFoundError(name)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--nonsense"], "flake8: error: unrecognized arguments: --nonsense"),
        (["--keras", "4"], "invalid choice: '4'"),
        (["--enable", "TAP999"], "--gradtape-enable: TAP999: not an optional rule"),
        (["--assume", "that"], "--gradtape-assume: that: no assumption"),
    ],
)
def test_check_does_not_take_wrong_options(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    try:
        code = check(*arguments)
    except SystemExit as left:  # argparse does this
        code = int(left.code or 0)
    assert code in (1, 2)
    printed = capsys.readouterr()
    assert words in printed.out + printed.err


def test_check_tells_of_itself_and_of_flake8(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["check", "--help"])
    assert left.value.code == 0
    printed = capsys.readouterr().out
    assert all(word in printed for word in ("gradtape check", "--enable", "TAP,E9", "flake8 --help"))


def test_check_whose_reader_has_left_is_not_green(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def leave(*_: object) -> NoReturn:
        raise BrokenPipeError

    (folder / "late.py").write_text(LATE_LOSS)
    monkeypatch.setattr(BaseFormatter, "_write", leave)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert check("late.py") == 1


def test_check_reports_an_internal_error(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr(checking, "check", fail)
    (folder / "late.py").write_text(LATE_LOSS)
    assert check("late.py") == 1
    assert capsys.readouterr().out.startswith("late.py:1:1: TAP900 internal error (RecursionError)")


def test_a_wrong_code_to_enable_is_one_sentence(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "fine.py").write_text(FINE)
    assert main(["confirm", "--enable", "TAP999", "fine.py"]) == 2
    printed = capsys.readouterr().err
    assert is_one_sentence(printed)
    assert "TAP999: not an optional rule" in printed


@pytest.mark.tensorflow
def test_a_version_of_keras_narrows_what_is_reported(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "train.py").write_text(
        "import tensorflow as tf\n"
        "w = tf.Variable(2.0)\n"
        "with tf.GradientTape() as tape:\n"
        "    loss = w * w\n"
        "tf.keras.optimizers.SGD(0.1).minimize(loss, [w], tape=tape)\n"
    )
    assert check("train.py") == check("--keras", "2", "train.py") == 0
    assert check("--keras", "3", "train.py") == check("--gradtape-keras", "3", "train.py") == 1
    assert "train.py:5:1: TAP211" in capsys.readouterr().out
    assert main(["confirm", "--keras", "3", "train.py"]) == 0
    assert "confirmed" in capsys.readouterr().out


# --- confirm ---------------------------------------------------------------------------------------------------------


@pytest.mark.tensorflow
def test_confirm_says_what_tensorflow_showed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "late.py").write_text(LATE_LOSS)
    (folder / "fine.py").write_text(FINE)
    assert main(["confirm", "late.py", "fine.py"]) == 0
    late, fine = capsys.readouterr().out.splitlines()
    assert late.startswith("late.py:7:5 TAP103 confirmed: ")
    assert fine == "fine.py: no findings"


@pytest.mark.tensorflow
def test_confirm_refutes_a_false_finding(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    false = checking.Report(line=7, column=4, code="TAP103", message="is None")
    monkeypatch.setattr(checking, "check", lambda *_: [false])
    (folder / "fine.py").write_text(FINE)
    (folder / "unreached.py").write_text("raise SystemExit\n" + "\n" * 5 + FINE.splitlines()[-1])
    assert main(["confirm", "fine.py"]) == 1
    assert capsys.readouterr().out.startswith("fine.py:7:5 TAP103 refuted: ")


def test_confirm_without_tensorflow_says_what_to_install(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *_: None if name == "tensorflow" else found(name))
    (folder / "late.py").write_text(LATE_LOSS)
    assert main(["confirm", "late.py"]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert is_one_sentence(printed.err)
    assert "flake8-gradtape[runtime]" in printed.err


# --- the command itself ----------------------------------------------------------------------------------------------


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--version"])
    assert left.value.code == 0
    assert capsys.readouterr().out == f"gradtape {flake8_gradtape.__version__}\n"


@pytest.mark.parametrize("arguments", [[], ["unknown"], ["confirm"]])
def test_wrong_use_prints_how_to_use_it(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    try:
        code = main(arguments)
    except SystemExit as left:  # argparse does this
        code = int(left.code or 0)
    assert code == 2
    printed = capsys.readouterr()
    assert "usage: gradtape" in printed.out + printed.err


@pytest.mark.slow
def test_it_runs_as_a_module_and_as_a_script(folder: Path) -> None:
    (folder / "late.py").write_text(LATE_LOSS)
    as_module = subprocess.run(
        [sys.executable, "-m", "flake8_gradtape", "check", "late.py"],
        cwd=folder, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert as_module.returncode == 1
    assert as_module.stdout.startswith("late.py:7:5: TAP103 ")
    script = Path(sys.executable).with_name("gradtape")
    as_script = subprocess.run([script, "rules"], capture_output=True, text=True, timeout=300, check=True)
    assert as_script.stdout.startswith("TAP101  unwatched-tensor ")


def test_listing_rules_and_checking_import_no_tensorflow(folder: Path) -> None:
    (folder / "late.py").write_text(LATE_LOSS)
    program = (
        "import sys; from flake8_gradtape.cli.main import main; main(['rules']); main(['explain', 'TAP102']);"
        "main(['check', 'late.py']); print(sorted({'tensorflow', 'keras', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, timeout=300, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"
