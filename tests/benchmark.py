"""Measures what the plugin costs: the time of flake8 with it, divided by the time of flake8 alone; a script, no test.

    python tests/benchmark.py [--rounds N] [--slowest N] FILE|DIR...

Files that mention a tape and files that do not are measured apart. Every round runs flake8 in one process (`-j1`) with
and without the plugin, one after the other, so that both see the same machine; the processor time counts, and the
median of the rounds' ratios is printed with the smallest and the largest. `--slowest` adds the files on which the
check itself takes longest.
"""

from __future__ import annotations

import argparse
import ast
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import tokenize
from collections.abc import Iterator, Sequence
from pathlib import Path

HIDE = """
import importlib.metadata, sys
installed = importlib.metadata.distributions
hidden = sys.argv.pop(1)
def others(**how):
    return (one for one in installed(**how) if one.metadata["Name"] != hidden)
importlib.metadata.distributions = others
from flake8.main.cli import main
sys.exit(main())
"""
NOTHING = "nothing"
PLUGIN = "flake8-gradtape"


def python_files(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield the files that Python can parse."""
    for path in paths:
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            try:
                ast.parse(read(file))
            except (SyntaxError, ValueError, RecursionError, MemoryError, OSError):
                continue
            yield file.resolve()


def read(path: Path) -> str:
    """Read a file in the encoding it declares."""
    with tokenize.open(path) as file:
        return file.read()


def flake8_seconds(files: Sequence[Path], hidden: str) -> tuple[float, float]:
    """Return the processor time and the time of one run of flake8 that does not see the package `hidden`."""
    with tempfile.TemporaryDirectory() as empty:
        command = [sys.executable, "-c", HIDE, hidden, "-j1", "--isolated", "--exit-zero", *map(str, files)]
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=empty)
        after, end = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, end - start


def compare(title: str, files: Sequence[Path], rounds: int) -> None:
    """Print one line of the result."""
    if not files:
        print(f"{title}: no files")
        return
    lines = sum(read(file).count("\n") for file in files)
    alone, together = [], []
    for _ in range(rounds):
        alone.append(flake8_seconds(files, PLUGIN))
        together.append(flake8_seconds(files, NOTHING))
    for kind, index in (("processor", 0), ("elapsed", 1)):
        ratios = [with_us[index] / without[index] for with_us, without in zip(together, alone, strict=True)]
        print(
            f"{title}: {len(files)} files, {lines / 1000:.1f} kLOC, {kind} time: "
            f"{statistics.median(one[index] for one in alone):.2f} s alone, "
            f"{statistics.median(one[index] for one in together):.2f} s with the plugin, ratio "
            f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}, {rounds} rounds)"
        )


def print_slowest(files: Sequence[Path], count: int) -> None:
    """Print the files whose check takes longest, with the time it takes per 1,000 lines."""
    from flake8_gradtape.check import check

    taken = []
    for file in files:
        text = read(file)
        tree = ast.parse(text)
        start = time.perf_counter()
        found = check(text, tree)
        taken.append((time.perf_counter() - start, text.count("\n"), len(found), file))
    taken.sort(key=lambda one: one[0], reverse=True)
    total, lines = sum(one[0] for one in taken), sum(one[1] for one in taken)
    print(f"check alone: {total:.2f} s, {total / max(lines, 1) * 1e6:.0f} ms/kLOC")
    for seconds, length, found_here, file in taken[:count]:
        print(f"  {seconds * 1000:6.0f} ms  {length:5} lines  {found_here} findings  {file}")


def main() -> None:
    """Run the comparison."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", metavar="FILE|DIR", nargs="+", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--slowest", type=int, default=0, metavar="N")
    options = parser.parse_args()
    files = list(python_files(options.paths))
    with_tape = [file for file in files if "GradientTape" in read(file)]
    without_tape = [file for file in files if file not in set(with_tape)]
    compare("with tapes", with_tape, options.rounds)
    compare("without tapes", without_tape, options.rounds)
    if options.slowest:
        print_slowest(with_tape, options.slowest)


if __name__ == "__main__":
    main()
