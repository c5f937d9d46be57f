"""Findings are judged by what TensorFlow showed on their lines.

How a program is recorded is tested in `test_recorder`. Findings are written by hand here: what the analyzer finds is
no matter of this test. The name of a claim is the code of the one rule that makes it.
"""

from __future__ import annotations

import sys
import textwrap

import pytest

from flake8_gradtape.events import Claim
from flake8_gradtape.runtime.confirming.verdicts import Confirmation, Verdict, confirm_findings
from flake8_gradtape.runtime.recording.recorder import record
from tests.recorded_program import Finding

pytestmark = pytest.mark.tensorflow

CONFIRMED, REFUTED, NOT_REACHED = Verdict.CONFIRMED, Verdict.REFUTED, Verdict.NOT_REACHED
CLAIMS = {claim.name: claim for claim in Claim}


def judged(text: str, claim: Claim, word: str = "here", column: int = -1) -> Confirmation:
    """Run a program and judge a finding on the line that ends in the comment `word`."""
    source = "import tensorflow as tf\n" + textwrap.dedent(text).strip("\n") + "\n"
    (line,) = (number for number, one in enumerate(source.splitlines(), 1) if one.endswith(f"# {word}"))
    recording = record(source, "/nowhere/program.py")
    (verdict,) = confirm_findings([Finding(claim.name, line, column)], recording, CLAIMS)
    assert (verdict.code, verdict.line, verdict.column) == (claim.name, line, column)
    return verdict


def words(text: str, claim: Claim, verdict: Verdict, word: str = "here", column: int = -1) -> str:
    """The words of the verdict, which must be `verdict`."""
    result = judged(text, claim, word, column)
    assert result.verdict is verdict, result
    return result.words


# The gradient is None -----------------------------------------------------------------------------------------------

ASKED_IN_A_LOOP = """
    x, c = tf.Variable(3.0), tf.constant(2.0)
    for source in [{sources}]:
        with tf.GradientTape() as tape:
            y = x * c
        tape.gradient(y, [x, source])  # here
"""


def test_a_none_in_some_run_of_the_line_confirms() -> None:
    told = words(ASKED_IN_A_LOOP.format(sources="x, c, x"), Claim.GRADIENT_IS_NONE, CONFIRMED)
    assert told == "gradient() gave None for 1 of 2 sources (source) in 1 of 3 calls"


def test_a_tensor_for_each_source_in_every_run_refutes() -> None:
    told = words(ASKED_IN_A_LOOP.format(sources="x, x"), Claim.GRADIENT_IS_NONE, REFUTED)
    assert told == "gradient() gave a tensor for each source in 2 calls"


def test_a_line_that_no_run_reaches_is_not_judged() -> None:
    assert (
        words(ASKED_IN_A_LOOP.format(sources=""), Claim.GRADIENT_IS_NONE, NOT_REACHED)
        == "no tape was asked on this line"
    )


def test_an_exception_in_place_of_none_refutes() -> None:
    told = words(
        """
        x = tf.Variable(3.0)
        with tf.GradientTape() as tape:
            y = x * x
        tape.gradient(y, x)
        tape.gradient(y, x)  # here
        """,
        Claim.GRADIENT_IS_NONE,
        REFUTED,
    )
    assert told.startswith("gradient() gave no None, it raised RuntimeError: A non-persistent GradientTape")


def test_zeros_in_place_of_none_refute() -> None:
    text = """
        c = tf.constant(3.0)
        with tf.GradientTape() as tape:
            y = c * c
        tape.gradient(y, c, unconnected_gradients="zero")  # here
    """
    words(text, Claim.GRADIENT_IS_NONE, REFUTED)


def test_the_zeros_of_batch_jacobian_are_told_for_what_they_are() -> None:
    text = """
        c = tf.constant([[3.0]])
        with tf.GradientTape() as tape:
            y = c * c
        tape.batch_jacobian(y, c)  # here
    """
    told = words(text, Claim.GRADIENT_IS_NONE, CONFIRMED)
    assert told == "batch_jacobian() gave zeros, for want of a gradient, for 1 of 1 source (c)"


