"""The recorder tells the program's calls from those of library code, and finds their lines in traced functions."""

from __future__ import annotations

import pytest

from flake8_gradtape.events import Answer, BackwardRecorded, GradientAsked, Misuse, TapeEnded
from tests.recorded_program import Program

pytestmark = pytest.mark.tensorflow

NONE, CONNECTED = Answer.NONE, Answer.CONNECTED


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


def test_calls_on_one_line_are_told_apart() -> None:
    """Also before Python 3.11, which tells no columns; all these are calls of what has one text, but for its column."""
    program = Program("""
        x = tf.Variable(3.0)
        with tf.GradientTape() as a, tf.GradientTape(True) as b: y = x * x  # with
        g = b.gradient(y, x), [b.gradient(y, s) for s in (x, x)], b.gradient(target=y, sources=[x])  # ask
        def half():
            try:
                return (b if True else a).gradient(y, x) if x > 4.0 else a.gradient(y, x)  # branch
            finally:
                b.gradient(y, x), (lambda: b.gradient(y, x))()  # finally
        half()
        calls = (lambda: b.gradient(y, x)), (lambda: b.gradient(y, x))  # equal
        print([call() for call in calls])
    """)
    assert program.recording.error is None
    lines = program.text.splitlines()
    called: dict[str, list[str | None]] = {}
    for event, column in zip(program.recording.events, program.recording.columns, strict=True):
        line = lines[(event.where or 0) - 1]
        called.setdefault(line.split()[-1], []).append(None if column is None else line[column : column + 20])
    assert sorted(map(str, called["with"])) == ["tf.GradientTape() as", "tf.GradientTape(True"]
    assert called["ask"] == [
        "b.gradient(y, x), [b",
        "b.gradient(y, s) for",
        "b.gradient(y, s) for",
        "b.gradient(target=y,",
    ]
    assert called["branch"] == ["a.gradient(y, x)  # "]
    assert called["finally"] == ["b.gradient(y, x), (l", "b.gradient(y, x))() "]
    assert set(called["equal"]) in (
        {"b.gradient(y, x)), (", "b.gradient(y, x))  #"},
        {None},  # one code object for both
    )
