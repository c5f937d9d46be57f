"""Attributes of values: reading, writing and deleting them."""

from __future__ import annotations

from dataclasses import replace

import libcst as cst

from flake8_gradtape.machine.assumptions.variables import VARIABLES
from flake8_gradtape.machine.domain.aliasing import sees
from flake8_gradtape.machine.domain.graph import Kind, Node, Op
from flake8_gradtape.machine.domain.values import (
    Api,
    Class,
    Const,
    Function,
    Instance,
    ListValue,
    Number,
    Opaque,
    SuperProxy,
    Unbound,
    Value,
    bound,
    options,
)
from flake8_gradtape.machine.language.classes import (
    bind_method,
    class_attribute,
    decorator_names,
    inherits_from_enum,
    is_handed_out_by_code,
    may_be_overridden,
)
from flake8_gradtape.machine.language.functions import call_function
from flake8_gradtape.machine.language.operators import SIZES
from flake8_gradtape.machine.language.subscripts import view
from flake8_gradtape.machine.language.unseen import unseen_code
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Arguments


def attribute(run: Run, value: Value, name: str, at: cst.CSTNode) -> Value:
    """`value.name`, not called."""
    return run.each(bound(value), lambda option: run.behaviour(option).attribute(run, option, name, at))


def attribute_of_a_name(run: Run, value: Api, name: str, at: cst.CSTNode) -> Value:
    """`library.name`."""
    return Api(f"{value.path}.{name}")


def attribute_of_a_literal(run: Run, value: Const, name: str, at: cst.CSTNode) -> Value:
    """None has no attributes but those of every object."""
    if value.value is None and not hasattr(None, name):
        run.end_all_paths()
        return run.anything()
    return attribute_of_another(run, value, name, at)


def attribute_of_unknown(run: Run, value: Opaque, name: str, at: cst.CSTNode) -> Value:
    """The size or the variables of something unknown; what else it has may be computed when it is read."""
    if name in SIZES:
        return Number(run.recorder.number(what=Op.SIZE, at=at))
    if name in VARIABLES:
        return Opaque(_variables(run, view(run, value.node, name), name))
    return unseen_code(run, [value], at)


def attribute_of_a_sequence(run: Run, value: ListValue, name: str, at: cst.CSTNode) -> Value:
    """A field of a named tuple."""
    content = run.heap.items(value)
    if name in content.names:
        return content.items[content.names.index(name)]
    return attribute_of_another(run, value, name, at)


def attribute_of_a_class(run: Run, value: Class, name: str, at: cst.CSTNode) -> Value:
    """`SomeClass.name`: what its body or a visible base gave it."""
    found = class_attribute(run, value, name)
    if found is None:
        return run.anything(at=at)
    if is_handed_out_by_code(run, found):
        return unseen_code(run, [value, found], at)
    if inherits_from_enum(value) and not isinstance(found, Function):
        # a member is an object, whose properties may read anything
        return Opaque(run.recorder.unknown(run.heap.nodes(found), name, at, may_hold_anything=True))
    changed = run.facts.uses_attribute_reflection or name in run.facts.written_attributes
    if changed and not isinstance(found, Function):
        return run.sharing.join([bound(found), run.heap.stored([found])])
    if not isinstance(found, Function):
        return found
    if not decorator_names(found).isdisjoint({"property", "cached_property", "setter", "deleter"}):
        return run.anything(run.heap.nodes(found), name, at)  # the property itself
    return bind_method(found, value, None)


def attribute_of_super(run: Run, value: SuperProxy, name: str, at: cst.CSTNode) -> Value:
    """`super().name`, not called: who has it gets hold of the object."""
    run.sharing.escape(value.instance)
    return run.anything(run.heap.nodes(value.instance), at=at)


def attribute_of_another(run: Run, value: Value, name: str, at: cst.CSTNode) -> Value:
    """A method of a list or a function, as a value: whoever gets it may call it."""
    run.sharing.escape(value)
    if isinstance(value, Function) and value.partial and name == "keywords":
        run.sharing.opened_partials[value.definition] = None
    inside = run.sharing.captured(value) if isinstance(value, Function) else ()
    return run.anything([*run.heap.nodes(value), *(node for one in inside for node in run.heap.nodes(one))], at=at)


