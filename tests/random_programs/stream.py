"""A fixed stream of programs judged by several processes, some of them on an earlier day."""

from __future__ import annotations

import gc
import multiprocessing
import os
import time
from collections.abc import Callable
from pathlib import Path

from tests.random_programs.generator import numbered
from tests.random_programs.tally import Tally, keep, kept

QUIET = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    "OMP_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
}
CHUNK = 25


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
    for report, verdict in judgement.findings:
        tally.verdicts[report.code, verdict.name] += 1
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


def judge_stream(
    seed: int,
    programs: int,
    jobs: int = 2,
    progress: Callable[[Tally], None] | None = None,
    *,
    first: int = 0,
    language: str = "mixed",
    tallies: Path | None = None,
) -> Tally:
    """Judge `programs` programs of the stream of `seed` from `first` on, in `jobs` processes of their own.

    `tallies` is a file of tallies of ranges: what it has of this stream is not run again, what is new is added to it.
    """
    started = time.monotonic()
    total = Tally()
    chunks = [(start, min(start + CHUNK, first + programs)) for start in range(first, first + programs, CHUNK)]
    known = kept(tallies, seed, language) if tallies else {}
    for chunk in chunks:
        total.add(known.get(chunk, Tally()))
    os.environ.update({name: value for name, value in QUIET.items() if name not in os.environ})
    with multiprocessing.get_context("spawn").Pool(jobs, prepare) as pool:
        pending = [
            (chunk, pool.apply_async(_chunk, (seed, *chunk, language))) for chunk in chunks if chunk not in known
        ]
        for chunk, one in pending:
            made = one.get()
            total.add(made)
            total.seconds = time.monotonic() - started
            if tallies:
                keep(tallies, seed, language, chunk, made)
            if progress:
                progress(total)
    total.failures.sort()
    return total
