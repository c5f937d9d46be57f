"""Gradient calls: what they give, what is claimed about them, and what is told of them at the end of a run."""

from __future__ import annotations

from typing import Union

import libcst as cst

from flake8_gradtape.machine.attributes import imported_variables
from flake8_gradtape.machine.causes import explain
from flake8_gradtape.machine.events import (
    Answer,
    AskedSource,
    BackwardRecorded,
    CallRaised,
    CauseKind,
    Flaw,
    GradientAsked,
    Misuse,
    WrongValue,
)
from flake8_gradtape.machine.frames import Arguments
from flake8_gradtape.machine.model_outputs import LIKE_VARIABLES
from flake8_gradtape.machine.operations import edges_of
from flake8_gradtape.machine.raising import not_a_tensor, note_survivors, raises, surely_eager, tape_raises
from flake8_gradtape.machine.run import Run
from flake8_gradtape.machine.syntax import argument_node, argument_text, text_of
from flake8_gradtape.machine.tape_state import Ask, Raised, Reach, Tape, TapeState, sees
from flake8_gradtape.machine.values import (
    PERHAPS_NOTHING,
    Api,
    Const,
    Flow,
    Items,
    Kind,
    Mapping,
    Node,
    Number,
    Opaque,
    Sequence,
    TapeValue,
    Tensor,
    Value,
    Variable,
    bound,
    node_of,
    options,
    same_as,
)
from flake8_gradtape.machine.wrong_values import wrong_values

LONGEST_LIST = 40
"""A longer expression for a list of sources is left out where one part of it is named."""
ASKING = frozenset({"gradient", "jacobian", "batch_jacobian"})


def ask(run: Run, value: TapeValue, method: str, arguments: Arguments, at: cst.Call, inline: frozenset[Node]) -> Value:
    """`tape.gradient(target, sources)` and its kin."""
    recorder = run.recorder
    tape = recorder.tapes[value.tape]
    visit = run.new_visit()
    run.outcomes.visit(at, run.context, visit)
    target = arguments.get(0, "target")
    source_name = "source" if method == "batch_jacobian" else "sources"
    sources = arguments.get(1, source_name)
    if target is None or sources is None:
        run.store.may_raise()
        recorder.escape(value.tape)
        return run.anything(at=at)
    sources = imported_variables(run, sources)
    try:
        state = recorder.ask(value.tape)
    except Raised as raised:
        tape_raises(run, at, visit, tape, method, raised)
        return run.anything()
    if state is None:
        run.store.may_raise()
        return run.anything()
    note_survivors(run, state)
    for given, position, name in ((target, 0, "target"), (sources, 1, source_name)):
        wrong = not_a_tensor(run, given, method)
        if wrong is not None:
            text = argument_text(at, position, name)
            tape.mentioned = True
            raises(run, at, visit, CallRaised(at, tape.name, method, Misuse.NOT_A_TENSOR, name, text, wrong))
            return run.anything()
    if method != "gradient" and (arguments.open or arguments.get(4, "experimental_use_pfor") is not None):
        tape.needs_persistence = True
    listed = _listed(run, method, target, sources)
    if listed or (method != "gradient" and tape.persistent is False and _without_pfor(arguments)):
        if listed or surely_eager(run):
            event = CallRaised(at, tape.name, method, Misuse.NEEDS_PERSISTENT, "a list" if listed else "pfor")
            tape.mentioned = True
            raises(run, at, visit, event)
            return run.anything()
        run.store.may_raise()
        return run.anything(at=at)
    sure_sources = run.sure_nodes(sources)
    missing = [recorder.surely_without_gradient(state, nodes, sure_sources) for nodes in run.alternatives(target)]
    if all(missing):
        event = CallRaised(at, tape.name, method, Misuse.NO_REGISTERED_GRADIENT, "", missing[0])
        tape.mentioned = True
        raises(run, at, visit, event)
        return run.anything()
    return _answer(run, value, tape, state, method, target, sources, arguments, at, inline, visit)


def _without_pfor(arguments: Arguments) -> bool:
    given = arguments.get(4, "experimental_use_pfor")
    return isinstance(given, Const) and given.value is False


def _listed(run: Run, method: str, target: Value, sources: Value) -> bool:
    """`jacobian` takes one target, `batch_jacobian` one source as well (truth table B16, B17)."""
    single = {"jacobian": (target,), "batch_jacobian": (target, sources)}.get(method, ())
    return any(
        isinstance(given, Mapping) or (isinstance(given, Sequence) and run.items(given).exact) for given in single
    )


