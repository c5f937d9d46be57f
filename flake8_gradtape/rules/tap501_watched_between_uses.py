"""TAP501: a tensor is watched between two of its uses, and only the later one counts."""

from __future__ import annotations

from flake8_gradtape.events import Flaw, WrongValue
from flake8_gradtape.rules.wording import named, the_tape, watch_call
from flake8_gradtape.rules.wrong_value import WrongValueRule


class WatchedBetweenUses(WrongValueRule):
    """A tensor is watched between two of its uses, and only the later one counts.

    `watch` works from now on. An operation that ran before it was not recorded, and what it gave is a constant to the
    tape; the gradient is that of the later uses alone. It is a number of the right shape, only the wrong one.

    Example:
        x = tf.constant(3.0)
        with tf.GradientTape() as tape:
            a = x * x
            tape.watch(x)
            y = a + 5.0 * x
        grad = tape.gradient(y, x)

    Use instead:
        x = tf.constant(3.0)
        with tf.GradientTape() as tape:
            tape.watch(x)
            a = x * x
            y = a + 5.0 * x
        grad = tape.gradient(y, x)

    TensorFlow says:
        5.0, without an error or a warning. The derivative, and what the second program gives, is 11.0.

    Known limits:
        Not reported if the earlier use may have been recorded for the sake of another input. If there is no later use
        the gradient is None: that is TAP104.
    """

    code = "TAP501"
    name = "watched-between-uses"
    flaw = Flaw.WATCHED_BETWEEN

    def explain(self, event: WrongValue) -> str:
        names = [event.what.strip("'")] if event.what else list(event.sources)
        what = named(event.what, "it")
        return (
            f"{the_tape(event.tape)} watches {what} only after some of its uses, and those do not count; move "
            f"{watch_call(event.tape, names)} before the first use"
        )
