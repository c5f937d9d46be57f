"""`# noqa` as flake8 reads it, also where flake8 does not look for it: on the other lines of what is reported.

Formatters move the comment to the last line of a call that they wrap; flake8 looks on the first line only.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Callable, Iterable, Sequence

from flake8.processor import FileProcessor
from flake8.violation import Violation

NoqaLine = Callable[[int], str | None]
"""The text in which flake8 looks for the comment that concerns a line (`noqa_line_for` of flake8's processor)."""


def is_silenced(code: str, lines: Iterable[int], noqa: NoqaLine) -> bool:
    """Say whether a comment on any of these lines silences `code`."""
    # without a text, flake8 would open the file
    texts = {noqa(line) or "" for line in lines}
    return any(Violation(code, "", 0, 0, "", text).is_inline_ignored(disable_noqa=False) for text in texts)


def lines_with_comment(lines: Sequence[str]) -> list[int]:
    """The numbers of the lines on which there may be such a comment."""
    return [number for number, line in enumerate(lines, 1) if "noqa" in line.lower()]


def as_flake8_reads(text: str) -> NoqaLine | None:
    """What flake8 reads in a text; None if it is told to leave the whole file alone."""
    processor = FileProcessor("-", _Defaults(disable_noqa=False), list(io.StringIO(text)))
    return None if processor.should_ignore_file() else processor.noqa_line_for


class _Defaults(argparse.Namespace):
    """Options of flake8 that nobody set; those that matter here have to do with style."""

    def __getattr__(self, name: str) -> None:
        return None
