"""The recorder tells what TensorFlow does: small programs whose outcome the truth table has (A01, D14 and so on).

In a program, a line that an assertion speaks of ends in a comment of one word, and is looked up by it.
"""

from __future__ import annotations

import gc
import linecache
import sys
import textwrap
import time
from pathlib import Path
from typing import Any, TypeVar

import pytest

from flake8_gradtape.machine.events import (
    Answer,
    BackwardRecorded,
    CallRaised,
    Event,
    GradientAsked,
    Misuse,
    TapeEnded,
)
from flake8_gradtape.runtime.recorder import record
from flake8_gradtape.runtime.result import Recording

E = TypeVar("E", bound=Event)
NONE, CONNECTED, CANNOT_TELL = Answer.NONE, Answer.CONNECTED, Answer.CANNOT_TELL


class Program:
    """A program, run once."""

    def __init__(self, text: str, argv: tuple[str, ...] = ()) -> None:
        self.text = "import tensorflow as tf\n" + textwrap.dedent(text).strip("\n") + "\n"
        self.recording: Recording = record(self.text, "/nowhere/program.py", argv)

    def line(self, word: str) -> int:
        """The line that ends in the comment `word`."""
        found = [number for number, line in enumerate(self.text.splitlines(), 1) if line.endswith(f"# {word}")]
        assert len(found) == 1, word
        return found[0]

    def events(self, kind: type[E]) -> list[E]:
        return [event for event in self.recording.events if isinstance(event, kind)]

    def answers(self) -> list[list[Answer]]:
        """The answers of each gradient call, in order."""
        return [[source.answer for source in event.sources] for event in self.events(GradientAsked)]

    def raised(self) -> list[tuple[Any, str, Misuse]]:
        return [(event.where, event.method, event.misuse) for event in self.events(CallRaised)]

    def tape(self, word: str) -> TapeEnded:
        """The only tape made on the line of `word`."""
        (found,) = [event for event in self.events(TapeEnded) if event.where == self.line(word)]
        return found


# Gradient calls -----------------------------------------------------------------------------------------------------


def test_an_unwatched_constant_has_no_gradient_and_a_variable_has_one() -> None:  # A01, A03
    program = Program("""
        x, c = tf.Variable(3.0), tf.constant(2.0)
        with tf.GradientTape() as tape:
            y = x * c
        tape.gradient(y, [x, c])  # ask
    """)
    (asked,) = program.events(GradientAsked)
    assert asked.where == program.line("ask")
    assert [(source.name, source.answer) for source in asked.sources] == [("x", CONNECTED), ("c", NONE)]
    assert asked.target == "y"


def test_sources_in_a_dictionary_are_counted_one_by_one() -> None:
    program = Program("""
        sources = {"a": tf.Variable(3.0), "b": [tf.constant(2.0), tf.Variable(1.0)]}
        with tf.GradientTape() as tape:
            y = sources["a"] * sources["b"][0]
        tape.gradient(y, sources)
    """)
    assert program.answers() == [[CONNECTED, NONE, NONE]]


def test_a_zero_in_place_of_none_is_not_told_from_a_gradient() -> None:
    program = Program("""
        x, c = tf.Variable(3.0), tf.constant(2.0)
        with tf.GradientTape(persistent=True) as tape:
            y = x * c
        tape.gradient(y, [x, c], unconnected_gradients="zero")
        tape.gradient(y, [x, c], None, tf.UnconnectedGradients.ZERO)
        tape.gradient(y, [x, c], None, tf.UnconnectedGradients.NONE)
    """)
    assert program.answers() == [[CANNOT_TELL, CANNOT_TELL], [CANNOT_TELL, CANNOT_TELL], [CONNECTED, NONE]]


