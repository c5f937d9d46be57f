"""TAP202: a tape is used that was never entered."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_gradtape.events import CallRaised, Claim, Event, Misuse
from flake8_gradtape.rules.base import Finding, Rule
from flake8_gradtape.rules.wording import call_on, one_line, the_tape


class TapeNotEntered(Rule):
    """A tape is used that was never entered.

    Making a tape does not start it: recording begins where `with` enters it. Before that there is nothing to watch
    with and nothing to ask for. `with tf.GradientTape as tape` (without the parentheses) does not make a tape at all.

    Example:
        x = tf.Variable(3.0)
        tape = tf.GradientTape()
        y = x * x
        grad = tape.gradient(y, x)

    Use instead:
        x = tf.Variable(3.0)
        with tf.GradientTape() as tape:
            y = x * x
        grad = tape.gradient(y, x)

    TensorFlow says:
        "RuntimeError: A non-persistent GradientTape can only be used to compute one set of gradients (or jacobians)",
        which is misleading. `watch` gives "AttributeError: 'NoneType' object has no attribute '_tape'".

    Known limits:
        Not claimed for a tape that an unknown function may have entered, nor if the error is caught.
    """

    code = "TAP202"
    name = "tape-not-entered"
    claim = Claim.CALL_RAISES

    def judge(self, event: Event) -> Iterator[Finding]:
        if not isinstance(event, CallRaised) or event.misuse is not Misuse.NOT_ENTERED:
            return
        block = f"'with tf.GradientTape() as {one_line(event.tape) or 'tape'}:'"
        if event.method in ("__enter__", "class"):
            message = f"'tf.GradientTape' without parentheses is not a tape, and 'with' raises; write {block}"
        else:
            message = (
                f"{the_tape(event.tape)} was never entered, so it recorded nothing and "
                f"{call_on(event.tape, event.method)} raises; put the computation inside {block}"
            )
        yield Finding(self.code, event.where, message)