_SEEN_LIBRARIES = frozenset({"tensorflow", "keras", "tf_keras", "numpy", "builtins"})


def imported_variables(run: Run, value: Value) -> Value:
    """What came from a module that nobody can see: `model.trainable_variables` after `from models import model`."""
    if not isinstance(value, Api) or value.path.partition(".")[0] in _SEEN_LIBRARIES:
        return value
    path, _, name = value.path.rpartition(".")
    if name not in VARIABLES:
        return value
    node = run.heap.views.get(("imported", path))
    if node is None:
        node = run.recorder.unknown(name=path.rpartition(".")[2], time=0, may_hold_anything=True)
        run.heap.views[("imported", path)] = node
    return Opaque(_variables(run, node, name))


def _variables(run: Run, model: Node, name: str) -> Node:
    """`model.trainable_variables`: part of an unknown model, and no more than its variables."""
    if model.kind is not Kind.UNKNOWN:
        return model
    found = run.heap.views.get((model, "variables"))
    if found is None:
        found = run.recorder.unknown(
            [model], name, model.at, time=model.time, may_hold_anything=model.may_hold_anything
        )
        found = replace(found, handed_over_at=model.handed_over_at)
        run.heap.views[(model, "variables")] = found
    return found


def instance_attribute(run: Run, value: Instance, name: str, at: cst.CSTNode) -> Value:
    """`object.name`: its own attribute, a method or property of its class, or something unknown that stays the same."""
    if name == "__class__":
        return class_of(run, value, at)
    if class_attribute(run, value.cls, "__getattribute__") is not None:
        return unseen_code(run, [value], at)
    own = run.heap.entry(value.cell, name)
    if own is not None and run.facts.uses_attribute_reflection:
        other = run.recorder.unknown(run.heap.nodes(value), name, at, may_hold_anything=True)
        return run.sharing.join([bound(own), Opaque(other)])
    if own is not None and not any(isinstance(option, Unbound) for option in options(own)):
        # when a function runs by itself, another one may have changed an object of the module before
        changed = value.cell <= run.definitions.module_cells and name in run.facts.written_attributes
        return run.sharing.join([bound(own), run.heap.stored([own])]) if changed else own
    found = class_attribute(run, value.cls, name)
    if found is not None and own is None and is_handed_out_by_code(run, found):
        return unseen_code(run, [value, found], at)
    if found is None and own is None and class_attribute(run, value.cls, "__getattr__") is not None:
        return unseen_code(run, [value], at)
    if isinstance(found, Function) and own is None:
        wrappers = decorator_names(found)
        if not value.own and may_be_overridden(run, value.cls, name):
            return run.anything(run.heap.nodes(value), name, at)
        if not wrappers.isdisjoint({"setter", "deleter"}):
            return run.anything(run.heap.nodes(value), name, at)
        if "cached_property" in wrappers:
            made = call_function(run, found.bound_to(value), Arguments(), at)
            run.sharing.put(value.cell, run.heap.entries(value.cell).put(name, made))
            return made
        if "property" in wrappers:
            return call_function(run, found.bound_to(value), Arguments(), at)
        method = bind_method(found, value.cls, value)
        return (
            run.sharing.join([method, run.anything(run.heap.nodes(value))])
            if run.facts.uses_attribute_reflection
            else method
        )
    if found is not None and own is None:
        # the object may have an attribute of that name, the class get another value, or a subclass
        loose = run.facts.uses_attribute_reflection or name in run.facts.written_attributes or not value.own
        return run.sharing.join([found, run.heap.stored([value])]) if loose else found
    inherited = run.registry.inherited.attribute(run, value, name, at) if own is None else None
    if inherited is not None:
        return inherited
    key = (value.cell, name, run.recorder.last_unknown_effect)
    node = run.heap.views.get(key)
    if node is None:
        time = max(value.node.time, run.recorder.last_unknown_effect)
        # what no method of the class has set came by a decorator, a metaclass, `__getattr__` ...: it may be anything
        may_hold_anything = value.node.may_hold_anything or value.own
        node = run.recorder.unknown([value.node], name, at, time=time, may_hold_anything=may_hold_anything)
        run.heap.views[key] = node
    unseen = Opaque(node)
    return unseen if own is None else run.sharing.join([bound(own), unseen])


