"""Gradients that are tensors, but not the derivative that the program asks for.

Called for gradient calls that surely answer; the sources are those to which a path surely leads.
"""

from __future__ import annotations

from collections.abc import Iterator

from flake8_gradtape.events import Flaw, WrongValue
from flake8_gradtape.machine.domain.graph import Curvature, Flow, Kind, Node, Op
from flake8_gradtape.machine.domain.values import Const, Tensor
from flake8_gradtape.machine.domain.walks import Onward, Walk, gradient_inputs, inputs, leading_to, sure_inputs
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.tapes.state import Tape, TapeState
from flake8_gradtape.machine.verdicts.question import Question

_ADDING = (Op.ADD, Op.SUBTRACT)
_SINGULAR = frozenset({"tf.math.log", "/", "tf.math.divide", "tf.math.reciprocal", "tf.math.rsqrt", "tf.math.acos"})
MOST_NODES = 2000


def wrong_values(
    run: Run, question: Question, sources: list[tuple[str, Node]], names: tuple[str, str]
) -> Iterator[WrongValue]:
    """The flaws of one gradient call; `names` are the texts of its target and its output_gradients."""
    at, tape, target, weights = question.at, question.tape, question.target, question.weights
    text, weights_text = names
    labels = tuple(name for name, _ in sources)
    if isinstance(weights, Const) and weights.value is None and weights.asked is not None and sources:
        yield WrongValue(at, tape.name, text, labels, Flaw.NONE_AS_WEIGHTS, weights_text)
    if not isinstance(target, Tensor):
        return
    if isinstance(weights, Tensor) and weights.node is target.node and sources and _is_mean(target.node):
        yield WrongValue(at, tape.name, text, labels, Flaw.LOSS_AS_WEIGHTS, weights_text)
    found: dict[tuple[Flaw, str], list[str]] = {}
    above = _above(target.node) if sources else {}
    for name, source in sources:
        for flaw, what in _flaws(tape, question.state, target.node, above, source):
            found.setdefault((flaw, what), []).append(name)
    for (flaw, what), affected in found.items():
        yield WrongValue(at, tape.name, text, tuple(affected), flaw, what)


def _is_mean(node: Node) -> bool:
    """A loss; the product with a vector of residuals is the gradient of half their squares, and may well be meant."""
    return (
        node.op is Op.POWER
        or node.path == "tf.math.square"
        or node.path.startswith(
            ("tf.math.reduce_mean", "tf.math.reduce_sum", "tf.keras.losses.", "keras.losses.", "tf.losses.")
        )
    )


def _flaws(
    tape: Tape, state: TapeState, target: Node, above: dict[Node, None], source: Node
) -> Iterator[tuple[Flaw, str]]:
    """What is wrong with the gradient for one source, and what to name; the target was computed from `above`."""
    if source.kind is Kind.TENSOR and _used_before_watch(tape, state, target, source):
        yield Flaw.WATCHED_BETWEEN, source.name
    penalty = _penalty_outside(state, target, source)
    if penalty is not None:
        yield Flaw.PENALTY_OUTSIDE, penalty.name
    cut = _partly_cut(state, above, source)
    if cut is not None:
        yield Flaw.PARTLY_CUT, cut
    if _stepped_by_assignment(state, above, source):
        yield Flaw.STEP_BY_ASSIGN, source.name
    if _singular_where(state, above, source):
        yield Flaw.WHERE_NAN, "tf.where"


def _above(target: Node, onward: Onward = gradient_inputs) -> dict[Node, None]:
    """The nodes that the target was computed from, as `onward` leads to them; not all, if they are very many."""
    return Walk([target], onward, MOST_NODES).finish().met


