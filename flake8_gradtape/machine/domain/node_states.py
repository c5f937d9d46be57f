"""What may become true of a node in the course of a run: that others may have it, that it may be frozen.

The graph itself never changes. What is told here is kept in the store, like the values of names: a branch that is
rolled back leaves nothing of it behind, and where several ways meet, it is true if it is on one of them.
"""

from __future__ import annotations

from collections.abc import Callable

from flake8_gradtape.machine.domain.graph import Kind, Node, Tri
from flake8_gradtape.machine.domain.store import Store
from flake8_gradtape.machine.domain.walks import spread

_ESCAPED = "escaped"
_WITHIN_REACH = "within reach"
_FROZEN = "perhaps frozen"
NODE_STATES = frozenset({_ESCAPED, _WITHIN_REACH, _FROZEN})
"""How the keys begin under which the store has them; the node follows."""
_Key = tuple[str, Node]


class NodeStates:
    """What is true of nodes: `get` gives True for a key that is."""

    def __init__(self, get: Callable[[_Key], object]) -> None:
        self._get = get

    def escaped(self, node: Node) -> bool:
        """Code that nobody sees has got hold of it: from then on it may come from any such code."""
        return self._get((_ESCAPED, node)) is True

    def within_reach(self, node: Node) -> bool:
        """An object, a container, or a name that functions read has held a tensor: code may come by it again."""
        return self._get((_WITHIN_REACH, node)) is True

    def trainable(self, node: Node) -> Tri:
        """Whether a variable is trainable, if that is known; code that got hold of its model may have changed it."""
        return None if self._get((_FROZEN, node)) is True else node.trainable


class RunStates(NodeStates):
    """What is true of nodes at this point of a run."""

    def __init__(self, store: Store) -> None:
        super().__init__(store.get)
        self._store = store
        self._ever: dict[_Key, bool] = {}
        self.ever = NodeStates(self._ever.get)
        """What was true at some point of some run so far: also of one that ended, or of a branch that was undone."""

    def _set(self, key: _Key) -> None:
        """Make something true at this point of the run, and note that it ever was."""
        self._store.set(key, True)
        self._ever[key] = True

    def escape(self, node: Node) -> None:
        """Mark a value that code which the machine cannot see gets hold of, and all that it was computed from.

        That code may compute with any of these, now or later, so that whatever it gives from now on may lead to them.
        """
        spread(node, self.escaped, lambda one: self._set((_ESCAPED, one)))

    def escape_alone(self, node: Node) -> None:
        """The same of a new value that escapes as what it stands for has, of which all inputs have by then."""
        self._set((_ESCAPED, node))

    def put_within_reach(self, node: Node) -> None:
        """Mark a tensor that something gets hold of which other code of the module may look at later.

        An unknown value that is made later may be it; a tensor that nothing keeps is out of reach for unseen code. All
        other values are taken to be within reach anyway.
        """
        if node.kind is Kind.TENSOR and self._get((_WITHIN_REACH, node)) is not True:
            self._set((_WITHIN_REACH, node))

    def freeze(self, node: Node) -> None:
        """Mark a variable of which somebody may have set `trainable`, or that of its layer: it is no longer known."""
        self._set((_FROZEN, node))

    @property
    def count(self) -> int:
        """How many states have come to be true so far in any run; to be given to `outlive` later."""
        return len(self._ever)

    def outlive(self, count: int, time: int) -> list[Node]:
        """Make true again what has come to be true since `count`, of nodes that are no newer than `time`.

        Gives the known nodes among them: an unknown one may be anything, whatever becomes true of it.

        Called where the work of a function that was run by itself is undone: another function may run after it, and in
        whatever run it was that has shared or frozen something.
        """
        lasting = [key for key in list(self._ever)[count:] if key[1].time <= time]
        for key in lasting:
            self._store.set(key, True)
        return [key[1] for key in lasting if key[1].kind is not Kind.UNKNOWN]

    def close(self) -> None:
        """Let go of all nodes."""
        self._ever.clear()
