"""Why a source is surely not connected to a target: the break nearest to the target.

Called only when `tracking` has found that nothing connects them. Walks the data flow from the target back towards the
source, whether recorded or not; the first break on a way to the source is the cause, else the source itself is.
"""

from __future__ import annotations

from flake8_gradtape.events import Cause, CauseKind
from flake8_gradtape.machine.assumptions.variables import stands_for_trainable
from flake8_gradtape.machine.domain.aliasing import may_be, sees
from flake8_gradtape.machine.domain.graph import Edge, Flow, Kind, Node, Op
from flake8_gradtape.machine.domain.node_states import NodeStates
from flake8_gradtape.machine.domain.walks import Onward, Walk, gradient_inputs, inputs, leading_to
from flake8_gradtape.machine.tapes.recorder import Recorder
from flake8_gradtape.machine.tapes.state import Tape, TapeState
from flake8_gradtape.machine.tapes.whose import tape_of, was_recorded_by, watcher_of
from flake8_gradtape.reading.syntax import text_of

_COPIES = frozenset(
    "tf.identity tf.reshape tf.expand_dims tf.squeeze tf.cast tf.transpose tf.stack tf.unstack tf.concat "
    "tf.constant tf.convert_to_tensor value read_value tf.gather tf.split tf.Variable copy.deepcopy tf.slice".split()
)
"""Functions whose output people take for their input."""
_MOST_COPIES = 4
"""Copies of copies that are looked through."""
_SIZES = frozenset({"tf.shape", "tf.size", "tf.rank", "len()"})
"""Functions that read how large a tensor is, and nothing of what is in it."""
_ARITHMETIC = (Op.ADD, Op.SUBTRACT, Op.MULTIPLY, Op.DIVIDE)
_BROKEN_EDGE = {
    Flow.NO_GRADIENT: CauseKind.NOT_DIFFERENTIABLE,
    Flow.STOPPED: CauseKind.STOPPED,
    Flow.LEFT: CauseKind.LEFT_TENSORFLOW,
    Flow.STATE: CauseKind.THROUGH_STATE,
}


def explain(recorder: Recorder, tape: Tape, state: TapeState, targets: list[Node], source: Node, inline: bool) -> Cause:
    """The cause why `source` surely gets no gradient of `targets` from a tape in this state: what a message says.

    The break on a way from the targets to the source that lies nearest to the targets; if there is no break, the source
    was not tracked; if there is no way, they have nothing to do with each other. `inline`: the source was made in the
    arguments of the call.
    """
    if source.floating is False:
        return Cause(CauseKind.NOT_FLOATING, what=source.name)
    if _is_above(targets, source) or all(stands_for_trainable(target) for target in targets):
        return Cause(CauseKind.SWAPPED)
    # what goes through differentiable operations only tells more than a shape, an index or a label on another way
    way = (
        _nodes_on_the_way(recorder.node_states, targets, source, gradient_inputs, itself=True)
        or _nodes_on_the_way(recorder.node_states, targets, source, _contents, itself=True)
        or _nodes_on_the_way(recorder.node_states, targets, source)
    )
    if not way or _only_sizes(way, source):
        for target in targets:
            if target.surely_new and state.recordings.isdisjoint(target.during):  # it may use more than it is given
                when = _when(recorder, tape, state, target)
                return Cause(CauseKind.NOT_RECORDED, what=target.name, at=target.at, detail=when)
        return _unrelated(recorder, targets, source, inline)
    if source in recorder.replaced:
        return Cause(CauseKind.VARIABLE_REPLACED, what=recorder.replaced[source])
    return _nearest_break(recorder, tape, state, targets, source, way) or _own_cause(recorder, tape, state, source)


def _is_above(targets: list[Node], source: Node) -> bool:
    """The source was computed from the target."""
    if source.kind is not Kind.TENSOR:
        return False
    return any(node in targets for node in Walk(inputs(source), most=5_000))


def _same(node_states: NodeStates, node: Node, source: Node) -> bool:
    """The node may be the source, or hold it: a way may end there."""
    if node is source:
        return True
    if node.kind is Kind.UNKNOWN:
        return source.kind is Kind.UNKNOWN or sees(node_states, node, source)
    return source.kind is Kind.UNKNOWN and node.kind is not Kind.NUMBER and may_be(node_states, source, node)


def _is_copy(node: Node) -> bool:
    """Its operation made a new tensor of what people take for the same."""
    return node.op in (Op.GETITEM, Op.ITERATE, Op.READ) or node.path in _COPIES


def _is_size(node: Node) -> bool:
    """It is the size of something."""
    return node.op is Op.SIZE or node.path in _SIZES


