"""What cells find of Jupyter where `gradtape confirm` runs them: the folder of the notebook, and `get_ipython`.

It is run by the first line of the script that the cells have become, with the folder as FOLDER, and is never imported.
Of all magics only `%run FILE.py` does something: what the cells need is what others define.
"""

from __future__ import annotations

import builtins
import os
import runpy
import shlex
import sys
from collections.abc import Callable

FOLDER = globals().get("FOLDER", "")


class Magics:
    """Takes every magic for done."""

    def run_line_magic(self, name: str, line: str, *rest: object) -> None:
        """Run a file and take over the names that it defines; anything else does nothing."""
        words = shlex.split(line)
        if name == "run" and words and words[0].endswith(".py"):
            main = vars(sys.modules["__main__"])
            defined = runpy.run_path(words[0], run_name="__main__")
            main.update({key: value for key, value in defined.items() if not key.startswith("__")})

    def __getattr__(self, name: str) -> Callable[..., list[object]]:
        return lambda *given: []


def get_ipython(value: Callable[[], object] | None = None) -> object:
    """The magics; or, where a name may have been bound by one, what it holds."""
    if value is None:
        return Magics()
    try:
        return value()
    except NameError:
        return None


def arrive(folder: str) -> None:
    """Let the script that begins find what it would find in Jupyter."""
    os.chdir(folder)
    sys.path[0] = folder
    builtins.get_ipython = get_ipython  # type: ignore[attr-defined]


if FOLDER:
    arrive(FOLDER)
