"""What can happen to a tape: the words that the abstract machine and the runtime recorder share.

Nothing here analyses or runs anything. The abstract machine emits these events for what *must* happen, the
recorder for what *did* happen; a rule judges an event, the confirmation compares the two streams line by line.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from enum import Enum
from typing import Union

Where = Hashable
"""A place in the source: the abstract machine uses a syntax node, the recorder a line number (1-based `int`)."""


class Claim(Enum):
    """What a finding says TensorFlow will show on the finding's line."""

    GRADIENT_IS_NONE = "gradient() gives None for a source"
    CALL_RAISES = "the call raises"
    RECORDING_KEPT = "the recording is still alive after the last use of its tape"
    RECORDING_GROWS = "the recording grows each time the tape is entered again"
    NEVER_ASKED = "the tape records operations and nobody asks it for a gradient"
    WARNS_IN_BLOCK = "TensorFlow warns that a persistent tape is asked inside its own block"
    WORK_UNUSED = "an outer tape records the gradient computation and nobody differentiates it"
    PERSISTENCE_UNUSED = "the tape is persistent and is asked at most once"
    NOT_DELETED = "the persistent tape is never deleted by name"
    WATCH_IS_REDUNDANT = "the tape watches the variable without being told"
    VALUE_IS_WRONG = "the gradient differs from the true derivative"


class Misuse(Enum):
    """Why a call on a tape raises."""

    SPENT = "a non-persistent tape was asked before"
    NOT_ENTERED = "the tape was never entered"
    ALREADY_ACTIVE = "the tape is already recording"
    NOT_A_TENSOR = "the target or a source is no tensor"
    UNWATCHABLE = "what is to be watched is no tensor"
    NO_REGISTERED_GRADIENT = "an operation on the way has no gradient function at all"
    VARIABLE_AUGMENTED = "an augmented assignment to a variable"
    SWAPPED_PAIRS = "the optimizer got (variable, gradient) pairs, or no pairs"
    UNKNOWN_ATTRIBUTE = "tapes have no such attribute, or the library has no such tape"
    NEEDS_PERSISTENT = "a Jacobian without pfor needs a persistent tape, or single tensors"
    MINIMIZE_WITHOUT_TAPE = "minimize() got a tensor without the tape that recorded it"
    GRAPH_GRADIENTS = "symbolic gradients outside of a graph"
    UNKNOWN_OPTION = "unconnected_gradients= is no option that tapes have"
    OTHER = "another error"


class Flaw(Enum):
    """Why a gradient is silently wrong; one TAP5 rule reads each."""

    WATCHED_BETWEEN = "only the uses of the source after watch() count"
    NONE_AS_WEIGHTS = "output_gradients is a gradient that is None, which counts as ones"
    LOSS_AS_WEIGHTS = "the loss itself is given as output_gradients"
    PENALTY_OUTSIDE = "a term of the loss was computed while the tape was not recording"
    PARTLY_CUT = "part of the dependence leaves the tape on its way"
    STEP_BY_ASSIGN = "an inner step was made by assigning to a variable under the outer tape"
    WHERE_NAN = "tf.where guards the value but not the gradient"
    SAME_LOSS_AGAIN = "a loop asks for the gradient of the same recorded loss again"


class CauseKind(Enum):
    """Why no gradient flows; one TAP1 rule reads each."""

    UNWATCHED = "the source is a plain tensor that the tape never watches"
    OTHER_TAPE = "the source or the target belongs to another tape"
    NOT_RECORDED = "a step from the source to the target ran while the tape was not recording"
    WATCHED_TOO_LATE = "the source was watched after its last use"
    LEFT_TENSORFLOW = "the value left TensorFlow on its way"
    NOT_DIFFERENTIABLE = "an operation on the way has no gradient"
    VARIABLE_REPLACED = "the name held a variable and now holds a tensor"
    VARIABLE_NOT_WATCHED = "the variable is not watched automatically, nor by hand"
    COPY_AS_SOURCE = "the source is a new tensor, not the one that was used"
    INNER_GRADIENT_OUTSIDE = "a gradient on the way was taken while the tape was not recording"
    NOT_FLOATING = "the source is not a floating-point tensor"
    UNRELATED = "the target does not depend on the source"
    SWAPPED = "the source depends on the target"
    THROUGH_STATE = "the value went through the state of a variable"
    STOPPED = "the value went through tf.stop_gradient"


