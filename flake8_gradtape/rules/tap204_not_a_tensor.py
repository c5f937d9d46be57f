"""TAP204: a tape is asked about something that is no tensor."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_gradtape.events import CallRaised, Claim, Event, Misuse
from flake8_gradtape.rules.base import Finding, Rule
from flake8_gradtape.rules.wording import call_on, is_no_tensor


class NotATensor(Rule):
    """The target or a source is no tensor and no variable.

    A tape knows tensors and variables, alone or in lists, tuples and dicts. A Python number, a NumPy array
    (`loss.numpy()`, `model.get_weights()`), None, a model or layer itself, a function whose call was forgotten, or a
    symbolic Keras tensor (`layer.output`) has no place in its recording, and the call raises.

    Example:
        model = tf.keras.Sequential([tf.keras.layers.Dense(1)])
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(model(tf.ones([4, 3])) ** 2)
        grads = tape.gradient(loss, model)

    Use instead:
        model = tf.keras.Sequential([tf.keras.layers.Dense(1)])
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(model(tf.ones([4, 3])) ** 2)
        grads = tape.gradient(loss, model.trainable_variables)

    TensorFlow says:
        "AttributeError: 'Sequential' object has no attribute '_id'". For None, a text or a function it is a TypeError.

    Known limits:
        Not claimed for what comes from outside of the module, nor if the error is caught.
    """

    code = "TAP204"
    name = "not-a-tensor"
    claim = Claim.CALL_RAISES

    def judge(self, event: Event) -> Iterator[Finding]:
        if not isinstance(event, CallRaised) or event.misuse is not Misuse.NOT_A_TENSOR:
            return
        yield Finding(
            self.code,
            event.where,
            f"{is_no_tensor(event, 'the target or a source')}, so "
            f"{call_on(event.tape, event.method or 'gradient')} raises; give it the tensors and variables of the "
            f"computation themselves",
        )
