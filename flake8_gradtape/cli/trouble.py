"""What the sub-commands share: exit codes, and the one sentence that a user gets instead of a traceback."""

from __future__ import annotations

import sys

OK = 0
FOUND = 1
FAILED = 2


class Trouble(Exception):
    """Something the user has to mend; the message is one clear sentence."""


def fail(sentence: str) -> int:
    """Print the sentence to stderr and return the exit code for it."""
    print(f"gradtape: {sentence}", file=sys.stderr)
    return FAILED