def _answer(
    run: Run, value: TapeValue, tape: Tape, state: TapeState, method: str, target: Value, sources: Value,
    arguments: Arguments, at: cst.Call, inline: frozenset[Node], visit: object,
) -> Value:  # fmt: skip
    recorder = run.recorder
    targets = run.nodes(target)
    reach = recorder.reach(state, targets)
    zeros = arguments.get(3 if method == "gradient" else 2, "unconnected_gradients")
    gradients = None if zeros is None or arguments.open else zeros
    plain = all(_may_be_tensor(leaf) for given in (target, sources) for leaf in run.leaves(given))
    plain = plain and (method == "gradient" or not isinstance(target, (Const, Number)))
    certain = (
        plain
        # raises first where the shapes do not fit, and nothing is known of shapes
        and method != "batch_jacobian"
        and state.spent is not True
        and not state.escaped
        and not arguments.open
        and (gradients is None or _is_none_mode(gradients))
    )
    weights = arguments.get(2, "output_gradients") if method == "gradient" else None
    extra = run.nodes(weights) if weights is not None else []
    sure_targets = run.alternatives(target)
    curved = [recorder.surely_reads(state, nodes, run.sure_nodes(sources)) for nodes in sure_targets]
    ask_record = Ask(
        at, tape, method, "", (), run.context,
        in_own_block=tape.persistent is True and state.active is True, visit=visit,
        sure=run.doubts == 0,
    )  # fmt: skip
    # in a traced function the operations are made once all the same (truth table D40)
    traced = bool(run.activations) and run.activations[-1].graph
    recorded_by = tuple(
        other
        for other, other_state in recorder.live()
        if not traced
        and other is not tape
        and other_state.active is True
        and all(any(recorder.surely_tracks(other_state, node) for node in read) for read in curved)
    )
    ask_record.recorded_by = recorded_by
    ask_record.of_gradient = bool(targets) and all(node.op == "gradient" for node in targets)
    ask_record.through_unknown = bool(reach.anywhere)
    asked: list[AskedSource] = []
    source_text = argument_node(at, 1, "source" if method == "batch_jacobian" else "sources")
    judge = _Judge(run, tape, state, method, targets, reach, at, inline, certain, ask_record, asked, extra)
    judge.sure_targets = sure_targets
    names = _element_names(source_text) if source_text is not None else ""
    answer = judge.structure(sources, names)
    if certain and judge.told and method == "gradient" and not run.muted and run.reachable:
        texts = (argument_text(at, 0, "target"), argument_text(at, 2, "output_gradients"))
        for event in wrong_values(run, tape, state, at, target, weights, judge.sound, texts):
            run.outcomes.claim(at, run.context, visit, event, run.doubts == 0)
        if _stale(run, tape, state, at, target, judge.sound):
            names_of_sources = tuple(name for name, _ in judge.sound)
            stale = WrongValue(at, tape.name, texts[0], names_of_sources, Flaw.SAME_LOSS_AGAIN, texts[0])
            run.outcomes.claim(at, run.context, visit, stale, run.doubts == 0)
    if not (certain and method == "gradient" and not extra and _surely_answers(run, reach, target, sources)):
        run.store.may_raise()
    recorder.answered(value.tape)
    recorder.differentiated.update((one, None) for node in targets for one in same_as(node))
    recorder.differentiated.update(
        (node, None) for node in reach.nodes if not state.recordings.isdisjoint(node.recorded)
    )
    recorder.differentiated_anywhere.extend(reach.anywhere)
    if not run.muted and run.reachable:
        ask_record.sources = tuple(asked)
        target_node = argument_node(at, 0, "target")
        ask_record.target = text_of(target_node) if target_node is not None and asked else ""
        recorder.asks.append(ask_record)
    return answer


def _stale(run: Run, tape: Tape, state: TapeState, at: cst.Call, target: Value, sound: list[tuple[str, Node]]) -> bool:
    """The call asked for the gradient of the same recorded loss before, and the variables have changed since."""
    if tape.persistent is not True or not isinstance(target, Tensor) or not sound:
        return False
    key = (at, target.node, tuple(node for _, node in sound))
    again = key in run.recorder.asked_before
    run.recorder.asked_before[key] = None
    changed = all(run.recorder.written.get(node, 0) > target.node.time for _, node in sound)
    return again and changed and bool(run.recorder.surely_reads(state, [target.node], [node for _, node in sound]))


