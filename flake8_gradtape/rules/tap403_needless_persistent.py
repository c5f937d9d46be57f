"""TAP403: a tape is persistent and asked only once."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_gradtape.events import Claim, Event, TapeEnded
from flake8_gradtape.rules.base import Finding, Rule
from flake8_gradtape.rules.wording import the_tape


class NeedlessPersistent(Rule):
    """A tape is persistent and asked only once.

    `persistent=True` is for asking several times. With a single `gradient` call it has one effect: the recording, and
    every intermediate tensor in it, stays in memory during and after the call instead of being freed by it.

    Example:
        x = tf.Variable(3.0)
        with tf.GradientTape(persistent=True) as tape:
            y = x * x
        grad = tape.gradient(y, x)
        del tape

    Use instead:
        x = tf.Variable(3.0)
        with tf.GradientTape() as tape:
            y = x * x
        grad = tape.gradient(y, x)

    TensorFlow says:
        Nothing; both programs give 6.0. In a measured forward pass of 512 MB, 64 MB were in use after the call with an
        ordinary tape (the gradient itself), and 576 MB with a persistent one.

    Known limits:
        Not reported if a loop, a closure or unknown code may ask again, nor for `experimental_use_pfor=False`, which
        needs a persistent tape. In a function under `tf.function` a needless `persistent=True` costs nothing.
    """

    code = "TAP403"
    name = "needless-persistent"
    claim = Claim.PERSISTENCE_UNUSED

    def judge(self, event: Event) -> Iterator[Finding]:
        if not isinstance(event, TapeEnded) or not event.persistent or event.asked != 1:
            return
        effect = "that changes nothing" if event.traced else "it only keeps its recording in memory for longer"
        yield Finding(
            self.code,
            event.where,
            f"{the_tape(event.tape)} is persistent but asked only once, so {effect}; remove 'persistent=True'",
        )
