"""The command `python -m tests.beliefs PROGRAM...`: compares what the machine believes with what Python shows."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tests.beliefs.comparing import Report, by_kind
from tests.beliefs.running import compare_script, compare_tests


def main() -> int:
    """Compare, print each program that has something to tell, and the sum."""
    parser = argparse.ArgumentParser(prog="python -m tests.beliefs", description=__doc__)
    parser.add_argument("programs", nargs="*", type=Path, metavar="PROGRAM")
    parser.add_argument("--unittest", action="store_true", help="the programs are test modules")
    parser.add_argument("--kinds", type=int, default=20, metavar="N", help="show the N most frequent kinds")
    parser.add_argument("--quiet", action="store_true", help="show the sum only")
    options = parser.parse_args()
    reports = []
    for path in options.programs:
        began = time.monotonic()
        report = (
            compare_tests(path) if options.unittest else compare_script(str(path), path.read_text(encoding="utf-8"))
        )
        reports.append(report)
        if not options.quiet:
            print("\n".join(lines(report, time.monotonic() - began)), flush=True)
    print("\n".join(summary(reports, options.kinds)))
    return 1 if any(report.violations for report in reports) else 0


def lines(report: Report, seconds: float) -> list[str]:
    share = f"{report.understood / report.compared:.0%}" if report.compared else "-"
    found = [
        f"{report.name}: {report.compared} compared, {len(report.violations)} violated, {report.given_up} given up, "
        f"{share} understood, {seconds:.1f} s" + (f"  [{report.error}]" if report.error else "")
    ]
    found += [f"  fails under probes: {name}" for name in report.failed_tests]
    found += [
        f"  {one.line}:{one.column} {one.text}\n      {one.why} | was {one.seen} | believed {one.believed}"
        for one in report.violations
    ]
    return found


def summary(reports: list[Report], kinds: int) -> list[str]:
    compared = sum(one.compared for one in reports)
    understood = sum(one.understood for one in reports)
    found = [f"{count:5} {kind[:150]}" for kind, count in by_kind(reports).most_common(kinds)]
    found.append(
        f"{len(reports)} programs: {compared} spans compared, {sum(len(one.violations) for one in reports)} violated "
        f"in {sum(bool(one.violations) for one in reports)} programs, {sum(one.given_up for one in reports)} given up, "
        f"{understood / compared if compared else 0:.1%} understood"
    )
    return found


if __name__ == "__main__":
    sys.exit(main())
