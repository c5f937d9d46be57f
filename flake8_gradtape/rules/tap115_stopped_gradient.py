"""TAP115: every path from the source to the target goes through `tf.stop_gradient`."""

from __future__ import annotations

from flake8_gradtape.events import AskedSource, Cause, CauseKind, GradientAsked
from flake8_gradtape.rules.gradient_none import NoGradientRule


class StoppedGradient(NoGradientRule):
    """Every path from the source to the target goes through `tf.stop_gradient`.

    `tf.stop_gradient(x)` has the value of `x` and no gradient: that is what it is for. When no other path is left, the
    gradient is None, not zero. Often the call was put around too much of the computation.

    Example:
        x = tf.Variable(3.0)
        with tf.GradientTape() as tape:
            y = tf.stop_gradient(x) ** 2
        grad = tape.gradient(y, x)

    Use instead:
        x = tf.Variable(3.0)
        with tf.GradientTape() as tape:
            y = tf.stop_gradient(x) * x
        grad = tape.gradient(y, x)

    TensorFlow says:
        `grad` is None, without an error or a warning. With one factor left free it is 3.0.

    Known limits:
        If another path goes around the `tf.stop_gradient`, the call does its work and nothing is claimed.
    """

    code = "TAP115"
    name = "stopped-gradient"
    cause = CauseKind.STOPPED

    def explain(self, asked: GradientAsked, sources: list[AskedSource], cause: Cause) -> str:
        return (
            "the way between them goes through 'tf.stop_gradient'; "
            "leave a way around it, or do not ask for this gradient"
        )