def _surely_answers(run: Run, reach: Reach, target: Value, sources: Value) -> bool:
    """A tape that is not spent gives an answer: nothing is unknown, every operation has a gradient function."""
    if reach.anywhere or any(node.no_gradient for node in reach.nodes):
        return False
    leaves = [*run.leaves(target), *run.leaves(sources)]
    plain = all(isinstance(leaf, Variable) or (isinstance(leaf, Tensor) and not leaf.maybe_none) for leaf in leaves)
    return plain and run.definite(target) and run.definite(sources)


def _may_be_tensor(leaf: Value) -> bool:
    """What is surely no tensor raises instead of giving None (truth table X31, X32)."""
    return isinstance(leaf, (Tensor, Variable, Opaque, Const, Number)) and not (
        isinstance(leaf, Opaque) and leaf.node.op == "tf.keras.Input"
    )


def _is_none_mode(value: Value) -> bool:
    if isinstance(value, Const):
        return bool(value.value == "none")
    return isinstance(value, Api) and value.path.endswith(".NONE")


Names = Union[str, list["Names"]]
"""What the reader calls the sources: one expression, or the elements of a list, tuple or dict that is written out."""


def _element_names(node: cst.BaseExpression) -> Names:
    if isinstance(node, (cst.List, cst.Tuple)):
        return [_element_names(element.value) for element in node.elements]
    if isinstance(node, cst.Dict) and node.elements:
        return [_element_names(element.value) for element in node.elements]
    return text_of(node)


