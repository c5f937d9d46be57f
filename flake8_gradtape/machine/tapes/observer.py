"""What a run tells somebody who watches it (`machine/trace.py`), while it goes on; a run that nobody watches has none.

An observer looks and changes nothing: with it and without it a run makes the same claims.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from flake8_gradtape.events import AskedSource, CallRaised
from flake8_gradtape.machine.domain.graph import Node
from flake8_gradtape.machine.domain.values import Value
from flake8_gradtape.machine.tapes.state import Connection, GradientCall, Reach, Tape, TapeState

if TYPE_CHECKING:
    import libcst as cst


class Silence(Enum):
    """Why nothing is claimed of a source, or of a call that raises."""

    NO_TENSOR = "the target or a source may be no tensor, and then the call raises"
    SHAPES = "batch_jacobian raises first if the shapes do not fit, and shapes are not known"
    ESCAPED = "the tape escaped"
    STARRED = "starred arguments may give more than is seen"
    ZEROS = "unconnected_gradients may ask for zeros instead of None"
    SPENT = "the tape may be spent here, and then the call raises"
    EMPTY = "the list of sources may be empty"
    CONNECTED = "it may be connected"
    HANDED_OVER = "the caller may have handed over this very variable with what is differentiated"
    FROZEN = "layers behind tf.stop_gradient are often frozen from outside"
    CAUGHT = "somebody catches the error"


@dataclass(frozen=True)
class Decision:
    """What was decided for one source of a gradient call, and from what."""

    asked: AskedSource
    sure: bool
    """The source gets a gradient in every run."""
    silences: tuple[Silence, ...]
    connection: Connection | None
    targets: tuple[Node, ...]
    reach: Reach
    state: TapeState
    record: GradientCall


class Observer:
    """Does nothing; override what you want to see.

    What is told also comes from passes of loops and other parts of a run of which nothing is claimed.
    """

    def root(self, root: cst.CSTNode) -> None:
        """The module, or a function by itself, is run from outside."""

    def finished(self) -> None:
        """That is done, or given up."""

    def called(self, function: cst.CSTNode, parameters: Sequence[tuple[cst.Name, Value]]) -> None:
        """The body of a function begins; its parameters have these values."""

    def statement(self, statement: cst.CSTNode) -> None:
        """Some run gets to a statement or block."""

    def expression(self, expression: cst.CSTNode, value: Value) -> None:
        """An expression was evaluated."""

    def assigned(self, target: cst.CSTNode, value: Value) -> None:
        """A name, attribute or item has got a value."""

    def ended(self) -> None:
        """Every run that gets here ends here, by an exception."""

    def never_returned(self) -> None:
        """Every run of the body of a function has ended in it, so its caller ends as well."""

    def not_followed(self, function: cst.CSTNode) -> None:
        """A call of a function is nested too deep: nobody looks at what it does."""

    def asked(self, call: cst.Call, tape: Tape, method: str, sources: Value | None) -> None:
        """A tape is about to be asked for a gradient; None if nobody can tell what the sources are."""

    def decided(self, decision: Decision) -> None:
        """The answer for one source of the gradient call that was asked last."""

    def raised(self, at: cst.CSTNode, event: CallRaised, silences: tuple[Silence, ...]) -> None:
        """A call surely raises; it is claimed, unless there are `silences`."""

    def escaped(self, tape: int) -> None:
        """Code that nobody sees gets hold of a tape."""

    def gave_up(self, root: cst.CSTNode, function: cst.CSTNode | None) -> None:
        """What was run from `root` took too much work; it was in `function` then (None: in no function)."""

    def exhausted(self) -> None:
        """The work for the whole module is used up: the functions that were not run yet are not run."""
