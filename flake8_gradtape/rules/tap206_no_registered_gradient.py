"""TAP206: an operation between target and source has no gradient function, not even one that gives None."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_gradtape.events import CallRaised, Claim, Event, Misuse
from flake8_gradtape.rules.base import Finding, Rule
from flake8_gradtape.rules.wording import call_on, named


class NoRegisteredGradient(Rule):
    """An operation on the way has no registered gradient function.

    For `tf.argmax` or `tf.round` TensorFlow knows that there is no gradient, and gives None. For some others
    (`tf.unique`, `tf.linalg.lu`, `tf.math.bincount`, `tf.image.adjust_hue` ...) it knows nothing at all: the backward
    pass raises when it comes to them, even if the source that is asked for lies on another path.

    Example:
        x = tf.Variable([1.0, 2.0, 2.0])
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(tf.unique(x)[0])
        grad = tape.gradient(y, x)

    Use instead:
        x = tf.Variable([1.0, 2.0, 2.0])
        with tf.GradientTape() as tape:
            kept = tf.gather(x, [0, 1])
            y = tf.reduce_sum(kept)
        grad = tape.gradient(y, x)

    TensorFlow says:
        "LookupError: gradient registry has no entry for: Unique"

    Known limits:
        Only claimed for functions of TensorFlow that are known to have no gradient, and if the operation surely was
        recorded and lies between the target and something that the tape watches.
    """

    code = "TAP206"
    name = "no-registered-gradient"
    claim = Claim.CALL_RAISES

    def judge(self, event: Event) -> Iterator[Finding]:
        if not isinstance(event, CallRaised) or event.misuse is not Misuse.NO_REGISTERED_GRADIENT:
            return
        yield Finding(
            self.code,
            event.where,
            f"{named(event.what, 'an operation')} is between target and source and has no registered gradient, so "
            f"{call_on(event.tape, event.method or 'gradient')} raises LookupError; use a differentiable operation, or "
            f"put 'tf.stop_gradient' around its input",
        )
