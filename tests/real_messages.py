"""The messages of real programs, as the golden file has them; hand-made events are held to them. Nothing is run."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from tests.golden import FILE

_FINDING = re.compile(r"  \d+:\d+ (TAP\d{3}) \[[a-z0-9 ]+\] (.*)")
_QUOTED = re.compile(r"'[^']*'")
_LIST = re.compile(r"'_'(?:, '_')*(?: and (?:'_'|\d+ more))")


@dataclass(frozen=True)
class Told:
    """One finding of the golden file."""

    program: str
    """`fixtures/TAP101_unwatched_tensor/bad_x.py`, `truth table a01` or `TAP101 example`."""
    code: str
    message: str


@functools.cache
def real_messages() -> tuple[Told, ...]:
    """Every finding of every program of this repository."""
    told: list[Told] = []
    program = ""
    for line in FILE.read_text(encoding="utf-8").splitlines():
        finding = _FINDING.fullmatch(line)
        if finding is None:
            program = line
        else:
            told.append(Told(program, finding[1], finding[2]))
    return tuple(told)


def form(message: str) -> str:
    """A message without its names: `gradient of '_' with respect to '_' is None: '_' ...`; a list of names is one."""
    return _LIST.sub("'_'", _QUOTED.sub("'_'", message))


@functools.cache
def real_forms() -> frozenset[tuple[str, str]]:
    """Code and form of every message that a real program gets."""
    return frozenset((one.code, form(one.message)) for one in real_messages())
