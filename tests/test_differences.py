"""Gradient calls compared with central finite differences, and the verdicts on habits; the rows of the truth table
are named."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from flake8_gradtape.events import Claim
from flake8_gradtape.runtime.confirming.confirm import confirm_file
from flake8_gradtape.runtime.confirming.verdicts import Verdict, confirm_findings
from flake8_gradtape.runtime.recording.deletions import deleted_by_name
from flake8_gradtape.runtime.recording.recorder import record
from flake8_gradtape.runtime.recording.result import Recording
from tests.recorded_program import Finding

pytestmark = pytest.mark.tensorflow

CLAIMS = {claim.name: claim for claim in Claim}
CONFIRMED, REFUTED, NOT_REACHED = Verdict.CONFIRMED, Verdict.REFUTED, Verdict.NOT_REACHED


def recorded(text: str) -> tuple[Recording, int]:
    """A program, and its line that ends in the comment `here`; gradient calls on that line are compared."""
    source = "import tensorflow as tf\n" + textwrap.dedent(text).strip("\n") + "\n"
    (line,) = (number for number, one in enumerate(source.splitlines(), 1) if one.endswith("# here"))
    return record(source, "/nowhere/program.py", differences_at=[line]), line


def judged(text: str, claim: Claim = Claim.VALUE_IS_WRONG) -> tuple[Verdict, str]:
    recording, line = recorded(text)
    (verdict,) = confirm_findings([Finding(claim.name, line)], recording, CLAIMS)
    return verdict.verdict, verdict.words


WATCHED = """
    x = tf.constant(3.0, tf.float64)
    with tf.GradientTape() as tape:
        {before}
        a = x * x
        tape.watch(x)
        y = a + 5.0 * x
    tape.gradient(y, x)  # here
