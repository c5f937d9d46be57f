"""What follows from the state of a tape: which nodes it tracks, and what a gradient is connected to.

*May* facts are generous, so that "not connected" is certain; *sure* facts are strict.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from flake8_gradtape.machine.assumptions.variables import (
    is_no_variable,
    may_be_variable_of,
    stands_for_trainable,
    stands_for_variables,
)
from flake8_gradtape.machine.domain.aliasing import may_be, same_as, sees
from flake8_gradtape.machine.domain.graph import Flow, Kind, Node, Op
from flake8_gradtape.machine.domain.node_states import NodeStates
from flake8_gradtape.machine.domain.walks import Walk, gradient_inputs, inputs, sure_inputs
from flake8_gradtape.machine.tapes.state import Connection, Link, Reach, Tape, TapeState

MOST_SURE = 3_000
"""The bound of walks whose answer is only worth having where it is certain."""


def may_track(node_states: NodeStates, state: TapeState, tape: Tape, node: Node) -> bool:
    """Whether the tape may be tracking a node: it watches it, or holds a recording of the operation that made it.

    Only of what is tracked a source gets a gradient, so generous: "not tracked" is certain.
    """
    if node.kind is Kind.NUMBER or node.floating is False:
        return False
    if node in state.watched or not state.recordings.isdisjoint(node.recorded):
        return True
    if node.kind is Kind.UNKNOWN and node.time >= state.since:
        return True
    if node.transparent and any(
        may_track(node_states, state, tape, one) for one in same_as(node) if not one.transparent
    ):
        return True
    read = node.kind in (Kind.VARIABLE, Kind.UNKNOWN) and tape.auto is not False
    if read and node_states.trainable(node) is not False:
        return True
    return any(may_be(node_states, seen, node) for seen in state.watched)


def surely_tracks(state: TapeState, node: Node) -> bool:
    """Whether the tape tracks a node in every run: it surely watches it, or surely recorded the operation.

    What uses it is then surely recorded, and a source surely counts.
    """
    if node in state.surely_watched:
        return True
    return any(node.recorded.get(recording, False) for recording in state.recordings) and len(state.recordings) == 1


def reach_of(state: TapeState, targets: Iterable[Node]) -> Reach:
    """All that a gradient of the targets may be handed on to, through operations that the tape recorded; generous.

    Computed once for each gradient call; every source is then looked up in it (`connection_to`).
    """
    nodes = Walk(targets, partial(steps_back, state)).nodes()
    anywhere = [node for node in nodes if node.kind is Kind.UNKNOWN and _may_lead_anywhere(state, node)]
    return Reach(nodes, anywhere)


def connection_to(
    node_states: NodeStates, state: TapeState, tape: Tape, reach: Reach, targets: list[Node], source: Node, itself: bool
) -> Connection | None:
    """Why a gradient of the targets (which reach `reach`) may exist for `source`; generous. None if there is none.

    `itself`: the gradient of a tensor with respect to itself is ones, watched or not (A97); a Jacobian is not.
    """
    for one in same_as(source) if source.transparent else ():
        if not one.transparent:
            found = _connection(node_states, state, tape, reach, targets, one, itself)
            if found is not None:
                return found
    return _connection(node_states, state, tape, reach, targets, source, itself)


def _connection(
    node_states: NodeStates, state: TapeState, tape: Tape, reach: Reach, targets: list[Node], source: Node, itself: bool
) -> Connection | None:
    """The first reason why the source may get a gradient from one of the targets; None if there is none."""
    for target in [one for node in targets for one in same_as(node)]:
        if target is source and itself:
            return Connection(Link.ITSELF, source, target)
        if _is_not(target, source):
            continue
        if Kind.UNKNOWN in (target.kind, source.kind) and may_be(node_states, target, source):
            return Connection(Link.TARGET_MAY_BE_SOURCE, source, target)
    for node in reach.anywhere:
        if node.op is Op.GRAPH_LOOP:
            return Connection(Link.GRAPH_LOOP, source, node)
    if not may_track(node_states, state, tape, source):
        return None
    if source in reach.nodes:
        return Connection(Link.PATH, source, source)
    for node in reach.anywhere:
        if sees(node_states, node, source):
            return Connection(Link.UNSEEN, source, node)
    nodes = (node for node in reach.nodes if not (node in targets and _is_not(node, source)))
    if source.kind is Kind.UNKNOWN:
        handed = source.handed_over_at is not None  # a caller may hand over any variable
        ours = stands_for_variables(source) and any(node.model_output for node in reach.nodes)
        for node in nodes:
            if ours and not may_be_variable_of(node, source):
                continue
            if may_be(node_states, source, node) or (handed and node.kind is Kind.VARIABLE):
                return Connection(Link.SOURCE_MAY_BE_ON_WAY, source, node)
        return None
    for node in nodes:
        if (
            node.kind is Kind.UNKNOWN
            and not (source.weights and node.model_output)
            and may_be(node_states, node, source)
        ):
            return Connection(Link.WAY_MAY_HOLD_SOURCE, source, node)
    return None


def surely_connected(state: TapeState, targets: Iterable[Node], source: Node) -> bool:
    """Whether a gradient of the targets for the source is a tensor in every run; strict.

    It is, where operations that were surely recorded lead to a source that surely is tracked. Needed for claims about
    what the gradient is (`verdicts/wrong_values`).
    """
    if len(state.recordings) != 1 or not surely_tracks(state, source):
        return False
    (recording,) = state.recordings

    def onward(node: Node) -> list[Node]:
        """The inputs to which an operation that was surely recorded surely hands a gradient on."""
        return sure_inputs(node) if node.recorded.get(recording) is True else []

    return any(node is source for node in Walk(targets, onward, MOST_SURE))


def sometimes_unconnected(targets: Iterable[Node], source: Node) -> bool:
    """Whether it hangs on the way that the run took if the targets lead to the source; strict.

    The gradient is then None in some runs, and what computes with it ends these.
    """
    walk = Walk(targets, _certain_gradient_inputs, MOST_SURE)
    return not any(node is source or node.kind is Kind.UNKNOWN for node in walk) and not walk.cut


def steps_back(state: TapeState, node: Node) -> list[Node]:
    """Where a gradient may be handed on to from a node: the inputs of a recorded operation, or of an unknown value."""
    if node.kind is Kind.UNKNOWN:
        return inputs(node) if _may_lead_anywhere(state, node) else []
    if node.transparent or not state.recordings.isdisjoint(node.recorded):
        return [*same_as(node), *gradient_inputs(node)]  # it may be the very variable that was read for it
    return []


def _may_lead_anywhere(state: TapeState, unknown: Node) -> bool:
    """The tape may have recorded what made an unknown value."""
    if stands_for_trainable(unknown) or unknown.time < state.since:
        return False
    return not (unknown.surely_new and state.recordings.isdisjoint(unknown.during))


def _certain_gradient_inputs(node: Node) -> list[Node]:
    """The inputs of each run that a gradient is handed on to."""
    return [edge.node for edge in node.edges if edge.certain and edge.flow is Flow.GRADIENT]


def _is_not(target: Node, source: Node) -> bool:
    """What is differentiated now is not the source itself, though nobody can see what it is."""
    for one, other in ((target, source), (source, target)):
        new = one.surely_new or one.model_output
        if is_no_variable(one) and (stands_for_variables(other) or (new and other.kind is Kind.VARIABLE)):
            return True
    return target.surely_new and source.time < target.time
