"""TAP506 (optional): the inner step of a meta-learning loop is made by assigning to the variable."""

from __future__ import annotations

from flake8_gradtape.events import Flaw, WrongValue
from flake8_gradtape.rules.wording import listed, named
from flake8_gradtape.rules.wrong_value import WrongValueRule


class InnerStepByAssign(WrongValueRule):
    """The inner step of a meta-learning loop is made by assigning to the variable.

    No gradient goes through the state of a variable. After `assign_sub`, or an optimizer's step, the outer tape sees
    the new value as if it had been there from the beginning: the derivative of the step itself is missing, and what is
    left is the first-order approximation.

    Example:
        w = tf.Variable(2.0)
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                inner_loss = w**3
            step = inner.gradient(inner_loss, w)
            w.assign_sub(0.1 * step)
            loss = w**2
        grad = outer.gradient(loss, w)

    Use instead:
        w = tf.Variable(2.0)
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                inner_loss = w**3
            step = inner.gradient(inner_loss, w)
            adapted = w - 0.1 * step
            loss = adapted**2
        grad = outer.gradient(loss, w)

    TensorFlow says:
        1.6, without an error or a warning. The derivative, and what the second program gives, is -0.32.

    Known limits:
        Optional: first-order meta-learning means it so.
    """

    code = "TAP506"
    name = "inner-step-by-assign"
    flaw = Flaw.STEP_BY_ASSIGN
    optional = True
    outcome = "is of first order only"

    def explain(self, event: WrongValue) -> str:
        what = named(event.what) or listed(event.sources)
        return (
            f"the step that was assigned to {what} is no part of the recording; compute the stepped weights as new "
            f"tensors and use those"
        )
