"""What is under way while the machine runs: scopes, call frames, loops, and the arguments of a call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Union

import libcst as cst

from flake8_gradtape.machine.domain.store import Delta
from flake8_gradtape.machine.domain.values import Value

Catches = Callable[[Union[type[Exception], None]], bool]
"""Tells whether the handlers of a `try` may catch an error of this type; None is one of a type that is not known."""


@dataclass
class Loop:
    """A loop being run: where `break` and `continue` leave their states."""

    mark: int
    breaks: list[Delta] = field(default_factory=list)
    continues: list[Delta] = field(default_factory=list)


@dataclass
class CallFrame:
    """A function being run: where `return` leaves its states."""

    mark: int
    returns: list[tuple[Delta, Value]] = field(default_factory=list)
    loops: list[Loop] = field(default_factory=list)
    graph: bool = False
    instance: Value | None = None


@dataclass(frozen=True)
class Scope:
    """The names of one function call frame (or of the module, or of a class body)."""

    number: int
    parent: Scope | None
    locals: frozenset[str] | None
    """The names that are local; None for the module, where every name is."""
    globals: frozenset[str] = frozenset()
    nonlocals: frozenset[str] = frozenset()
    is_class: bool = False
    definition: cst.CSTNode | None = None
    """The function or lambda whose call frame this is."""


@dataclass(frozen=True)
class Arguments:
    """The evaluated arguments of a call; `open` if starred ones make the list incomplete."""

    positional: tuple[Value, ...] = ()
    keywords: tuple[tuple[str, Value], ...] = ()
    open: bool = False
    extra: tuple[Value, ...] = ()
    """What the starred arguments held."""
    since: int = 0
    """The time before they were evaluated."""

    def all(self) -> list[Value]:
        """Every value that is handed over."""
        return [*self.positional, *(value for _, value in self.keywords), *self.extra]

    def get(self, position: int, name: str) -> Value | None:
        """The argument at `position` or under `name`."""
        for keyword, value in self.keywords:
            if keyword == name:
                return value
        if 0 <= position < len(self.positional):
            return self.positional[position]
        return None


class Scopes:
    """All scopes of a run, and which of them a name lives in."""

    def __init__(self) -> None:
        self.module_scope = Scope(0, None, None)
        self.by_number: dict[int, Scope] = {0: self.module_scope}
        self.count = 0
        """How many scopes were made so far, besides that of the module."""

    def home(self, scope: Scope, name: str) -> Scope | None:
        """The scope in which `name` lives, seen from `frame`; None for a builtin or an unknown name."""
        if name in scope.globals:
            return self.module_scope
        found: Scope | None = scope
        first = name not in scope.nonlocals
        while found is not None:
            if found.locals is None:
                return found
            if first and name in found.locals:
                return found
            if name in found.globals:
                return self.module_scope
            found = found.parent
            while found is not None and found.is_class:
                found = found.parent
            first = True
        return None

    def new_scope(
        self,
        parent: Scope | None,
        names: frozenset[str],
        global_names: frozenset[str] = frozenset(),
        nonlocal_names: frozenset[str] = frozenset(),
        is_class: bool = False,
        definition: cst.CSTNode | None = None,
    ) -> Scope:
        """A new scope inside `parent`."""
        self.count += 1
        scope = Scope(self.count, parent, names, global_names, nonlocal_names, is_class, definition)
        self.by_number[scope.number] = scope
        return scope
