"""Runs a program again with some of its values changed, and reads the target of one gradient call; compares nothing.

A value is found again by the order in which values come to be: the n-th floating-point tensor, or the n-th variable
after so many writes. Functions run eagerly, so that every value can be read.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import threading
import weakref
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from flake8_gradtape.runtime.recording.lines import ProgramLines
from flake8_gradtape.runtime.recording.program import ProgramFile, run_program
from flake8_gradtape.runtime.recording.result import ProgramError
from flake8_gradtape.runtime.recording.seen import CannotReplay, Change, Point, SeenAsk, SeenInFull, SeenSource

_MOST_LOOKED_AT = 3
"""So many runs of one call are looked at: a training loop makes the same mistake in each pass."""
_WRITES = ("assign", "scatter", "batch_scatter")
_ASKING = ("gradient", "jacobian", "batch_jacobian")


class _Reached(BaseException):
    """Ends a program whose target has been read."""


@dataclass
class Replayer:
    """Runs one program again and again."""

    program: ProgramFile
    judged: ProgramFile
    """The file whose lines are meant: the program's own, or that of a module it imports."""
    argv: Sequence[str] = ()

    def survey(self, lines: Collection[int]) -> list[SeenAsk]:
        """Run the program unchanged and give its gradient calls, those on `lines` in full."""
        run = _Run(ProgramLines(self.judged.source, self.judged.filename), frozenset(lines))
        self._run(run)
        if run.trouble:
            raise CannotReplay(run.trouble)
        return run.seen

    def target(self, number: int, changes: Mapping[Point, Change], held: list[Any]) -> tuple[Any, ...]:
        """Run the program with `changes` up to gradient call `number` and give its target.

        What `tf.stop_gradient` gives is meant to be a constant: an empty `held` is filled with those values, and in
        later runs they are used in place of the changed ones. Raises CannotReplay.
        """
        run = _Run(ProgramLines("", self.judged.filename), frozenset(), changes, number, held, filling=not held)
        error = self._run(run)
        if run.read is None:
            raise CannotReplay(f"the program does not get there again{f': {error}' if error else ''}")
        if run.pending:
            raise CannotReplay("a source was not found again")
        return run.read

    def _run(self, run: _Run) -> ProgramError | None:
        tf: Any = import_module("tensorflow")
        before = tf.config.functions_run_eagerly()
        tf.config.run_functions_eagerly(True)
        try:
            with run.patched():
                error, _ = run_program(self.program.source, self.program.filename, self.argv, True, lambda failed: None)
        except _Reached:
            return None
        finally:
            tf.config.run_functions_eagerly(before)
        if error is not None and error.kind == "TimeLimit":
            raise CannotReplay(str(error))
        return error


