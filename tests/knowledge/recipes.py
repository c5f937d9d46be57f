"""Arguments to try, chosen by parameter name alone; recipes for single functions are in `recipes_by_hand`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

from tests.knowledge.taping import Arguments

Recipes = dict[str, list[Arguments]]

CALLABLE_PARAMETERS = frozenset(
    "fn func function f body cond elems_fn callable_fn true_fn false_fn pred_fn_pairs branch_fns initializer_fn "
    "map_func operator cell loss_fn step_function body_fun cond_fun fun then_expression else_expression branches "
    "uniform_sampler op operands".split()
)
"""A function that takes one of these calls the user's code: it is left out."""

LISTED = ("inputs", "values", "tensors", "xs", "arrays", "x", "data", "t_list")
"""Parameters that may take a list of tensors."""

PROFILES = ("vector", "matrix", "square", "sequence", "images", "volume", "scalar", "complex", "int", "bool", "string")
"""Shapes and dtypes of the tensors of one trial."""


class Maker:
    """Makes argument values in generic position: no zeros, no ties, no symmetry, all within (0, 1)."""

    def __init__(self) -> None:
        import numpy as np

        self._np = np
        self._generator = np.random.default_rng(7)

    def floats(self, *shape: int) -> Any:
        return self._generator.uniform(0.15, 0.85, shape).astype("float32")

    def signed(self, *shape: int) -> Any:
        return self._generator.uniform(-2.0, 2.0, shape).astype("float32")

    def positive(self, *shape: int) -> Any:
        """A batch of symmetric positive definite matrices."""
        half = self._generator.uniform(0.1, 0.3, shape)
        product = half @ half.swapaxes(-1, -2)
        return (product + self._np.diag(0.3 + 0.1 * self._np.arange(shape[-1]))).astype("float32")

    def complexes(self, *shape: int) -> Any:
        return (self.floats(*shape) + 1j * self.floats(*shape)).astype("complex64")

    def ints(self, *shape: int, high: int = 3) -> Any:
        return self._generator.integers(0, high, shape).astype("int32")

    def int64s(self, *shape: int, high: int = 3) -> Any:
        return self.ints(*shape, high=high).astype("int64")

    def bools(self, *shape: int) -> Any:
        return self._np.arange(int(self._np.prod(shape))).reshape(shape) % 2 == 0

    def strings(self, *texts: str) -> Any:
        return self._np.array(texts, dtype=object)

    def array(self, value: Any, dtype: str = "float32") -> Any:
        return self._np.array(value, dtype=dtype)

    def one_hot(self, rows: int, classes: int) -> Any:
        return self._np.eye(classes, dtype="float32")[self._np.arange(rows) % classes] * 0.9 + 0.1 / classes

    def profile(self, name: str) -> Any:
        """A fresh value for one tensor parameter under a profile."""
        make: dict[str, Callable[[], Any]] = {
            "scalar": lambda: self.floats(),
            "vector": lambda: self.floats(3),
            "matrix": lambda: self.floats(2, 3),
            "square": lambda: self.positive(3, 3),
            "sequence": lambda: self.floats(2, 5, 4),
            "images": lambda: self.floats(2, 8, 8, 3),
            "volume": lambda: self.floats(1, 4, 4, 4, 3),
            "complex": lambda: self.complexes(2, 3),
            "int": lambda: self.ints(3) + 1,
            "bool": lambda: self.bools(3),
            "string": lambda: self.strings("a b", "c", "d"),
        }
        return make[name]()


