"""TAP401: a persistent tape is asked inside its own block and records the answer too."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_gradtape.events import Claim, Event, GradientAsked
from flake8_gradtape.rules.base import Finding, Rule
from flake8_gradtape.rules.wording import call_on, quoted, the_tape


class GradientInsidePersistent(Rule):
    """A persistent tape is asked inside its own block, and nobody differentiates the result.

    Inside the block the tape goes on recording, so it records the whole computation of the gradient as well: more time,
    and about twice the memory. That is of use only if the gradient itself is differentiated later. Otherwise the call
    belongs after the block, one level of indentation to the left.

    Example:
        x = tf.Variable(3.0)
        with tf.GradientTape(persistent=True) as tape:
            y = x * x
            z = y * y
            dy = tape.gradient(y, x)
        dz = tape.gradient(z, x)
        del tape

    Use instead:
        x = tf.Variable(3.0)
        with tf.GradientTape(persistent=True) as tape:
            y = x * x
            z = y * y
        dy = tape.gradient(y, x)
        dz = tape.gradient(z, x)
        del tape

    TensorFlow says:
        "Calling GradientTape.gradient on a persistent tape inside its context is significantly less efficient than
        calling it outside the context" (a warning, once per process). The tape of the first program records 6
        operations, that of the second 3.

    Known limits:
        Not reported if some tape may differentiate the result, or inside `tape.stop_recording()`.
    """

    code = "TAP401"
    name = "gradient-inside-persistent"
    claim = Claim.WARNS_IN_BLOCK

    def judge(self, event: Event) -> Iterator[Finding]:
        if not isinstance(event, GradientAsked) or not event.in_own_block or event.result_differentiated:
            return
        result = (event.method or "gradient").replace("_", " ")
        move = f"move {call_on(event.tape, event.method or 'gradient', '...')} after the 'with' block"
        if any(mark in event.target for mark in "([+-*/@"):
            move = f"compute {quoted(event.target)} in the block under a name, and {move}"
        yield Finding(
            self.code,
            event.where,
            f"{the_tape(event.tape)} is still recording and records the computation of this {result} of "
            f"{quoted(event.target, 'the target')} too, which nobody differentiates; {move}",
        )
