"""TAP208: an optimizer gets (variable, gradient) pairs, or no pairs."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_gradtape.events import CallRaised, Claim, Event, Misuse
from flake8_gradtape.rules.base import Finding, Rule
from flake8_gradtape.rules.wording import quoted


class SwappedGradsAndVars(Rule):
    """`apply_gradients` gets variables and gradients in the wrong order, or not as pairs.

    The optimizer takes pairs of a gradient and its variable, in this order: `zip(gradients, variables)`. With the two
    swapped it takes the gradient for the variable; without `zip` it takes the first gradient for a pair. Both raise,
    with a message that speaks of neither.

    Example:
        w = tf.Variable(2.0)
        optimizer = tf.keras.optimizers.SGD(0.1)
        with tf.GradientTape() as tape:
            loss = w * w
        grads = tape.gradient(loss, [w])
        optimizer.apply_gradients(zip([w], grads))

    Use instead:
        w = tf.Variable(2.0)
        optimizer = tf.keras.optimizers.SGD(0.1)
        with tf.GradientTape() as tape:
            loss = w * w
        grads = tape.gradient(loss, [w])
        optimizer.apply_gradients(zip(grads, [w]))

    TensorFlow says:
        "AttributeError: 'tensorflow.python.framework.ops.EagerTensor' object has no attribute '_unique_id'"

    Known limits:
        An empty list of pairs raises in Keras 3 and does nothing in Keras 2; it is not claimed. Nor is anything
        claimed for optimizers of other libraries.
    """

    code = "TAP208"
    name = "swapped-grads-and-vars"
    claim = Claim.CALL_RAISES

    def judge(self, event: Event) -> Iterator[Finding]:
        if not isinstance(event, CallRaised) or event.misuse is not Misuse.SWAPPED_PAIRS:
            return
        got = f"{quoted(event.what, 'its argument')} gives {event.kind or 'something else'}"
        pairs = "[(gradient, variable)]" if "one pair" in event.kind else "zip(gradients, variables)"
        yield Finding(
            self.code,
            event.where,
            f"'apply_gradients' wants pairs of a gradient and its variable, but {got}, so it raises; write "
            f"'apply_gradients({pairs})'",
        )
