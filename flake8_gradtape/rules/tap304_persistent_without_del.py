"""TAP304 (optional): a persistent tape that no `del` ends, though it is freed in another way."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_gradtape.events import Claim, Event, TapeEnded
from flake8_gradtape.rules.base import Finding, Rule
from flake8_gradtape.rules.wording import one_line, the_tape


class PersistentWithoutDel(Rule):
    """A persistent tape is never deleted by name, even if it is freed in another way.

    For projects that want `del tape` after the last use of every persistent tape. A function's return frees its tape
    as well, but only at the end: until then the recording takes memory beside everything that the function still does,
    and it is kept for good once somebody returns the tape, stores it or moves the code to module level.

    Example:
        def derivatives(x):
            with tf.GradientTape(persistent=True) as tape:
                y = x * x
                z = y * y
            return tape.gradient(y, x), tape.gradient(z, x)

        print(derivatives(tf.Variable(3.0)))

    Use instead:
        def derivatives(x):
            with tf.GradientTape(persistent=True) as tape:
                y = x * x
                z = y * y
            dy, dz = tape.gradient(y, x), tape.gradient(z, x)
            del tape
            return dy, dz

        print(derivatives(tf.Variable(3.0)))

    TensorFlow says:
        Nothing; both programs print 6.0 and 108.0, and keep nothing after the call.

    Known limits:
        Optional. A tape that outlives its last use is TAP301, one that grows in a loop TAP302, one that is asked only
        once TAP403; they are not reported twice.
    """

    code = "TAP304"
    name = "persistent-without-del"
    claim = Claim.NOT_DELETED
    optional = True

    def judge(self, event: Event) -> Iterator[Finding]:
        if not isinstance(event, TapeEnded) or not event.persistent or event.deleted or not event.named:
            return
        if event.kept is not None or event.asked < 2:  # TAP301 if it is kept; never asked is TAP303, asked once TAP403
            return
        if event.grows and event.entered_again_in_loop is not None:  # TAP302
            return
        yield Finding(
            self.code,
            event.where,
            f"{the_tape(event.tape)} is persistent and is never deleted; add 'del {one_line(event.tape) or 'tape'}' "
            f"after the last gradient call",
        )
