"""Keras optimizers that are built visibly: what they take, and what they leave behind."""

from __future__ import annotations

import libcst as cst

from flake8_gradtape.events import CallRaised, Misuse
from flake8_gradtape.machine.assumptions.variables import stands_for_trainable
from flake8_gradtape.machine.domain.graph import Edge, Flow, Kind, Node, Op
from flake8_gradtape.machine.domain.values import (
    Api,
    Const,
    ListValue,
    Opaque,
    Optimizer,
    Tensor,
    Value,
    Variable,
    bound,
    node_of,
    options,
)
from flake8_gradtape.machine.language.functions import unseen_call
from flake8_gradtape.machine.state.call_endings import raises, surely_eager
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Arguments
from flake8_gradtape.reading.syntax import argument_text

_NAMES = frozenset("SGD Adam AdamW RMSprop Adagrad Adadelta Adamax Nadam Ftrl Lion Adafactor".split())
_OLD = "tf.compat.v1.train."
_MODULES = ("tf.keras.optimizers.", "tf.optimizers.", "keras.optimizers.")
_ONLY_GRADIENTS = "gradients without their variables"


def optimizer_path(path: str) -> bool:
    """The class of a Keras optimizer, by its public name."""
    if path.startswith(_OLD) and path.endswith("Optimizer"):
        return True
    return path.startswith(_MODULES) and path.rpartition(".")[2] in _NAMES and ".legacy." not in path


def optimizer_constructor(run: Run, path: str, callee: Api, arguments: Arguments, at: cst.CSTNode) -> Value | None:
    """A call that makes a Keras optimizer."""
    return Optimizer(path) if optimizer_path(path) else None


def set_on_optimizer(run: Run, value: Optimizer, name: str, new: Value, surely: bool) -> None:
    """`optimizer.apply_gradients = ...`: what the method does is no longer known."""
    run.sharing.patched[name] = None


def optimizer_method(run: Run, value: Optimizer, name: str, arguments: Arguments, at: cst.Call) -> Value:
    """`optimizer.apply_gradients(...)`, `.minimize(...)` and the rest."""
    if name in ("apply_gradients", "minimize"):
        visit, text = _visit(run, at, "grads_and_vars" if name == "apply_gradients" else "loss")
        if name in run.sharing.patched:
            return unseen_call(run, value, arguments, at)
        wrong = _no_pairs(run, arguments) if name == "apply_gradients" else None
        if wrong is not None:
            raises(run, at, visit, CallRaised(at, "", name, Misuse.SWAPPED_PAIRS, "", text, wrong))
            return run.anything()
        if name == "minimize" and run.facts.keras == 3 and value.path.startswith(_MODULES):
            raises(run, at, visit, CallRaised(at, "", name, Misuse.MINIMIZE_WITHOUT_TAPE, "", text, "Keras 3"))
            return run.anything()
        eager = not value.path.startswith(_OLD) or (surely_eager(run) and not run.facts.uses_graph_mode)
        if name == "minimize" and eager and _without_tape(arguments):
            raises(run, at, visit, CallRaised(at, "", name, Misuse.MINIMIZE_WITHOUT_TAPE, "", text, "a tensor"))
            return run.anything()
    if name in run.sharing.patched:
        return unseen_call(run, value, arguments, at)
    if name == "apply_gradients" and _all_none(run, arguments):
        run.end_all_paths()  # ValueError: no gradients provided for any variable
        return run.anything()
    if name == "apply_gradients" or name == "apply":
        _step(run, arguments)
        return run.anything(at=at)
    if name in ("build", "get_config"):
        return run.anything(at=at)
    return unseen_call(run, value, arguments, at)


def _visit(run: Run, at: cst.Call, parameter: str) -> tuple[object, str]:
    """A call of an optimizer is got to; its first argument, as text."""
    visit = run.stack.new_visit()
    run.claims.visit(at, run.stack.context, visit)
    return visit, argument_text(at, 0, parameter)


def _all_none(run: Run, arguments: Arguments) -> bool:
    """Pairs of which every gradient surely is None."""
    given = arguments.get(0, "grads_and_vars")
    if not isinstance(given, ListValue) or not run.heap.items(given).exact or not run.heap.items(given).items:
        return False
    pairs = [run.heap.items(pair) for pair in run.heap.items(given).items if isinstance(pair, ListValue)]
    known = len(pairs) == len(run.heap.items(given).items) and all(pair.exact and pair.items for pair in pairs)
    gradients = [bound(pair.items[0]) for pair in pairs] if known else []
    return known and all(isinstance(one, Const) and one.value is None for one in gradients)


def _step(run: Run, arguments: Arguments) -> None:
    """The variables in the pairs now hold what was computed from the gradients."""
    nodes = [node for value in arguments.all() for node in run.heap.nodes(value)]
    gradients = [node for node in nodes if node.kind is not Kind.VARIABLE]
    for node in nodes:
        if node.kind is Kind.VARIABLE:
            run.recorder.write(node, [Edge(one, Flow.STATE) for one in gradients])


def _no_pairs(run: Run, arguments: Arguments) -> str | None:
    """What `apply_gradients` surely gets in place of pairs of gradient and variable (truth table K08, K09)."""
    given = arguments.get(0, "grads_and_vars")
    if isinstance(given, Opaque):
        return _ONLY_GRADIENTS if given.node.op is Op.GRADIENT else None
    if not isinstance(given, ListValue):
        return None
    items = run.heap.items(given).items
    pairs = [run.heap.items(item).items for item in items if isinstance(item, ListValue)]
    if len(pairs) == len(items) and pairs:
        swapped = all(len(pair) == 2 and _is_variable(pair[0]) and _is_tensor(pair[1]) for pair in pairs)
        return "pairs with the variable first" if swapped else None
    single = [item for item in items if isinstance(item, (Tensor, Variable))]
    if not (
        run.heap.items(given).exact and len(single) == len(items) > 0 and any(_is_gradient(item) for item in items)
    ):
        return None
    variables = sum(isinstance(item, Variable) for item in items)
    if variables == 0:
        return _ONLY_GRADIENTS
    return "one pair without a list around it" if len(items) == 2 else "gradients and variables in one row"


def _is_variable(value: Value) -> bool:
    return all(
        isinstance(option, Variable)
        or (isinstance(option, Opaque) and (option.node.kind is Kind.VARIABLE or _is_listed(option.node)))
        for option in options(value)
    )


def _is_listed(node: Node) -> bool:
    """An element of `trainable_variables`; where the list may have none, the call raises as well."""
    return stands_for_trainable(node) or node.op is Op.PERHAPS_NOTHING


def _is_tensor(value: Value) -> bool:
    return all(
        isinstance(option, (Tensor, Opaque)) and (option.node.kind is Kind.TENSOR or _is_clipped(option.node))
        for option in options(value)
    )


def _is_clipped(node: Node) -> bool:
    """What somebody made of gradients, and calls so."""
    return "grad" in node.name and any(edge.node.op is Op.GRADIENT for edge in node.edges)


def _is_gradient(value: Value) -> bool:
    nodes: list[Node | None] = [node_of(option) for option in options(value)]
    return all(node is not None and node.op is Op.GRADIENT for node in nodes)


def _without_tape(arguments: Arguments) -> bool:
    """A tensor as the loss and no tape: Keras 2 asks for the tape, Keras 3 has no `minimize` (truth table K28)."""
    loss = arguments.get(0, "loss")
    return (
        isinstance(loss, Tensor)
        and not arguments.open
        and arguments.get(-1, "tape") is None
        and len(arguments.positional) < 3  # later versions of Keras 2 take the tape in the third place
    )
