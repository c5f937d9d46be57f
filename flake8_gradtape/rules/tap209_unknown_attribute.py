"""TAP209: a tape has no attribute of that name, or the tape is looked for where it is not."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from flake8_gradtape.events import CallRaised, Claim, Event, Misuse
from flake8_gradtape.rules.base import Finding, Rule
from flake8_gradtape.rules.wording import one_line, quoted, the_tape

_METHODS = ("gradient", "jacobian", "batch_jacobian", "watch", "watched_variables", "stop_recording", "reset")


class UnknownAttribute(Rule):
    """A tape has no attribute of that name, or there is no tape under that name.

    The method is `gradient`, in the singular, and the class is `tf.GradientTape`; there is none in `tf.keras`. Python
    looks the name up only when the line runs, so the error may come after a long computation.

    Example:
        x = tf.Variable(3.0)
        with tf.GradientTape() as tape:
            y = x * x
        grad = tape.gradients(y, x)

    Use instead:
        x = tf.Variable(3.0)
        with tf.GradientTape() as tape:
            y = x * x
        grad = tape.gradient(y, x)

    TensorFlow says:
        "AttributeError: 'GradientTape' object has no attribute 'gradients'"

    Known limits:
        Not claimed for a subclass of the tape, for a name that the module sets itself, nor if the error is caught.
    """

    code = "TAP209"
    name = "unknown-attribute"
    claim = Claim.CALL_RAISES

    def judge(self, event: Event) -> Iterator[Finding]:
        if not isinstance(event, CallRaised) or event.misuse is not Misuse.UNKNOWN_ATTRIBUTE:
            return
        name = one_line(event.what or event.method)
        if name.lower().replace("_", "").endswith("gradienttape"):
            message = f"there is no {quoted(name)}, and looking it up raises AttributeError; write 'tf.GradientTape'"
        else:
            message = (
                f"{the_tape(event.tape)} has no attribute {quoted(name, 'of this name')}, and looking it up raises "
                f"AttributeError; {_cure(name)}"
            )
        yield Finding(self.code, event.where, message)


def _cure(name: str) -> str:
    near = difflib.get_close_matches(name, _METHODS, n=1, cutoff=0.5)
    return f"write '{near[0]}'" if near else f"a tape has {', '.join(repr(one) for one in _METHODS)}"