def test_jacobian_asks_once_and_batch_jacobian_shows_the_none_that_it_hides() -> None:
    program = Program("""
        x, c = tf.Variable([[1.0, 2.0]]), tf.constant([[1.0, 2.0]])
        with tf.GradientTape(persistent=True) as tape:
            y = tf.sin(x) * tf.exp(x)
        tape.jacobian(y, [x, c])
        tape.batch_jacobian(y, x)
        zeros = tape.batch_jacobian(y, c)
        assert zeros.shape == (1, 2, 2)
        tape.jacobian(y, x, experimental_use_pfor=False)
        del tape
    """)
    assert program.answers() == [[CONNECTED, NONE], [CONNECTED], [NONE], [CONNECTED]]
    assert [event.method for event in program.events(GradientAsked)] == [
        "jacobian",
        "batch_jacobian",
        "batch_jacobian",
        "jacobian",
    ]
    (ended,) = program.events(TapeEnded)
    assert (ended.asked, ended.entered_again_in_loop) == (4, None)


def test_a_gradient_call_on_several_lines_counts_where_it_begins() -> None:
    program = Program("""
        x = tf.Variable(3.0)
        with tf.GradientTape(persistent=True) as tape:
            y = x * x
        print(
            "é", tape.gradient(  # first
                y,
                [x],
            )
        )
        g = (
            tape  # second
            .gradient(y, x)
        )
        pair = tape.gradient(y, x), tape.gradient(y, tf.constant(1.0))  # third
        del tape
    """)
    asked = program.events(GradientAsked)
    third = program.line("third")
    assert [event.where for event in asked] == [program.line("first"), program.line("second"), third, third]
    columns = [
        column
        for event, column in zip(program.recording.events, program.recording.columns, strict=True)
        if isinstance(event, GradientAsked)
    ]
    assert columns == [9, 4, 7, 28]


# Errors -------------------------------------------------------------------------------------------------------------


def test_a_spent_tape_raises_on_the_second_call() -> None:  # B01
    program = Program("""
        x = tf.Variable(3.0)
        with tf.GradientTape() as tape:
            y = x * x
        tape.gradient(y, x)
        tape.gradient(y, x)  # again
        raise AssertionError("not reached")
    """)
    assert program.raised() == [(program.line("again"), "gradient", Misuse.SPENT)]
    error = program.recording.error
    assert error is not None
    assert (error.kind, error.where) == ("RuntimeError", program.line("again"))
    assert str(error).startswith("RuntimeError: A non-persistent GradientTape can only be used")


def test_a_spent_tape_raises_in_jacobian_watch_and_stop_recording_too() -> None:
    program = Program("""
        x = tf.Variable([3.0])
        def attempt(call):
            try:
                call()
            except Exception:
                return
            raise AssertionError
        with tf.GradientTape() as tape:
            y = x * x
            tape.gradient(y, x)
            attempt(lambda: tape.jacobian(y, x))
            attempt(lambda: tape.batch_jacobian(y, x))
            attempt(lambda: tape.watch(x))
            attempt(lambda: tape.stop_recording().__enter__())
            attempt(lambda: tape.reset())
    """)
    assert program.recording.error is None
    assert [(method, misuse) for _, method, misuse in program.raised()] == [
        (method, Misuse.SPENT) for method in ("jacobian", "batch_jacobian", "watch", "stop_recording", "reset")
    ]


def test_a_tape_that_was_never_entered_raises() -> None:  # A21, B29, B30
    program = Program("""
        x = tf.Variable(3.0)
        tape = tf.GradientTape(persistent=True)
        try:
            tape.gradient(x, x)  # ask
        except RuntimeError:
            pass
        try:
            tape.watch(x)  # watch
        except AttributeError:
            pass
        try:
            with tape.stop_recording():  # stop
                y = x * x
        except RuntimeError:
            pass
        tape.reset()  # reset
    """)
    assert program.raised() == [
        (program.line("ask"), "gradient", Misuse.NOT_ENTERED),
        (program.line("watch"), "watch", Misuse.NOT_ENTERED),
        (program.line("stop"), "stop_recording", Misuse.NOT_ENTERED),
        (program.line("reset"), "reset", Misuse.NOT_ENTERED),
    ]


