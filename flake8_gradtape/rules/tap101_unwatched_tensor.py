"""TAP101: a gradient with respect to a plain tensor that the tape never watches."""

from __future__ import annotations

from flake8_gradtape.events import AskedSource, Cause, CauseKind, GradientAsked
from flake8_gradtape.rules.gradient_none import NoGradientRule, names
from flake8_gradtape.rules.wording import listed, the_tape, watch_call


class UnwatchedTensor(NoGradientRule):
    """The source is a plain tensor that the tape never watches.

    A tape follows trainable variables by itself, and nothing else. What is computed from a constant, a batch of
    data or a random tensor is not recorded unless `tape.watch` was called on it, so there is no path to go back
    along and the gradient is None. TensorFlow says nothing; often the error comes much later, when an optimizer or
    an addition meets the None.

    Example:
        x = tf.constant(3.0)
        with tf.GradientTape() as tape:
            y = x * x
        grad = tape.gradient(y, x)

    Use instead:
        x = tf.constant(3.0)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x * x
        grad = tape.gradient(y, x)

    TensorFlow says:
        `grad` is None, without an error or a warning. With the `watch` it is 6.0.

    Known limits:
        Nothing is claimed for a parameter of a function that is not called in the module: it may be a variable.
    """

    code = "TAP101"
    name = "unwatched-tensor"
    cause = CauseKind.UNWATCHED

    def explain(self, asked: GradientAsked, sources: list[AskedSource], cause: Cause) -> str:
        called = names(sources)
        what, it = ("a plain tensor", "it") if len(called) == 1 else ("plain tensors", "them")
        return (
            f"{listed(called)} {'is' if len(called) == 1 else 'are'} {what}, and {the_tape(asked.tape)} never watches "
            f"{it}; call {watch_call(asked.tape, called)} before using {it}"
        )
