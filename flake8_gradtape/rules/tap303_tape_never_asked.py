"""TAP303: a named tape records operations and nobody asks it for a gradient."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_gradtape.events import Claim, Event, TapeEnded
from flake8_gradtape.rules.base import Finding, Rule
from flake8_gradtape.rules.wording import the_tape


class TapeNeverAsked(Rule):
    """A named tape records operations and nobody asks it for a gradient.

    Recording takes time and holds every intermediate tensor of the block in memory for as long as the tape has a name.
    Copied evaluation code often has such a tape; a forward pass that needs no gradient needs no tape.

    Example:
        x = tf.Variable(3.0)
        with tf.GradientTape() as tape:
            y = x * x
        print(y)

    Use instead:
        x = tf.Variable(3.0)
        y = x * x
        print(y)

    TensorFlow says:
        Nothing. The tape of the example keeps 2 operations and 2 tensors to the end of the program. In a measured
        block with 256 MB of activations the tape held 257 MB after the block, and 1 MB was left after its `del`.

    Known limits:
        A tape that is passed on, returned or stored may be asked elsewhere; nothing is claimed about it. In a function
        under `tf.function` such a tape takes time when the function is traced, and no memory.
    """

    code = "TAP303"
    name = "tape-never-asked"
    claim = Claim.NEVER_ASKED

    def judge(self, event: Event) -> Iterator[Finding]:
        if not isinstance(event, TapeEnded) or not event.named or event.asked or not event.records:
            return
        cost = "" if event.traced else " and holds their tensors in memory"
        yield Finding(
            self.code,
            event.where,
            f"{the_tape(event.tape)} records these operations{cost}, but is never asked for a gradient; take the code "
            f"out of the 'with' block, or ask",
        )
