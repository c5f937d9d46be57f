"""Objects of classes of the module that inherit from Keras or `tf.Module`: what the classes above do for them."""

from __future__ import annotations

from dataclasses import replace

import libcst as cst

from flake8_gradtape.machine.assumptions.variables import VARIABLES
from flake8_gradtape.machine.domain.graph import Kind, Node, Op, OperationTraits
from flake8_gradtape.machine.domain.values import (
    NONE,
    Const,
    DictValue,
    Function,
    Instance,
    KerasLayer,
    ListValue,
    Opaque,
    SuperProxy,
    Tensor,
    Value,
    Variable,
    options,
)
from flake8_gradtape.machine.language.classes import (
    class_attribute,
    has_known_bases,
    inherits_from_keras,
    inherits_from_module,
)
from flake8_gradtape.machine.language.functions import call_function, unseen_call
from flake8_gradtape.machine.language.loops import repeat
from flake8_gradtape.machine.language.traced_calls import given_to_layer
from flake8_gradtape.machine.libraries.keras.layer_parts import (
    METHODS_RETURNING_NUMPY,
    SILENT,
    numbers_from,
    run_callbacks,
    setting,
    variable_list,
    variables_of,
)
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Arguments
from flake8_gradtape.reading.syntax import parameter_names

_GIVEN_BY_KERAS = ("training", "mask")
"""Arguments of `call` that Keras fills in where the caller does not."""
_SETTINGS = frozenset({"name", "dtype", "trainable", "dynamic"})
"""What `__init__` of a Keras class or `tf.Module` takes and keeps no tensor of."""


def call_of_layer(run: Run, receiver: Instance, arguments: Arguments, at: cst.CSTNode) -> Value | None:
    """`layer(...)` runs the `call` of the class; None if nobody can see how the object is called."""
    method = class_attribute(run, receiver.cls, "call")
    if isinstance(method, Function) and inherits_from_keras(receiver.cls) and has_known_bases(receiver.cls):
        return _call_layer(run, receiver, method, arguments, at)
    return None  # another base may have its own __call__


