"""The data-flow graph: what was computed from what, and by which operation. Each tape, and each question, looks at it.

A node stands for one value in every run that makes it. Which names hold it is not known here (`values`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Final, Union

if TYPE_CHECKING:
    import libcst as cst


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


class Op(Enum):
    """The operations that the machine tells apart; the value is what messages call them.

    All others are `OTHER`, and known by their path: the public name of a library's function, or a piece of the program.
    """

    OTHER = ""
    READ = "read"
    """A variable is read into a new tensor, as an operation does that takes one."""
    GRADIENT = "gradient"
    """What a gradient call gave."""
    GETITEM = "getitem"
    ITERATE = "iterate"
    COMPARISON = "a comparison"
    LAYER = "a layer"
    """A known Keras layer or model was called."""
    METRIC = "a metric"
    INPUT = "tf.keras.Input"
    """A symbolic Keras tensor."""
    DATASET = "tf.data"
    """A data set that was built visibly, or an element of it."""
    TRACED = "a traced function"
    """One of several outputs of a traced function."""
    LOOP = "a loop"
    """The summary of what a name holds in later passes of a loop."""

    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"
    DIVIDE = "/"
    FLOOR_DIVIDE = "//"
    MODULO = "%"
    POWER = "**"
    MATRIX_MULTIPLY = "@"
    AND = "&"
    OR = "|"
    XOR = "^"
    SHIFT_LEFT = "<<"
    SHIFT_RIGHT = ">>"
    INVERT = "~"
    ABSOLUTE = "abs"

    # what is known of values that nobody can see into
    GRAPH_LOOP = "graph loop"
    """It may be the output of a loop in a graph: all that comes into the loop gets zeros."""
    SIZE = "a size"
    """`x.shape` and the like where nobody knows what `x` is: it may be a parameter of that name."""
    LOADED_MODEL = "a loaded model"
    """A Keras model from a file."""
    PERHAPS_NOTHING = "perhaps nothing"
    """The elements of a list that may have none."""
    OBJECTS = "an array of objects"
    OBJECT = "an object of a library"
    """Its class is the path of the node; it was made of plain Python."""


class Curvature(Enum):
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


@dataclass(eq=False, slots=True)
class Edge:
    """An input of an operation."""

    node: Final[Node]
    flow: Final[Flow]
    sure: Final[bool] = False
    """In every run this is the input, and a gradient flows through the operation to it."""
    certain: Final[bool] = True
    """In every run this is the input."""


def op_and_path(what: Op | str) -> tuple[Op, str]:
    """An operation, as a node keeps it: one that the machine tells apart, or the path of another."""
    return (what, "") if isinstance(what, Op) else (Op.OTHER, what)


@dataclass(frozen=True)
class OperationTraits:
    """What an operation does besides connecting its output to its inputs."""

    floating: Tri = True
    """The output is a floating tensor."""
    curvature: Curvature = Curvature.CURVED
    surely_curved: bool = False
    """A second derivative surely is not zero for this operation alone."""
    surely_tensors: bool = True
    """False if the inputs may be plain numbers, so that nothing is surely recorded."""
    no_gradient: bool = False
    """It has no gradient function that is registered."""
    transparent: bool = False
    """The output may be the input itself."""


PLAIN_OPERATION = OperationTraits()


@dataclass(frozen=True)
class UnseenCall:
    """A call, with arguments, of code that nobody sees."""

    callee: Node | None = None
    """What was called, if it has a node."""
    model_output: bool = False
    """A model was called, something whose variables the module asks for elsewhere: what it gives is none of them."""
    surely_new: bool = False
    """It was a model or a loss function: what it gives is nothing that was there before."""
    no_variable: bool = False
    """What it gives is no variable of a model, unless its name says so."""


@dataclass(eq=False, slots=True)
class Node:
    """One value in the data-flow graph: what it was computed from, and what recorded that.

    It is what it is in every run that makes it, and does not change, but for its name, and for the summary of a loop,
    which grows until it stands for all passes (`take_in`). What may become true of it (that others have it, that it may
    be frozen) is in `NodeStates`.

    `time` orders the making of nodes. `recorded` maps each recording (a tape between two resets) that recorded this
    operation to whether it surely did; `during` has the recordings that may have been running at the time.
    """

    kind: Final[Kind]
    time: Final[int]
    op: Final[Op] = Op.OTHER
    path: Final[str] = ""
    """Of another operation: the public name of the function, or what in the program made the value."""
    edges: Final[tuple[Edge, ...]] = ()
    recorded: Final[dict[int, bool]] = field(default_factory=dict)
    during: Final[frozenset[int]] = frozenset()
    floating: Final[Tri] = None
    trainable: Final[Tri] = None
    """As it was made; `NodeStates` knows whether that may have changed."""
    curvature: Final[Curvature] = Curvature.CURVED
    surely_curved: Final[bool] = False
    name: str = ""
    named_in: cst.CSTNode | None = None
    """The function in which it got its name."""
    at: Final[cst.CSTNode | None] = None
    may_hold_anything: Final[bool] = False
    """Unknown code that made this may have used everything that existed and that code of the module can reach."""
    handed_over_at: Final[int | None] = None
    """When an unseen caller handed it to a method: data, and no part of the object, though it may hold some."""
    weights: Final[bool] = False
    """The variables of a Keras layer, as one."""
    transparent: Final[bool] = False
    """It may be its input itself, as it came in: `tf.cast` to the dtype that the input has (truth table A126)."""
    no_gradient: Final[bool] = False
    """TensorFlow has no gradient function for the operation, so that asking raises LookupError."""
    called: Final[bool] = False
    """A call with arguments made an unknown value."""
    callee: Final[Node | None] = None
    """What was called to make it."""
    model_output: Final[bool] = False
    """A model made it, something whose variables the module asks for elsewhere: it is none of them."""
    surely_new: Final[bool] = False
    """A model or a loss function that nobody can see made it: it is nothing that was there before."""
    no_variable: Final[bool] = False
    """A call made it that is taken to give no variable of a model, unless its name says so."""

    def __repr__(self) -> str:
        return f"<{self.kind.name.lower()} {self.name or self.text} at {self.time}>"

    @property
    def text(self) -> str:
        """What messages call the operation that made it; empty if there is nothing to say."""
        return self.path or self.op.value

    def take_in(self, nodes: Iterable[Node]) -> None:
        """Let the summary of a loop stand for more values: it leads wherever one of them leads."""
        self._change("edges", (*self.edges, *(Edge(node, Flow.GRADIENT) for node in nodes)))
        for node in nodes:
            self.recorded.update(dict.fromkeys(node.recorded, False))
            self._change("floating", either(self.floating, node.floating))

    def stand_for_anything(self) -> None:
        """Let the summary of a loop be unknown: it may lead to whatever existed."""
        self._change("kind", Kind.UNKNOWN)
        self._change("may_hold_anything", True)

    def _change(self, field: str, value: object) -> None:
        """The way around `Final`, which only the summary of a loop takes."""
        object.__setattr__(self, field, value)
