"""The second module of random programs, which the machine does not see: it gives back, keeps, changes and computes."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import Any

import tensorflow as tf

kept: list[Any] = []
callbacks: list[Callable[..., Any]] = []
table: dict[str, Any] = {}


def same(value: Any) -> Any:
    """What it got."""
    return value


def double(value: Any) -> Any:
    return value * 2.0


def scale(value: Any, by: Any = 3.0) -> Any:
    return value * by


def cut(value: Any) -> Any:
    return tf.stop_gradient(value)


def yes() -> bool:
    return True


def no() -> bool:
    return False


def fail(*_: Any) -> Any:
    raise ValueError("unseen")


def keep(value: Any) -> Any:
    """Keep it: `put`, `put_item` and `run_later` reach it afterwards."""
    kept.append(value)
    return value


def put(value: Any) -> None:
    """Write into what was kept last: an attribute `loss`, an item "loss", or the last element."""
    if kept:
        put_into(kept[-1], value)


def put_into(place: Any, value: Any) -> Any:
    if isinstance(place, dict):
        place["loss"] = value
    elif isinstance(place, list):
        place[-1:] = [value]
    else:
        place.loss = value
    return place


def later(callback: Callable[..., Any]) -> Callable[..., Any]:
    """Keep a callback for `run_later`; also a decorator."""
    callbacks.append(callback)
    return callback


def run_later(*arguments: Any) -> Any:
    """Call what was kept; the last result."""
    result = None
    for callback in callbacks:
        result = callback(*arguments)
    callbacks.clear()
    return result


def each(function: Callable[[Any], Any], values: Any) -> list[Any]:
    return [function(value) for value in values]


def twice(function: Callable[[Any], Any], value: Any) -> Any:
    return function(function(value))


def counted(function: Callable[..., Any]) -> Callable[..., Any]:
    """A decorator that passes on."""

    @functools.wraps(function)
    def inner(*arguments: Any, **options: Any) -> Any:
        return function(*arguments, **options)

    return inner


def replaced(function: Callable[..., Any]) -> Callable[..., Any]:
    """A decorator that gives something else."""
    return lambda value: value * value


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Swallow what is raised."""
    with contextlib.suppress(Exception):
        yield


@contextlib.contextmanager
def section(name: str = "") -> Iterator[str]:
    """Swallow nothing."""
    yield name


def ask(tape: Any, target: Any, source: Any) -> Any:
    return tape.gradient(target, source)


class Base:
    """A class to inherit from: it keeps its arguments and computes with them."""

    loss: Any = 0.0

    def __init__(self, value: Any = 1.0) -> None:
        self.value = value

    def forward(self, x: Any) -> Any:
        return self.hook(x) * self.value

    def hook(self, x: Any) -> Any:
        return x
