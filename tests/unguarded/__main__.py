"""Prints the table: `python -m tests.unguarded [--functions] [WORD ...]`; words choose by name what is taken out."""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from typing import Any

from tests.unguarded.holders import replaced
from tests.unguarded.lists import entries
from tests.unguarded.mechanisms import functions
from tests.unguarded.patterns import alternatives
from tests.unguarded.programs import Program, all_programs
from tests.unguarded.removal import Account, Removal

PROGRAMS: list[Program] = []
BASELINE: list[list[str]] = []
REMOVALS: list[Removal] = []
"""Set before the processes are forked, and only read in them."""


def main() -> None:
    """Take out one thing after the other and print what guards it."""
    parser = argparse.ArgumentParser(prog="python -m tests.unguarded", description=__doc__)
    parser.add_argument("--functions", action="store_true", help="take out functions too, not only lists")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--without", action="append", default=[], help="nothing that has this word in its name")
    parser.add_argument("--programs", action="append", help="only programs that have this in their name")
    parser.add_argument("words", nargs="*", help="only what has one of these words in its name")
    options = parser.parse_args()
    account, spies = Account(), {}
    for find in (entries, alternatives, *([functions] if options.functions else [])):
        found, own = find(account)
        REMOVALS.extend(found)
        spies.update(own)
    for one in [*REMOVALS]:
        name = f"{one.where} {one.what}"
        if any(word in name for word in options.without) or not any(word in name for word in options.words or [""]):
            REMOVALS.remove(one)
    PROGRAMS.extend(one for one in all_programs() if any(word in one.name for word in options.programs or [""]))
    began = time.monotonic()
    with replaced(spies):
        for account.now, program in enumerate(PROGRAMS):
            BASELINE.append(program.findings())
    account.now = -1
    _say(f"{len(PROGRAMS)} checks, {len(REMOVALS)} things to take out; {time.monotonic() - began:.0f} s\n")
    missing = 0
    with multiprocessing.get_context("fork").Pool(options.jobs) as pool:
        for number, guard in enumerate(pool.imap(_guard, range(len(REMOVALS)))):
            one = REMOVALS[number]
            missing += guard is None
            print(f"{one.where}\t{one.what}\t{guard or f'none ({len(one.reached_by)} checks come by)'}", flush=True)
    _say(f"{missing} of {len(REMOVALS)} without a program; {time.monotonic() - began:.0f} s\n")


def _guard(number: int) -> str | None:
    """The name of the first program whose findings change; None if there is none."""
    one = REMOVALS[number]
    reached = sorted(one.reached_by)
    mentioning = [place for place in reached if one.word and one.word in PROGRAMS[place].text]
    others = [place for place in reached if place not in set(mentioning)]
    stand_ins: dict[int, tuple[Any, Any]] = {id(one.original): (one.original, one.instead)}
    with replaced(stand_ins):
        for place in (*mentioning, *others):
            if PROGRAMS[place].findings() != BASELINE[place]:
                return PROGRAMS[place].name
    return None


def _say(text: str) -> None:
    sys.stderr.write(text)


if __name__ == "__main__":
    main()
