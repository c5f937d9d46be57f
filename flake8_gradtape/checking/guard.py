"""The check with a guard around it: an internal error becomes one TAP900 report, for flake8 and the command alike."""

from __future__ import annotations

import sys
import traceback
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import ast

    from flake8_gradtape.checking.noqa import NoqaLine

NOTHING_CHECKED = "nothing was checked in this file"


class Placed(NamedTuple):
    """A finding as it is printed: `line` from 1, `column` from 0 in characters."""

    line: int
    column: int
    code: str
    message: str


def guarded_check(
    text: str,
    tree: ast.Module | None,
    enabled: frozenset[str],
    debug: bool,
    keras: int | None = None,
    assumed: frozenset[str] | None = None,
    noqa: NoqaLine | None = None,
) -> list[Placed]:
    """Check a module that mentions tapes; never raises.

    Args:
        text: the module.
        tree: its syntax tree, if there is one already.
        enabled: the codes of optional rules to apply.
        debug: print the traceback of an internal error to stderr.
        keras: the version of Keras, 2 or 3, if the code runs with that one only.
        assumed: the ids of the assumptions to make; all, if it is None.
        noqa: the text in which flake8 looks for a `# noqa` that concerns a line; None if such comments do not count.
    """
    try:
        from flake8_gradtape.checking.check import check
        from flake8_gradtape.reading.source import UnreadableSource

        try:
            reports = check(text, tree, enabled, keras, assumed, noqa)
        except UnreadableSource as error:
            return [_not_checked(f"{str(error).rstrip('.')}: {NOTHING_CHECKED}", error.line)]
        return [Placed(one.line, one.column, one.code, one.message) for one in reports]
    except Exception as error:
        if debug:
            traceback.print_exc(file=sys.stderr)
        return [
            _not_checked(
                f"internal error ({type(error).__name__}): {NOTHING_CHECKED}; "
                "please report it, with the traceback that --gradtape-debug prints"
            )
        ]


def _not_checked(message: str, line: int = 1) -> Placed:
    return Placed(line, 0, "TAP900", message)
