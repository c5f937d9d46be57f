"""The recorder tells what TensorFlow answers, raises and warns of; the rows of the truth table are named."""

from __future__ import annotations

import sys

import pytest

from flake8_gradtape.events import Answer, BackwardRecorded, GradientAsked, Misuse, TapeEnded
from tests.recorded_program import Program

pytestmark = pytest.mark.tensorflow

NONE, CONNECTED, CANNOT_TELL = Answer.NONE, Answer.CONNECTED, Answer.CANNOT_TELL


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


def test_an_unknown_option_raises_and_does_not_spend_the_tape() -> None:  # A93
    program = Program("""
        x = tf.Variable([[1.0, 2.0]])
        def attempt(method, option):
            with tf.GradientTape() as tape:
                y = x * x
            try:
                getattr(tape, method)(y, x, unconnected_gradients=option)
            except ValueError:
                assert tape.gradient(y, x) is not None
                return
            raise AssertionError
        attempt("gradient", None)
        attempt("jacobian", "ZERO")
        tf.function(attempt)("gradient", 0)
        attempt("batch_jacobian", False)
    """)
    assert program.recording.error is None
    assert [(method, misuse) for _, method, misuse in program.raised()] == [
        (method, Misuse.UNKNOWN_OPTION) for method in ("gradient", "jacobian", "gradient", "batch_jacobian")
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


def test_exceptions_are_told_by_the_innermost_line_of_the_program_and_once() -> None:
    program = Program("""
        import json
        def read(text):
            return json.loads(text)  # read
        def attempt(text):
            try:
                read(text)
            except ValueError as error:
                raise LookupError("nothing") from error  # raise
        for text in ["1", "x", "y", "2"]:
            try:
                attempt(text)
            except LookupError:
                pass
        next(iter([]), None)
        try:
            next(iter([]))
        except StopIteration:
            pass
    """)
    assert [(error.kind, error.where) for error in program.recording.raised] == [
        ("JSONDecodeError", program.line("read")),
        ("LookupError", program.line("raise")),
    ]
    assert program.recording.error is None


def test_a_line_is_completed_only_with_everything_on_it() -> None:
    program = Program("""
        x = tf.Variable(3.0)  # plain
        double = lambda y: y * 2.0  # lambda
        z = [y for y in (x,)]  # list
        if x < 0.0: x.assign(0.0)  # if
        def helper():
            return x + x  # never
        try:
            tf.add(
                x,
                tf.missing)  # missing
        except AttributeError:
            pass
        print(  # several
            x, x)
    """)
    completed = program.recording.completed
    assert {program.line("plain"), program.line("several")} <= completed
    for word in ("lambda", "list", "if", "never", "missing"):
        assert program.line(word) not in completed
    assert program.line("missing") - 2 not in completed  # where the call begins that was never made


def test_an_exception_that_cannot_be_told_does_not_disturb_the_program() -> None:
    program = Program("""
        class Silent(Exception):
            def __str__(self):
                raise TypeError
        try:
            raise Silent
        except Silent:
            done = True
        assert done
    """)
    assert program.recording.error is None
    assert [(error.kind, error.message) for error in program.recording.raised] == [("Silent", "")]


def test_the_trace_function_of_before_is_set_again() -> None:
    def trace(*_: object) -> None:
        return None

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        Program("x = 1")
        after = sys.gettrace()
    finally:
        sys.settrace(before)
    assert after is trace


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
