"""Gradient calls: what they give, and what is claimed about them at once. What comes of them is in `end_of_run`."""

from __future__ import annotations

import libcst as cst

from flake8_gradtape.events import (
    CallRaised,
    Flaw,
    Misuse,
    WrongValue,
)
from flake8_gradtape.machine.domain.aliasing import same_as
from flake8_gradtape.machine.domain.graph import Node, Op
from flake8_gradtape.machine.domain.values import (
    Api,
    Const,
    DictValue,
    ListValue,
    Number,
    Opaque,
    TapeValue,
    Tensor,
    Value,
    Variable,
)
from flake8_gradtape.machine.language.attributes import imported_variables
from flake8_gradtape.machine.state.call_endings import note_partial_raise, raises, surely_eager, tape_raises
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Arguments
from flake8_gradtape.machine.tapes.backward import surely_reads, surely_without_gradient
from flake8_gradtape.machine.tapes.observer import Silence
from flake8_gradtape.machine.tapes.state import GradientCall, Raised, Reach, Tape
from flake8_gradtape.machine.tapes.tracking import reach_of, surely_tracks
from flake8_gradtape.machine.verdicts.call_errors import OPTION_AT, not_a_tensor, unknown_option
from flake8_gradtape.machine.verdicts.question import Grounds, Question, name_of_sources
from flake8_gradtape.machine.verdicts.sources import SourceDecision, element_names
from flake8_gradtape.machine.verdicts.wrong_values import wrong_values
from flake8_gradtape.reading.syntax import argument_node, argument_text, text_of

ASKING = frozenset({"gradient", "jacobian", "batch_jacobian"})


def gradient_call(
    run: Run, value: TapeValue, method: str, arguments: Arguments, at: cst.Call, inline: frozenset[Node]
) -> Value:
    """`tape.gradient(target, sources)` and its kin: what they give; what is certain of the answer is claimed.

    `inline` are the nodes that were made in the arguments of the call.
    """
    recorder = run.recorder
    tape = recorder.tapes[value.tape]
    visit = run.stack.new_visit()
    run.claims.visit(at, run.stack.context, visit)
    target, sources = arguments.get(0, "target"), arguments.get(1, name_of_sources(method))
    if run.observer is not None:
        run.observer.asked(at, tape, method, sources)
    if target is None or sources is None:
        run.store.may_raise()
        recorder.tape_escapes(value.tape)
        return run.anything(at=at)
    for leaf in run.heap.leaves(target):
        if isinstance(leaf, Const) and leaf.asked is not None:
            leaf.asked.used = True  # a second derivative was wanted, though the first is None
    target, sources = run.heap.as_tree(target), run.heap.as_tree(imported_variables(run, sources))
    try:
        state = recorder.ask(value.tape)
    except Raised as raised:
        tape_raises(run, at, visit, tape, method, raised)
        return run.anything()
    if state is None:
        run.store.may_raise()
        return run.anything()
    note_partial_raise(run, state)
    question = Question(tape, state, method, target, sources, arguments, at, inline, visit)
    refusal = _refusal(run, question)
    if refusal is not None:
        tape.mentioned = True
        raises(run, at, visit, refusal)
        return run.anything()
    if method != "gradient" and tape.persistent is False and _without_pfor(arguments):
        # in a traced function it may work
        run.store.may_raise()
        return run.anything(at=at)
    return _answer(run, question)


def _refusal(run: Run, question: Question) -> CallRaised | None:
    """The error of a gradient call that surely raises for its arguments, in the order in which TensorFlow looks."""
    tape, method, arguments, at = question.tape, question.method, question.arguments, question.at
    source_name = name_of_sources(method)
    for given, position, name in ((question.target, 0, "target"), (question.sources, 1, source_name)):
        wrong = not_a_tensor(run, given, method)
        if wrong is not None:
            text = argument_text(at, position, name)
            return CallRaised(at, tape.name, method, Misuse.NOT_A_TENSOR, name, text, wrong)
    if method != "gradient" and (arguments.open or arguments.get(4, "experimental_use_pfor") is not None):
        tape.needs_persistence = True
    if _listed(run, method, question.target, question.sources):
        place, name = (0, "target") if _is_structure(run, question.target) else (1, source_name)
        text = argument_text(at, place, name)
        return CallRaised(at, tape.name, method, Misuse.NEEDS_PERSISTENT, what=text, kind="a list or dict")
    if method != "gradient" and tape.persistent is False and _without_pfor(arguments):
        return CallRaised(at, tape.name, method, Misuse.NEEDS_PERSISTENT) if surely_eager(run) else None
    refused = _wrong_option(tape, method, arguments, at)
    if refused is not None:
        return refused
    sure_sources = run.heap.sure_nodes(question.sources)
    missing = [
        surely_without_gradient(question.state, nodes, sure_sources) for nodes in run.heap.alternatives(question.target)
    ]
    return CallRaised(at, tape.name, method, Misuse.NO_REGISTERED_GRADIENT, "", missing[0]) if all(missing) else None


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
    return isinstance(given, DictValue) or (isinstance(given, ListValue) and run.heap.items(given).exact)


