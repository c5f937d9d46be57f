"""What a tape knows, and what follows from it: watching, recording an operation, connected or not.

The only place that keeps the state of tapes. Facts about TensorFlow are those of its eager tape, measured on 2.21 and
2.15. *May* facts are generous, so that "not connected" is certain; *sure* facts are strict. Why a source is not
connected is told in `causes`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from flake8_gradtape.machine.events import AskedSource, Kept, Misuse, Where
from flake8_gradtape.machine.store import MISSING, Store
from flake8_gradtape.machine.values import Bend, Edge, Flow, Kind, Node, Tri, either

if TYPE_CHECKING:
    import libcst as cst


HOLDING = frozenset(
    "** tf.exp tf.math.exp tf.sqrt tf.math.sqrt tf.math.rsqrt tf.math.sigmoid tf.math.tanh tf.nn.relu tf.nn.elu "
    "tf.nn.selu tf.nn.softmax tf.nn.log_softmax tf.nn.relu6 tf.math.reciprocal tf.math.pow tf.math.reduce_mean "
    "tf.math.reduce_max tf.math.reduce_min tf.math.reduce_std".split()
)
"""Operations whose backward pass keeps their output: measured with weak references, TensorFlow 2.21."""


INPUT_ONLY = frozenset(
    "** * / @ % abs tf.math.square tf.math.sin tf.math.cos tf.math.tan tf.math.log tf.math.softplus tf.math.abs "
    "tf.math.multiply tf.math.divide tf.linalg.matmul tf.math.sinh tf.math.cosh tf.math.atan tf.math.erf "
    "tf.math.log1p tf.math.pow tf.math.squared_difference tf.math.maximum tf.math.minimum tf.math.asin "
    "tf.math.reduce_mean tf.where tf.math.reduce_sum tf.tensordot tf.nn.softplus tf.clip_by_value tf.math.xlogy".split()
)
"""Operations whose gradient depends on their inputs only, not through their output."""


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
    stored: Kept | None = None
    grows_at: cst.CSTNode | None = None
    last_use: Where = None
    muted: bool = False
    loop_depth: int = 0
    needs_persistence: bool = False
    resets: bool = False
    extra: dict[str, None] = field(default_factory=dict)
    """Attributes that the program itself gave to the tape."""
    deleted: bool = False
    most_asked: int = 0
    """The most gradient calls that it answered in any run, also one that ended early."""
    nested_with: set[int] = field(default_factory=set)


Context = tuple[object, ...]
"""How the run got to a line: the call sites on the way, outermost first."""


@dataclass(eq=False)
class Ask:
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
    through_unknown: bool = False
    """Code that the machine cannot see computed something on the way."""
    expected: bool = False
    sure: bool = False
    """Every run of the root makes this call."""


@dataclass
class Reach:
    """What a target may depend on through one tape: known nodes, and unknown ones that may lead anywhere."""

    nodes: dict[Node, None] = field(default_factory=dict)
    anywhere: list[Node] = field(default_factory=list)


@dataclass(frozen=True)
class Raised(Exception):
    """A call on a tape raises in every run that gets there."""

    misuse: Misuse
    message: str = ""


class Recorder:
    """All tapes of one abstract run, and the making of nodes."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.tapes: list[Tape] = []
        self.asks: list[Ask] = []
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

    # -- nodes ---------------------------------------------------------------------------------------------------

    def now(self) -> int:
        """A new point in time."""
        self._time += 1
        return self._time

    def unknown(
        self,
        edges: Iterable[Node] = (),
        name: str = "",
        at: cst.CSTNode | None = None,
        time: int | None = None,
        sees_all: bool = False,
    ) -> Node:
        """A value that the machine cannot see into, made of anything that existed, `edges` among it."""
        return Node(
            Kind.UNKNOWN,
            self.now() if time is None else time,
            edges=tuple(Edge(node, Flow.GRADIENT) for node in dict.fromkeys(edges)),
            name=name,
            at=at,
            sees_all=sees_all,
        )

    def number(self, edges: Iterable[Edge] = (), op: str = "", at: cst.CSTNode | None = None) -> Node:
        """A Python number or NumPy array, computed from the inputs."""
        return Node(Kind.NUMBER, self.now(), op, tuple(edges), floating=None, at=at)

    def variable(self, trainable: Tri, floating: Tri, at: cst.CSTNode | None, edges: Iterable[Edge] = ()) -> Node:
        """A new `tf.Variable`."""
        return Node(
            Kind.VARIABLE, self.now(), "tf.Variable", tuple(edges), floating=floating, trainable=trainable, at=at
        )

    def operation(
        self,
        op: str,
        edges: Iterable[Edge],
        at: cst.CSTNode | None,
        *,
        floating: Tri = True,
        bend: Bend = Bend.CURVED,
        surely_bends: bool = False,
        surely_tensors: bool = True,
        no_gradient: bool = False,
    ) -> Node:
        """The output of a TensorFlow operation, recorded by the tapes that are recording and track an input.

        A tape records an operation when at least one input is tracked; the output is tracked if it is floating, even
        where the operation has no gradient (round, zeros_like), but not after `tf.stop_gradient` or outside of
        TensorFlow. `surely_tensors` is false if the inputs might be plain numbers, so nothing is surely recorded.
        """
        edges = tuple(self._reading(edge) for edge in edges)
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
                if edge.flow in (Flow.GRADIENT, Flow.NO_GRADIENT) and self.may_track(state, tape, edge.node)
            ]
            if floating is False or not tracked:
                continue
            sure = (
                state.active is True
                and len(state.recordings) == 1
                and surely_tensors
                and any(edge.certain and self.surely_tracks(state, edge.node) for edge in tracked)
            )
            for recording in state.recordings:
                recorded[recording] = sure
            if sure and (not state.records or (op in HOLDING and not state.holds)):
                self._set(number, replace(state, records=True, holds=state.holds or op in HOLDING))
        return Node(
            Kind.TENSOR, self.now(), op, edges, recorded, frozenset(during), floating, None, bend, surely_bends, at=at,
            no_gradient=no_gradient,
        )  # fmt: skip

    def _reading(self, edge: Edge) -> Edge:
        """An operation reads a variable into a new tensor; the backward pass uses that, and does not read again."""
        variable = edge.node
        if variable.kind is not Kind.VARIABLE or edge.flow is Flow.LEFT:
            return edge
        recorded: dict[int, bool] = {}
        during: set[int] = set()
        for tape, state in self.live():
            if not state.recordings:
                continue
            during |= state.recordings
            after = self._read_variable(tape, state, variable)
            if self.may_track(after, tape, variable):
                sure = after.active is True and len(after.recordings) == 1 and self.surely_tracks(after, variable)
                recorded.update(dict.fromkeys(after.recordings, sure))
        read = Node(
            Kind.TENSOR, self.now(), "read",
            (Edge(variable, Flow.GRADIENT, True), *self.writes.get(variable, ())), recorded, frozenset(during),
            variable.floating, None, Bend.LINEAR, name=variable.name, at=variable.at, escaped=variable.escaped,
        )  # fmt: skip
        return Edge(read, edge.flow, edge.sure, edge.certain)

    def _read_variable(self, tape: Tape, state: TapeState, variable: Node) -> TapeState:
        """A recording tape surely watches a trainable variable that an operation reads."""
        sure = (
            tape.auto is True
            and state.active is True
            and variable.trainable is True
            and variable.floating is True
            and variable not in state.surely_watched
        )
        if not sure:
            return state
        state = replace(state, watched=state.watched | {variable}, surely_watched=state.surely_watched | {variable})
        self._set(tape.number, state)
        return state

    # -- tapes ---------------------------------------------------------------------------------------------------

    def open(self, tape: Tape) -> int:
        """A new tape object; gives its number."""
        self.tapes.append(tape)
        self._set(tape.number, TapeState())
        return tape.number

    def write(self, variable: Node, edges: Iterable[Edge]) -> None:
        """A value is assigned to a variable: later reads get it, with no path to where it came from."""
        self.written[variable] = self.now()
        before = self.writes.get(variable, ())
        known = {edge.node for edge in before}
        fresh = [edge for edge in edges if edge.node not in known and edge.node is not variable]
        self.writes[variable] = (*before, *fresh)
        if variable.escaped:
            for edge in fresh:
                escape(edge.node)

    def tape_of(self, recordings: Iterable[int], besides: Tape) -> Tape | None:
        """The tape that holds one of the recordings, if it is another one."""
        for recording in recordings:
            tape = self.tapes[self._holder[recording]]
            if tape is not besides:
                return tape
        return None

    def watcher_of(self, node: Node, besides: Tape) -> Tape | None:
        """Another tape that watched the node."""
        for tape in self.tapes:
            if tape is not besides and any(seen is node for seen, _ in tape.watch_log):
                return tape
        return None

    def state(self, number: int) -> TapeState | None:
        """The state of a tape; None where no run that gets here has made it."""
        found = self.store.get(("tape", number))
        return found if isinstance(found, TapeState) else None

    def _set(self, number: int, state: TapeState) -> None:
        if state.active is not False:
            self._live[number] = None
        self.store.set(("tape", number), state)

    def update(self, number: int, change: Callable[[TapeState], TapeState]) -> None:
        """Change the state of a tape."""
        state = self.state(number)
        if state is not None:
            self._set(number, change(state))

    def live(self) -> Iterator[tuple[Tape, TapeState]]:
        """The tapes that may be recording now."""
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
        """A first entry, and one after the tape was spent, begins a new recording; others resume (B23, B24, B26)."""
        fresh = state.entered is False or state.spent is True
        if fresh:
            recording = self._begin(number)
            return replace(
                state,
                entered=True, active=True, spent=False, recordings=frozenset({recording}), since=self.now(),
                watched=frozenset(), surely_watched=frozenset(), entries=1, records=False, holds=False,
            )  # fmt: skip
        if state.entered is True and state.spent is False:
            return replace(state, active=True, entries=state.entries + 1)
        recording = self._begin(number)
        return replace(
            state,
            entered=True, active=True, spent=False, recordings=state.recordings | {recording},
            since=state.since or self.now(), surely_watched=frozenset(), entries=state.entries + 1,
        )  # fmt: skip

    @property
    def recordings(self) -> int:
        """How many recordings have begun so far."""
        return self._recordings

    def _begin(self, number: int) -> int:
        self._recordings += 1
        self._holder[self._recordings] = number
        return self._recordings

    def leave(self, number: int) -> None:
        """The end of `with tape:`."""
        self.update(number, left)

    def pause(self, number: int) -> None:
        """`tape.stop_recording()` is entered; raises `Raised` if the tape surely does not record (A177, A178)."""
        state = self.state(number)
        if state is None:
            return
        if state.entered is False:
            raise Raised(Misuse.NOT_ENTERED)
        if state.active is False or state.spent is True:
            raise Raised(Misuse.OTHER)
        self._set(number, replace(left(state), paused_or_watched_after_ask=state.asked > 0))

    def resume(self, number: int) -> None:
        """`tape.stop_recording()` is left: a tape that was spent inside begins anew (B34)."""
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
        self._set(number, self._entered(number, replace(state, entered=False, active=False)))

    def watch(self, number: int, nodes: list[Node], sure: bool) -> None:
        """`tape.watch(...)`; raises `Raised` on a tape that was never entered or is spent (A21, B30)."""
        state = self.state(number)
        if state is None:
            return
        if state.entered is False:
            raise Raised(Misuse.NOT_ENTERED)
        if state.spent is True:
            raise Raised(Misuse.OTHER)
        now = self.now()
        recording = state.active is True or self.called_from_outside or any(True for _ in self.live())
        if not recording:
            # no tape at all is recording, and then TensorFlow ignores a watch
            self.tapes[number].watch_log.extend((node, now) for node in nodes)
            return
        sure = sure and state.active is True
        self.tapes[number].watch_log.extend((node, now) for node in nodes)
        surely = [node for node in nodes if sure and node.floating is True]
        self._set(
            number,
            replace(
                state,
                watched=state.watched.union(nodes),
                surely_watched=state.surely_watched.union(surely),
                paused_or_watched_after_ask=state.paused_or_watched_after_ask or state.asked > 0,
            ),
        )

    def ask(self, number: int) -> TapeState | None:
        """The state in which a tape is asked; raises `Raised` if it surely is spent or was never entered (B01, B29)."""
        state = self.state(number)
        if state is None:
            return None
        if state.entered is False:
            raise Raised(Misuse.NOT_ENTERED)
        if state.spent is True:
            raise Raised(Misuse.SPENT)
        return state

    def answered(self, number: int) -> None:
        """A gradient call succeeded: a tape that is not persistent is spent, and stops recording (B09, B10, B35)."""
        tape = self.tapes[number]
        persistent = tape.persistent
        state = self.state(number)
        if state is not None:
            tape.most_asked = max(tape.most_asked, state.asked + 1)

        def spend(state: TapeState) -> TapeState:
            if persistent is True:
                return replace(state, asked=state.asked + 1)
            return replace(
                state,
                asked=state.asked + 1,
                spent=True if persistent is False else None,
                active=False if persistent is False or state.active is False else None,
            )

        self.update(number, spend)

    def escape(self, number: int) -> None:
        """Code that the machine cannot see has the tape, and may watch, ask or delete."""
        self.update(number, lambda state: replace(state, escaped=True))

    # -- connections ---------------------------------------------------------------------------------------------

    def may_track(self, state: TapeState, tape: Tape, node: Node) -> bool:
        """The tape may be tracking the node: watched, or the output of an operation it recorded."""
        if node.kind is Kind.NUMBER or node.floating is False:
            return False
        if node in state.watched or not state.recordings.isdisjoint(node.recorded):
            return True
        if node.kind is Kind.UNKNOWN and node.time >= state.since:
            return True
        if node.kind in (Kind.VARIABLE, Kind.UNKNOWN) and tape.auto is not False and node.trainable is not False:
            return True
        return any(may_be(seen, node) for seen in state.watched)

    def surely_tracks(self, state: TapeState, node: Node) -> bool:
        """The tape tracks the node in every run."""
        if node in state.surely_watched:
            return True
        return any(node.recorded.get(recording, False) for recording in state.recordings) and len(state.recordings) == 1

    def reach(self, state: TapeState, targets: Iterable[Node]) -> Reach:
        """All that a path of recorded, differentiable operations may lead to from the targets."""
        found = Reach()
        pending = list(targets)
        while pending:
            node = pending.pop()
            if node in found.nodes:
                continue
            found.nodes[node] = None
            if node.kind is Kind.UNKNOWN:
                if node.time >= state.since:
                    found.anywhere.append(node)
                    pending.extend(edge.node for edge in node.edges)
            elif not state.recordings.isdisjoint(node.recorded):
                pending.extend(edge.node for edge in node.edges if edge.flow is Flow.GRADIENT)
        return found

    def connected(
        self, state: TapeState, tape: Tape, reach: Reach, targets: list[Node], source: Node, itself: bool
    ) -> bool:
        """A gradient of the targets (which reach `reach`) may exist for `source`; generous.

        `itself`: the gradient of a tensor with respect to itself is ones, watched or not (A97); a Jacobian is not.
        """
        for target in targets:
            if (target is source and itself) or (Kind.UNKNOWN in (target.kind, source.kind) and may_be(target, source)):
                return True
        if not self.may_track(state, tape, source):
            return False
        if source in reach.nodes:
            return True
        if any(sees(node, source) for node in reach.anywhere):
            return True
        if source.kind is Kind.UNKNOWN:
            return any(may_be(source, node) for node in reach.nodes)
        return any(node.kind is Kind.UNKNOWN and may_be(node, source) for node in reach.nodes)

    def surely_connected(self, state: TapeState, targets: Iterable[Node], source: Node) -> bool:
        """Every run gives a gradient: surely recorded operations lead to a source that surely is tracked."""
        if len(state.recordings) != 1 or not self.surely_tracks(state, source):
            return False
        (recording,) = state.recordings
        seen: set[Node] = set()
        pending = list(targets)
        while pending and len(seen) < 3000:
            node = pending.pop()
            if node is source:
                return True
            if node not in seen and node.recorded.get(recording) is True:
                seen.add(node)
                pending.extend(edge.node for edge in node.edges if edge.sure)
        return False

    def backward_inputs(self, state: TapeState, tape: Tape, reach: Reach, source: Node | None) -> list[Node]:
        """What the gradient of one source may be computed from; of anything, if the source is not known."""
        way = None if source is None or reach.anywhere else self._way_to(state, reach, source)
        may: dict[Node, None] = {}
        for node in reach.nodes:
            if node.kind is Kind.UNKNOWN:
                may[node] = None
                continue
            if node.kind is not Kind.TENSOR or state.recordings.isdisjoint(node.recorded):
                continue
            inputs = [edge for edge in node.edges if edge.flow is Flow.GRADIENT]
            if way is None:
                on_way = [edge for edge in inputs if self.may_track(state, tape, edge.node)]
            else:
                on_way = [edge for edge in inputs if edge.node in way] if node in way else []
            if not on_way or node.bend is Bend.LINEAR:
                continue
            if node.bend is Bend.BILINEAR:
                used = [edge.node for edge in inputs if any(other is not edge for other in on_way)]
            else:
                used = [edge.node for edge in inputs]
                if node.op not in INPUT_ONLY:
                    used.append(node)
            may.update(dict.fromkeys(used))
        return list(may)

    @staticmethod
    def _way_to(state: TapeState, reach: Reach, source: Node) -> set[Node]:
        """The nodes of `reach` that lead to the source."""
        users: dict[Node, list[Node]] = {}
        for node in reach.nodes:
            if not state.recordings.isdisjoint(node.recorded):
                for edge in node.edges:
                    if edge.flow is Flow.GRADIENT:
                        users.setdefault(edge.node, []).append(node)
        way: set[Node] = set()
        pending = [source]
        while pending:
            node = pending.pop()
            if node not in way:
                way.add(node)
                pending.extend(users.get(node, ()))
        return way

    def surely_reads(self, state: TapeState, targets: list[Node], sources: list[Node]) -> list[Node]:
        """What the backward pass from the targets to some source surely reads."""
        read: dict[Node, None] = {}
        on_way = self._surely_differentiated(state, targets, sources)
        arriving = {*on_way, *(source for source in sources if self.surely_tracks(state, source))}
        for node in on_way:
            inputs = [edge.node for edge in node.edges if edge.flow is Flow.GRADIENT]
            if node.surely_bends and node.bend is Bend.CURVED:
                read.update(dict.fromkeys(inputs))
            elif node.bend is Bend.BILINEAR and len(inputs) == 2:
                read.update(
                    dict.fromkeys(
                        other for one, other in ((inputs[0], inputs[1]), (inputs[1], inputs[0])) if one in arriving
                    )
                )
        return list(read)

    def surely_without_gradient(self, state: TapeState, targets: list[Node], sources: list[Node]) -> str:
        """An operation without gradient function whose backward pass surely is asked for (truth table B54, X12)."""
        if len(state.recordings) != 1 or not any(self.surely_connected(state, targets, source) for source in sources):
            return ""
        (recording,) = state.recordings
        seen: set[Node] = set(sources)
        pending = list(targets)
        while pending and len(seen) < 3000:
            node = pending.pop()
            if node in seen or node.recorded.get(recording) is not True:
                continue
            if node.no_gradient:
                return node.op
            seen.add(node)
            pending.extend(edge.node for edge in node.edges if edge.sure)
        return ""

    def _surely_differentiated(self, state: TapeState, targets: list[Node], sources: list[Node]) -> list[Node]:
        """The operations between the targets and a source whose backward pass surely runs; it stops at the sources."""
        if len(state.recordings) != 1:
            return []
        (recording,) = state.recordings
        found: dict[Node, None] = {}
        arrives: dict[Node, bool] = {}
        wanted = {source for source in sources if self.surely_tracks(state, source)}

        def visit(node: Node, depth: int) -> bool:
            if node in wanted:
                return True
            if node in arrives or depth > 200 or node.recorded.get(recording) is not True:
                return arrives.get(node, False)
            arrives[node] = False
            reached = [visit(edge.node, depth + 1) for edge in node.edges if edge.sure]
            arrives[node] = any(reached)
            if arrives[node]:
                found[node] = None
            return arrives[node]

        for target in targets:
            visit(target, 0)
        return list(found)


