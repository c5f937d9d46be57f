"""Stops a program under test that opens a file which a stranger's machine has not, or has with other contents.

`install` hangs a hook into the interpreter. While a program runs in the process, a Python-level open outside of the
given folders and of what every system has raises `OpenedElsewhere`. Opens by C++ code are not seen.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

VARIABLE = "GRADTAPE_TESTS_OPEN_UNDER"
"""The environment variable that hands the folders down to other processes, where `sitecustomize` installs the hook."""

SYSTEM = [Path(folder) for folder in ("/proc", "/sys", "/dev", "/etc", "/usr/share/zoneinfo")]


class OpenedElsewhere(BaseException):
    """No `Exception`: a program that catches those must not hide that it looked."""


def install(folders: Iterable[str]) -> None:
    """Watch the opens of this process until it ends; Python has no way to take such a hook out again."""
    roots = [Path(folder).resolve() for folder in folders]

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event != "open" or isinstance(arguments[0], int):  # a number is a file that is open already
            return
        path = Path(os.path.normpath(Path(os.fsdecode(arguments[0])).absolute()))
        if _is_under(path, SYSTEM) or _is_under(path.resolve(), roots) or not _program_runs():
            return
        raise OpenedElsewhere(f"a program under test opens {path}, which other machines do not have")

    sys.addaudithook(hook)


def _is_under(path: Path, folders: Iterable[Path]) -> bool:
    return any(path.is_relative_to(folder) for folder in folders)


def _program_runs() -> bool:
    """Whether any thread is inside the recorder's `run_program`; pytest, debuggers and flake8 open what they like."""
    for frame in sys._current_frames().values():
        caller = frame
        while caller is not None:
            module = caller.f_globals.get("__name__", "")
            if caller.f_code.co_name == "run_program" and module.startswith("flake8_gradtape."):
                return True
            caller = caller.f_back
    return False
