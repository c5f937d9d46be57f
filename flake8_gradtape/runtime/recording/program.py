"""Runs the text of a program as Python would run its file, and leaves the process as it was; it records nothing."""

from __future__ import annotations

import contextlib
import gc
import io
import linecache
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from flake8_gradtape.runtime.recording.lines import line_of_error
from flake8_gradtape.runtime.recording.result import ProgramError


class TimeLimit(BaseException):
    """Raised in a program to end it; the program's `except Exception` does not catch it."""


@dataclass(frozen=True)
class ProgramFile:
    """The text of a file, and the name that it is compiled with."""

    source: str
    filename: str


def run_program(
    source: str,
    filename: str,
    argv: Sequence[str],
    capture: bool,
    finish: Callable[[bool], None],
    judged: str | None = None,
) -> tuple[ProgramError | None, str]:
    """Execute `source` as the main module and call `finish(failed)` while its names are still alive.

    Gives the exception that ended the program, if any, and what it printed, if `capture`; the exception's line is one
    of the file `judged`, if that is another than the program's own. KeyboardInterrupt, and any other exception that is
    not for programs to catch, is passed on when all is restored.
    """
    output = io.StringIO()
    with contextlib.ExitStack() as stack:
        main = stack.enter_context(_main_module(source, filename, argv))
        if capture:
            stack.enter_context(contextlib.redirect_stdout(output))
            stack.enter_context(contextlib.redirect_stderr(output))
            stack.enter_context(_quiet_log())
        stack.enter_context(_settings_kept())
        stack.enter_context(_young_objects_only())
        error = None
        try:
            error = _execute(source, filename, main, judged or filename)
        finally:
            gc.collect()  # what only a cycle holds is not held
            finish(error is not None)
            main.__dict__.clear()
    return error, output.getvalue()


def _execute(source: str, filename: str, main: ModuleType, judged: str) -> ProgramError | None:
    try:
        exec(compile(source, filename, "exec", dont_inherit=True), main.__dict__)
    except SystemExit as error:
        return None if error.code in (None, 0) else ProgramError("SystemExit", str(error.code), None)
    except (Exception, TimeLimit) as error:
        return ProgramError(type(error).__name__, str(error), line_of_error(error, judged))
    return None


class _Text:
    """The loader of the main module: AutoGraph asks it for the text if there is no file of that name."""

    def __init__(self, source: str) -> None:
        self._source = source

    def get_source(self, name: str) -> str:
        return self._source


@contextlib.contextmanager
def _main_module(source: str, filename: str, argv: Sequence[str]) -> Iterator[ModuleType]:
    """A `__main__` for the program, with its own path and arguments; all is put back at the end."""
    main, folder = ModuleType("__main__"), Path(filename).resolve().parent
    main.__dict__.update(__file__=filename, __builtins__=__builtins__, __loader__=_Text(source))
    before = sys.modules.get("__main__")
    modules, path, arguments, cached = set(sys.modules), list(sys.path), list(sys.argv), linecache.cache.get(filename)
    sys.modules["__main__"] = main
    sys.path[:0] = [str(folder)]
    sys.argv[:] = [filename, *argv]
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)  # AutoGraph reads it
    try:
        yield main
    finally:
        if before is not None:
            sys.modules["__main__"] = before
        sys.path[:], sys.argv[:] = path, arguments
        if cached is None:
            linecache.cache.pop(filename, None)
        else:
            linecache.cache[filename] = cached
        _forget_neighbours(set(sys.modules) - modules, folder)


def _forget_neighbours(names: set[str], folder: Path) -> None:
    """Modules of the program's own folder go: the next program may have others of the same name."""
    for name in names:
        origin = getattr(sys.modules[name], "__file__", None)
        if isinstance(origin, str) and Path(origin).resolve().is_relative_to(folder):
            del sys.modules[name]


@contextlib.contextmanager
def _settings_kept() -> Iterator[None]:
    """Give the program known random seeds, and undo the settings of TensorFlow that would reach the next program."""
    tf: Any = import_module("tensorflow")
    import_module("random").seed(0)
    import_module("numpy").random.seed(0)
    tf.random.set_seed(0)
    eager, verbosity, folder = tf.config.functions_run_eagerly(), tf.get_logger().level, Path.cwd()
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(eager)
        tf.get_logger().setLevel(verbosity)
        os.chdir(folder)
        keras: Any = sys.modules.get("keras")
        if keras is not None and hasattr(keras, "config"):
            keras.config.set_dtype_policy("float32")
            keras.config.set_floatx("float32")


@contextlib.contextmanager
def _quiet_log() -> Iterator[None]:
    """TensorFlow's log goes to its handlers' own idea of stderr; hold them back, they come back afterwards."""
    logger = import_module("tensorflow.python.platform.tf_logging").get_logger()
    handlers, propagate = list(logger.handlers), logger.propagate
    held = [handler for handler in handlers if type(handler).__module__ == "logging"]
    for handler in held:
        logger.removeHandler(handler)
    logger.propagate = False
    try:
        yield
    finally:
        for handler in held:
            logger.addHandler(handler)
        logger.propagate = propagate


@contextlib.contextmanager
def _young_objects_only() -> Iterator[None]:
    """Keep the garbage collector from walking over all of TensorFlow at the end of each program."""
    if gc.get_freeze_count():
        yield
        return
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
