"""What a Python name may hold, as far as tapes care: nodes of the data-flow graph, and the values that carry them.

No behaviour lives here beyond looking inside a value: what operations do is in `calls` and `operations`, what a tape
knows is in `recording`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, Any, Union

if TYPE_CHECKING:
    import libcst as cst

    from flake8_gradtape.machine.tapes.state import Ask


class Kind(Enum):
    """What a node stands for."""

    TENSOR = "the output of an operation"
    VARIABLE = "a variable, or the variables of one model"
    NUMBER = "a Python number or NumPy array"
    UNKNOWN = "anything: the result of code that the machine cannot see"


class Flow(Enum):
    """What happens to the gradient on the way from an input to the output of an operation."""

    GRADIENT = "the operation is differentiable in this input"
    NO_GRADIENT = "the operation has no gradient for this input"
    STOPPED = "tf.stop_gradient"
    LEFT = "the value leaves TensorFlow"
    STATE = "the value is written into the state of a variable"


class Bend(Enum):
    """Which inputs the backward pass of an operation reads, that is, what a second derivative depends on."""

    LINEAR = "none"
    BILINEAR = "for each input the others"
    CURVED = "all"


Tri = Union[bool, None]
"""True, False, or None: cannot tell."""


def either(*facts: Tri) -> Tri:
    """The fact that holds after a join: known only where all branches agree."""
    first = facts[0]
    return first if all(fact is first for fact in facts) else None


@dataclass(frozen=True, eq=False)
class Edge:
    """An input of an operation."""

    node: Node
    flow: Flow
    sure: bool = False
    """In every run this is the input, and a gradient flows through the operation to it."""
    certain: bool = True
    """In every run this is the input."""


@dataclass(eq=False)
class Node:
    """One value in the data-flow graph: its inputs and what recorded it never change.

    What is known of it may become less in the course of a run, and for good (`escaped` and `kept` become true,
    `trainable` None), so that a branch that is rolled back leaves that behind; names and marks are set when it is made.

    `time` orders the making of nodes. `recorded` maps each recording (a tape between two resets) that recorded this
    operation to whether it surely did; `during` has the recordings that may have been running at the time.
    """

    kind: Kind
    time: int
    op: str = ""
    edges: tuple[Edge, ...] = ()
    recorded: dict[int, bool] = field(default_factory=dict)
    during: frozenset[int] = frozenset()
    floating: Tri = None
    trainable: Tri = None
    bend: Bend = Bend.CURVED
    surely_bends: bool = False
    name: str = ""
    named_in: cst.CSTNode | None = None
    """The function in which it got its name."""
    at: cst.CSTNode | None = None
    escaped: bool = False
    kept: bool = False
    """An object, a container, or a name that functions read has held it: code of the module may come by it later."""
    sees_all: bool = False
    """Unknown code that made this may have used everything that existed and that code of the module comes by."""
    given: int | None = None
    """When an unseen caller handed it to a method: data, and no part of the object, though it may hold some."""
    weights: bool = False
    """The variables of a Keras layer, as one."""
    transparent: bool = False
    """It may be its input itself, as it came in: `tf.cast` to the dtype that the input has (truth table A126)."""
    no_gradient: bool = False
    """TensorFlow has no gradient function for the operation, so that asking raises LookupError."""
    model: Value | None = None
    """What was called, with arguments, to make an unknown value."""
    output: bool = False
    """A model made it, something whose variables the module asks for elsewhere: it is none of them."""
    fresh: bool = False
    """A model or a loss function that nobody can see made it: it is nothing that was there before (see `fresh`)."""

    def __repr__(self) -> str:
        return f"<{self.kind.name.lower()} {self.name or self.op} at {self.time}>"


GRAPH_LOOP = "graph loop"
"""The `op` of an unknown node that may be the output of a loop in a graph: all that comes into the loop gets zeros."""
SIZE = "a size"
"""The `op` of `x.shape` and the like where nobody knows what `x` is: it may be a parameter of that name."""
LOADED_MODEL = "a loaded model"
"""The `op` of an unknown node that is a Keras model from a file."""
INPUT = "tf.keras.Input"
"""The `op` of a symbolic Keras tensor."""
LAYER = "a layer"
"""The `op` of what a call of a known layer or model gives."""
TRACED = "a traced function"
"""The `op` of one of several outputs of a traced function."""
PERHAPS_NOTHING = "perhaps nothing"
"""The `op` of an unknown node that stands for the elements of a list that may have none."""


def same_as(node: Node) -> list[Node]:
    """What a node may be besides itself: the inputs of a transparent operation, and a variable that was read for it."""
    if not node.transparent:
        return [node]
    found = {node: None}
    pending = [node]
    while pending:
        one = pending.pop()
        if one.transparent or one.op == "read":
            fresh = [edge.node for edge in one.edges[: 1 if one.op == "read" else None] if edge.node not in found]
            found.update(dict.fromkeys(fresh))
            pending.extend(fresh)
    return list(found)


@dataclass(frozen=True)
class Unbound:
    """A name that no assignment has reached, or that was deleted."""

    deleted: bool = False


@dataclass(frozen=True)
class Const:
    """A literal: None, a bool, a number, a string, an Ellipsis. `asked` is the gradient call that gave this None."""

    value: Any
    asked: Ask | None = field(default=None, compare=False)


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
class Pausing:
    """What `tape.stop_recording()` returns."""

    tape: TapeValue


@dataclass(frozen=True)
class Sequence:
    """A list or tuple whose contents are in the store under `cell`; or what the view `shows` of the dict there."""

    cell: int
    shows: str = ""


@dataclass(frozen=True)
class Mapping:
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
class Network:
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
    """A function or lambda of the module, with the frame that it closes over."""

    definition: cst.FunctionDef | cst.Lambda
    frame: int
    name: str
    opaque: bool = False
    graph: bool = False
    """It runs under tf.function: a loop over a tensor is traced once."""
    instance: Value | None = None
    owner: Class | None = None
    defaults: tuple[tuple[str, Value], ...] = ()
    given: tuple[Value, ...] = ()
    """The first arguments, where `functools.partial` has them already."""
    given_by_name: tuple[tuple[str, Value], ...] = ()

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


@dataclass(frozen=True)
class Instance:
    """An object of a class of the module; its attributes are in the store under `cell`."""

    cell: int
    cls: Class
    node: Node
    own: bool = False
    """Made by a call that the machine saw (so its attributes are all known), not a `self` that came from outside."""


@dataclass(frozen=True)
class Parent:
    """`super()`: an object, seen from the method of class `cls` that is running."""

    instance: Instance
    cls: Class


@dataclass(frozen=True)
class Choice:
    """One of several values, one for each way to get here."""

    options: tuple[Value, ...]


Value = Union[
    Unbound, Const, Number, Tensor, Variable, Opaque, TapeValue, Pausing, Sequence, Mapping, ExitStack, Api, Pure,
    Network, Optimizer, Metric, Function, Class, Instance, Parent, Choice,
]  # fmt: skip

NONE = Const(None)
UNBOUND = Unbound()
DELETED = Unbound(deleted=True)
MOST_OPTIONS = 8


@dataclass(frozen=True)
class Items:
    """The contents of a sequence: `items` in order if `exact`, else some of the values it may hold."""

    items: tuple[Value, ...]
    exact: bool = True
    immutable: bool = False
    names: tuple[str, ...] = ()
    """The fields, if it is a named tuple."""
    single: bool = False
    """It has one element at the most."""
    sure: int = 0
    """Where it is not exact: how many of the items, counted from the first, are in it in every run."""


@dataclass(frozen=True)
class Entries:
    """The contents of a mapping, or the attributes of an object: values by key; others are possible if not `exact`."""

    entries: tuple[tuple[Any, Value], ...]
    exact: bool = True

    def get(self, key: Any) -> Value | None:
        """The value under `key`, if it is known."""
        for known, value in self.entries:
            if type(known) is type(key) and known == key:
                return value
        return None

    def put(self, key: Any, value: Value) -> Entries:
        """The entries after `mapping[key] = value`."""
        if any(type(known) is type(key) and known == key for known, _ in self.entries):
            return Entries(
                tuple((k, value if type(k) is type(key) and k == key else v) for k, v in self.entries), self.exact
            )
        return Entries((*self.entries, (key, value)), self.exact)

    def without(self, key: Any) -> Entries:
        """The entries after `del mapping[key]`."""
        return Entries(tuple((k, v) for k, v in self.entries if not (type(k) is type(key) and k == key)), self.exact)


def options(value: Value) -> tuple[Value, ...]:
    """The alternatives of a value; one, unless it is a choice."""
    return value.options if isinstance(value, Choice) else (value,)


def flat_options(values: Iterator[Value] | tuple[Value, ...] | list[Value]) -> list[Value]:
    """All alternatives of some values, each once."""
    found: dict[Value, None] = {}
    for value in values:
        for option in options(value):
            found.setdefault(option)
    return list(found)


def node_of(value: Value) -> Node | None:
    """The node of a value that has just one."""
    if isinstance(value, (Tensor, Variable, Number, Opaque, Instance, Metric)):
        return value.node
    return None


def bound(value: Value) -> Value:
    """The value that a read gives: reading an unbound name ends that run, so that alternative drops out."""
    if not isinstance(value, Choice):
        return value
    rest = tuple(option for option in value.options if not isinstance(option, Unbound))
    return rest[0] if len(rest) == 1 else Choice(rest)
