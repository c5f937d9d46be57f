"""Evaluating a call expression: its arguments, and what is called by the kind of its receiver."""

from __future__ import annotations

import libcst as cst

from flake8_gradtape.events import Kept
from flake8_gradtape.machine.domain.values import (
    LOADED_MODEL,
    NONE,
    Api,
    Const,
    ExitStack,
    Flow,
    Function,
    Instance,
    Items,
    Kind,
    Mapping,
    Metric,
    Network,
    Node,
    Number,
    Opaque,
    Optimizer,
    Parent,
    Sequence,
    TapeValue,
    Tensor,
    Value,
    Variable,
    bound,
    node_of,
)
from flake8_gradtape.machine.language.attributes import attribute
from flake8_gradtape.machine.language.classes import bind_method, class_attribute, has_known_bases, is_data
from flake8_gradtape.machine.language.containers import mapping_method, sequence_method, stack_items
from flake8_gradtape.machine.language.functions import call_value, unseen_call
from flake8_gradtape.machine.language.subscripts import elements
from flake8_gradtape.machine.libraries.keras.layers import LEAVING, network_method, numbers_from, run_callbacks
from flake8_gradtape.machine.libraries.keras.metrics import call_metric, metric_method
from flake8_gradtape.machine.libraries.keras.optimizers import optimizer_method, unseen_optimizer_raises
from flake8_gradtape.machine.libraries.keras.subclassing import compiled, keras_method
from flake8_gradtape.machine.libraries.library import library_call
from flake8_gradtape.machine.libraries.numpy import array_method
from flake8_gradtape.machine.libraries.python.builtins import builtin_call
from flake8_gradtape.machine.libraries.tensorflow.data import dataset_method, is_dataset
from flake8_gradtape.machine.libraries.tensorflow.tape import enter_tape, tape_method
from flake8_gradtape.machine.libraries.tensorflow.tensor import WRITING, tensor_method
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Arguments, Frame
from flake8_gradtape.machine.verdicts.gradient_calls import ASKING
from flake8_gradtape.reading.syntax import children

_ASSERTING = ("assert", "expect")
_REFLECTING = frozenset({"locals", "vars", "globals", "exec", "eval"})
_JUDGED = frozenset(
    "gradient jacobian batch_jacobian watch reset stop_recording apply_gradients minimize gradients hessians "
    "__enter__ GradientTape".split()
)
"""Methods and functions whose calls may be claimed to go wrong."""
_SETTINGS = frozenset({"name", "dtype", "trainable", "dynamic"})
"""What `__init__` of a Keras class or `tf.Module` takes and keeps no tensor of."""
_STEPPING = frozenset({"apply_gradients"})
"""Methods that take gradients and change variables, and give nothing back that was computed from them."""


_USING_UP = frozenset(f"builtins.{name}" for name in "list tuple set frozenset sorted sum max min dict len".split())
"""What takes all elements of its argument before it returns."""
_TESTING = frozenset({"builtins.all", "builtins.any"})
"""What stops at the first element that decides."""


def evaluate_call(run: Run, frame: Frame, node: cst.Call) -> Value:
    """`callee(arguments)`."""
    if isinstance(node.func, cst.Attribute):
        receiver = bound(run.evaluate(run, frame, node.func.value))
        before = run.recorder.now()
        arguments = _arguments(run, frame, node)
        if not run.reachable:
            return run.anything()
        name = node.func.attr.value
        if not (isinstance(receiver, TapeValue) and name in ASKING):
            run.store.may_raise()
        if name in _JUDGED:
            # the line is reached in this context, whatever the receiver is
            run.outcomes.visit(node, run.context, object())
        _note_assertion(run, name, arguments)
        return run.each(receiver, lambda option: _method(run, option, name, arguments, node, before))
    callee = bound(run.evaluate(run, frame, node.func))
    if isinstance(callee, Api) and (callee.path in _USING_UP or (callee.path in _TESTING and not _calls(node))):
        run.consumed.update(argument.value for argument in node.args)
    arguments = _arguments(run, frame, node)
    run.store.may_raise()
    if not run.reachable:
        return run.anything()
    if isinstance(node.func, cst.Name) and node.func.value in _REFLECTING and run.read(frame, node.func.value) is None:
        run.escape_names(frame)
    return run.each(callee, lambda option: _function(run, option, arguments, node))


