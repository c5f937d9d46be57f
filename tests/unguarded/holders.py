"""Where the package holds an object, and putting another one in its place; knows nothing of what the objects are."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import is_dataclass
from functools import partial
from types import ModuleType
from typing import Any

import flake8_gradtape
import flake8_gradtape.machine

WATCHING = ("trace", "tapes.observer")
"""Modules that look at a run and change nothing in it."""


def machine_modules() -> list[ModuleType]:
    """All modules of the machine."""
    names = [one.name for one in pkgutil.walk_packages(flake8_gradtape.machine.__path__, "flake8_gradtape.machine.")]
    modules = [importlib.import_module(name) for name in names]
    return [one for one in modules if not (short(one) + ".").startswith(tuple(f"{name}." for name in WATCHING))]


def classes_of(module: ModuleType) -> list[type]:
    """The classes that a module defines."""
    return [one for one in vars(module).values() if inspect.isclass(one) and one.__module__ == module.__name__]


def short(module: ModuleType) -> str:
    """The name of a module inside the machine."""
    return module.__name__.removeprefix("flake8_gradtape.machine.")


@contextlib.contextmanager
def replaced(originals: Mapping[int, tuple[Any, Any]]) -> Iterator[None]:
    """Put other objects in the places of some while the block runs, wherever modules, classes and tables hold them.

    `originals` has, for the `id` of an object, that object and its stand-in. Raises LookupError if one is held nowhere.
    """
    wanted = {**originals, **_tuples_with(originals)}
    seen: set[int] = set()
    undo: list[Callable[[], None]] = []
    try:
        for put, value in _places():
            if id(value) in wanted and wanted[id(value)][0] is value:
                seen.add(id(value))
                undo.append(partial(put, value))
                put(wanted[id(value)][1])
        inside = {id(one) for key in seen & _tuples_with(originals).keys() for one in wanted[key][0]}
        if not set(originals) <= seen | inside:
            lost = [original for key, (original, _) in originals.items() if key not in seen | inside]
            raise LookupError(f"held nowhere: {lost}")
        yield
    finally:
        for back in reversed(undo):
            back()


def _tuples_with(originals: Mapping[int, tuple[Any, Any]]) -> dict[int, tuple[Any, Any]]:
    """The tuples of modules that hold one of the objects, and such as have the stand-ins."""
    found: dict[int, tuple[Any, Any]] = {}
    for module in _modules():
        for value in list(vars(module).values()):
            if type(value) is tuple and any(id(one) in originals for one in value):
                new = tuple(originals[id(one)][1] if id(one) in originals else one for one in value)
                found[id(value)] = (value, new)
    return found


def _modules() -> list[ModuleType]:
    return [one for name, one in list(sys.modules.items()) if name.split(".")[0] == "flake8_gradtape"]


def _places() -> list[tuple[Callable[[Any], None], Any]]:
    """All places where modules, their classes and their tables hold something, and what it is."""
    found: list[tuple[Callable[[Any], None], Any]] = []
    tables: dict[int, Any] = {}
    for module in _modules():
        for owner in (module, *classes_of(module)):
            for name, value in list(vars(owner).items()):
                found.append((partial(setattr, owner, name), value))
                if not name.startswith("__"):
                    tables.setdefault(id(value), value)
    pending, seen = list(tables.values()), set(tables)
    while pending:
        table = pending.pop()
        inside: list[tuple[Callable[[Any], None], Any]] = []
        if type(table) is dict:
            inside = [(partial(table.__setitem__, key), value) for key, value in table.items()]
        elif is_dataclass(table) and not isinstance(table, type) and hasattr(table, "__dict__"):
            inside = [(partial(object.__setattr__, table, name), value) for name, value in vars(table).items()]
        found.extend(inside)
        pending.extend(value for _, value in inside if id(value) not in seen)
        seen.update(id(value) for _, value in inside)
    return found
