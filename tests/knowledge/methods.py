"""The operators, methods and attributes of `tf.Tensor`, as functions of "x" (the tensor) and "y" (the other one)."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from tests.knowledge.recipes import Maker
from tests.knowledge.taping import Arguments

Methods = dict[str, tuple[Callable[..., Any], list[Arguments]]]

BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "truediv": operator.truediv,
    "floordiv": operator.floordiv,
    "mod": operator.mod,
    "pow": operator.pow,
    "matmul": operator.matmul,
    "and": operator.and_,
    "or": operator.or_,
    "xor": operator.xor,
}
COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "eq": operator.eq,
    "ne": operator.ne,
}
UNARY: dict[str, Callable[[Any], Any]] = {
    "neg": operator.neg,
    "abs": operator.abs,
    "invert": operator.invert,
}
TO_PYTHON: dict[str, Callable[[Any], Any]] = {
    "bool": bool,
    "int": int,
    "float": float,
    "complex": complex,
    "index": operator.index,
    "format": lambda x: format(x),
    "str": str,
    "repr": repr,
    "hash": lambda x: hash(x.ref()),
}
ATTRIBUTES = ("shape", "dtype", "ndim", "device", "name")


def tensor_methods(m: Maker) -> Methods:
    """Give for each attribute name of `tf.Tensor` what calling (or reading) it does, and arguments to try."""
    found: Methods = {}
    for name, binary in BINARY.items():
        logical = name in ("and", "or", "xor")
        pairs = [{"x": m.bools(3), "y": m.bools(3)}, {"x": m.ints(3), "y": m.ints(3)}] if logical else _pairs(m, name)
        found[f"__{name}__"] = _two(binary), pairs
        found[f"__r{name}__"] = _swapped(binary), pairs
    for name, comparison in COMPARISONS.items():
        found[f"__{name}__"] = _two(comparison), _pairs(m, name)
    for name, unary in UNARY.items():
        found[f"__{name}__"] = _one(unary), [{"x": m.bools(3)}] if name == "invert" else _alone(m)
    for name, convert in TO_PYTHON.items():
        scalars: list[Arguments] = [{"x": m.ints()}] if name == "index" else [{"x": m.floats()}, {"x": m.ints()}]
        found[f"__{name}__"] = _one(convert), scalars
    for name in ATTRIBUTES:
        found[name] = _one(operator.attrgetter(name)), _alone(m) if name != "name" else []
    found["__len__"] = _one(len), _alone(m)
    found["__iter__"] = _one(lambda x: list(x)), _alone(m)
    found["__array__"] = _one(lambda x: x.__array__()), _alone(m)
    found["__getitem__"] = _getitem, _items(m)
    for name in ("numpy", "get_shape", "cpu"):
        found[name] = _one(operator.methodcaller(name)), _alone(m)
    found["set_shape"] = (lambda x, y: x.set_shape(y)), [{"x": m.floats(3), "y": [3]}]
    return {name: found[name] for name in sorted(found) if found[name][1]}


def _two(function: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    return lambda x, y: function(x, y)


def _swapped(function: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """`y + x` with the tensor on the right."""
    return lambda x, y: function(y, x)


def _one(function: Callable[[Any], Any]) -> Callable[..., Any]:
    return lambda x: function(x)


def _getitem(x: Any, y: Any) -> Any:
    return x[y]


def _alone(m: Maker) -> list[Arguments]:
    return [{"x": m.floats(3)}, {"x": m.floats(2, 3)}, {"x": m.ints(3)}]


def _pairs(m: Maker, name: str) -> list[Arguments]:
    if name == "matmul":
        return [{"x": m.floats(3, 3), "y": m.floats(3, 3)}, {"x": m.floats(2, 3, 3), "y": m.floats(2, 3, 3)}]
    return [
        {"x": m.floats(3), "y": m.floats(3)},
        {"x": m.floats(2, 3), "y": m.floats(3)},
        {"x": m.floats(3), "y": 2.0},
        {"x": m.floats(), "y": m.floats()},
        {"x": m.ints(3) + 1, "y": m.ints(3) + 1},
        {"x": m.ints(3) + 1, "y": 2},
    ]


def _items(m: Maker) -> list[Arguments]:
    mask = m.array([True, False, True], "bool")
    plain: list[Any] = [0, -1, None, Ellipsis, slice(1, None), slice(None, None, 2), slice(None), m.array(1, "int32")]
    several: list[Any] = [(Ellipsis, 0), (slice(None), None), (0, 1), mask]
    return [{"x": m.floats(3, 3), "y": key} for key in [*plain, *several]]
