"""`python -m tests.fuzz FIRST LAST`: checks the programs of these seeds, and prints those that are too much."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from flake8_gradtape.checking.guard import guarded_check
from tests.fuzz.programs import program

FIXTURES = Path(__file__).parents[1].parent / "fixtures"
MOST_SECONDS = 3.0
"""Of the processor, for one program."""
MOST_BYTES = 1 << 30
"""Of address space, for all of them: what is left from one program counts for the next."""


def troubles(first: int, last: int) -> Iterator[tuple[int, str]]:
    """The seeds whose programs took too long, or were not checked at all, and what happened."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(FIXTURES.rglob("*.py"))]
    for seed in range(first, last):
        text = program(seed, texts)
        start = time.process_time()
        found = guarded_check(text, None, frozenset(), debug=False)
        took = time.process_time() - start
        if took > MOST_SECONDS:
            yield seed, f"{took:.1f} s"
        for one in found:
            if one.code == "TAP900":
                yield seed, one.message


def main(first: int, last: int) -> int:
    """Check them all within the limits; gives the number of troubles."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    count = 0
    for seed, what in troubles(first, last):
        print(f"seed {seed}: {what}", flush=True)
        count += 1
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{last - first} programs, {count} troubles, {time.process_time():.0f} s, {peak} MB at the most")
    return count


if __name__ == "__main__":
    sys.exit(bool(main(int(sys.argv[1]), int(sys.argv[2]))))
