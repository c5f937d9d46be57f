"""The recorder tells when an outer tape records an inner gradient, and whether that is ever differentiated."""

from __future__ import annotations

import textwrap

import pytest

from flake8_gradtape.events import BackwardRecorded
from tests.recorded_program import Program

pytestmark = pytest.mark.tensorflow


def backward(text: str) -> list[bool]:
    """For each recorded gradient computation, whether it was differentiated."""
    return [event.differentiated for event in Program(text).events(BackwardRecorded)]


def test_an_outer_tape_records_an_inner_gradient_and_differentiates_it() -> None:  # C01
    assert backward("""
        x = tf.Variable(3.0)
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                y = x ** 3
            g = inner.gradient(y, x)
        outer.gradient(g, x)
    """) == [True]


def test_the_gradient_of_a_linear_function_leaves_nothing_to_record() -> None:  # C26
    assert (
        backward("""
        x = tf.Variable(2.0)
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                y = 3.0 * x
            g = inner.gradient(y, x)
        assert outer.gradient(g, x) is None
    """)
        == []
    )


def test_an_inner_gradient_that_nobody_differentiates_is_recorded_all_the_same() -> None:  # D21
    program = Program("""
        x = tf.Variable([3.0])
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                y = tf.reduce_sum(tf.sin(x) ** 2)
            g = inner.gradient(y, x)  # inner
        outer.gradient(y, x)
    """)
    (event,) = program.events(BackwardRecorded)
    assert (event.where, event.differentiated) == (program.line("inner"), False)
    (work,) = program.recording.backward
    assert (work.where, work.outer) == (program.line("inner"), event.outer)
    assert work.operations >= 4  # the slopes of sin, of the square, of the sum, and their product


def test_nothing_is_recorded_after_the_outer_block_or_while_it_is_paused() -> None:  # C02, D21, E01
    assert (
        backward("""
        x = tf.Variable(3.0)
        with tf.GradientTape(persistent=True) as outer:
            with tf.GradientTape(persistent=True) as inner:
                y = x ** 3
            with outer.stop_recording():
                inner.gradient(y, x)
        inner.gradient(y, x)
        outer.gradient(y, x)
        del inner, outer
    """)
        == []
    )


def test_a_result_is_differentiated_through_what_is_computed_from_it() -> None:
    assert backward("""
        x = tf.Variable([3.0, 4.0])
        with tf.GradientTape(persistent=True) as outer:
            with tf.GradientTape() as inner:
                inner.watch(x)
                y = tf.reduce_sum(x ** 3)
            penalty = (tf.norm(inner.gradient(y, x)) - 1.0) ** 2
            loss = y + 10.0 * penalty
        outer.gradient(y, x)
        outer.gradient(loss, x)
        del outer
    """) == [True]


def test_a_result_is_not_differentiated_by_asking_for_something_else() -> None:
    assert backward("""
        x = tf.Variable(3.0)
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                y = x ** 3
            g = inner.gradient(y, x)
            z = g + x * x
        late = g * g  # computed after the block
        outer.gradient([y, late], x)
    """) == [False]


def test_each_recording_tape_has_its_own_word() -> None:
    program = Program("""
        x = tf.Variable(3.0)
        with tf.GradientTape() as first:  # first
            with tf.GradientTape() as second:  # second
                with tf.GradientTape() as inner:
                    y = x ** 4
                g = inner.gradient(y, x)  # inner
            h = second.gradient(g, x)
        first.gradient(g, x)
    """)
    told = {
        (event.where, event.outer.partition("(")[2], event.differentiated) for event in program.events(BackwardRecorded)
    }
    inner = program.line("inner")
    assert (inner, f"line {program.line('first')})", True) in told
    assert (inner, f"line {program.line('second')})", True) in told
    assert (inner + 1, f"line {program.line('first')})", False) in told
    assert len(told) == 3


def test_sparse_gradients_and_jacobians_are_followed_too() -> None:
    assert backward("""
        table = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
        x = tf.Variable([1.0, 2.0])
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                y = tf.reduce_sum(tf.gather(table, [0]) ** 3)
            g = inner.gradient(y, table)
            assert isinstance(g, tf.IndexedSlices)
        outer.gradient(g.values, table)
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                y = x ** 3
            j = inner.jacobian(y, x)
            k = tf.reduce_sum(j)
        outer.gradient(k, x)
    """) == [True, True]


def test_zeros_in_place_of_none_do_not_count_as_differentiating() -> None:
    assert backward("""
        x = tf.Variable(3.0)
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                y = x ** 3
            g = inner.gradient(y, x)
        assert outer.gradient(y, x, unconnected_gradients="zero") == 27.0
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                y = x ** 3
            g = inner.gradient(y, x)
        assert outer.gradient(g, x, unconnected_gradients="zero") == 18.0
    """) == [False, True]


def test_recording_changes_no_value() -> None:
    text = """
        import numpy as np
        x = tf.Variable([0.5, 1.5])
        with tf.GradientTape(persistent=True) as outer:
            with tf.GradientTape(persistent=True) as inner:
                y = tf.reduce_sum(tf.sin(x) * x ** 3)
                early = inner.gradient(y, x)
            g = inner.gradient(y, x)
            h = g * early + x
        print(np.round(np.concatenate([
            g, outer.gradient(h, x), outer.gradient([y, h], x), outer.gradient(h, x, tf.constant([2.0, 3.0])),
            tf.reshape(outer.jacobian(h, x), [-1]),
        ]), 4).tolist())
    """
    recorded = Program(text)
    assert recorded.recording.error is None
    source = "import tensorflow as tf\n" + textwrap.dedent(text)
    printed: list[str] = []
    exec(source.replace("print(", "printed.append("), {"printed": printed})
    assert recorded.recording.output.strip() == str(printed[0])
