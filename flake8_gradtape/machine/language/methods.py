"""Methods of objects of the module's classes, and of what `super()` gives."""

from __future__ import annotations

import libcst as cst

from flake8_gradtape.machine.domain.values import Function, Instance, SuperProxy, Value
from flake8_gradtape.machine.language.attributes import attribute
from flake8_gradtape.machine.language.classes import bind_method, class_attribute, is_data, may_be_overridden
from flake8_gradtape.machine.language.functions import unseen_call
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Arguments


def object_method(run: Run, receiver: Instance, name: str, arguments: Arguments, node: cst.Call) -> Value:
    """`object.name(...)`: a method of its class, of a class above, or something that it has under the name."""
    own = run.heap.entry(receiver.cell, name)
    known = class_attribute(run, receiver.cls, name)
    found = attribute(run, receiver, name, node)
    if not receiver.own and not name.startswith("_"):
        _handed_to_subclasses(run, arguments)
    if own is None and known is None:
        given = run.registry.inherited.method(run, receiver, name, arguments, node)
        if given is not None:
            return given
    if own is None and known is None and not is_data(receiver.cls, name):
        # a method of an unseen base class: it has the object, and may change any attribute
        result = unseen_call(run, receiver, arguments, node)
        run.sharing.blur_entries(receiver.cell)
        return result
    return run.call(found, arguments, node)


def _handed_to_subclasses(run: Run, arguments: Arguments) -> None:
    """An object that came from outside may be of a subclass with a method of its own, which asks the tapes it gets."""
    for value in arguments.all():
        for number in run.heap.tapes_in(value):
            run.recorder.tapes[number].mentioned = True


def super_method(run: Run, proxy: SuperProxy, name: str, arguments: Arguments, node: cst.Call) -> Value:
    """`super().method(...)`: a method of a visible class above, or of one that is not seen and gets the object."""
    found = next(
        (one for base in proxy.cls.bases if isinstance(one := class_attribute(run, base, name), Function)), None
    )
    if found is not None and (proxy.instance.own or not may_be_overridden(run, proxy.cls, name)):
        return run.call(bind_method(found, proxy.instance.cls, proxy.instance), arguments, node)
    inherited = run.registry.inherited.super_method(run, proxy, name, arguments, node) if found is None else None
    if inherited is not None:
        return inherited
    # also where a class that nobody sees may come between, in the line of an object that is of one
    result = unseen_call(run, proxy.instance, arguments, node)
    run.sharing.blur_entries(proxy.instance.cell)
    return result
