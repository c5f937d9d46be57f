"""What the backward pass of a gradient call reads, and so what its result can be differentiated in again."""

from __future__ import annotations

from flake8_gradtape.knowledge.backward_pass import INPUT_ONLY
from flake8_gradtape.machine.domain.aliasing import same_as
from flake8_gradtape.machine.domain.graph import Curvature, Flow, Kind, Node
from flake8_gradtape.machine.domain.node_states import NodeStates
from flake8_gradtape.machine.domain.walks import Walk, gradient_inputs, leading_to, sure_inputs
from flake8_gradtape.machine.tapes.state import Reach, Tape, TapeState
from flake8_gradtape.machine.tapes.tracking import MOST_SURE, may_track, surely_connected, surely_tracks


def backward_inputs(
    node_states: NodeStates, state: TapeState, tape: Tape, reach: Reach, source: Node | None
) -> list[Node]:
    """What the gradient of one source may be computed from: the inputs of the operation that gives it; generous.

    A gradient call is an operation itself, which an outer tape may record: it connects the result to all that the
    backward pass reads on the way from the targets (which reach `reach`) to the source. If the source is not known
    (None), that is the way to anything.
    """
    way = None if source is None or reach.anywhere else _way_to(state, reach, source)
    may: dict[Node, None] = {}
    for node in reach.nodes:
        if node.kind is Kind.UNKNOWN:
            may[node] = None
            continue
        if node.kind is not Kind.TENSOR or state.recordings.isdisjoint(node.recorded):
            continue
        inputs = [edge for edge in node.edges if edge.flow is Flow.GRADIENT]
        if way is None:
            on_way = [edge for edge in inputs if may_track(node_states, state, tape, edge.node)]
        else:
            on_way = [edge for edge in inputs if edge.node in way] if node in way else []
        if not on_way or node.curvature is Curvature.LINEAR:
            continue
        if node.curvature is Curvature.BILINEAR:
            used = [edge.node for edge in inputs if any(other is not edge for other in on_way)]
        else:
            used = [edge.node for edge in inputs]
            if node.text not in INPUT_ONLY:
                used.append(node)
        may.update(dict.fromkeys(used))
    return list(may)


def _way_to(state: TapeState, reach: Reach, source: Node) -> dict[Node, None]:
    """The nodes of `reach` that lead to the source."""

    def onward(node: Node) -> list[Node]:
        """The inputs to which the tape may hand a gradient on."""
        recorded = node.transparent or not state.recordings.isdisjoint(node.recorded)
        return gradient_inputs(node) if recorded else []

    return leading_to(same_as(source), reach.nodes, onward)


def surely_reads(state: TapeState, targets: list[Node], sources: list[Node]) -> list[Node]:
    """What the backward pass from the targets to some source reads in every run; strict.

    A tape around the gradient call records that pass if it tracks one of these, and so needs memory for it.
    """
    read: dict[Node, None] = {}
    on_way = _surely_differentiated(state, targets, sources)
    arriving = {*on_way, *(source for source in sources if surely_tracks(state, source))}
    for node in on_way:
        inputs = [edge.node for edge in node.edges if edge.flow is Flow.GRADIENT]
        if node.surely_curved and node.curvature is Curvature.CURVED:
            # who recorded the output of an operation has all that its backward pass may read
            read.update(dict.fromkeys(inputs if node.text in INPUT_ONLY else (node,)))
        elif node.curvature is Curvature.BILINEAR and len(inputs) == 2:
            read.update(
                dict.fromkeys(
                    other for one, other in ((inputs[0], inputs[1]), (inputs[1], inputs[0])) if one in arriving
                )
            )
    return list(read)


def surely_without_gradient(state: TapeState, targets: list[Node], sources: list[Node]) -> str:
    """The operation without gradient function that the backward pass surely comes to; empty if there is none.

    Such a gradient call raises LookupError (truth table B54, X12).
    """
    if len(state.recordings) != 1 or not any(surely_connected(state, targets, source) for source in sources):
        return ""
    (recording,) = state.recordings
    ends = set(sources)

    def onward(node: Node) -> list[Node]:
        """Where the backward pass surely goes on; it stops at the sources."""
        return sure_inputs(node) if node not in ends and node.recorded.get(recording) is True else []

    for node in Walk(targets, onward, MOST_SURE):
        if node.no_gradient and node not in ends and node.recorded.get(recording) is True:
            return node.text
    return ""


def _surely_differentiated(state: TapeState, targets: list[Node], sources: list[Node]) -> list[Node]:
    """The operations between the targets and a source whose backward pass surely runs; it stops at the sources."""
    if len(state.recordings) != 1:
        return []
    (recording,) = state.recordings
    wanted = {source for source in sources if surely_tracks(state, source)}

    def onward(node: Node) -> list[Node]:
        """Where the backward pass surely goes on; it stops at the sources."""
        return sure_inputs(node) if node not in wanted and node.recorded.get(recording) is True else []

    met = Walk(targets, onward, MOST_SURE).finish().met
    return [node for node in leading_to(wanted, met, onward) if node not in wanted]
