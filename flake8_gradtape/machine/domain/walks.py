"""Going over the graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flake8_gradtape.machine.domain.graph import Edge, Node


def ancestors(
    nodes: Iterable[Node], follows: Callable[[Edge], bool] = lambda edge: True, most: int | None = None
) -> dict[Node, None]:
    """All that some nodes were made of, themselves included, along edges that it `follows`; `most` bounds the walk."""
    found: dict[Node, None] = {}
    pending = list(nodes)
    while pending and (most is None or len(found) < most):
        node = pending.pop()
        if node not in found:
            found[node] = None
            pending.extend(edge.node for edge in node.edges if follows(edge))
    return found
