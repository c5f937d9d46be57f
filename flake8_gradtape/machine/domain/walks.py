"""Going over the graph: one bounded walk for every question.

A question says from which nodes a walk starts and where it goes on from each: to its inputs, to some of them, or to
what was computed from it (`users_of`). A walk that is larger than its bound stops, and says so (`cut`): whoever asks
then gives the careful answer, "it may be" or "cannot tell", and never "it is not there"; or, if it needs all nodes, it
gives up.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator

from flake8_gradtape.machine.domain.graph import Flow, Node
from flake8_gradtape.machine.domain.limits import GiveUp

Onward = Callable[[Node], Iterable[Node]]
"""Where a walk goes on from a node."""
MOST_NODES = 20_000
"""The bound of a walk for which no other is given."""


def inputs(node: Node) -> list[Node]:
    """All that a value was computed from, in one step."""
    return [edge.node for edge in node.edges]


def gradient_inputs(node: Node) -> list[Node]:
    """The inputs to which the backward pass of the operation hands a gradient on, if it was recorded."""
    return [edge.node for edge in node.edges if edge.flow is Flow.GRADIENT]


def sure_inputs(node: Node) -> list[Node]:
    """The inputs to which it hands a gradient on in every run."""
    return [edge.node for edge in node.edges if edge.sure]


class Walk:
    """The nodes that lie on from some nodes, these included, each once; iterate over it, and stop where you like.

    The node that was come upon last comes next, so that a walk goes down one way before it takes another;
    `nearest_first` goes step by step instead. No more than `most` nodes are met. `met` are those met so far.
    """

    __slots__ = ("_most", "_nearest_first", "_onward", "_start", "cut", "met")

    def __init__(
        self, start: Iterable[Node], onward: Onward = inputs, most: int = MOST_NODES, nearest_first: bool = False
    ) -> None:
        self._start = start
        self._onward = onward
        self._most = most
        self._nearest_first = nearest_first
        self.met: dict[Node, None] = {}
        self.cut = False
        """It was larger than its bound: what was not met may be there all the same."""

    def __iter__(self) -> Iterator[Node]:
        met, onward, most = self.met, self._onward, self._most
        pending = deque(self._start)
        take = pending.popleft if self._nearest_first else pending.pop
        while pending:
            node = take()
            if node in met:
                continue
            if len(met) >= most:
                self.cut = True
                return
            met[node] = None
            yield node
            pending.extend(onward(node))

    def nodes(self) -> dict[Node, None]:
        """All of them; raises `GiveUp` if there are more than the bound allows."""
        self.finish()
        if self.cut:
            raise GiveUp
        return self.met

    def finish(self) -> Walk:
        """Go all the way, or as far as the bound allows."""
        deque(self, maxlen=0)
        return self


def ancestors(nodes: Iterable[Node], onward: Onward = inputs) -> dict[Node, None]:
    """All that some nodes were made of, themselves included, where `onward` leads; raises `GiveUp` if too much.

    For questions that need every node: "is none of them ...", "are they all ...".
    """
    return Walk(nodes, onward).nodes()


def spread(start: Node, marked: Callable[[Node], bool], mark: Callable[[Node], None]) -> None:
    """Mark a node and all that it was computed from; what is `marked` already has taken its inputs along.

    There is no bound: not to mark what lies beyond one would claim too much, and each node is marked once.
    """
    pending = [start]
    while pending:
        node = pending.pop()
        if not marked(node):
            mark(node)
            pending.extend(inputs(node))


def within(start: Iterable[Node], steps: int, onward: Onward = inputs) -> Walk:
    """A walk that ends after so many steps, the nearest nodes first: what lies further away does not matter."""
    away = dict.fromkeys(start, 0)

    def nearer(node: Node) -> Iterator[Node]:
        """Where to go on from a node that is not too far away."""
        for one in onward(node) if away[node] < steps else ():
            away.setdefault(one, away[node] + 1)
            yield one

    return Walk(list(away), nearer, nearest_first=True)


def users_of(nodes: Iterable[Node], onward: Onward = inputs) -> dict[Node, list[Node]]:
    """Who was computed from each node: for all that `onward` leads to, those of `nodes` that lead there.

    Nodes know their inputs only; with this a walk can go the other way.
    """
    users: dict[Node, list[Node]] = {}
    for node in nodes:
        for one in onward(node):
            users.setdefault(one, []).append(node)
    return users


def leading_to(ends: Iterable[Node], nodes: Iterable[Node], onward: Onward = inputs) -> dict[Node, None]:
    """The nodes between: the `ends`, and those of `nodes` from which `onward` leads to one of them through `nodes`.

    `nodes` are those that a walk from the other side has met; so this is what lies on a way from there to the ends.
    """
    users = users_of(nodes, onward)
    return ancestors(ends, lambda node: users.get(node, ()))


def shortest_way(start: Iterable[Node], end: Node, onward: Onward = inputs) -> list[Node]:
    """The nodes of the shortest way from `start` to `end`, both included, to be told to a reader.

    Empty if no way is found within the bound.
    """
    before: dict[Node, Node] = {}

    def noting(node: Node) -> Iterator[Node]:
        """Go on as `onward` says, and note by which node each one was come upon first."""
        for one in onward(node):
            before.setdefault(one, node)
            yield one

    firsts = list(start)
    for node in Walk(firsts, noting, nearest_first=True):
        if node is end:
            way = [node]
            while way[-1] not in firsts:
                way.append(before[way[-1]])
            return way[::-1]
    return []
