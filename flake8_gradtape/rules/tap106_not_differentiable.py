"""TAP106: every path from the source to the target goes through an operation that has no gradient."""

from __future__ import annotations

from collections.abc import Mapping

from flake8_gradtape.events import AskedSource, Cause, CauseKind, GradientAsked
from flake8_gradtape.rules.gradient_none import NoGradientRule
from flake8_gradtape.rules.wording import named

_PLAINER: Mapping[str, str] = {
    "tf.cast": "a 'tf.cast' from or to integers or booleans",
    "tf.where": "the condition of 'tf.where'",
}
"""Operations that have a gradient in other uses."""


class NotDifferentiable(NoGradientRule):
    """Every path from the source to the target goes through an operation that has no gradient.

    `tf.argmax`, `tf.round`, comparisons, `tf.one_hot`, casts to integers and others of this kind have steps instead of
    slopes. TensorFlow gives no gradient for them (not zero: none at all), so a loss that needs them cannot be
    minimised by gradients.

    Example:
        x = tf.Variable([1.0, 2.0])
        with tf.GradientTape() as tape:
            y = tf.cast(tf.argmax(x), tf.float32)
        grad = tape.gradient(y, x)

    Use instead:
        x = tf.Variable([1.0, 2.0])
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(tf.nn.softmax(x) * tf.range(2.0))
        grad = tape.gradient(y, x)

    TensorFlow says:
        `grad` is None, without an error or a warning. The soft form gives [-0.197, 0.197].

    Known limits:
        `tf.sign`, `tf.nn.relu` and `tf.clip_by_value` give zeros where they are flat, not None; they are not
        reported.
    """

    code = "TAP106"
    name = "not-differentiable"
    cause = CauseKind.NOT_DIFFERENTIABLE

    def explain(self, asked: GradientAsked, sources: list[AskedSource], cause: Cause) -> str:
        step = _PLAINER.get(cause.what) or named(cause.what, "an operation")
        return (
            f"the way between them goes through {step}, which has no gradient; "
            f"use a differentiable operation in its place"
        )
