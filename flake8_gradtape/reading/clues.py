"""What a module says, anywhere in it, that bears on the whole of it: its words, and the nodes with a noteworthy one.

They are picked up in the walk of `mentions.py`, which sees every node once; what they mean is asked in `questions.py`.
Type annotations are left out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

VARIABLES = frozenset({"trainable_variables", "trainable_weights", "variables", "weights"})
"""Attributes of models and layers that hold their variables."""
SESSION = "Session"
"""How the names of classes end that run graphs."""
GRAPH_WORDS = frozenset({"Graph", "as_default", "wrap_function"})
"""Names in TensorFlow by which code runs in graphs (with those that end on `Session`)."""
NAMESPACES = frozenset({"__import__", "eval", "exec", "globals"})
"""Builtin functions by which names of a module can be written."""
LISTINGS = frozenset({"dir", "vars"})
"""Builtin functions by which attributes of an object can be written, or found without being named."""
GETTERS = frozenset({"attrgetter", "getattr", "methodcaller"})
"""Functions that get an attribute by its name in a string."""
SETTERS = frozenset({"delattr", "delitem", "setattr", "setitem"})
"""Functions, and methods of pytest's `monkeypatch`, that replace something by its name."""
PATCHES = frozenset({"dict", "multiple", "object"})
"""The variants of `patch` of `unittest.mock`: `patch.object` and so on."""
PATCH = "patch"
"""How the names of functions end that replace something that they are given."""
MOCK = "mock"
"""What is in the names of modules and functions that replace something for a test."""
OBJECTS = frozenset({"self", "cls"})
"""What methods call their own object and class."""
_TENSORFLOW = frozenset({"tf", "keras", "tf_keras"})
MOCK_FIXTURES = frozenset("mocker class_mocker module_mocker package_mocker session_mocker".split())
"""What pytest's fixtures for `unittest.mock` are called."""

_PLACED = GRAPH_WORDS | NAMESPACES | LISTINGS | {"__class__", "import_module", "mock", "patch"}
NOTED_NAMES = _PLACED
"""Names that are noteworthy, alone or with attributes."""
NOTED_ATTRIBUTES = _PLACED | VARIABLES | {"compile", "distribute", "modules"}
"""Attributes that are noteworthy."""
NOTED_FUNCTIONS = _PLACED | GETTERS | SETTERS | {"type"}
"""Names of functions of which a call is noteworthy."""
NOTED_METHODS = _PLACED | GETTERS | SETTERS | PATCHES | {"compile", "type"}
"""Names of methods, and functions of other modules, of which a call is noteworthy."""
NOTED_ENDS = (SESSION, PATCH, "globals")
"""How other names end of which a call is noteworthy; so is one with `MOCK` in it."""
LONGEST_NAME = 200
"""A longer string names nothing."""


