"""Whether what happens now happens in every run, and whether it may be claimed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class Certainty:
    """Counts what makes a run doubtful; a claim needs that nothing does."""

    def __init__(self) -> None:
        self._silenced = 0
        self.endings = 0
        """How often some of the runs may have ended in an error, while others went on."""
        self.most_endings: int | None = None
        """In a later pass of a loop: the endings before the loop; once there are more, nothing is claimed."""
        self.deaths = 0
        """How often all runs that got to some point ended there."""
        self.doubts = 0
        """More than zero where not every run of this root gets to."""
        self.asserting = 0
        """More than zero inside of an `assert`."""
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
        return self._silenced > 0 or (self.most_endings is not None and self.endings > self.most_endings)

    @contextmanager
    def unsure(self) -> Iterator[None]:
        """What happens in here need not happen in every run."""
        self.doubts += 1
        try:
            yield
        finally:
            self.doubts -= 1

    def some_runs_end(self) -> None:
        """Some of the runs end here in an error, while others go on."""
        self.endings += 1
        self.doubts += 1

    def clear(self) -> None:
        """Forget what was doubtful when a run gave up."""
        self._silenced = self.asserting = self.doubts = 0
        self.assumed = {}
        self.most_endings = None
