"""What the recorder knows of one tape, from its making to its end; who calls the tape is not told here."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from flake8_gradtape.events import Kept, TapeEnded
from flake8_gradtape.runtime.recording.lines import Place
from flake8_gradtape.runtime.recording.native import NativeTapes
from flake8_gradtape.runtime.recording.result import Held

MEASURED_PASSES = 8
"""A tape that is entered again and again is measured after so many passes: looking costs as much as there is."""


@dataclass
class Pass:
    """One block of `with tape:`."""

    where: int
    start: int
    """Number of operations that the tape had recorded before."""
    total: int | None = None
    """Number of operations that the tape had at the end of the block."""
    earlier: int = 0
    """How many of those were recorded in earlier blocks of the same `with`."""


@dataclass(frozen=True)
class Watch:
    """One call of `watch`."""

    place: Place | None
    watched: tuple[int | None, ...]
    """The number of each variable that the tape might watch by itself; None for anything else."""


@dataclass
class TapeLife:
    """One tape. `ref` is weak: the recorder must not be what keeps a tape alive."""

    name: str
    made_at: Place | None
    """None if library code made it."""
    persistent: bool
    in_graph: bool
    """Made, or last entered, while a tf.function was traced: what it records are symbols, not values."""
    ref: weakref.ref[Any]
    entered: bool = False
    ended: bool = False
    asked: int = 0
    recorded: int = 0
    operations: list[tuple[int, ...]] = field(default_factory=list)
    """The outputs, by number, of each operation recorded since the recording began."""
    tensors: dict[int, weakref.ref[Any]] = field(default_factory=dict)
    passes: list[Pass] = field(default_factory=list)
    last_use: int | None = None
    deleted: bool = False
    """It went when the program deleted a name of it."""
    watches: list[Watch] = field(default_factory=list)
    accessed: set[int] = field(default_factory=set)
    """Trainable variables, by number, that the tape watched by itself."""
    postponed: list[Any] = field(default_factory=list)
    """Variables that the program watched and TensorFlow has not on its list for that."""
    listed: set[int] = field(default_factory=set)
    """The numbers of those that the recorder put on the list afterwards."""

    def native(self) -> Any:
        """TensorFlow's own tape; None if the tape was never entered, is spent or is gone."""
        return getattr(self.ref(), "_tape", None)

    def note_operation(self, inputs: Sequence[Any], outputs: Sequence[Any]) -> None:
        """The tape recorded an operation."""
        self.recorded += 1
        self.operations.append(tuple(output._id for output in outputs))
        if not self.in_graph:
            for tensor in (*inputs, *outputs):
                self.tensors.setdefault(tensor._id, weakref.ref(tensor))

    def forget(self) -> None:
        """The recording was dropped: the tape is spent or was reset."""
        self.operations.clear()
        self.tensors.clear()
        self.passes.clear()
        self.postponed.clear()

    def live_operations(self, native: NativeTapes, active: Sequence[Any], start: int = 0) -> list[bool]:
        """For each operation from number `start` on, whether the tape still has it."""
        tape = self.native()
        if tape is None:
            return [False] * len(self.operations[start:])
        return native.still_recorded(tape, self.operations[start:], active)

    def enter(self, where: int | None, in_graph: bool) -> None:
        """`with tape:` begins, on a line of the program."""
        self.entered, self.in_graph = True, in_graph
        if where is not None:
            self.passes.append(Pass(where, len(self.operations)))

    def leave(self, native: NativeTapes, active: Sequence[Any]) -> None:
        """A block ends: measure what the tape has now."""
        if not self.passes or self.passes[-1].total is not None:
            return
        now = self.passes[-1]
        if sum(one.where == now.where for one in self.passes) > MEASURED_PASSES:
            return
        alive = self.live_operations(native, active)
        now.total = sum(alive)
        for one, later in pairwise(self.passes):
            if one.where == now.where:
                now.earlier += sum(alive[one.start : later.start])

    def growth(self) -> tuple[int | None, tuple[int, ...]]:
        """The `with` that entered the tape again, and the operations that the tape had after each pass through it.

        The line is None if no `with` entered the tape twice.
        """
        by_line: dict[int, list[Pass]] = {}
        for one in self.passes:
            by_line.setdefault(one.where, []).append(one)
        where, passes = max(by_line.items(), key=lambda item: len(item[1]), default=(None, []))
        if len(passes) < 2:
            return None, ()
        return where, tuple(one.total for one in passes if one.total is not None)

    def grows(self) -> bool:
        """Whether the last measured pass left more on the tape than the one before, and kept what that one had left."""
        where, totals = self.growth()
        measured = [one for one in self.passes if one.where == where and one.total is not None]
        return len(totals) >= 2 and totals[-1] > totals[-2] and measured[-1].earlier > 0

    def end(self, kept: bool) -> TapeEnded:
        """The tape is gone, or the program is over; `kept` says whether its recording is still alive."""
        again, _ = self.growth()
        return TapeEnded(
            where=self.made_at.line if self.made_at else None,
            tape=self.name,
            persistent=self.persistent,
            named=True,  # not to be seen at run time
            asked=self.asked,
            records=self.recorded > 0,
            kept=Kept.MODULE if kept else None,  # what keeps it is not to be seen at run time
            entered_again_in_loop=again,
            grows=self.grows(),
            deleted=self.deleted,
            last_use=self.last_use,
        )

    def note_watched(self, native: Any) -> None:
        """Note which variables TensorFlow's tape has on its list."""
        listed = {getattr(variable.handle, "_id", -1) for variable in native.watched_variables()}
        self.accessed.update(listed - self.listed)

    def list_postponed(self, native: Any, watch: Callable[[Any, Any], None]) -> None:
        """Put the variables that the program watched on the list, before it is looked at."""
        self.note_watched(native)
        for variable in self.postponed:
            if variable.handle._id not in self.accessed:
                self.listed.add(variable.handle._id)
            watch(native._tape, variable)

    def is_redundant(self, watch: Watch) -> bool:
        """Whether the tape came to watch all of that by itself."""
        return bool(watch.watched) and all(number in self.accessed for number in watch.watched)

    def measure_and_release(self, native: NativeTapes, active: Sequence[Any]) -> Held:
        """Take the recording from the tape, at the end of the program, and see which tensors die by that."""
        operations = sum(self.live_operations(native, active))
        sizes = {number: _size(ref()) for number, ref in self.tensors.items() if ref() is not None}
        tape = self.ref()
        if tape is not None:
            tape._tape, tape._recording = None, False
        dead = [number for number in sizes if self.tensors[number]() is None]
        return Held(self.recorded, operations, len(dead), sum(sizes[number] for number in dead), self.growth()[1])


def _size(tensor: Any) -> int:
    count = tensor.shape.num_elements()
    return int(count or 0) * int(getattr(tensor.dtype, "size", 0) or 0)
