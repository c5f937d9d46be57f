"""What TensorFlow does to tapes: entering, watching, recording an operation, asking; and the making of nodes.

The only place that changes the state of tapes. The facts are those of the eager tape of TensorFlow 2.21 and 2.15.
What follows from the state is in `tracking`, why a source is not connected in `verdicts/causes`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from flake8_gradtape.events import Misuse
from flake8_gradtape.knowledge.backward_pass import HOLDING
from flake8_gradtape.machine.domain.aliasing import same_as
from flake8_gradtape.machine.domain.graph import (
    PLAIN_OPERATION,
    Curvature,
    Edge,
    Flow,
    Kind,
    Node,
    Op,
    OperationTraits,
    Tri,
    UnseenCall,
    op_and_path,
)
from flake8_gradtape.machine.domain.node_states import RunStates
from flake8_gradtape.machine.domain.store import Store

if TYPE_CHECKING:
    import libcst as cst

    from flake8_gradtape.machine.tapes.observer import Observer

from flake8_gradtape.machine.tapes import transitions
from flake8_gradtape.machine.tapes.state import GradientCall, Raised, Tape, TapeState
from flake8_gradtape.machine.tapes.tracking import may_track, surely_tracks

FOREVER = sys.maxsize
"""The end of a pause that has not ended."""


class Recorder:
    """All tapes of one abstract run, and the making of nodes."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.node_states = RunStates(store)
        self.tapes: list[Tape] = []
        self.gradient_calls: list[GradientCall] = []
        self.differentiated: dict[Node, None] = {}
        self.differentiated_anywhere: list[Node] = []
        self._time = 0
        self._recordings = 0
        self._live: dict[int, None] = {}
        self.last_unknown_effect = 0
        self.writes: dict[Node, tuple[Edge, ...]] = {}
        """What was assigned to each variable so far."""
        self.written: dict[Node, int] = {}
        """When each variable was last assigned to."""
        self.called_from_outside = False
        """The run is a function by itself: a caller that is not seen may have a tape recording."""
        self.asked_before: dict[object, None] = {}
        """The gradient calls made so far, with the node of the target and those of the sources."""
        self.replaced: dict[Node, str] = {}
        """Tensors that took the name of the variable they were computed from."""
        self._holder: dict[int, int] = {}
        self.lasting_tapes = 0
        """The tapes below this number are older than the function that is run by itself."""
        self.touched: dict[int, None] = {}
        """Those of them of which that has changed what they watch or record, or which it has handed out."""
        self.observer: Observer | None = None
        """Who watches the run, if anybody does."""

    # -- nodes ---------------------------------------------------------------------------------------------------

    def now(self) -> int:
        """A new point in time, later than all before."""
        self._time += 1
        return self._time

    def unknown(
        self,
        edges: Iterable[Node] = (),
        name: str = "",
        at: cst.CSTNode | None = None,
        time: int | None = None,
        may_hold_anything: bool = False,
        call: UnseenCall | None = None,
    ) -> Node:
        """A new value that the machine cannot see into: what unseen code gave, or was handed to the module.

        It may be made of `edges`; of all else that existed as well, if it `may_hold_anything`. A `time` in the past
        says that it is older than this moment. `call` made it, if it was a call with arguments.
        """
        born = self.now() if time is None else time
        inputs = tuple(Edge(node, Flow.GRADIENT) for node in dict.fromkeys(edges))
        if call is None:
            return Node(Kind.UNKNOWN, born, edges=inputs, name=name, at=at, may_hold_anything=may_hold_anything)
        return Node(
            Kind.UNKNOWN, born, edges=inputs, during=self._recording_now(), name=name, at=at,
            may_hold_anything=may_hold_anything, called=True, callee=call.callee, model_output=call.model_output,
            surely_new=call.surely_new, no_variable=call.no_variable,
        )  # fmt: skip

    def _recording_now(self) -> frozenset[int]:
        """The recordings that may be running: kept with an unseen value, which they may have recorded or not."""
        return frozenset().union(*(state.recordings for _, state in self.live()))

    def number(
        self, edges: Iterable[Edge] = (), what: Op | str = "", at: cst.CSTNode | None = None, floating: Tri = None
    ) -> Node:
        """A new Python number or NumPy array, computed from the inputs; `what` says how, for messages."""
        op, path = op_and_path(what)
        return Node(Kind.NUMBER, self.now(), op, path, tuple(edges), floating=floating, at=at)

    def variable(
        self, trainable: Tri, floating: Tri, at: cst.CSTNode | None, edges: Iterable[Edge] = (),
        path: str = "tf.Variable",
    ) -> Node:  # fmt: skip
        """A new `tf.Variable`, made by the function at `path`; `edges` lead to its first value, with no gradient."""
        return Node(
            Kind.VARIABLE, self.now(), Op.OTHER, path, tuple(edges), floating=floating, trainable=trainable, at=at
        )

    def operation(
        self,
        what: Op | str,
        edges: Iterable[Edge],
        at: cst.CSTNode | None,
        traits: OperationTraits = PLAIN_OPERATION,
    ) -> Node:
        """The output of a TensorFlow operation `what`, recorded by the tapes that are recording and track an input.

        A tape records an operation when at least one input is tracked; the output is tracked if it is floating, even
        where the operation has no gradient (round, zeros_like), but not after `tf.stop_gradient` or outside of
        TensorFlow. `edges` are its inputs (a variable is read first), `traits` what else is known of it.
        """
        op, path = op_and_path(what)
        holding = (path or op.value) in HOLDING
        edges = tuple(self._reading(edge, traits.transparent) for edge in edges)
        recorded: dict[int, bool] = {}
        during: set[int] = set()
        for number in self._live:
            state = self.state(number)
            if state is None or state.active is False or not state.recordings:
                continue
            during |= state.recordings
            tape = self.tapes[number]
            tracked = [
                edge
                for edge in edges
                if edge.flow in (Flow.GRADIENT, Flow.NO_GRADIENT)
                and may_track(self.node_states, state, tape, edge.node)
            ]
            if traits.floating is False or not tracked:
                continue
            sure = (
                state.active is True
                and len(state.recordings) == 1
                and traits.surely_tensors
                and any(edge.certain and surely_tracks(state, edge.node) for edge in tracked)
            )
            for recording in state.recordings:
                recorded[recording] = sure
            if sure and not traits.transparent:
                self._set(number, transitions.recording(state, holding))
        return Node(
            Kind.TENSOR, self.now(), op, path, edges, recorded, frozenset(during), traits.floating, None,
            traits.curvature, traits.surely_curved, at=at, no_gradient=traits.no_gradient,
            transparent=traits.transparent,
        )  # fmt: skip

    def _reading(self, edge: Edge, transparent: bool) -> Edge:
        """The input of an operation, where that is a variable: the tensor into which it is read.

        The backward pass uses that tensor, and does not read again: a value assigned later does not count. What has no
        gradient may be made without reading (a shape, or `tf.stop_gradient`, in which no tape records), and what is
        `transparent` may give back the variable.
        """
        variable = edge.node
        certain = edge.certain and edge.flow is Flow.GRADIENT and not transparent
        if variable.kind is not Kind.VARIABLE or edge.flow is Flow.LEFT:
            return edge
        recorded: dict[int, bool] = {}
        during: set[int] = set()
        for tape, state in self.live():
            if not state.recordings:
                continue
            during |= state.recordings
            after = self._read_variable(tape, state, variable, certain)
            if may_track(self.node_states, after, tape, variable):
                sure = after.active is True and len(after.recordings) == 1 and surely_tracks(after, variable)
                recorded.update(dict.fromkeys(after.recordings, sure))
        read = Node(
            Kind.TENSOR, self.now(), Op.READ, "",
            (Edge(variable, Flow.GRADIENT, True), *self.writes.get(variable, ())), recorded, frozenset(during),
            variable.floating, None, Curvature.LINEAR, name=variable.name, at=variable.at,
        )  # fmt: skip
        if self.node_states.escaped(variable):
            self.node_states.escape_alone(read)
        return Edge(read, edge.flow, edge.sure, edge.certain)

    def _read_variable(self, tape: Tape, state: TapeState, variable: Node, certain: bool) -> TapeState:
        """A recording tape surely watches a trainable variable that an operation reads in every run."""
        sure = (
            certain
            and tape.auto is True
            and state.active is True
            and self.node_states.trainable(variable) is True
            and variable.floating is True
            and variable not in state.surely_watched
        )
        if not sure:
            return state
        state = transitions.reading(state, variable)
        self._set(tape.number, state)
        return state

    # -- tapes ---------------------------------------------------------------------------------------------------

    def open(self, tape: Tape) -> int:
        """Keep a new tape object, which was never entered; gives its number."""
        self.tapes.append(tape)
        self._set(tape.number, TapeState())
        return tape.number

    def write(self, variable: Node, edges: Iterable[Edge]) -> None:
        """A value made of `edges` is assigned to a variable: later reads lead to that as well, with no gradient."""
        self.written[variable] = self.now()
        before = self.writes.get(variable, ())
        known = {edge.node for edge in before}
        fresh = [edge for edge in edges if edge.node not in known and edge.node is not variable]
        self.writes[variable] = (*before, *fresh)
        if self.node_states.escaped(variable):
            for edge in fresh:
                self.node_states.escape(edge.node)

    def holder(self, recording: int) -> Tape:
        """The tape that holds, or held, a recording."""
        return self.tapes[self._holder[recording]]

    def state(self, number: int) -> TapeState | None:
        """The state of a tape; None where no run that gets here has made it."""
        found = self.store.get(("tape", number))
        return found if isinstance(found, TapeState) else None

    def _set(self, number: int, state: TapeState) -> None:
        """Put the state of a tape into the store; one that may be recording is asked at every operation from now on."""
        if number < self.lasting_tapes:
            before = self.state(number)
            if before is None or _knows(state) != _knows(before):
                self.touched[number] = None
        if state.active is not False:
            self._live[number] = None
        self.store.set(("tape", number), state)

    def update(self, number: int, change: Callable[[TapeState], TapeState]) -> None:
        """Change the state of a tape, where some run that gets here has made it."""
        state = self.state(number)
        if state is not None:
            self._set(number, change(state))

    def live(self) -> Iterator[tuple[Tape, TapeState]]:
        """The tapes that may be recording now, each with its state."""
        for number in list(self._live):
            state = self.state(number)
            if state is not None and state.active is not False:
                yield self.tapes[number], state

    def enter(self, number: int) -> None:
        """`with tape:`; raises `Raised` if it surely is active already (truth table B22)."""
        state = self.state(number)
        if state is None:
            return
        if state.active is True:
            raise Raised(Misuse.ALREADY_ACTIVE)
        for other, _ in self.live():
            other.nested_with.add(number)
            self.tapes[number].nested_with.add(other.number)
        self._set(number, self._entered(number, state))

    def _entered(self, number: int, state: TapeState) -> TapeState:
        """The state of a tape after it was entered, with a new recording of its own if one begins."""
        return transitions.entered(state, lambda: self._begin(number), self.now)

    @property
    def recordings(self) -> int:
        """How many recordings have begun so far; a higher number tells one that began later."""
        return self._recordings

    def _begin(self, number: int) -> int:
        """The number of a new recording, which this tape holds."""
        self._recordings += 1
        self._holder[self._recordings] = number
        return self._recordings

    def note_record(self) -> None:
        """A model with variables is called: the tapes that are recording surely record something."""
        for tape, state in self.live():
            if state.active is True and tape.auto is True and not state.records:
                self._set(tape.number, replace(state, records=True))

    def leave(self, number: int) -> None:
        """The end of `with tape:`."""
        self.update(number, transitions.left)

    def pause(self, number: int) -> None:
        """`tape.stop_recording()` is entered; raises `Raised` if the tape surely does not record (A177, A178)."""
        state = self.state(number)
        if state is None:
            return
        if state.entered is False:
            raise Raised(Misuse.NOT_ENTERED)
        if state.active is False or state.spent is True:
            raise Raised(Misuse.OTHER)
        self.tapes[number].pauses.append((self.now(), FOREVER))
        self._set(number, transitions.paused(state))

    def resume(self, number: int) -> None:
        """`tape.stop_recording()` is left: a tape that was spent inside begins anew (B34)."""
        pauses = self.tapes[number].pauses
        if pauses:
            pauses[-1] = (pauses[-1][0], self.now())
        self.update(number, lambda state: self._entered(number, state))

    def reset(self, number: int) -> None:
        """`tape.reset()`: forgets all, watches too (A174, A175); raises `Raised` if it is not recording (A176)."""
        state = self.state(number)
        if state is None:
            return
        if state.entered is False:
            raise Raised(Misuse.NOT_ENTERED)
        if state.active is False:
            raise Raised(Misuse.OTHER)
        self.tapes[number].resets = True
        self._set(number, self._entered(number, transitions.forgotten(state)))

    def watch(self, number: int, nodes: list[Node], sure: bool) -> None:
        """`tape.watch(...)` of these nodes, which are surely those that are watched if `sure`.

        Raises `Raised` on a tape that was never entered or is spent (A21, B30). Whatever a node may be the same as is
        watched too.
        """
        state = self.state(number)
        if state is None:
            return
        if state.entered is False:
            raise Raised(Misuse.NOT_ENTERED)
        if state.spent is True:
            raise Raised(Misuse.OTHER)
        now = self.now()
        watched = [one for node in nodes for one in same_as(node)]
        self.tapes[number].watch_log.extend((node, now) for node in watched)
        if state.active is not True and not self.called_from_outside and not any(True for _ in self.live()):
            return  # no tape at all is recording, and then TensorFlow ignores a watch
        surely = [node for node in nodes if sure and state.active is True and node.floating is True]
        self._set(number, transitions.watching(state, watched, surely))

    def ask(self, number: int) -> TapeState | None:
        """The state in which a tape is asked for a gradient; None where no run that gets here has made it.

        Raises `Raised` if it surely is spent or was never entered (B01, B29). The call may still fail on its arguments,
        so the state changes only with `answered`.
        """
        state = self.state(number)
        if state is None:
            return None
        if state.entered is False:
            raise Raised(Misuse.NOT_ENTERED)
        if state.spent is True:
            raise Raised(Misuse.SPENT)
        return state

    def answered(self, number: int) -> None:
        """A gradient call succeeded: a tape that is not persistent is spent (B09, B10, B35)."""
        tape = self.tapes[number]
        state = self.state(number)
        if state is not None:
            tape.most_asked = max(tape.most_asked, state.asked + 1)
            self._set(number, transitions.answered(state, tape.persistent))

    def has_escaped(self, number: int) -> bool:
        """Code that the machine cannot see surely or perhaps has the tape, or no run that gets here has made it."""
        state = self.state(number)
        return state is None or state.escaped

    def tape_escapes(self, number: int) -> None:
        """Code that the machine cannot see has the tape, and may watch, ask or delete."""
        if self.observer is not None:
            self.observer.escaped(number)
        self.update(number, lambda state: replace(state, escaped=True))


def _knows(state: TapeState) -> tuple[object, ...]:
    """What a tape watches and records, and if others have it."""
    return state.watched, state.recordings, state.escaped
