"""TAP211: `minimize` gets a loss that is a tensor, and no tape."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_gradtape.events import CallRaised, Claim, Event, Misuse
from flake8_gradtape.rules.base import Finding, Rule
from flake8_gradtape.rules.wording import quoted


class MinimizeWithoutTape(Rule):
    """`minimize` gets a loss that is computed already, and no tape that recorded how.

    A tensor does not know what it was computed from; only a tape does. The optimizers of Keras 2 raise without
    `tape=`, those of Keras 3 have no `minimize` at all, and those of `tf.compat.v1` want a function. What works
    everywhere is to ask the tape and to apply the gradients.

    Example:
        w = tf.Variable(2.0)
        optimizer = tf.keras.optimizers.SGD(0.1)
        with tf.GradientTape() as tape:
            loss = w * w
        optimizer.minimize(loss, [w])
        print(tape.gradient(loss, w))

    Use instead:
        w = tf.Variable(2.0)
        optimizer = tf.keras.optimizers.SGD(0.1)
        with tf.GradientTape() as tape:
            loss = w * w
        grad = tape.gradient(loss, w)
        optimizer.apply_gradients([(grad, w)])
        print(grad)

    TensorFlow says:
        "AttributeError: 'SGD' object has no attribute 'minimize'" in Keras 3, and in Keras 2
        "ValueError: `tape` is required when a `Tensor` loss is passed."

    Known limits:
        `minimize` with a function, or with `tape=`, works in Keras 2 and raises in Keras 3. That is claimed only with
        `--gradtape-keras=3`.
    """

    code = "TAP211"
    name = "minimize-without-tape"
    claim = Claim.CALL_RAISES

    def judge(self, event: Event) -> Iterator[Finding]:
        if not isinstance(event, CallRaised) or event.misuse is not Misuse.MINIMIZE_WITHOUT_TAPE:
            return
        if event.kind == "Keras 3":
            yield Finding(
                self.code,
                event.where,
                "the optimizers of Keras 3 have no 'minimize'; ask a tape for the gradients and call "
                "'apply_gradients(zip(gradients, variables))'",
            )
            return
        yield Finding(
            self.code,
            event.where,
            f"{quoted(event.what, 'the loss')} is a tensor, and 'minimize' has no tape that recorded it, so it raises; "
            f"ask the tape for the gradients and call 'apply_gradients(zip(gradients, variables))'",
        )