"""


def test_a_watch_between_two_uses_gives_a_wrong_value() -> None:  # A20
    told = "gradient() gave 5, central differences give 11 (tolerance 1e-05)"
    assert judged(WATCHED.format(before="pass")) == (CONFIRMED, told)
    told = "gradient() gave 11, central differences give 11 (tolerance 1e-05)"
    assert judged(WATCHED.format(before="tape.watch(x)")) == (REFUTED, told)


@pytest.mark.parametrize(
    ("block", "verdict"),
    [
        ("y = float(x) * x", CONFIRMED),  # A55
        ("y = tf.constant(x) * x", CONFIRMED),  # A62
        ("y = tf.stop_gradient(x) * x", REFUTED),
        ("y = tf.sin(x) * x", REFUTED),
        ("y = tf.nn.relu(x) + tf.cast(x > 0.0, x.dtype)", REFUTED),
        ("y = tf.math.log(-x) * x", NOT_REACHED),  # no finite number
    ],
)
def test_what_is_cut_is_wrong_and_what_is_stopped_is_meant(block: str, verdict: Verdict) -> None:
    text = """
        x = tf.Variable({start}, dtype=tf.{kind})
        with tf.GradientTape() as tape:
            {block}
        tape.gradient(y, x)  # here
    """
    for kind in ("float32", "float64"):
        assert judged(text.format(start=3.0, block=block, kind=kind))[0] is verdict
    if verdict is not NOT_REACHED:
        assert judged(text.format(start=3.0, block=block, kind="float16"))[0] is NOT_REACHED


def test_none_as_weights_leaves_out_the_rest_of_the_chain() -> None:  # C34
    text = """
        x = tf.Variable(3.0, dtype=tf.float64)
        with tf.GradientTape() as first:
            y = x * x
        with tf.GradientTape() as second:
            {watch}
            z = y * y
        g = second.gradient(z, y)
        first.gradient(y, x, output_gradients={weights})  # here
    """
    told = judged(text.format(watch="pass", weights="g"))
    assert told == (CONFIRMED, "gradient() gave 6, central differences give 108 (tolerance 0.0001)")
    assert judged(text.format(watch="second.watch(y)", weights="g"))[0] is REFUTED
    assert judged(text.format(watch="second.watch(y)", weights="None"))[0] is REFUTED  # as if not given


def test_the_loss_as_weight_scales_the_gradient() -> None:
    text = """
        x = tf.Variable([3.0, 1.0], dtype=tf.float64)
        with tf.GradientTape() as tape:
            loss = tf.reduce_{kind}(x * x)
        tape.gradient(loss, x, {weights})  # here
    """
    assert judged(text.format(kind="sum", weights="loss"))[0] is CONFIRMED
    assert judged(text.format(kind="sum", weights="2.0 * loss"))[0] is REFUTED  # may be meant so
    assert judged(text.format(kind="sum", weights="None"))[0] is REFUTED
    vector = text.replace("tf.reduce_{kind}(x * x)", "x * x").format(weights="loss")
    assert judged(vector)[0] is REFUTED  # half the square of a vector has this gradient


def test_an_inner_step_by_assignment_leaves_the_first_order() -> None:  # C24
    text = """
        w = tf.Variable(2.0, dtype=tf.float64)
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                inner_loss = w**3
            step = 0.1 * inner.gradient(inner_loss, w)
            {step}
        outer.gradient(loss, w)  # here
    """
    told = judged(text.format(step="w.assign_sub(step); loss = w**2"))
    assert told == (CONFIRMED, "gradient() gave 1.6, central differences give -0.32 (tolerance 2e-06)")
    assert judged(text.format(step="loss = (w - step) ** 2"))[0] is REFUTED


def test_a_nan_where_the_target_is_finite_is_wrong() -> None:  # X14
    text = """
        x = tf.Variable([0.0, 1.0])
        with tf.GradientTape() as tape:
            y = tf.where(x > 0.1, tf.math.log({argument}), 0.0)
        tape.gradient(y, x)  # here
    """
    told = judged(text.format(argument="x"))
    assert told == (CONFIRMED, "gradient() gave nan, though the target is finite all around")
    assert judged(text.format(argument="tf.where(x > 0.1, x, 1.0)"))[0] is REFUTED


def test_the_same_loss_again_is_compared_with_the_loss_at_the_values_of_now() -> None:
    text = """
        x, other = tf.Variable(3.0, dtype=tf.float64), tf.Variable(1.0, dtype=tf.float64)
        with tf.GradientTape(persistent=True) as tape:
            loss = x**2
        for _ in range(3):
            gradient = tape.gradient(loss, x)  # here
            {moved}.assign_sub(0.1 * gradient)
    """
    told = judged(text.format(moved="x"))
    assert told == (CONFIRMED, "gradient() gave 6, central differences give 4.8 (tolerance 6e-06)")
    assert judged(text.format(moved="other"))[0] is REFUTED


def test_variables_that_are_made_after_the_first_call_do_not_matter_to_it() -> None:
    text = """
        x, made = tf.Variable(3.0, dtype=tf.float64), []
        with tf.GradientTape(persistent=True) as tape:
            loss = x**2
        for _ in range(3):
            gradient = tape.gradient(loss, x)  # here
            made = made or [tf.Variable(0.5, dtype=tf.float64)]
            made[0].assign(0.1 * gradient)
            x.assign_sub(made[0])
    """
    assert judged(text) == (CONFIRMED, "gradient() gave 6, central differences give 4.8 (tolerance 6e-06)")


def test_ordinary_training_is_right_in_each_pass_though_all_variables_move() -> None:
    text = """
        model = tf.keras.Sequential(
            [tf.keras.Input((3,)), tf.keras.layers.Dense(4, "tanh"), tf.keras.layers.Dropout(0.5),
             tf.keras.layers.Dense(1)]
        )
        optimizer = tf.keras.optimizers.Adam()

        @tf.function
        def step(features):
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(model(features, training=True) ** 2)
            gradients = tape.gradient(loss, model.trainable_variables)  # here
            optimizer.apply_gradients(zip(gradients, model.trainable_variables))

        for _ in range(4):
            step(tf.random.normal((5, 3)))
    """
    recording, _ = recorded(text)
    assert [one.wrong for one in recording.differences] == [False] * 3  # so many runs of one call are looked at


def test_jacobians_are_compared_too() -> None:
    text = """
        x = tf.Variable([[2.0, 1.0], [0.5, 3.0]], dtype=tf.float64)
        with tf.GradientTape(persistent=True) as tape:
            y = {cut}(x) * x
        tape.jacobian(y, x), tape.batch_jacobian(y, x)  # here
    """
    for cut, wrong in (("tf.sin", False), ("tf.constant", True)):
        recording, _ = recorded(text.format(cut=cut))
        assert [one.wrong for one in recording.differences] == [wrong, wrong]


def test_a_program_that_does_not_do_the_same_again_is_not_judged() -> None:
    text = """
        import time
        x = tf.Variable(3.0, dtype=tf.float64)
        with tf.GradientTape() as tape:
            y = float(x) * x * (1.0 + time.time() % 1.0)
        tape.gradient(y, x)  # here
    """
    verdict, words = judged(text)
    assert verdict is NOT_REACHED
    assert words == "no finite differences: the program does not do the same in each run"


def test_a_call_that_is_not_reached_or_raises_is_not_judged() -> None:
    assert judged("if tf.constant(0) > 1:\n    tf.GradientTape().gradient(1, 2)  # here")[0] is NOT_REACHED
    raising = """
        x = tf.Variable(3.0)
        with tf.GradientTape() as tape:
            y = x * x
        tape.gradient(y, x)
        tape.gradient(y, x)  # here
    """
    assert judged(raising)[0] is NOT_REACHED


def test_tensorflow_is_left_as_it_was() -> None:
    import tensorflow as tf
    from tensorflow.python import pywrap_tfe

    before = pywrap_tfe.TFE_Py_FastPathExecute, tf.GradientTape.gradient, tf.GradientTape._push_tape
    judged(WATCHED.format(before="pass"))
    assert before == (pywrap_tfe.TFE_Py_FastPathExecute, tf.GradientTape.gradient, tf.GradientTape._push_tape)
    assert not tf.config.functions_run_eagerly()


def test_a_script_is_compared_in_its_own_process(tmp_path: Path) -> None:
    path = tmp_path / "script.py"
    path.write_text("import tensorflow as tf\n" + textwrap.dedent(WATCHED.format(before="pass")).lstrip())
    (verdict,) = confirm_file(path, [Finding("VALUE_IS_WRONG", 8)], CLAIMS).verdicts
    assert (verdict.verdict, verdict.words[:17]) == (CONFIRMED, "gradient() gave 5")


# Habits -------------------------------------------------------------------------------------------------------------

DELETED = """
    def two(x):
        with tf.GradientTape(persistent={persistent}) as tape:  # here
            y = tf.sin(x)
            z = tf.exp(x)
        found = tape.gradient(y, x){more}
        {end}
        return found
    two(tf.Variable(1.0))
