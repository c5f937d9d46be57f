"""What a stream of programs showed, and a file of such tallies by ranges of programs, so that long runs can go on."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import flake8_gradtape

SOURCES = (Path(flake8_gradtape.__file__).parent, Path(__file__).parent)


@dataclass
class Tally:
    """What a stream of programs showed."""

    programs: int = 0
    runs: int = 0
    ended_early: int = 0
    asks: Counter[str] = field(default_factory=Counter)
    """Lines that ask, by what happened there over all runs: `tensor`, `none`, `raised`."""
    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Findings by code and verdict."""
    expected: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    failures: list[tuple[int, str, str]] = field(default_factory=list)
    """Program number, sort of disagreement, and code or kind."""
    seconds: float = 0.0

    def add(self, other: Tally) -> None:
        self.programs += other.programs
        self.runs += other.runs
        self.ended_early += other.ended_early
        self.asks += other.asks
        self.verdicts += other.verdicts
        self.expected += other.expected
        self.missed += other.missed
        self.failures += other.failures

    def recall(self, kind: str) -> float:
        """The share of lines with a sure misuse of `kind` that have their finding; 1.0 if there is none."""
        return 1.0 - self.missed[kind] / self.expected[kind] if self.expected[kind] else 1.0

    def false_claims(self) -> int:
        return sum(count for (_, verdict), count in self.verdicts.items() if verdict == "REFUTED")

    def lines(self) -> Iterator[str]:
        """The tally for a reader."""
        rate = self.programs / self.seconds if self.seconds else 0.0
        yield f"{self.programs} programs in {self.seconds:.0f} s ({rate:.1f} per second)"
        yield f"{self.runs} runs, {self.ended_early} of them ended early"
        yield "lines that ask: " + ", ".join(f"{self.asks[key]} {key}" for key in ("tensor", "none", "raised"))
        for code in sorted({code for code, _ in self.verdicts}):
            parts = [
                f"{count} {verdict.lower().replace('_', ' ')}"
                for (one, verdict), count in sorted(self.verdicts.items())
                if one == code
            ]
            yield f"{code}: " + ", ".join(parts)
        yield f"false claims: {self.false_claims()}"
        for kind in sorted(self.expected):
            found = self.expected[kind] - self.missed[kind]
            yield f"recall of {kind.lower()}: {found} of {self.expected[kind]} ({self.recall(kind):.4f})"

    def saved(self) -> dict[str, Any]:
        """The tally as JSON can hold it."""
        return {
            "programs": self.programs,
            "runs": self.runs,
            "ended_early": self.ended_early,
            "asks": dict(self.asks),
            "verdicts": {" ".join(pair): count for pair, count in self.verdicts.items()},
            "expected": dict(self.expected),
            "missed": dict(self.missed),
            "failures": self.failures,
        }


def _read(saved: dict[str, Any]) -> Tally:
    verdicts = {tuple(pair.split()): count for pair, count in saved["verdicts"].items()}
    counters = {name: Counter(saved[name]) for name in ("asks", "expected", "missed")}
    plain = {name: saved[name] for name in ("programs", "runs", "ended_early")}
    failures = [(index, sort, what) for index, sort, what in saved["failures"]]
    return Tally(**plain, **counters, verdicts=Counter(verdicts), failures=failures)


@cache
def _version() -> str:
    """A digest of the analyzer and the generator: tallies of another version say nothing about this one."""
    digest = hashlib.sha256()
    for path in sorted(path for folder in SOURCES for path in folder.rglob("*") if path.suffix in (".py", ".json")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def keep(file: Path, seed: int, language: str, chunk: tuple[int, int], tally: Tally) -> None:
    """Add the tally of a range to `file`, as one line."""
    line = {"version": _version(), "seed": seed, "language": language, "chunk": chunk, **tally.saved()}
    with file.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(line) + "\n")


def kept(file: Path, seed: int, language: str) -> dict[tuple[int, int], Tally]:
    """What `file` has of one stream, made by this version, by range."""
    return {
        (line["chunk"][0], line["chunk"][1]): _read(line)
        for line in _lines(file)
        if (line["seed"], line["language"]) == (seed, language)
    }


def summed(file: Path) -> Tally:
    """The sum of all that `file` has of this version, each range once; failures carry their numbers only."""
    known = {(line["seed"], line["language"], *line["chunk"]): line for line in _lines(file)}
    total = Tally()
    for line in known.values():
        total.add(_read(line))
    return total


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    """The lines of this version; a line that was cut off when a run was stopped is none."""
    for text in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
        try:
            line = json.loads(text)
        except json.JSONDecodeError:
            continue
        if line["version"] == _version():
            yield line