def test_entering_the_class_raises_in_python_itself() -> None:  # B32
    program = Program("""
        with tf.GradientTape as tape:  # with
            pass
    """)
    assert program.raised() == [(program.line("with"), "__enter__", Misuse.NOT_ENTERED)]


def test_another_type_error_is_not_taken_for_an_entered_class() -> None:
    program = Program("""
        with 3:
            pass
    """)
    assert program.raised() == []
    assert program.recording.error is not None


def test_entering_an_active_tape_raises_on_its_line() -> None:  # B22
    program = Program("""
        x = tf.Variable(3.0)
        with tf.GradientTape() as tape:
            with tape:  # again
                y = tf.sin(x)
    """)
    assert program.raised() == [(program.line("again"), "__enter__", Misuse.ALREADY_ACTIVE)]


def test_a_call_that_fails_on_its_arguments_is_another_error_and_spends_nothing() -> None:
    program = Program("""
        x = tf.Variable(3.0)
        with tf.GradientTape() as tape:
            y = x * x
            try:
                tape.watch(2.0)  # watch
            except ValueError:
                pass
        try:
            tape.gradient(None, x)  # none
        except TypeError:
            pass
        try:
            tf.GradientTape.gradient(y, x)  # class
        except TypeError:
            pass
        tape.gradient(y, x)
    """)
    assert program.raised() == [
        (program.line("watch"), "watch", Misuse.OTHER),
        (program.line("none"), "gradient", Misuse.OTHER),
        (program.line("class"), "gradient", Misuse.OTHER),
    ]
    assert program.answers() == [[CONNECTED]]


def test_the_end_of_a_program_is_told_by_kind_and_line() -> None:
    exited = Program("raise SystemExit(0)").recording
    assert exited.error is None
    failed = Program("""
        def helper():
            return 1 / 0  # here
        helper()
    """)
    assert failed.recording.error is not None
    assert failed.recording.error.where == failed.line("here")
    assert str(failed.recording.error) == "ZeroDivisionError: division by zero"
    broken = Program("x = (").recording
    assert broken.error is not None
    assert (broken.error.kind, broken.error.where, broken.events) == ("SyntaxError", 2, ())
    assert Program("raise SystemExit(3)").recording.error is not None


# The warning inside a tape's own block ------------------------------------------------------------------------------


def test_the_in_block_warning_is_seen_at_every_call() -> None:
    program = Program("""
        x = tf.Variable([3.0])
        with tf.GradientTape(persistent=True) as tape:
            y = x * x
            for _ in range(3):
                tape.gradient(y, x)  # ask
            tape.jacobian(y, x)  # jacobian
            with tape.stop_recording():
                tape.gradient(y, x)
        tape.gradient(y, x)
        del tape
    """)
    assert [event.in_own_block for event in program.events(GradientAsked)] == [True, True, True, True, False, False]
    lines = [one.where for one in program.recording.warnings if one.message.startswith("Calling GradientTape.gradient")]
    assert lines == [program.line("ask")] * 3 + [program.line("jacobian")]


def test_an_ordinary_tape_in_its_own_block_gives_no_warning() -> None:
    program = Program("""
        x = tf.Variable(3.0)
        with tf.GradientTape() as tape:
            y = x * x
            tape.gradient(y, x)
    """)
    assert [event.in_own_block for event in program.events(GradientAsked)] == [False]
    assert program.recording.warnings == ()


def test_a_result_that_its_own_tape_differentiates_is_told() -> None:  # C08
    program = Program("""
        x = tf.Variable(3.0)
        with tf.GradientTape(persistent=True) as tape:
            y = x ** 3
            used = tape.gradient(y, x)
            idle = tape.gradient(y, x)
        tape.gradient(used, x)
        del tape
    """)
    assert program.events(BackwardRecorded) == []  # its own tape is no outer tape
    assert [event.result_differentiated for event in program.events(GradientAsked)] == [True, False, False]


# Recorded gradient computations -------------------------------------------------------------------------------------


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


