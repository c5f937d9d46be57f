"""A fixed stream of programs judged by several processes, and the tally of it."""

from __future__ import annotations

import gc
import multiprocessing
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tests.random_programs.generator import numbered

QUIET = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    "OMP_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
}
CHUNK = 25


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
    known: Counter[str] = field(default_factory=Counter)
    """False claims of kinds that are known to be open."""
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
        self.known += other.known

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


def examine(seed: int, index: int, language: str = "mixed") -> Tally:
    """Judge one program of a stream."""
    from flake8_gradtape.events import Answer, CallRaised, GradientAsked
    from tests.random_programs.oracle import judge

    judgement = judge(numbered(seed, index, language))
    tally = Tally(1, len(judgement.runs), sum(bool(run.error) for run in judgement.runs))
    lines: dict[object, str] = {}
    for event in (event for run in judgement.runs for event in run.events):
        if isinstance(event, GradientAsked):
            none = any(source.answer is Answer.NONE for source in event.sources)
            lines[event.where] = "none" if none else lines.get(event.where, "tensor")
        elif isinstance(event, CallRaised):
            lines.setdefault(event.where, "raised")
    tally.asks.update(lines.values())
    tally.verdicts.update((report.code, verdict.name) for report, verdict in judgement.findings)
    tally.expected.update(kind.name for kind, _ in judgement.expected)
    tally.missed.update(kind.name for kind, _ in judgement.missed)
    tally.failures += [(index, sort, what) for sort, what in sorted(judgement.failures())]
    return tally


def prepare() -> None:
    """Make TensorFlow quiet and single-threaded in this process, which is for judging programs alone."""
    os.environ.update(QUIET)
    import logging

    import tensorflow as tf

    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.config.threading.set_intra_op_parallelism_threads(1)
    logging.getLogger("tensorflow").setLevel(logging.ERROR)


def _chunk(seed: int, start: int, stop: int, language: str) -> Tally:
    total = Tally()
    for index in range(start, stop):
        total.add(examine(seed, index, language))
    gc.collect()  # jacobian keeps its recording in a reference cycle (truth table D50)
    return total


def judge_stream(seed: int, programs: int, jobs: int = 2, progress: Callable[[Tally], None] | None = None) -> Tally:
    """Judge the first `programs` programs of the stream of `seed`, in `jobs` processes of their own."""
    started = time.monotonic()
    total = Tally()
    chunks = [(seed, start, min(start + CHUNK, programs)) for start in range(0, programs, CHUNK)]
    os.environ.update({name: value for name, value in QUIET.items() if name not in os.environ})
    with multiprocessing.get_context("spawn").Pool(jobs, prepare) as pool:
        pending = [pool.apply_async(_chunk, chunk) for chunk in chunks]
        for one in pending:
            total.add(one.get())
            total.seconds = time.monotonic() - started
            if progress:
                progress(total)
    total.failures.sort()
    return total