def _call_layer(run: Run, receiver: Instance, method: Function, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`layer(...)`: Keras runs `build` first, and gives `call` the arguments that it takes."""
    if any(node.op is Op.INPUT for value in arguments.all() for node in run.heap.nodes(value)):
        # called on a symbolic tensor, the method runs in a graph and sees placeholders
        if run.facts.tape_functions is None or method.name in run.facts.tape_functions:
            return unseen_call(run, receiver, arguments, at)
        method = replace(method, graph=True)
    arguments = given_to_layer(run, arguments)
    build = class_attribute(run, receiver.cls, "build")
    if isinstance(build, Function) and not run.heap.is_built(receiver.cell):
        run.store.set(("built", receiver.cell), True)
        call_function(run, build.bound_to(receiver), Arguments((run.anything(),)), at)
    names = parameter_names(method.definition.params)
    named = {name for name, _ in arguments.keywords} | set(names[: len(arguments.positional) + 1])
    added = tuple((name, run.anything()) for name in _GIVEN_BY_KERAS if name in names and name not in named)
    takes_all = method.definition.params.star_kwarg is not None
    kept = tuple(
        (name, value) for name, value in arguments.keywords if name in names or takes_all or name not in _GIVEN_BY_KERAS
    )
    given = Arguments(arguments.positional, (*kept, *added), arguments.open, arguments.extra)
    return call_function(run, method.bound_to(receiver), given, at)


def super_method_of_layer(
    run: Run, proxy: SuperProxy, name: str, arguments: Arguments, at: cst.CSTNode
) -> Value | None:
    """`super().__init__()`, `super().build(shape)`, `super().compile(...)` of a class that inherits from known ones."""
    if not has_known_bases(proxy.cls):
        return None
    plain = not arguments.positional and all(key in _SETTINGS for key, _ in arguments.keywords)
    if name == "compile":
        compiled(run, proxy.instance, arguments)
    given = arguments.get(-1, "trainable") or (run.anything() if arguments.open else None)
    if name == "__init__" and given is not None:
        entries = run.heap.entries(proxy.instance.cell)
        run.sharing.put(proxy.instance.cell, entries.put("trainable", given))
    return NONE if name in ("build", "compile") or (name == "__init__" and plain) else None


def attribute_of_layer(run: Run, receiver: Instance, name: str, at: cst.CSTNode) -> Value | None:
    """`module.trainable_variables`, and what else a layer or module has by itself."""
    if name in VARIABLES and (receiver.own or inherits_from_module(receiver.cls)):
        return variables_in(run, receiver, only_trainable=name.startswith("trainable"))
    if name in ("losses", "metrics", "layers", "submodules") and inherits_from_keras(receiver.cls):
        return run.anything(run.heap.nodes(receiver), name, at)
    return None


def keras_method(run: Run, receiver: Instance, name: str, arguments: Arguments, at: cst.CSTNode) -> Value | None:
    """A method that the object has from Keras; None if it is not known here."""
    if not inherits_from_keras(receiver.cls) or not has_known_bases(receiver.cls):
        return None
    if name in ("add_weight", "add_variable"):
        trainable = setting(arguments, "trainable") if len(arguments.positional) < 3 else None
        return Opaque(run.recorder.variable(trainable, None if arguments.get(-1, "dtype") else True, at))
    if name == "compile":
        compiled(run, receiver, arguments)
    if name in SILENT:
        return NONE
    if name in ("compute_loss", "compiled_loss") and run.facts.has_plain_losses:
        edges = [edge for value in arguments.all() for edge in run.heap.edges(value)]
        return Tensor(run.recorder.operation(name, edges, at, OperationTraits(floating=True)))
    if name in METHODS_RETURNING_NUMPY:
        run_callbacks(run, arguments)
        if not _run_step(run, receiver, name, at):
            run.sharing.escape(receiver)
        return numbers_from(run, receiver, name, arguments, at)
    return None


_STEPS = {"fit": "train_step", "evaluate": "test_step"}
"""The methods that Keras calls with each batch."""
_MAKING_STEPS = ("make_train_function", "make_test_function")


def _run_step(run: Run, receiver: Instance, name: str, at: cst.CSTNode) -> bool:
    """`fit` and `evaluate` trace the `train_step` or `test_step` that the class has; False if it has none."""
    step = class_attribute(run, receiver.cls, _STEPS.get(name, ""))
    own = (class_attribute(run, receiver.cls, other) for other in (name, *_MAKING_STEPS))
    if not isinstance(step, Function) or any(one is not None for one in own):
        return False
    traced = replace(step.bound_to(receiver), graph=True)
    batch = Opaque(run.recorder.unknown(name="data", at=at))

    def once() -> None:
        run.call(traced, Arguments((batch,)), at)

    repeat(run, once, traced=True)  # without data not at all, run eagerly for each batch
    run.sharing.blur_entries(receiver.cell)
    return True


def compiled(run: Run, receiver: Instance, arguments: Arguments) -> None:
    """`compile` has set the loss and the optimizer of the model, which it will call."""
    for value in arguments.all():
        run.sharing.escape(value)
    entries = run.heap.entries(receiver.cell)
    for name in ("loss", "optimizer", "metrics"):
        if entries.get(name) is not None:
            entries = entries.put(name, run.anything())
    run.sharing.put(receiver.cell, entries)


def variables_in(run: Run, receiver: Instance, only_trainable: bool) -> ListValue:
    """`module.trainable_variables`: those of its attributes, and of layers and modules in them, once they are built."""
    sure: list[Node] = []
    rest: list[Node] = []
    seen: set[int] = set()
    unlisted: list[Node] = []
    keras = inherits_from_keras(receiver.cls)

    def visit(value: Value, certain: bool) -> None:
        """Sort the variables in a value into those that are surely listed and the rest."""
        if isinstance(value, Variable) or (isinstance(value, Opaque) and value.node.kind is Kind.VARIABLE):
            # Keras 3 does not look after a plain tf.Variable, Keras 2 does (truth table K55)
            plain = keras and isinstance(value, Variable) and run.facts.keras != 2
            certain = certain and not plain
            unlisted.extend([value.node] if plain else [])
            if not only_trainable or run.node_states.trainable(value.node) is not False:
                (sure if certain else rest).append(value.node)
        elif isinstance(value, Opaque) and value.node.kind is Kind.UNKNOWN:
            rest.append(value.node)
        elif isinstance(value, KerasLayer):
            content = run.heap.items(variables_of(run, value, only_trainable))
            for place, item in enumerate(content.items):
                # a tf.Module does not list the variables of Keras 3
                visit(item, certain and place < content.sure and (keras or run.facts.keras == 2))
        elif isinstance(value, (ListValue, DictValue, Instance)) and value.cell not in seen:
            seen.add(value.cell)
            # neither looks into a plain object, nor Keras 3 into a tf.Module
            certain = certain and (not isinstance(value, Instance) or value is receiver or _is_listed(value, keras))
            if isinstance(value, ListValue):
                content = run.heap.items(value)
                for place, item in enumerate(content.items):
                    visit(item, certain and (content.exact or place < content.sure))
            else:
                entries = run.heap.entries(value.cell)
                trainable = entries.get("trainable")
                stays = trainable is None or (isinstance(trainable, Const) and bool(trainable.value))
                frozen = isinstance(value, Instance) and not stays
                for _, item in entries.entries:
                    visit(item, certain and not frozen)
        elif len(options(value)) > 1:
            for option in options(value):
                visit(option, False)

    visit(receiver, True)
    if not run.heap.entries(receiver.cell).exact:
        name = "trainable_variables" if only_trainable else "variables"
        rest.append(run.recorder.unknown([receiver.node], name, may_hold_anything=receiver.node.may_hold_anything))
    return variable_list(run, sure, rest, bool(unlisted))


def _is_listed(part: Instance, keras: bool) -> bool:
    return (
        inherits_from_keras(part.cls) if keras else inherits_from_module(part.cls) and not inherits_from_keras(part.cls)
    )