# Who calls ----------------------------------------------------------------------------------------------------------


def test_every_spelling_of_the_class_is_covered() -> None:
    program = Program("""
        import contextlib
        from tensorflow import GradientTape as Tape
        from tensorflow.python.eager import backprop
        class Mine(tf.GradientTape):
            def slope(self, y, x):
                return self.gradient(y, x)  # method
        x = tf.Variable(3.0)
        with Tape() as a, \\
             Mine(persistent=True) as b:
            y = x * x
        with contextlib.ExitStack() as stack:
            c = stack.enter_context(backprop.GradientTape())
            z = x * x
        a.gradient(y, x)
        b.slope(y, x)
        c.gradient(z, x)
        d = tf.GradientTape()
        d.__enter__()
        w = x * x
        d.__exit__(None, None, None)
        list(map(lambda source: d.gradient(w, source), [x]))
    """)
    assert program.recording.error is None
    assert program.answers() == [[CONNECTED]] * 4
    assert program.line("method") in [event.where for event in program.events(GradientAsked)]
    assert len(program.events(TapeEnded)) == 4


def test_tapes_of_library_code_are_kept_apart() -> None:
    program = Program("""
        model = tf.keras.Sequential([tf.keras.layers.Dense(1)])
        model.compile("sgd", "mse")
        model.fit(tf.ones((4, 2)), tf.ones((4, 1)), verbose=0)
    """)
    assert program.recording.error is None
    assert program.recording.events == ()
    assert any(isinstance(event, GradientAsked) for event in program.recording.library)


def test_a_train_step_of_the_program_is_the_programs_own() -> None:
    program = Program("""
        class Model(tf.keras.Model):
            def __init__(self):
                super().__init__()
                self.dense = tf.keras.layers.Dense(1)
            def call(self, inputs):
                return self.dense(inputs)
            def train_step(self, data):
                x, y = data
                with tf.GradientTape() as tape:
                    loss = self.compute_loss(x, y, self(x, training=True))
                gradients = tape.gradient(loss, [x, *self.trainable_variables])  # ask
                self.optimizer.apply_gradients(zip(gradients[1:], self.trainable_variables))
                return {"loss": loss}
        model = Model()
        model.compile("sgd", "mse")
        model.fit(tf.ones((4, 2)), tf.ones((4, 1)), verbose=0)
    """)
    assert program.recording.error is None
    asked = program.events(GradientAsked)
    assert asked
    assert {event.where for event in asked} == {program.line("ask")}
    assert [source.answer for source in asked[0].sources] == [NONE, CONNECTED, CONNECTED]


def test_lines_in_a_traced_function_are_the_programs_lines() -> None:
    program = Program("""
        x = tf.Variable(3.0)
        @tf.function
        def steps(n):
            total = 0.0
            for step in tf.range(n):
                if step > 1:
                    with tf.GradientTape(persistent=True) as tape:  # with
                        y = x * x
                        g = tape.gradient(  # ask
                            y,
                            [x, tf.constant(1.0)])
                    total += g[0]
            return total
        assert steps(tf.constant(4)) == 12.0
    """)
    assert program.recording.error is None
    (asked,) = program.events(GradientAsked)
    assert (asked.where, asked.in_own_block) == (program.line("ask"), True)
    assert [source.answer for source in asked.sources] == [CONNECTED, NONE]
    assert program.tape("with").records


def test_an_error_in_a_traced_function_is_on_the_programs_line() -> None:
    program = Program("""
        x = tf.Variable(3.0)
        @tf.function
        def twice():
            with tf.GradientTape() as tape:
                y = x * x
            first = tape.gradient(y, x)
            second = (
                tape.gradient(y, x))  # again
            return first + second
        twice()
    """)
    assert program.raised() == [(program.line("again"), "gradient", Misuse.SPENT)]
    error = program.recording.error
    assert error is not None
    assert str(error).startswith("RuntimeError: A non-persistent GradientTape can only")
    assert error.where in (program.line("again") - 1, program.line("again"))


