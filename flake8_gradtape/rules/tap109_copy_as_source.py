"""TAP109: the source is a new tensor, not the one that the target was computed from."""

from __future__ import annotations

from flake8_gradtape.events import AskedSource, Cause, CauseKind, GradientAsked
from flake8_gradtape.rules.gradient_none import NoGradientRule, names
from flake8_gradtape.rules.wording import listed, quoted


class CopyAsSource(NoGradientRule):
    """The source is a new tensor, not the one that the target was computed from.

    A tape knows tensors by identity, not by value. `x[0]`, `tf.reshape(x, ...)`, `tf.identity(v)` and a second forward
    pass each make a new tensor, and nothing was computed from the new one. A gradient with respect to a part of `x`
    is that part of the gradient with respect to `x`.

    Example:
        x = tf.Variable([1.0, 2.0])
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(x * x)
        grad = tape.gradient(y, x[0])

    Use instead:
        x = tf.Variable([1.0, 2.0])
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(x * x)
        grad = tape.gradient(y, x)[0]

    TensorFlow says:
        `grad` is None, without an error or a warning. The part of the whole gradient is 2.0.

    Known limits:
        An item of a list or of an unknown value is the same object each time; nothing is claimed about it.
    """

    code = "TAP109"
    name = "copy-as-source"
    cause = CauseKind.COPY_AS_SOURCE

    def explain(self, asked: GradientAsked, sources: list[AskedSource], cause: Cause) -> str:
        called, target = names(sources), quoted(asked.target, "the target")
        if cause.detail == "again":
            were = "was" if len(called) == 1 else "were"
            return (
                f"{listed(called)} {were} computed a second time, and {target} from the first result; compute it once, "
                f"give it a name and use that"
            )
        are = "is a new tensor" if len(called) == 1 else "are new tensors"
        it = "it" if len(called) == 1 else "them"
        return (
            f"{listed(called)} {are}, and {target} was not computed from {it}; "
            f"ask for the tensor that was used, or make the new one first and compute with it"
        )
