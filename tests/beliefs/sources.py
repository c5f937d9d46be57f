"""The programs to compare: each is a task that another process can carry out."""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.fixture_reader import read_fixtures
from tests.needs import unmet
from tests.truth_table import read_rows

CPYTHON = (
    "test_descr test_contextlib test_with test_generators test_scope test_exceptions test_patma test_functools "
    "test_dataclasses test_property test_dict test_list test_iter test_unpack test_fstring".split()
)
"""Tests that come with CPython, as far as they are about what the machine imitates."""


@dataclass(frozen=True)
class Task:
    """One program: a script, a library with the program that calls it, or a module of tests."""

    name: str
    text: str
    module: str = "__main__"
    caller: str = ""
    is_tests: bool = False
    variables: tuple[str, ...] = ()
    """Variables of the environment that it reads: it runs once with each combination of 0 and 1."""


def scripts(paths: Iterable[Path]) -> Iterator[Task]:
    """Programs by their files."""
    for path in paths:
        yield Task(str(path), path.read_text(encoding="utf-8"))


def test_modules(paths: Iterable[Path]) -> Iterator[Task]:
    """Modules of tests by their files."""
    for path in paths:
        name = path.parent.name if path.stem == "__init__" else path.stem
        yield Task(name, path.read_text(encoding="utf-8"), f"probed_{name}", is_tests=True)


def fixtures() -> Iterator[Task]:
    """All fixtures that speak of the TensorFlow that is here."""
    for one in read_fixtures():
        if unmet(one.needs):
            continue
        if one.caller is None:
            yield Task(one.name, one.text)
        else:
            yield Task(one.name, one.text, one.path.stem, one.caller.read_text(encoding="utf-8"))


def rows() -> Iterator[Task]:
    """All rows of the truth table."""
    for row in read_rows():
        yield Task(f"row {row.name}", row.text)


def random_programs(seed: int, first: int, count: int, language: str = "mixed") -> Iterator[Task]:
    """Programs of a stream."""
    from tests.random_programs.generator import FLAG_VARIABLES, numbered

    for index in range(first, first + count):
        text = numbered(seed, index, language)
        read = tuple(one for one in FLAG_VARIABLES.values() if one in text)
        yield Task(f"random {seed}/{index}", text, variables=read)


def cpython_folder() -> Path | None:
    """Where the interpreter has CPython's own tests; None if it ships without."""
    folder = Path(sysconfig.get_paths()["stdlib"]) / "test"
    return folder if (folder / "test_descr.py").exists() else None


def cpython(names: Iterable[str] = CPYTHON) -> Iterator[Task]:
    """CPython's own tests; none where the interpreter ships without them."""
    folder = cpython_folder()
    if folder is None:
        print(f"no test package with {sys.executable}", file=sys.stderr)
        return
    paths = (path for name in names for path in (folder / f"{name}.py", folder / name / "__init__.py"))
    yield from test_modules(path for path in paths if path.exists())
