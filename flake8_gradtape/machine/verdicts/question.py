"""One gradient call: what is asked of which tape, and what the answer rests on."""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from flake8_gradtape.machine.domain.graph import Node
from flake8_gradtape.machine.domain.values import Value
from flake8_gradtape.machine.state.scopes import Arguments
from flake8_gradtape.machine.tapes.observer import Silence
from flake8_gradtape.machine.tapes.state import Reach, Tape, TapeState


def name_of_sources(method: str) -> str:
    """The keyword under which a method takes its sources."""
    return "source" if method == "batch_jacobian" else "sources"


@dataclass(frozen=True, eq=False)
class Question:
    """A gradient call as it is made, in one visit of a run."""

    tape: Tape
    state: TapeState
    """The state of the tape just before the call."""
    method: str
    target: Value
    sources: Value
    arguments: Arguments
    at: cst.Call
    inline: frozenset[Node]
    """The nodes that were made in the arguments of the call."""
    visit: object

    @property
    def weights(self) -> Value | None:
        """What is given as `output_gradients`."""
        return self.arguments.get(2, "output_gradients") if self.method == "gradient" else None


@dataclass(frozen=True, eq=False)
class Grounds:
    """What the answer to a question rests on."""

    targets: list[Node]
    sure_targets: list[list[Node]]
    """For each alternative of the target the nodes that surely are in it."""
    reach: Reach
    silences: tuple[Silence, ...]
    """Why nothing is claimed of any source."""
    certain: bool
    weights: tuple[Node, ...]
    """The nodes in `output_gradients`."""
