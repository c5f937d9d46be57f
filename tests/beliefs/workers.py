"""Compares many programs in few processes, so that TensorFlow is imported once for many; a dead process costs one."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from tests.beliefs.comparing import Report, Violation
from tests.beliefs.sources import Task

BATCH = 100
"""Programs in one process: TensorFlow keeps what it has traced."""
PATIENCE = 900
"""Seconds without an answer after which a process is ended."""
_QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1", "OMP_NUM_THREADS": "1"}


def compare_all(tasks: Sequence[Task]) -> Iterator[Report]:
    """A report on each task, in order."""
    left = list(tasks)
    while left:
        batch = left[: 1 if left[0].is_tests else BATCH]  # tests leave traces in the interpreter
        done = 0
        for report in _batch(batch):
            done += 1
            yield report
        if done < len(batch):
            yield Report(batch[done].name, error="the process that ran it died")
            done += 1
        del left[:done]


def _batch(tasks: Sequence[Task]) -> Iterator[Report]:
    """Reports as long as the process lives."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.beliefs.workers"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env={**os.environ, **_QUIET}, cwd=Path(__file__).resolve().parents[2],
    )  # fmt: skip
    assert process.stdin is not None and process.stdout is not None
    answers: queue.Queue[str] = queue.Queue()
    given = json.dumps([asdict(task) for task in tasks])
    threading.Thread(target=_feed, args=(process, given), daemon=True).start()
    threading.Thread(target=_listen, args=(process, answers), daemon=True).start()
    try:
        for _ in tasks:
            line = answers.get(timeout=PATIENCE)
            if not line:
                return
            told = json.loads(line)
            told["violations"] = [Violation(**one) for one in told["violations"]]
            yield Report(**told)
    except queue.Empty:
        return
    finally:
        process.kill()
        process.wait()


def _feed(process: subprocess.Popen[str], given: str) -> None:
    assert process.stdin is not None
    try:
        process.stdin.write(given)
        process.stdin.close()
    except OSError:
        pass  # it is dead, as whoever listens will see


def _listen(process: subprocess.Popen[str], answers: queue.Queue[str]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        answers.put(line)
    answers.put("")


def work() -> None:
    """Be the process: tasks come in, reports go out, line by line; what programs print goes nowhere."""
    from tests.beliefs.running import compare

    out = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    for given in json.load(sys.stdin):
        task = Task(**{**given, "variables": tuple(given["variables"])})
        print(json.dumps(asdict(compare(task))), file=out, flush=True)
    os._exit(0)  # whatever threads the programs have left


if __name__ == "__main__":
    work()
