"""Gradient calls: what they give, and what is claimed about them at once. What comes of them is in `settling`."""

from __future__ import annotations

from dataclasses import replace

import libcst as cst

from flake8_gradtape.events import (
    AskedSource,
    CallRaised,
    Flaw,
    Misuse,
    WrongValue,
)
from flake8_gradtape.machine.domain.values import (
    Api,
    Const,
    Mapping,
    Node,
    Number,
    Opaque,
    Sequence,
    TapeValue,
    Tensor,
    Value,
    Variable,
    same_as,
)
from flake8_gradtape.machine.language.attributes import imported_variables
from flake8_gradtape.machine.state.call_endings import note_survivors, raises, surely_eager, tape_raises
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Arguments
from flake8_gradtape.machine.tapes.observer import Silence
from flake8_gradtape.machine.tapes.state import Ask, Raised, Reach, Tape, TapeState
from flake8_gradtape.machine.verdicts.call_errors import OPTION_AT, not_a_tensor, unknown_option
from flake8_gradtape.machine.verdicts.sources import Judge, element_names
from flake8_gradtape.machine.verdicts.wrong_values import wrong_values
from flake8_gradtape.reading.syntax import argument_node, argument_text, text_of

ASKING = frozenset({"gradient", "jacobian", "batch_jacobian"})


def ask(run: Run, value: TapeValue, method: str, arguments: Arguments, at: cst.Call, inline: frozenset[Node]) -> Value:
    """`tape.gradient(target, sources)` and its kin."""
    recorder = run.recorder
    tape = recorder.tapes[value.tape]
    visit = run.stack.new_visit()
    run.outcomes.visit(at, run.stack.context, visit)
    if run.observer is not None:
        run.observer.asked(at, tape, method)
    target = arguments.get(0, "target")
    source_name = "source" if method == "batch_jacobian" else "sources"
    sources = arguments.get(1, source_name)
    if target is None or sources is None:
        run.store.may_raise()
        recorder.escape(value.tape)
        return run.anything(at=at)
    for leaf in run.heap.leaves(target):
        if isinstance(leaf, Const) and leaf.asked is not None:
            leaf.asked.used = True  # a second derivative was wanted, though the first is None
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
            event = CallRaised(at, tape.name, method, Misuse.NEEDS_PERSISTENT)
            if listed:
                place, name = (0, "target") if _is_structure(run, target) else (1, source_name)
                event = replace(event, what=argument_text(at, place, name), kind="a list or dict")
            tape.mentioned = True
            raises(run, at, visit, event)
            return run.anything()
        run.store.may_raise()
        return run.anything(at=at)
    refused = _wrong_option(tape, method, arguments, at)
    if refused is None:
        sure_sources = run.heap.sure_nodes(sources)
        missing = [
            recorder.surely_without_gradient(state, nodes, sure_sources) for nodes in run.heap.alternatives(target)
        ]
        if all(missing):
            refused = CallRaised(at, tape.name, method, Misuse.NO_REGISTERED_GRADIENT, "", missing[0])
    if refused is not None:
        tape.mentioned = True
        raises(run, at, visit, refused)
        return run.anything()
    return _answer(run, value, tape, state, method, target, sources, arguments, at, inline, visit)


def _wrong_option(tape: Tape, method: str, arguments: Arguments, at: cst.Call) -> CallRaised | None:
    """The error of an `unconnected_gradients` that surely is no option; it comes before any other of this kind."""
    option = None if tape.wrapped else unknown_option(method, arguments)
    if option is None:
        return None
    text = argument_text(at, OPTION_AT[method], "unconnected_gradients")
    return CallRaised(at, tape.name, method, Misuse.UNKNOWN_OPTION, "", text, repr(option.value))


def _without_pfor(arguments: Arguments) -> bool:
    given = arguments.get(4, "experimental_use_pfor")
    return isinstance(given, Const) and given.value is False


def _listed(run: Run, method: str, target: Value, sources: Value) -> bool:
    """`jacobian` takes one target, `batch_jacobian` one source as well (truth table B16, B17)."""
    single = {"jacobian": (target,), "batch_jacobian": (target, sources)}.get(method, ())
    return any(_is_structure(run, given) for given in single)


