"""What is kept about each tape: its state at one point of a run, and what is collected about it over the whole run.

How the state changes is in `transitions`, what follows from it in `tracking`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from flake8_gradtape.events import AskedSource, Kept, Misuse, Where
from flake8_gradtape.machine.domain.graph import Node, Tri
from flake8_gradtape.machine.domain.values import GradientUse

if TYPE_CHECKING:
    import libcst as cst


TAPE_NAMES = frozenset("gradient jacobian batch_jacobian watch watched_variables reset stop_recording".split())
"""The public attributes of a tape."""


@dataclass(frozen=True)
class TapeState:
    """What the bookkeeping of one tape says at one point of the run.

    `recordings` has the numbers of the recordings that the tape may now hold: a recording begins when the tape is first
    entered, and again after `reset` or when a spent tape is entered. `since` is when the oldest of them began.
    """

    entered: Tri = False
    active: Tri = False
    spent: Tri = False
    recordings: frozenset[int] = frozenset()
    since: int = 0
    watched: frozenset[Node] = frozenset()
    surely_watched: frozenset[Node] = frozenset()
    asked: int = 0
    records: bool = False
    escaped: bool = False
    paused_or_watched_after_ask: bool = False
    entries: int = 0
    entered_in_loop: bool = False
    """It was last entered in a loop that the tape is older than."""
    holds_since_entry: bool = False
    """The same, since it was last entered."""
    holds: bool = False
    """It surely recorded an operation whose backward pass keeps the output: the recording keeps itself alive."""


@dataclass(eq=False)
class Tape:
    """What stays the same for one tape, and what is collected about it over the whole run."""

    number: int
    persistent: Tri
    auto: Tri
    """`watch_accessed_variables`"""
    at: cst.CSTNode
    name: str = ""
    module_level: bool = False
    context: Context = ()
    watch_log: list[tuple[Node, int]] = field(default_factory=list)
    mentioned: bool = False
    """It was used in a way that says nothing certain about its life: `watched_variables`, a call that raises."""
    stored: Kept | None = None
    grows_at: cst.CSTNode | None = None
    last_use: Where = None
    muted: bool = False
    made_in: cst.CSTNode | None = None
    """The function that made it."""
    traced: bool = False
    """It was made while a function was traced."""
    pauses: list[tuple[int, int]] = field(default_factory=list)
    """When it was inside `stop_recording`: from, to."""
    loop_depth: int = 0
    needs_persistence: bool = False
    resets: bool = False
    extra: dict[str, None] = field(default_factory=dict)
    """Attributes that the program itself gave to the tape."""
    wrapped: bool = False
    """A library has put a tape of its own around it, which may have more methods."""

    deleted: bool = False
    renamed: bool = False
    """In some run, also one that ended early, a name of it got another value."""
    of_object: bool = False
    """A method that was run by itself leaves it on its object."""
    most_asked: int = 0
    """The most gradient calls that it answered in any run, also one that ended early."""
    nested_with: set[int] = field(default_factory=set)

    def may_have(self, name: str) -> bool:
        """The tape may have an attribute that those of TensorFlow do not have."""
        return self.wrapped or name in self.extra


Context = tuple[object, ...]
"""How the run got to a line: the call sites on the way, outermost first."""


@dataclass(eq=False)
class GradientCall:
    """One gradient call, kept until the end of the run tells whether its result was differentiated."""

    at: cst.CSTNode
    tape: Tape
    method: str
    target: str
    sources: tuple[AskedSource, ...]
    context: Context
    in_own_block: bool
    results: list[Node] = field(default_factory=list)
    recorded_by: tuple[Tape, ...] = ()
    visit: object = None
    use: GradientUse = field(default_factory=GradientUse)
    of_gradient: bool = False
    """The target is itself a gradient: a row of a Hessian, say."""
    sure: bool = False
    """Every run of the root makes this call."""


@dataclass
class Reach:
    """What a target may depend on through one tape: known nodes, and unknown ones that may lead anywhere."""

    nodes: dict[Node, None] = field(default_factory=dict)
    anywhere: list[Node] = field(default_factory=list)


class Link(Enum):
    """Why a gradient may exist."""

    ITSELF = "the target is the source itself"
    TARGET_MAY_BE_SOURCE = "the target may be, or hold, the source"
    GRAPH_LOOP = "a loop in a graph gives zeros to all that comes into it"
    PATH = "a recorded path leads to the source"
    UNSEEN = "an unknown value on the way may lead there"
    SOURCE_MAY_BE_ON_WAY = "the source is unknown, and may be something on the way"
    WAY_MAY_HOLD_SOURCE = "an unknown value on the way may be the source"


@dataclass(frozen=True)
class Connection:
    """A gradient may exist for `source`; `by` is the node on the way that makes it possible."""

    link: Link
    source: Node
    by: Node


@dataclass(frozen=True)
class Raised(Exception):
    """A call on a tape raises in every run that gets there."""

    misuse: Misuse
    message: str = ""
