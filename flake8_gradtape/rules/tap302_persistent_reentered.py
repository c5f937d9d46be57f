"""TAP302: one persistent tape is entered again and again in a loop."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_gradtape.events import Claim, Event, TapeEnded
from flake8_gradtape.rules.base import Finding, Rule
from flake8_gradtape.rules.wording import one_line, the_tape


class PersistentReentered(Rule):
    """One persistent tape is entered again and again in a loop.

    `with tape:` on a tape that has been used goes on with its recording. A persistent tape keeps what it recorded, so
    every pass of the loop adds the intermediate tensors of one more forward pass, until memory is full. A new tape in
    each pass costs nothing.

    Example:
        x = tf.Variable(3.0)
        tape = tf.GradientTape(persistent=True)
        for step in range(3):
            with tape:
                y = (x - 1.0) ** 2
            x.assign_sub(0.1 * tape.gradient(y, x))
        del tape

    Use instead:
        x = tf.Variable(3.0)
        for step in range(3):
            with tf.GradientTape() as tape:
                y = (x - 1.0) ** 2
            x.assign_sub(0.1 * tape.gradient(y, x))

    TensorFlow says:
        Nothing. The tape of the example has 3, 6 and 9 operations after its three passes. In a measured loop with
        256 MB of activations per pass it held 256, 512, 768 and 1024 MB after the first four.

    Known limits:
        Not claimed if the loop may run once only, or if `tape.reset()` may run in it. An operation whose result is
        gone and whose gradient does not need that result (`x * x`, `x + y`) leaves even a persistent tape.
    """

    code = "TAP302"
    name = "persistent-reentered"
    claim = Claim.RECORDING_GROWS

    def judge(self, event: Event) -> Iterator[Finding]:
        if not isinstance(event, TapeEnded) or not event.grows or event.entered_again_in_loop is None:
            return
        yield Finding(
            self.code,
            event.entered_again_in_loop,
            f"each pass of this loop adds to the recording of {the_tape(event.tape)}, which keeps what went "
            f"before; make a new tape in each pass: 'with tf.GradientTape() as {one_line(event.tape) or 'tape'}:'",
        )
