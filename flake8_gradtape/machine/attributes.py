"""Attributes of values: reading, writing and deleting them."""

from __future__ import annotations

import libcst as cst

from flake8_gradtape.machine.calls import call_function
from flake8_gradtape.machine.classes import class_attribute, decorator_names
from flake8_gradtape.machine.events import CallRaised, Misuse
from flake8_gradtape.machine.networks import VARIABLES, freeze, network_attribute
from flake8_gradtape.machine.operations import SIZES, view
from flake8_gradtape.machine.raising import TAPE_NAMES, raises
from flake8_gradtape.machine.recording import escape
from flake8_gradtape.machine.run import Arguments, Run
from flake8_gradtape.machine.values import (
    Api,
    Class,
    Const,
    Function,
    Instance,
    Kind,
    Network,
    Number,
    Opaque,
    Optimizer,
    Sequence,
    TapeValue,
    Tensor,
    Unbound,
    Value,
    Variable,
    bound,
    options,
)


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
            return Number(run.recorder.number(at=at))
        return Opaque(view(run, value.node, name))
    if isinstance(value, Sequence):
        content = run.items(value)
        if name in content.names:
            return content.items[content.names.index(name)]
        return run.anything(run.nodes(value), at=at)
    if isinstance(value, Instance):
        return instance_attribute(run, value, name, at)
    if isinstance(value, Class):
        return class_attribute(run, value, name) or run.anything(at=at)
    if isinstance(value, Network):
        return network_attribute(run, value, name, at)
    if isinstance(value, TapeValue) and not name.startswith("_") and name not in TAPE_NAMES:
        visit = run.new_visit()
        run.outcomes.visit(at, run.context, visit)
        tape = run.recorder.tapes[value.tape].name
        raises(run, at, visit, CallRaised(at, tape, name, Misuse.UNKNOWN_ATTRIBUTE, "", name))
        return run.anything()
    if isinstance(value, TapeValue):
        run.recorder.escape(value.tape)
        return run.anything(at=at)
    return run.anything(run.nodes(value), at=at)


def instance_attribute(run: Run, value: Instance, name: str, at: cst.CSTNode) -> Value:
    """`object.name`: its own attribute, a method or property of its class, or something unknown that stays the same."""
    entries = run.entries(value.cell)
    own = entries.get(name)
    if own is not None and not any(isinstance(option, Unbound) for option in options(own)):
        return own
    found = class_attribute(run, value.cls, name)
    if isinstance(found, Function) and own is None:
        wrappers = decorator_names(found)
        if "property" in wrappers or "cached_property" in wrappers:
            return call_function(run, found.bound_to(value), Arguments(), at)
        if "staticmethod" in wrappers:
            return found
        return found.bound_to(value)
    if found is not None and own is None:
        return found
    if name in VARIABLES and value.own and own is None:
        return _variables_of(run, value)
    key = (value.cell, name, run.recorder.last_unknown_effect)
    node = run.views.get(key)
    if node is None:
        time = max(value.node.time, run.recorder.last_unknown_effect)
        node = run.recorder.unknown([value.node], name, at, time=time, sees_all=value.node.sees_all)
        run.views[key] = node
    unseen = Opaque(node)
    return unseen if own is None else run.join([bound(own), unseen])


def _variables_of(run: Run, value: Instance) -> Value:
    """`module.trainable_variables` of an object made here: the variables in it, and what unseen code put there."""
    nodes = run.nodes(value)
    known = [Opaque(node) for node in nodes if node.kind is Kind.VARIABLE]
    unseen = [node for node in nodes if node.kind is Kind.UNKNOWN]
    unknown = [Opaque(run.recorder.unknown(unseen, "variables"))] if len(unseen) > 1 or not known else []
    return run.sequence([*known, *unknown], exact=False, immutable=True)


def set_attribute(run: Run, value: Value, name: str, new: Value) -> None:
    """`value.name = new`."""
    alternatives = options(bound(value))
    for option in alternatives:
        if isinstance(option, Instance):
            entries = run.entries(option.cell)
            old = entries.get(name)
            keep = old if len(alternatives) > 1 and old is not None else None
            run.put(option.cell, entries.put(name, new if keep is None else run.join([keep, new])))
            if option.node.escaped or not option.own:
                _stored_outside(run, new)
        elif isinstance(option, Class):
            run.put(option.cell, run.entries(option.cell).put(name, new))
        elif isinstance(option, Network):
            freeze(run, option)
        elif isinstance(option, Optimizer):
            continue
        else:
            run.escape(new)


def _stored_outside(run: Run, value: Value) -> None:
    """The object is known to others, so what it holds is within their reach: but a tape stays ours to judge."""
    for node in run.nodes(value):
        escape(node)


def delete_attribute(run: Run, value: Value, name: str) -> None:
    """`del value.name`."""
    for option in options(bound(value)):
        if isinstance(option, (Instance, Class)):
            run.put(option.cell, run.entries(option.cell).without(name))
