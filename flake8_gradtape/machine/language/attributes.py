"""Attributes of values: reading, writing and deleting them."""

from __future__ import annotations

import libcst as cst

from flake8_gradtape.events import CallRaised, Misuse
from flake8_gradtape.machine.assumptions.variables import VARIABLES
from flake8_gradtape.machine.domain.values import (
    SIZE,
    Api,
    Class,
    Const,
    Function,
    Instance,
    Kind,
    Network,
    Node,
    Number,
    Opaque,
    Optimizer,
    Parent,
    Sequence,
    TapeValue,
    Tensor,
    Unbound,
    Value,
    Variable,
    bound,
    options,
)
from flake8_gradtape.machine.language.classes import (
    bind_method,
    class_attribute,
    decorator_names,
    may_be_overridden,
    stands_on_enum,
    stands_on_keras,
    stands_on_module,
)
from flake8_gradtape.machine.language.functions import call_function
from flake8_gradtape.machine.language.operators import SIZES
from flake8_gradtape.machine.language.subscripts import view
from flake8_gradtape.machine.libraries.keras.layers import freeze, network_attribute, open_up
from flake8_gradtape.machine.libraries.keras.subclassing import variables_in
from flake8_gradtape.machine.state.call_endings import raises
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Arguments
from flake8_gradtape.machine.tapes.state import TAPE_NAMES, escape, sees


def attribute(run: Run, value: Value, name: str, at: cst.CSTNode) -> Value:
    """`value.name`, not called."""
    return run.each(bound(value), lambda option: _attribute(run, option, name, at))


def _attribute(run: Run, value: Value, name: str, at: cst.CSTNode) -> Value:
    if isinstance(value, Api):
        return Api(f"{value.path}.{name}")
    if isinstance(value, Const) and value.value is None:
        run.die()
        return run.anything()
    if isinstance(value, (Tensor, Variable, Opaque)):
        if name in SIZES:
            return Number(run.recorder.number(op=SIZE if isinstance(value, Opaque) else "", at=at))
        if isinstance(value, Opaque) and name in VARIABLES:
            return Opaque(_variables(run, view(run, value.node, name), name))
        if value.node.given is not None:
            return run.anything([value.node], name, at)
        return Opaque(view(run, value.node, name))
    if isinstance(value, Sequence):
        content = run.items(value)
        if name in content.names:
            return content.items[content.names.index(name)]
    if isinstance(value, Instance):
        return instance_attribute(run, value, name, at)
    if isinstance(value, Class):
        found = class_attribute(run, value, name)
        if found is None:
            return run.anything(at=at)
        if stands_on_enum(value) and not isinstance(found, Function):
            # a member is an object, whose properties may read anything
            return Opaque(run.recorder.unknown(run.nodes(found), name, at, sees_all=True))
        changed = run.loose_attributes or name in run.written_attributes
        if changed and not isinstance(found, Function):
            return run.join([bound(found), run.anything(run.nodes(found))])
        return bind_method(found, value, None) if isinstance(found, Function) else found
    if isinstance(value, Network):
        return network_attribute(run, value, name, at)
    if isinstance(value, Parent):
        run.escape(value.instance)
        return run.anything(run.nodes(value.instance), at=at)
    if isinstance(value, TapeValue) and _is_unknown(run, value, name):
        visit = run.new_visit()
        run.outcomes.visit(at, run.context, visit)
        tape = run.recorder.tapes[value.tape].name
        raises(run, at, visit, CallRaised(at, tape, name, Misuse.UNKNOWN_ATTRIBUTE, "", name))
        return run.anything()
    if isinstance(value, TapeValue):
        run.recorder.escape(value.tape)
        return run.anything(at=at)
    # a method of a list or a function, as a value: whoever gets it may call it
    run.escape(value)
    inside = run.captured(value) if isinstance(value, Function) else ()
    return run.anything([*run.nodes(value), *(node for one in inside for node in run.nodes(one))], at=at)


_SEEN_LIBRARIES = frozenset({"tensorflow", "keras", "tf_keras", "numpy", "builtins"})


def imported_variables(run: Run, value: Value) -> Value:
    """What came from a module that nobody can see: `model.trainable_variables` after `from models import model`."""
    if not isinstance(value, Api) or value.path.partition(".")[0] in _SEEN_LIBRARIES:
        return value
    path, _, name = value.path.rpartition(".")
    if name not in VARIABLES:
        return value
    node = run.views.get(("imported", path))
    if node is None:
        node = run.recorder.unknown(name=path.rpartition(".")[2], time=0, sees_all=True)
        run.views[("imported", path)] = node
    return Opaque(_variables(run, node, name))


def _variables(run: Run, model: Node, name: str) -> Node:
    """`model.trainable_variables`: part of an unknown model, and no more than its variables."""
    if model.kind is not Kind.UNKNOWN:
        return model
    found = run.views.get((model, "variables"))
    if found is None:
        found = run.recorder.unknown([model], name, model.at, time=model.time, sees_all=model.sees_all)
        found.given = model.given
        run.views[(model, "variables")] = found
    return found


def _is_unknown(run: Run, value: TapeValue, name: str) -> bool:
    """Tapes have no such attribute, and the program has not given it to this one."""
    known = name.startswith("_") or name in TAPE_NAMES or run.recorder.tapes[value.tape].may_have(name)
    known = known or any(path.endswith(f"GradientTape.{name}") for path in run.patched)
    return not known and not run.loose_attributes


