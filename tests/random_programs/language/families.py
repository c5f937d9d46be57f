"""All snippets, and the statements that write one."""

from __future__ import annotations

import re

from tests.random_programs import blocks, statements
from tests.random_programs.language import functions, keras_parts, managers, misuse, objects, plain, sharing, traced
from tests.random_programs.language.snippet import Snippet
from tests.random_programs.language.writing import write
from tests.random_programs.scope import Scope

SNIPPETS: tuple[Snippet, ...] = (
    *objects.SNIPPETS,
    *managers.SNIPPETS,
    *functions.SNIPPETS,
    *sharing.SNIPPETS,
    *traced.SNIPPETS,
    *keras_parts.SNIPPETS,
    *plain.SNIPPETS,
    *misuse.SNIPPETS,
)
FAMILIES = tuple(dict.fromkeys(snippet.family for snippet in SNIPPETS))
WEIGHTS = {
    "keras": 6,
    "mistakes": 7,
    "tapes by hand": 6,
    "keras parts": 6,
    "methods of containers": 14,
    "data sets": 4,
    "special methods": 14,
    "tf.function": 14,
    "exceptions": 14,
    "callbacks": 14,
}
"""How often a family is chosen, 10 where nothing is said; Keras and data sets take TensorFlow long."""
BY_FAMILY = [
    (WEIGHTS.get(name, 10), [(one.weight, one) for one in SNIPPETS if one.family == name]) for name in FAMILIES
]
IMPORTS = (
    "asyncio",
    "collections",
    "contextlib",
    "copy",
    "dataclasses",
    "functools",
    "io",
    "itertools",
    "json",
    "logging",
    "math",
    "operator",
    "queue",
    "random",
    "re",
    "sched",
    "statistics",
    "sys",
    "threading",
    "time",
    "types",
)


def snippet(scope: Scope) -> bool:
    """Write one snippet of any family."""
    pick = scope.program.pick
    return write(scope, pick.weighted(pick.weighted(BY_FAMILY)), _body)


def managed(scope: Scope) -> bool:
    """A block under a context manager of the program's own; what follows sees any point of it."""
    program = scope.program
    if not scope.managers or program.indent > 4:
        return snippet(scope)
    program.write(f"with {program.pick.one(scope.managers)}:")
    program.indent += 1
    inside = scope.branch()
    _body(inside)
    program.indent -= 1
    scope.join(inside, scope.branch())
    return True


def _body(scope: Scope) -> None:
    if scope.program.indent > 4:
        statements.compute(scope)
    else:
        blocks.some(scope, 1, 2)


def imports(written: str) -> list[str]:
    """The imports that a program needs, beside those that any random program may have."""
    found = [f"import {name}" for name in IMPORTS if re.search(rf"(?<![\w.]){name}\.", written)]
    found += ["import concurrent.futures"] if "concurrent.futures." in written else []
    found += ["import unittest.mock"] if "unittest.mock." in written else []
    found += ["import tests.random_programs.unseen as unseen"] if "unseen." in written else []
    return found