def _answer(run: Run, question: Question) -> Value:
    """What a gradient call gives that does not raise; keeps the call until the end of the run, and claims at once."""
    recorder, tape, state, at = run.recorder, question.tape, question.state, question.at
    grounds = _grounds(run, question)
    record = _record(run, question, grounds)
    decision = SourceDecision(run, question, grounds, record)
    source_text = argument_node(at, 1, name_of_sources(question.method))
    answer = decision.structure(question.sources, element_names(source_text) if source_text is not None else "")
    if grounds.certain and decision.told and question.method == "gradient" and _is_claimed(run):
        _claim_wrong_values(run, question, decision.sound)
    plain = grounds.certain and question.method == "gradient" and not grounds.weights
    if not (plain and _surely_answers(run, grounds.reach, question.target, question.sources)):
        run.store.may_raise()
    recorder.answered(tape.number)
    recorder.differentiated.update((one, None) for node in grounds.targets for one in same_as(node))
    recorder.differentiated.update(
        (node, None) for node in grounds.reach.nodes if not state.recordings.isdisjoint(node.recorded)
    )
    recorder.differentiated_anywhere.extend(grounds.reach.anywhere)
    if _is_claimed(run):
        record.sources = tuple(decision.asked)
        target_node = argument_node(at, 0, "target")
        record.target = text_of(target_node) if target_node is not None and decision.asked else ""
        recorder.gradient_calls.append(record)
    return answer


def _is_claimed(run: Run) -> bool:
    """Some run gets here, and what happens is to be told."""
    return run.reachable and not run.certainty.muted


def _grounds(run: Run, question: Question) -> Grounds:
    """What the answer rests on, and what keeps it from being certain."""
    method, target, arguments = question.method, question.target, question.arguments
    targets = run.heap.nodes(target)
    zeros = arguments.get(OPTION_AT[method], "unconnected_gradients")
    gradients = None if zeros is None or arguments.open else zeros
    plain = all(_may_be_tensor(leaf) for given in (target, question.sources) for leaf in run.heap.leaves(given))
    plain = plain and (method == "gradient" or not isinstance(target, (Const, Number)))
    silences = tuple(
        silence
        for silence, holds in (
            (Silence.NO_TENSOR, not plain),
            (Silence.SHAPES, method == "batch_jacobian"),
            (Silence.ESCAPED, question.state.escaped),
            (Silence.STARRED, arguments.open),
            (Silence.ZEROS, gradients is not None and not _is_none_mode(gradients)),
        )
        if holds
    )
    weights = question.weights
    return Grounds(
        targets,
        run.heap.alternatives(target),
        reach_of(question.state, targets),
        silences,
        certain=not silences and question.state.spent is not True,
        weights=tuple(run.heap.nodes(weights)) if weights is not None else (),
    )


def _record(run: Run, question: Question, grounds: Grounds) -> GradientCall:
    """The call as it is kept until the end of the run; other tapes that record may differentiate its result."""
    recorder, tape, state = run.recorder, question.tape, question.state
    sure_sources = run.heap.sure_nodes(question.sources)
    curved = [surely_reads(state, nodes, sure_sources) for nodes in grounds.sure_targets]
    # in a traced function the operations are made once all the same (truth table D40)
    traced = bool(run.stack.call_frames) and run.stack.call_frames[-1].graph
    recorded_by = tuple(
        other
        for other, other_state in recorder.live()
        if not traced
        and other is not tape
        and other_state.active is True
        and all(any(surely_tracks(other_state, node) for node in read) for read in curved)
    )
    return GradientCall(
        question.at, tape, question.method, "", (), run.stack.context,
        in_own_block=tape.persistent is True and state.active is True, recorded_by=recorded_by, visit=question.visit,
        of_gradient=bool(grounds.targets) and all(node.op is Op.GRADIENT for node in grounds.targets),
        sure=run.certainty.is_sure,
    )  # fmt: skip


def _claim_wrong_values(run: Run, question: Question, sound: list[tuple[str, Node]]) -> None:
    """Claim that the call gives something else than the derivative that is meant, for `sound` sources."""
    at = question.at
    texts = (argument_text(at, 0, "target"), argument_text(at, 2, "output_gradients"))
    for event in wrong_values(run, question, sound, texts):
        run.claims.claim(at, run.stack.context, question.visit, event, run.certainty.is_sure)
    if _stale(run, question, sound):
        names = tuple(name for name, _ in sound)
        stale = WrongValue(at, question.tape.name, texts[0], names, Flaw.SAME_LOSS_AGAIN, texts[0])
        run.claims.claim(at, run.stack.context, question.visit, stale, run.certainty.is_sure)


def _stale(run: Run, question: Question, sound: list[tuple[str, Node]]) -> bool:
    """The call asked for the gradient of the same recorded loss before, and the variables have changed since."""
    target = question.target
    if question.tape.persistent is not True or not isinstance(target, Tensor) or not sound:
        return False
    key = (question.at, target.node, tuple(node for _, node in sound))
    again = key in run.recorder.asked_before
    run.recorder.asked_before[key] = None
    changed = all(run.recorder.written.get(node, 0) > target.node.time for _, node in sound)
    sources = [node for _, node in sound]
    return again and changed and bool(surely_reads(question.state, [target.node], sources))


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
        isinstance(leaf, Opaque) and leaf.node.op is Op.INPUT
    )


def _is_none_mode(value: Value) -> bool:
    if isinstance(value, Const):
        return bool(value.value == "none")
    return isinstance(value, Api) and value.path.endswith(".NONE")
