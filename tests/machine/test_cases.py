"""The cases themselves: what is read from them, and that a wrong remark is noticed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.machine.__main__ import main
from tests.machine.cases import problems, read_cases

HERE = Path(__file__).parent
PROGRAM = """\
import tensorflow as tf
w = tf.Variable(1.0)
with tf.GradientTape() as tape:
    y = tf.round(w)
g = tape.gradient(y, w)
"""


def case_file(folder: Path, program: str, title: str = "A case", options: str = "") -> Path:
    path = folder / "cases.md"
    path.write_text(f"# Heading\n\n## {title}\n\n```python{options}\n{program}```\n", encoding="utf-8")
    return path


def wrong(folder: Path, line: int, remark: str, options: str = "") -> list[str]:
    """What is wrong with the program if this is written beside one of its lines."""
    lines = PROGRAM.splitlines()
    lines[4] += "  # TAP106"
    lines[line - 1] += f"  # {remark}"
    (case,) = read_cases(case_file(folder, "\n".join(lines) + "\n", options=options))
    return problems(case)


@pytest.mark.parametrize(
    ("line", "remark"),
    [
        (2, "w: variable"),
        (4, "y: tensor, dtype unknown, perhaps recorded by tape  # w: variable"),
        (4, "tf.round(w): tensor, dtype unknown, perhaps recorded by tape"),
        (5, "g: None"),
        (5, "gradient for w: surely None"),
        (5, "gradient for w: surely None, an operation on the way has no gradient ('tf.math.round' at line 4)"),
    ],
)
def test_a_true_remark_is_no_problem(tmp_path: Path, line: int, remark: str) -> None:
    assert wrong(tmp_path, line, remark) == []


@pytest.mark.parametrize(
    ("line", "remark", "told"),
    [
        (2, "w: tensor", ["line 7: w = tf.Variable(1.0)\n  w\n    expected: tensor\n    believed: variable"]),
        (2, "v: tensor", ["line 7: w = tf.Variable(1.0)\n  v\n    expected: tensor\n    believed: not evaluated"]),
        (
            4,
            "unreached",
            ["line 9: y = tf.round(w)\n  unreached\n    expected: \n    believed: a run comes here"],
        ),
        (
            5,
            "gradient for v: connected",
            ["line 10: g = tape.gradient(y, w)\n  gradient for v\n    expected: connected\n    believed: not asked"],
        ),
        (4, "TAP103", ["line 9: y = tf.round(w)\n  expected TAP103, but there is no such finding"]),
    ],
)
def test_a_false_remark_is_told_with_its_line(tmp_path: Path, line: int, remark: str, told: list[str]) -> None:
    assert wrong(tmp_path, line, remark) == told


def test_a_finding_that_is_not_written_is_told(tmp_path: Path) -> None:
    (case,) = read_cases(case_file(tmp_path, PROGRAM))
    assert problems(case) == ["line 10: g = tape.gradient(y, w)\n  unexpected finding TAP106"]


def test_an_unreached_line_may_say_why(tmp_path: Path) -> None:
    text = "raise ValueError\nx = 1  # unreached{}\n"
    for why, ok in (("", True), (", no run comes here: every run ends at line 1", True), (", for fun", False)):
        (case,) = read_cases(case_file(tmp_path, text.format(why)))
        assert (problems(case) == []) is ok


def test_the_version_of_keras_may_be_said(tmp_path: Path) -> None:
    program = PROGRAM + "tf.keras.optimizers.SGD().minimize(y, [w], tape=tape)\n"
    codes = {}
    for options in ("", " keras=2", " keras=3"):
        (case,) = read_cases(case_file(tmp_path, program, options=options))
        codes[options] = [line for line in problems(case) if "TAP211" in line]
    assert codes[""] == codes[" keras=2"] == [] and codes[" keras=3"] != []


@pytest.mark.parametrize(
    ("program", "title", "options", "said"),
    [
        ("x = 1  # a comment\n", "A case", "", "no remark"),
        ("x = 1  # x:1\n", "A case", "", "no remark"),
        ("x = 1  # TAP1\n", "A case", "", "no remark"),
        ("x = 1\n", "", "", "title of its own"),
        ("x = 1\n", "A case", " keras=4", "not understood after 'python'"),
    ],
)
def test_a_slip_is_an_error(tmp_path: Path, program: str, title: str, options: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_cases(case_file(tmp_path, program, title, options))


def test_two_cases_of_one_title_are_an_error(tmp_path: Path) -> None:
    path = case_file(tmp_path, "x = 1\n")
    path.write_text(path.read_text(encoding="utf-8") * 2, encoding="utf-8")
    with pytest.raises(ValueError, match="title of its own"):
        read_cases(path)


def test_question_marks_are_filled_in(tmp_path: Path) -> None:
    path = case_file(tmp_path, "x = [1]     # x: ?\ny = x[0]    # y: constant 2\n")
    assert main([str(path)]) == 0
    filled = path.read_text(encoding="utf-8")
    assert "x = [1]     # x: list of 1 (constant 1)\ny = x[0]    # y: constant 2\n" in filled


def test_each_mechanism_has_four_cases_and_each_case_says_something() -> None:
    count: Counter[str] = Counter()
    for path in sorted(HERE.glob("*/*.md")):
        cases = read_cases(path)
        count[path.parent.name] += len(cases)
        silent = [case.title for case in cases if not case.remarks and "GradientTape" not in case.program]
        assert silent == []
    assert count and [name for name, number in count.items() if number < 4] == []