def test_two_calls_on_one_line_are_told_apart_by_their_column() -> None:
    text = """
        x, c = tf.Variable(3.0), tf.constant(2.0)
        with tf.GradientTape(persistent=True) as tape:
            y = x * c
        a, b = tape.gradient(y, x), tape.gradient(y, c)  # here
    """
    words(text, Claim.GRADIENT_IS_NONE, REFUTED, column=7)
    words(text, Claim.GRADIENT_IS_NONE, CONFIRMED, column=28)
    words(text, Claim.GRADIENT_IS_NONE, CONFIRMED)


# The call raises ----------------------------------------------------------------------------------------------------


def test_an_exception_on_the_line_confirms_even_if_the_program_catches_it() -> None:
    text = """
        x = tf.Variable(3.0)
        with tf.GradientTape() as tape:
            y = x * x
        tape.gradient(y, x)  # first
        try:
            tape.gradient(y, x)  # here
        except RuntimeError:
            pass
        if x < 0.0:
            tape.watch(x)  # never
    """
    assert words(text, Claim.CALL_RAISES, CONFIRMED).startswith("RuntimeError: A non-persistent GradientTape")
    assert words(text, Claim.CALL_RAISES, REFUTED, "first") == "the call did not raise"
    words(text, Claim.CALL_RAISES, NOT_REACHED, "never")


def test_the_end_of_the_program_by_an_exception_on_the_line_confirms() -> None:
    told = words("with tf.GradientTape as tape:  # here\n    pass", Claim.CALL_RAISES, CONFIRMED)
    python_3_10 = "AttributeError: __enter__"
    assert told in ("TypeError: 'type' object does not support the context manager protocol", python_3_10)
    told = words("tape = tf.GradientTape()\ntape.gradients(1, 2)  # here", Claim.CALL_RAISES, CONFIRMED)
    assert told.startswith("AttributeError: 'GradientTape' object has no attribute 'gradients'")


def test_an_exception_of_anything_else_on_the_line_confirms_too() -> None:
    text = """
        w = tf.Variable(2.0)
        tape = tf.GradientTape()
        try:
            w -= 1.0  # augmented
        except RuntimeError:
            pass
        for name in ["watch", "gradients"]:
            try:
                print(
                    getattr(tape, name), (
                        tape.gradients  # attribute
                    )
                )
            except AttributeError:
                pass
        w.assign_sub(1.0)  # fine
        decrease = lambda: w.assign_sub(1.0)  # maybe
        if w < 0.0:
            w -= 1.0  # never
    """
    assert words(text, Claim.CALL_RAISES, CONFIRMED, "augmented").startswith("RuntimeError: `variable -= value`")
    told = words(text, Claim.CALL_RAISES, CONFIRMED, "attribute")
    assert told == "AttributeError: 'GradientTape' object has no attribute 'gradients'"
    assert words(text, Claim.CALL_RAISES, REFUTED, "fine") == "the call did not raise"
    words(text, Claim.CALL_RAISES, NOT_REACHED, "maybe")
    words(text, Claim.CALL_RAISES, NOT_REACHED, "never")


def test_of_two_exceptions_on_one_line_the_one_in_the_column_is_quoted() -> None:
    text = """
        w = tf.Variable(2.0)
        tape = tf.GradientTape()
        for step in [tape, w]:
            try:
                w.nothing if step is w else tape.gradients  # here
            except AttributeError:
                pass
    """
    assert "gradients" in words(text, Claim.CALL_RAISES, CONFIRMED)
    if sys.version_info >= (3, 11):  # earlier ones do not tell where on the line
        assert "nothing" in words(text, Claim.CALL_RAISES, CONFIRMED, column=8)
        assert "gradients" in words(text, Claim.CALL_RAISES, CONFIRMED, column=36)


def test_an_exception_in_a_called_function_is_not_one_of_the_call() -> None:
    text = """
        def helper():
            return tf.GradientTape().gradients()  # inside
        try:
            helper()  # outside
        except AttributeError:
            pass
    """
    words(text, Claim.CALL_RAISES, CONFIRMED, "inside")
    words(text, Claim.CALL_RAISES, NOT_REACHED, "outside")