def by_name(maker: Maker, profile: str) -> dict[str, list[Any]]:
    """Values for parameters that are not the tensors of the profile, the first one the most usual."""
    return {
        "axis": [-1, 0, 1],
        "axes": [[0], 1],
        "dim": [0],
        "dims": [[0], [2, 3]],
        "depth": [3],
        "shape": [[2, 3], [-1]],
        "newshape": [[-1]],
        "output_shape": [[2, 3]],
        "num_classes": [4],
        "num_segments": [3],
        "num": [4],
        "num_rows": [3],
        "num_columns": [2],
        "start": [0.5],
        "stop": [4.5],
        "fill_value": [1.5],
        "M": [3],
        "n": [2],
        "N": [4],
        "k": [1, 2],
        "repeats": [2],
        "shift": [1],
        "perm": [None, [1, 0], [0, 2, 1]],
        "indices": [maker.ints(2, high=2)],
        "index": [maker.ints(2, high=2)],
        "segment_ids": [maker.array([0, 0, 1], "int32"), maker.array([0, 1], "int32")],
        "multiples": [[2], [2, 1], [1, 2, 1]],
        "reps": [2],
        "paddings": [[[1, 1]], [[1, 0], [0, 1]]],
        "pad_width": [[[1, 1]], [[1, 0], [0, 1]]],
        "num_or_size_splits": [1, 3],
        "indices_or_sections": [1],
        "condition": [maker.array([True, False, True], "bool"), maker.array([[True, False, True]] * 2, "bool")],
        "mask": [maker.array([True, False, True], "bool"), maker.array([[True, False, True]] * 2, "bool")],
        "clip_value_min": [0.3],
        "clip_value_max": [0.6],
        "clip_norm": [0.4],
        "delta": [0.3, 0.1],
        "rate": [0.4],
        "alpha": [0.3],
        "factor": [0.4],
        "gamma": [0.7, 2.0],
        "begin": [[0], [0, 1]],
        "size": [[2], [1, 2], [4, 4]],
        "strides": [1],
        "ksize": [2],
        "padding": ["SAME", "VALID", "same", "valid"],
        "block_size": [2],
        "dtype": ["float64", "int32", "bool"],
        "output_type": ["int64"],
        "out_type": ["int64"],
        "direction": ["DESCENDING"],
        "seed": [[1, 2], 3],
        "equation": ["ij,jk->ik"],
        "subscripts": ["ij,jk->ik"],
        "weights": [maker.profile(profile), maker.floats()],
        "sample_weight": [maker.profile(profile), maker.floats()],
        "name": [],
        "maxval": [2.5],
        "minval": [0.5],
        "method": ["nearest", "bicubic", "area", "lanczos3", "mitchellcubic", "gaussian", "lanczos5"],
        "mode": ["REFLECT", "SYMMETRIC", "CONSTANT", "symmetric", "reflect", "constant"],
        "interpolation": ["nearest", "bilinear", "lower", "midpoint"],
        "ord": [1, 2, "fro", "euclidean", float("inf")],
        "keepdims": [True],
        "from_logits": [True],
        "norm": ["ortho"],
        "combiner": ["sum", "sqrtn"],
        "max_norm": [0.5],
        "ddof": [1],
        "correction": [1],
        "window_fn": [None],
        "data_format": ["channels_first", "channels_last"],
        "ignore_class": [0],
        "reduction": ["sum", "none"],
        "default": [maker.profile(profile)],
        "initial": [0.5],
        "out": [],
        "bins": [3],
        "initializer": [],
        "training": [True],
        "approximate": [True],
        "exclusive": [True],
        "reverse": [True],
    }


def by_profile(maker: Maker, call: Callable[..., Any], profile: str) -> Iterator[Arguments]:
    """Give arguments for the required parameters under one profile: first with the usual values, then with others."""
    named = by_name(maker, profile)
    required, variadic = [], ""
    for parameter in inspect.signature(call).parameters.values():
        if parameter.kind is parameter.VAR_POSITIONAL:
            variadic = parameter.name
        elif parameter.default is parameter.empty and parameter.kind is not parameter.VAR_KEYWORD:
            required.append(parameter.name)
    if CALLABLE_PARAMETERS & set(inspect.signature(call).parameters):
        return
    base: Arguments = {name: named[name][0] if named.get(name) else maker.profile(profile) for name in required}
    if variadic:
        base[variadic] = [maker.profile(profile), maker.profile(profile)]
    yield base
    for name in required:
        for other in named.get(name, [])[1:]:
            yield base | {name: other}
    listed = [name for name in required if name in LISTED]
    if listed:
        yield base | {listed[0]: [maker.profile(profile), maker.profile(profile)]}


def options(maker: Maker, call: Callable[..., Any], base: Arguments, profile: str) -> Iterator[Arguments]:
    """Give the base arguments with one optional parameter changed at a time; numbers also as float tensors."""
    named = by_name(maker, profile)
    for parameter in inspect.signature(call).parameters.values():
        name, default = parameter.name, parameter.default
        if default is parameter.empty or name in base or name in CALLABLE_PARAMETERS:
            continue
        values = list(named.get(name, []))
        if isinstance(default, bool):
            values = [not default]
        elif isinstance(default, float):
            values += [0.45, default]
        elif isinstance(default, int) and name not in named:
            values += [default, maker.floats()]
        elif default is None and name not in named:
            values += [maker.profile(profile), maker.floats(), 2]
        for value in values:
            yield base | {name: value}
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                yield base | {name: maker.array(value)}