def _calls(node: cst.Call) -> bool:
    """Something is called in the arguments, so it matters how many elements are made."""
    pending: list[cst.CSTNode] = [argument.value for argument in node.args]
    while pending:
        one = pending.pop()
        if type(one) is cst.Call:
            return True
        pending.extend(children(one))
    return False


def _arguments(run: Run, frame: Frame, node: cst.Call) -> Arguments:
    positional: list[Value] = []
    keywords: list[tuple[str, Value]] = []
    extra: list[Value] = []
    is_open = False
    opening, run.opening = run.opening, None
    for argument in node.args:
        value = run.evaluate(run, frame, argument.value)
        if argument.star == "*":
            items, exact = elements(run, value, argument)
            if exact and not is_open:
                positional.extend(items)
            else:
                is_open = True
                extra.extend(items)
        elif argument.star == "**":
            entries = run.entries(value.cell) if isinstance(value, Mapping) else None
            if entries is not None and entries.exact:
                keywords.extend((str(key), item) for key, item in entries.entries)
            else:
                is_open = True
                extra.append(value)
        elif argument.keyword is not None:
            keywords.append((argument.keyword.value, value))
        elif is_open:
            extra.append(value)
        else:
            positional.append(value)
    run.opening = opening
    return Arguments(tuple(positional), tuple(keywords), is_open, tuple(extra))


def _note_assertion(run: Run, name: str, arguments: Arguments) -> None:
    """`self.assertIsNone(gradient)`: a None that is asserted is expected."""
    if not name.startswith(_ASSERTING):
        return
    for value in arguments.all():
        for leaf in run.leaves(value):
            if isinstance(leaf, Const) and leaf.asked is not None:
                leaf.asked.expected = True


def _function(run: Run, callee: Value, arguments: Arguments, node: cst.Call) -> Value:
    if isinstance(callee, Api):
        if callee.path.startswith("builtins."):
            return builtin_call(run, callee.path.removeprefix("builtins."), arguments, node)
        return library_call(run, callee, arguments, node)
    if isinstance(callee, Metric):
        return call_metric(run, callee, arguments, node)
    return call_value(run, callee, arguments, node)


def _method(run: Run, receiver: Value, name: str, arguments: Arguments, node: cst.Call, before: int) -> Value:
    if isinstance(receiver, TapeValue):
        return tape_method(run, receiver, name, arguments, node, _made_since(run, arguments, before))
    if isinstance(receiver, (Tensor, Variable)):
        return tensor_method(run, receiver, name, arguments, node)
    if isinstance(receiver, Sequence):
        for value in arguments.all():
            _keep_tapes(run, value)
        return sequence_method(run, receiver, name, arguments, node)
    if isinstance(receiver, Mapping):
        return mapping_method(run, receiver, name, arguments, node)
    if isinstance(receiver, Network):
        return network_method(run, receiver, name, arguments, node)
    if isinstance(receiver, Metric):
        return metric_method(run, receiver, name, arguments, node)
    if isinstance(receiver, Optimizer):
        return optimizer_method(run, receiver, name, arguments, node)
    if isinstance(receiver, ExitStack):
        return _stack_method(run, receiver, name, arguments, node)
    if isinstance(receiver, Api):
        if receiver.path.startswith("builtins."):
            return unseen_call(run, receiver, arguments, node)
        return library_call(run, Api(f"{receiver.path}.{name}"), arguments, node)
    if isinstance(receiver, Const) and receiver.value is None:
        run.die()
        return run.anything()
    if isinstance(receiver, (Number, Const)):
        return array_method(run, receiver, name, arguments, node)
    if isinstance(receiver, Instance):
        return _object_method(run, receiver, name, arguments, node)
    if isinstance(receiver, Parent):
        return _parent_method(run, receiver, name, arguments, node)
    if isinstance(receiver, Opaque):
        return _unseen_method(run, receiver, name, arguments, node)
    found = attribute(run, receiver, name, node)
    return call_value(run, found, arguments, node)


