"""What a Python name may hold, as far as tapes care: a value of one of these kinds, or one of several.

No behaviour lives here beyond looking inside a value. What a container holds is in `contents`, what a value was
computed from in `graph`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Union

from flake8_gradtape.machine.domain.graph import Node
from flake8_gradtape.machine.domain.limits import MOST_BITS, MOST_TEXT

if TYPE_CHECKING:
    import libcst as cst


@dataclass(frozen=True, eq=False)
class Unbound:
    """A name that no assignment has reached, or that was deleted; there are two, `UNBOUND` and `DELETED`."""

    deleted: bool = False


@dataclass(eq=False)
class GradientUse:
    """What the program does with a None that a gradient call gave: noted by whoever meets it, read by the call."""

    used: bool = False
    """It was asked for a gradient again: a second derivative was wanted."""
    expected: bool = False
    """The program asserts that it is None."""


@dataclass(frozen=True, eq=False)
class Const:
    """A literal: None, a bool, a number, a string, an Ellipsis. `asked` is set where a gradient call gave this None.

    `1`, `1.0` and `True` are three of them, and so are `0.0` and `-0.0`, although Python calls them equal.
    """

    value: Any
    asked: GradientUse | None = None

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Const) or type(self.value) is not type(other.value):
            return False
        if isinstance(self.value, (float, complex)):
            return repr(self.value) == repr(other.value)
        return bool(self.value == other.value)

    def __hash__(self) -> int:
        return hash(repr(self.value) if isinstance(self.value, (float, complex)) else (type(self.value), self.value))


def constant(value: Any) -> Const | None:
    """A literal with this value; None if it is too large to be carried along."""
    if isinstance(value, int):
        return Const(value) if value.bit_length() <= MOST_BITS else None
    if isinstance(value, (str, bytes)):
        return Const(value) if len(value) <= MOST_TEXT else None
    return Const(value)


@dataclass(frozen=True)
class Number:
    """A Python number or NumPy array that was computed."""

    node: Node


@dataclass(frozen=True)
class Tensor:
    """Surely a tensor: an item of it is a new tensor. `maybe_none` marks a gradient that may be None instead."""

    node: Node
    maybe_none: bool = False
    sometimes_none: bool = False
    """Which way the run took decides whether it is None."""


@dataclass(frozen=True)
class Variable:
    """Surely a `tf.Variable`."""

    node: Node


@dataclass(frozen=True)
class Opaque:
    """A value of unknown structure: items, elements and attributes of it are views of the same node."""

    node: Node


@dataclass(frozen=True)
class TapeValue:
    """A `tf.GradientTape` object."""

    tape: int


@dataclass(frozen=True)
class StopRecording:
    """What `tape.stop_recording()` returns."""

    tape: TapeValue


@dataclass(frozen=True)
class ListValue:
    """A list or tuple whose contents are in the store under `cell`; or what the view `shows` of the dict there."""

    cell: int
    shows: str = ""


@dataclass(frozen=True)
class DictValue:
    """A dict whose contents are in the store under `cell`."""

    cell: int


@dataclass(frozen=True)
class ExitStack:
    """A `contextlib.ExitStack`; what it has entered is in the store under `cell`."""

    cell: int


@dataclass(frozen=True)
class Api:
    """A name of an imported library, by its full path (`tf.math.sin`, `numpy.mean`), or a builtin (`builtins.len`)."""

    path: str


@dataclass(frozen=True)
class Pure:
    """A callable object whose result is a fresh tensor, differentiable in its arguments: a Keras loss object."""

    name: str


@dataclass(frozen=True)
class KerasLayer:
    """A Keras layer or model that was built visibly; its variables are in the store under `cell`."""

    cell: int
    name: str
    smooth: bool = False
    """Made only of layers through which a gradient surely flows to the input."""
    part: bool = False
    """Some layer of a model, not known which: its variables are among those in the store."""


@dataclass(frozen=True)
class Metric:
    """A Keras metric that was built visibly; `node` is the variable that stands for its state."""

    node: Node


@dataclass(frozen=True)
class Optimizer:
    """A Keras optimizer that was built visibly."""

    path: str


@dataclass(frozen=True, eq=False)
class Function:
    """A function or lambda of the module, with the scope that it closes over."""

    definition: cst.FunctionDef | cst.Lambda
    scope: int
    name: str
    opaque: bool = False
    graph: bool = False
    """It runs under tf.function: a loop over a tensor is traced once."""
    signed: bool = False
    """`tf.function` was called with more than the function, perhaps a signature: then numbers become tensors."""
    instance: Value | None = None
    owner: Class | None = None
    defaults: tuple[tuple[str, Value], ...] = ()
    first_arguments: tuple[Value, ...] = ()
    """The first arguments, where `functools.partial` has them already."""
    named_arguments: tuple[tuple[str, Value], ...] = ()
    partial: bool = False
    """`functools.partial` made it: in a class it is no method."""

    def bound_to(self, instance: Value) -> Function:
        """The method, bound to `instance`."""
        return replace(self, instance=instance)


@dataclass(frozen=True, eq=False)
class Class:
    """A class of the module: its attributes are in the store under `cell`, those of visible bases in `bases`."""

    name: str
    cell: int
    bases: tuple[Class, ...]
    closed: bool
    """All bases are visible, so an attribute that is missing does not exist."""
    definition: cst.ClassDef | None = None
    base_paths: tuple[str, ...] = ()

    @cached_property
    def line(self) -> tuple[Class, ...]:
        """The class and its visible bases in Python's method resolution order; depth first where there is none."""
        lines = [list(base.line) for base in self.bases] + [list(self.bases)]
        found = [self]
        while lines := [line for line in lines if line]:
            heads = [line[0] for line in lines]
            chosen = next((head for head in heads if not any(head in line[1:] for line in lines)), heads[0])
            found.append(chosen)
            lines = [[one for one in line if one is not chosen] for line in lines]
        return tuple(found)