@dataclass
class Clues:
    """The words of a whole module and its noteworthy nodes."""

    body: Sequence[ast.stmt] = ()
    """The statements of the module."""
    words: set[str] = field(default_factory=set)
    """All names, attributes, parameters, definitions, and parts of what is imported."""
    keywords: set[str] = field(default_factory=set)
    """The keywords of calls."""
    strings: set[str] = field(default_factory=set)
    """The strings that may name something."""
    bound: set[str] = field(default_factory=set)
    """The names that are given a meaning somewhere."""
    parameters: set[str] = field(default_factory=set)
    """Those of parameters among them."""
    defined: set[str] = field(default_factory=set)
    """Those of functions and classes among them."""
    bases: set[str] = field(default_factory=set)
    """The names of classes that classes of the module inherit from."""
    imported: dict[str, set[str]] = field(default_factory=dict)
    """The names that imports give a meaning, and what they may stand for: dotted paths."""
    modules: set[str] = field(default_factory=set)
    """The modules that are imported, or from which something is: dotted paths."""
    nodes: list[ast.AST] = field(default_factory=list)
    """Names, outermost attributes, calls and keywords with a noteworthy word, and `super` with arguments."""

    @cached_property
    def paths(self) -> frozenset[str]:
        """What names stand for that are imported: dotted paths."""
        return frozenset(path for paths in self.imported.values() for path in paths)

    @cached_property
    def called(self) -> frozenset[ast.AST]:
        """The names and attributes among the nodes that are called."""
        return frozenset(call.func for call in self.calls())

    @cached_property
    def names_in_strings(self) -> frozenset[str]:
        """The attributes that are got by a name in a string: `getattr(tf, "Session")`."""
        strings = (
            argument.value
            for call in self.calls()
            if dotted(call.func).last in GETTERS
            for argument in call.args
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
        )
        return frozenset(name for string in strings for name in string.split("."))

    @cached_property
    def runs_strings(self) -> bool:
        """`exec` or `eval` runs code that is not seen."""
        runs = ("exec", "eval")
        if any(f"builtins.{word}" in self.paths for word in runs):
            return True
        return any(name.last in runs and self.is_builtin(name) for name in self.names())

    @cached_property
    def top_level(self) -> dict[str, int]:
        """The names that the module surely binds when it is imported, and the first line that does."""
        found: dict[str, int] = {}
        for statement in self.body:
            if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                found.setdefault(statement.name, statement.lineno)
            elif isinstance(statement, (ast.Import, ast.ImportFrom)):
                for alias in statement.names:
                    found.setdefault((alias.asname or alias.name).partition(".")[0], statement.lineno)
        return found

    def define(self, name: str) -> None:
        """A function or class has this name."""
        self.defined.add(name)
        self.bound.add(name)
        self.words.add(name)

    def add_import(self, module: str, name: str, alias: ast.alias) -> str:
        """`import module` (without a `name`) or `from module import name`; gives the name that is bound."""
        local = (alias.asname or alias.name).partition(".")[0]
        path = f"{module}.{name}" if name else module
        self.modules.add(module)
        self.words.update(path.split("."))
        if not name and alias.asname is None:
            path = local
        self.imported.setdefault(local, set()).add(path)
        return local

    def calls(self) -> Iterator[ast.Call]:
        """The noteworthy calls."""
        return (node for node in self.nodes if isinstance(node, ast.Call))

    def names(self) -> Iterator[Dotted]:
        """The noteworthy names and attributes."""
        return (dotted(node) for node in self.nodes if isinstance(node, (ast.Name, ast.Attribute)))

    def full_names(self, name: Dotted) -> list[str]:
        """What an expression may be called outside of the module; nothing if it starts with a variable.

        A name that nothing binds stands for itself: it is a builtin, comes from `import *`, or was left out.
        """
        if name.start in self.imported:
            starts = sorted(self.imported[name.start])
        elif not name.start or name.start in self.bound:
            return []
        else:
            starts = [name.start]
        return [".".join((start, *name.attributes)) for start in starts]

    def is_own(self, name: Dotted) -> bool:
        """A function or class of this module has the name, or the object of a method has one of the name."""
        if name.attributes:
            return name.start in OBJECTS and len(name.attributes) == 1 and name.last in self.defined
        return name.start in self.defined and name.start not in self.imported

    def is_builtin(self, name: Dotted) -> bool:
        """The name of a builtin surely or perhaps stands for it: nothing else has the name, or that comes later.

        A function that has a parameter of the name and calls it is taken to call the builtin.
        """
        if name.attributes:
            return f"builtins.{name.last}" in self.full_names(name)
        if f"builtins.{name.start}" in self.imported.get(name.start, ()):
            return True
        line = self.top_level.get(name.start)
        if line is not None and line < getattr(name.node, "lineno", 0):
            return False
        return name.node in self.called or name.start not in self.bound


def is_tensorflow(path: str) -> bool:
    """The dotted name leads to TensorFlow or Keras, perhaps through another module that has it under its usual name."""
    return any(part in _TENSORFLOW or part.startswith("tensorflow") for part in path.split("."))


@dataclass(frozen=True)
class Dotted:
    """An expression with the attributes that it ends on: `a.b.c`, `f().b`."""

    node: ast.AST
    start: str
    """The name it begins with; empty if that is no name."""
    attributes: tuple[str, ...]

    @property
    def last(self) -> str:
        """The last name in it."""
        return self.attributes[-1] if self.attributes else self.start

    def before(self, place: int) -> Dotted:
        """What stands before the attribute at `place`."""
        return Dotted(self.node, self.start, self.attributes[:place])


def dotted(node: ast.AST) -> Dotted:
    """Take an expression apart."""
    attributes: list[str] = []
    root = node
    while isinstance(root, ast.Attribute):
        attributes.append(root.attr)
        root = root.value
    return Dotted(node, root.id if isinstance(root, ast.Name) else "", tuple(reversed(attributes)))
