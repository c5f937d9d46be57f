"""The table of contents of a module: its functions, classes and statements, and which functions tapes reach.

It reads an `ast`; text, libcst and positions live in `source.py`.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Union

from flake8_gradtape.reading.clues import Clues
from flake8_gradtape.reading.handing import Path, handed_out
from flake8_gradtape.reading.mentions import flows, read_names
from flake8_gradtape.reading.prefilter import MARKER

FunctionNode = Union[ast.FunctionDef, ast.AsyncFunctionDef]

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_IMPORTS = (ast.Import, ast.ImportFrom)
_MAKING = frozenset({"__init__", "__call__", "call", "build"})
_CALLED_BY_KERAS = frozenset({"call", "build", "train_step", "test_step", "predict_step", "compute_loss"})


@dataclass(frozen=True)
class Use:
    """What one function of a module (one that lies in no other function), class body or statement says of attributes.

    `owner` is the name of its class, "" outside of classes; `name` is "" for a statement.
    """

    owner: str
    name: str
    writes: frozenset[str]
    """The attributes that get a value, or whose value gets an item."""
    mentions: frozenset[str]
    """The names and attributes that are read."""
    changes: frozenset[str]
    """The names of which it changes what they hold."""
    bases: frozenset[str]
    """The classes that classes inside inherit from."""


@dataclass(frozen=True)
class Contents:
    """The functions of a module that lie in no other function, told apart by whether a tape can reach them."""

    needed: frozenset[FunctionNode]
    left_out: frozenset[FunctionNode]
    unmentioned: frozenset[FunctionNode | ast.ClassDef]
    """Functions among `left_out`, and classes, of which what a tape can reach does not even say the name."""
    tape_functions: frozenset[str]
    """The names of functions, methods included, that may make a tape, hold one, or call something that does."""
    tape_names: frozenset[str]
    """The names and attributes that may hold a tape, or something that makes, holds or asks one; local ones too."""
    has_tape: bool
    """The class `GradientTape` is mentioned by code, not only in comments and strings."""
    longest_chain: int
    """The deepest nesting of syntax nodes, or the longest `and`/`or` chain, whichever is more."""
    long_strings: tuple[ast.expr, ...]
    """Strings so long that they may be very many literals in a row."""
    uses: tuple[Use, ...]
    """What each function in no other function, class body and statement outside says of attributes."""
    handed_out: frozenset[Path]
    """What the functions in `left_out` hand to others of what names of the module hold."""
    clues: Clues
    """What the module says that bears on the whole of it."""


def read_contents(tree: ast.Module) -> Contents:
    """Find out which functions of `tree` a tape can reach.

    These are the functions that mention a tape or hold one, those that mention these (callers, transitively), and
    whatever all of them and module-level statements need: functions, classes, and other code that gives a meaning to
    a name they mention.
    """
    table = _Table(tree)
    reached, tape_names = _reached_by_tape(table.units)
    # module-level statements are always read, so what they call may as well be followed
    seeds = [*reached, *table.top_level(), *table.decorated(), *_objects_of(reached)] if reached else []
    needed = _needed(table.units, seeds)
    functions = frozenset(
        unit.node for unit in table.units if isinstance(unit.node, (ast.FunctionDef, ast.AsyncFunctionDef))
    )
    unmentioned = frozenset(
        unit.node
        for unit in table.units
        if isinstance(unit.node, _DEFINITIONS) and unit.node not in needed and not _comes_by_itself(unit.name)
    )
    return Contents(
        needed=functions & needed,
        left_out=functions - needed,
        unmentioned=unmentioned,
        tape_functions=frozenset(unit.name for unit in reached if unit.node in functions),
        tape_names=frozenset(tape_names),
        has_tape=bool(reached),
        longest_chain=table.longest_chain,
        long_strings=tuple(table.long_strings),
        uses=tuple(
            Use(
                unit.owner.name if unit.owner is not None else "",
                unit.name,
                unit.writes,
                unit.mentions,
                unit.changes,
                unit.bases,
            )
            for unit in table.units
        ),
        handed_out=handed_out(functions - needed, table.clues) if reached else frozenset(),
        clues=table.clues,
    )


@dataclass(eq=False)
class _Unit:
    """A function that lies in no other function, the class level of a class, or a statement outside both."""

    node: ast.stmt
    owner: _Unit | None
    """The class it belongs to."""
    mentions: frozenset[str]
    """The names and attributes it reads, its own local names left out."""
    binds: frozenset[str]
    """The names it gives a meaning beyond itself: its own, global names, attributes; or what they hold."""
    changes: frozenset[str]
    """The names of which it changes what they hold."""
    writes: frozenset[str]
    """The attributes among these."""
    bases: frozenset[str]
    """The classes that classes inside inherit from."""
    methods: list[_Unit] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The name that a definition binds; empty for a statement."""
        return getattr(self.node, "name", "")

    @cached_property
    def moves(self) -> list[tuple[set[str], set[str]]]:
        """Which names get something that which names hold."""
        return list(flows(self.node))


