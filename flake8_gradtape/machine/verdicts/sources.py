"""Deciding for each source of a gradient call whether it surely gets None, and what the call gives."""

from __future__ import annotations

from typing import Union

import libcst as cst

from flake8_gradtape.events import (
    Answer,
    AskedSource,
    Cause,
    CauseKind,
)
from flake8_gradtape.machine.assumptions.taking import NO_VARIABLES, Taking
from flake8_gradtape.machine.assumptions.variables import LIKE_VARIABLES
from flake8_gradtape.machine.domain.contents import SequenceContents
from flake8_gradtape.machine.domain.graph import Flow, Kind, Node, Op, OperationTraits
from flake8_gradtape.machine.domain.values import (
    Const,
    DictValue,
    ListValue,
    Opaque,
    Tensor,
    Value,
    Variable,
    bound,
    node_of,
    options,
)
from flake8_gradtape.machine.language.operators import edges_of
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.tapes.backward import backward_inputs
from flake8_gradtape.machine.tapes.observer import Decision, Silence
from flake8_gradtape.machine.tapes.state import Connection, GradientCall
from flake8_gradtape.machine.tapes.tracking import connection_to, sometimes_unconnected, surely_connected
from flake8_gradtape.machine.verdicts.causes import explain
from flake8_gradtape.machine.verdicts.question import Grounds, Question
from flake8_gradtape.reading.syntax import text_of

LONGEST_LIST = 40
"""A longer expression for a list of sources is left out where one part of it is named."""


Names = Union[str, list["Names"]]
"""What the reader calls the sources: one expression, or the elements of a list, tuple or dict that is written out."""


def element_names(node: cst.BaseExpression) -> Names:
    """The text of the sources; of each element, if they are written out."""
    if isinstance(node, (cst.List, cst.Tuple)):
        return [element_names(element.value) for element in node.elements]
    if isinstance(node, cst.Dict) and node.elements:
        return [element_names(element.value) for element in node.elements]
    return text_of(node)


