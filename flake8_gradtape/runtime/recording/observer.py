"""Keeps account of all tapes while a program runs, and tells it as events; how it gets to know is in `instrument`."""

from __future__ import annotations

import ast
import threading
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from flake8_gradtape.events import (
    Answer,
    AskedSource,
    BackwardRecorded,
    CallRaised,
    Event,
    GradientAsked,
    Misuse,
    RedundantWatch,
    TapeEnded,
)
from flake8_gradtape.runtime.recording.lines import Place, source_of_arguments
from flake8_gradtape.runtime.recording.native import NativeTapes
from flake8_gradtape.runtime.recording.result import BackwardWork, Held, Warned
from flake8_gradtape.runtime.recording.tape_life import TapeLife, Watch


@dataclass
class Ask:
    """One call of `gradient`, `jacobian` or `batch_jacobian`, while it runs and after."""

    life: TapeLife
    method: str
    place: Place | None
    in_own_block: bool
    marks: list[tuple[TapeLife, int]]
    """The tapes that record the call, and how many operations each had when it began."""
    answers: list[Answer] = field(default_factory=list)
    target: str = ""
    names: tuple[str, ...] = ()
    differentiated_by: set[str] = field(default_factory=set)
    """Names of tapes that were asked for the gradient of something computed from the result."""


@dataclass
class Backward:
    """Work that an outer tape recorded during an ask."""

    ask: Ask
    outer: str
    operations: int


class _ThreadState(threading.local):
    def __init__(self) -> None:
        self.active: list[tuple[TapeLife, Any]] = []
        self.asks: list[Ask] = []
        self.place: Place | None = None


