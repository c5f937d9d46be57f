"""Looking up names in classes of the module."""

from __future__ import annotations

import libcst as cst

from flake8_gradtape.machine.domain.graph import Kind
from flake8_gradtape.machine.domain.values import Api, Class, Function, Instance, Opaque, Value, options
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.reading.syntax import attributes_set_on, children, dotted, parameter_names

KNOWN_BASES = ("tensorflow.", "keras.", "tf_keras.", "abc.", "typing.", "builtins.")
"""Classes outside of the module that leave the attributes of an object to the classes below them."""


def class_attribute(run: Run, cls: Class, name: str) -> Value | None:
    """What a class or its visible bases hold under `name`, in the order in which Python looks."""
    found = run.heap.entry(cls.cell, name)
    if found is not None or not cls.bases:
        return found
    if any(not path.startswith(KNOWN_BASES) for path in cls.base_paths):
        return None  # a class that nobody can see may come before those that are seen
    for one in cls.line[1:]:
        found = run.heap.entry(one.cell, name)
        if found is not None:
            return found
    return None


def may_be_overridden(run: Run, cls: Class, name: str) -> bool:
    """An object that comes from outside may have something else under the name: a subclass or an assignment gave it.

    A subclass that nobody sees may override whatever is public; of a private method, a place that is left to be filled.
    """
    if not name.startswith("_") and not cls.name.startswith("_"):
        return True
    if name in run.facts.written_attributes or cls.name in run.facts.inherited_classes:
        return True
    found = class_attribute(run, cls, name)
    return isinstance(found, Function) and _is_hook(found.definition)


def _is_hook(definition: cst.CSTNode) -> bool:
    """It computes nothing from its arguments or its object: a place for subclasses to fill."""
    if not isinstance(definition, cst.FunctionDef):
        return False
    lines = [line for line in definition.body.body if not _is_docstring(line)]
    if len(lines) > 1:
        return False
    only = lines[0].body[0] if lines and isinstance(lines[0], cst.SimpleStatementLine) else None
    if isinstance(only, cst.Return) and isinstance(only.value, cst.Name):
        return True
    parameters = set(parameter_names(definition.params))
    pending: list[cst.CSTNode] = list(lines)
    while pending:
        node = pending.pop()
        if isinstance(node, cst.Name) and node.value in parameters:
            return False
        pending.extend(children(node))
    return True


def _is_docstring(line: cst.CSTNode) -> bool:
    return (
        isinstance(line, cst.SimpleStatementLine)
        and isinstance(line.body[0], cst.Expr)
        and isinstance(line.body[0].value, (cst.SimpleString, cst.ConcatenatedString, cst.Ellipsis))
    )


_KERAS = ".keras."


def has_known_bases(cls: Class) -> bool:
    """Every class above is visible, or one that leaves attributes alone."""
    known = all(path.startswith(KNOWN_BASES) for path in cls.base_paths)
    return known and all(has_known_bases(base) for base in cls.bases)


def inherits_from_keras(cls: Class) -> bool:
    """A layer, model, loss ... of the module's own."""
    return any(_KERAS in f".{path}" for path in cls.base_paths) or any(inherits_from_keras(base) for base in cls.bases)


def inherits_from_module(cls: Class) -> bool:
    """It has `trainable_variables`: those of its attributes."""
    return any(
        path == "tensorflow.Module"
        or (_KERAS in f".{path}" and path.rpartition(".")[2] in ("Model", "Layer", "Module"))
        for path in cls.base_paths
    ) or any(inherits_from_module(base) for base in cls.bases)


def inherits_from_enum(cls: Class) -> bool:
    """What its body assigns are members, and no plain values."""
    return any(path.startswith("enum.") for path in cls.base_paths) or any(
        inherits_from_enum(base) for base in cls.bases
    )


def has_one_line(cls: Class) -> bool:
    """No class has two bases, so the next class above is the only one."""
    return len(cls.bases) + len(cls.base_paths) <= 1 and all(has_one_line(base) for base in cls.bases)


def is_data(cls: Class, name: str) -> bool:
    """Some method of the class assigns `self.name`, so it is no method of an unseen base class."""
    if cls.definition is not None and name in attributes_set_on(cls.definition):
        return True
    return any(is_data(base, name) for base in cls.bases)


def decorator_names(function: Function) -> frozenset[str]:
    """The last parts of the names of a function's decorators."""
    definition = function.definition
    if not isinstance(definition, cst.FunctionDef):
        return frozenset()
    names = (dotted(decorator.decorator).rpartition(".")[2] for decorator in definition.decorators)
    return frozenset(names)


_NO_DESCRIPTORS = ("builtins.", "numpy.", "tensorflow.", "keras.", "tf_keras.", "math.", "typing.")
"""Libraries whose names, put into a class as they are, are taken out of it as they are, or end the run."""


def is_handed_out_by_code(run: Run, held: Value) -> bool:
    """What a class holds is, or may be, a descriptor: code of its own runs where it is read from an object."""
    alternatives = options(held)
    for option in alternatives:
        if isinstance(option, Opaque):
            found = option.node.kind is Kind.UNKNOWN
        elif isinstance(option, Instance):
            found = class_attribute(run, option.cls, "__get__") is not None or not option.cls.closed
        elif isinstance(option, Api):
            found = not option.path.startswith(_NO_DESCRIPTORS)
        else:
            found = isinstance(option, Function) and (option.opaque or len(alternatives) > 1)
        if found:
            return True
    return False


OF_THE_CLASS = frozenset({"__new__", "__init_subclass__", "__class_getitem__"})
"""Methods that get the class, without a decorator that says so."""


def bind_method(function: Function, cls: Class, instance: Value | None) -> Function:
    """The function as it comes out of a class or an object: bound to the class, the object, or nothing."""
    wrappers = decorator_names(function)
    if function.partial or "staticmethod" in wrappers:
        return function
    if function.name == "__new__":
        return function
    if "classmethod" in wrappers or function.name in OF_THE_CLASS:
        return function.bound_to(cls)
    return function.bound_to(instance) if instance is not None else function
