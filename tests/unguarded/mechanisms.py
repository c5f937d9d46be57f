"""The functions of the machine, each with a plain stand-in, and the mechanisms whose stand-in has to be said."""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.unguarded.holders import classes_of, machine_modules, short
from tests.unguarded.removal import Account, Removal

DECLARED: dict[str, tuple[str, Callable[..., Any]]] = {
    "for_each_flag": ("loops are run once, whatever their flags", lambda run, scope, loop, act: act()),
    "Objects.object_of": ("nothing is known of the object of a method that is run alone", lambda *_: None),
    "_Keeping.attributes": (
        "an object keeps what `__init__` left on it",
        lambda own, made: own.run.heap.entries(made.cell),
    ),
    "_Keeping._lasting": ("an attribute keeps its value", lambda own, value: value),
    "_Keeping._items": ("a list of an object keeps its items", lambda own, content: content),
    "Sharing.blur": ("what is assigned more than once is what it was", lambda own, value, *_: value),
}
"""A function by its qualified name, what it means to take it out, and the stand-in; it must be in the machine once."""


@dataclass(frozen=True)
class _Held:
    """A function and what a module or class holds of it: itself, a property, a static method."""

    name: str
    function: Any
    holding: Any
    wrap: Callable[[Any], Any]


def functions(account: Account) -> tuple[list[Removal], dict[int, tuple[Any, Any]]]:
    """A removal for each function that has a plain stand-in, and the spies to put in their places meanwhile."""
    removals: list[Removal] = []
    spies: dict[int, tuple[Any, Any]] = {}
    declared = dict.fromkeys(DECLARED, 0)
    for held in _functions():
        stand_ins = list(_stand_ins(held.function))
        qualified = held.function.__qualname__
        if qualified in DECLARED:
            declared[qualified] += 1
            stand_ins = [DECLARED[qualified]]
        of_function = [
            Removal(held.name, told, held.holding, held.wrap(functools.wraps(held.function)(stand_in)))
            for told, stand_in in stand_ins
        ]
        if of_function:
            removals.extend(of_function)
            spies[id(held.holding)] = (held.holding, held.wrap(_spy(held.function, account, of_function)))
    wrong = [name for name, count in declared.items() if count != 1]
    if wrong:
        raise SystemExit(f"not in the machine, or several times: {wrong}; mend DECLARED in tests/unguarded/mechanisms")
    return removals, spies


def _functions() -> Iterator[_Held]:
    for module in machine_modules():
        for owner in (module, *classes_of(module)):
            for name, value in list(vars(owner).items()):
                wrap: Callable[[Any], Any] = lambda new: new  # noqa: E731
                function = value
                if isinstance(value, property):
                    function, wrap = value.fget, property
                elif isinstance(value, (staticmethod, classmethod)):
                    function, wrap = value.__func__, type(value)
                if not inspect.isfunction(function) or function.__module__ != module.__name__:
                    continue
                if name.startswith("__") or "<locals>" in function.__qualname__:
                    continue
                yield _Held(f"{short(module)}.{function.__qualname__}", function, value, wrap)


def _stand_ins(function: Any) -> Iterator[tuple[str, Callable[..., Any]]]:
    gives = str(inspect.unwrap(function).__annotations__.get("return", ""))
    if hasattr(function, "__wrapped__") and gives == "Iterator[None]":
        yield "no context", lambda *_, **__: contextlib.nullcontext()
    elif gives == "None":
        yield "does nothing", lambda *_, **__: None
    elif gives == "bool":
        yield "always False", lambda *_, **__: False
        yield "always True", lambda *_, **__: True
    elif gives == "Tri" or gives.endswith("| None"):
        yield "always None", lambda *_, **__: None
    elif gives.startswith(("frozenset[", "set[", "list[", "dict[", "Iterator[")) or gives.endswith(", ...]"):
        kind = {"Iterator": list, "tuple": tuple}.get(gives.partition("[")[0]) or getattr(
            __import__("builtins"), gives.partition("[")[0]
        )
        yield "always empty", lambda *_, **__: kind()


def _spy(function: Any, account: Account, removals: list[Removal]) -> Any:
    constants = {"always False": False, "always True": True, "always None": None}

    @functools.wraps(function)
    def noting(*arguments: Any, **keywords: Any) -> Any:
        result = function(*arguments, **keywords)
        for one in removals:
            if one.what not in constants or result is not constants[one.what]:
                one.reached_by.add(account.now)
        return result

    return noting