class Observer:
    """The account of one run."""

    def __init__(self, native: NativeTapes) -> None:
        self.native = native
        self.warnings: list[Warned] = []
        self.reached: set[int] = set()
        self.held: dict[str, Held] = {}
        self._thread = _ThreadState()
        self._lives: list[TapeLife] = []
        self._results: dict[str, list[tuple[Ask, tuple[int, ...]]]] = {}
        self._story: list[tuple[Place | None, Event | Ask | Backward]] = []
        self._interrupted: set[str] = set()

    # Tapes ----------------------------------------------------------------------------------------------------------

    def make(self, tape: Any, place: Place | None, in_graph: bool) -> TapeLife:
        """A tape was made."""
        line = self._reach(place)
        name = f"tape {len(self._lives) + 1}" + (f" (line {line})" if line else " (library)")
        life = TapeLife(name, place, bool(tape._persistent), in_graph, weakref.ref(tape), last_use=line)
        self._lives.append(life)
        return life

    def enter(self, life: TapeLife, place: Place | None, in_graph: bool) -> None:
        """`with tape:` has begun."""
        life.enter(self._use(life, place), in_graph)

    def leave(self, life: TapeLife) -> None:
        """`with tape:` ends; the tape may still be recording."""
        life.leave(self.native, self._active_tapes())

    def push(self, life: TapeLife, tape: Any) -> None:
        """The tape records from now on."""
        life.entered = True
        self._thread.active.append((life, tape))

    def pop(self, tape: Any) -> None:
        """The tape no longer records."""
        self._thread.active = [entry for entry in self._thread.active if entry[1] is not tape]

    def drop(self, life: TapeLife) -> None:
        """The tape let go of its recording."""
        life.forget()
        self._results.pop(life.name, None)

    def die(self, life: TapeLife, deleted: bool) -> None:
        """The tape object is gone; `deleted` says whether the program deletes a name right now."""
        if not life.ended:
            life.deleted = deleted
            life.postponed.clear()
            self._end(life, kept=False)

    # Calls ----------------------------------------------------------------------------------------------------------

    def call(self, life: TapeLife | None, place: Place | None) -> None:
        """The program calls a method of a tape."""
        self._use(life, place)
        self._thread.place = place

    def watch(self, life: TapeLife, place: Place | None, watched: Sequence[Any]) -> None:
        """The program called `watch`."""
        postponed = {variable.handle._id for variable in life.postponed}
        numbers = [getattr(getattr(one, "handle", None), "_id", None) for one in watched]
        life.watches.append(Watch(place, tuple(number if number in postponed else None for number in numbers)))

    def postpone_watch(self, native: Any, variable: Any) -> bool:
        """Whether TensorFlow's tape will put this variable on its list by itself when it is read."""
        life = next((life for life, active in self._thread.active if active is native), None)
        if life is None or type(variable).__name__ != "ResourceVariable" or not variable.trainable:
            return False
        if not getattr(life.ref(), "_watch_accessed_variables", False):
            return False
        life.postponed.append(variable)
        return True

    def fail(self, life: TapeLife | None, method: str, place: Place | None, misuse: Misuse, error: Exception) -> None:
        """A call on a tape raised."""
        line = self._reach(place)
        message = f"{type(error).__name__}: {error}".strip()
        event = CallRaised(line, life.name if life else "", method, misuse, message)
        self._story.append((place, event))

    def begin(self, life: TapeLife, method: str, place: Place | None, in_own_block: bool) -> Ask:
        """The program asks a tape. Until `answer` or `abandon`, calls on the same tape are part of this one."""
        self.call(life, place)
        marks = [(other, len(other.operations)) for other, _ in self._thread.active]
        ask = Ask(life, method, place, in_own_block, marks)
        self._thread.asks.append(ask)
        return ask

    def current_ask(self, life: TapeLife) -> Ask | None:
        """The call on this tape that is running in this thread."""
        return next((ask for ask in reversed(self._thread.asks) if ask.life is life), None)

    def asking(self, tape: Any) -> Ask | None:
        """The call on TensorFlow's own `tape` that is running in this thread."""
        return next((ask for ask in reversed(self._thread.asks) if ask.life.native() is tape), None)

    def abandon(self, ask: Ask) -> None:
        """The call raised."""
        self._thread.asks.remove(ask)

    def answer(self, ask: Ask, answers: Sequence[Answer], results: tuple[int, ...], spent: bool) -> None:
        """The call gave an answer for each source; `results` are the numbers of the tensors that it gave."""
        self._thread.asks.remove(ask)
        ask.answers = list(answers)
        ask.life.asked += 1
        self._reach(ask.place)
        self._story.append((ask.place, ask))
        active = self._active_tapes()
        for life, mark in ask.marks:
            if life.native() is None:
                continue  # spent by this very call
            self._results.setdefault(life.name, []).append((ask, results))
            if life is ask.life:
                continue
            # an outer tape drops what leads to no living tensor: only what it still has is work kept
            kept = sum(life.live_operations(self.native, active, mark))
            if kept:
                self._story.append((ask.place, Backward(ask, life.name, kept)))
        if spent:
            self.drop(ask.life)

    def results_recorded_by(self, life: TapeLife) -> list[tuple[Ask, tuple[int, ...]]]:
        """Gradient calls that this tape was recording, with the numbers of the tensors that they gave."""
        return [(ask, results) for ask, results in self._results.get(life.name, []) if results]

    def differentiate(self, ask: Ask, life: TapeLife) -> None:
        """`life` was asked for the gradient of something computed from the result of `ask`."""
        ask.differentiated_by.add(life.name)

    # Operations -----------------------------------------------------------------------------------------------------

    def operation(self, inputs: Sequence[Any], outputs: Sequence[Any], in_graph: bool) -> None:
        """TensorFlow ran an operation, or added it to the graph that is being traced.

        A tape entered outside the tf.function that is being traced does record its operations, but only until the trace
        is over: then it has the call of the function as one operation.
        """
        active = self._thread.active
        if not active:
            return
        recording = self.native.which_record(inputs, [tape for _, tape in active])
        for (life, _), records in zip(active, recording, strict=True):
            if records and life.in_graph == in_graph:
                life.note_operation(inputs, outputs)

    def warn(self, message: str) -> None:
        """TensorFlow logged a warning."""
        self.warnings.append(Warned(self._thread.place.line if self._thread.place else None, message))

    # The end --------------------------------------------------------------------------------------------------------

    def finish(self, interrupted: bool) -> list[Any]:
        """The program is over: what is alive now stays alive. Gives TensorFlow's tapes that record still."""
        active = self._active_tapes()
        for life in self._lives:
            if life.ended:
                continue
            kept = any(life.live_operations(self.native, active))
            if interrupted:
                self._interrupted.add(life.name)
            self._end(life, kept)
        for life in self._lives:
            if life.ref() is not None:
                self.held[life.name] = life.measure_and_release(self.native, active)
        return active

    def events(self) -> list[tuple[Place, Event]]:
        """What happened on lines of the program."""
        told = [(place, _event(entry)) for place, entry in self._story if place is not None]
        return told + list(self._redundant_watches())

    def library_events(self) -> list[Event]:
        """What library code did."""
        return [_event(entry) for place, entry in self._story if place is None]

    def backward_work(self) -> list[BackwardWork]:
        """The sizes of the gradient computations that outer tapes recorded."""
        return [
            BackwardWork(place.line, entry.outer, entry.operations)
            for place, entry in self._story
            if place is not None and isinstance(entry, Backward)
        ]

    def _redundant_watches(self) -> Iterator[tuple[Place, Event]]:
        """The calls of `watch` that made no difference, each time that they ran."""
        watches = [(life, watch) for life in self._lives for watch in life.watches]
        needed = {watch.place for life, watch in watches if not life.is_redundant(watch)}
        for life, watch in watches:
            if watch.place is not None and watch.place not in needed:
                argument = source_of_arguments(watch.place.call, 0, "tensor")
                name = ast.unparse(argument) if argument else ""
                yield watch.place, RedundantWatch(watch.place.line, life.name, name)

    @property
    def interrupted(self) -> frozenset[str]:
        """Tapes that were alive when the program was ended by an error."""
        return frozenset(self._interrupted)

    def _end(self, life: TapeLife, kept: bool) -> None:
        event: TapeEnded = life.end(kept)
        life.ended = True
        self.held.setdefault(life.name, Held(life.recorded, growth=life.growth()[1]))
        self._results.pop(life.name, None)
        self._story.append((life.made_at, event))

    def _active_tapes(self) -> list[Any]:
        return [tape for _, tape in self._thread.active]

    def _use(self, life: TapeLife | None, place: Place | None) -> int | None:
        line = self._reach(place)
        if life is not None and line is not None:
            life.last_use = line
        return line

    def _reach(self, place: Place | None) -> int | None:
        if place is None:
            return None
        self.reached.add(place.line)
        return place.line


def _event(entry: Event | Ask | Backward) -> Event:
    if isinstance(entry, Ask):
        return _asked(entry)
    if isinstance(entry, Backward):
        line = entry.ask.place.line if entry.ask.place else None
        return BackwardRecorded(line, entry.ask.life.name, entry.outer, entry.outer in entry.ask.differentiated_by)
    return entry


def _asked(ask: Ask) -> GradientAsked:
    names = ask.names
    if len(names) != len(ask.answers):  # a list under one name
        names = tuple(f"source {index + 1}" for index in range(len(ask.answers)))
    sources = tuple(AskedSource(name, answer) for name, answer in zip(names, ask.answers, strict=True))
    return GradientAsked(
        where=ask.place.line if ask.place else None,
        tape=ask.life.name,
        method=ask.method,
        target=ask.target,
        sources=sources,
        in_own_block=ask.in_own_block,
        result_differentiated=bool(ask.differentiated_by),
    )
