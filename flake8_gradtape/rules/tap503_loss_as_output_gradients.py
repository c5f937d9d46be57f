"""TAP503: the loss itself is given as `output_gradients`, and scales the result."""

from __future__ import annotations

from flake8_gradtape.events import Flaw, WrongValue
from flake8_gradtape.rules.wording import named
from flake8_gradtape.rules.wrong_value import WrongValueRule


class LossAsOutputGradients(WrongValueRule):
    """The loss itself is given as `output_gradients`, and scales the result.

    The third argument of `gradient` is the weight of the target, not the loss once more. The result is the gradient
    times the loss, that of half its square: the direction is right, so training seems to work, but the step shrinks
    with the loss and grows with it, and for a negative loss it goes uphill.

    Example:
        x = tf.Variable(3.0)
        with tf.GradientTape() as tape:
            loss = x ** 2
        grad = tape.gradient(loss, x, loss)

    Use instead:
        x = tf.Variable(3.0)
        with tf.GradientTape() as tape:
            loss = x ** 2
        grad = tape.gradient(loss, x)

    TensorFlow says:
        54.0, without an error or a warning. The derivative, and what the second program gives, is 6.0.

    Known limits:
        Only the very target of the call counts; another tensor may well be meant as a weight. So may a vector of
        residuals, whose product with itself is the gradient of half their squares: the target has to be a sum, a mean,
        a square or a loss of Keras.
    """

    code = "TAP503"
    name = "loss-as-output-gradients"
    flaw = Flaw.LOSS_AS_WEIGHTS

    def explain(self, event: WrongValue) -> str:
        what = named(event.what, "the target")
        return f"{what} is given as 'output_gradients', by which the result is multiplied; leave this argument out"
