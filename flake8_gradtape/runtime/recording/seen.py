"""What a survey of a program has seen of its gradient calls, and what may be changed in another run: plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Point:
    """Where a value came to be."""

    number: int
    is_variable: bool = False
    writes: int = 0
    """How often the variable had been written to."""


@dataclass(frozen=True)
class Change:
    """What becomes of a value: replaced by `instead`, if given, and then increased by `plus`."""

    plus: Any = 0.0
    instead: Any = None


@dataclass(frozen=True)
class SeenSource:
    """One source of a call: where its value comes from, the value itself, and what the call gave for it."""

    point: Point | None
    value: Any
    gave: Any


@dataclass(frozen=True)
class SeenAsk:
    """One gradient call of a program."""

    number: int
    method: str
    target_ids: tuple[int, ...]
    without_gradient: frozenset[int]
    """The sources that got None."""


@dataclass(frozen=True)
class SeenInFull(SeenAsk):
    """A gradient call on a line of interest, with all values as arrays."""

    line: int
    column: int | None
    target: tuple[Any, ...]
    sources: tuple[SeenSource, ...]
    weights: tuple[Any, ...] | None
    """`output_gradients`, if given: None for each that is None."""
    weighted_by_itself: bool
    """The target, a single number, is given as `output_gradients`."""
    now: Mapping[Point, Any]
    """The values of all variables that were written to since the recording began; the point is before those writes."""
    variables: int
    """How many variables there have been by then."""


class CannotReplay(Exception):
    """The program can't be run in this way; the text says why."""