def left(state: TapeState) -> TapeState:
    """The state after the end of a `with` block."""
    return replace(state, active=False) if state.active is not False else state


def may_be(one: Node, other: Node) -> bool:
    """Two nodes may be, or hold, the same object; one of them is unknown.

    An unknown value cannot hold what was made after it, unless code that the machine cannot see got hold of that.
    """
    if one is other:
        return True
    if one.kind is Kind.UNKNOWN and other.kind is Kind.UNKNOWN:
        return True
    unknown, known = (one, other) if one.kind is Kind.UNKNOWN else (other, one)
    if unknown.kind is not Kind.UNKNOWN:
        return False
    return sees(unknown, known)


def sees(unknown: Node, known: Node, depth: int = 0) -> bool:
    """Unseen code may have used `known` when it made `unknown`: it was handed over, or was within its reach."""
    if known.kind is Kind.UNKNOWN or known.escaped or (unknown.sees_all and known.time < unknown.time):
        return True
    return depth < 12 and any(
        edge.node is known or (edge.node.kind is Kind.UNKNOWN and sees(edge.node, known, depth + 1))
        for edge in unknown.edges
    )


def escape(node: Node) -> None:
    """Code that the machine cannot see gets hold of a value, and so of all that it was computed from."""
    pending = [node]
    while pending:
        one = pending.pop()
        if not one.escaped:
            one.escaped = True
            pending.extend(edge.node for edge in one.edges)


def join_states(states: list[TapeState]) -> TapeState:
    """What is known of a tape after several branches."""
    if MISSING in states:
        states = [state for state in states if state is not MISSING]
    first = states[0]
    if all(state is first for state in states):
        return first
    return TapeState(
        entered=either(*(state.entered for state in states)),
        active=either(*(state.active for state in states)),
        spent=either(*(state.spent for state in states)),
        recordings=frozenset().union(*(state.recordings for state in states)),
        since=min((state.since for state in states if state.recordings), default=0),
        watched=frozenset().union(*(state.watched for state in states)),
        surely_watched=first.surely_watched.intersection(*(state.surely_watched for state in states)),
        asked=max(state.asked for state in states),
        records=all(state.records for state in states),
        escaped=any(state.escaped for state in states),
        paused_or_watched_after_ask=any(state.paused_or_watched_after_ask for state in states),
        entries=max(state.entries for state in states),
        holds=all(state.holds for state in states),
    )