"""


@pytest.mark.parametrize(
    ("end", "verdict"),
    [("pass", CONFIRMED), ("tape = None", CONFIRMED), ("del y", CONFIRMED), ("del tape", REFUTED)],
)
def test_a_persistent_tape_is_deleted_by_its_name_or_not_at_all(end: str, verdict: Verdict) -> None:
    text = DELETED.format(persistent=True, more=", tape.gradient(z, x)", end=end)
    assert judged(text, Claim.NOT_DELETED)[0] is verdict


def test_an_ordinary_tape_has_nothing_to_delete() -> None:
    assert judged(DELETED.format(persistent=False, more="", end="pass"), Claim.NOT_DELETED)[0] is REFUTED


def test_a_tape_deleted_under_another_name_is_deleted() -> None:
    text = """
        def make():
            with tf.GradientTape(persistent=True) as tape:  # here
                pass
            return tape
        kept = make()
        del kept
    """
    assert judged(text, Claim.NOT_DELETED)[0] is REFUTED


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("t = f()\ndel t", {(1, 4)}),
        ("with f() as t:\n    pass\ndel t, u", {(1, 5)}),
        ("def g():\n    t = f()\n    del u\ndel t", set()),
        ("def g():\n    global t\n    t = f()\ndel t", {(3, 8)}),
        ("def g(self):\n    self.t = f()\ndef h(self):\n    del self.t", {(2, 13)}),
        ("é = (f())\ndel é", {(1, 5)}),
        ("t = f(", set()),
    ],
)
def test_a_local_name_is_deleted_in_its_own_function(text: str, found: set[tuple[int, int]]) -> None:
    assert deleted_by_name(text) == found


@pytest.mark.parametrize(
    ("made", "watch_accessed", "use", "verdict"),
    [
        ("tf.Variable(3.0)", True, "x * x", CONFIRMED),
        ("tf.Variable(3.0)", True, "tf.exp(x)", CONFIRMED),
        ("tf.Variable(3.0)", True, "tf.exp(1.0)", REFUTED),
        ("tf.Variable(3.0)", False, "x * x", REFUTED),
        ("tf.Variable(3.0, trainable=False)", True, "x * x", REFUTED),
        ("tf.constant(3.0)", True, "x * x", REFUTED),
    ],
)
def test_a_watch_is_redundant_if_the_tape_watches_the_variable_by_itself(
    made: str, watch_accessed: bool, use: str, verdict: Verdict
) -> None:
    text = f"""
        x = {made}
        with tf.GradientTape(watch_accessed_variables={watch_accessed}) as tape:
            tape.watch(x)  # here
            y = {use}
        assert len(tape.watched_variables()) == isinstance(x, tf.Variable)
        tape.gradient(y, x)
        assert len(tape.watched_variables()) == isinstance(x, tf.Variable)
    """
    assert judged(text, Claim.WATCH_IS_REDUNDANT)[0] is verdict


def test_a_watch_that_is_needed_once_is_needed() -> None:
    text = """
        for x in [tf.Variable(3.0), tf.constant(3.0)]:
            with tf.GradientTape() as tape:
                tape.watch(x)  # here
                y = x * x
            tape.gradient(y, x)
    """
    assert judged(text, Claim.WATCH_IS_REDUNDANT)[0] is REFUTED


def test_a_gradient_that_is_smaller_than_the_tolerance_is_not_judged() -> None:
    text = """
        x = tf.Variable(1.0)
        with tf.GradientTape() as tape:
            y = 1000.0 + 1e-5 * {cut}(x) + 1e-5 * x
        tape.gradient(y, x)  # here
    """
    for cut in ("tf.sin", "tf.stop_gradient"):
        assert judged(text.format(cut=cut))[0] is NOT_REACHED


def test_where_a_none_for_output_gradients_comes_from_another_tensor_nothing_is_said() -> None:
    text = """
        x = tf.Variable(2.0)
        with tf.GradientTape() as tape:
            y = x * x
        with tf.GradientTape() as second:
            copy = tf.constant(y.numpy())
            z = copy * copy
        seen = second.gradient(z, copy)
        tape.gradient(y, x, output_gradients=seen)  # here
    """
    assert judged(text) == (NOT_REACHED, "no finite differences: which gradient was None can't be told")