def instance_attribute(run: Run, value: Instance, name: str, at: cst.CSTNode) -> Value:
    """`object.name`: its own attribute, a method or property of its class, or something unknown that stays the same."""
    if name == "__class__":
        return value.cls
    entries = run.entries(value.cell)
    own = entries.get(name)
    if own is not None and run.loose_attributes:
        other = run.recorder.unknown(run.nodes(value), name, at, sees_all=True)
        return run.join([bound(own), Opaque(other)])
    if own is not None and not any(isinstance(option, Unbound) for option in options(own)):
        # when a function runs by itself, another one may have changed an object of the module before
        changed = value.cell <= run.module_cells and name in run.written_attributes
        return run.join([bound(own), run.anything(run.nodes(own))]) if changed else own
    found = class_attribute(run, value.cls, name)
    if isinstance(found, Function) and own is None:
        wrappers = decorator_names(found)
        if not value.own and may_be_overridden(run, value.cls, name):
            return run.anything(run.nodes(value), name, at)
        if not wrappers.isdisjoint({"setter", "deleter"}):
            return run.anything(run.nodes(value), name, at)
        if "cached_property" in wrappers:
            made = call_function(run, found.bound_to(value), Arguments(), at)
            run.put(value.cell, run.entries(value.cell).put(name, made))
            return made
        if "property" in wrappers:
            return call_function(run, found.bound_to(value), Arguments(), at)
        method = bind_method(found, value.cls, value)
        return run.join([method, run.anything(run.nodes(value))]) if run.loose_attributes else method
    if found is not None and own is None:
        # the object may have an attribute of that name, the class get another value, or a subclass
        loose = run.loose_attributes or name in run.written_attributes or not value.own
        return run.join([found, run.anything(run.nodes(value))]) if loose else found
    if name in VARIABLES and own is None and (value.own or stands_on_module(value.cls)):
        return variables_in(run, value, only_trainable=name.startswith("trainable"))
    if name in ("losses", "metrics", "layers", "submodules") and own is None and stands_on_keras(value.cls):
        return run.anything(run.nodes(value), name, at)
    key = (value.cell, name, run.recorder.last_unknown_effect)
    node = run.views.get(key)
    if node is None:
        time = max(value.node.time, run.recorder.last_unknown_effect)
        # what no method of the class has set came by a decorator, a metaclass, `__getattr__` ...: it may be anything
        sees_all = value.node.sees_all or value.own
        node = run.recorder.unknown([value.node], name, at, time=time, sees_all=sees_all)
        run.views[key] = node
    unseen = Opaque(node)
    return unseen if own is None else run.join([bound(own), unseen])


def set_attribute(run: Run, value: Value, name: str, new: Value) -> None:
    """`value.name = new`."""
    alternatives = options(bound(value))
    for option in alternatives:
        if isinstance(option, Instance) and _is_intercepted(run, option, name):
            # a property, a descriptor or __setattr__ decides what is kept
            run.escape(new)
            run.escape(option)
            made = run.anything([*run.nodes(new), *run.nodes(option)])
            run.put(option.cell, run.entries(option.cell).put(name, made))
        elif isinstance(option, Instance):
            entries = run.entries(option.cell)
            old = entries.get(name)
            keep = old if len(alternatives) > 1 and old is not None else None
            run.put(option.cell, entries.put(name, new if keep is None else run.join([keep, new])))
            if option.node.escaped or not option.own:
                _stored_outside(run, new)
        elif isinstance(option, Class):
            run.put(option.cell, run.entries(option.cell).put(name, new))
        elif isinstance(option, Network) and name == "trainable":
            freeze(run, option)
        elif isinstance(option, Network):
            run.escape(new)
            open_up(run, option, new)
        elif isinstance(option, Api):
            run.patched[option.path + "." + name] = None
            run.escape(new)
        elif isinstance(option, TapeValue):
            run.recorder.tapes[option.tape].extra[name] = None
            run.escape(new)
        elif isinstance(option, Optimizer):
            run.patched[name] = None
        else:
            run.escape(new)
            if name == "trainable" and isinstance(option, Opaque) and option.node.kind is Kind.VARIABLE:
                option.node.trainable = None
            if isinstance(option, Opaque):
                run.recorder.last_unknown_effect = run.recorder.now()
                _set_on_unknown(run, option.node, name, new)


def _set_on_unknown(run: Run, unknown: Node, name: str, new: Value) -> None:
    """`model.layers[0].kernel = tensor`: the unknown value may be any object that it may have come from."""
    for made in list(run.made):
        if not any(sees(unknown, node) for node in run.nodes(made) if node.kind is not Kind.UNKNOWN):
            continue
        if isinstance(made, Instance):
            run.blur_entries(made.cell)
        elif name == "trainable":
            freeze(run, made)
        else:
            open_up(run, made, new)


def _is_intercepted(run: Run, value: Instance, name: str) -> bool:
    if class_attribute(run, value.cls, "__setattr__") is not None:
        return True
    known = class_attribute(run, value.cls, name)
    if isinstance(known, (Instance, Opaque)):
        return True
    return isinstance(known, Function) and not decorator_names(known).isdisjoint({"property", "setter"})


def _stored_outside(run: Run, value: Value) -> None:
    """The object is known to others, so what it holds is within their reach: but a tape stays ours to judge."""
    for node in run.nodes(value):
        escape(node)


def delete_attribute(run: Run, value: Value, name: str) -> None:
    """`del value.name`."""
    for option in options(bound(value)):
        if isinstance(option, (Instance, Class)):
            run.put(option.cell, run.entries(option.cell).without(name))
