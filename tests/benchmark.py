"""Measures what the plugin costs: the time of flake8 with it, divided by the time of flake8 alone; a script, no test.

    python tests/benchmark.py [--rounds N] [--slowest N] FILE|DIR...

Files that mention a tape and files that do not are measured apart. flake8 checks every file with and without the
plugin, one right after the other and in one process, so that both see the same machine; the processor time counts. What
flake8 itself needs to start is left out; what the plugin imports is counted in its first file. The median of the
rounds' ratios is printed with the smallest and the largest. `--slowest` adds the files on which the check itself takes
longest.
"""

from __future__ import annotations

import argparse
import ast
import os
import statistics
import time
import tokenize
from collections.abc import Iterator, Sequence
from pathlib import Path

from flake8.main.application import Application

ENTRY_POINT = "TAP"


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


def flake8(with_us: bool) -> Application:
    """Start flake8 with all of its plugins, or with all others."""
    started = Application()
    started.initialize(["-j1", "--isolated", "--exit-zero", f"--output-file={os.devnull}", os.devnull])
    if not with_us:
        manager = started.file_checker_manager
        others = [loaded for loaded in manager.plugins.tree if loaded.entry_name != ENTRY_POINT]
        assert len(others) < len(manager.plugins.tree), "the plugin is not installed"
        manager.plugins = manager.plugins._replace(tree=others)
    return started


def seconds(checking: Application, file: Path) -> float:
    """Return the processor time that flake8 takes for one file."""
    checking.options.filenames = [str(file)]
    start = time.process_time()
    checking.run_checks()
    checking.report()
    return time.process_time() - start


def compare(title: str, files: Sequence[Path], rounds: int) -> None:
    """Print one line of the result."""
    if not files:
        print(f"{title}: no files")
        return
    lines = sum(read(file).count("\n") for file in files)
    alone, together = flake8(with_us=False), flake8(with_us=True)
    taken = {alone: [0.0] * rounds, together: [0.0] * rounds}
    for number in range(rounds):
        for index, file in enumerate(files):
            for checking in (alone, together) if (index + number) % 2 else (together, alone):
                taken[checking][number] += seconds(checking, file)
    ratios = [with_us / without for with_us, without in zip(taken[together], taken[alone], strict=True)]
    print(
        f"{title}: {len(files)} files, {lines / 1000:.1f} kLOC: {statistics.median(taken[alone]):.2f} s alone, "
        f"{statistics.median(taken[together]):.2f} s with the plugin, ratio {statistics.median(ratios):.2f} "
        f"({min(ratios):.2f} to {max(ratios):.2f}, {rounds} rounds)"
    )


def print_slowest(files: Sequence[Path], count: int) -> None:
    """Print the files whose check takes longest, with the time it takes per 1,000 lines."""
    from flake8_gradtape.checking.check import check

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
