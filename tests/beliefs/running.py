"""Runs one program under probes, in this process: as `__main__`, by the caller of a library, or under unittest."""

from __future__ import annotations

import contextlib
import io
import itertools
import os
import signal
import sys
import tempfile
import types
import unittest
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.beliefs import probes
from tests.beliefs.comparing import Comparison, Report
from tests.beliefs.sources import Task
from tests.beliefs.tapes import gradient_calls_told

SECONDS = 120
"""How long one program may run."""


class TooLong(BaseException):
    """The program takes too long."""


def compare(task: Task, seconds: int = SECONDS) -> Report:
    """Run a program and hold it against the machine."""
    with _folder() as folder:
        stem = "program" if task.module == "__main__" else task.module
        path = folder / f"{stem}.py"
        try:
            comparison = Comparison(task.name, task.text, str(path), (task.module,))
        except Exception as error:
            return Report(task.name, error=f"{type(error).__name__}: {error}"[:200])
        path.write_text(comparison.program.text, encoding="utf-8")
        probes.install(comparison)
        has_tapes = "tensorflow" in task.text + task.caller
        try:
            with gradient_calls_told(comparison.asked) if has_tapes else contextlib.nullcontext():
                failed, error = _run(task, path, seconds)
        finally:
            probes.uninstall()
        report = comparison.report()
        report.error = error
        if failed:
            plain = folder / f"plain_{stem}.py"
            plain.write_text(task.text, encoding="utf-8")
            report.failed_tests = sorted(failed - _run_tests(plain, seconds)[0])
        return report


def _run(task: Task, path: Path, seconds: int) -> tuple[set[str], str]:
    """Run it in every way; gives the tests that failed, and what ended it."""
    if task.is_tests:
        return _run_tests(path, seconds)
    main = path
    if task.caller:
        main = path.parent / "caller_of_it.py"
        main.write_text(task.caller, encoding="utf-8")
    errors = []
    for flags in itertools.product("01", repeat=len(task.variables)):
        os.environ.update(zip(task.variables, flags, strict=True))
        errors.append(_run_script(main, seconds))
    return set(), "; ".join(dict.fromkeys(filter(None, errors)))


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    """A folder of its own to run in, with all put back after it."""
    before, arguments, main = Path.cwd(), list(sys.argv), sys.modules.get("__main__")
    searched, known = list(sys.path), set(sys.modules)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        os.chdir(folder)
        sys.path.insert(0, str(folder))
        try:
            yield folder
        finally:
            os.chdir(before)
            sys.argv[:] = arguments
            sys.path[:] = searched
            if main is not None:
                sys.modules["__main__"] = main
            for one in set(sys.modules) - known:
                file = getattr(sys.modules[one], "__file__", None)
                if isinstance(file, str) and file.startswith(str(folder)):
                    del sys.modules[one]


@contextlib.contextmanager
def _quiet_and_bounded(seconds: int) -> Iterator[None]:
    """Keeps back what is printed, and ends what runs in here when the time is over."""

    def end(*_: object) -> None:
        raise TooLong

    output = io.StringIO()
    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.2)  # again and again: unittest takes the first for an error
    try:
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _execute(path: Path, name: str) -> Any:
    """Run a file as the module of this name."""
    module: Any = types.ModuleType(name)
    module.__file__ = str(path)
    sys.modules[name] = module
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec", dont_inherit=True), module.__dict__)
    return module


def _run_script(path: Path, seconds: int) -> str:
    """Run it; gives what ended it."""
    sys.argv[:] = [str(path)]
    try:
        with _quiet_and_bounded(seconds):
            _execute(path, "__main__")
    except BaseException as error:
        return f"{type(error).__name__}: {error}"[:200]
    return ""


def _run_tests(path: Path, seconds: int) -> tuple[set[str], str]:
    """Run the tests of a module; gives those that fail, and what ended it."""
    result = unittest.TestResult()
    errors: list[str] = []
    try:
        with _quiet_and_bounded(seconds):
            for suite in unittest.defaultTestLoader.loadTestsFromModule(_execute(path, path.stem)):
                try:
                    suite.run(result)
                except Exception as error:  # where the stack is full, unittest itself may fail
                    errors.append(f"{type(error).__name__}: {error}")
    except BaseException as error:
        errors.append(f"{type(error).__name__}: {error}")
    return _failed(result), "; ".join(errors)[:200]


def _failed(result: unittest.TestResult) -> set[str]:
    """The tests that failed, without the name of their module."""
    return {str(test.id()).partition(".")[2] for test, _ in (*result.failures, *result.errors)}