class _Table:
    """All units of a module."""

    def __init__(self, tree: ast.Module):
        self.units: list[_Unit] = []
        self.longest_chain = 0
        self.long_strings: list[ast.expr] = []
        self.clues = Clues(tree.body)
        modules = _imported_modules(tree)
        pending: list[tuple[ast.stmt, _Unit | None]] = [(statement, None) for statement in tree.body]
        while pending:
            statement, owner = pending.pop()
            unit, definitions = self._add(statement, owner, modules)
            inside = unit if isinstance(statement, ast.ClassDef) else owner
            pending += [(definition, inside) for definition in definitions]
        foreign = self._foreign()
        for unit in self.units:
            unit.binds |= unit.changes - foreign

    def _foreign(self) -> frozenset[str]:
        """The names that hold what other modules gave, and nothing else."""
        imported: set[str] = set()
        own: set[str] = set()
        for unit in self.units:
            (imported if isinstance(unit.node, _IMPORTS) else own).update(unit.binds)
        return frozenset(imported - own)

    def top_level(self) -> list[_Unit]:
        """The statements of the module that define nothing."""
        kinds = (*_DEFINITIONS, *_IMPORTS)
        return [unit for unit in self.units if unit.owner is None and not isinstance(unit.node, kinds)]

    def decorated(self) -> list[_Unit]:
        """The functions that a decorator of the module itself takes: it may keep them, or change something."""
        own = (unit for unit in self.units if unit.owner is None and not isinstance(unit.node, _IMPORTS))
        bound = frozenset(name for unit in own for name in unit.binds)
        return [unit for unit in self.units if not bound.isdisjoint(_decorator_roots(unit.node))]

    def _add(self, node: ast.stmt, owner: _Unit | None, modules: frozenset[str]) -> tuple[_Unit, Sequence[ast.stmt]]:
        """Make a unit of a function, class or statement; gives it with the definitions in its body."""
        names = read_names(node, modules, self.clues)
        self.longest_chain = max(self.longest_chain, names.longest_chain)
        self.long_strings += names.long_strings
        own: str = getattr(node, "name", "")
        local: set[str] = set()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            local = names.stored - names.declared_global
        unit = _Unit(
            node,
            owner,
            mentions=frozenset((names.read - local) | names.attributes),
            binds=frozenset({own, *(names.stored - local), *names.stored_attributes} - {""}),
            changes=frozenset(names.changed - local),
            writes=frozenset(names.stored_attributes),
            bases=frozenset(names.bases),
        )
        self.units.append(unit)
        if owner is not None:
            owner.methods.append(unit)
        return unit, names.definitions


def _imported_modules(tree: ast.Module) -> frozenset[str]:
    """Names that surely are other modules: attributes read from them are not this module's functions."""
    return frozenset(
        (alias.asname or alias.name).partition(".")[0]
        for statement in tree.body
        if isinstance(statement, ast.Import)
        for alias in statement.names
    )


def _decorator_roots(node: ast.stmt) -> Iterator[str]:
    """The names that the decorators of a function begin with."""
    for decorator in getattr(node, "decorator_list", ()):
        while not isinstance(decorator, ast.Name):
            if isinstance(decorator, ast.Call):
                decorator = decorator.func
            elif isinstance(decorator, (ast.Attribute, ast.Subscript)):
                decorator = decorator.value
            else:
                break
        else:
            yield decorator.id


def _comes_by_itself(name: str) -> bool:
    """Python or Keras calls a method of this name without anybody saying it."""
    return _is_special(name) or name in _MAKING or name in _CALLED_BY_KERAS


def _is_special(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def _reached_by_tape(units: Sequence[_Unit]) -> tuple[list[_Unit], set[str]]:
    """The units that mention a tape, hold one, or mention (transitively) such a unit; and the names of all that."""
    mentioning: dict[str, list[_Unit]] = defaultdict(list)
    for unit in units:
        for name in unit.mentions:
            mentioning[name].append(unit)
    tape_names: set[str] = set()
    local: set[str] = set()
    reached: dict[_Unit, None] = {}
    pending = [MARKER]
    while pending:
        name = pending.pop()
        if name not in tape_names:
            tape_names.add(name)
            for unit in mentioning.get(name, ()):
                reached[unit] = None
                given = _given_a_tape(unit, tape_names)
                local |= given
                pending += given & unit.binds
                if unit.name and not _is_special(unit.name):
                    pending.append(unit.name)
                if unit.owner is not None:
                    pending.append(unit.owner.name)
    return list(reached), tape_names | local


def _given_a_tape(unit: _Unit, tape_names: set[str]) -> set[str]:
    """These names, and those that get something in `unit` that one of them holds."""
    given = set(tape_names)
    moves = unit.moves
    grown = True
    while grown:
        grown = False
        for targets, values in moves:
            if values & given and not targets <= given:
                given |= targets
                grown = True
    return given


def _needed(units: Sequence[_Unit], reached: Sequence[_Unit]) -> frozenset[ast.stmt]:
    """What `reached` needs, itself included: all that gives a meaning to a name mentioned there, transitively."""
    binding: dict[str, list[_Unit]] = defaultdict(list)
    for unit in units:
        for name in unit.binds:
            binding[name].append(unit)
    needed: set[_Unit] = set()
    mentioned: set[str] = set()
    pending = list(reached)
    while pending:
        unit = pending.pop()
        if unit in needed:
            continue
        needed.add(unit)
        if unit.owner is not None:
            pending.append(unit.owner)
        for name in unit.mentions - mentioned:
            mentioned.add(name)
            for binder in binding.get(name, ()):
                pending.append(binder)
                if isinstance(binder.node, ast.ClassDef) and binder.name == name:
                    pending += _called_implicitly(binder)
    return frozenset(unit.node for unit in needed)


def _objects_of(reached: Sequence[_Unit]) -> Iterator[_Unit]:
    """What makes the objects of the methods that a tape reaches, and what runs when these are called."""
    for owner in dict.fromkeys(unit.owner for unit in reached):
        for method in owner.methods if owner is not None else ():
            if method.name in _MAKING:
                yield method


def _called_implicitly(unit: _Unit) -> Iterator[_Unit]:
    """The methods of a class that run when somebody makes an instance or uses it, without being named."""
    for method in unit.methods:
        if _is_special(method.name) or method.name in _CALLED_BY_KERAS:
            yield method
