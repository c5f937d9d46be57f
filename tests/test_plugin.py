"""The plugin inside real flake8: places, silencing, selection, options, and that it costs nothing without a tape."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from flake8_gradtape import __version__
from flake8_gradtape.checking import check, enabling
from flake8_gradtape.plugin import Plugin
from flake8_gradtape.rules import all_rules
from tests.flake8_runs import findings, other_lines, run_flake8

pytestmark = pytest.mark.slow

LATE_LOSS = """\
import tensorflow as tf

x = tf.Variable(3.0)
with tf.GradientTape() as tape:
    y = x * x
z = y + 1.0
g = tape.gradient(z, x)
"""
CALL = "tape.gradient(z, x)"


def check_file(folder: Path, text: str | bytes, *arguments: str) -> list[tuple[int, int, str]]:
    """Write a file, run flake8 with only our codes on it, and return the findings."""
    (folder / "example.py").write_bytes(text if isinstance(text, bytes) else text.encode())
    done = run_flake8("--select=TAP", *arguments, "example.py", cwd=folder)
    assert done.stderr == ""
    assert done.returncode == bool(done.stdout)
    return findings(done.stdout)


# --- places ----------------------------------------------------------------------------------------------------------


def test_a_finding_names_the_line_and_column_of_the_call(tmp_path: Path) -> None:
    (tmp_path / "example.py").write_text(LATE_LOSS)
    done = run_flake8("--select=TAP", "example.py", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout.startswith("example.py:7:5: TAP103 gradient of 'z' with respect to 'x' is None: ")
    assert done.stdout.count("\n") == 1


@pytest.mark.parametrize(
    ("call", "replaced", "line", "column"),
    [
        (CALL, "f('漢字 🎉é', tape.gradient(z, x))", 7, 16),
        (CALL, "(\n    # the call\n    tape.gradient(\n        z,\n        x))", 9, 5),
        (CALL, "[\n\t\ttape.gradient(z, x),\n]", 8, 3),
        ("g = " + CALL, "y = 0; g = tape.gradient(z, x); y = 1", 7, 12),
        ("g = " + CALL, "if x is not None:\n\f    g = tape.gradient(z, x)", 8, 10),
        ("g = " + CALL, "'''\n\n\\\n''' ; g = tape.gradient(z, x)", 10, 11),
        ("g = " + CALL, "g = 1 + \\\n  tape.gradient(z, x)", 8, 3),
    ],
    ids=["non-ASCII", "inside brackets", "tabs", "semicolons", "form feed", "multi-line string", "backslash"],
)
def test_columns_count_characters(tmp_path: Path, call: str, replaced: str, line: int, column: int) -> None:
    text = "def f(a, b): return b\n" + LATE_LOSS.replace(call, replaced)
    assert (line + 1, column, "TAP103") in check_file(tmp_path, text)


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "BOM"])
def test_line_endings_and_byte_order_marks_do_not_move_findings(tmp_path: Path, mark: bytes, ending: str) -> None:
    assert check_file(tmp_path, mark + LATE_LOSS.replace("\n", ending).encode()) == [(7, 5, "TAP103")]


def test_other_encodings_are_read_as_declared(tmp_path: Path) -> None:
    text = "# -*- coding: latin-1 -*-\n" + LATE_LOSS.replace("g = ", "è = 'é'; g = ")
    assert check_file(tmp_path, text.encode("latin-1")) == [(8, 14, "TAP103")]


def test_standard_input(tmp_path: Path) -> None:
    done = run_flake8("--select=TAP", "-", cwd=tmp_path, stdin=LATE_LOSS)
    assert done.stdout.startswith("stdin:7:5: TAP103 ")
    named = run_flake8("--select=TAP", "--stdin-display-name=a.py", "-", cwd=tmp_path, stdin=LATE_LOSS)
    assert named.stdout.startswith("a.py:7:5: TAP103 ")


# --- silencing and selecting -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("comment", ["noqa", "noqa: TAP103", "NOQA:TAP103", "noqa: TAP1", "noqa: E501,TAP10"])
def test_noqa_silences(tmp_path: Path, comment: str) -> None:
    assert check_file(tmp_path, LATE_LOSS.replace(CALL, f"{CALL}  # {comment}")) == []


@pytest.mark.parametrize("comment", ["noqa: TAP102", "noqa: E501", "comment"])
def test_other_comments_do_not(tmp_path: Path, comment: str) -> None:
    assert check_file(tmp_path, LATE_LOSS.replace(CALL, f"{CALL}  # {comment}")) == [(7, 5, "TAP103")]


def test_disabling_noqa_brings_the_finding_back(tmp_path: Path) -> None:
    silenced = LATE_LOSS.replace(CALL, f"{CALL}  # noqa")
    assert check_file(tmp_path, silenced, "--disable-noqa") == [(7, 5, "TAP103")]


@pytest.mark.parametrize(
    ("arguments", "codes"),
    [
        ([], ["TAP103", "W291"]),
        (["--select=TAP1"], ["TAP103"]),
        (["--select=TAP103"], ["TAP103"]),
        (["--select=W"], ["W291"]),
        (["--select=TAP2,TAP4"], []),
        (["--extend-ignore=TAP103"], ["W291"]),
        (["--ignore=TAP"], ["W291"]),
        (["--per-file-ignores=*.py:TAP"], ["W291"]),
    ],
)
def test_flake8_selects_among_our_codes(tmp_path: Path, arguments: list[str], codes: list[str]) -> None:
    (tmp_path / "example.py").write_text(LATE_LOSS + "h = 1 \n")
    done = run_flake8(*arguments, "example.py", cwd=tmp_path)
    assert sorted(code for _, _, code in findings(done.stdout)) == codes


def test_configuration_file(tmp_path: Path) -> None:
    (tmp_path / ".flake8").write_text("[flake8]\nselect = TAP\ngradtape-enable = all\ngradtape-debug = true\n")
    (tmp_path / "example.py").write_text(LATE_LOSS)
    assert (7, 5, "TAP103") in findings(run_flake8("example.py", cwd=tmp_path).stdout)


# --- beside others ---------------------------------------------------------------------------------------------------


def test_findings_of_others_are_the_same_with_and_without_us(tmp_path: Path) -> None:
    for number in range(6):
        (tmp_path / f"e{number}.py").write_text(LATE_LOSS + f"import os\nh = 1 \n{'l' * 90} = {number}\nundefined\n")
    with_us = run_flake8(".", cwd=tmp_path)
    without = run_flake8(".", cwd=tmp_path, without_plugin=True)
    assert other_lines(with_us.stdout) == sorted(without.stdout.splitlines())
    assert len(other_lines(with_us.stdout)) == 6 * 5
    assert with_us.stdout.count(" TAP103 ") == 6
    assert "TAP" not in without.stdout


@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_several_processes_find_the_same_as_one(tmp_path: Path, start: str) -> None:
    for number in range(8):
        (tmp_path / f"e{number}.py").write_text(LATE_LOSS + "\n" * number)
    script = tmp_path / "run.py"
    script.write_text(
        "import multiprocessing, sys\n"
        "from flake8.main.cli import main\n"
        "if __name__ == '__main__':\n"
        f"    multiprocessing.set_start_method({start!r})\n"
        "    sys.exit(main())\n"
    )
    one = run_flake8("--select=TAP", "-j1", *(f"e{n}.py" for n in range(8)), cwd=tmp_path)
    several = subprocess.run(
        [sys.executable, "run.py", "--select=TAP", "-j2", *(f"e{n}.py" for n in range(8))],
        cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert several.stderr == ""
    assert sorted(several.stdout.splitlines()) == sorted(one.stdout.splitlines())
    assert len(one.stdout.splitlines()) == 8


# --- cost ------------------------------------------------------------------------------------------------------------

LOADED = """
import sys
from flake8.main.cli import main
main(["-j1", "--select=TAP", sys.argv[1]])
names = {name.partition(".")[0] for name in sys.modules}
ours = {name for name in sys.modules if name.startswith("flake8_gradtape")}
print(sorted(names & {"libcst", "tensorflow", "keras", "numpy", "yaml"}), sorted(ours))
"""


def modules_loaded(folder: Path, text: str) -> str:
    (folder / "example.py").write_text(text)
    done = subprocess.run(
        [sys.executable, "-c", LOADED, "example.py"],
        cwd=folder, capture_output=True, text=True, timeout=300, check=True,
    )  # fmt: skip
    return done.stdout.splitlines()[-1]


def test_without_a_tape_nothing_is_imported(tmp_path: Path) -> None:
    loaded = modules_loaded(tmp_path, "import tensorflow as tf\n\nx = tf.Variable(1.0)\ntape = x\n")
    ours = [f"flake8_gradtape{name}" for name in ("", ".plugin", ".reading", ".reading.prefilter")]
    assert loaded == f"[] {ours}"


def test_with_a_tape_tensorflow_is_not_imported(tmp_path: Path) -> None:
    loaded = modules_loaded(tmp_path, LATE_LOSS)
    assert loaded.startswith("['libcst'] ")
    assert "'flake8_gradtape.checking.check'" in loaded
    assert "flake8_gradtape.runtime" not in loaded


# --- trouble ---------------------------------------------------------------------------------------------------------


def run_plugin(text: str) -> list[tuple[int, int, str]]:
    found = list(Plugin(ast.parse(text), text.splitlines(keepends=True)).run())
    assert all(kind is Plugin for *_, kind in found)
    return [(line, column, message) for line, column, message, _ in found]


def test_the_plugin_yields_lines_from_one_and_columns_from_zero() -> None:
    ((line, column, message),) = run_plugin(LATE_LOSS)
    assert (line, column) == (7, 4)
    assert message.startswith("TAP103 ")


@pytest.mark.parametrize("error", [RuntimeError("no"), RecursionError(), MemoryError(), KeyError("x")])
def test_an_internal_error_is_one_finding(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(check, "check", fail)
    ((line, column, message),) = run_plugin(LATE_LOSS)
    assert (line, column) == (1, 0)
    assert message.startswith(f"TAP900 internal error ({type(error).__name__})")
    assert "nothing was checked in this file" in message
    assert "report" in message
    assert "\n" not in message


def test_what_libcst_cannot_parse_is_reported_on_its_line() -> None:
    text = LATE_LOSS + "(\n    x\n): float = 3.0\n"  # Python takes these parentheses
    ((line, column, message),) = run_plugin(text)
    assert (line, column) == (text.count("\n"), 0)
    assert message == "TAP900 libcst cannot parse this line: nothing was checked in this file"


@pytest.mark.parametrize("debug", [False, True])
def test_the_traceback_is_printed_for_the_debug_option_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], debug: bool
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the reason")

    monkeypatch.setattr(check, "check", fail)
    monkeypatch.setattr(Plugin, "debug", debug)
    assert len(run_plugin(LATE_LOSS)) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert ("RuntimeError: the reason" in printed.err) == debug


def test_an_internal_error_does_not_end_flake8(tmp_path: Path) -> None:
    (tmp_path / "example.py").write_text(LATE_LOSS + "h = 1 \n")
    (tmp_path / "other.py").write_text("import os\n")
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "sitecustomize.py").write_text(
        "import flake8_gradtape.checking.check as check\n"
        "def fail(*_, **__):\n"
        "    raise RecursionError('too deep')\n"
        "check.check = fail\n"
    )
    done = run_flake8("example.py", "other.py", cwd=tmp_path, environment={"PYTHONPATH": str(broken)})
    assert findings(done.stdout) == [(1, 1, "TAP900"), (8, 6, "W291"), (1, 1, "F401")]
    assert done.stderr == ""


# --- options ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["TAP999", "TAP103", "TAP999,all", "none"])
def test_a_wrong_code_to_enable_is_a_clear_error(tmp_path: Path, written: str) -> None:
    done = run_flake8(f"--gradtape-enable={written}", ".", cwd=tmp_path)
    assert done.returncode == 1
    assert "--gradtape-enable: " in done.stdout
    assert f"{written.split(',')[0].upper()}: not an optional rule" in done.stdout
    assert all(rule.code in done.stdout for rule in all_rules() if rule.optional)
    assert "Traceback" not in done.stdout + done.stderr


MINIMIZED = """import tensorflow as tf
model = tf.keras.Sequential([tf.keras.Input([2]), tf.keras.layers.Dense(1)])
with tf.GradientTape(watch_accessed_variables=False) as tape:
    tape.watch([variable.value for variable in model.trainable_variables])
    loss = tf.reduce_mean(model(tf.ones([1, 2])))
