"""Which public functions TensorFlow and Keras have, each under one canonical name with its aliases; calls nothing."""

from __future__ import annotations

import inspect
import types
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

LEFT_OUT = (
    "tf.raw_ops",
    "tf.compat",
    "tf.experimental.dtensor",
    "tf.dtensor",
    "tf.tools",
    "tf.python",
    "tf.config",
    "tf.distribute",
    "tf.data",
    "tf.io.gfile",
    "tf.lite",
    "tf.mlir",
    "tf.profiler",
    "tf.saved_model",
    "tf.summary",
    "tf.sysconfig",
    "tf.test",
    "tf.tpu",
    "tf.train",
    "tf.types",
    "tf.xla",
    "tf.feature_column",
    "tf.estimator",
    "tf.sparse",
    "tf.ragged",
    "tf.autograph",
    "tf.version",
    "tf.debugging.experimental",
    "tf.experimental.dlpack",
    "tf.experimental.extension_type",
    "tf.initializers",
    "tf.io",
    "tf.nest",
    "tf.optimizers",
    "tf.sets",
    "tf.keras.utils.legacy",
    "tf.keras.utils.bounding_boxes",
    "keras.utils.legacy",
    "keras.utils.bounding_boxes",
)
"""Packages that are not plain functions of tensors, or whose results are not tensors."""

KERAS_PACKAGES = ("losses", "metrics", "activations", "ops", "backend", "utils", "random")
"""The parts of Keras with free functions; layers, models and loss objects belong to another knowledge."""

CHANGES_STATE = (
    "set_",
    "enable_",
    "disable_",
    "experimental_enable",
    "clear_",
    "async_",
    "register_",
    "unregister_",
    "load_",
    "save_",
    "import_",
    "create_rng",
    "seed",
    "get_global_generator",
    "get_source_inputs",
)
"""Beginnings of names of functions that change how TensorFlow behaves for those probed after them, or touch files."""

CANONICAL_FIRST = ("tf.math.", "tf.linalg.", "tf.nn.", "tf.image.", "tf.random.", "tf.strings.", "tf.signal.")

OLDER_NAMES = {
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error",
    "kld": "kl_divergence",
    "logcosh": "log_cosh",
}
"""Loss functions that were public under another name before Keras 3 renamed them."""


@dataclass(frozen=True)
class Public:
    """One public function and every name it goes by."""

    name: str
    aliases: tuple[str, ...]
    call: Callable[..., Any]


def public_functions() -> list[Public]:
    """Give every public function under `tf.` and `keras.`, sorted by canonical name. Imports TensorFlow and Keras."""
    import keras
    import tensorflow as tf

    found: dict[int, tuple[Callable[..., Any], set[str]]] = {}
    roots = [("tf", tf)]
    for package in KERAS_PACKAGES:
        roots.append((f"tf.keras.{package}", getattr(tf.keras, package, None)))
        roots.append((f"keras.{package}", getattr(keras, package, None)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for path, module in roots:
            for name, function in _walk(module, path, 0):
                found.setdefault(id(function), (function, set()))[1].add(name)
    result = []
    taken = {name for _, names in found.values() for name in names}
    for function, names in found.values():
        names |= {older for name in names for older in _older(name)} - taken
        canonical = min(names, key=_rank)
        result.append(Public(canonical, tuple(sorted(names - {canonical})), function))
    return sorted(result, key=lambda public: public.name)


def parameters(call: Callable[..., Any]) -> tuple[tuple[str, ...], str, tuple[str, ...]]:
    """Give the positional parameters of a function, its `*args` name ("" if none) and its keyword-only parameters.

    Raises ValueError or TypeError if Python cannot tell.
    """
    positional, variadic, keywords = [], "", []
    for parameter in inspect.signature(call).parameters.values():
        if parameter.kind is parameter.VAR_POSITIONAL:
            variadic = parameter.name
        elif parameter.kind is parameter.KEYWORD_ONLY:
            keywords.append(parameter.name)
        elif parameter.kind is not parameter.VAR_KEYWORD:
            positional.append(parameter.name)
    return tuple(positional), variadic, tuple(keywords)


def _walk(module: Any, path: str, depth: int) -> Iterator[tuple[str, Callable[..., Any]]]:
    if module is None or depth > 4 or path in LEFT_OUT:
        return
    for name in dir(module):
        if name.startswith(("_", *CHANGES_STATE)) or (path == "tf" and name == "keras"):
            continue
        try:
            value = getattr(module, name)
        except Exception:  # A lazily loaded part that is not installed.
            continue
        below = f"{path}.{name}"
        if isinstance(value, types.ModuleType):
            yield from _walk(value, below, depth + 1)
        elif callable(value) and not isinstance(value, type):
            yield below, value


def _older(name: str) -> Iterator[str]:
    """Names of the same function in Keras 2: `keras.` had all that `tf.keras.` has."""
    names = [name]
    package, _, last = name.rpartition(".")
    if last in OLDER_NAMES and package.endswith((".losses", ".metrics")):
        names.append(f"{package}.{OLDER_NAMES[last]}")
    for each in names:
        yield each
        if each.startswith("tf.keras."):
            yield each.removeprefix("tf.")


def _rank(name: str) -> tuple[int, int, int, str]:
    """The name TensorFlow's documentation would choose: tf.math.sin, tf.concat, tf.keras.losses.mse."""
    for place, prefix in enumerate(CANONICAL_FIRST):
        if name.startswith(prefix):
            return 0, place, name.count("."), name
    if name.startswith(("tf.losses.", "tf.metrics.")):
        return 3, 0, 0, name
    return (1 if name.startswith("tf.") else 2), name.count("."), name[-1].isupper(), name
