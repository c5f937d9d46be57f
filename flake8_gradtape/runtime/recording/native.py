"""Questions to TensorFlow's own tape, the C++ object behind `tf.GradientTape`; it judges nothing.

Imports TensorFlow when first used. A "native" tape is the `_tape` attribute of a GradientTape.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from typing import Any


class TensorId:
    """Stands for a tensor, perhaps a dead one, by the number under which tapes know it.

    TensorFlow reads no more than these two attributes of a tensor that it looks up on a tape, and never gives a number
    to a second tensor. So a tape can be asked about a tensor without keeping it alive.
    """

    __slots__ = ("_id", "dtype")

    def __init__(self, number: int) -> None:
        self._id = number
        self.dtype = _float32()


class NativeTapes:
    """The tapes that record in this thread, in the order in which TensorFlow has them, and what they know."""

    def __init__(self) -> None:
        self._c: Any = import_module("tensorflow.python.pywrap_tfe")

    def is_stopped(self) -> bool:
        """Library code keeps all tapes of this thread from recording."""
        return bool(self._c.TFE_Py_TapeSetIsStopped())

    def records(self, inputs: Sequence[Any]) -> bool:
        """Whether any recording tape would record an operation on these tensors."""
        if self.is_stopped():
            return False
        return bool(self._c.TFE_Py_TapeSetShouldRecordBackprop(inputs))

    def which_record(self, inputs: Sequence[Any], active: Sequence[Any]) -> list[bool]:
        """For each of the `active` tapes, which must be all that record, whether it records operations on `inputs`."""
        if not self.records(inputs):
            return [False] * len(active)
        if len(active) == 1:
            return [True]
        return [self._alone(tape, active, lambda: self.records(inputs)) for tape in active]

    def still_recorded(self, tape: Any, operations: Iterable[tuple[int, ...]], active: Sequence[Any]) -> list[bool]:
        """For each operation, given by the numbers of its outputs, whether `tape` still has it.

        A tape forgets an operation while it records, when the last tensor made by it dies; a tape that does not record
        at that moment never learns of it, and keeps the operation.
        """

        def ask() -> list[bool]:
            tracked = self._c.TFE_Py_TapeSetShouldRecordBackprop
            return [bool(tracked([TensorId(number) for number in outputs])) for outputs in operations]

        known: list[bool] = self._alone(tape, active, ask)
        return known

    def _alone(self, tape: Any, active: Sequence[Any], ask: Callable[[], Any]) -> Any:
        """Ask while only `tape` records; afterwards `active` record again, in their order."""
        add, remove = self._c.TFE_Py_TapeSetAdd, self._c.TFE_Py_TapeSetRemove
        for other in active:
            remove(other._tape)
        add(tape._tape)
        try:
            return ask()
        finally:
            remove(tape._tape)
            for other in active:
                add(other._tape)


@functools.cache
def _float32() -> Any:
    return import_module("tensorflow").float32