def test_lines_of_traced_functions_raise_and_run_too() -> None:
    text = """
        x = tf.Variable(3.0)
        @tf.function
        def raising():
            tf.GradientTape().gradients()  # raises
        @tf.function
        def running():
            y = x * x
            return tf.gradients(y, x)  # runs
        running()
        try:
            raising()  # call
        except AttributeError:
            pass
    """
    told = words(text, Claim.CALL_RAISES, CONFIRMED, "raises")
    assert told == "AttributeError: 'GradientTape' object has no attribute 'gradients'"
    words(text, Claim.CALL_RAISES, NOT_REACHED, "call")
    words(text, Claim.CALL_RAISES, REFUTED, "runs")


def test_what_was_not_reached_is_explained_by_the_error_that_ended_the_program() -> None:
    text = """
        raise ValueError("no data")  # before
        tf.GradientTape().watch(1.0)  # here
    """
    assert words(text, Claim.CALL_RAISES, NOT_REACHED).endswith(
        "the program was ended on line 2 by ValueError: no data"
    )


# Memory and needless work -------------------------------------------------------------------------------------------

PERSISTENT = """
    x = tf.Variable([3.0, 4.0])
    with tf.GradientTape(persistent={persistent}) as tape:  # here
        y = tf.sin(tf.exp(x))
        {inside}  # inside
    {after}
"""


def persistent(inside: str = "pass", after: str = "pass", persistent: str = "True") -> str:
    return textwrap.dedent(PERSISTENT).format(inside=inside, after=after, persistent=persistent)


def test_a_recording_that_is_alive_at_the_end_confirms_and_one_that_is_gone_refutes() -> None:
    told = words(persistent(after="tape.gradient(y, x)"), Claim.RECORDING_KEPT, CONFIRMED)
    assert told.startswith("the recording is alive at the end of the program: 2 operations, 1 tensor of 8 bytes that")
    words(persistent(after="del tape"), Claim.RECORDING_KEPT, REFUTED)
    words(persistent(after="tape.gradient(y, x)", persistent="False"), Claim.RECORDING_KEPT, REFUTED)


def test_of_the_tapes_that_a_loop_makes_only_the_last_one_is_kept() -> None:
    text = """
    x = tf.Variable(3.0)
    for turn in range(2):
        with tf.GradientTape(persistent=True) as tape:  # here
            y = tf.exp(x)
        tape.gradient(y, x)
    {after}
    """
    words(text.format(after="pass"), Claim.RECORDING_KEPT, CONFIRMED)
    words(text.format(after="raise ValueError"), Claim.RECORDING_KEPT, NOT_REACHED)
    words(text.format(after="del tape"), Claim.RECORDING_KEPT, REFUTED)


def test_an_error_before_the_last_use_leaves_the_recording_unjudged() -> None:
    for claim in (Claim.RECORDING_KEPT, Claim.NEVER_ASKED, Claim.PERSISTENCE_UNUSED):
        words(persistent(after="raise ValueError"), claim, NOT_REACHED)


def test_a_tape_that_grows_is_confirmed_with_its_sizes() -> None:
    text = """
        x = tf.Variable([3.0, 4.0])
        tape = tf.GradientTape(persistent=True)
        for _ in range({passes}):
            with tape:  # here
                y = {target}
            tape.gradient(y, x)
    """
    told = words(text.format(passes=3, target="tf.exp(x)"), Claim.RECORDING_GROWS, CONFIRMED)
    assert told == "operations on the tape after each pass: 1, 2, 3"
    told = words(text.format(passes=3, target="tf.sin(x)"), Claim.RECORDING_GROWS, REFUTED)
    assert told == "operations on the tape after each pass: 1, 1, 1"
    words(text.format(passes=1, target="tf.exp(x)"), Claim.RECORDING_GROWS, NOT_REACHED)


def test_a_tape_is_never_asked_if_none_made_on_the_line_is() -> None:
    assert words(persistent(), Claim.NEVER_ASKED, CONFIRMED) == "the tape recorded 2 operations and was never asked"
    words(persistent(after="tape.gradient(y, x)"), Claim.NEVER_ASKED, REFUTED)
    words(persistent(after="tape.gradient(x, x); raise ValueError"), Claim.NEVER_ASKED, REFUTED)
    text = "with tf.GradientTape() as tape:  # here\n    y = tf.exp(1.0)"
    assert words(text, Claim.NEVER_ASKED, REFUTED) == "the tape recorded nothing"


