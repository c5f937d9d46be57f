"""One thing that can be taken out of the machine, and the account of which programs come by it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Account:
    """Which programs look at a thing of the machine; `now` is the number of the one that is being checked."""

    now: int = -1


@dataclass
class Removal:
    """`what` of `where` is taken out by putting `instead` in the place of `original`."""

    where: str
    what: str
    original: Any
    instead: Any
    word: str = ""
    """A word of the program text that leads to it."""
    reached_by: set[int] = field(default_factory=set)
    """The programs that come by it: only their findings can change."""
