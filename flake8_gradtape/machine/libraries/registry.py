"""The tables of the machine: all that is known of Python, of TensorFlow and of other libraries, in one place.

Who teaches the machine a function adds it to the table `CALLS` of its library; who teaches it a kind of value adds that
to `BEHAVIOURS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import libcst as cst

from flake8_gradtape.machine.domain.values import (
    Api,
    Const,
    Instance,
    KerasLayer,
    Metric,
    Number,
    Opaque,
    Optimizer,
    Pure,
    StopRecording,
    TapeValue,
    Tensor,
    Value,
    Variable,
)
from flake8_gradtape.machine.language.dispatch import ANYTHING_ELSE, CALM, EXPRESSIONS, PYTHON, STATEMENTS
from flake8_gradtape.machine.language.functions import unseen_call
from flake8_gradtape.machine.language.special_methods import CONVERSION, operate
from flake8_gradtape.machine.language.with_blocks import never_swallows
from flake8_gradtape.machine.libraries import context_managers, unknown_values
from flake8_gradtape.machine.libraries.keras import layers, losses, metrics, optimizers, subclassing
from flake8_gradtape.machine.libraries.numpy import array_method, call_of_numpy
from flake8_gradtape.machine.libraries.paths import canonical
from flake8_gradtape.machine.libraries.python import builtins, standard_library
from flake8_gradtape.machine.libraries.tensorflow import creation, data, execution, functions, structures, tape, tensor
from flake8_gradtape.machine.state.registry import Behaviour, Inherited, Registry
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Arguments
from flake8_gradtape.machine.verdicts.gradient_calls import ASKING

CALLS: dict[str, Callable[[Run, Arguments, cst.CSTNode], Value]] = {
    **tape.CALLS,
    **creation.CALLS,
    **structures.CALLS,
    **execution.CALLS,
    **layers.CALLS,
    **standard_library.CALLS,
}
"""Functions of libraries by their path: what a call does."""

FAMILIES: tuple[Callable[[Run, str, Api, Arguments, cst.CSTNode], Value | None], ...] = (
    context_managers.call_of_manager,
    tape.wrapped_tape,
    losses.loss_constructor,
    optimizers.optimizer_constructor,
    execution.call_that_raises,
    metrics.metric_constructor,
    layers.layer_constructor,
    execution.call_for_tracing,
    functions.measured_call,
    call_of_numpy,
    standard_library.plain_call,
    data.data_call,
    execution.call_for_its_effect,
)
"""Functions that are alike: each is asked in turn, and gives None for a path that is none of its own."""


def library_call(run: Run, callee: Api, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`tf.something(...)`, `np.something(...)`, `len(...)` and the like; unseen code where no table has it."""
    if callee.path in run.sharing.patched:
        return unseen_call(run, callee, arguments, at)
    if callee.path.startswith("builtins."):
        return builtins.builtin_call(run, callee.path.removeprefix("builtins."), arguments, at)
    for value in arguments.all():
        if any(isinstance(leaf, Instance) for leaf in run.heap.leaves(value)):
            operate(run, value, CONVERSION)
    path = canonical(callee.path)
    special = CALLS.get(path)
    if special is not None:
        return special(run, arguments, at)
    for family in FAMILIES:
        made = family(run, path, callee, arguments, at)
        if made is not None:
            return made
    return unseen_call(run, callee, arguments, at)


def library_method(run: Run, receiver: Api, name: str, arguments: Arguments, at: cst.Call) -> Value:
    """`tf.something(...)`: what looks like a method is a function of the library; those of builtins are not known."""
    if receiver.path.startswith("builtins."):
        return unseen_call(run, receiver, arguments, at)
    return library_call(run, Api(f"{receiver.path}.{name}"), arguments, at)


_TENSOR = replace(
    ANYTHING_ELSE,
    method=tensor.tensor_method,
    attribute=tensor.tensor_attribute,
    item=tensor.tensor_item,
    iterate=tensor.tensor_elements,
)

BEHAVIOURS: dict[type, Behaviour] = {
    **PYTHON,
    Api: replace(PYTHON[Api], call=library_call, method=library_method, enter=tape.enter_name),
    Const: replace(PYTHON[Const], method=array_method),
    Number: replace(PYTHON[Number], method=array_method),
    Opaque: replace(PYTHON[Opaque], method=unknown_values.method_of_unknown, iterate=unknown_values.elements_of_data),
    Tensor: _TENSOR,
    Variable: replace(_TENSOR, augment=tensor.augment_variable),
    TapeValue: replace(
        ANYTHING_ELSE,
        method=tape.tape_method,
        attribute=tape.tape_attribute,
        set_attribute=tape.set_on_tape,
        enter=tape.enter,
        exit=tape.leave,
        swallows=never_swallows,
        tells_raising=ASKING,
    ),
    StopRecording: replace(ANYTHING_ELSE, enter=tape.pause, exit=tape.resume, swallows=never_swallows),
    Pure: replace(ANYTHING_ELSE, call=losses.pure_call),
    KerasLayer: replace(
        ANYTHING_ELSE,
        call=layers.call_layer,
        method=layers.layer_method,
        attribute=layers.layer_attribute,
        set_attribute=layers.set_on_layer,
    ),
    Metric: replace(ANYTHING_ELSE, call=metrics.call_metric, method=metrics.metric_method),
    Optimizer: replace(ANYTHING_ELSE, method=optimizers.optimizer_method, set_attribute=optimizers.set_on_optimizer),
}
"""What is done with each kind of value."""

REGISTRY = Registry(
    expressions=EXPRESSIONS,
    statements=STATEMENTS,
    calm=CALM,
    behaviours=BEHAVIOURS,
    unknown=ANYTHING_ELSE,
    inherited=Inherited(
        call=subclassing.call_of_layer,
        method=subclassing.keras_method,
        super_method=subclassing.super_method_of_layer,
        attribute=subclassing.attribute_of_layer,
    ),
    builtins=builtins.BUILTINS,
    judged=ASKING
    | frozenset(
        "watch reset stop_recording apply_gradients minimize gradients hessians __enter__ GradientTape".split()
    ),
)
"""The tables that a run is given."""
