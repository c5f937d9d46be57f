"""A rule's docstring taken apart into its sections; the text itself is in the rule."""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
from dataclasses import dataclass

from flake8_gradtape.rules.base import Rule

PRELUDE = "import tensorflow as tf\n\n"
"""What stands before every example; `explain` need not print it."""

SECTIONS = ("Example", "Use instead", "TensorFlow says", "Known limits")


@dataclass(frozen=True)
class Documentation:
    """The sections of one rule's documentation, dedented and without their headings."""

    summary: str
    why: str
    example: str
    use_instead: str
    tensorflow_says: str
    known_limits: str


def documentation(rule: Rule | type[Rule]) -> Documentation:
    """Return the documentation of `rule`; raise ValueError if its docstring lacks a part."""
    described = rule if isinstance(rule, type) else type(rule)
    lines = inspect.cleandoc(described.__doc__ or _written(described)).splitlines()
    parts: dict[str, list[str]] = {"": []}
    heading = ""
    for line in lines:
        if line.endswith(":") and line[:-1] in SECTIONS:
            heading = line[:-1]
            parts[heading] = []
        else:
            parts[heading].append(line)
    texts = {name: textwrap.dedent("\n".join(body)).strip("\n") for name, body in parts.items()}
    summary, _, why = texts.pop("").partition("\n")
    documented = Documentation(summary, why.strip("\n"), *(texts.get(name, "") for name in SECTIONS))
    missing = [name for name, text in vars(documented).items() if not text.strip()]
    if missing:
        raise ValueError(f"{rule.code}: the documentation lacks {', '.join(missing)}")
    return documented


def _written(described: type[Rule]) -> str:
    """The docstring as it stands in the source: `python -OO` leaves docstrings out."""
    for node in ast.parse(inspect.getsource(sys.modules[described.__module__])).body:
        if isinstance(node, ast.ClassDef) and node.name == described.__name__:
            return ast.get_docstring(node) or ""
    return ""


def program(block: str) -> str:
    """Return an `Example` or `Use instead` block as a program that runs by itself."""
    return f"{PRELUDE}{block}\n"
