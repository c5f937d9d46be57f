"""TAP113: target and sources have changed places."""

from __future__ import annotations

from flake8_gradtape.events import AskedSource, Cause, CauseKind, GradientAsked
from flake8_gradtape.rules.gradient_none import NoGradientRule, names
from flake8_gradtape.rules.wording import call_on, listed, quoted


class SwappedArguments(NoGradientRule):
    """The target and the source have changed places.

    `tape.gradient(target, sources)` takes what was computed first and what it was computed from second. The other way
    round TensorFlow looks for a path from the result to its own input, finds none, and gives None.

    Example:
        x = tf.Variable(3.0)
        with tf.GradientTape() as tape:
            y = x * x
        grad = tape.gradient(x, y)

    Use instead:
        x = tf.Variable(3.0)
        with tf.GradientTape() as tape:
            y = x * x
        grad = tape.gradient(y, x)

    TensorFlow says:
        `grad` is None, without an error or a warning. The right way round it is 6.0.

    Known limits:
        Only claimed if the source surely was computed from the target.
    """

    code = "TAP113"
    name = "swapped-arguments"
    cause = CauseKind.SWAPPED

    def explain(self, asked: GradientAsked, sources: list[AskedSource], cause: Cause) -> str:
        called, target = names(sources), quoted(asked.target, "the target")
        were = "was" if len(called) == 1 else "were"
        arguments = (
            f"{called[0]}, {asked.target}" if len(called) == 1 and called[0] and asked.target else "target, sources"
        )
        return (
            f"{listed(called)} {were} computed from {target}, not the other way round; the target comes first: "
            f"{call_on(asked.tape, asked.method or 'gradient', arguments)}"
        )
