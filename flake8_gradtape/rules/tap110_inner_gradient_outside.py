"""TAP110: a second derivative of a first derivative that was taken while the tape was not recording."""

from __future__ import annotations

from flake8_gradtape.events import AskedSource, Cause, CauseKind, GradientAsked
from flake8_gradtape.rules.gradient_none import NoGradientRule
from flake8_gradtape.rules.wording import named, quoted, the_tape


class InnerGradientOutside(NoGradientRule):
    """A gradient on the way to the target was taken while the tape was not recording.

    For a second derivative, the outer tape must record the *computation* of the first one: the inner `gradient` call
    itself has to stand inside the outer block. One level of indentation too little, and the outer tape has never
    heard of the first derivative. This is the usual mistake in physics-informed networks and gradient penalties.

    Example:
        x = tf.Variable(3.0)
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                y = x**3
        first = inner.gradient(y, x)
        second = outer.gradient(first, x)

    Use instead:
        x = tf.Variable(3.0)
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                y = x**3
            first = inner.gradient(y, x)
        second = outer.gradient(first, x)

    TensorFlow says:
        `first` is 27.0 and `second` None, without an error or a warning. Indented, `second` is 18.0.

    Known limits:
        Not claimed if the first derivative comes from a function that is not in the module.
    """

    code = "TAP110"
    name = "inner-gradient-outside"
    cause = CauseKind.INNER_GRADIENT_OUTSIDE

    def explain(self, asked: GradientAsked, sources: list[AskedSource], cause: Cause) -> str:
        tape = the_tape(asked.tape)
        inner = named(cause.what) or quoted(asked.target, "the target")
        return (
            f"{inner} comes from a gradient call that ran while {tape} was not recording; "
            f"move that gradient call into the 'with' block of {tape}"
        )
