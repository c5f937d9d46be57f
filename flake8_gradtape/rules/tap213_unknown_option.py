"""TAP213: `unconnected_gradients` is something else than 'none' and 'zero'."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_gradtape.events import CallRaised, Claim, Event, Misuse
from flake8_gradtape.rules.base import Finding, Rule
from flake8_gradtape.rules.wording import call_on, named, quoted


class UnknownOption(Rule):
    """`unconnected_gradients` is given something that is not one of its options.

    The argument takes the strings 'none' and 'zero', in small letters, or a member of `tf.UnconnectedGradients`;
    not None, no bool and no number. TensorFlow looks at it only when the gradient is computed, so the error comes at
    the end of the first forward pass. A Jacobian has the argument in the third place, where `False` is easily meant
    for `experimental_use_pfor`.

    Example:
        x = tf.Variable([1.0, 2.0])
        unused = tf.Variable(3.0)
        with tf.GradientTape() as tape:
            y = x * x
        grads = tape.gradient(y, [x, unused], unconnected_gradients="ZERO")

    Use instead:
        x = tf.Variable([1.0, 2.0])
        unused = tf.Variable(3.0)
        with tf.GradientTape() as tape:
            y = x * x
        grads = tape.gradient(y, [x, unused], unconnected_gradients="zero")

    TensorFlow says:
        "ValueError: Unknown value for unconnected_gradients: 'ZERO'"

    Known limits:
        Only literals are judged, under whatever name they come. A member of `tf.UnconnectedGradients` that does not
        exist raises AttributeError where it is looked up and is not reported; nor is `tf.gradients`.
    """

    code = "TAP213"
    name = "unknown-option"
    claim = Claim.CALL_RAISES

    def judge(self, event: Event) -> Iterator[Finding]:
        if not isinstance(event, CallRaised) or event.misuse is not Misuse.UNKNOWN_OPTION:
            return
        value = named(event.kind) if event.kind[:1] in ("'", '"') else event.kind or "something else"
        given = f"{quoted(event.what)}, which is {value}," if _is_name(event.what) else value
        yield Finding(
            self.code,
            event.where,
            f"'unconnected_gradients' is given {given} and knows only 'zero' and 'none', so "
            f"{call_on(event.tape, event.method or 'gradient')} raises ValueError; write 'zero' for zeros in place of "
            f"None, or leave it out",
        )


def _is_name(text: str) -> bool:
    """A name that the reader has to look up, dotted or not; no literal, no expression."""
    return text not in ("None", "True", "False") and all(part.isidentifier() for part in text.split("."))
