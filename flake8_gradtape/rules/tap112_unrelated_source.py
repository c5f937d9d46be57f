"""TAP112: the target does not depend on the source."""

from __future__ import annotations

from flake8_gradtape.events import AskedSource, Cause, CauseKind, GradientAsked
from flake8_gradtape.rules.gradient_none import NoGradientRule, names
from flake8_gradtape.rules.wording import listed, quoted


class UnrelatedSource(NoGradientRule):
    """The target does not depend on the source.

    Nothing that was computed from the source went into the target: a variable that the forward pass never uses, the
    wrong loss, the wrong list of variables. The gradient of something that plays no part is None, not zero.

    Example:
        used = tf.Variable(3.0)
        unused = tf.Variable(1.0)
        with tf.GradientTape() as tape:
            y = used * used
        grad = tape.gradient(y, unused)

    Use instead:
        used = tf.Variable(3.0)
        with tf.GradientTape() as tape:
            y = used * used
        grad = tape.gradient(y, used)

    TensorFlow says:
        `grad` is None, without an error or a warning. For the variable that is used it is 6.0.

    Known limits:
        If None is meant, say so: `unconnected_gradients="zero"` gives zeros, and nothing is claimed.
    """

    code = "TAP112"
    name = "unrelated-source"
    cause = CauseKind.UNRELATED

    def explain(self, asked: GradientAsked, sources: list[AskedSource], cause: Cause) -> str:
        target, called = quoted(asked.target, "the target"), names(sources)
        it = "it" if len(called) == 1 else "them"
        return (
            f"{target} does not depend on {listed(called)}; use {it} in computing {target}, or ask for what {target} "
            f"was computed from (unconnected_gradients='zero' if zeros are meant)"
        )