def test_a_nested_gradient_in_a_traced_function_is_followed() -> None:
    program = Program("""
        x = tf.Variable(3.0)
        @tf.function
        def second(use):
            with tf.GradientTape() as outer:
                with tf.GradientTape() as inner:
                    y = x ** 3
                g = inner.gradient(y, x)
            return outer.gradient(g if use else y, x)
        assert second(True) == 18.0
        assert second(False) == 27.0
    """)
    assert program.recording.error is None
    assert [event.differentiated for event in program.events(BackwardRecorded)] == [True, False]


def test_a_call_of_a_traced_function_is_recorded_by_the_outer_tape_as_a_whole() -> None:
    program = Program("""
        x = tf.Variable(3.0)
        @tf.function
        def slope():
            with tf.GradientTape() as inner:
                y = x ** 3
            return inner.gradient(y, x)
        with tf.GradientTape() as outer:  # with
            g = slope()
        assert outer.gradient(g, x) == 18.0
    """)
    assert program.recording.error is None
    assert program.recording.held[program.tape("with").tape].recorded == 1
    assert program.events(BackwardRecorded) == []  # the trace does not record on the tape outside


# Memory -------------------------------------------------------------------------------------------------------------


def test_an_ordinary_tape_holds_its_recording_until_it_is_asked() -> None:  # D01, D02
    program = Program("""
        x = tf.Variable([1.0, 2.0])
        with tf.GradientTape() as idle:  # idle
            y = tf.exp(tf.sin(x))
        with tf.GradientTape() as asked:  # asked
            z = tf.exp(tf.sin(x))
        asked.gradient(z, x)
    """)
    idle, asked = program.tape("idle"), program.tape("asked")
    assert (idle.asked, idle.records, idle.kept is not None) == (0, True, True)
    assert (asked.asked, asked.records, asked.kept is not None) == (1, True, False)
    held = program.recording.held
    assert (held[idle.tape].recorded, held[idle.tape].operations) == (2, 2)  # sin, exp
    assert held[idle.tape].tensors == 1  # what was read from x; exp needs no sine, and y is the program's
    assert held[idle.tape].size == 2 * 4
    assert (held[asked.tape].recorded, held[asked.tape].operations) == (2, 0)


def test_a_persistent_tape_holds_its_recording_until_it_is_deleted() -> None:  # D03
    program = Program("""
        x = tf.Variable([1.0, 2.0])
        with tf.GradientTape(persistent=True) as kept:  # kept
            y = tf.exp(tf.sin(x))
        kept.gradient(y, x)
        kept.gradient(y, x)
        with tf.GradientTape(persistent=True) as deleted:  # deleted
            y = tf.exp(tf.sin(x))
        deleted.gradient(y, x)
        deleted.gradient(y, x)
        del deleted
    """)
    kept, deleted = program.tape("kept"), program.tape("deleted")
    assert (kept.persistent, kept.asked, kept.kept is not None) == (True, 2, True)
    assert (deleted.persistent, deleted.asked, deleted.kept is not None) == (True, 2, False)
    assert program.recording.held[kept.tape].tensors > 0


@pytest.mark.parametrize(
    ("keeping", "is_kept"),
    [
        ("make()", False),  # D05: the function's return frees it
        ("tapes = [make()]", True),  # D16
        ("class Box: pass\nbox = Box()\nbox.tape = make()", True),  # D16
        ("tape = make()\ncalls = [lambda: tape]\ndel tape", False),
        ("def closure(tape):\n    return lambda: tape\ncall = closure(make())", True),  # D16
        ("second = tape = make()\ndel tape", True),  # D55
        ("tape = make()\ntape = None", False),
        ("tape = make()\nloop = [tape]\nloop.append(loop)\ndel tape, loop", False),  # only a cycle holds it
        ("tape = make()\nwith tape:\n    tape.reset()", False),  # D30
    ],
)
def test_what_refers_to_a_tape_keeps_its_recording(keeping: str, is_kept: bool) -> None:
    text = """
        x = tf.Variable([1.0, 2.0])
        def make():
            with tf.GradientTape(persistent=True) as tape:  # made
                y = tf.exp(tf.sin(x))
            tape.gradient(y, x)
            return tape
    """
    program = Program(textwrap.dedent(text) + keeping)
    assert program.recording.error is None
    assert (program.tape("made").kept is not None) is is_kept


