"""What names may hold at the start of a later pass of a loop: a summary of all that any pass left in them.

A tensor that goes from pass to pass becomes one node that stands for the tensors of all passes; it leads wherever one
of them leads. Anything else that changes is unknown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flake8_gradtape.machine.domain.contents import MappingContents, SequenceContents, earliest_sharing
from flake8_gradtape.machine.domain.graph import Edge, Flow, Kind, Node, Op, either
from flake8_gradtape.machine.domain.limits import MOST_ITEMS
from flake8_gradtape.machine.domain.store import MISSING, Delta, Key
from flake8_gradtape.machine.domain.values import (
    Api,
    Class,
    Const,
    DictValue,
    ExitStack,
    Function,
    Instance,
    KerasLayer,
    ListValue,
    Number,
    Opaque,
    TapeValue,
    Tensor,
    Value,
    Variable,
    options,
)
from flake8_gradtape.machine.state.joins import LASTING_STATES, TRACED, UNSEEN_YET
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.tapes.state import TapeState
from flake8_gradtape.machine.tapes.transitions import join_states


@dataclass
class Widening:
    """The start of a later pass: which summaries stand for which keys of the store."""

    run: Run
    cells: int
    """Containers with a higher number were made inside the loop."""
    tapes: int
    recordings: int
    began: int
    summaries: dict[Key, Node] = field(default_factory=dict)

    def start(self, changed: dict[Key, list[Any]]) -> None:
        """Put into the store what a later pass may find; `changed` are the values that the first passes left."""
        store = self.run.store
        for key, values in changed.items():
            if isinstance(key, tuple) and key[0] in LASTING_STATES:
                store.set(key, True)  # some pass before may have made it true
                continue
            if key == UNSEEN_YET:
                found = [value for value in (store.get(key, MISSING), *values) if value is not MISSING]
                store.set(key, frozenset().union(*found))
                continue
            old = store.get(key, MISSING)
            if old is MISSING:
                continue
            if isinstance(key, tuple) and key[0] == TRACED:
                store.set(key, self.run.sharing.joins.join_key(key, [old, *values]))
                continue
            known: list[Any] = [value for value in [old, *values] if value is not MISSING]
            if isinstance(old, TapeState):
                store.set(key, join_states([value for value in known if isinstance(value, TapeState)]))
            elif isinstance(old, SequenceContents):
                store.set(key, self._items(key, [value for value in known if isinstance(value, SequenceContents)]))
            elif isinstance(old, MappingContents):
                store.set(key, self._entries(key, [value for value in known if isinstance(value, MappingContents)]))
            else:
                store.set(key, self._value(key, known))

    def finish(self, deltas: list[Delta]) -> bool:
        """Let the summaries lead to what a pass has left; False if that tells the pass something new."""
        stable = True
        for key, summary in self.summaries.items():
            home = key[0] if isinstance(key, tuple) and key and key[0] == "part" else None
            for delta in deltas:
                value = delta.get(key[1] if home and isinstance(key, tuple) else key, MISSING)
                if value is MISSING:
                    continue
                stable = self._extend(summary, self._nodes(value, key)) and stable
        return stable

    def _nodes(self, value: Any, key: Key) -> list[Node]:
        if isinstance(value, SequenceContents):
            return [node for item in value.items for node in self.run.heap.nodes(item)]
        if isinstance(value, MappingContents):
            found = value.get(key[2]) if isinstance(key, tuple) and len(key) > 2 else None
            return self.run.heap.nodes(found) if found is not None else []
        return self.run.heap.nodes(value)

    def _extend(self, summary: Node, nodes: list[Node]) -> bool:
        """Give a summary of several passes more inputs; False if it became what earlier passes did not see."""
        known = {edge.node for edge in summary.edges}
        fresh = [node for node in nodes if node not in known and node is not summary]
        if not fresh:
            return True
        before = set(summary.recorded)
        summary.take_in(fresh)
        if any(node.kind is Kind.UNKNOWN for node in fresh) and summary.kind is not Kind.UNKNOWN:
            summary.stand_for_anything()
            return False
        # recordings that began inside the loop belong to tapes of their own pass
        return all(recording in before or recording > self.recordings for recording in summary.recorded)

    def give_up(self) -> None:
        """The summaries do not settle: they stand for anything."""
        for summary in self.summaries.values():
            summary.stand_for_anything()

    def _summary(self, key: Key, nodes: list[Node]) -> Node:
        recorder = self.run.recorder
        if any(node.kind is Kind.UNKNOWN for node in nodes):
            return recorder.unknown(nodes, may_hold_anything=True)
        recorded = dict.fromkeys((number for node in nodes for number in node.recorded), False)
        during = frozenset().union(*(node.during for node in nodes))
        floating = either(*(node.floating for node in nodes))
        made = Node(
            Kind.TENSOR, recorder.now(), Op.LOOP, "", tuple(Edge(node, Flow.GRADIENT) for node in nodes), recorded,
            during, floating, name=nodes[0].name, transparent=True,
        )  # fmt: skip
        if any(self.run.node_states.escaped(node) for node in nodes):
            self.run.node_states.escape_alone(made)
        self.summaries[key] = made
        return made

    def _value(self, key: Key, known: list[Value]) -> Value:
        """What a name holds after any number of passes: what lasts as it is, and one summary of all the rest."""
        alternatives = options(self.run.sharing.join(known))
        kept = [option for option in alternatives if self._lasts(option)]
        rest = [option for option in alternatives if option not in kept]
        if not rest:
            return self.run.sharing.join(kept)
        nodes = [node for option in rest for node in self.run.heap.nodes(option)]
        if all(isinstance(option, (Number, Const)) for option in rest):
            return self.run.sharing.join(
                [*kept, Number(self.run.recorder.number([Edge(node, Flow.LEFT) for node in nodes]))]
            )
        simple = all(
            isinstance(option, (Tensor, Number, Const))
            or (isinstance(option, Opaque) and option.node.kind is Kind.TENSOR)
            for option in rest
        )
        if not simple:
            return self.run.sharing.join([*kept, Opaque(self.run.recorder.unknown(nodes, may_hold_anything=True))])
        summary = self._summary(key, nodes)
        surely = all(isinstance(option, Tensor) for option in rest)
        plain = [option for option in rest if isinstance(option, (Number, Const))]
        made: Value = Tensor(summary, maybe_none=True) if surely or plain else Opaque(summary)
        return self.run.sharing.join([*kept, *plain, made])

    def _lasts(self, option: Value) -> bool:
        """The object existed before the loop, so it is the same in every pass."""
        if isinstance(option, (Function, Class, Api)):
            return True
        if isinstance(option, TapeValue):
            return option.tape < self.tapes
        if isinstance(option, (ListValue, DictValue, Instance, ExitStack, KerasLayer)):
            return option.cell <= self.cells
        return isinstance(option, Variable) and option.node.time <= self.began

    def _items(self, key: Key, contents: list[SequenceContents]) -> SequenceContents:
        items = list(dict.fromkeys(item for content in contents for item in content.items))
        lasting = [item for item in items if self._lasts(item)]
        rest = [item for item in items if item not in lasting]
        if not rest:
            return SequenceContents(tuple(lasting), exact=False, shared_at=earliest_sharing(contents))
        items = [*lasting, *options(self._value(key, rest))]
        made = SequenceContents(tuple(items), exact=False, shared_at=earliest_sharing(contents))
        return self.run.heap.bounded(made, MOST_ITEMS)  # type: ignore[no-any-return]

    def _entries(self, key: Key, contents: list[MappingContents]) -> MappingContents:
        names = dict.fromkeys(name for content in contents for name, _ in content.entries)
        entries = []
        for name in names:
            values = [value for content in contents if (value := content.get(name)) is not None]
            entries.append((name, self._value(("part", key, name), values)))
        exact = all(content.exact for content in contents)
        return MappingContents(tuple(entries), exact, earliest_sharing(contents))
