"""The recorder measures what a tape holds in memory; the rows of the truth table (D01 and so on) are named."""

from __future__ import annotations

import textwrap

import pytest

from flake8_gradtape.events import Answer, BackwardRecorded, TapeEnded
from tests.recorded_program import Program

pytestmark = pytest.mark.tensorflow

CONNECTED = Answer.CONNECTED


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
