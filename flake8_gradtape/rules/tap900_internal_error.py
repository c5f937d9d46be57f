"""TAP900: this file could not be checked; the finding itself is made where the failure is caught, in `check`."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_gradtape.events import Event
from flake8_gradtape.rules.base import Finding, Rule


class InternalError(Rule):
    """The file could not be checked: an internal error or unreadable input.

    The fault is not in your use of tapes. It is an error of the checker, or a line that Python can read and libcst,
    which reads for it, cannot. Nothing was checked in this file, so its silence about tapes means nothing; the findings
    of other plugins and in other files are not affected.

    Example:
        expression = "+".join(["x"] * 100_000)  # a file with an expression this deep

    Use instead:
        Run flake8 with `--gradtape-debug` to see the traceback of an internal error, and report it. A line that libcst
        cannot parse may be one for a newer version: `pip install -U libcst`; or write it in another way.

    TensorFlow says:
        Nothing: this is about the checker, not about the program.

    Known limits:
        A file that Python itself cannot read never gets here; flake8 reports it as E999 or E902, if these are among the
        codes selected: `--select=TAP,E9`.
    """

    code = "TAP900"
    name = "internal-error"

    def judge(self, event: Event) -> Iterator[Finding]:
        return iter(())
