"""Which functions of Python and NumPy give plain Python: what is stored is what stubs say, and Python does."""

from __future__ import annotations

import importlib
import json
import math
import os.path
import random
import string

import pytest

from flake8_gradtape.knowledge.plain_python import given_by
from tests.knowledge import stubs

STORED = json.loads(stubs.FACTS.read_text(encoding="utf-8"))
TYPES = {"scalar": (int, float, bool, complex, str, bytes), "list": list, "tuple": tuple, "none": type(None)}


@pytest.mark.parametrize("module", ["math", "random", "heapq", "statistics", "string", "time"])
def test_what_is_stored_is_what_the_stubs_say(module: str) -> None:
    # another mypy may know more functions; what both know they must tell alike
    now = stubs.read_module(module)
    both = {name for names in now.values() for name in names.split()}
    for given, names in STORED[module].items():
        for name in both.intersection(names.split()):
            assert name in now[given].split(), (given, name)


NOT_PLAIN = (
    "random.choice random.sample math.prod copy.copy functools.reduce re.match operator.add numpy.vectorize numpy.load "
    "json.loads argparse.ArgumentParser"
)


@pytest.mark.parametrize("path", NOT_PLAIN.split())
def test_what_gives_back_what_it_was_given_or_an_object_is_not_plain(path: str) -> None:
    assert given_by(path) == ""


CALLED = {
    "math.sin": (math.sin, (1.0,)),
    "math.modf": (math.modf, (1.5,)),
    "random.gauss": (random.gauss, (0.0, 1.0)),
    "random.seed": (random.seed, (0,)),
    "os.path.join": (os.path.join, ("a", "b")),
    "os.path.splitext": (os.path.splitext, ("a.b",)),
    "string.capwords": (string.capwords, ("a b",)),
}


@pytest.mark.parametrize("path", CALLED)
def test_python_gives_what_is_stored(path: str) -> None:
    function, arguments = CALLED[path]
    assert isinstance(function(*arguments), TYPES[given_by(path)])  # type: ignore[operator]


def test_what_is_stored_exists() -> None:
    missing = [
        f"{module}.{name}"
        for module in ("math", "random", "json", "heapq", "bisect")
        for given, names in STORED[module].items()
        for name in names.split()
        if not hasattr(importlib.import_module(module), name) and given != "none" and not _is_newer(name)
    ]
    assert missing == []


def _is_newer(name: str) -> bool:
    """Newer versions of Python than the oldest that is supported have it."""
    return name in {
        "cbrt",
        "exp2",
        "fma",
        "fmax",
        "fmin",
        "isnormal",
        "issubnormal",
        "signbit",
        "sumprod",
        "binomialvariate",
    }