def test_a_loop_at_module_level_keeps_the_last_tape_only() -> None:  # D11
    program = Program("""
        x = tf.Variable([1.0, 2.0])
        for _ in range(3):
            with tf.GradientTape(persistent=True) as tape:
                y = tf.exp(tf.sin(x))
            tape.gradient(y, x)
    """)
    assert [event.kept is not None for event in program.events(TapeEnded)] == [False, False, True]
    assert not any(event.grows for event in program.events(TapeEnded))


def test_a_tape_that_sees_nothing_watched_records_nothing() -> None:  # D24
    program = Program("""
        x = tf.constant([1.0, 2.0])
        with tf.GradientTape(persistent=True) as tape:  # with
            y = tf.exp(tf.sin(x))
    """)
    tape = program.tape("with")
    assert (tape.records, tape.kept) == (False, None)


def test_a_tape_outside_records_what_it_watches_and_no_more() -> None:  # A10
    program = Program("""
        c = tf.constant([1.0, 2.0])
        with tf.GradientTape() as watching:  # watching
            watching.watch(c)
            with tf.GradientTape() as between:  # between
                with tf.GradientTape() as inner:  # inner
                    inner.watch(c)
                    y = tf.exp(tf.sin(c))
                g = inner.gradient(y, c)
        watching.gradient(g, c)
    """)
    assert program.tape("watching").records
    assert program.tape("inner").records
    assert not program.tape("between").records
    assert [event.outer for event in program.events(BackwardRecorded)] == [program.tape("watching").tape]


def test_a_recording_whose_results_all_died_in_its_block_is_not_kept() -> None:
    program = Program("""
        x = tf.Variable([1.0, 2.0])
        with tf.GradientTape(persistent=True) as tape:  # made
            y = tf.sin(tf.cos(x))
            del y
    """)
    tape = program.tape("made")
    assert (tape.records, tape.kept) == (True, None)


def test_a_tape_made_outside_a_traced_function_records_inside_it() -> None:
    program = Program("""
        x = tf.Variable([1.0, 2.0])
        tape = tf.GradientTape()  # made
        @tf.function
        def slope():
            with tape:
                y = tf.exp(x)
            return tape.gradient(y, x)
        slope()
    """)
    assert program.recording.error is None
    assert program.tape("made").records
    assert program.answers() == [[CONNECTED]]


def test_a_tape_in_another_thread_is_followed() -> None:
    program = Program("""
        import threading
        x = tf.Variable([1.0, 2.0])
        def work():
            global tape
            with tf.GradientTape(persistent=True) as tape:  # made
                with tf.GradientTape() as inner:
                    y = tf.exp(x)
                inner.gradient(y, x)  # inner
            tape.gradient(y, x)
        with tf.GradientTape() as other:  # other
            thread = threading.Thread(target=work)
            thread.start()
            thread.join()
    """)
    tape = program.tape("made")
    assert (tape.records, tape.asked, tape.kept is not None) == (True, 1, True)
    assert not program.tape("other").records  # A195
    assert [event.outer for event in program.events(BackwardRecorded)] == [tape.tape]


REENTERED = """
    x = tf.Variable([1.0, 2.0])
    tape = tf.GradientTape({options})  # made
    for step in range(4):
        with tape:  # again
            y = {target}
        {after}
"""


def growth(options: str, after: str, target: str = "tf.sin(tf.cos(x))") -> tuple[bool, bool, tuple[int, ...]]:
    """Whether the loop is told, whether the tape grows, and what it had after each pass."""
    program = Program(textwrap.dedent(REENTERED).format(options=options, target=target, after=after))
    tape = program.tape("made")
    looped = tape.entered_again_in_loop == program.line("again")
    return looped, tape.grows, program.recording.held[tape.tape].growth


