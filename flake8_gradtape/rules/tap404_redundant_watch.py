"""TAP404 (optional): `watch` of a trainable variable, which the tape watches by itself."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_gradtape.events import Claim, Event
from flake8_gradtape.events import RedundantWatch as WatchMadeNoDifference
from flake8_gradtape.rules.base import Finding, Rule
from flake8_gradtape.rules.wording import quoted, the_tape


class RedundantWatch(Rule):
    """A tape is told to watch a trainable variable that it watches anyway.

    A tape watches every trainable variable as soon as it is read. The call does nothing, and it hides which of the
    `watch` calls are needed: those of tensors and of variables with `trainable=False`.

    Example:
        x = tf.Variable(3.0)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x * x
        grad = tape.gradient(y, x)

    Use instead:
        x = tf.Variable(3.0)
        with tf.GradientTape() as tape:
            y = x * x
        grad = tape.gradient(y, x)

    TensorFlow says:
        Nothing; both programs give 6.0, and `tape.watched_variables()` names `x` in both.

    Known limits:
        Optional: some like to see what is watched. Not reported if the variable may be untrainable, or the tape made
        with `watch_accessed_variables=False`.
    """

    code = "TAP404"
    name = "redundant-watch"
    claim = Claim.WATCH_IS_REDUNDANT
    optional = True

    def judge(self, event: Event) -> Iterator[Finding]:
        if not isinstance(event, WatchMadeNoDifference):
            return
        yield Finding(
            self.code,
            event.where,
            f"{quoted(event.variable, 'the variable')} is trainable, and {the_tape(event.tape)} watches it as soon as "
            f"it is read; remove this call",
        )
