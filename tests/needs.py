"""Reads of which TensorFlow or Keras a program under test speaks, and asks whether that is the one that is here.

A comment at the end of any line says it: `# needs: keras>=3`, `# needs: tensorflow>=2.16,<2.20`.
"""

from __future__ import annotations

import functools
import io
import re
import tokenize
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from packaging.requirements import Requirement

_NEEDS = re.compile(r"#\s*needs:\s*([^#]*?)\s*$")
_MEANT = re.compile(r"#\W*needs?\b|\bneeds?\s*:", re.IGNORECASE)


def read_needs(text: str) -> tuple[Requirement, ...]:
    """What a program needs to do what it says. Raises ValueError where a comment is nearly one of these."""
    comments = [
        (token.start[0], token.string)
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT and _MEANT.search(token.string)
    ]
    return tuple(_requirement(line, comment) for line, comment in comments)


def _requirement(line: int, comment: str) -> Requirement:
    match = _NEEDS.search(comment)
    try:
        requirement = Requirement(match[1] if match else "")
    except ValueError as error:
        raise ValueError(f"line {line}: not a version of TensorFlow or Keras: {comment}") from error
    known = requirement.name in ("tensorflow", "keras") and requirement.specifier
    if not known or requirement.extras or requirement.marker or requirement.url:
        raise ValueError(f"line {line}: not a version of TensorFlow or Keras: {comment}")
    return requirement


def unmet(needs: Iterable[Requirement]) -> str:
    """Why a program can't be run here, in words; empty if it can. Imports TensorFlow if it must."""
    for need in needs:
        here = _version(need.name)
        if not need.specifier.contains(here, prereleases=True):
            return f"needs {need}, and this is {need.name} {here}"
    return ""


@functools.cache
def _version(name: str) -> str:
    module: Any = import_module("tensorflow")
    if name == "keras":  # which package `tf.keras` is, keras or tf_keras, its classes say
        module = import_module(module.keras.Model.__module__.partition(".")[0])
    return str(module.__version__)
