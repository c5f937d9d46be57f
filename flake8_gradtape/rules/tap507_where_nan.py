"""TAP507 (optional): `tf.where` guards the value against a singular branch, but not the gradient."""

from __future__ import annotations

from flake8_gradtape.events import Flaw, WrongValue
from flake8_gradtape.rules.wording import named
from flake8_gradtape.rules.wrong_value import WrongValueRule


class WhereNan(WrongValueRule):
    """`tf.where` guards the value against a singular branch, but not the gradient.

    `tf.where` computes both branches and chooses between the results. In the backward pass the branch that was not
    chosen gets a gradient of zero, and zero times its infinite derivative is NaN. One such element makes the whole
    update NaN.

    Example:
        x = tf.Variable([0.0, 1.0])
        with tf.GradientTape() as tape:
            y = tf.where(x > 0.1, tf.math.log(x), 0.0)
        grad = tape.gradient(y, x)

    Use instead:
        x = tf.Variable([0.0, 1.0])
        with tf.GradientTape() as tape:
            safe = tf.where(x > 0.1, x, 1.0)
            y = tf.where(x > 0.1, tf.math.log(safe), 0.0)
        grad = tape.gradient(y, x)

    TensorFlow says:
        [nan, 1.0], without an error or a warning. The second program gives [0.0, 1.0].

    Known limits:
        Optional: it goes wrong only for inputs at which the branch that is not chosen is singular, and the values are
        not known beforehand.
    """

    code = "TAP507"
    name = "where-nan"
    flaw = Flaw.WHERE_NAN
    optional = True
    outcome = "may be NaN"

    def explain(self, event: WrongValue) -> str:
        return (
            f"{named(event.what, 'tf.where')} chooses between values, but the gradient goes through both branches; "
            f"replace the argument of the singular branch as well, with another 'tf.where' inside"
        )
