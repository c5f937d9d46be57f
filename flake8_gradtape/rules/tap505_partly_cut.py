"""TAP505 (optional): part of the dependence on a source is cut on its way, part is not."""

from __future__ import annotations

from flake8_gradtape.events import Flaw, WrongValue
from flake8_gradtape.rules.wording import named
from flake8_gradtape.rules.wrong_value import WrongValueRule


class PartlyCut(WrongValueRule):
    """Part of the dependence on a source is cut on its way, part is not.

    `float()`, `.numpy()`, a NumPy function, `tf.constant(variable)` or `stop_recording` make a constant of what they
    are given. If that was the only way the gradient is None; if there is another one, the gradient is that of the
    other way alone, a number like any other.

    Example:
        x = tf.Variable(3.0)
        with tf.GradientTape() as tape:
            y = float(x) * x
        grad = tape.gradient(y, x)

    Use instead:
        x = tf.Variable(3.0)
        with tf.GradientTape() as tape:
            y = x * x
        grad = tape.gradient(y, x)

    TensorFlow says:
        3.0, without an error or a warning. The derivative, and what the second program gives, is 6.0.

    Known limits:
        Optional: a constant of the present value is sometimes meant, as a baseline or for a log. `tf.stop_gradient`
        says so, and is not reported.
    """

    code = "TAP505"
    name = "partly-cut"
    flaw = Flaw.PARTLY_CUT
    optional = True

    def explain(self, event: WrongValue) -> str:
        where = f" at {named(event.what)}" if event.what else ""
        return (
            f"part of the dependence is cut{where} and does not count; use operations that the tape records, "
            f"or 'tf.stop_gradient' if a constant is meant"
        )
