"""Reads what a fixture says about itself: its expectations and its unclaimed lines; runs and checks nothing.

A line of misuse ends in `# expect: TAP102` or `# expect: TAP102, TAP403`. A line on which TensorFlow shows something
that no rule can claim ends in `# unclaimed: why`. One comment may have both, the expectation first.

A fixture may be a library, whose callers nobody sees: beside `bad_x.py` then stands `bad_x_caller.py`, which imports
and uses it. The library alone is linted and judged; the caller is what runs.

A program that speaks of some versions of TensorFlow or Keras only says so by `# needs: keras>=3` (see `needs`);
elsewhere it is not run, but still read.
"""

from __future__ import annotations

import io
import re
import tokenize
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement

from tests.needs import read_needs

FOLDER = Path(__file__).resolve().parent.parent / "fixtures"

_CALLER = "_caller"
_EXPECT = re.compile(r"#\s*expect:\s*(TAP\d{3}(?:\s*,\s*TAP\d{3})*)\s*(?=#|$)")
_UNCLAIMED = re.compile(r"#\s*unclaimed:\s*(\S.*)$")
_MEANT = re.compile(r"#\W*(expect|unclaimed)|\b(expects?|unclaimed)\s*:", re.IGNORECASE)


@dataclass(frozen=True)
class Fixture:
    """One program and what it says."""

    path: Path
    text: str
    expected: frozenset[tuple[int, str]]
    """Line and code."""
    unclaimed: dict[int, str]
    """Line and reason."""
    caller: Path | None = None
    """The program that runs it, if it is a library."""
    needs: tuple[Requirement, ...] = ()
    """The versions of TensorFlow or Keras that it speaks of."""

    @property
    def name(self) -> str:
        """`TAP102_other_tapes_tensor/bad_chain_rule_script`."""
        return f"{self.path.parent.name}/{self.path.stem}"

    @property
    def code(self) -> str:
        """The rule that the fixture is about."""
        return self.path.parent.name.partition("_")[0]

    @property
    def is_bad(self) -> bool:
        """The fixture shows the misuse; else it looks like it and is right."""
        return self.path.stem.startswith("bad_")


def read_fixtures(folder: Path = FOLDER) -> list[Fixture]:
    """Read all fixtures, in order. Raises ValueError where a comment is nearly one of ours."""
    return [read_fixture(path) for path in sorted(folder.glob("TAP*/*.py")) if not path.stem.endswith(_CALLER)]


def read_callers(folder: Path = FOLDER) -> dict[Path, Path]:
    """The program that runs each library, by the library's path, which may be missing."""
    callers = sorted(folder.glob(f"TAP*/*{_CALLER}.py"))
    return {path.with_stem(path.stem.removesuffix(_CALLER)): path for path in callers}


def read_fixture(path: Path) -> Fixture:
    """Read one fixture; see `read_fixtures`."""
    with tokenize.open(path) as file:
        text = file.read()
    expected, unclaimed = read_comments(text)
    caller = path.with_stem(path.stem + _CALLER)
    return Fixture(path, text, expected, unclaimed, caller if caller.exists() else None, read_needs(text))


def read_comments(text: str) -> tuple[frozenset[tuple[int, str]], dict[int, str]]:
    """The expectations and the unclaimed lines of a text. Raises ValueError where a comment is nearly one of ours."""
    expected: set[tuple[int, str]] = set()
    unclaimed: dict[int, str] = {}
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type != tokenize.COMMENT:
            continue
        line, comment = token.start[0], token.string
        codes, reason = _EXPECT.match(comment), _UNCLAIMED.search(comment)
        if codes is None and reason is None and _MEANT.search(comment):
            raise ValueError(f"line {line}: not an expectation, nor an unclaimed line: {comment}")
        if codes is not None:
            expected |= {(line, code.strip()) for code in codes[1].split(",")}
        if reason is not None:
            unclaimed[line] = reason[1]
    return frozenset(expected), unclaimed