def class_of(run: Run, value: Instance, at: cst.CSTNode) -> Value:
    """The class of an object: of one that came from outside it may be a class below."""
    return value.cls if value.own else run.sharing.join([value.cls, run.anything(at=at)])


def set_attribute(run: Run, value: Value, name: str, new: Value) -> None:
    """`value.name = new`."""
    alternatives = options(bound(value))
    for option in alternatives:
        run.behaviour(option).set_attribute(run, option, name, new, len(alternatives) == 1)


def set_on_object(run: Run, value: Instance, name: str, new: Value, surely: bool) -> None:
    """`object.name = new`; it keeps what it had as well, unless this `surely` is the object."""
    entries = run.heap.entries(value.cell)
    if _is_intercepted(run, value, name):
        # a property, a descriptor or __setattr__ decides what is kept
        made = unseen_code(run, [new, value])
        run.sharing.put(value.cell, run.heap.entries(value.cell).put(name, made))
        return
    old = entries.get(name)
    keep = old if not surely and old is not None else None
    run.sharing.put(value.cell, entries.put(name, new if keep is None else run.sharing.join([keep, new])))
    if run.node_states.escaped(value.node) or not value.own:
        _stored_outside(run, new)


def set_on_class(run: Run, value: Class, name: str, new: Value, surely: bool) -> None:
    """`SomeClass.name = new`."""
    run.sharing.put(value.cell, run.heap.entries(value.cell).put(name, new))


def set_on_a_name(run: Run, value: Api, name: str, new: Value, surely: bool) -> None:
    """`library.name = new`: what the library does under that name is no longer known."""
    run.sharing.patched[value.path + "." + name] = None
    run.sharing.escape(new)


def set_on_another(run: Run, value: Value, name: str, new: Value, surely: bool) -> None:
    """What is put into something unknown may be found wherever that may have come from."""
    run.sharing.escape(new)
    if name == "trainable" and isinstance(value, Opaque) and value.node.kind is Kind.VARIABLE:
        run.node_states.freeze(value.node)
    if isinstance(value, Opaque):
        run.sharing.unseen_code_runs()
        _set_on_unknown(run, value.node, name, new)


def _set_on_unknown(run: Run, unknown: Node, name: str, new: Value) -> None:
    """`model.layers[0].kernel = tensor`: the unknown value may be any object that it may have come from."""
    for made in list(run.heap.created_objects):
        if not any(
            sees(run.node_states, unknown, node) for node in run.heap.nodes(made) if node.kind is not Kind.UNKNOWN
        ):
            continue
        if isinstance(made, Instance):
            run.sharing.blur_entries(made.cell)
        else:
            run.behaviour(made).set_attribute(run, made, name, new, False)


def _is_intercepted(run: Run, value: Instance, name: str) -> bool:
    if class_attribute(run, value.cls, "__setattr__") is not None:
        return True
    known = class_attribute(run, value.cls, name)
    if isinstance(known, (Instance, Opaque)) or (known is not None and is_handed_out_by_code(run, known)):
        return True
    return isinstance(known, Function) and not decorator_names(known).isdisjoint({"property", "setter"})


def _stored_outside(run: Run, value: Value) -> None:
    """The object is known to others, so what it holds is within their reach: but a tape stays ours to judge."""
    for node in run.heap.nodes(value):
        run.node_states.escape(node)


def delete_attribute(run: Run, value: Value, name: str) -> None:
    """`del value.name`."""
    for option in options(bound(value)):
        if isinstance(option, Instance) and (
            class_attribute(run, option.cls, "__delattr__") is not None or _is_intercepted(run, option, name)
        ):
            unseen_code(run, [option])
        if isinstance(option, (Instance, Class)):
            run.sharing.put(option.cell, run.heap.entries(option.cell).without(name))