def _is_structure(run: Run, given: Value) -> bool:
    return isinstance(given, Mapping) or (isinstance(given, Sequence) and run.heap.items(given).exact)


def _answer(
    run: Run, value: TapeValue, tape: Tape, state: TapeState, method: str, target: Value, sources: Value,
    arguments: Arguments, at: cst.Call, inline: frozenset[Node], visit: object,
) -> Value:  # fmt: skip
    recorder = run.recorder
    targets = run.heap.nodes(target)
    reach = recorder.reach(state, targets)
    zeros = arguments.get(OPTION_AT[method], "unconnected_gradients")
    gradients = None if zeros is None or arguments.open else zeros
    plain = all(_may_be_tensor(leaf) for given in (target, sources) for leaf in run.heap.leaves(given))
    plain = plain and (method == "gradient" or not isinstance(target, (Const, Number)))
    silences = tuple(
        silence
        for silence, holds in (
            (Silence.NO_TENSOR, not plain),
            (Silence.SHAPES, method == "batch_jacobian"),
            (Silence.ESCAPED, state.escaped),
            (Silence.STARRED, arguments.open),
            (Silence.ZEROS, gradients is not None and not _is_none_mode(gradients)),
        )
        if holds
    )
    certain = not silences and state.spent is not True
    weights = arguments.get(2, "output_gradients") if method == "gradient" else None
    extra = run.heap.nodes(weights) if weights is not None else []
    sure_targets = run.heap.alternatives(target)
    curved = [recorder.surely_reads(state, nodes, run.heap.sure_nodes(sources)) for nodes in sure_targets]
    ask_record = Ask(
        at, tape, method, "", (), run.stack.context,
        in_own_block=tape.persistent is True and state.active is True, visit=visit,
        sure=run.certainty.doubts == 0,
    )  # fmt: skip
    # in a traced function the operations are made once all the same (truth table D40)
    traced = bool(run.stack.activations) and run.stack.activations[-1].graph
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
    judge = Judge(run, tape, state, method, targets, reach, at, inline, certain, ask_record, asked, extra)
    judge.silences = silences
    judge.sure_targets = sure_targets
    names = element_names(source_text) if source_text is not None else ""
    answer = judge.structure(sources, names)
    if certain and judge.told and method == "gradient" and not run.certainty.muted and run.reachable:
        texts = (argument_text(at, 0, "target"), argument_text(at, 2, "output_gradients"))
        for event in wrong_values(run, tape, state, at, target, weights, judge.sound, texts):
            run.outcomes.claim(at, run.stack.context, visit, event, run.certainty.doubts == 0)
        if _stale(run, tape, state, at, target, judge.sound):
            names_of_sources = tuple(name for name, _ in judge.sound)
            stale = WrongValue(at, tape.name, texts[0], names_of_sources, Flaw.SAME_LOSS_AGAIN, texts[0])
            run.outcomes.claim(at, run.stack.context, visit, stale, run.certainty.doubts == 0)
    if not (certain and method == "gradient" and not extra and _surely_answers(run, reach, target, sources)):
        run.store.may_raise()
    recorder.answered(value.tape)
    recorder.differentiated.update((one, None) for node in targets for one in same_as(node))
    recorder.differentiated.update(
        (node, None) for node in reach.nodes if not state.recordings.isdisjoint(node.recorded)
    )
    recorder.differentiated_anywhere.extend(reach.anywhere)
    if not run.certainty.muted and run.reachable:
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
    leaves = [*run.heap.leaves(target), *run.heap.leaves(sources)]
    plain = all(isinstance(leaf, Variable) or (isinstance(leaf, Tensor) and not leaf.maybe_none) for leaf in leaves)
    return plain and run.heap.definite(target) and run.heap.definite(sources)


def _may_be_tensor(leaf: Value) -> bool:
    """What is surely no tensor raises instead of giving None (truth table X31, X32)."""
    return isinstance(leaf, (Tensor, Variable, Opaque, Const, Number)) and not (
        isinstance(leaf, Opaque) and leaf.node.op == "tf.keras.Input"
    )


def _is_none_mode(value: Value) -> bool:
    if isinstance(value, Const):
        return bool(value.value == "none")
    return isinstance(value, Api) and value.path.endswith(".NONE")