@dataclass(frozen=True)
class Cause:
    """Why a source surely has no gradient.

    `what` names the operation or value where the path broke (`"tf.argmax"`, `"'y'"`), `tape` another tape that is
    involved, `at` the place where it broke.
    """

    kind: CauseKind
    what: str = ""
    tape: str = ""
    at: Where = None
    detail: str = ""


class Answer(Enum):
    """What `gradient` gives for one source."""

    NONE = "None"
    CONNECTED = "a tensor"
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True)
class AskedSource:
    """One source of a `gradient` call, under the name the reader knows it by."""

    name: str
    answer: Answer
    cause: Cause | None = None
    which: int = field(default=0, compare=False)
    """Tells apart sources of one name: the layers of a model that were not given names."""


@dataclass(frozen=True)
class GradientAsked:
    """`gradient`, `jacobian` or `batch_jacobian` was called and did not raise."""

    where: Where
    tape: str
    method: str
    target: str
    sources: tuple[AskedSource, ...]
    in_own_block: bool = False
    """The tape is persistent and was recording when asked: TensorFlow logs its warning."""
    result_differentiated: bool = False
    """Some tape may differentiate the result."""


@dataclass(frozen=True)
class CallRaised:
    """A call on a tape (or entering it) raised."""

    where: Where
    tape: str
    method: str
    misuse: Misuse
    message: str = ""
    what: str = ""
    """The expression that is at fault (`"loss.numpy()"`, `"model"`, an operation, an attribute name)."""
    kind: str = ""
    """What that is, as a noun phrase (`"a Python number"`, `"a NumPy array"`, `"None"`, `"a model"`)."""


@dataclass(frozen=True)
class BackwardRecorded:
    """An outer tape recorded the operations of an inner tape's gradient computation."""

    where: Where
    inner: str
    outer: str
    differentiated: bool
    """The outer tape was asked for the gradient of something computed from the result."""


class Kept(Enum):
    """What keeps a recording alive after the last use of its tape."""

    MODULE = "a module-level name"
    ATTRIBUTE = "an attribute"
    CONTAINER = "a container"
    SECOND_NAME = "a second name"


@dataclass(frozen=True)
class TapeEnded:
    """The life of one tape, told at its end (or at the end of the program)."""

    where: Where
    """Where the tape was made."""
    tape: str
    persistent: bool
    named: bool
    asked: int
    """How many gradient calls it answered, at most."""
    records: bool
    """It surely recorded at least one operation."""
    kept: Kept | None = None
    """What still held the recording after the last use."""
    entered_again_in_loop: Where = None
    """The `with` that entered it again and again, if any."""
    grows: bool = False
    deleted: bool = False
    """`del` is applied to its name, in some run."""
    traced: bool = False
    """It was made while a function was traced: it recorded symbolic tensors, which take no memory of their own."""
    last_use: Where = field(default=None, compare=False)


@dataclass(frozen=True)
class RedundantWatch:
    """`watch` of a trainable variable that the tape watches anyway."""

    where: Where
    tape: str
    variable: str


@dataclass(frozen=True)
class WrongValue:
    """A gradient call gives a tensor, but not the derivative that the program asks for."""

    where: Where
    tape: str
    target: str
    sources: tuple[str, ...]
    flaw: Flaw
    what: str = ""
    """The term, variable, operation or argument that the flaw is about."""
    other: str = ""
    """Another tape or expression that is involved."""


Event = Union[GradientAsked, CallRaised, BackwardRecorded, TapeEnded, RedundantWatch, WrongValue]