def test_a_persistent_tape_entered_in_a_loop_grows_if_the_target_dies_outside_its_block() -> None:  # D14
    assert growth("persistent=True", "del y") == (True, True, (2, 4, 6, 8))


def test_a_persistent_tape_entered_in_a_loop_grows_if_the_targets_are_kept() -> None:
    assert growth("persistent=True", "globals()[f'y{{step}}'] = y") == (True, True, (2, 4, 6, 8))


def test_a_tape_forgets_what_leads_to_a_target_that_dies_inside_its_block() -> None:
    # the name is bound anew while the tape records: TensorFlow drops the old target's operations
    assert growth("persistent=True", "tape.gradient(y, x)") == (True, False, (2, 2, 2, 2))
    assert growth("persistent=True", "tape.gradient(y, x)", "x * x") == (True, False, (2, 2, 2, 2))


def test_a_tape_forgets_nothing_that_leads_to_an_output_which_its_own_gradient_needs() -> None:
    # the gradient of exp is computed from its output, so the recording itself keeps the old one alive
    assert growth("persistent=True", "tape.gradient(y, x)", "tf.exp(tf.sin(x))") == (True, True, (2, 4, 6, 8))
    assert growth("persistent=True", "tape.gradient(y, x)", "tf.sin(tf.exp(x))") == (True, True, (2, 3, 4, 5))


def test_an_ordinary_tape_entered_in_a_loop_begins_anew_after_each_call() -> None:  # D15
    looped, grows, _ = growth("", "tape.gradient(y, x); del y")
    assert (looped, grows) == (False, False)


def test_a_tape_is_measured_in_a_long_loop_at_no_great_cost() -> None:
    program = Program("""
        x = tf.Variable(1.0)
        tape = tf.GradientTape(persistent=True)  # made
        for step in range(400):
            with tape:
                y = tf.sin(x)
            del y
    """)
    tape = program.tape("made")
    assert tape.grows
    assert program.recording.held[tape.tape].operations == 400


def test_an_error_cuts_the_story_of_living_tapes_short() -> None:
    program = Program("""
        x = tf.Variable(1.0)
        def helper():
            with tf.GradientTape() as tape:  # done
                y = x * x
            return tape.gradient(y, x)
        helper()
        with tf.GradientTape() as alive:  # alive
            y = x * x
        raise ValueError
    """)
    assert program.recording.interrupted == {program.tape("alive").tape}
    assert program.tape("done").kept is None


def test_tapes_in_the_frames_of_a_dead_exception_are_not_kept() -> None:  # D17
    program = Program("""
        x = tf.Variable(1.0)
        def helper():
            with tf.GradientTape() as tape:  # made
                y = x * x
            raise ValueError
        helper()
    """)
    assert program.tape("made").kept is None


def test_the_recorder_keeps_no_tensor_and_no_tape_alive() -> None:
    program = Program("""
        import weakref
        x = tf.Variable(3.0)
        with tf.GradientTape() as outer:
            with tf.GradientTape(persistent=True) as inner:
                hidden = tf.sin(x)
                y = tf.exp(hidden)
            g = inner.gradient(y, x)
        watched = {"hidden": weakref.ref(hidden), "g": weakref.ref(g), "inner": weakref.ref(inner)}
        del hidden, g, inner, y
        print(sorted(name for name, ref in watched.items() if ref() is not None))
        del outer
        print(sorted(name for name, ref in watched.items() if ref() is not None))
    """)
    assert program.recording.error is None
    # the outer tape holds the sine, which the slope of exp(sin(x)) needs; nothing holds anything at the end
    assert program.recording.output.splitlines()[1] == "[]"
    assert "inner" not in program.recording.output


# The process is left as it was --------------------------------------------------------------------------------------


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
        from flake8_gradtape.runtime.recorder import record
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
