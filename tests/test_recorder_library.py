"""A program that imports a library, judged by the lines of the library: what the caller does with tapes is nobody's."""

from __future__ import annotations

from pathlib import Path

import pytest

from flake8_gradtape.events import GradientAsked
from flake8_gradtape.runtime.recording.program import ProgramFile
from flake8_gradtape.runtime.recording.recorder import record
from flake8_gradtape.runtime.recording.result import Recording

pytestmark = pytest.mark.tensorflow

LIBRARY = """
import tensorflow as tf

KEPT = []

def slope(function, x):
    tape = tf.GradientTape(persistent=True)
    KEPT.append(tape)
    with tape:
        y = function(x)
    gradient = tape.gradient(y, x)
    if gradient is None:
        raise ValueError("flat")
    return gradient
"""
CALLER = """
import tensorflow as tf
from library import slope

x = tf.Variable(3.0)
with tf.GradientTape() as tape:
    y = x * x
tape.gradient(y, x)
print(float(slope(lambda x: x * x, x)))
"""


def run(folder: Path, caller: str, library: str = LIBRARY, at: tuple[int, ...] = ()) -> Recording:
    path = folder.resolve() / "library.py"
    path.write_text(library, encoding="utf-8")
    judged = ProgramFile(library, str(path))
    return record(caller, str(folder / "program.py"), differences_at=at, library=judged)


def test_gradient_calls_are_told_on_lines_of_the_library_only(tmp_path: Path) -> None:
    recording = run(tmp_path, CALLER)
    assert [event.where for event in recording.events if isinstance(event, GradientAsked)] == [11]
    assert recording.output == "6.0\n"
    assert {7, 9, 11} <= recording.reached
    assert 11 in recording.completed
    assert recording.error is None


def test_an_error_is_told_on_the_line_of_the_library_that_raised_it(tmp_path: Path) -> None:
    caller = "import tensorflow as tf\nfrom library import slope\n\nslope(tf.identity, tf.constant(1.0))\n"
    error = run(tmp_path, caller).error
    assert error is not None
    assert (error.kind, error.where) == ("ValueError", 13)


def test_an_error_of_the_caller_alone_has_no_line(tmp_path: Path) -> None:
    error = run(tmp_path, "from library import slope\n\n\n\n\n\n1 / 0").error
    assert error is not None
    assert (error.kind, error.where) == ("ZeroDivisionError", None)


def test_a_tape_that_the_library_keeps_is_alive_at_the_end(tmp_path: Path) -> None:
    recording = run(tmp_path, CALLER)
    assert [held.operations > 0 for name, held in recording.held.items() if name.endswith("(line 7)")] == [True]


def test_finite_differences_are_those_of_the_library(tmp_path: Path) -> None:
    (difference,) = run(tmp_path, CALLER, at=(7, 11)).differences
    assert (difference.where, difference.wrong) == (11, False)
