"""TAP105: every path from the source to the target leaves TensorFlow."""

from __future__ import annotations

from flake8_gradtape.events import AskedSource, Cause, CauseKind, GradientAsked
from flake8_gradtape.rules.gradient_none import NoGradientRule
from flake8_gradtape.rules.wording import named


class LeftTensorflow(NoGradientRule):
    """Every path from the source to the target leaves TensorFlow.

    A tape sees TensorFlow operations only. `.numpy()`, `float()`, a NumPy function, `tf.numpy_function`,
    `model.predict` or a pass through `tf.data` give plain values; what is computed from them has no connection to
    where they came from, and the gradient is None.

    Example:
        x = tf.Variable(3.0)
        with tf.GradientTape() as tape:
            y = tf.sin(x.numpy())
        grad = tape.gradient(y, x)

    Use instead:
        x = tf.Variable(3.0)
        with tf.GradientTape() as tape:
            y = tf.sin(x)
        grad = tape.gradient(y, x)

    TensorFlow says:
        `grad` is None, without an error or a warning. Without the `.numpy()` it is cos(3) = -0.990.

    Known limits:
        Only claimed if no path stays inside TensorFlow; a result that is cut in part is wrong too, but not None.
    """

    code = "TAP105"
    name = "left-tensorflow"
    cause = CauseKind.LEFT_TENSORFLOW

    def explain(self, asked: GradientAsked, sources: list[AskedSource], cause: Cause) -> str:
        at = f" at {named(cause.what)}" if cause.what else ""
        return (
            f"the way between them leaves TensorFlow{at}, and no tape can follow there; "
            f"use TensorFlow operations all the way"
        )