tf.keras.optimizers.SGD(0.1).minimize(loss, model.trainable_variables, tape=tape)
"""
WATCHED = MINIMIZED.replace("[variable.value for variable in model.trainable_variables]", "model.trainable_variables")


def test_a_version_of_keras_narrows_what_is_reported(tmp_path: Path) -> None:
    (tmp_path / "minimized.py").write_text(MINIMIZED)
    (tmp_path / "watched.py").write_text(WATCHED)
    for version, expected in ((None, set()), ("2", set()), ("3", {(6, 1, "TAP211"), (4, 5, "TAP205")})):
        written = f"gradtape-keras = {version}\n" if version else ""
        (tmp_path / ".flake8").write_text(f"[flake8]\nselect = TAP2\n{written}")
        found = {
            one for name in ("minimized.py", "watched.py") for one in findings(run_flake8(name, cwd=tmp_path).stdout)
        }
        assert found == expected, version


@pytest.mark.parametrize("where", ["option", "file"])
def test_a_wrong_version_of_keras_is_a_clear_error(tmp_path: Path, where: str) -> None:
    (tmp_path / ".flake8").write_text("[flake8]\n" + ("gradtape-keras = 4\n" if where == "file" else ""))
    done = run_flake8(*(["--gradtape-keras=4"] if where == "option" else []), ".", cwd=tmp_path)
    assert done.returncode != 0
    assert "--gradtape-keras" in done.stdout + done.stderr
    assert "4" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_all_enables_every_optional_rule() -> None:
    assert enabling.enabled_codes(["all"]) == {rule.code for rule in all_rules() if rule.optional}


def test_optional_rules_are_enabled_by_code(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = [type(rule)() for rule in all_rules()]
    for rule in rules[:2]:
        monkeypatch.setattr(type(rule), "optional", True)
    first, second = (rule.code for rule in rules[:2])
    assert enabling.enabled_codes([first]) == {first}
    assert enabling.enabled_codes([f" {first.lower()} ", "", second]) == {first, second}
    assert enabling.enabled_codes(["ALL"]) >= {first, second}
    assert enabling.enabled_codes([]) == set()
    with pytest.raises(enabling.UnknownCode, match=f"TAP999: .*{first}, {second}"):
        enabling.enabled_codes([first, "TAP999"])


def test_flake8_tells_of_us(tmp_path: Path) -> None:
    assert f"flake8-gradtape: {__version__}" in run_flake8("--version", cwd=tmp_path).stdout.replace("\n", " ")
    help_text = run_flake8("--help", cwd=tmp_path).stdout
    assert "--gradtape-enable CODES" in help_text
    assert "--gradtape-debug" in help_text


# --- notebooks -------------------------------------------------------------------------------------------------------


def test_nbqa_names_the_cell(tmp_path: Path) -> None:
    import json

    head, tail = LATE_LOSS[: LATE_LOSS.index("z =")], LATE_LOSS[LATE_LOSS.index("z =") :]
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Title"]},
        {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": ["%pip list\n", head]},
        {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": ["!ls\n", tail]},
    ]
    metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    notebook = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "book.ipynb").write_text(json.dumps(notebook))
    done = subprocess.run(
        [sys.executable, "-m", "nbqa", "flake8", "--select=TAP", "book.ipynb"],
        cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.stdout.startswith("book.ipynb:cell_2:3:5: TAP103 "), done.stdout + done.stderr
