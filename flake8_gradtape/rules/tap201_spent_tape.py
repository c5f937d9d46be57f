"""TAP201: a non-persistent tape is asked a second time."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_gradtape.events import CallRaised, Claim, Event, Misuse
from flake8_gradtape.rules.base import Finding, Rule
from flake8_gradtape.rules.wording import call_on, the_tape


class SpentTape(Rule):
    """A tape that is not persistent is asked a second time.

    The first `gradient` or `jacobian` call lets go of the recording, to free memory; even a call that gave None does.
    Loops and comprehensions ask once per pass. If several derivatives are needed, ask for all sources in one call
    (`tape.gradient(y, [a, b])`), or make the tape persistent and delete it after the last call.

    Example:
        x = tf.Variable(3.0)
        with tf.GradientTape() as tape:
            y = x * x
            z = y * y
        dy = tape.gradient(y, x)
        dz = tape.gradient(z, x)

    Use instead:
        x = tf.Variable(3.0)
        with tf.GradientTape(persistent=True) as tape:
            y = x * x
            z = y * y
        dy = tape.gradient(y, x)
        dz = tape.gradient(z, x)
        del tape

    TensorFlow says:
        "RuntimeError: A non-persistent GradientTape can only be used to compute one set of gradients (or jacobians)"

    Known limits:
        Not claimed where the first call may have failed or may not have run, nor if the error is caught.
    """

    code = "TAP201"
    name = "spent-tape"
    claim = Claim.CALL_RAISES

    def judge(self, event: Event) -> Iterator[Finding]:
        if not isinstance(event, CallRaised) or event.misuse is not Misuse.SPENT:
            return
        yield Finding(
            self.code,
            event.where,
            f"{the_tape(event.tape)} was asked before and has let go of its recording, so "
            f"{call_on(event.tape, event.method)} raises RuntimeError; ask for all gradients in one call, or make the "
            f"tape with 'persistent=True' and delete it after the last call",
        )
