"""The `gradtape` command: what it prints, its exit codes, and one clear sentence for every trouble."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

import flake8_gradtape
from flake8_gradtape.checking import check
from flake8_gradtape.cli.main import main
from flake8_gradtape.rules import all_rules
from flake8_gradtape.rules.documentation import documentation
from tests.flake8_runs import run_flake8
from tests.test_plugin import CALL, LATE_LOSS

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


@pytest.mark.slow
def test_check_prints_what_flake8_prints(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "late.py").write_text(LATE_LOSS)
    assert main(["check", "late.py"]) == 1
    assert capsys.readouterr().out == run_flake8("--select=TAP", "late.py", cwd=folder).stdout


def test_check_of_fine_code_prints_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "fine.py").write_text(FINE)
    (folder / "other.py").write_text("x = 1\n")
    assert main(["check", "fine.py", "other.py"]) == 0
    assert capsys.readouterr() == ("", "")


def test_check_looks_into_folders_but_not_hidden_ones(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a/one.py", "a/b/two.py", "a/.hidden/three.py", "a/__pycache__/four.py", "a/text.txt", ".x/a/five.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(LATE_LOSS)
    assert main(["check", "a", ".x/a"]) == 1
    found = [line.split(":")[0] for line in capsys.readouterr().out.splitlines()]
    assert [Path(name) for name in found] == [Path("a/b/two.py"), Path("a/one.py"), Path(".x/a/five.py")]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("comment", "silent"),
    [
        ("# noqa", True),
        ("# noqa: TAP103", True),
        ("# NOQA:E501,TAP1", True),
        ("# why # noqa", True),
        ("# noqa: TAP102", False),
        ("# noqa: E501", False),
        ("# quiet", False),
    ],
)
def test_check_honours_noqa(folder: Path, capsys: pytest.CaptureFixture[str], comment: str, silent: bool) -> None:
    (folder / "late.py").write_text(LATE_LOSS.replace(CALL, f"{CALL}  {comment}"))
    assert main(["check", "late.py"]) == (0 if silent else 1)
    assert capsys.readouterr().out == run_flake8("--select=TAP", "late.py", cwd=folder).stdout


def test_check_honours_noqa_for_the_whole_file(folder: Path) -> None:
    (folder / "late.py").write_text("# flake8: noqa\n" + LATE_LOSS)
    assert main(["check", "late.py"]) == 0
    (folder / "late.py").write_text("# flake8: noqa: TAP102\n" + LATE_LOSS)
    assert main(["check", "late.py"]) == 1


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
def test_what_cannot_be_read_is_one_sentence(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes | None, words: str
) -> None:
    if content is not None:
        (folder / name).write_bytes(content)
    (folder / "late.py").write_text(LATE_LOSS)
    for command in ("check", "confirm"):
        assert main([command, name]) == 2
        printed = capsys.readouterr()
        assert printed.out == ""
        assert is_one_sentence(printed.err)
        assert name in printed.err
        assert words in printed.err
    assert main(["check", name, "late.py"]) == 2
    assert "late.py:7:5: TAP103" in capsys.readouterr().out


def test_a_file_that_may_not_be_read(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    (folder / "secret.py").write_text(LATE_LOSS)
    assert main(["check", "secret.py"]) == 2
    assert capsys.readouterr().err == "gradtape: secret.py: Permission denied.\n"


def test_check_reports_an_internal_error(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr(check, "check", fail)
    (folder / "late.py").write_text(LATE_LOSS)
    assert main(["check", "late.py"]) == 1
    assert capsys.readouterr().out.startswith("late.py:1:1: TAP900 internal error (RecursionError)")


@pytest.mark.parametrize("command", ["check", "confirm"])
def test_a_wrong_code_to_enable_is_one_sentence(folder: Path, capsys: pytest.CaptureFixture[str], command: str) -> None:
    (folder / "fine.py").write_text(FINE)
    assert main([command, "--enable", "TAP999", "fine.py"]) == 2
    printed = capsys.readouterr().err
    assert is_one_sentence(printed)
    assert "TAP999: not an optional rule" in printed
    assert main(["check", "--enable", "all", "fine.py"]) == 0


@pytest.mark.tensorflow
def test_a_version_of_keras_narrows_what_is_reported(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "train.py").write_text(
        "import tensorflow as tf\n"
        "w = tf.Variable(2.0)\n"
        "with tf.GradientTape() as tape:\n"
        "    loss = w * w\n"
        "tf.keras.optimizers.SGD(0.1).minimize(loss, [w], tape=tape)\n"
    )
    assert main(["check", "train.py"]) == main(["check", "--keras", "2", "train.py"]) == 0
    assert main(["check", "--keras", "3", "train.py"]) == main(["check", "--gradtape-keras", "3", "train.py"]) == 1
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
    monkeypatch.setattr(check, "check", lambda *_: [check.Report(line=7, column=4, code="TAP103", message="is None")])
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


@pytest.mark.parametrize("arguments", [[], ["unknown"], ["check"], ["explain"], ["confirm"]])
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
