"""Runs one program under probes, in this process: a script as `__main__`, or a test module under unittest."""

from __future__ import annotations

import contextlib
import io
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

SECONDS = 60


class TooLong(BaseException):
    """The program takes too long."""


def compare_script(name: str, text: str, seconds: int = SECONDS) -> Report:
    """Run a program as a script and hold it against the machine."""
    with _folder() as folder:
        path = folder / f"{Path(name).stem}.py"
        try:
            comparison = Comparison(name, text, str(path), ("__main__",))
        except Exception as error:
            return Report(name, error=f"{type(error).__name__}: {error}"[:200])
        path.write_text(comparison.program.text, encoding="utf-8")
        error = _run_script(path, comparison, seconds)
        report = comparison.report()
        report.error = error
        return report


def compare_tests(path: Path, seconds: int = 300) -> Report:
    """Run a test module under unittest and hold it against the machine."""
    text = path.read_text(encoding="utf-8")
    with _folder() as folder:
        module = f"probed_{path.stem}"
        copy = folder / f"{module}.py"
        try:
            comparison = Comparison(path.stem, text, str(copy), (module,))
        except Exception as error:
            return Report(path.stem, error=f"{type(error).__name__}: {error}"[:200])
        copy.write_text(comparison.program.text, encoding="utf-8")
        plain = folder / f"plain_{path.stem}.py"
        plain.write_text(text, encoding="utf-8")
        failed, error = _run_tests(copy, comparison, seconds)
        without, _ = _run_tests(plain, None, seconds)
        report = comparison.report()
        report.error = error
        report.failed_tests = sorted(failed - without)
        return report


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
def _bounded(seconds: int) -> Iterator[None]:
    """Ends what runs in here when the time is over."""

    def end(*_: object) -> None:
        raise TooLong

    before = signal.signal(signal.SIGALRM, end)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _run_script(path: Path, comparison: Comparison, seconds: int) -> str:
    """Run it; gives what ended it."""
    main: Any = types.ModuleType("__main__")
    main.__file__ = str(path)
    sys.modules["__main__"] = main
    sys.argv[:] = [str(path)]
    code = compile(comparison.program.text, str(path), "exec", dont_inherit=True)
    probes.install(comparison)
    output = io.StringIO()
    try:
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output), _bounded(seconds):
            exec(code, main.__dict__)
    except BaseException as error:
        return f"{type(error).__name__}: {error}"[:200]
    finally:
        probes.uninstall()
    return ""


def _run_tests(path: Path, comparison: Comparison | None, seconds: int) -> tuple[set[str], str]:
    """Run the tests of a module; gives those that fail, and what ended it."""
    main: Any = types.ModuleType(path.stem)
    main.__file__ = str(path)
    sys.modules[path.stem] = main
    result = unittest.TestResult()
    output = io.StringIO()
    if comparison is not None:
        probes.install(comparison)
    try:
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output), _bounded(seconds):
            exec(compile(path.read_text(encoding="utf-8"), str(path), "exec", dont_inherit=True), main.__dict__)
            unittest.defaultTestLoader.loadTestsFromModule(main).run(result)
    except BaseException as error:
        return _failed(result), f"{type(error).__name__}: {error}"[:200]
    finally:
        if comparison is not None:
            probes.uninstall()
    return _failed(result), ""


def _failed(result: unittest.TestResult) -> set[str]:
    """The tests that failed, without the name of their module."""
    return {str(test.id()).partition(".")[2] for test, _ in (*result.failures, *result.errors)}
