"""Where the random decisions of a program come from: a seeded stream or Hypothesis; what they decide is elsewhere."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


class Chooser(Protocol):
    """The one decision a source of randomness must be able to take."""

    def integer(self, low: int, high: int) -> int:
        """Give an integer from `low` to `high`, both included; a source that shrinks, shrinks towards `low`."""
        ...


class RandomChooser:
    """Decisions from a seed: fast, and the same in every process."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed).random

    def integer(self, low: int, high: int) -> int:
        return low + int(self._random() * (high - low + 1))


class DrawChooser:
    """Decisions from Hypothesis, so that a failing program shrinks."""

    def __init__(self, draw: Callable[[st.SearchStrategy[int]], int]) -> None:
        self._draw = draw

    def integer(self, low: int, high: int) -> int:
        return low if low == high else self._draw(st.integers(low, high))


class Picker:
    """The decisions a generator takes, all made of `Chooser.integer`; earlier options are the simpler ones."""

    def __init__(self, chooser: Chooser) -> None:
        self.integer = chooser.integer

    def chance(self, percent: int) -> bool:
        """True in `percent` of 100 cases; shrinks to False."""
        return self.integer(0, 99) >= 100 - percent

    def one(self, options: Sequence[T]) -> T:
        """One of `options`, all equally likely."""
        return options[self.integer(0, len(options) - 1)]

    def weighted(self, options: Sequence[tuple[int, T]]) -> T:
        """One of `options`, each as likely as its weight says."""
        rest = self.integer(0, sum(weight for weight, _ in options) - 1)
        for weight, option in options:
            rest -= weight
            if rest < 0:
                return option
        raise ValueError("no option has a weight")

    def some(self, options: Sequence[T], least: int, most: int) -> list[T]:
        """Between `least` and `most` different elements of `options`, in their order."""
        count = self.integer(min(least, len(options)), min(most, len(options)))
        left = list(range(len(options)))
        return [options[index] for index in sorted(left.pop(self.integer(0, len(left) - 1)) for _ in range(count))]
