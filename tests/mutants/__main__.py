"""Counts how many breaks of correct programs are found, kind by kind, and what each assumption gives.

    python -m tests.mutants [--keras 2|3] [--assumptions] [--missed] FILE|DIR...

With `--assumptions` the mutants are counted again without any assumption, and without each. Files that are not Python
are left out, and counted.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from flake8_gradtape.checking.check import check
from flake8_gradtape.machine.assumptions.taking import ALL
from tests.mutants import KINDS, Mutant, mutants


def found_in(mutant: Mutant, keras: int | None, assumed: frozenset[str]) -> list[str]:
    """What is said of a line that has the broken call: that it gives None, or raises."""
    lines = mutant.text.split("\n")
    return [
        report.message
        for report in check(mutant.text, keras=keras, assumed=assumed)
        if (report.code.startswith(("TAP1", "TAP2")) and ".gradient(" in lines[report.line - 1])
        or report.code == "TAP201"
    ]


def is_found(mutant: Mutant, keras: int | None, assumed: frozenset[str]) -> bool:
    """Whether anything is said of it."""
    return bool(found_in(mutant, keras, assumed))


def all_mutants(paths: Iterable[Path]) -> Iterator[tuple[Path, Mutant]]:
    """The mutants of all programs; what cannot be read is told of."""
    for path in paths:
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            try:
                made = list(mutants(file.read_text(encoding="utf-8")))
            except (SyntaxError, ValueError, OSError) as error:
                print(f"left out: {file}: {error}", file=sys.stderr)
                continue
            yield from ((file, one) for one in made)


def main() -> None:
    """Print a table of kinds, made and found."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("paths", nargs="+", type=Path, metavar="FILE|DIR")
    parser.add_argument("--keras", type=int, choices=(2, 3))
    parser.add_argument("--assumptions", action="store_true", help="count again without assumptions")
    parser.add_argument("--missed", action="store_true", help="print where the mutants are that are not found")
    options = parser.parse_args()
    made = list(all_mutants(options.paths))
    said = [(one, found_in(one[1], options.keras, ALL)) for one in made]
    found = [one for one, messages in said if messages]
    count, hits = Counter(one.kind for _, one in made), Counter(one.kind for _, one in found)
    for kind in KINDS:
        print(f"{kind:28} {hits[kind]:5} of {count[kind]:5}")
    print(f"{'all':28} {len(found):5} of {len(made):5}")
    if options.assumptions:
        for left, kept in [("any", frozenset[str]()), *((id_, ALL - {id_}) for id_ in sorted(ALL))]:
            # what takes nothing for granted is found without it too
            certain = sum(any("(taking" not in message for message in messages) for _, messages in said)
            doubtful = [one for one, messages in said if messages and all("(taking" in message for message in messages)]
            without = certain + sum(is_found(one, options.keras, kept) for _, one in doubtful)
            print(f"{'without ' + left:28} {without:5} of {len(made):5}")
    if options.missed:
        there = {id(one) for _, one in found}
        for file, one in made:
            if id(one) not in there:
                print(f"{file}: {one.kind}: {one.asked}")


if __name__ == "__main__":
    main()
