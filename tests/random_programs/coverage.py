"""Which lines of the machine no program of a stream enters: static, by the interpreter's own monitoring (3.12 on)."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import CodeType

import flake8_gradtape.machine
from tests.random_programs.generator import numbered

FOLDER = Path(flake8_gradtape.machine.__file__).parent
LEFT_OUT = FOLDER / "trace"
"""What only `gradtape trace` runs, never a check."""


def report(seed: int, first: int, programs: int, language: str) -> Iterator[str]:
    """The lines that were not entered, by file and function. Raises `RuntimeError` below Python 3.12."""
    entered = _entered([numbered(seed, index, language) for index in range(first, first + programs)])
    whole, missing = 0, 0
    for path in sorted(path for path in FOLDER.rglob("*.py") if LEFT_OUT not in path.parents):
        code = compile(path.read_text(encoding="utf-8"), str(path), "exec")
        lines = dict(_lines(code))
        left = sorted(set(lines) - entered[str(path)])
        whole, missing = whole + len(lines), missing + len(left)
        for name in dict.fromkeys(lines[line] for line in left):
            of_name = [line for line in left if lines[line] == name]
            yield f"{path.relative_to(FOLDER)}: {name}: {', '.join(_ranges(of_name))}"
    yield f"{missing} of {whole} lines are entered by no program of {programs} (machine/trace is for `gradtape trace`)"


def _entered(texts: list[str]) -> defaultdict[str, set[int]]:
    """The lines of the machine that a check of `texts` enters."""
    if sys.version_info < (3, 12):
        raise RuntimeError("coverage needs Python 3.12 or newer")
    from flake8_gradtape.checking.check import check
    from flake8_gradtape.checking.enabling import enabled_codes

    seen: defaultdict[str, set[int]] = defaultdict(set)
    monitoring = sys.monitoring

    def line(code: CodeType, number: int) -> object:
        seen[code.co_filename].add(number)
        return monitoring.DISABLE

    monitoring.use_tool_id(monitoring.COVERAGE_ID, "random programs")
    monitoring.register_callback(monitoring.COVERAGE_ID, monitoring.events.LINE, line)
    monitoring.set_events(monitoring.COVERAGE_ID, monitoring.events.LINE)
    try:
        for text in texts:
            check(text, enabled=enabled_codes(["all"]))
    finally:
        monitoring.free_tool_id(monitoring.COVERAGE_ID)
    return seen


def _lines(code: CodeType, name: str = "") -> Iterator[tuple[int, str]]:
    """The lines of the functions in `code`, with the function they stand in; what runs on import does not count."""
    if name:
        yield from ((line, name) for _, _, line in code.co_lines() if line and line != code.co_firstlineno)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            is_function = bool(constant.co_flags & 2)  # CO_NEWLOCALS: no class body
            yield from _lines(constant, constant.co_qualname if is_function else "")


def _ranges(lines: list[int]) -> Iterator[str]:
    """Numbers as a reader writes them: 3-5, 9."""
    start = last = lines[0]
    for line in [*lines[1:], -1]:
        if line == last + 1:
            last = line
            continue
        yield str(start) if start == last else f"{start}-{last}"
        start = last = line
