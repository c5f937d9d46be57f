"""TAP111: the source is an integer, a boolean or a string."""

from __future__ import annotations

from flake8_gradtape.events import AskedSource, Cause, CauseKind, GradientAsked
from flake8_gradtape.rules.gradient_none import NoGradientRule, names
from flake8_gradtape.rules.wording import listed


class NotFloating(NoGradientRule):
    """The source is not a floating-point tensor.

    Only floating-point (and complex) tensors have gradients. `tf.Variable(3)` and `tf.constant([1, 2])` are integers:
    a tape does not follow them, and casting inside the block comes too late because the cast itself has no gradient.

    Example:
        x = tf.Variable(3)
        with tf.GradientTape() as tape:
            y = 2.0 * tf.cast(x, tf.float32)
        grad = tape.gradient(y, x)

    Use instead:
        x = tf.Variable(3.0)
        with tf.GradientTape() as tape:
            y = 2.0 * x
        grad = tape.gradient(y, x)

    TensorFlow says:
        `grad` is None. TensorFlow warns only if such a tensor is watched by hand: "The dtype of the watched tensor must
        be floating (e.g. tf.float32), got tf.int32". With 3.0 it is 2.0.

    Known limits:
        Only claimed where the dtype is written in the module.
    """

    code = "TAP111"
    name = "not-floating"
    cause = CauseKind.NOT_FLOATING

    def explain(self, asked: GradientAsked, sources: list[AskedSource], cause: Cause) -> str:
        called = names(sources)
        are = "is not a floating-point tensor" if len(called) == 1 else "are not floating-point tensors"
        it = "it" if len(called) == 1 else "them"
        return (
            f"{listed(called)} {are}, and only those have gradients; "
            f"make {it} floating-point from the start (3.0 instead of 3, or dtype=tf.float32)"
        )
