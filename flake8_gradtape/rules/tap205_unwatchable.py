"""TAP205: a tape is told to watch something that is no tensor."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_gradtape.events import CallRaised, Claim, Event, Misuse
from flake8_gradtape.rules.base import Finding, Rule
from flake8_gradtape.rules.wording import call_on, is_no_tensor, quoted


class Unwatchable(Rule):
    """What a tape is told to watch is no tensor.

    `watch` takes tensors and variables, alone or in lists, tuples and dicts. A NumPy array or a Python number must
    become a tensor first (`x = tf.constant(x)`), under the name that is then computed with. The variables of a model
    are watched without being told.

    Example:
        x = 3.0
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.square(x)
        grad = tape.gradient(y, x)

    Use instead:
        x = tf.constant(3.0)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.square(x)
        grad = tape.gradient(y, x)

    TensorFlow says:
        "ValueError: Passed in object 3.0 of type 'float', not tf.Tensor or tf.Variable or ExtensionType."

    Known limits:
        The variables of a Keras model are tf.Variables in Keras 2; in Keras 3 they are not, and `watch` raises for
        them. That is not claimed, because it is right in Keras 2.
    """

    code = "TAP205"
    name = "unwatchable"
    claim = Claim.CALL_RAISES

    def judge(self, event: Event) -> Iterator[Finding]:
        if not isinstance(event, CallRaised) or event.misuse is not Misuse.UNWATCHABLE:
            return
        if event.kind == "a Keras variable":
            yield Finding(
                self.code,
                event.where,
                f"{quoted(event.what, 'what is to be watched')} holds variables of Keras 3, which "
                f"{call_on(event.tape, 'watch')} refuses with ValueError; watch their values: "
                f"'[variable.value for variable in ...]'",
            )
            return
        yield Finding(
            self.code,
            event.where,
            f"{is_no_tensor(event, 'what is to be watched')}, so {call_on(event.tape, 'watch')} raises ValueError; "
            f"{_cure(event)}",
        )


def _cure(event: CallRaised) -> str:
    if "model" in event.kind or "layer" in event.kind:
        return "leave it out, for the tape watches the variables of a model by itself"
    if event.kind == "None":
        return "give it a value first"
    name = event.what.strip()
    return "make a tensor of it first" + (f": '{name} = tf.convert_to_tensor({name})'" if name.isidentifier() else "")
