"""Regenerates the knowledge base by probing the installed TensorFlow, in worker processes that may die.

`python -m tests.knowledge` writes `knowledge/facts.json`; with `--check` it compares instead,
prints the differences and exits 1 if there are any. What one function does is measured in `merge`.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from tests.knowledge.merge import Stored

FACTS = Path(__file__).resolve().parents[2] / "flake8_gradtape" / "knowledge" / "facts.json"
SECONDS = 120.0
"""How long one function may take before its worker is ended."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check the knowledge base; the exit code is 1 if `--check` found a difference."""
    parser = argparse.ArgumentParser(prog="python -m tests.knowledge", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with the stored facts, write nothing")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="probe and print these functions, write nothing")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.worker:
        return _work()
    if options.only:
        for name, answer in _answers(list(options.only)):
            print(name, json.dumps(answer))
        return 0
    text = render(generate())
    if not options.check:
        FACTS.write_text(text, encoding="utf-8")
        return 0
    differences = list(compare(json.loads(FACTS.read_text(encoding="utf-8")), json.loads(text)))
    print("\n".join(differences) or "the stored facts are what the installed TensorFlow does")
    return 1 if differences else 0


def generate() -> dict[str, Any]:
    """Probe everything; give the content of the knowledge base. Tells on stderr what was left out and why."""
    answers = dict(_answers([]))
    versions = answers.pop("versions")
    functions: dict[str, Stored] = {}
    methods: dict[str, Stored] = {}
    for name, answer in sorted(answers.items()):
        if "left_out" in answer:
            print(f"left out {name}: {answer['left_out']}", file=sys.stderr)
        elif name.startswith("method "):
            methods[name.removeprefix("method ")] = answer
        else:
            functions[name] = answer
    return {**versions, "functions": functions, "methods": methods}


def render(data: dict[str, Any]) -> str:
    """One function per line, so that a change of TensorFlow reads well in a diff."""
    lines = ["{"]
    lines += [f"{json.dumps(key)}: {json.dumps(data[key])}," for key in ("tensorflow", "keras")]
    for key, end in (("functions", "},"), ("methods", "}")):
        entries = [f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in sorted(data[key].items())]
        lines += [f"{json.dumps(key)}: {{", ",\n".join(entries), end]
    return "\n".join([*lines, "}", ""])


def compare(stored: dict[str, Any], probed: dict[str, Any]) -> Iterator[str]:
    """Give one readable line per difference."""
    for key in ("tensorflow", "keras"):
        if stored[key] != probed[key]:
            yield f"{key}: stored {stored[key]}, installed {probed[key]}"
    for part in ("functions", "methods"):
        for name in sorted(stored[part].keys() | probed[part].keys()):
            before, now = stored[part].get(name), probed[part].get(name)
            if before is None or now is None:
                yield f"{name}: {'not stored' if before is None else 'not probed any more'}"
                continue
            for field in sorted(before.keys() | now.keys()):
                if before.get(field) != now.get(field):
                    yield f"{name}.{field}: stored {before.get(field)}, probed {now.get(field)}"


def _answers(names: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Probe in a worker process; when it dies or hangs, note the function it had in hand and start another."""
    done: set[str] = set()
    while True:
        worker = subprocess.Popen(
            [sys.executable, "-m", "tests.knowledge", "--worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"},
        )
        assert worker.stdin is not None and worker.stdout is not None
        json.dump({"names": names, "done": sorted(done)}, worker.stdin)
        worker.stdin.close()
        lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=_read, args=(worker.stdout, lines), daemon=True).start()
        in_hand = ""
        while True:
            try:
                line = lines.get(timeout=SECONDS)
            except queue.Empty:
                worker.kill()
                break
            if not line:
                break
            message = json.loads(line)
            in_hand = message["name"]
            if "answer" in message:
                done.add(in_hand)
                yield in_hand, message["answer"]
                in_hand = ""
        worker.wait()
        if not in_hand:
            if worker.returncode:
                raise RuntimeError(f"the worker ended with {worker.returncode} before it probed anything")
            return
        done.add(in_hand)
        yield in_hand, {"left_out": "it ends the process, or never returns"}


def _read(stream: IO[str], lines: queue.Queue[str]) -> None:
    for line in stream:
        lines.put(line)
    lines.put("")


def _work() -> int:
    """Probe what is asked for on standard input; say on standard output what is in hand and what came out."""
    asked = json.load(sys.stdin)
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # What TensorFlow or a probed function prints must not mix with the answers.

    def say(**message: Any) -> None:
        answers.write(json.dumps(message) + "\n")
        answers.flush()

    import keras
    import tensorflow as tf

    from tests.knowledge.subjects import subjects

    if "versions" not in asked["done"] and not asked["names"]:
        say(name="versions", answer={"tensorflow": tf.__version__, "keras": keras.__version__})
    for subject in subjects():
        if subject.name in asked["done"]:
            continue
        if asked["names"] and not {subject.name, *subject.aliases} & set(asked["names"]):
            continue
        say(name=subject.name)
        say(name=subject.name, answer=subject.probe())
    return 0
