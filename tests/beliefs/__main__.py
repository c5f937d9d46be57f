"""The command `python -m tests.beliefs PROGRAM...`: compares what the machine believes with what Python shows."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.beliefs import sources
from tests.beliefs.comparing import Report, by_kind
from tests.beliefs.workers import compare_all


def main() -> int:
    """Compare, print each program that has something to tell, and the sum; 1 if some belief is violated."""
    parser = argparse.ArgumentParser(prog="python -m tests.beliefs", description=__doc__)
    parser.add_argument("programs", nargs="*", type=Path, metavar="PROGRAM", help="a Python file")
    parser.add_argument("--unittest", action="store_true", help="the programs are modules of tests")
    parser.add_argument("--cpython", action="store_true", help="CPython's own tests")
    parser.add_argument("--fixtures", action="store_true", help="all fixtures")
    parser.add_argument("--rows", action="store_true", help="all rows of the truth table")
    parser.add_argument("--random", type=int, default=0, metavar="N", help="N random programs")
    parser.add_argument("--language", choices=("mixed", "tapes", "whole"), default="mixed", help="of random programs")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, metavar="INDEX", help="where in the stream they begin")
    parser.add_argument("--kinds", type=int, default=20, metavar="N", help="show the N most frequent kinds")
    parser.add_argument("--all", action="store_true", help="show the programs without violations too")
    options = parser.parse_args()
    reports = []
    for report in compare_all(list(_tasks(options))):
        reports.append(report)
        if options.all or report.violations or report.failed_tests:
            print("\n".join(lines(report)), flush=True)
    print("\n".join(summary(reports, options.kinds)))
    return 1 if any(report.violations for report in reports) else 0


def _tasks(options: argparse.Namespace) -> Iterator[sources.Task]:
    yield from sources.test_modules(options.programs) if options.unittest else sources.scripts(options.programs)
    if options.cpython:
        yield from sources.cpython()
    if options.fixtures:
        yield from sources.fixtures()
    if options.rows:
        yield from sources.rows()
    yield from sources.random_programs(options.seed, options.first, options.random, options.language)


def lines(report: Report) -> list[str]:
    """One program for a reader."""
    share = f"{report.understood / report.compared:.0%}" if report.compared else "-"
    found = [
        f"{report.name}: {report.compared} compared, {len(report.violations)} violated, {report.given_up} given up, "
        f"{share} understood"
        + (f"; {report.asked} gradient calls" if report.asked else "")
        + (f"  [{report.error}]" if report.error else "")
    ]
    found += [f"  fails under probes: {name}" for name in report.failed_tests]
    found += [
        f"  {one.line}:{one.column} {one.text}\n      {one.why} | was {one.seen} | believed {one.believed}"
        for one in report.violations
    ]
    return found


def summary(reports: list[Report], kinds: int) -> list[str]:
    """All programs for a reader."""
    compared = sum(one.compared for one in reports)
    understood = sum(one.understood for one in reports)
    found = [f"{count:5} {kind[:150]}" for kind, count in by_kind(reports).most_common(kinds)]
    found.append(
        f"{len(reports)} programs: {compared} spans compared, {sum(len(one.violations) for one in reports)} violated "
        f"in {sum(bool(one.violations) for one in reports)} programs, {sum(one.given_up for one in reports)} given up, "
        f"{understood / compared if compared else 0:.1%} understood"
    )
    asked = sum(one.asked for one in reports)
    if asked:
        certain = sum(one.asked_understood for one in reports)
        found.append(f"{asked} gradient calls compared with the real tape, {certain / asked:.1%} understood")
    return found


if __name__ == "__main__":
    sys.exit(main())