def _contents(node: Node) -> list[Node]:
    """What a value was computed from, but for sizes: only the ways by which what is in a tensor goes on."""
    return [edge.node for edge in node.edges if not _is_size(edge.node)]


def _only_sizes(way: dict[Node, None], source: Node) -> bool:
    """Nothing but the shape of the source leads to the target."""
    users = [node for node in way if any(edge.node is source for edge in node.edges)]
    return bool(users) and all(_is_size(node) for node in users)


def _nodes_on_the_way(
    node_states: NodeStates, targets: list[Node], source: Node, onward: Onward = inputs, itself: bool = False
) -> dict[Node, None]:
    """All nodes between the targets and the source, both included, where `onward` leads from one to the next.

    `itself`: only where they lead to the source itself, not to what it may have come in by.
    """
    met = Walk(targets, onward).finish().met
    if source in met:
        return leading_to([source], met, onward)  # no need to guess where it came in
    return {} if itself else leading_to([node for node in met if _same(node_states, node, source)], met, onward)


def _nearest_break(
    recorder: Recorder, tape: Tape, state: TapeState, targets: list[Node], source: Node, way: dict[Node, None]
) -> Cause | None:
    """The cause at the break that lies nearest to the targets; None if every step on the `way` was recorded.

    A break is a step out of TensorFlow, an input without gradient, or an operation that the tape has not recorded.
    """

    def onward(node: Node) -> list[Node]:
        """The inputs that lie on the way; the source is its end."""
        return [edge.node for edge in node.edges if edge.node in way] if node is not source else []

    for node in Walk((target for target in targets if target in way), onward, nearest_first=True):
        if node is source:
            continue
        if node.kind is Kind.NUMBER:
            return Cause(CauseKind.LEFT_TENSORFLOW, what=node.text or node.name, at=node.at)
        for edge in node.edges:
            if edge.node in way and edge.flow in _BROKEN_EDGE:
                origin = _made_integer(edge, way)
                if origin is not None:
                    return Cause(CauseKind.NOT_DIFFERENTIABLE, what=origin.text, at=origin.at)
                return Cause(_BROKEN_EDGE[edge.flow], what=_where_broken(node, edge), at=node.at)
        if node.kind is Kind.TENSOR and state.recordings.isdisjoint(node.recorded):
            broken = _unrecorded(recorder, tape, state, node, targets)
            if broken is not None:
                return broken
        elif node.kind is Kind.UNKNOWN and node.time < state.since and _made_of_source(node, way):
            return Cause(CauseKind.NOT_RECORDED, what=_what(node, targets), at=node.at, detail="before")
        elif node.surely_new and state.recordings.isdisjoint(node.during):
            return Cause(CauseKind.NOT_RECORDED, what=node.name, at=node.at, detail=_when(recorder, tape, state, node))
    return None


def _made_integer(edge: Edge, way: dict[Node, None]) -> Node | None:
    """The operation that made integers of floating numbers, where these come in as an index or the like."""
    if edge.flow is not Flow.NO_GRADIENT:
        return None

    def onward(node: Node) -> list[Node]:
        """The first input on the way of what gives integers."""
        computed = node.kind in (Kind.TENSOR, Kind.UNKNOWN) and node.text and node.floating is False
        return [one for one in inputs(node) if one in way][:1] if computed else []

    chain = list(Walk([edge.node], onward))
    return chain[-2] if len(chain) > 1 else None


def _where_broken(node: Node, edge: Edge) -> str:
    """What to call the break: the variable that was written, the way out of TensorFlow, or the operation."""
    if edge.flow is Flow.STATE and node.name:
        return node.name
    if edge.flow is Flow.LEFT and edge.node.kind is Kind.NUMBER and edge.node.text:
        return edge.node.text
    return node.text


def _unrecorded(recorder: Recorder, tape: Tape, state: TapeState, node: Node, targets: list[Node]) -> Cause | None:
    """Why the tape did not record an operation; None if it was recording, but nothing that it tracks came in."""
    if not state.recordings.isdisjoint(node.during):
        return None
    if node.op is Op.GRADIENT:
        return Cause(CauseKind.INNER_GRADIENT_OUTSIDE, what=node.name, at=node.at)
    other = tape_of(recorder, node.recorded, tape)
    if other is not None:
        return Cause(CauseKind.OTHER_TAPE, what=node.name, tape=other.name, at=node.at)
    detail = _when(recorder, tape, state, node)
    if detail == "before" and node.op in _ARITHMETIC and _inner_gradient(state, node):
        return Cause(CauseKind.INNER_GRADIENT_OUTSIDE, what=node.name, at=node.at)
    return Cause(CauseKind.NOT_RECORDED, what=_what(node, targets), at=node.at, detail=detail)


