"""The steps that lead from the target of a gradient call to a source."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from flake8_gradtape.machine.domain.aliasing import same_as
from flake8_gradtape.machine.domain.graph import Flow, Kind, Node
from flake8_gradtape.machine.tapes.state import TapeState


def path_to(state: TapeState, targets: Iterable[Node], source: Node) -> list[Node]:
    """The shortest way along recorded operations, target first; empty if there is none."""
    before: dict[Node, Node | None] = dict.fromkeys(targets)
    pending = deque(before)
    while pending:
        node = pending.popleft()
        if node is source:
            return _back(before, node)
        for one in _inputs(state, node):
            if one not in before:
                before[one] = node
                pending.append(one)
    return []


def _inputs(state: TapeState, node: Node) -> list[Node]:
    """What a gradient may go on to; the same steps as `Connections.reach` makes."""
    if node.kind is Kind.UNKNOWN:
        return [edge.node for edge in node.edges]
    if not node.transparent and state.recordings.isdisjoint(node.recorded):
        return []
    return [*same_as(node), *(edge.node for edge in node.edges if edge.flow is Flow.GRADIENT)]


def _back(before: dict[Node, Node | None], last: Node) -> list[Node]:
    found = [last]
    while (step := before[found[-1]]) is not None:
        found.append(step)
    return found[::-1]
