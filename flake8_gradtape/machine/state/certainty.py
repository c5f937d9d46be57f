"""Whether what happens now happens in every run, and whether it may be claimed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class Doubt:
    """A doubt that is over at the end of a block, unless it `lasts`."""

    def __init__(self) -> None:
        self.lasts = False


class Certainty:
    """Counts what makes a run doubtful; a claim needs that nothing does."""

    def __init__(self) -> None:
        self._silenced = 0
        self.lifetimes_only = False
        """What a run shows of calls does not count, only what it shows of the lives of tapes."""
        self.partial_exits = 0
        """How often some of the runs may have ended in an error, while others went on."""
        self.most_partial_exits: int | None = None
        """In a later pass of a loop: the partial exits before the loop; once there are more, nothing is claimed."""
        self.most_branches: int | None = None
        """In a later pass of a loop: the branches around the loop. In a further one nothing is claimed: it may be
        entered in the first pass only, or in one that comes much later."""
        self.full_exits = 0
        """How often all runs that got to some point ended there."""
        self.uncertain_depth = 0
        """More than zero where not every run of this root gets to."""
        self._loop_depth = 0
        """How many of these doubts are about loops that may have no pass."""
        self.asserting = 0
        """Inside of an `assert`: 1 where something has to hold, -1 under a `not`; else 0."""
        self.assumed: dict[tuple[int, str], bool] = {}
        """The truth of names that is assumed while a loop is run (see `loop_flags`)."""

    @contextmanager
    def silence(self) -> Iterator[None]:
        """Emit nothing in here."""
        self._silenced += 1
        try:
            yield
        finally:
            self._silenced -= 1

    @property
    def muted(self) -> bool:
        """Nothing is claimed here."""
        return (
            self._silenced > 0
            or self.lifetimes_only
            or (self.most_partial_exits is not None and self.partial_exits > self.most_partial_exits)
            or (self.most_branches is not None and self.branches > self.most_branches)
        )

    @property
    def in_later_pass(self) -> bool:
        """A loop is in a pass that follows its first."""
        return self.most_branches is not None

    @property
    def branches(self) -> int:
        """How many of the doubts are about branches, not about loops."""
        return self.uncertain_depth - self._loop_depth

    @contextmanager
    def unsure(self, holds: bool = True, in_loop: bool = False) -> Iterator[Doubt]:
        """What happens in here need not happen in every run, if this `holds`; nor what follows, if the doubt lasts.

        `in_loop`: because a loop may have no pass.
        """
        doubt = Doubt()
        self.uncertain_depth += holds
        self._loop_depth += holds and in_loop
        try:
            yield doubt
        finally:
            self.uncertain_depth -= holds and not doubt.lasts
            self._loop_depth -= holds and in_loop

    def unsure_from_here(self, holds: bool = True) -> None:
        """What follows need not happen in every run, if this `holds`."""
        self.uncertain_depth += holds

    @property
    def is_sure(self) -> bool:
        """Every run of this root gets here."""
        return self.uncertain_depth == 0

    def some_runs_end(self) -> None:
        """Some of the runs end here in an error, while others go on."""
        self.partial_exits += 1
        self.unsure_from_here()

    def clear(self) -> None:
        """Forget what was doubtful when a run gave up."""
        self._silenced = self.asserting = self.uncertain_depth = self._loop_depth = 0
        self.assumed = {}
        self.most_partial_exits = self.most_branches = None