def _made_since(run: Run, arguments: Arguments, before: int) -> frozenset[Node]:
    return frozenset(node for value in arguments.all() for node in run.nodes(value) if node.time > before)


def _keep_tapes(run: Run, value: Value) -> None:
    for tape in run.tapes_in(value):
        run.recorder.tapes[tape].stored = Kept.CONTAINER


def _object_method(run: Run, receiver: Instance, name: str, arguments: Arguments, node: cst.Call) -> Value:
    own = run.entries(receiver.cell).get(name)
    known = class_attribute(run, receiver.cls, name)
    found = attribute(run, receiver, name, node)
    if own is None and known is None:
        given = keras_method(run, receiver, name, arguments, node)
        if given is not None:
            return given
    if own is None and known is None and not is_data(receiver.cls, name):
        # a method of an unseen base class: it has the object, and may change any attribute
        result = unseen_call(run, receiver, arguments, node)
        run.blur_entries(receiver.cell)
        return result
    return run.each(bound(found), lambda option: _function(run, option, arguments, node))


def _parent_method(run: Run, parent: Parent, name: str, arguments: Arguments, node: cst.Call) -> Value:
    """`super().method(...)`: a method of a visible class above, or of one that is not seen and gets the object."""
    for base in parent.cls.bases:
        found = class_attribute(run, base, name)
        if isinstance(found, Function):
            return call_value(run, bind_method(found, parent.instance.cls, parent.instance), arguments, node)
    if has_known_bases(parent.cls):
        plain = not arguments.positional and all(key in _SETTINGS for key, _ in arguments.keywords)
        if name == "compile":
            compiled(run, parent.instance, arguments)
        if name in ("build", "compile") or (name == "__init__" and plain):
            return NONE
    result = unseen_call(run, parent.instance, arguments, node)
    run.blur_entries(parent.instance.cell)
    return result


def _unseen_method(run: Run, receiver: Opaque, name: str, arguments: Arguments, node: cst.Call) -> Value:
    if name == "apply_gradients" and unseen_optimizer_raises(run, receiver, arguments, node):
        return run.anything()
    if receiver.node.kind is Kind.VARIABLE and name in WRITING:
        return tensor_method(run, Variable(receiver.node), name, arguments, node)
    if receiver.node.op == LOADED_MODEL and name in LEAVING:
        run_callbacks(run, arguments)
        return numbers_from(run, receiver, name, arguments, node)
    if name in _STEPPING:
        return run.anything(at=node)
    if name == "take" and arguments.positional[:1] == (Const(1),):
        return _one_of(run, receiver, arguments, node)
    if is_dataset(receiver.node):
        return dataset_method(run, receiver.node, name, arguments, node)
    if name == "numpy" and not run.defines_method(name):
        return Number(run.recorder.number(run.edges(receiver, Flow.LEFT), ".numpy()", node))
    if name == "append" and len(arguments.positional) == 1:
        run.escape(arguments.positional[0])
        _keep_tapes(run, arguments.positional[0])
        return NONE
    return unseen_call(run, receiver, arguments, node)


def _one_of(run: Run, receiver: Opaque, arguments: Arguments, node: cst.Call) -> Value:
    """`dataset.take(1)`: a loop over it makes one pass."""
    if is_dataset(receiver.node):
        taken = dataset_method(run, receiver.node, "take", arguments, node)
    else:
        taken = run.anything([receiver.node], at=node)
    made = node_of(taken)
    if made is not None:
        run.singles[made] = None
    return taken


def _stack_method(run: Run, stack: ExitStack, name: str, arguments: Arguments, node: cst.Call) -> Value:
    if name == "enter_context" and arguments.positional:
        value = arguments.positional[0]
        if isinstance(value, TapeValue):
            enter_tape(run, value, node)
            run.put(stack.cell, Items((*stack_items(run, stack), value)))
            return value
        run.escape(value)
        return run.anything(run.nodes(value), at=node)
    if name == "close":
        for value in reversed(stack_items(run, stack)):
            if isinstance(value, TapeValue):
                run.recorder.leave(value.tape)
        run.put(stack.cell, Items(()))
        return NONE
    for value in stack_items(run, stack):
        run.escape(value)
    return run.anything(at=node)
