"""What the machine takes an expression to be in one visit: its value, with what containers and tapes held then.

Values refer to the state of the run, which changes; a belief keeps what it was at that moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

import libcst as cst

from flake8_gradtape.machine.domain.contents import MappingContents, SequenceContents
from flake8_gradtape.machine.domain.graph import Node, Tri
from flake8_gradtape.machine.domain.values import (
    Alternatives,
    DictValue,
    Instance,
    KerasLayer,
    ListValue,
    Opaque,
    TapeValue,
    Tensor,
    Value,
    Variable,
    node_of,
)
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.tapes.state import Tape, TapeState
from flake8_gradtape.machine.tapes.tracking import may_track, surely_tracks
from flake8_gradtape.reading.positions import Span

MOST_DEPTH = 4
MOST_PARTS = 200
"""Parts of a value that lie deeper, or are more, are not kept."""
MOST_TAPES = 50
"""Of older tapes it is not told whether they watch something."""


class Role(Enum):
    """How an expression stands in the text."""

    READ = "it is evaluated"
    WRITTEN = "it is assigned to"
    PARAMETER = "it is a parameter"


class Mark(Enum):
    """What a tape has to do with a tensor or variable."""

    RECORDED = "recorded by"
    PERHAPS_RECORDED = "perhaps recorded by"
    FORGOTTEN = "recorded before a reset by"
    WATCHED = "watched by"
    PERHAPS_WATCHED = "perhaps watched by"


@dataclass(frozen=True, eq=False)
class Belief:
    """One value as it was at one moment.

    `content` is what the container or object held (of the sequence or mapping itself; None for other values), `parts`
    the beliefs about what is in it: the alternatives of a choice by position, the elements of a sequence by position,
    the entries of a mapping by key, the attributes of an object by name. Parts too deep or too many are missing;
    `content` has them all. `marks` tell which tapes recorded or watch a tensor, `tracked` whether the one does that is
    asked for its gradient; `state` and `persistent` are those of a tape, `trainable` that of a variable.
    """

    value: Value
    content: SequenceContents | MappingContents | None = None
    parts: tuple[tuple[Any, Belief], ...] = ()
    marks: tuple[tuple[Mark, Tape], ...] = ()
    state: TapeState | None = None
    persistent: Tri = None
    trainable: Tri = None
    tracked: Tri = None


@dataclass(frozen=True, eq=False)
class Visit:
    """One evaluation of an expression."""

    belief: Belief
    root: cst.CSTNode | None
    """What was run from outside: the module, or a function by itself."""
    way: tuple[cst.CSTNode, ...]
    """The calls on the way here, outermost first."""
    silent: bool
    """Nothing is claimed in this visit: a later pass of a loop, say."""


@dataclass(frozen=True, eq=False)
class Expression:
    """A piece of text that was evaluated, or assigned to, and what it was in every visit, in the order of the run."""

    node: cst.CSTNode
    span: Span
    text: str
    role: Role
    visits: tuple[Visit, ...]

    @property
    def values(self) -> tuple[Value, ...]:
        """The machine's values over all visits, each once."""
        return tuple(dict.fromkeys(visit.belief.value for visit in self.visits))


class Snapshots:
    """Takes beliefs from a run that is going on."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._left = 0
        self._asked: Tape | None = None

    def take(self, value: Value, asked: Tape | None = None) -> Belief:
        """The value as it is now; with whether the tape that is `asked` tracks what is in it."""
        self._left = MOST_PARTS
        self._asked = asked
        return self._belief(value, 0)

    def _belief(self, value: Value, depth: int) -> Belief:
        """A value with what it holds at this moment, down to a certain depth: the store goes on to change."""
        if isinstance(value, TapeValue):
            recorder = self._run.recorder
            return Belief(value, state=recorder.state(value.tape), persistent=recorder.tapes[value.tape].persistent)
        if isinstance(value, (Tensor, Variable, Opaque)):
            return Belief(
                value, marks=tuple(self._marks(value.node)), trainable=self._run.node_states.trainable(value.node),
                tracked=self._tracked(value.node),
            )  # fmt: skip
        parts: list[tuple[Any, Value]] = []
        content: SequenceContents | MappingContents | None = None
        if isinstance(value, Alternatives):
            parts = list(enumerate(value.options))
        elif isinstance(value, (ListValue, KerasLayer)):
            content = self._run.heap.items(value if isinstance(value, ListValue) else ListValue(value.cell))
            parts = list(enumerate(content.items))
        elif isinstance(value, (DictValue, Instance)):
            content = self._run.heap.entries(value.cell)
            parts = list(content.entries)
        kept: list[tuple[Any, Belief]] = []
        for key, part in parts if depth < MOST_DEPTH else ():
            if self._left <= 0:
                break
            self._left -= 1
            kept.append((key, self._belief(part, depth + 1)))
        return Belief(value, content, tuple(kept))

    def _tracked(self, node: Node) -> Tri:
        """Whether the tape that is asked tracks a node: surely, surely not, or nobody can tell."""
        tape = self._asked
        state = self._run.recorder.state(tape.number) if tape is not None else None
        if tape is None or state is None or state.escaped:
            return None
        if surely_tracks(state, node):
            return True
        return None if may_track(self._run.node_states, state, tape, node) else False

    def _marks(self, node: Node) -> list[tuple[Mark, Tape]]:
        recorder = self._run.recorder
        found: dict[Tape, Mark] = {}
        for recording, sure in node.recorded.items():
            tape = recorder.holder(recording)
            state = recorder.state(tape.number)
            if state is not None and recording in state.recordings:
                found[tape] = Mark.RECORDED if sure else Mark.PERHAPS_RECORDED
            else:
                found.setdefault(tape, Mark.FORGOTTEN)
        for tape in recorder.tapes[-MOST_TAPES:]:
            state = recorder.state(tape.number)
            if state is not None and tape not in found and node in state.watched:
                found[tape] = Mark.WATCHED if node in state.surely_watched else Mark.PERHAPS_WATCHED
        return [(mark, tape) for tape, mark in found.items()]


def nodes_of(belief: Belief) -> list[Node]:
    """The nodes of a value and of its parts."""
    node = node_of(belief.value)
    found = [node] if node is not None else []
    return found + [one for _, part in belief.parts for one in nodes_of(part)]
