"""What a half-written program has at hand: its names, and a rough guess of what they hold, so that most programs run.

The guess only weights the generator's choices; nothing here judges a program, TensorFlow alone does.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum

from tests.random_programs.chooser import Picker


class Kind(Enum):
    """What a name is thought to hold."""

    TENSOR = "a float tensor"
    VARIABLE = "a trainable variable"
    FROZEN = "a variable with trainable=False"
    INTEGER = "an integer tensor or variable"
    NUMBER = "a Python number"
    GRADIENT = "a gradient, None perhaps"


@dataclass(eq=False)
class Value:
    """One object of the program: `reaches` tells, tape by tape, what it is thought to be computed from."""

    number: int
    kind: Kind
    length: int
    """0 for a scalar, else the number of elements."""
    reaches: dict[int, frozenset[int]] = field(default_factory=dict)
    sure: bool = True
    """A gradient that is thought not to be None."""
    curved: bool = False
    """Its derivative depends on its inputs: only then is a gradient of a gradient interesting."""


@dataclass
class Tape:
    """A tape of the program, as far as the generator follows it."""

    number: int
    persistent: bool
    automatic: bool = True
    entered: bool = False
    active: bool = False
    stopped: bool = False
    spent: bool = False
    gone: bool = False
    watched: frozenset[int] = frozenset()

    def tracks(self, value: Value) -> bool:
        """Whether an op on `value` would be recorded."""
        return (
            value.number in self.watched
            or self.number in value.reaches
            or (value.kind is Kind.VARIABLE and self.automatic)
        )


@dataclass(frozen=True)
class Function:
    """A function of the program that can be called: what it takes (`x` of a length, or a tape) and what it gives."""

    name: str
    parameters: tuple[tuple[str, int], ...]
    """Names and lengths; length -1 means a tape."""
    gives: str
    """One of `tensor`, `pair`, `gradient`, `tape and tensor`, `nothing`."""
    length: int = 0
    captured: tuple[Value, ...] = ()
    optional: str = ""
    """A parameter with a number as its default, if any."""


class Program:
    """The text under way and what belongs to the whole of it: fresh names, flags, the spelling of TensorFlow."""

    def __init__(self, pick: Picker, lines: int) -> None:
        self.pick = pick
        self.text: list[str] = []
        self.indent = 0
        self.left = lines
        self.length = pick.integer(2, 3)
        self.maker = "tf.GradientTape"
        self.flags: list[str] = []
        self.most_flags = pick.weighted([(4, 1), (3, 2), (1, 0)])
        self.taken: set[str] = set()
        self.snippet: Callable[[Scope], bool] | None = None
        """Writes a snippet, if the program may use the whole language and not only tapes and tensors."""
        self.families: list[str] = []
        """The families of the snippets written so far."""
        self._values = 0

    def write(self, line: str) -> None:
        self.text.append("    " * self.indent + line)
        self.left -= 1

    def fresh(self, bases: Sequence[str]) -> str:
        """A name that the program does not use yet, made from one of `bases`."""
        base = self.pick.one(bases)
        count, name = 2, base
        while name in self.taken:
            name = f"{base}{count}"
            count += 1
        self.taken.add(name)
        return name

    def number(self) -> int:
        self._values += 1
        return self._values

    def value(self, kind: Kind, length: int = 0) -> Value:
        return Value(self.number(), kind, length)

    def flag(self) -> str:
        """A condition the analyzer cannot see, or nothing when the program has enough of them.

        A flag is seldom used twice: what two branches on one flag have in common is beyond the machine's contract.
        """
        if len(self.flags) < self.most_flags:
            self.flags.append("FLAG" if not self.flags else "OTHER")
            name = self.flags[-1]
        elif self.flags and self.pick.chance(6):
            name = self.pick.one(self.flags)
        else:
            return ""
        return self.pick.weighted([(4, name), (1, f"not {name}"), (1, f"{name} is True")])


class Scope:
    """The names of one function, or of the module, at the place where the next statement goes."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.names: dict[str, Value] = {}
        self.tapes: dict[str, Tape] = {}
        self.lists: dict[str, list[Value]] = {}
        self.dicts: dict[str, dict[str, Value]] = {}
        self.functions: dict[str, Function] = {}
        self.foreign: set[str] = set()
        """Names of an enclosing scope: they may be read, but not bound again or deleted."""
        self.open: list[Tape] = []
        """The tapes thought to be active, outermost first."""
        self.loops = 0
        self.top = True
        self.managers: list[str] = []
        """Texts that make a context manager of the program's own."""

    def branch(self) -> Scope:
        """A copy that a branch may change."""
        other = copy.copy(self)
        other.names = dict(self.names)
        other.lists = {name: list(items) for name, items in self.lists.items()}
        other.dicts = {name: dict(items) for name, items in self.dicts.items()}
        twins = {id(tape): copy.copy(tape) for tape in [*self.tapes.values(), *self.open]}
        other.tapes = {name: twins[id(tape)] for name, tape in self.tapes.items()}
        other.open = [twins[id(tape)] for tape in self.open]
        other.functions = dict(self.functions)
        other.managers = list(self.managers)
        other.foreign = set(self.foreign)
        return other

    def join(self, one: Scope, two: Scope) -> None:
        """Go on after two branches: with the names that both have, each as one of the two left it."""
        chosen, rest = (one, two) if self.program.pick.chance(50) else (two, one)
        self.names = {
            name: rest.names[name] if value.kind is Kind.VARIABLE else value
            for name, value in chosen.names.items()
            if name in rest.names and value.length == rest.names[name].length and _alike(value, rest.names[name])
        }
        self.lists = {
            name: items
            for name, items in chosen.lists.items()
            if name in rest.lists and len(items) == len(rest.lists[name])
        }
        self.dicts = {
            name: items for name, items in chosen.dicts.items() if items.keys() == rest.dicts.get(name, {}).keys()
        }
        self.tapes = {name: tape for name, tape in chosen.tapes.items() if name in rest.tapes}
        self.functions = {name: known for name, known in chosen.functions.items() if name in rest.functions}
        self.open = chosen.open
        for name, tape in self.tapes.items():
            tape.spent = tape.spent or rest.tapes[name].spent
            tape.gone = tape.gone or rest.tapes[name].gone

    def inner(self) -> Scope:
        """The scope of a function written here: it sees these names and tapes, and binds its own."""
        other = self.branch()
        other.foreign = {*self.names, *self.tapes, *self.lists, *self.dicts, *self.functions, *self.foreign}
        other.loops = 0
        other.top = False
        return other

    def recording(self) -> list[Tape]:
        return [tape for tape in self.open if tape.active and not tape.stopped]

    def compute(self, inputs: Sequence[Value], length: int, *, cut: bool = False, curved: bool = False) -> Value:
        """The result of an op on `inputs` here: every tape that records and tracks one of them links all of them."""
        result = self.program.value(Kind.TENSOR, length)
        result.curved = curved or any(value.curved for value in inputs)
        for tape in () if cut else self.recording():
            if any(tape.tracks(value) for value in inputs):
                known = [value.reaches.get(tape.number, frozenset()) | {value.number} for value in inputs]
                result.reaches[tape.number] = frozenset().union(*known)
        return result

    def atoms(self, length: int | None = None, kinds: Sequence[Kind] = ()) -> list[tuple[str, Value]]:
        """Texts that stand for a known value: names, items of lists and of dicts."""
        wanted = kinds or (Kind.TENSOR, Kind.VARIABLE, Kind.FROZEN)
        found = list(self.names.items())
        found += [(f"{name}[{index}]", item) for name, items in self.lists.items() for index, item in enumerate(items)]
        found += [(f'{name}["{key}"]', item) for name, items in self.dicts.items() for key, item in items.items()]
        return [
            (text, value)
            for text, value in found
            if (value.kind in wanted or (value.kind is Kind.GRADIENT and value.sure and Kind.TENSOR in wanted))
            and (length is None or value.length == length)
        ]

    def own(self, name: str) -> bool:
        """Whether `name` may be bound again or deleted here."""
        return name not in self.foreign and "." not in name and "[" not in name

    def bind(self, name: str, value: Value) -> None:
        self.names[name] = value


def _alike(one: Value, two: Value) -> bool:
    plain = (Kind.TENSOR, Kind.VARIABLE, Kind.FROZEN)
    return one.kind is two.kind or (one.kind in plain and two.kind in plain)
