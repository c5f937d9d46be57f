"""TAP301: a persistent tape that is kept after its last use."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_gradtape.events import Claim, Event, Kept, TapeEnded
from flake8_gradtape.rules.base import Finding, Rule
from flake8_gradtape.rules.wording import one_line, the_tape


class PersistentNeverDeleted(Rule):
    """A persistent tape is kept after its last use, and its recording with it.

    A recording holds every intermediate tensor of the forward pass. An ordinary tape lets go of them when it is asked;
    a persistent one keeps them as long as anything refers to the tape. A module-level name, an attribute, a list or a
    second name lives on, often to the end of the program; in a notebook always.

    Example:
        x = tf.Variable(3.0)
        with tf.GradientTape(persistent=True) as tape:
            y = x * x
            z = y * y
        dy = tape.gradient(y, x)
        dz = tape.gradient(z, x)

    Use instead:
        x = tf.Variable(3.0)
        with tf.GradientTape(persistent=True) as tape:
            y = x * x
            z = y * y
        dy = tape.gradient(y, x)
        dz = tape.gradient(z, x)
        del tape

    TensorFlow says:
        Nothing. At the end of the first program the tape still has its 3 operations, and 2 tensors are alive that
        nothing else holds (seen through weak references); with the `del` none are left.

    Known limits:
        The tape of a function is freed when the function returns; it is not reported. A persistent tape that is asked
        only once needs no `del` but need not be persistent: that is TAP403.
    """

    code = "TAP301"
    name = "persistent-never-deleted"
    claim = Claim.RECORDING_KEPT

    def judge(self, event: Event) -> Iterator[Finding]:
        if not isinstance(event, TapeEnded) or not event.persistent or event.kept is None or not event.records:
            return
        if event.asked < 2:  # never asked is TAP303, asked once TAP403
            return
        yield Finding(
            self.code,
            event.where,
            f"{the_tape(event.tape)} is persistent, and {event.kept.value} keeps its whole recording in memory after "
            f"the last gradient call; {_how_to_free(event.tape, event.kept)}",
        )


def _how_to_free(tape: str, kept: Kept) -> str:
    if kept is Kept.CONTAINER:
        return "take it out of the container when its gradients are computed"
    if kept is Kept.SECOND_NAME:
        return "delete every name of the tape when its gradients are computed"
    return f"add 'del {one_line(tape) or 'tape'}' after that call"
