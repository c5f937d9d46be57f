"""TAP504: a term of the loss was computed while the tape was not recording, and contributes nothing."""

from __future__ import annotations

from flake8_gradtape.events import Flaw, WrongValue
from flake8_gradtape.rules.wording import named, the_tape
from flake8_gradtape.rules.wrong_value import WrongValueRule


class PenaltyOutside(WrongValueRule):
    """A term of the loss was computed while the tape was not recording, and contributes nothing.

    A gradient penalty needs the gradient of a gradient: the inner `gradient` call must run while the outer tape
    records. Taken before, it is a constant to that tape. The loss has the right value, and its gradient is that of
    the other terms alone; nothing shows that the penalty has no effect.

    Example:
        w = tf.Variable(2.0)
        x = tf.constant(3.0)
        with tf.GradientTape() as inner:
            inner.watch(x)
            score = w * x * x
        slope = inner.gradient(score, x)
        with tf.GradientTape() as outer:
            loss = w * 1.0 + (slope - 1.0) ** 2
        grad = outer.gradient(loss, w)

    Use instead:
        w = tf.Variable(2.0)
        x = tf.constant(3.0)
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                inner.watch(x)
                score = w * x * x
            slope = inner.gradient(score, x)
            loss = w * 1.0 + (slope - 1.0) ** 2
        grad = outer.gradient(loss, w)

    TensorFlow says:
        1.0, without an error or a warning. The derivative, and what the second program gives, is 133.0.

    Known limits:
        Only terms that are added to the loss and hold a gradient; anything else that is computed outside may be meant
        as a constant.
    """

    code = "TAP504"
    name = "penalty-outside"
    flaw = Flaw.PENALTY_OUTSIDE
    outcome = "lacks a term"

    def explain(self, event: WrongValue) -> str:
        return (
            f"{named(event.what, 'a gradient in it')} was computed while {the_tape(event.tape)} was not recording, so "
            f"it is a constant to it; move its computation, the inner tape included, into the 'with' block"
        )
