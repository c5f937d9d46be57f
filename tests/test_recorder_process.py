"""The recorder leaves the process as it was, and a program finds what it would find as a script."""

from __future__ import annotations

import gc
import linecache
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from flake8_gradtape.runtime.recording.recorder import record
from tests.recorded_program import Program

pytestmark = pytest.mark.tensorflow


def state() -> tuple[Any, ...]:
    from tensorflow.python.eager import backprop, execute, imperative_grad
    from tensorflow.python.eager import record as eager_record
    from tensorflow.python.platform import tf_logging

    logger = tf_logging.get_logger()
    return (
        dict(vars(backprop.GradientTape)),
        imperative_grad.imperative_grad,
        eager_record.record_operation,
        eager_record.record_operation_backprop_only,
        execute.execute,
        list(logger.handlers),
        logger.propagate,
        list(sys.path),
        list(sys.argv),
        sys.modules["__main__"],
        Path.cwd(),
        gc.get_freeze_count(),
        linecache.cache.get("/nowhere/program.py"),
    )


def test_all_is_restored_after_a_program_and_after_a_failing_one() -> None:
    before = state()
    Program("""
        import os, sys
        tf.get_logger().setLevel("ERROR")
        os.chdir("/")
        sys.path.append("nowhere")
        x = tf.Variable(1.0)
        tape = tf.GradientTape()
        tape.__enter__()
        raise ValueError
    """)
    assert state() == before


def test_an_interrupt_from_the_keyboard_is_passed_on_and_all_is_restored() -> None:
    before = state()
    with pytest.raises(KeyboardInterrupt):
        Program("raise KeyboardInterrupt")
    assert state() == before


def test_a_tape_that_is_never_left_does_not_record_the_next_program() -> None:
    from tensorflow.python.eager import record as eager_record

    Program("""
        x = tf.Variable(1.0)
        tape = tf.GradientTape()
        tape.__enter__()
        y = x * x
    """)
    assert not eager_record.could_possibly_record()


def test_a_recording_inside_a_recording_is_refused() -> None:
    program = Program("""
        from flake8_gradtape.runtime.recording.recorder import record
        try:
            record("x = 1", "/nowhere/other.py")
        except RuntimeError as error:
            print(error)
    """)
    assert program.recording.output.strip() == "tf.GradientTape is being recorded already"


def test_a_program_runs_as_main_with_its_arguments_and_its_output_is_captured() -> None:
    program = Program("import sys; print(__name__, sys.argv)", argv=("--fast",))
    assert program.recording.output == "__main__ ['/nowhere/program.py', '--fast']\n"


def test_a_program_finds_its_neighbours_and_the_next_program_its_own(tmp_path: Path) -> None:
    outputs = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "neighbour.py").write_text(f"NAME = {name!r}\n")
        outputs.append(record("import neighbour; print(neighbour.NAME)", str(folder / "program.py")).output)
    assert outputs == ["one\n", "two\n"]


def test_random_numbers_are_the_same_in_each_run() -> None:
    text = "import random\nimport numpy as np\nprint(random.random(), np.random.rand(), float(tf.random.normal([])))"
    assert Program(text).recording.output == Program(text).recording.output


def test_small_programs_take_little_time() -> None:
    text = """
        x = tf.Variable(3.0)
        def step(x):
            with tf.GradientTape(persistent=True) as outer:
                with tf.GradientTape() as inner:
                    y = tf.sin(x) ** 3
                g = inner.gradient(y, x)
            return outer.gradient(g, x), outer.gradient(y, x)
        for _ in range(3):
            step(x)
    """
    Program(text)
    begin = time.process_time()
    for _ in range(50):
        Program(text)
    assert time.process_time() - begin < 50 * 0.06  # 1,000 in a minute
