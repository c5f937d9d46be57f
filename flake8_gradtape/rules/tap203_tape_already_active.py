"""TAP203: a tape is entered while it is recording."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_gradtape.events import CallRaised, Claim, Event, Misuse
from flake8_gradtape.rules.base import Finding, Rule
from flake8_gradtape.rules.wording import the_tape


class TapeAlreadyActive(Rule):
    """A tape is entered while it is recording.

    One tape cannot record twice at the same time. Entering it again *after* its block goes on with the recording and
    is fine; inside its own block it raises. For a second derivative two tapes are needed, one inside the other.

    Example:
        x = tf.Variable(3.0)
        with tf.GradientTape() as tape:
            y = x * x
            with tape:
                z = y * y
        grad = tape.gradient(z, x)

    Use instead:
        x = tf.Variable(3.0)
        with tf.GradientTape() as tape:
            y = x * x
            z = y * y
        grad = tape.gradient(z, x)

    TensorFlow says:
        "ValueError: Tape is still recording, This can happen if you try to re-enter an already-active tape."

    Known limits:
        Not claimed for a tape that may have been stopped in between, nor if the error is caught.
    """

    code = "TAP203"
    name = "tape-already-active"
    claim = Claim.CALL_RAISES

    def judge(self, event: Event) -> Iterator[Finding]:
        if not isinstance(event, CallRaised) or event.misuse is not Misuse.ALREADY_ACTIVE:
            return
        yield Finding(
            self.code,
            event.where,
            f"{the_tape(event.tape)} is recording already, and entering it again raises ValueError; "
            f"leave out this 'with', or make a second tape for a second derivative",
        )
