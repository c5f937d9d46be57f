"""TAP114: every path from the source to the target goes through the state of a variable."""

from __future__ import annotations

from flake8_gradtape.events import AskedSource, Cause, CauseKind, GradientAsked
from flake8_gradtape.rules.gradient_none import NoGradientRule
from flake8_gradtape.rules.wording import named


class ThroughState(NoGradientRule):
    """Every path from the source to the target goes through the state of a variable.

    `v.assign(...)`, `tf.Variable(tensor)`, `layer.set_weights(...)` and metric objects store a value. A tape records
    operations, not storing: a variable that is read afterwards is a new beginning, and nothing leads back to what its
    value was computed from. The gradient is None.

    Example:
        x = tf.Variable(3.0)
        store = tf.Variable(0.0)
        with tf.GradientTape() as tape:
            store.assign(x * x)
            y = tf.sin(store)
        grad = tape.gradient(y, x)

    Use instead:
        x = tf.Variable(3.0)
        store = tf.Variable(0.0)
        with tf.GradientTape() as tape:
            square = x * x
            y = tf.sin(square)
        store.assign(square)
        grad = tape.gradient(y, x)

    TensorFlow says:
        `grad` is None, without an error or a warning. With the tensor itself it is 6 * cos(9) = -5.467.

    Known limits:
        Only claimed if no path goes around the state; a result that is cut in part is wrong too, but not None.
    """

    code = "TAP114"
    name = "through-state"
    cause = CauseKind.THROUGH_STATE

    def explain(self, asked: GradientAsked, sources: list[AskedSource], cause: Cause) -> str:
        at = f" at {named(cause.what)}" if cause.what else ""
        return (
            f"the way between them goes through the state of a variable{at}, and no tape follows what is stored; "
            f"compute with the tensor itself"
        )