@dataclass(frozen=True)
class Instance:
    """An object of a class of the module; its attributes are in the store under `cell`."""

    cell: int
    cls: Class
    node: Node
    own: bool = False
    """Made by a call that the machine saw (so its attributes are all known), not a `self` that came from outside."""


@dataclass(frozen=True)
class SuperProxy:
    """`super()`: an object, seen from the method of class `cls` that is running."""

    instance: Instance
    cls: Class


@dataclass(frozen=True)
class Alternatives:
    """One of several values, one for each way to get here."""

    options: tuple[Value, ...]


Value = Union[
    Unbound, Const, Number, Tensor, Variable, Opaque, TapeValue, StopRecording, ListValue, DictValue, ExitStack, Api,
    Pure, KerasLayer, Optimizer, Metric, Function, Class, Instance, SuperProxy, Alternatives,
]  # fmt: skip

NONE = Const(None)
UNBOUND = Unbound()
DELETED = Unbound(deleted=True)


def options(value: Value) -> tuple[Value, ...]:
    """What a value may be, one for each way to get here: its alternatives, or the value itself as the only one."""
    return value.options if isinstance(value, Alternatives) else (value,)


def flat_options(values: Iterator[Value] | tuple[Value, ...] | list[Value]) -> list[Value]:
    """All that any of some values may be, each once and in order: what a join of them has to choose from."""
    found: dict[Value, None] = {}
    for value in values:
        for option in options(value):
            found.setdefault(option)
    return list(found)


def node_of(value: Value) -> Node | None:
    """The node of a value that stands for one thing in the graph; None for containers, functions and the like."""
    if isinstance(value, (Tensor, Variable, Number, Opaque, Instance, Metric)):
        return value.node
    return None


def bound(value: Value) -> Value:
    """What a read of a name that holds `value` gives: an unbound one ends the run, so that alternative drops out."""
    if not isinstance(value, Alternatives):
        return value
    rest = tuple(option for option in value.options if not isinstance(option, Unbound))
    return rest[0] if len(rest) == 1 else Alternatives(rest)
