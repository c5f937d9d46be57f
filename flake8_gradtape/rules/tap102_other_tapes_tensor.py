"""TAP102: a gradient with respect to a tensor that another tape made."""

from __future__ import annotations

from flake8_gradtape.events import AskedSource, Cause, CauseKind, GradientAsked
from flake8_gradtape.rules.gradient_none import NoGradientRule, names
from flake8_gradtape.rules.wording import another_tape, listed, named, quoted, the_tape, watch_call


class OtherTapesTensor(NoGradientRule):
    """The source or the target was computed under another tape.

    Tapes share nothing. What one tape recorded is unknown to the next: a tensor computed under `first` is a plain
    constant to `second`, which records no path that starts there. Tapes do not chain by themselves into one
    derivative; each must watch what it is asked about, and the results are multiplied.

    Example:
        x = tf.Variable(3.0)
        with tf.GradientTape() as first:
            y = x * x
        with tf.GradientTape() as second:
            z = tf.sin(y)
        dz_dy = second.gradient(z, y)
        dy_dx = first.gradient(y, x)

    Use instead:
        x = tf.Variable(3.0)
        with tf.GradientTape() as first:
            y = x * x
        with tf.GradientTape() as second:
            second.watch(y)
            z = tf.sin(y)
        dz_dy = second.gradient(z, y)
        dy_dx = first.gradient(y, x)
        dz_dx = dz_dy * dy_dx

    TensorFlow says:
        `dz_dy` is None, without an error or a warning. With the `watch` it is cos(9) = -0.911, and `dz_dx` -5.467.

    Known limits:
        A tensor that comes back from an unknown function may be a variable or may have been watched; nothing is
        claimed about it.
    """

    code = "TAP102"
    name = "other-tapes-tensor"
    cause = CauseKind.OTHER_TAPE

    def explain(self, asked: GradientAsked, sources: list[AskedSource], cause: Cause) -> str:
        called, tape = names(sources), the_tape(asked.tape)
        other = another_tape(cause.tape, asked.tape)
        if cause.at is not None and cause.what not in called:  # a step on the way, not the source itself
            step = named(cause.what) or quoted(asked.target, "the target")
            return (
                f"{step} was computed under {other}, and {tape} did not record that; "
                f"ask that tape, or compute {step} inside the block of {tape}"
            )
        were, it = ("was", "it") if len(called) == 1 else ("were", "them")
        return (
            f"{listed(called)} {were} computed under {other}, and {tape} never watches {it}; "
            f"call {watch_call(asked.tape, called)} before using {it}"
        )
