"""The programs that guard the machine, and what is found in them."""

from __future__ import annotations

import contextlib
import io
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import flake8_gradtape.checking.check as checking
from flake8_gradtape.checking.enabling import enabled_codes
from tests.golden import SETTINGS, programs
from tests.machine.cases import Case, problems, read_cases

TESTS = Path(__file__).resolve().parents[1]
STATIC_TESTS = ("test_machine.py",)
"""Tests that check texts of their own."""

LONGEST = 60
"""Seconds after which a program is taken to never end without the mechanism."""


class _TooLong(BaseException):
    """Ends a check; the machine does not catch it."""


def _stop(number: int, frame: object) -> None:
    raise _TooLong


@dataclass(frozen=True)
class Program:
    """A text that some test checks."""

    name: str
    text: str
    words: bool
    """The messages are compared too; else lines and codes only."""
    options: tuple[tuple[str, Any], ...] = ()
    """What `check` is given with it."""
    case: Case | None = None
    """Its beliefs are compared instead."""

    def findings(self) -> list[str]:
        """What is found, or believed, now; an error of the machine is told like a finding."""
        signal.signal(signal.SIGALRM, _stop)
        signal.alarm(LONGEST)
        try:
            if self.case is not None:
                return problems(self.case)
            reports = checking.check(self.text, **dict(self.options))
        except (Exception, _TooLong) as error:
            return [f"{type(error).__name__}: {error}"]
        finally:
            signal.alarm(0)
        return [str(one) if self.words else f"{one.line} {one.code}" for one in reports]


def all_programs() -> list[Program]:
    """Those of the golden file, for each version of Keras, and those of the tests of the machine; short ones first."""
    enabled = enabled_codes(["all"])
    named = [
        Program(name, text, True, (("enabled", enabled), ("keras", keras)))
        for name, text in programs()
        for keras in SETTINGS.values()
    ]
    found = [*_cases(), *named, *_of_tests()]
    return sorted(found, key=lambda one: (dict(one.options).get("keras") is not None, len(one.text)))


def _cases() -> list[Program]:
    """The cases of the tests by mechanism."""
    return [
        Program(f"tests/machine/{path.parent.name}: {case.title}", case.program, True, case=case)
        for path in sorted((TESTS / "machine").glob("*/*.md"))
        for case in read_cases(path)
    ]


def _of_tests() -> list[Program]:
    """What the tests of the machine give to `check` when they run."""
    given: dict[Program, None] = {}
    original = checking.check

    def noting(text: str, *arguments: Any, **options: Any) -> Any:
        given.setdefault(Program(f"tests, text {len(given) + 1}", text, False, tuple(sorted(options.items()))))
        return original(text, *arguments, **options)

    paths = [str(TESTS / name) for name in STATIC_TESTS if (TESTS / name).exists()]
    output = io.StringIO()
    checking.check = noting
    try:
        with contextlib.redirect_stdout(output):
            status = pytest.main(["-q", "-x", "-p", "no:cacheprovider", *paths])
    finally:
        checking.check = original
    if status != 0 or not given:
        raise SystemExit(f"the tests of the machine fail:\n{output.getvalue()}")
    texts: dict[tuple[str, object], Program] = {}
    for one in given:
        if len(one.text) < 20_000:
            texts.setdefault((one.text, one.options), one)
    return list(texts.values())
