"""What is taken for granted without being certain: each assumption has an id and a sentence, and can be turned off.

A finding rests on an assumption if it is not there without it. So whoever needs one asks `Taking.takes`, which
remembers what was asked; `checking` runs the module again without it where that could change a finding.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Assumption:
    """One guess: `id` is what users write, `sentence` says it in README, `words` at the end of a finding.

    In `words`, `{}` stands for the name of which it was taken.
    """

    id: str
    sentence: str
    words: str
    in_general: str
    """The words where it was taken of too many names to tell of which."""


NEW_OUTPUTS = Assumption(
    "new-outputs",
    "What is called like a model (`model`, `net`, `generator` ...) makes a new tensor whenever it is called: it hands"
    " back neither what it was given nor what was there before.",
    "'{}' for a model, whose output is new",
    "what is called like a model for a model, whose output is new",
)
NEW_LOSSES = Assumption(
    "new-losses",
    "What is called like a loss function (`loss_fn`, `compute_loss`, `..._cross_entropy` ...) makes a new loss of"
    " predictions and labels.",
    "'{}' for a function that makes a new loss",
    "what is called like a loss for functions that make new losses",
)
NO_VARIABLES = Assumption(
    "no-variables",
    "What a call gives, or a value that came from elsewhere, is none of the variables of the model whose gradients are"
    " asked for, unless its name says so (`weights`, `kernel`, `embedding` ...).",
    "'{}' for no variable of the model",
    "what calls gave, and what came from elsewhere, for no variables of the model",
)
KEPT_ATTRIBUTES = Assumption(
    "kept-attributes",
    "What `__init__` assigns and nothing else in the module changes is still there when a method runs by itself: no"
    " subclass or other module has replaced it.",
    "what '{}' makes in '__init__' for still there",
    "what '__init__' makes for still there",
)
LIBRARY_NAMES = Assumption(
    "library-names",
    "`tf` and `np` are TensorFlow and NumPy where nothing in the module shows what they are (`import *`, another cell"
    " of a notebook).",
    "'{}' for what it usually is",
    "'tf' and 'np' for what they usually are",
)
ASSUMPTIONS = (NEW_OUTPUTS, NEW_LOSSES, NO_VARIABLES, KEPT_ATTRIBUTES, LIBRARY_NAMES)
ALL = frozenset(one.id for one in ASSUMPTIONS)
"""The ids of all assumptions: they are made unless the user says otherwise."""

Taken = tuple[str, str]
"""An assumption, by its id, and the name of which it is taken; empty, if of nothing in particular."""


@dataclass
class Taking:
    """Which assumptions one run makes, and which it needed."""

    kept: frozenset[str] = ALL
    """The ids of those that are made."""
    without: frozenset[Taken] = frozenset()
    """Those that are not made for some names, though they are for others."""
    needed: dict[Taken, None] = field(default_factory=dict)
    """Those that were made, in order."""

    def takes(self, assumption: Assumption, name: str = "") -> bool:
        """Whether the assumption is made of what has this name."""
        taken = (assumption.id, name)
        if assumption.id not in self.kept or taken in self.without:
            return False
        self.needed[taken] = None
        return True

    def except_for(self, ids: Iterable[str] = (), taken: Iterable[Taken] = ()) -> Taking:
        """The same without some assumptions, or without some for one name only; nothing needed yet."""
        return Taking(self.kept.difference(ids), self.without.union(taken))