class SourceDecision:
    """Decides for every source of one gradient call, and builds the result in the structure of the sources."""

    def __init__(self, run: Run, question: Question, grounds: Grounds, record: GradientCall) -> None:
        self.run, self.question, self.grounds, self.record = run, question, grounds, record
        self.asked: list[AskedSource] = []
        """What was decided, in order."""
        self.told = question.state.spent is False
        """No run raises here; where some do, a None is known only of the others, and not claimed."""
        self.unspecific: Node | None = None
        self.sound: list[tuple[str, Node]] = []
        """The sources that surely get a gradient, with their names."""

    def _result(self, source: Node | None) -> Node:
        """The gradient of one source, computed from what its backward pass reads."""
        if source is None and self.unspecific is not None:
            return self.unspecific
        recorder = self.run.recorder
        read = [
            *backward_inputs(recorder.node_states, self.question.state, self.question.tape, self.grounds.reach, source),
            *self.grounds.weights,
        ]
        if len(read) > 300:
            read = [recorder.unknown(read, may_hold_anything=True)]
        # zeros for a source that is not floating have its dtype (truth table A94)
        floating = None if source is not None and source.floating is False else True
        traits = OperationTraits(floating, surely_tensors=False)
        made = recorder.operation(Op.GRADIENT, edges_of(read, Flow.GRADIENT), self.question.at, traits)
        self.record.results.append(made)
        if source is None:
            self.unspecific = made
        return made

    def structure(self, value: Value, names: Names) -> Value:
        """The result for a source or a structure of sources."""
        run = self.run
        value = bound(value)
        if isinstance(value, ListValue):
            content = run.heap.items(value)
            if not content.exact:
                return self._summary(value, names if isinstance(names, str) else "")
            results = [
                self.structure(one, self._element_name(names, position, f"[{position}]"))
                for position, one in enumerate(content.items)
            ]
            return ListValue(
                run.heap.new_cell(SequenceContents(tuple(results), True, content.immutable and not value.shows))
            )
        if isinstance(value, DictValue):
            entries = run.heap.entries(value.cell)
            if not entries.exact:
                return self._summary(value, names if isinstance(names, str) else "")
            return run.heap.mapping(
                (key, self.structure(one, self._element_name(names, position, f"[{key!r}]")))
                for position, (key, one) in enumerate(entries.entries)
            )
        return self._leaf(value, names if isinstance(names, str) else "")

    @staticmethod
    def _element_name(names: Names, position: int, index: str) -> Names:
        if isinstance(names, list):
            return names[position] if position < len(names) else ""
        return f"{names}{index}" if names else ""

    def _summary(self, value: Value, name: str) -> Value:
        """A list of which not every element is known: None only if no possible element is connected."""
        leaves = self.run.heap.leaves(value)
        nodes = [node for leaf in leaves if (node := node_of(leaf)) is not None]
        whole = len(nodes) == len(leaves) > 0 and all(node.kind is Kind.VARIABLE for node in nodes)
        if whole and all(self._surely_connected(node) for node in nodes):
            self.sound.append((name, nodes[0]))
        if leaves and all(isinstance(leaf, (Tensor, Variable, Opaque)) for leaf in leaves):
            none = self._decide([node for leaf in leaves for node in self.run.heap.nodes(leaf)], name)
            if not none and isinstance(value, ListValue):
                self._decide_parts(value, name)
        else:
            self._show(AskedSource(name, Answer.CANNOT_TELL), [], (Silence.NO_TENSOR if leaves else Silence.EMPTY,))
        return Opaque(self._result(None))

    def _decide_parts(self, value: ListValue, name: str) -> None:
        """The layers of a model whose variables surely are in the list, one by one."""
        content = self.run.heap.items(value)
        for item in content.items[: content.sure]:
            node = node_of(item)
            if node is not None and node.kind is Kind.VARIABLE:
                shown = name and len(name) <= LONGEST_LIST
                called = f"{name} ({node.name})" if shown and node.name else f"variables of {node.name}"
                self._decide([node], called, part=True)

    def _leaf(self, value: Value, name: str) -> Value:
        """The result for one source, which may be one of several values."""
        alternatives = options(value)
        if not all(isinstance(one, (Tensor, Variable, Opaque)) for one in alternatives):
            self._show(AskedSource(name, Answer.CANNOT_TELL), [], (Silence.NO_TENSOR,))
            return Opaque(self._result(None))
        nodes = [node for one in alternatives if (node := node_of(one)) is not None]
        surely_none = self._decide(nodes, name)
        single = all(isinstance(one, (Tensor, Variable)) for one in alternatives)
        if surely_none and single:
            return Const(None, self.record.use)
        if single:
            sure = len(nodes) == 1 and self._surely_connected(nodes[0])
            if sure:
                self.sound.append((name, nodes[0]))
            result = self._result(nodes[0] if len(nodes) == 1 else None)
            return Tensor(result, maybe_none=not sure, sometimes_none=not sure and self._sometimes_none(nodes))
        return Opaque(self._result(None))

    def _sometimes_none(self, sources: list[Node]) -> bool:
        return any(
            sometimes_unconnected(nodes, source) for nodes in self.grounds.sure_targets for source in sources if nodes
        )

    def _surely_connected(self, source: Node) -> bool:
        return all(surely_connected(self.question.state, nodes, source) for nodes in self.grounds.sure_targets)

    def _decide(self, nodes: list[Node], name: str, part: bool = False) -> bool:
        """Whether a source that is one of `nodes` surely gets None; `part` if it is a layer among the sources."""
        if not self.grounds.certain:
            self._tell(name, nodes, *self.grounds.silences)
            return False
        connection = self._connection(nodes)
        if connection is not None:
            self._tell(name, nodes, Silence.CONNECTED, connection=connection)
            return False
        if any(node.op is Op.PERHAPS_NOTHING for node in nodes):
            self._tell(name, nodes, Silence.EMPTY)
            return False
        if not self.told:
            self._tell(name, nodes, Silence.SPENT)
            return True
        inline = any(node in self.question.inline for node in nodes)
        cause = explain(
            self.run.recorder, self.question.tape, self.question.state, self.grounds.targets, nodes[0], inline
        )
        handed_over = cause.kind is CauseKind.UNRELATED and any(
            _may_hold(self.run.taking, node, nodes[0]) for node in self.grounds.reach.nodes
        )
        # a layer behind tf.stop_gradient is often frozen as well, perhaps from outside
        if handed_over or (part and cause.kind is CauseKind.STOPPED):
            self._tell(name, nodes, Silence.HANDED_OVER if handed_over else Silence.FROZEN)
            return False
        self._tell(name, nodes, cause=cause, which=nodes[0].time if part else 0)
        return True

    def _connection(self, nodes: list[Node]) -> Connection | None:
        """Why one of the nodes may get a gradient."""
        itself = self.question.method == "gradient"
        for node in nodes:
            found = connection_to(
                self.run.node_states,
                self.question.state,
                self.question.tape,
                self.grounds.reach,
                self.grounds.targets,
                node,
                itself,
            )
            if found is not None:
                return found
        return None

    def _tell(
        self, name: str, nodes: list[Node], *silences: Silence, connection: Connection | None = None,
        cause: Cause | None = None, which: int = 0,
    ) -> None:  # fmt: skip
        """Keep the answer for one source: None for this cause, or that nothing can be told, for these reasons."""
        asked = AskedSource(name, Answer.NONE if cause is not None else Answer.CANNOT_TELL, cause, which)
        self.asked.append(asked)
        self._show(asked, nodes, silences, connection)

    def _show(
        self, asked: AskedSource, nodes: list[Node], silences: tuple[Silence, ...], connection: Connection | None = None
    ) -> None:
        """Tell the observer, if there is one, what was decided."""
        if self.run.observer is not None:
            sure = bool(nodes) and not self.grounds.silences and all(self._surely_connected(node) for node in nodes)
            decision = Decision(
                asked,
                sure,
                silences,
                connection,
                tuple(self.grounds.targets),
                self.grounds.reach,
                self.question.state,
                self.record,
            )
            self.run.observer.decided(decision)


def _may_hold(taking: Taking, given: Node, source: Node) -> bool:
    """The caller may have handed over this very variable: but weights of a layer only under a name that says so."""
    if given.handed_over_at is None:
        return False
    return not source.weights or bool(LIKE_VARIABLES.search(given.name)) or not taking.takes(NO_VARIABLES)
