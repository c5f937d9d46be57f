"""Which nodes may stand for one object, and which of them unseen code may have got hold of.

*May* is generous: only what surely is another object is told apart.
"""

from __future__ import annotations

from flake8_gradtape.machine.domain.graph import Kind, Node


def same_as(node: Node) -> list[Node]:
    """What a node may be besides itself: the inputs of a transparent operation, and a variable that was read for it."""
    if not node.transparent:
        return [node]
    found = {node: None}
    pending = [node]
    while pending:
        one = pending.pop()
        if one.transparent or one.op == "read":
            fresh = [edge.node for edge in one.edges[: 1 if one.op == "read" else None] if edge.node not in found]
            found.update(dict.fromkeys(fresh))
            pending.extend(fresh)
    return list(found)


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


def sees(unknown: Node, known: Node) -> bool:
    """Unseen code may have used `known` when it made `unknown`: it was handed over, or was within its reach."""
    if known.kind is Kind.UNKNOWN or known.escaped:
        return True
    within_reach = known.kept or known.kind is not Kind.TENSOR
    if unknown.given is not None and known.kind is not Kind.VARIABLE and (within_reach or known.time < unknown.given):
        return True  # a caller hands over what it got from the object before, but no variable as data
    met = {unknown}
    pending = [unknown]
    while pending:
        one = pending.pop()
        if one.sees_all and known.time < one.time and within_reach:
            return True
        for edge in one.edges:
            if edge.node is known:
                return True
            if edge.node.given is not None and (within_reach or known.time < edge.node.given):
                return True
            if edge.node.kind is Kind.UNKNOWN and edge.node not in met:
                met.add(edge.node)
                pending.append(edge.node)
    return False


def escape(node: Node) -> None:
    """Code that the machine cannot see gets hold of a value, and so of all that it was computed from."""
    pending = [node]
    while pending:
        one = pending.pop()
        if not one.escaped:
            one.escaped = True
            pending.extend(edge.node for edge in one.edges)
