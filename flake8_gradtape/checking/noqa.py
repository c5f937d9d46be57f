"""Which findings the user has silenced by a `# noqa` comment, as flake8 reads it; for `gradtape check` only."""

from __future__ import annotations

import re
from collections.abc import Sequence

_CODES = r"(?::\s?(?P<codes>[a-z]+[0-9]+(?:[,\s]+[a-z]+[0-9]+)*))?"
_ON_THE_LINE = re.compile(rf"# noqa{_CODES}", re.IGNORECASE)
_IN_THE_FILE = re.compile(rf"\s*# flake8[:=]\s*noqa{_CODES}\s*$", re.IGNORECASE)


def is_silenced(lines: Sequence[str], line: int, code: str) -> bool:
    """Say whether `code` on `line` (1-based) is silenced there, or in the whole file by `# flake8: noqa`."""
    if _names(_ON_THE_LINE.search(lines[line - 1]), code):
        return True
    return any(_names(_IN_THE_FILE.match(text), code) for text in lines if "flake8" in text)


def _names(comment: re.Match[str] | None, code: str) -> bool:
    """Say whether a comment silences `code`: it names no codes at all, or the start of this one."""
    if comment is None:
        return False
    prefixes = tuple(part.upper() for part in re.split(r"[,\s]+", comment["codes"] or "") if part)
    return not prefixes or code.startswith(prefixes)