def _used_before_watch(tape: Tape, state: TapeState, target: Node, source: Node) -> bool:
    """An operation on the way used the source while the tape was recording, but before it watched (A20)."""
    times = [time for node, time in tape.watch_log if node is source and time >= state.since]
    if not times or not source.recorded.keys().isdisjoint(state.recordings):
        return False
    return any(
        node.time < min(times)
        and not state.recordings.isdisjoint(node.during)
        and state.recordings.isdisjoint(node.recorded)
        and any(edge.node is source and edge.sure for edge in node.edges)
        for node in _above(target, sure_inputs)
    )


def _penalty_outside(state: TapeState, target: Node, source: Node) -> Node | None:
    """A term of a sum whose gradient was taken while the tape was not recording: a gradient penalty (C19).

    Only terms that are added to the loss count: anything else computed outside may well be meant as a constant.
    """
    if not _is_sum(target):
        return None
    for term in _terms(target):
        walk = Walk([term], gradient_inputs, MOST_NODES).finish()
        if walk.cut:
            return None
        way = leading_to([source], walk.met, gradient_inputs) if source in walk.met else {}
        if any(not state.recordings.isdisjoint(node.recorded) for node in way):
            continue
        outside = (node for node in walk.met if node.op is Op.GRADIENT and state.recordings.isdisjoint(node.during))
        penalty = next((node for node in outside if node in way), None)
        if penalty is not None:
            return term if term.name else penalty
    return None


def _terms(target: Node) -> list[Node]:
    """The terms of the outermost sum."""
    walk = Walk([target], lambda node: inputs(node) if _is_sum(node) else [], most=100)
    return [node for node in walk if not _is_sum(node)]


def _is_sum(node: Node) -> bool:
    return node.op in _ADDING and len(node.edges) == 2


def _partly_cut(state: TapeState, above: dict[Node, None], source: Node) -> str | None:
    """Part of the dependence leaves TensorFlow (A55, A62) or was computed under stop_recording (A171)."""
    for node in above:
        if node.kind is Kind.NUMBER and source in _above(node, inputs):
            return node.text
        paused = state.recordings.isdisjoint(node.during) and node.time > state.since
        if paused and node.kind is Kind.TENSOR and node.op is not Op.GRADIENT and source in _above(node):
            return node.name or node.text
        for edge in node.edges:
            if edge.flow is Flow.LEFT and source in _above(edge.node, inputs):
                return node.text
    return None


def _stepped_by_assignment(state: TapeState, above: dict[Node, None], source: Node) -> bool:
    """The variable was assigned a step by a gradient while the tape was recording, and read again (C24)."""
    for node in above:
        if node.op is Op.READ and node.edges and node.edges[0].node is source:
            for edge in node.edges[1:]:
                written = _above(edge.node)
                if any(one.op is Op.GRADIENT and not state.recordings.isdisjoint(one.during) for one in written):
                    return True
    return False


def _reaches_unguarded(node: Node, source: Node) -> bool:
    """The way to the source does not lead through another `tf.where`, which would replace the singular argument."""
    walk = Walk([node], lambda one: gradient_inputs(one) if one.path != "tf.where" else [], MOST_NODES)
    return any(one is source for one in walk)


def _singular_where(state: TapeState, above: dict[Node, None], source: Node) -> bool:
    """`tf.where(ok, log(x), 0)`: the gradient of the branch that is not chosen is infinite, and zero times that NaN."""
    for node in above:
        if node.path != "tf.where" or state.recordings.isdisjoint(node.recorded):
            continue
        guarded = [edge.node for edge in node.edges if edge.flow is Flow.NO_GRADIENT]
        depends = any(source in _above(one, inputs) for one in guarded)
        branches = [edge.node for edge in node.edges if edge.flow is Flow.GRADIENT]
        singular = (
            one
            for branch in branches
            for one in _above(branch)
            if one.text in _SINGULAR
            and one.curvature is Curvature.CURVED
            and not state.recordings.isdisjoint(one.recorded)
        )
        if depends and any(_reaches_unguarded(one, source) for one in singular):
            return True
    return False
