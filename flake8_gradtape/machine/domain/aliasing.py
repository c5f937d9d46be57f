"""Which nodes may stand for one object, and which of them unseen code may have got hold of.

*May* is generous: only what surely is another object is told apart.
"""

from __future__ import annotations

from flake8_gradtape.machine.domain.graph import Kind, Node, Op
from flake8_gradtape.machine.domain.node_states import NodeStates
from flake8_gradtape.machine.domain.walks import Walk, inputs

MOST_SAME = 2_000
"""More operations on one another, of which each may do nothing, are too many to look at."""


def same_as(node: Node) -> list[Node]:
    """What a node may be: itself, the inputs of a transparent operation, and a variable that was read for it.

    Whoever watches a tensor, or asks for its gradient, may mean any of these. Raises `GiveUp` if they are too many.
    """
    if not node.transparent:
        return [node]
    return list(Walk([node], _unchanged, MOST_SAME, nearest_first=True).nodes())


def _unchanged(node: Node) -> list[Node]:
    """The inputs that a node may be itself."""
    if node.op is Op.READ:
        return inputs(node)[:1]
    return inputs(node) if node.transparent else []


def may_be(node_states: NodeStates, one: Node, other: Node) -> bool:
    """Whether two nodes may be, or hold, the same object in some run; one of them is unknown, else they are not.

    A source that may be something on the way of the gradient may get one, so nothing is claimed of it. An unknown value
    cannot hold what was made after it, unless code that the machine cannot see got hold of that (`node_states`).
    """
    if one is other:
        return True
    if one.kind is Kind.UNKNOWN and other.kind is Kind.UNKNOWN:
        return True
    unknown, known = (one, other) if one.kind is Kind.UNKNOWN else (other, one)
    if unknown.kind is not Kind.UNKNOWN:
        return False
    return sees(node_states, unknown, known)


def sees(node_states: NodeStates, unknown: Node, known: Node) -> bool:
    """Whether unseen code may have used `known` when it made `unknown`: it was handed over, or was within its reach.

    All that goes in may come out again, as it is or recorded on the way, so that a gradient may lead there. Too much to
    look at counts as seen.
    """
    if known.kind is Kind.UNKNOWN or node_states.escaped(known):
        return True
    within_reach = known.kind is not Kind.TENSOR or node_states.within_reach(known)
    if (
        unknown.handed_over_at is not None
        and known.kind is not Kind.VARIABLE
        and (within_reach or known.time < unknown.handed_over_at)
    ):
        return True  # a caller hands over what it got from the object before, but no variable as data
    walk = Walk([unknown], _unseen_inputs)
    for one in walk:
        if one.may_hold_anything and known.time < one.time and within_reach:
            return True
        for edge in one.edges:
            if edge.node is known:
                return True
            if edge.node.handed_over_at is not None and (within_reach or known.time < edge.node.handed_over_at):
                return True
    return walk.cut


def _unseen_inputs(node: Node) -> list[Node]:
    """The inputs that nobody can see into either."""
    return [edge.node for edge in node.edges if edge.node.kind is Kind.UNKNOWN]
