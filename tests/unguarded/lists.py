"""The lists of names in the machine, entry by entry, and spies that notice which program asks for which entry."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from types import CodeType, ModuleType
from typing import Any

from tests.unguarded.holders import classes_of, machine_modules, short
from tests.unguarded.removal import Account, Removal


class _Notes:
    """The removals of the entries of one list."""

    def __init__(self, account: Account, removals: dict[Any, Removal]) -> None:
        self._account = account
        self._removals = removals

    def hit(self, entry: Any) -> None:
        if entry in self._removals:
            self._removals[entry].reached_by.add(self._account.now)

    def whole(self) -> None:
        for entry in self._removals:
            self.hit(entry)


class _Several(_Notes):
    """Those of several lists that were joined."""

    def __init__(self, notes: list[_Notes]) -> None:
        self._notes = notes

    def hit(self, entry: Any) -> None:
        for one in self._notes:
            one.hit(entry)

    def whole(self) -> None:
        for one in self._notes:
            one.whole()


class _SpySet(frozenset[Any]):
    notes: _Notes

    def __contains__(self, entry: object) -> bool:
        found = super().__contains__(entry)
        if found:
            self.notes.hit(entry)
        return found

    def __iter__(self) -> Iterator[Any]:
        self.notes.whole()
        return super().__iter__()

    def _noting(name: str) -> Any:  # type: ignore[misc]  # noqa: N805
        def method(self: Any, *others: Any) -> Any:
            self.notes.whole()
            return getattr(frozenset, name)(frozenset(frozenset.__iter__(self)), *others)

        return method

    def _common(name: str) -> Any:  # type: ignore[misc]  # noqa: N805
        def method(self: Any, other: Any) -> Any:
            plain = frozenset(frozenset.__iter__(self))
            for entry in plain.intersection(other):
                self.notes.hit(entry)
            return getattr(frozenset, name)(plain, other)

        return method

    def __or__(self, other: Any) -> Any:
        joined = _SpySet(frozenset(frozenset.__iter__(self)) | frozenset(frozenset.__iter__(other)))
        joined.notes = _Several([one.notes for one in (self, other) if isinstance(one, _SpySet)])
        return joined

    union, difference, issubset, issuperset = map(_noting, ("union", "difference", "issubset", "issuperset"))
    __len__, __eq__, __sub__, __rsub__ = map(_noting, ("__len__", "__eq__", "__sub__", "__rsub__"))
    __le__, __ge__ = map(_noting, ("__le__", "__ge__"))
    isdisjoint, intersection, __and__, __rand__ = map(_common, ("isdisjoint", "intersection", "__and__", "__rand__"))
    __ror__ = __or__
    __hash__ = frozenset.__hash__


class _SpyDict(dict[Any, Any]):
    notes: _Notes

    def _asked(name: str) -> Any:  # type: ignore[misc]  # noqa: N805
        def method(self: Any, key: Any, *rest: Any) -> Any:
            if dict.__contains__(self, key):
                self.notes.hit(key)
            return getattr(dict, name)(self, key, *rest)

        return method

    def _noting(name: str) -> Any:  # type: ignore[misc]  # noqa: N805
        def method(self: Any, *others: Any) -> Any:
            self.notes.whole()
            return getattr(dict, name)(self, *others)

        return method

    __getitem__, __contains__, get = map(_asked, ("__getitem__", "__contains__", "get"))
    __iter__, __len__, keys, values, items = map(_noting, ("__iter__", "__len__", "keys", "values", "items"))


class _SpyTuple(tuple[Any, ...]):
    """A tuple that notices who looks for what in it; `has_prefix` asks it in place of `startswith`."""

    notes: _Notes

    def __contains__(self, entry: object) -> bool:
        found = super().__contains__(entry)
        if found:
            self.notes.hit(entry)
        return found

    def __iter__(self) -> Iterator[Any]:
        self.notes.whole()
        return super().__iter__()


def has_prefix(method: str, text: str, names: Any, *bounds: Any) -> bool:
    """`text.startswith(names)`, or `endswith`, in which a spy among the names sees which of them it is."""
    if not isinstance(names, _SpyTuple):
        return bool(getattr(text, method)(names, *bounds))
    hits = [name for name in tuple.__iter__(names) if getattr(text, method)(name, *bounds)]
    for name in hits:
        names.notes.hit(name)
    return bool(hits)


_SPIES: dict[type, Any] = {dict: _SpyDict, tuple: _SpyTuple, frozenset: _SpySet, set: _SpySet}


def entries(account: Account) -> tuple[list[Removal], dict[int, tuple[Any, Any]]]:
    """A removal for each entry of each list, and the spies to put in the places of the lists meanwhile."""
    removals: list[Removal] = []
    spies: dict[int, tuple[Any, Any]] = {}
    for module in machine_modules():
        _ask_spies_for_prefixes(module)
        for name, value in vars(module).items():
            if name.startswith("__") or type(value) not in _SPIES or not value or id(value) in spies:
                continue
            if not all(isinstance(entry, str) for entry in value) or _is_part_of_another(value):
                continue
            of_list = {
                entry: Removal(f"{short(module)}.{name}", told(entry), value, _without(value, entry), _word(entry))
                for entry in value
            }
            removals.extend(of_list.values())
            spy = _SPIES[type(value)](value)
            spy.notes = _Notes(account, of_list)
            spies[id(value)] = (value, spy)
    return removals, spies


def _is_part_of_another(table: Any) -> bool:
    """A larger table was made of it: that one counts."""
    return type(table) is dict and any(
        type(other) is dict and len(other) > len(table) and all(other.get(key) is table[key] for key in table)
        for module in machine_modules()
        for name, other in vars(module).items()
        if not name.startswith("__")
    )


def _ask_spies_for_prefixes(module: ModuleType) -> None:
    """Let the functions of a module call `has_prefix` in place of `startswith` and `endswith`."""
    tree = _Prefixes().visit(ast.parse(inspect.getsource(module)))
    codes: dict[tuple[str, int], CodeType] = {}
    pending = [compile(ast.fix_missing_locations(tree), str(module.__file__), "exec", dont_inherit=True)]
    while pending:
        code = pending.pop()
        codes[code.co_name, code.co_firstlineno] = code
        pending.extend(one for one in code.co_consts if isinstance(one, CodeType))
    vars(module)["_has_prefix"] = has_prefix
    for owner in (module, *classes_of(module)):
        for value in list(vars(owner).values()):
            function = getattr(value, "fget", None) or getattr(value, "__func__", None) or value
            function = inspect.unwrap(function) if callable(function) else None
            if inspect.isfunction(function) and function.__module__ == module.__name__:
                now = codes.get((function.__code__.co_name, function.__code__.co_firstlineno))
                if now is not None and now.co_freevars == function.__code__.co_freevars:
                    function.__code__ = now


class _Prefixes(ast.NodeTransformer):
    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        function = node.func
        if not isinstance(function, ast.Attribute) or function.attr not in ("startswith", "endswith"):
            return node
        arguments = [ast.Constant(function.attr), function.value, *node.args]
        return ast.copy_location(ast.Call(ast.Name("_has_prefix", ast.Load()), arguments, []), node)


def told(entry: Any) -> str:
    """An entry as the table shows it."""
    return entry if isinstance(entry, str) else getattr(entry, "__name__", None) or str(entry)


def _without(value: Any, entry: Any) -> Any:
    if type(value) is dict:
        return {key: one for key, one in value.items() if key != entry}
    return type(value)(one for one in value if one != entry)


def _word(entry: Any) -> str:
    return entry.rpartition(".")[2].strip("()") if isinstance(entry, str) else ""
