"""The arrows of the house: each package knows only what stands below it, and no two modules know each other.

The imports are read from the text, those for type checking and those inside functions included.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import flake8_gradtape

PACKAGE = Path(flake8_gradtape.__file__).parent
NAME = "flake8_gradtape"

FLOORS = [
    {"__main__"},
    {"cli"},
    {"plugin"},
    {"notebooks"},
    {"checking"},
    {"machine", "rules", "runtime"},
    {"events", "knowledge", "reading"},
]
"""From the top down; what stands on one floor does not know its neighbours."""
FLOORS_OF_THE_MACHINE = [
    {"trace"},
    {"interpreter"},
    {"roots"},
    {"root_runs", "method_receivers", "lasting", "inert"},
    {"libraries"},
    {"verdicts"},
    {"language"},
    {"state"},
    {"tapes"},
    {"assumptions"},
    {"domain"},
]
FLOORS_OF_THE_RUNTIME = [{"confirming"}, {"recording"}]
NEIGHBOURS = {("events", "reading"), ("root_runs", "method_receivers"), ("knowledge", "reading")}
"""Pairs on one floor of which the first may know the second."""


def modules() -> dict[str, Path]:
    """The modules of the package, by their dotted name below it."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def imports(path: Path) -> Iterator[str]:
    """The modules of the package that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write imports in full"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            if name == NAME or name.startswith(f"{NAME}."):
                below = name.removeprefix(NAME).removeprefix(".")
                yield below if below in MODULES else below.rpartition(".")[0]


ARROWS = sorted({(name, known) for name, path in MODULES.items() for known in imports(path) if known not in ("", name)})


def floor(name: str, floors: list[set[str]], depth: int) -> tuple[int, str] | None:
    """The number of the floor from below, and the room there, of a module; None if it is not on these floors."""
    parts = name.split(".")
    if len(parts) <= depth:
        return None
    for number, rooms in enumerate(reversed(floors)):
        if parts[depth] in rooms:
            return number, parts[depth]
    raise AssertionError(f"{name} is on no floor: say in this file where it stands")


def upward(floors: list[set[str]], inside: str) -> list[str]:
    """The arrows below the package `inside` that do not run down."""
    depth = len(inside.split(".")) if inside else 0
    within = f"{inside}." if inside else ""
    wrong = []
    for name, known in ARROWS:
        if not (name.startswith(within) and known.startswith(within)):
            continue
        start, end = floor(name, floors, depth), floor(known, floors, depth)
        if start is None or end is None:
            continue
        if start[1] != end[1] and start[0] <= end[0] and (start[1], end[1]) not in NEIGHBOURS:
            wrong.append(f"{name} -> {known}")
    return wrong


@pytest.mark.parametrize(
    ("inside", "floors"),
    [("", FLOORS), ("machine", FLOORS_OF_THE_MACHINE), ("runtime", FLOORS_OF_THE_RUNTIME)],
    ids=["the house", "machine", "runtime"],
)
def test_each_package_knows_only_what_stands_below_it(inside: str, floors: list[set[str]]) -> None:
    assert upward(floors, inside) == []


def test_rules_know_events_only() -> None:
    known = {end.partition(".")[0] for start, end in ARROWS if start.startswith("rules") if end}
    assert known <= {"rules", "events"}


def test_no_two_modules_know_each_other() -> None:
    assert circles() == []


def circles() -> list[list[str]]:
    """The groups of modules that reach each other along imports."""
    below: dict[str, set[str]] = {name: set() for name in MODULES}
    for start, end in ARROWS:
        below[start].add(end)
    reach = {name: set(known) for name, known in below.items()}
    for between in MODULES:
        for name in MODULES:
            if between in reach[name]:
                reach[name] |= reach[between]
    groups = {tuple(sorted(one for one in reach[name] if name in reach[one])) for name in MODULES}
    return [list(group) for group in sorted(groups) if group]
