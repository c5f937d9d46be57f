"""TAP108: a variable that the tape does not watch by itself, and that nobody asks it to watch."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flake8_gradtape.events import AskedSource, Cause, CauseKind, GradientAsked
from flake8_gradtape.rules.gradient_none import NoGradientRule, names
from flake8_gradtape.rules.wording import listed, quoted, the_tape, watch_call

_REASONS: Mapping[str, str] = {
    "trainable": "which watches by itself only what is trainable",
    "weights": "which watches by itself only what is trainable",
    "accessed": "which was made with 'watch_accessed_variables=False'",
}
_ALL_VARIABLES = re.compile(r"(?P<model>[\w.]+)\.(?P<attribute>variables|weights)( \(.*\))?$")


class VariableNotWatched(NoGradientRule):
    """The source is a variable that the tape does not watch by itself, nor is told to.

    A tape watches a variable when it is read, but only if the variable is trainable and the tape was not made with
    `watch_accessed_variables=False`. Otherwise `tape.watch` must name it before its first use.

    Example:
        w = tf.Variable(3.0, trainable=False)
        with tf.GradientTape() as tape:
            y = w * w
        grad = tape.gradient(y, w)

    Use instead:
        w = tf.Variable(3.0, trainable=False)
        with tf.GradientTape() as tape:
            tape.watch(w)
            y = w * w
        grad = tape.gradient(y, w)

    TensorFlow says:
        `grad` is None, without an error or a warning. With the `watch` it is 6.0.

    Known limits:
        Nothing is claimed about variables whose `trainable` is not written as True or False.
    """

    code = "TAP108"
    name = "variable-not-watched"
    cause = CauseKind.VARIABLE_NOT_WATCHED

    def explain(self, asked: GradientAsked, sources: list[AskedSource], cause: Cause) -> str:
        called, tape = names(sources), the_tape(asked.tape)
        it = "it" if len(called) == 1 else "them"
        listing = _ALL_VARIABLES.match(called[0])
        listed_alone = all(one.cause is not None and one.cause.detail == "weights" for one in sources)
        if listing is not None and listed_alone:
            whose, attribute = listing["model"], listing["attribute"]
            return (
                f"some of {quoted(f'{whose}.{attribute}')} are not trainable (moving averages, say), so {tape} does "
                f"not watch them; ask for {quoted(f'{whose}.trainable_{attribute}')}"
            )
        because = _REASONS.get(cause.detail, "which only watches trainable variables, unless told otherwise")
        return (
            f"{listed(called)} {'is' if len(called) == 1 else 'are'} not watched by {tape}, {because}; "
            f"call {watch_call(asked.tape, called)} before using {it}"
        )