def test_two_tapes_on_one_line_are_told_apart_by_their_column() -> None:
    text = """
        x = tf.Variable(3.0)
        with tf.GradientTape() as a, tf.GradientTape() as b:  # here
            y = x * x
        b.gradient(y, x)
    """
    words(text, Claim.NEVER_ASKED, CONFIRMED, column=5)
    words(text, Claim.NEVER_ASKED, REFUTED, column=29)
    words(text, Claim.NEVER_ASKED, CONFIRMED)


def test_the_lines_of_a_with_header_stand_for_one_another() -> None:
    text = """
        x = tf.Variable(3.0)
        with (  # first
            tf.GradientTape(
                persistent=True
            ) as tape
        ):
            y = x * x
        try:
            with tf.GradientTape() as a, \\
                 a:  # again
                pass
        except ValueError:
            pass
    """
    words(text, Claim.PERSISTENCE_UNUSED, CONFIRMED, "first")
    assert words(text, Claim.CALL_RAISES, CONFIRMED, "again").startswith("ValueError: Tape is still recording")


def test_persistence_is_unused_if_each_tape_of_the_line_is_asked_at_most_once() -> None:
    told = words(persistent(after="tape.gradient(y, x)"), Claim.PERSISTENCE_UNUSED, CONFIRMED)
    assert told == "the tape is persistent and was asked 1 time"
    words(persistent(), Claim.PERSISTENCE_UNUSED, CONFIRMED)
    told = words(persistent("tape.gradient(y, x)", "tape.jacobian(y, x)"), Claim.PERSISTENCE_UNUSED, REFUTED)
    assert told == "the tape was asked 2 times"
    words(persistent(persistent="False"), Claim.PERSISTENCE_UNUSED, REFUTED)


def test_the_warning_of_the_block_confirms_unless_the_result_is_differentiated() -> None:
    told = words(persistent("g = tape.gradient(y, x)"), Claim.WARNS_IN_BLOCK, CONFIRMED, "inside")
    warning = "Calling GradientTape.gradient on a persistent tape inside its context is significantly less efficient "
    assert told == f"TensorFlow logged: {warning}than calling it outside the context"
    used = persistent("g = tape.gradient(y, x)", "tape.gradient(g, x)")
    words(used, Claim.WARNS_IN_BLOCK, REFUTED, "inside")
    words(persistent("tape.gradient(y, x)", persistent="False"), Claim.WARNS_IN_BLOCK, REFUTED, "inside")
    words(persistent(), Claim.WARNS_IN_BLOCK, NOT_REACHED, "inside")


def test_a_recorded_gradient_computation_confirms_unless_it_is_differentiated() -> None:
    text = """
        x = tf.Variable([3.0, 4.0])
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                y = {target}
            g = inner.gradient(y, x)  # here
        {after}
    """
    told = words(text.format(target="tf.exp(x)", after="outer.gradient(y, x)"), Claim.WORK_UNUSED, CONFIRMED)
    assert told == "the outer tape recorded 1 operation of this call, and no gradient goes through them"
    words(text.format(target="tf.exp(x)", after="outer.gradient(g, x)"), Claim.WORK_UNUSED, REFUTED)
    words(text.format(target="3.0 * x", after="outer.gradient(y, x)"), Claim.WORK_UNUSED, REFUTED)
    words(text.format(target="tf.exp(x)", after="raise ValueError"), Claim.WORK_UNUSED, NOT_REACHED)
    words("if tf.constant(0):\n    tf.GradientTape().gradient(1, 2)  # here", Claim.WORK_UNUSED, NOT_REACHED)


def test_a_code_without_a_claim_is_not_judged() -> None:
    (verdict,) = confirm_findings([Finding("TAP900", 1)], record("", "/nowhere/program.py"), CLAIMS)
    assert (verdict.verdict, verdict.words) == (NOT_REACHED, "TAP900 claims nothing that a run could show")
