"""TAP210: a Jacobian is asked for in a way that this tape, or these arguments, do not allow."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_gradtape.events import CallRaised, Claim, Event, Misuse
from flake8_gradtape.rules.base import Finding, Rule
from flake8_gradtape.rules.wording import call_on, quoted, the_tape


class JacobianNeedsPersistent(Rule):
    """A Jacobian without pfor is asked of a non-persistent tape, or of a list where one tensor is wanted.

    With `experimental_use_pfor=False` TensorFlow computes a Jacobian by one `gradient` call for each element of the
    target, and a tape that is not persistent answers only one. `batch_jacobian` takes one target and one source, not
    lists of them; the target of `jacobian` is a single tensor too.

    Example:
        x = tf.Variable([1.0, 2.0])
        with tf.GradientTape() as tape:
            y = x * x
        jac = tape.jacobian(y, x, experimental_use_pfor=False)

    Use instead:
        x = tf.Variable([1.0, 2.0])
        with tf.GradientTape() as tape:
            y = x * x
        jac = tape.jacobian(y, x)

    TensorFlow says:
        "RuntimeError: GradientTape must be created with persistent=True to compute the jacobian with eager execution
        enabled and with experimental_use_pfor set to False."

    Known limits:
        Inside a `tf.function` the same call is right, so there nothing is claimed; nor in a function that may be
        called by one.
    """

    code = "TAP210"
    name = "jacobian-needs-persistent"
    claim = Claim.CALL_RAISES

    def judge(self, event: Event) -> Iterator[Finding]:
        if not isinstance(event, CallRaised) or event.misuse is not Misuse.NEEDS_PERSISTENT:
            return
        call = call_on(event.tape, event.method or "jacobian")
        if event.kind:
            message = (
                f"{quoted(event.what, 'an argument')} is {event.kind}, and {call} wants a single tensor there and "
                f"raises AttributeError; ask for one at a time"
            )
        else:
            message = (
                f"{the_tape(event.tape)} is not persistent, and without pfor {call} needs more than one gradient and "
                f"raises RuntimeError; leave out 'experimental_use_pfor=False', or make the tape with "
                f"'persistent=True'"
            )
        yield Finding(self.code, event.where, message)
