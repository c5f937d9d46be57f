"""False claims of kinds that are known and open: counted by their name, so that others are not lost among them."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class OpenKind:
    """A kind of false claim that nobody has mended yet: a claim with one of `codes` in a program with `pattern`."""

    name: str
    codes: str
    pattern: str


OPEN = (
    OpenKind("tape asked through the locals of a frame", "TAP303", r"\bsys\._getframe\("),
    OpenKind("loop that a condition not seen ends after its first pass", "TAP201", r"\bwhile not "),
    OpenKind("gradient of a linear layer, which no outer tape records", "TAP402", r"keras\.layers\.Dense"),
    OpenKind("random number between tensors", "TAP204", r"\brandom\.(triangular|gauss|uniform)\("),
    OpenKind("list that is shuffled", "TAP1", r"\brandom\.shuffle\("),
    OpenKind("handler that logging calls", "TAP1", r"\blogging\.Handler\b"),
    OpenKind("hook that json calls", "TAP1", r"\bobject_hook="),
    OpenKind("NumPy sum of tensors as objects", "TAP204", r"dtype=object"),
)


def open_kind(text: str, code: str) -> str:
    """The name of the open kind that a false claim of `code` in a program belongs to; empty if it is news."""
    for kind in OPEN:
        if re.match(kind.codes, code) and re.search(kind.pattern, text):
            return kind.name
    return ""
