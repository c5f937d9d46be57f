"""Facts about TensorFlow's public API: what a call does to the recording of a tape.

The facts were measured with real tapes by `python -m tests.knowledge` and are stored in `facts.json`; nothing
here imports TensorFlow, and nothing here decides what a call in a user's program does with them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True)
class OutputFacts:
    """One output of a function.

    `flows` over-approximates: a parameter is in it when any tried call gave a gradient that is not None (or raised)
    for a float tensor given there. `bends` under-approximates: the parameters p for which every tried call gave a
    second derivative d/dp (d output/dp) that is not None, p alone being watched. `linear` are the parameters whose
    first gradient depended on no parameter of the call in any tried call, all of them being watched.

    `dtype` is "like" (that of the float inputs), "float" (floating or complex, but not always that of the inputs),
    "int", "bool", "string", "by_argument" (the dtype parameter decides) or "unknown".
    """

    name: str = ""
    flows: frozenset[str] = frozenset()
    bends: frozenset[str] = frozenset()
    dtype: str = "unknown"
    linear: frozenset[str] = frozenset()


@dataclass(frozen=True)
class FunctionFacts:
    """One function of TensorFlow or Keras, under its canonical name.

    A value given to a parameter in `tensors` that is not in an output's `flows` is *cut* there. About a parameter
    that is not in `tensors` nothing is known. A parameter in `missing` (the gradient call raises LookupError; truth
    table B54) is also in `flows` of the outputs it reaches: no gradient there is None.
    """

    name: str
    parameters: tuple[str, ...] = ()
    variadic: str = ""
    result: str = "other"
    """"tensor", "tensors" (a sequence whose length depends on the arguments: one OutputFacts for all), "tuple" (fixed
    length), "named" (named tuple), "python" (left TensorFlow), "none", or "other" (anything else: unknown)."""
    outputs: tuple[OutputFacts, ...] = ()
    missing: frozenset[str] = frozenset()
    tensors: frozenset[str] = frozenset()
    same: str = ""
    """The parameter whose object may be returned unchanged."""
    random: bool = False
    creates: bool = False
    """The required arguments are shapes or Python values: the result is a fresh tensor."""
    dtype_parameter: str = ""
    without_dtype: str = ""
    """With dtype "by_argument": the outputs' dtype when that argument is left out ("" if it cannot be)."""
    keywords: tuple[str, ...] = ()
    """Keyword-only parameters."""


def lookup(name: str) -> FunctionFacts | None:
    """Give the facts about a public function, by any of its public names ("tf.sin", "tf.math.sin", "keras.ops.sin").

    None if the knowledge base does not have it: then nothing is known about it. Never raises.
    """
    for long, short in (("tensorflow.", "tf."), ("tf.compat.v2.", "tf.")):
        if name.startswith(long):
            name = short + name[len(long) :]
    canonical = _names().get(name)
    return None if canonical is None else _function(canonical)


@cache
def method(name: str) -> FunctionFacts | None:
    """Give the facts about a method, operator or attribute of `tf.Tensor`, by attribute name ("__add__", "numpy").

    The tensor is the parameter "x", the other operand "y". None if nothing is known about it. Never raises.
    """
    stored = _data()["methods"].get(name)
    return None if stored is None else _decode(name, stored)


def tensorflow_version() -> str:
    """Give the version of the TensorFlow that was measured; with another one the facts may be others."""
    return str(_data()["tensorflow"])


def functions() -> tuple[str, ...]:
    """Give the canonical names of all functions known, sorted: for tests and the probe."""
    return tuple(_data()["functions"])


def methods() -> tuple[str, ...]:
    """Give the attribute names of `tf.Tensor` that are known, sorted: for tests and the probe."""
    return tuple(_data()["methods"])


@cache
def _data() -> dict[str, Any]:
    """What the file holds, read once."""
    text = resources.files(__name__).joinpath("facts.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    return data


@cache
def _names() -> dict[str, str]:
    """Map every public name to the canonical one, under which the facts are stored."""
    names: dict[str, str] = {}
    for canonical, stored in _data()["functions"].items():
        names[canonical] = canonical
        for alias in stored.get("aliases", ()):
            names[alias] = canonical
    return names


@cache
def _function(canonical: str) -> FunctionFacts:
    """The facts of a function by its canonical name, decoded once."""
    return _decode(canonical, _data()["functions"][canonical])


def _decode(name: str, stored: dict[str, Any]) -> FunctionFacts:
    """The facts of one function, from what the file holds under its name; what is not written there has its default."""
    return FunctionFacts(
        name=name,
        parameters=tuple(stored.get("parameters", ())),
        variadic=stored.get("variadic", ""),
        result=stored["result"],
        outputs=tuple(
            OutputFacts(
                name=output.get("name", ""),
                flows=frozenset(output.get("flows", ())),
                bends=frozenset(output.get("bends", ())),
                dtype=output["dtype"],
                linear=frozenset(output.get("linear", ())),
            )
            for output in stored.get("outputs", ())
        ),
        missing=frozenset(stored.get("missing", ())),
        tensors=frozenset(stored.get("tensors", ())),
        same=stored.get("same", ""),
        random=stored.get("random", False),
        creates=stored.get("creates", False),
        dtype_parameter=stored.get("dtype_parameter", ""),
        without_dtype=stored.get("without_dtype", ""),
        keywords=tuple(stored.get("keywords", ())),
    )