@dataclass
class _Run:
    """The account of one run."""

    lines: ProgramLines
    wanted: frozenset[int]
    changes: Mapping[Point, Change] = field(default_factory=dict)
    stop_at: int | None = None
    held: list[Any] = field(default_factory=list)
    filling: bool = False
    seen: list[SeenAsk] = field(default_factory=list)
    read: tuple[Any, ...] | None = None
    trouble: str = ""

    def __post_init__(self) -> None:
        """Import what of TensorFlow is needed, and begin to count."""
        self.pending = set(self.changes)
        self._ops: Any = import_module("tensorflow.python.framework.ops")
        self._resource: Any = import_module("tensorflow.python.ops.resource_variable_ops")
        self._raw: Any = import_module("tensorflow.python.ops.gen_resource_variable_ops")
        self._math: Any = import_module("tensorflow.python.ops.math_ops")
        self._nest: Any = import_module("tensorflow.python.util.nest")
        self._record: Any = import_module("tensorflow.python.eager.record")
        self._thread = threading.get_ident()
        self._busy = False
        self._asking = False
        self._asks = self._tensors = self._stops = 0
        self._tensor_numbers: dict[int, int] = {}
        self._variable_numbers: dict[int, int] = {}
        self._variables: list[weakref.ref[Any]] = []
        self._writes: list[int] = []
        self._begun: weakref.WeakKeyDictionary[Any, list[int]] = weakref.WeakKeyDictionary()
        self._looked_at: dict[tuple[int, int | None], int] = {}

    @contextlib.contextmanager
    def patched(self) -> Iterator[None]:
        """Tell this run of all that happens in TensorFlow while the block runs."""
        tape: Any = import_module("tensorflow.python.eager.backprop").GradientTape
        calls: Any = import_module("tensorflow.python.pywrap_tfe")
        constants: Any = import_module("tensorflow.python.framework.constant_op")
        base, made = self._resource.BaseResourceVariable, self._resource.ResourceVariable
        patches: list[tuple[Any, str, Callable[[Any], Any]]] = [
            (calls, "TFE_Py_FastPathExecute", functools.partial(self._executing, position=1)),
            (calls, "TFE_Py_Execute", functools.partial(self._executing, position=2)),
            (constants, "convert_to_eager_tensor", functools.partial(self._executing, position=None)),
            (made, "__init__", self._making),
            (tape, "_push_tape", self._pushing),
            *((one, name, self._writing) for one in (base, made) for name in vars(one) if name.startswith(_WRITES)),
            *((tape, name, functools.partial(self._asked, method=name)) for name in _ASKING),
        ]
        originals = [(owner, name, getattr(owner, name)) for owner, name, _ in patches]
        try:
            for (owner, name, patch), (_, _, original) in zip(patches, originals, strict=True):
                setattr(owner, name, patch(original))
            yield
        finally:
            for owner, name, original in originals:
                setattr(owner, name, original)

    # Values ---------------------------------------------------------------------------------------------------------

    def _executing(self, original: Callable[..., Any], position: int | None) -> Callable[..., Any]:
        def executed(*args: Any, **kwargs: Any) -> Any:
            result = original(*args, **kwargs)
            if self._busy or threading.get_ident() != self._thread:
                return result
            operation = str(args[position]) if position is not None else ""
            if operation.startswith(("ResourceApply", "ResourceSparseApply")):
                self.trouble = f"{operation} writes to variables unseen"
            if isinstance(result, list):
                return [self._born(one, operation) for one in result]
            return self._born(result, operation)

        return executed

    def _born(self, value: Any, operation: str) -> Any:
        """Number a floating tensor that an operation gives, and change it if it is one of those to be moved."""
        if not isinstance(value, self._ops.EagerTensor) or not value.dtype.is_floating:
            return value
        if value._id in self._tensor_numbers:  # tf.constant of a tensor gives that tensor
            return value
        if operation == "StopGradient" and self.stop_at is not None:
            value = self._stopped(value)
        point = Point(self._tensors)
        self._tensors += 1
        self._tensor_numbers[value._id] = point.number
        change = self.changes.get(point)
        if change is None:
            return value
        self.pending.discard(point)
        with self._unseen():
            return self._math.add(value, self._math.cast(change.plus, value.dtype))

    def _stopped(self, value: Any) -> Any:
        self._stops += 1
        if self.filling:
            self.held.append(value.numpy())
        elif self._stops <= len(self.held):
            with self._unseen():
                return self._ops.convert_to_tensor(self.held[self._stops - 1], value.dtype)
        return value

    def _making(self, original: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(original)
        def made(variable: Any, *args: Any, **kwargs: Any) -> None:
            original(variable, *args, **kwargs)
            key = getattr(variable.handle, "_id", None)
            if key is not None and threading.get_ident() == self._thread:
                self._variable_numbers[key] = len(self._writes)
                self._variables.append(weakref.ref(variable))
                self._writes.append(0)
                self._change(variable, len(self._writes) - 1)

        return made

    def _writing(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def written(variable: Any, *args: Any, **kwargs: Any) -> Any:
            result = original(variable, *args, **kwargs)
            number = self._variable_numbers.get(getattr(variable.handle, "_id", -1))
            if number is not None:
                self._writes[number] += 1
                self._change(variable, number)
            return result

        return written

    def _change(self, variable: Any, number: int) -> None:
        point = Point(number, True, self._writes[number])
        change = self.changes.get(point)
        if change is None:
            return
        self.pending.discard(point)
        with self._unseen(), self._record.stop_recording():
            value = self._raw.read_variable_op(variable.handle, variable.dtype)
            if change.instead is not None:
                value = self._ops.convert_to_tensor(change.instead, variable.dtype)
            value = self._math.add(value, self._math.cast(change.plus, variable.dtype))
            self._raw.assign_variable_op(variable.handle, value)

    @contextlib.contextmanager
    def _unseen(self) -> Iterator[None]:
        """What runs in this block is not the program's own doing."""
        before, self._busy = self._busy, True
        try:
            yield
        finally:
            self._busy = before

    # Tapes ----------------------------------------------------------------------------------------------------------

    def _pushing(self, original: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(original)
        def pushed(tape: Any) -> None:
            if tape._tape is None:
                self._begun[tape] = list(self._writes)
            original(tape)

        return pushed

    def _asked(self, original: Callable[..., Any], method: str) -> Callable[..., Any]:
        """A gradient method that counts its calls, ends the run at the wanted one, and notes what the others gave."""
        signature = inspect.signature(original)

        @functools.wraps(original)
        def asked(tape: Any, *args: Any, **kwargs: Any) -> Any:
            """Count the call, and ask once only where one method asks another."""
            if self._asking or threading.get_ident() != self._thread:
                return original(tape, *args, **kwargs)
            number, self._asks = self._asks, self._asks + 1
            try:
                given = signature.bind(tape, *args, **kwargs).arguments
            except TypeError:
                return original(tape, *args, **kwargs)
            if number == self.stop_at:
                self.read = self._arrays(self._flat(given["target"]))
                raise _Reached
            self._asking = True
            try:
                result = original(tape, *args, **kwargs)
            finally:
                self._asking = False
            if self.stop_at is None:
                with self._unseen(), self._record.stop_recording():
                    self._see(tape, method, number, given, self._nest.flatten(result))
            return result

        return asked

    def _see(self, tape: Any, method: str, number: int, given: Mapping[str, Any], gave: list[Any]) -> None:
        """Keep what a gradient call was asked and gave; in full, if it stands on one of the wanted lines."""
        targets = self._flat(given["target"])
        sources = self._flat(given["source" if method == "batch_jacobian" else "sources"])
        none = frozenset(_key(one) for one, gradient in zip(sources, gave, strict=False) if gradient is None)
        ask = SeenAsk(number, method, tuple(map(_key, targets)), none)
        place = self.lines.caller(method, dict)
        if place is not None and place.line in self.wanted and len(gave) == len(sources):
            times = self._looked_at[place.line, place.column] = self._looked_at.get((place.line, place.column), 0) + 1
            if times <= _MOST_LOOKED_AT:
                weights, only = given.get("output_gradients"), targets[0] if len(targets) == 1 else None
                explicit = self._nest.flatten(weights) if "output_gradients" in given else None
                itself = weights is not None and weights is only and only.shape.rank == 0
                ask = SeenInFull(
                    *(number, method, ask.target_ids, none, place.line, place.column),
                    target=self._arrays(targets),
                    sources=tuple(
                        SeenSource(self._point(one, tape), self._array(one), self._array(gradient))
                        for one, gradient in zip(sources, gave, strict=True)
                    ),
                    weights=None if explicit is None else self._arrays(explicit),
                    weighted_by_itself=itself,
                    now=self._written_since(tape),
                    variables=len(self._writes),
                )
        self.seen.append(ask)

    def _flat(self, values: Any) -> list[Any]:
        """Tensors and variables one by one; a Keras variable as the variable inside it."""
        flat = self._nest.flatten(values)
        return [one if _is_plain(one) else getattr(one, "_value", one) for one in flat]

    def _point(self, source: Any, tape: Any) -> Point | None:
        key = _key(source)
        if key in self._variable_numbers:
            number = self._variable_numbers[key]
            return Point(number, True, _at(self._begun.get(tape, []), number))
        return Point(self._tensor_numbers[key]) if key in self._tensor_numbers else None

    def _written_since(self, tape: Any) -> dict[Point, Any]:
        begun = self._begun.get(tape, [])
        found: dict[Point, Any] = {}
        for number, writes in enumerate(self._writes):
            variable = self._variables[number]()
            before = _at(begun, number)
            if variable is not None and writes > before and variable.dtype.is_floating:
                found[Point(number, True, before)] = self._array(variable)
        return found

    def _arrays(self, values: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(self._array(value) for value in values)

    def _array(self, value: Any) -> Any:
        if value is None:
            return None
        with self._unseen(), self._record.stop_recording():
            if hasattr(value, "handle"):
                value = self._raw.read_variable_op(value.handle, value.dtype)
            tensor = self._ops.convert_to_tensor(value)
        if not hasattr(tensor, "numpy"):
            raise CannotReplay("a value of the call is symbolic")
        return tensor.numpy()


def _is_plain(value: Any) -> bool:
    return hasattr(value, "handle") or hasattr(value, "_id")


def _key(value: Any) -> int:
    """The number by which a tensor, or a variable, is known; -1 for anything else."""
    return int(getattr(getattr(value, "handle", value), "_id", -1))


def _at(counts: Sequence[int], number: int) -> int:
    return counts[number] if number < len(counts) else 0