def _what(node: Node, targets: list[Node]) -> str:
    """What to call a step: its name, or how it is written; nothing for the target, which the call itself shows."""
    return node.name or (text_of(node.at) if node not in targets and node.at is not None else "")


def _when(recorder: Recorder, tape: Tape, state: TapeState, node: Node) -> str:
    """At what time an operation ran that the tape has not recorded."""
    if any(begin < node.time < end for begin, end in tape.pauses):
        return "paused"
    if was_recorded_by(recorder, node, tape):
        return "reset" if tape.resets else "earlier"
    return "before" if node.time < state.since else "after"


def _made_of_source(node: Node, way: dict[Node, None]) -> bool:
    """An unseen call made the node out of something on the way (not only of the thing that was called)."""
    return node.called and any(edge.node in way and edge.node is not node.callee for edge in node.edges)


def _inner_gradient(state: TapeState, node: Node) -> bool:
    """The step was computed from a gradient that was itself taken while the tape was not recording."""

    def computed_outside(one: Node) -> bool:
        """An operation that ran while the tape was not recording, and that it has not recorded."""
        return one.kind is Kind.TENSOR and state.recordings.isdisjoint(one.recorded | dict.fromkeys(one.during))

    walk = Walk(inputs(node), lambda one: inputs(one) if computed_outside(one) else [], most=1_000)
    return any(one.op is Op.GRADIENT and computed_outside(one) for one in walk)


def _own_cause(recorder: Recorder, tape: Tape, state: TapeState, source: Node) -> Cause:
    """Every step was made while the tape was recording: the source itself was not tracked."""
    if source.kind is Kind.VARIABLE:
        trainable = recorder.node_states.trainable(source)
        if trainable is not False and tape.auto is not False:
            return Cause(CauseKind.NOT_RECORDED, what=source.name, detail="before")
        detail = "weights" if source.weights else "trainable"
        detail = detail if trainable is False else "accessed"
        return Cause(CauseKind.VARIABLE_NOT_WATCHED, what=source.name, detail=detail)
    if any(node is source and time >= state.since for node, time in tape.watch_log):
        return Cause(CauseKind.WATCHED_TOO_LATE, what=source.name)
    other = tape_of(recorder, source.recorded, tape) or watcher_of(recorder, source, tape)
    if other is not None and other.number not in tape.nested_with:
        return Cause(CauseKind.OTHER_TAPE, what=source.name, tape=other.name)
    return Cause(CauseKind.UNWATCHED, what=source.name)


def _unrelated(recorder: Recorder, targets: list[Node], source: Node, inline: bool) -> Cause:
    """The cause where no way at all leads to the source: it was replaced, it is a copy, or nothing uses it.

    A copy was made of something that is on the way, or the way starts from another copy of the same (`_twins`).
    """
    if source in recorder.replaced:
        return Cause(CauseKind.VARIABLE_REPLACED, what=recorder.replaced[source])
    if source.kind is Kind.TENSOR:
        above = Walk(targets).finish().met
        if inline and not source.edges:
            return Cause(CauseKind.COPY_AS_SOURCE, what=source.text, at=source.at)
        bases = Walk([source], lambda one: inputs(one)[:1] if _is_copy(one) else [], most=_MOST_COPIES + 1)
        if any(base is not source and base in above for base in bases):
            return Cause(CauseKind.COPY_AS_SOURCE, what=source.text, at=source.at)
        if (
            source.edges
            and source.op is not Op.TRACED
            and any(node is not source and _twins(node, source, 6) for node in above)
        ):
            return Cause(CauseKind.COPY_AS_SOURCE, what=source.text, at=source.at, detail="again")
    elif source.kind is Kind.VARIABLE and source.edges:
        above = Walk(targets).finish().met
        if any(edge.node in above for edge in source.edges):
            return Cause(CauseKind.COPY_AS_SOURCE, what=source.text, at=source.at)
    return Cause(CauseKind.UNRELATED)


def _twins(one: Node, other: Node, depth: int) -> bool:
    """Two nodes are the same computation of the same inputs, done twice; `depth` bounds how far that is looked into."""
    if one is other:
        return True
    if (
        depth == 0
        or (one.op, one.path) != (other.op, other.path)
        or not one.edges
        or len(one.edges) != len(other.edges)
    ):
        return False
    return all(_twins(a.node, b.node, depth - 1) for a, b in zip(one.edges, other.edges, strict=True))
