"""TAP508: a loop asks for the gradient of the same recorded loss again."""

from __future__ import annotations

from flake8_gradtape.events import Flaw, WrongValue
from flake8_gradtape.rules.wording import call_on, quoted
from flake8_gradtape.rules.wrong_value import WrongValueRule


class SameLossAgain(WrongValueRule):
    """A loop asks for the gradient of the same recorded loss again.

    A recording keeps the values of its forward pass. If the variables change in a loop and the loss is not computed
    anew, each pass gets the gradient of the first one: the loop goes on in a straight line, past the minimum.

    Example:
        x = tf.Variable(3.0)
        with tf.GradientTape(persistent=True) as tape:
            loss = x * x
        for step in range(3):
            grad = tape.gradient(loss, x)
            x.assign_sub(0.1 * grad)
        del tape

    Use instead:
        x = tf.Variable(3.0)
        for step in range(3):
            with tf.GradientTape() as tape:
                loss = x * x
            grad = tape.gradient(loss, x)
            x.assign_sub(0.1 * grad)

    TensorFlow says:
        6.0 in each pass, without an error or a warning. The derivatives, and what the second program gives, are 6.0,
        4.8 and 3.84.

    Known limits:
        Only claimed if the source surely changes between the calls.
    """

    code = "TAP508"
    name = "same-loss-again"
    flaw = Flaw.SAME_LOSS_AGAIN
    outcome = "is that of the first pass"

    def explain(self, event: WrongValue) -> str:
        return (
            f"{quoted(event.target, 'the target')} is not computed anew in this loop, so the gradient belongs to old "
            f"values; move the 'with' block into the loop, before {call_on(event.tape, 'gradient', '...')}"
        )
