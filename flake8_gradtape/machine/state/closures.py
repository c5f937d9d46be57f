"""What a function may read from around it, by the keys under which the store has it.

That is a question of the text only, asked again and again while unseen code gets hold of things: so it is answered once
for each function and scope.
"""

from __future__ import annotations

from dataclasses import dataclass

from flake8_gradtape.machine.domain.values import Class, Function
from flake8_gradtape.machine.state.claims import Claims
from flake8_gradtape.machine.state.definitions import Definitions
from flake8_gradtape.machine.state.module_facts import ModuleFacts
from flake8_gradtape.machine.state.scopes import Scopes
from flake8_gradtape.reading.reachability import Use
from flake8_gradtape.reading.syntax import declared_names, is_stub

NameKey = tuple[int, str]
"""A name, by the number of the scope that it lives in."""


@dataclass(frozen=True, eq=False)
class Closure:
    """The names around a function, each under the key of the store: those that it reads, and those that it assigns."""

    of_module: bool
    """The function stands in no other, nor in a class."""
    read: tuple[NameKey, ...] = ()
    may_read: frozenset[NameKey] = frozenset()
    """The same, with names that are taken from the module in spite of a function around it that has one like it."""
    written: frozenset[NameKey] = frozenset()


class Closures:
    """The closures of all functions of a run; functions that differ in their object only have the same one."""

    def __init__(self, scopes: Scopes, claims: Claims, definitions: Definitions, facts: ModuleFacts) -> None:
        self._scopes = scopes
        self._claims = claims
        self._definitions = definitions
        self._uses_of: dict[str, list[Use]] = {}
        """What the text does with attributes, by the class (or none) in which it does."""
        for use in facts.attribute_uses:
            self._uses_of.setdefault(use.owner, []).append(use)
        self._known: dict[tuple[int, int, str], Closure] = {}
        """By the identity of the definition, for hashing a node of the syntax is slow."""

    def of(self, function: Function) -> Closure:
        """The closure of a function."""
        key = (id(function.definition), function.scope, function.name)
        known = self._known.get(key)
        if known is None:
            known = self._closure(function)
            scope = self._scopes.by_number.get(function.scope)
            if scope is None or not scope.is_class or function.definition in self._definitions.owners:
                self._known[key] = known  # else its class is still being made: whose method it is decides
        return known

    def _closure(self, function: Function) -> Closure:
        """The names that a function reads from around it, and where they live."""
        scope = self._scopes.by_number.get(function.scope)
        if scope is None:
            return Closure(of_module=False)
        names = self._names_around(function)
        if scope.parent is None:
            keys = tuple((scope.number, name) for name in names)
        else:
            homes = ((self._scopes.home(scope, name), name) for name in names)
            keys = tuple((home.number, name) for home, name in homes if home is not None)
        declared = declared_names(function.definition)
        may_read, written = set(), set()
        for name in names:
            home = self._scopes.module_scope if name in declared.globals else self._scopes.home(scope, name)
            if home is not None:
                may_read.add((home.number, name))
                if name in declared.globals or name in declared.nonlocals:
                    written.add((home.number, name))
        return Closure(scope.parent is None, keys, frozenset(may_read), frozenset(written))

    def _names_around(self, function: Function) -> frozenset[str]:
        """The names that a function may read from around it; of one that was left out, all that it mentions."""
        found = self._claims.free_names(function.definition)
        if self._uses_of and is_stub(function.definition):
            owner = self._definitions.owners.get(function.definition)
            uses = self._uses_of.get(owner.name if owner is not None else "", ())
            found = found.union(*(use.mentions for use in uses if use.name == function.name))
        return found

    def left_out(self, cls: Class) -> list[Use]:
        """What the methods of a class do, those included that were left out of the syntax tree."""
        return [use for use in self._uses_of.get(cls.name, ()) if use.name]
