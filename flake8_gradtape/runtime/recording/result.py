"""What one run of a program on the real TensorFlow showed: plain data, made by the recorder; nothing is judged."""

from __future__ import annotations

from dataclasses import dataclass, field

from flake8_gradtape.events import Event


@dataclass(frozen=True)
class ProgramError:
    """An exception that ended a program, or was raised in it."""

    kind: str
    """The name of its type; "TimeLimit" if the program was stopped, "Died" if its process was."""
    message: str
    where: int | None
    """The line of the program (the innermost one), if there is one."""
    column: int | None = None
    """0-based, in characters, where the expression that raised begins; None if it is not known."""

    def __str__(self) -> str:
        lines = self.message.strip().splitlines() or [""]
        told = lines[-1].strip() if lines[0] == "in user code:" else lines[0]  # AutoGraph puts its own stack first
        return told if told.startswith(self.kind) else f"{self.kind}: {told}".rstrip(": ")


@dataclass(frozen=True)
class Warned:
    """A warning that TensorFlow logged during a call on a tape."""

    where: int | None
    message: str


@dataclass(frozen=True)
class Held:
    """What one tape recorded and held in memory, measured."""

    recorded: int
    """Operations that the tape recorded in its whole life."""
    operations: int = 0
    """Operations that the tape still had at the end of the program."""
    tensors: int = 0
    """Tensors that only this recording kept alive at the end of the program."""
    size: int = 0
    """Their bytes."""
    growth: tuple[int, ...] = ()
    """Operations that the tape had at the end of each pass through the `with` that entered it again and again."""


@dataclass(frozen=True)
class BackwardWork:
    """How many operations of an inner gradient computation an outer tape recorded."""

    where: int
    outer: str
    operations: int


@dataclass(frozen=True)
class Difference:
    """What one gradient call gave, compared with central finite differences."""

    where: int
    column: int | None
    """None if it is not known."""
    wrong: bool | None
    """None if it can't be told."""
    words: str


@dataclass(frozen=True)
class Recording:
    """What happened to the tapes of a program.

    `where` in events is the 1-based line on which the call, or the making of the tape, begins in the program's file.
    A tape's name in events is unique, and is the key of `held`.
    """

    events: tuple[Event, ...]
    columns: tuple[int | None, ...] = ()
    """For each event the 0-based column, in characters, where its call begins; None if that is not known."""
    error: ProgramError | None = None
    raised: tuple[ProgramError, ...] = ()
    """Exceptions that came out of a line of the program, by whatever was called there, caught or not; of those of one
    type that came out of the same place there is the first."""
    completed: frozenset[int] = frozenset()
    """Lines that ran with everything that stands on them, and raised nothing."""
    library: tuple[Event, ...] = ()
    """Events of tapes made by, or calls made by, library code: nothing a line of the program can be blamed for."""
    warnings: tuple[Warned, ...] = ()
    reached: frozenset[int] = frozenset()
    """Lines on which the program made, entered or called a tape, or on which it ended by an error."""
    headers: dict[int, int] = field(default_factory=dict)
    """From each further line of a `with` header of several lines to its first one: which of them a call on entering
    counts for depends on the version of Python."""
    held: dict[str, Held] = field(default_factory=dict)
    backward: tuple[BackwardWork, ...] = ()
    interrupted: frozenset[str] = frozenset()
    """Tapes that were alive when an error, or the time limit, ended the program: their story was cut short."""
    output: str = ""
    """What the program printed, if that was captured."""
    differences: tuple[Difference, ...] = ()
    """Comparisons of gradient calls with finite differences, on the lines for which they were asked for."""
