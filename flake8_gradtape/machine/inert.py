"""Functions that can leave nothing behind for others, by their syntax: they need not be run to find out what they do.

Strict: what is not surely harmless is not inert.
"""

from __future__ import annotations

import libcst as cst

from flake8_gradtape import knowledge
from flake8_gradtape.machine.domain.values import Api, Class, Const, Function, Number, options
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.reading.syntax import children, declared_names, dotted, parameter_names

_ACTING = frozenset(
    {
        cst.FunctionDef, cst.Lambda, cst.ClassDef, cst.Yield, cst.Await, cst.Global, cst.Nonlocal, cst.With, cst.Del,
        cst.Import, cst.ImportFrom,
    }
)  # fmt: skip
_TARGETS = frozenset({cst.AssignTarget, cst.AugAssign, cst.AnnAssign, cst.For, cst.CompFor})
_STORED = frozenset({cst.Attribute, cst.Subscript, cst.StarredElement})
_PLAIN = (Api, Function, Class, Const, Number)


_LOOPS = frozenset({cst.For, cst.CompFor})
_LOOKING = frozenset({"len", "range", "isinstance", "int", "float"})
"""Builtins that change nothing of what they are given."""


def leaves_nothing(run: Run, function: Function) -> bool:
    """Whether a function surely shares, writes and keeps nothing that another one can find.

    It stores into names of its own only, mentions nothing of the module but functions, classes and plain values, and
    uses its object to call what that holds, or to hand what that holds to libraries, but never for both.
    """
    definition = function.definition
    if not isinstance(definition, cst.FunctionDef) or any(
        not isinstance(value, Const) for _, value in function.defaults
    ):
        return False
    names = parameter_names(definition.params)
    look = _Look(run, names[0] if names and function.name and _is_method(run, function) else "", definition)
    return look.at([definition.body]) and not (look.reads_object and look.calls_unseen)


def _is_method(run: Run, function: Function) -> bool:
    return run.scopes.by_number[function.scope].is_class


def _mentions(node: cst.CSTNode, name: str) -> bool:
    """A name stands somewhere in an expression, but not in what is said of a `range`."""
    if isinstance(node, cst.Call) and dotted(node.func) == "range":
        return False
    pending = [node]
    while pending:
        one = pending.pop()
        if type(one) is cst.Name and one.value == name:
            return True
        pending.extend(children(one))
    return False


class _Look:
    """A look through a function body; `me` is the name of its object, empty if it has none."""

    def __init__(self, run: Run, me: str, definition: cst.FunctionDef) -> None:
        self._run = run
        self._me = me
        self._own = declared_names(definition).locals
        self.reads_object = False
        """Something that the object holds is used as a value."""
        self.calls_unseen = False
        """Something is called that may change what it is given, or used up."""

    def at(self, pending: list[cst.CSTNode]) -> bool:
        """Look at these nodes and all below; False as soon as one may leave something behind."""
        while pending:
            node = pending.pop()
            kind = type(node)
            if kind in _LOOPS and _mentions(node.iter, self._me):  # type: ignore[attr-defined]
                self.calls_unseen = True  # it may use up an iterator
            if kind in _ACTING or (kind in _TARGETS and self._stores(node.target)):  # type: ignore[attr-defined]
                return False
            if kind is cst.Name:
                if not self._is_harmless(node.value):  # type: ignore[attr-defined]
                    return False
            elif kind is cst.Call:
                if not self._called(node.func):  # type: ignore[attr-defined]
                    return False
                pending.extend(one.value for one in node.args)  # type: ignore[attr-defined]
            elif kind is cst.Attribute:
                value = node.value  # type: ignore[attr-defined]
                if type(value) is cst.Name and value.value == self._me:
                    self.reads_object = True
                else:
                    pending.append(value)
            elif kind is cst.NamedExpr:
                pending.append(node.value)  # type: ignore[attr-defined]
            else:
                pending.extend(children(node))
        return True

    def _stores(self, target: cst.CSTNode) -> bool:
        """An assignment puts something into an object or a container."""
        parts = [target]
        while parts:
            one = parts.pop()
            if type(one) in _STORED:
                return True
            parts.extend(children(one))
        return False

    def _is_harmless(self, name: str) -> bool:
        """A name of the function itself, but not its object; or one that holds nothing that could be changed."""
        if name in self._own:
            return name != self._me
        value = self._run.store.get((0, name))
        if value is None:
            return name in self._run.registry.builtins or name in ("None", "True", "False")
        return all(isinstance(option, _PLAIN) for option in options(value))

    def _called(self, callee: cst.BaseExpression) -> bool:
        """Look at what is called: a function by its name, one of a library, or what the object holds."""
        name, *attributes = dotted(callee).split(".")
        if name == self._me and name:
            self.calls_unseen = True
            return len(attributes) == 1
        if not self._is_harmless(name):
            return False
        value = None if name in self._own else self._run.store.get((0, name))
        if isinstance(value, Api):
            measured = knowledge.lookup(".".join((value.path, *attributes))) is not None
        else:
            measured = name in _LOOKING and name not in self._own and value is None
        self.calls_unseen = self.calls_unseen or not measured
        return not attributes or name in self._own or isinstance(value, Api)
