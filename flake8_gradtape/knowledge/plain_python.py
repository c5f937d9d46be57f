"""Which functions of the standard library and of NumPy give plain Python, as their type stubs have it.

Read off by `python -m tests.knowledge.stubs`. It holds only for plain arguments: what is written in Python may compute
with whatever it is given (`random.gauss` of variables is a tensor).
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources


def given_by(path: str) -> str:
    """What a function gives, by its path (`math.sin`, `numpy.mean`), in words: empty if it may give anything else.

    "scalar" is a number or text, "array" one of NumPy's, "list" and "tuple" hold these; "none" is None, and "never"
    means that it does not return. "object" is one of the class that follows, whose methods are looked up in the same
    way. "constant" is a value, and no function.
    """
    module, _, name = path.rpartition(".")
    return _module(module).get(name, "")


@cache
def _module(module: str) -> dict[str, str]:
    """What the functions of a module give."""
    return {name: given for given, names in _data().get(module, {}).items() for name in names.split()}


@cache
def _data() -> dict[str, dict[str, str]]:
    """What the file holds, read once."""
    text = resources.files(__package__).joinpath("plain_python.json").read_text(encoding="utf-8")
    data: dict[str, dict[str, str]] = json.loads(text)
    return data
