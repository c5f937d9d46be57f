"""TAP212: symbolic gradients are asked for while operations run eagerly."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_gradtape.events import CallRaised, Claim, Event, Misuse
from flake8_gradtape.rules.base import Finding, Rule
from flake8_gradtape.rules.wording import named


class GraphGradientsInEager(Rule):
    """`tf.gradients` and its kin are called outside of a graph.

    `tf.gradients`, `tf.hessians` and `tf.keras.backend.gradients` search a graph for the way from the target to the
    source. In eager execution there is no graph: operations run and are forgotten, unless a tape records them.

    Example:
        x = tf.Variable(3.0)
        with tf.GradientTape() as tape:
            y = x * x
        slope = tf.gradients(y, x)
        print(tape.gradient(y, x))

    Use instead:
        x = tf.Variable(3.0)
        with tf.GradientTape() as tape:
            y = x * x
        slope = tape.gradient(y, x)
        print(slope)

    TensorFlow says:
        "RuntimeError: tf.gradients is not supported when eager execution is enabled. Use tf.GradientTape instead."

    Known limits:
        Not claimed inside a `tf.function`, a `tf.Graph` or a function that may be called by one, nor in a module that
        turns eager execution off. Modules that never say `GradientTape` are not looked at.
    """

    code = "TAP212"
    name = "graph-gradients-in-eager"
    claim = Claim.CALL_RAISES

    def judge(self, event: Event) -> Iterator[Finding]:
        if not isinstance(event, CallRaised) or event.misuse is not Misuse.GRAPH_GRADIENTS:
            return
        yield Finding(
            self.code,
            event.where,
            f"{named(event.what or event.method, 'this function')} needs a graph and raises RuntimeError in eager "
            f"execution; compute the target inside 'with tf.GradientTape() as tape:' and ask 'tape.gradient(...)'",
        )
