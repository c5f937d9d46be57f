"""What a piece of a module mentions and binds: names and attributes read off an `ast`, and no judgement of them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flake8_gradtape.reading.clues import (
    LONGEST_NAME,
    MOCK,
    NOTED_ATTRIBUTES,
    NOTED_ENDS,
    NOTED_FUNCTIONS,
    NOTED_METHODS,
    NOTED_NAMES,
    SESSION,
    Clues,
)
from flake8_gradtape.reading.prefilter import MARKER

LONG_STRING_LINES = 100
LONG_STRING_COLUMN = 2000

_GROWING_METHODS = frozenset(
    {"append", "appendleft", "add", "insert", "extend", "setdefault", "update", "enter_context"}
)
_SHRINKING_METHODS = frozenset({"pop", "popleft", "popitem", "remove", "discard", "clear", "reverse", "sort"})


@dataclass
class Names:
    """What one function, class or statement says about names; type annotations are left out."""

    read: set[str] = field(default_factory=set)
    stored: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    """Attributes that are read or stored, but not those of modules that were imported."""
    stored_attributes: set[str] = field(default_factory=set)
    """Attributes that get a value, or whose value gets an item."""
    changed: set[str] = field(default_factory=set)
    """Names whose value gets an item: `x[0] = y`, `x.append(y)`."""
    bases: set[str] = field(default_factory=set)
    """The names of classes that other classes inherit from."""
    declared_global: set[str] = field(default_factory=set)
    definitions: list[ast.stmt] = field(default_factory=list)
    """Functions and classes inside that are to be read by themselves."""
    longest_chain: int = 0
    """The depth of nesting, or the length of the longest `and`/`or` chain, whichever is more."""
    long_strings: list[ast.expr] = field(default_factory=list)
    """Strings so long that they may be very many literals in a row."""


def read_names(statement: ast.stmt, modules: frozenset[str], clues: Clues) -> Names:
    """Read all names in `statement`; what lies in a function belongs to it, what lies in other definitions does not.

    Goes down level by level: so the number of rounds is the depth of nesting, and nothing is too deep for it.

    Args:
        statement: any statement.
        modules: names that surely are other modules; their attributes mean nothing here.
        clues: where to put what bears on the whole module.
    """
    reader = _Reader(modules, isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)), clues)
    level = _parts(statement)
    depth = 0
    while level:
        depth += 1
        reader.below = []
        for node in level:
            read = _HANDLERS.get(type(node))
            if read is None:
                reader.below += ast_children(node)
            else:
                read(reader, node)
        level = reader.below
    names = reader.names
    if isinstance(statement, ast.ClassDef):
        names.bases.update(_base_names(statement))
    if isinstance(statement, _DEFINITIONS):
        clues.define(statement.name)
    clues.bound |= names.stored
    clues.bases |= names.bases
    clues.words.update(names.read, names.stored, names.attributes)
    names.longest_chain = max(names.longest_chain, depth)
    return names


def ast_children(node: ast.AST) -> list[ast.AST]:
    """Give the parts of `node` that can have names in them; much faster than `ast.iter_child_nodes`."""
    children: list[ast.AST] = []
    for name in _PARTS.get(type(node), ()):
        value = getattr(node, name, None)
        if value.__class__ is list:
            children += value  # a dictionary display has None for the key of `**x`, a leaf like any other
        elif value is not None:
            children.append(value)
    return children


_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_LEAVES = (ast.Constant, ast.MatchSingleton, ast.Global, ast.Nonlocal)
_NO_PARTS = frozenset(
    {
        "annotation", "arg", "asname", "attr", "conversion", "ctx", "id", "is_async", "kind", "kwd_attrs", "level",
        "module", "name", "op", "ops", "rest", "returns", "simple", "type_comment", "type_params",
    }
)  # fmt: skip
"""Fields of `ast` nodes that hold strings and numbers, operators, contexts, or annotations."""
_PARTS: Mapping[type[ast.AST], tuple[str, ...]] = {
    kind: tuple(name for name in kind._fields if name not in _NO_PARTS)
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST) and not issubclass(kind, _LEAVES)
}


def walk(node: ast.AST) -> Iterator[ast.AST]:
    """Yield `node` and everything in it."""
    pending = [node]
    while pending:
        node = pending.pop()
        yield node
        pending += ast_children(node)


def _parts(node: ast.AST) -> list[ast.AST]:
    """The parts of a definition but for annotations and type parameters; any other statement itself."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        arguments = node.args
        parts: list[ast.AST | None] = [*node.decorator_list, *arguments.defaults, *arguments.kw_defaults]
        parts += [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
        parts += node.body
        return [part for part in parts if part is not None]
    if isinstance(node, ast.ClassDef):
        return [*node.decorator_list, *node.bases, *node.keywords, *node.body]
    return [node]


def _base_names(node: ast.ClassDef) -> Iterator[str]:
    for base in node.bases:
        yield getattr(base, "attr", getattr(base, "id", ""))


class _Reader:
    """Reads node after node; a method for each kind of node that means something."""

    def __init__(self, modules: frozenset[str], in_function: bool, clues: Clues):
        self.names = Names()
        self.modules = modules
        self.clues = clues
        self.in_function = in_function
        self.below: list[ast.AST] = []

    def name(self, node: ast.Name) -> None:
        (self.names.read if type(node.ctx) is ast.Load else self.names.stored).add(node.id)
        if node.id in NOTED_NAMES:
            self.clues.nodes.append(node)

    def attribute(self, node: ast.Attribute) -> None:
        """Note an attribute: read or stored, and of a module that is imported or of something else."""
        chain = [node.attr]
        root = node.value
        while type(root) is ast.Attribute:
            chain.append(root.attr)
            root = root.value
        self.names.longest_chain = max(self.names.longest_chain, len(chain))
        if type(node.ctx) is not ast.Load:
            self.names.stored_attributes.add(node.attr)
        elif node.attr in _GROWING_METHODS or node.attr in _SHRINKING_METHODS:
            self.change(node.value)
        if not NOTED_ATTRIBUTES.isdisjoint(chain) or node.attr.endswith(SESSION):
            self.clues.nodes.append(node)
        if type(root) is not ast.Name:
            self.names.attributes.update(chain)
            self.below.append(root)
            return
        self.names.read.add(root.id)
        if root.id in NOTED_NAMES:
            self.clues.nodes.append(node)
        if root.id not in self.modules:
            self.names.attributes.update(chain)
            return
        self.clues.words.update(chain)
        if MARKER in chain:
            self.names.attributes.add(MARKER)

    def subscript(self, node: ast.Subscript) -> None:
        if type(node.ctx) is not ast.Load:
            self.change(node.value)
        self.below += (node.value, node.slice)

    def change(self, container: ast.expr) -> None:
        while isinstance(container, ast.Subscript):
            container = container.value
        if isinstance(container, ast.Attribute):
            self.names.stored_attributes.add(container.attr)
        elif isinstance(container, ast.Name):
            self.names.changed.add(container.id)

    def call(self, node: ast.Call) -> None:
        """Note a call: of what, and which of its arguments it may change."""
        function = node.func
        called, noted = "", False
        if type(function) is ast.Name:
            called = function.id
            if called == "super":
                self.names.read.add("super")
                if node.args:
                    self.clues.nodes.append(node)
                return  # `super(C, self)` asks C's bases: it is no use of C
            noted = called in NOTED_FUNCTIONS
        elif type(function) is ast.Attribute:
            called = function.attr
            noted = called in NOTED_METHODS
        if noted or called.endswith(NOTED_ENDS) or MOCK in called:
            self.clues.nodes.append(node)
        self.below += (function, *node.args, *node.keywords)

    def keyword(self, node: ast.keyword) -> None:
        if node.arg is not None:
            self.clues.keywords.add(node.arg)
            if node.arg == "metaclass":
                self.clues.nodes.append(node)
        self.below.append(node.value)

    def constant(self, node: ast.Constant) -> None:
        if type(node.value) is str and len(node.value) < LONGEST_NAME:
            self.clues.strings.add(node.value)
        end = node.end_lineno or node.lineno
        if (node.end_col_offset or 0) > LONG_STRING_COLUMN or end > node.lineno + LONG_STRING_LINES:
            self.names.long_strings.append(node)

    def f_string(self, node: ast.JoinedStr) -> None:
        if (node.end_col_offset or 0) > LONG_STRING_COLUMN or (node.end_lineno or 0) > node.lineno + LONG_STRING_LINES:
            self.names.long_strings.append(node)
        self.below += node.values

    def definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        if isinstance(node, ast.ClassDef):
            self.names.bases.update(_base_names(node))
        self.clues.define(node.name)
        if self.in_function:
            self.names.stored.add(node.name)
            self.below += _parts(node)
        else:
            self.names.definitions.append(node)

    def argument(self, node: ast.arg) -> None:
        self.names.stored.add(node.arg)
        self.clues.parameters.add(node.arg)

    def import_modules(self, node: ast.Import) -> None:
        for alias in node.names:
            self.imported(alias, alias.name, "")

    def import_names(self, node: ast.ImportFrom) -> None:
        module = "." * node.level + (node.module or "")
        for alias in node.names:
            self.imported(alias, module, alias.name)

    def imported(self, alias: ast.alias, module: str, name: str) -> None:
        self.names.stored.add(self.clues.add_import(module, name, alias))
        if alias.name.rpartition(".")[2] == MARKER:
            self.names.attributes.add(MARKER)

    def annotated(self, node: ast.AnnAssign) -> None:
        self.below.append(node.target)
        if node.value is not None:
            self.below.append(node.value)

    def global_names(self, node: ast.Global) -> None:
        self.names.declared_global.update(node.names)

    def chain(self, node: ast.BoolOp) -> None:
        self.names.longest_chain = max(self.names.longest_chain, len(node.values))
        self.below += node.values

    def captured(self, node: ast.AST) -> None:
        name = getattr(node, "name", None) or getattr(node, "rest", None)
        if name:
            self.names.stored.add(name)
        self.below += ast_children(node)


_HANDLERS: dict[type[ast.AST], Callable[[_Reader, Any], None]] = {
    ast.Name: _Reader.name,
    ast.Attribute: _Reader.attribute,
    ast.Subscript: _Reader.subscript,
    ast.Call: _Reader.call,
    ast.keyword: _Reader.keyword,
    ast.Constant: _Reader.constant,
    ast.JoinedStr: _Reader.f_string,
    ast.FunctionDef: _Reader.definition,
    ast.AsyncFunctionDef: _Reader.definition,
    ast.ClassDef: _Reader.definition,
    ast.arg: _Reader.argument,
    ast.Import: _Reader.import_modules,
    ast.ImportFrom: _Reader.import_names,
    ast.AnnAssign: _Reader.annotated,
    ast.Global: _Reader.global_names,
    ast.BoolOp: _Reader.chain,
    ast.ExceptHandler: _Reader.captured,
    ast.MatchAs: _Reader.captured,
    ast.MatchStar: _Reader.captured,
    ast.MatchMapping: _Reader.captured,
}


def flows(statement: ast.stmt) -> Iterator[tuple[set[str], set[str]]]:
    """Yield, for every place where something is given a name, the names it gets and the names that its value mentions.

    Such places are assignments, `with ... as`, `for ... in`, imports of the tape class, and methods that put something
    into a container. Attributes count as names.
    """
    for node in walk(statement):
        if isinstance(node, ast.Assign):
            yield _mentioned(node.targets), _mentioned([node.value])
        elif isinstance(node, (ast.AnnAssign, ast.AugAssign, ast.NamedExpr)):
            yield _mentioned([node.target]), _mentioned([node.value] if node.value else [])
        elif isinstance(node, ast.withitem) and node.optional_vars is not None:
            yield _mentioned([node.optional_vars]), _mentioned([node.context_expr])
        elif isinstance(node, (ast.For, ast.AsyncFor)):
            yield _mentioned([node.target]), _mentioned([node.iter])
        elif isinstance(node, ast.alias) and node.name.rpartition(".")[2] == MARKER:
            yield {node.asname or MARKER}, {MARKER}
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _GROWING_METHODS:
            yield _mentioned([node.func.value]), _mentioned(node.args)


def _mentioned(expressions: Iterable[ast.AST]) -> set[str]:
    names: set[str] = set()
    for expression in expressions:
        for node in walk(expression):
            if isinstance(node, ast.Name):
                names.add(node.id)
            elif isinstance(node, ast.Attribute):
                names.add(node.attr)
    return names - {"self", "cls"}