class _Judge:
    """Decides for every source of one gradient call, and builds the result in the structure of the sources."""

    def __init__(
        self, run: Run, tape: Tape, state: TapeState, method: str, targets: list[Node], reach: Reach, at: cst.Call,
        inline: frozenset[Node], certain: bool, record: Ask, asked: list[AskedSource],
        extra: list[Node],
    ) -> None:  # fmt: skip
        self.run, self.tape, self.state, self.method = run, tape, state, method
        self.targets, self.reach, self.at, self.inline = targets, reach, at, inline
        self.certain, self.record, self.asked, self.extra = certain, record, asked, extra
        self.sure_targets: list[list[Node]] = []
        """For each alternative of the target the nodes that surely are in it."""
        self.told = state.spent is False
        """No run raises here; where some do, a None is known only of the others, and not claimed."""
        self.unspecific: Node | None = None
        self.sound: list[tuple[str, Node]] = []
        """The sources that surely get a gradient, with their names."""

    def _result(self, source: Node | None) -> Node:
        """The gradient of one source, computed from what its backward pass reads."""
        if source is None and self.unspecific is not None:
            return self.unspecific
        recorder = self.run.recorder
        read = [*recorder.backward_inputs(self.state, self.tape, self.reach, source), *self.extra]
        if len(read) > 300:
            read = [recorder.unknown(read, sees_all=True)]
        made = recorder.operation("gradient", edges_of(read, Flow.GRADIENT), self.at, surely_tensors=False)
        self.record.results.append(made)
        if source is None:
            self.unspecific = made
        return made

    def structure(self, value: Value, names: Names) -> Value:
        """The result for a source or a structure of sources."""
        run = self.run
        value = bound(value)
        if isinstance(value, Sequence):
            content = run.items(value)
            if not content.exact:
                return self._summary(value, names if isinstance(names, str) else "")
            results = [
                self.structure(one, self._element_name(names, position, f"[{position}]"))
                for position, one in enumerate(content.items)
            ]
            return Sequence(run.new_cell(Items(tuple(results), True, content.immutable)))
        if isinstance(value, Mapping):
            entries = run.entries(value.cell)
            if not entries.exact:
                return self._summary(value, names if isinstance(names, str) else "")
            return run.mapping(
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
        leaves = self.run.leaves(value)
        nodes = [node for leaf in leaves if (node := node_of(leaf)) is not None]
        whole = len(nodes) == len(leaves) > 0 and all(node.kind is Kind.VARIABLE for node in nodes)
        if whole and all(self._surely_connected(node) for node in nodes):
            self.sound.append((name, nodes[0]))
        if leaves and all(isinstance(leaf, (Tensor, Variable, Opaque)) for leaf in leaves):
            none = self._decide([node for leaf in leaves for node in self.run.nodes(leaf)], name)
            if not none and isinstance(value, Sequence):
                self._decide_parts(value, name)
        return Opaque(self._result(None))

    def _decide_parts(self, value: Sequence, name: str) -> None:
        """The layers of a model whose variables surely are in the list, one by one."""
        content = self.run.items(value)
        for item in content.items[: content.sure]:
            node = node_of(item)
            if node is not None and node.kind is Kind.VARIABLE:
                shown = name and len(name) <= LONGEST_LIST
                called = f"{name} ({node.name})" if shown and node.name else f"variables of {node.name}"
                self._decide([node], called, part=True)

    def _leaf(self, value: Value, name: str) -> Value:
        alternatives = options(value)
        if not all(isinstance(one, (Tensor, Variable, Opaque)) for one in alternatives):
            return Opaque(self._result(None))
        nodes = [node for one in alternatives if (node := node_of(one)) is not None]
        surely_none = self._decide(nodes, name)
        single = all(isinstance(one, (Tensor, Variable)) for one in alternatives)
        if surely_none and single:
            return Const(None, self.record)
        if single:
            sure = len(nodes) == 1 and self._surely_connected(nodes[0])
            if sure:
                self.sound.append((name, nodes[0]))
            result = self._result(nodes[0] if len(nodes) == 1 else None)
            return Tensor(result, maybe_none=not sure, sometimes_none=not sure and self._sometimes_none(nodes))
        return Opaque(self._result(None))

    def _sometimes_none(self, sources: list[Node]) -> bool:
        recorder = self.run.recorder
        return any(
            recorder.sometimes_unconnected(nodes, source) for nodes in self.sure_targets for source in sources if nodes
        )

    def _surely_connected(self, source: Node) -> bool:
        recorder = self.run.recorder
        return all(recorder.surely_connected(self.state, nodes, source) for nodes in self.sure_targets)

    def _decide(self, nodes: list[Node], name: str, part: bool = False) -> bool:
        recorder = self.run.recorder
        if not self.certain or any(
            node.op == PERHAPS_NOTHING
            or recorder.connected(self.state, self.tape, self.reach, self.targets, node, self.method == "gradient")
            for node in nodes
        ):
            self.asked.append(AskedSource(name, Answer.CANNOT_TELL))
            return False
        if not self.told:
            self.asked.append(AskedSource(name, Answer.CANNOT_TELL))
            return True
        inline = any(node in self.inline for node in nodes)
        cause = explain(recorder, self.tape, self.state, self.targets, nodes[0], inline)
        handed_over = cause.kind is CauseKind.UNRELATED and any(_may_hold(node, nodes[0]) for node in self.reach.nodes)
        # a layer behind tf.stop_gradient is often frozen as well, perhaps from outside
        if handed_over or (part and cause.kind is CauseKind.STOPPED):
            self.asked.append(AskedSource(name, Answer.CANNOT_TELL))
            return False
        self.asked.append(AskedSource(name, Answer.NONE, cause))
        return True


def _may_hold(given: Node, source: Node) -> bool:
    """The caller may have handed over this very variable: but weights of a layer only under a name that says so."""
    if given.given is None:
        return False
    return not source.weights or bool(LIKE_VARIABLES.search(given.name))


def named_by_functions(run: Run, tape: Tape) -> bool:
    """A function that was not run with it mentions the name of a module-level tape."""
    if not tape.module_level or not tape.name:
        return False
    return any(tape.name in run.outcomes.free_names(definition) for definition in run.defined_functions)


def settle(run: Run) -> None:
    """At the end of a run: emit what its gradient calls have shown."""
    recorder = run.recorder
    for record in recorder.asks:
        used = any(differentiated(run, result) for result in record.results)
        where = record.at
        if record.of_gradient:
            nothing = frozenset(source.name for source in record.sources if source.answer is Answer.NONE)
            run.outcomes.answered(where, record.context, nothing)
        if not record.expected and any(source.answer is Answer.NONE for source in record.sources):
            event = GradientAsked(where, record.tape.name, record.method, record.target, record.sources)
            run.outcomes.claim(where, record.context, record.visit, event, record.sure)
        # whoever has the object that keeps both may differentiate the result later
        kept = record.tape.stored is not None and any(result.escaped for result in record.results)
        kept = kept or named_by_functions(run, record.tape)
        if record.in_own_block and not used and not kept:
            event = GradientAsked(where, record.tape.name, record.method, record.target, (), True, False)
            run.outcomes.claim(where, record.context, record.visit, event, record.sure)
        for outer in record.recorded_by:
            state = recorder.state(outer.number)
            asked = state is not None and state.asked > 0 and not state.escaped
            if asked and not used and not kept and not named_by_functions(run, outer):
                run.outcomes.claim(
                    where, record.context, record.visit,
                    BackwardRecorded(where, record.tape.name, outer.name, differentiated=False),
                )  # fmt: skip
                break


def differentiated(run: Run, result: Node) -> bool:
    """Some gradient call may have differentiated the result."""
    recorder = run.recorder
    if result in recorder.differentiated:
        return True
    return any(node.time > result.time and sees(node, result) for node in recorder.differentiated_anywhere)
