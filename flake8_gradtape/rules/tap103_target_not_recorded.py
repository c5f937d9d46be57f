"""TAP103: the target, or a step on the way to it, was computed while the tape was not recording."""

from __future__ import annotations

from flake8_gradtape.events import AskedSource, Cause, CauseKind, GradientAsked
from flake8_gradtape.rules.gradient_none import NoGradientRule, names
from flake8_gradtape.rules.wording import call_on, named, quoted, the_tape


class TargetNotRecorded(NoGradientRule):
    """The target, or a step on the way to it, was computed while the tape was not recording.

    A tape records only what runs inside its `with` block (and not inside `stop_recording`, nor before `reset`). One
    step outside is enough: a loss averaged one line after the block, a forward pass run before it. The recording
    then has no way from the target to the source, and the gradient is None.

    Example:
        w = tf.Variable([[1.0], [2.0]])
        with tf.GradientTape() as tape:
            predicted = tf.ones([4, 2]) @ w
        loss = tf.reduce_mean((predicted - 1.0) ** 2)
        grad = tape.gradient(loss, w)

    Use instead:
        w = tf.Variable([[1.0], [2.0]])
        with tf.GradientTape() as tape:
            predicted = tf.ones([4, 2]) @ w
            loss = tf.reduce_mean((predicted - 1.0) ** 2)
        grad = tape.gradient(loss, w)

    TensorFlow says:
        `grad` is None, without an error or a warning. With the loss inside the block it is [[4.0], [4.0]].

    Known limits:
        A last step made by a function nobody can see is not claimed: it may hand back something that was computed
        inside the block.
    """

    code = "TAP103"
    name = "target-not-recorded"
    cause = CauseKind.NOT_RECORDED

    def explain(self, asked: GradientAsked, sources: list[AskedSource], cause: Cause) -> str:
        tape = the_tape(asked.tape)
        when, where = {
            "before": (f"before {tape} began to record", f"inside the 'with' block of {tape}"),
            "reset": (f"before {call_on(asked.tape, 'reset')}, which drops the recording", "after it"),
            "earlier": (f"in an earlier recording of {tape}, which is gone", "again inside its last 'with' block"),
            "paused": (f"inside {call_on(asked.tape, 'stop_recording')}", "outside of that block"),
        }.get(cause.detail, (f"while {tape} was not recording", f"inside the 'with' block of {tape}"))
        if cause.what in names(sources):
            return f"{named(cause.what)} was used only {when}; use it {where}"
        step = named(cause.what) or quoted(asked.target, "the target")
        return f"{step} was computed {when}; compute it {where}"
