"""Every finding, with its message, in every program of this repository: one file, read in review whenever it changes.

`python -m tests.golden` writes `findings.txt` anew; `tests/test_golden.py` compares. All optional rules are on. Each
line says for which versions of Keras (unset, 2, 3) the finding is reported: `any` means unset. Nothing here runs a
program.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from flake8_gradtape.checking.check import check
from flake8_gradtape.checking.enabling import enabled_codes
from flake8_gradtape.rules import all_rules
from flake8_gradtape.rules.documentation import documentation, program
from tests.fixture_reader import read_fixtures
from tests.truth_table import read_rows

FILE = Path(__file__).with_name("findings.txt")
SETTINGS = {"any": None, "2": 2, "3": 3}


def programs() -> Iterator[tuple[str, str]]:
    """Name and text of each program: fixtures, rows of the truth table, examples and cures of the rules."""
    for fixture in read_fixtures():
        yield f"fixtures/{fixture.name}.py", fixture.text
    for row in read_rows():
        yield f"truth table {row.name}", row.text
    for rule in all_rules():
        if rule.code != "TAP900":
            yield f"{rule.code} example", program(documentation(rule).example)
            yield f"{rule.code} use instead", program(documentation(rule).use_instead)


def found(text: str, whole: bool = False) -> list[str]:
    """One line for each finding in a program, with the settings under which it is made; in the `whole` of its text."""
    settings: dict[tuple[int, int, str, str], list[str]] = {}
    for name, keras in SETTINGS.items():
        for report in check(text, enabled=enabled_codes(["all"]), keras=keras, whole=whole):
            place = (report.line, report.column, report.code, report.message)
            settings.setdefault(place, []).append(name)
    return [
        f"  {line}:{column} {code} [{' '.join(names)}] {message}"
        for (line, column, code, message), names in sorted(settings.items())
    ]


def _section(named: tuple[str, str], whole: bool) -> str:
    name, text = named
    return "\n".join([name, *found(text, whole)])


def golden(jobs: int = 2, whole: bool = False) -> str:
    """The text of the golden file as the code stands now; `whole`: as it is if nothing is left out of the programs."""
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        return "\n".join(pool.imap(partial(_section, whole=whole), list(programs()), chunksize=20)) + "\n"
