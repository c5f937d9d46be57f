"""TAP402: an outer tape records an inner tape's gradient computation and never differentiates it."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_gradtape.events import BackwardRecorded, Claim, Event
from flake8_gradtape.rules.base import Finding, Rule
from flake8_gradtape.rules.wording import quoted


class InnerGradientUnused(Rule):
    """An outer tape records an inner tape's gradient computation and never differentiates it.

    Whatever runs while a tape is recording is recorded, the backward pass of another tape included. For a second
    derivative that is the point; if nobody differentiates the first derivative, the outer tape holds a whole backward
    pass for nothing. Ask the inner tape after the outer block, or under `outer.stop_recording()`.

    Example:
        x = tf.Variable(3.0)
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                y = x**3
            dy = inner.gradient(y, x)
            z = y * y
        dz = outer.gradient(z, x)

    Use instead:
        x = tf.Variable(3.0)
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                y = x**3
            z = y * y
        dy = inner.gradient(y, x)
        dz = outer.gradient(z, x)

    TensorFlow says:
        Nothing. The outer tape of the first program records 5 operations, that of the second 3. In a measured forward
        pass with 256 MB of activations it held 512 MB with the inner gradient inside its block, 256 MB without.

    Known limits:
        Not reported if the outer tape may be asked about anything that was computed from the result.
    """

    code = "TAP402"
    name = "inner-gradient-unused"
    claim = Claim.WORK_UNUSED

    def judge(self, event: Event) -> Iterator[Finding]:
        if not isinstance(event, BackwardRecorded) or event.differentiated:
            return
        outer, inner = quoted(event.outer, "the outer tape"), quoted(event.inner, "the inner tape")
        if outer == inner:
            outer, inner = f"the outer {outer}", f"the inner {inner}"
        yield Finding(
            self.code,
            event.where,
            f"{outer} records the whole gradient computation of {inner} and never "
            f"differentiates it; move this call after the 'with' block of {outer}",
        )
