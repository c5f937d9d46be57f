"""TAP104: the source is watched only after the operations that use it."""

from __future__ import annotations

from flake8_gradtape.events import AskedSource, Cause, CauseKind, GradientAsked
from flake8_gradtape.rules.gradient_none import NoGradientRule, names
from flake8_gradtape.rules.wording import listed, the_tape, watch_call


class WatchedTooLate(NoGradientRule):
    """The source is watched only after the operations that use it.

    `watch` does not look back. An operation is recorded if one of its inputs is followed at the moment it runs; what
    ran before the `watch` was not recorded for this source, and the gradient is None.

    Example:
        x = tf.constant(3.0)
        with tf.GradientTape() as tape:
            y = x * x
            tape.watch(x)
        grad = tape.gradient(y, x)

    Use instead:
        x = tf.constant(3.0)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x * x
        grad = tape.gradient(y, x)

    TensorFlow says:
        `grad` is None, without an error or a warning. With the `watch` first it is 6.0.

    Known limits:
        A late `watch` does count if the operation was recorded for the sake of another input, such as a variable;
        then nothing is claimed.
    """

    code = "TAP104"
    name = "watched-too-late"
    cause = CauseKind.WATCHED_TOO_LATE

    def explain(self, asked: GradientAsked, sources: list[AskedSource], cause: Cause) -> str:
        called = names(sources)
        its, it = ("its", "it") if len(called) == 1 else ("their", "them")
        return (
            f"{the_tape(asked.tape)} watches {listed(called)} only after {its} last use, and what ran before was not "
            f"recorded for {it}; move {watch_call(asked.tape, called)} before the first use"
        )
