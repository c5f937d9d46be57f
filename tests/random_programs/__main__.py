"""The command `python -m tests.random_programs`: judges a stream of programs and shows disagreements."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from tests.random_programs.generator import LANGUAGES, numbered
from tests.random_programs.stream import judge_stream, prepare
from tests.random_programs.tally import Tally, summed


def main() -> int:
    """Judge, print the tally, show failures; 1 for a contradicted claim, or a recall on tapes alone below 0.98."""
    parser = argparse.ArgumentParser(prog="python -m tests.random_programs", description=__doc__)
    parser.add_argument("--programs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--show", type=int, default=0, metavar="N", help="show up to N failing programs, made small")
    parser.add_argument("--each", type=int, default=3, metavar="N", help="show at most N failing programs of one sort")
    parser.add_argument("--first", type=int, default=0, metavar="INDEX", help="the first program of the stream")
    parser.add_argument("--language", choices=LANGUAGES, default="mixed", help="what programs are written in")
    parser.add_argument("--tally", type=Path, metavar="FILE", help="keep tallies there; what it has is not run again")
    parser.add_argument("--sum", action="store_true", help="only print the sum of all tallies in the --tally file")
    parser.add_argument("--coverage", action="store_true", help="only print what of the machine no program enters")
    parser.add_argument("--print", type=int, metavar="INDEX", help="only print program INDEX of the stream")
    options = parser.parse_args()
    if options.print is not None:
        print(numbered(options.seed, options.print, options.language), end="")
        return 0
    if options.coverage:
        from tests.random_programs.coverage import report

        print("\n".join(report(options.seed, options.first, options.programs, options.language)))
        return 0
    if options.sum:
        print("\n".join(summed(options.tally).lines()))
        return 0
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    tally = judge_stream(
        options.seed,
        options.programs,
        options.jobs,
        _progress if sys.stderr.isatty() else None,
        first=options.first,
        language=options.language,
        tallies=options.tally,
    )
    print("\n".join(tally.lines()))
    _show(tally, options)
    low = [kind for kind in tally.expected if options.language == "tapes" and tally.recall(kind) < 0.98]
    return 1 if tally.false_claims() or low else 0


def _progress(tally: Tally) -> None:
    print(f"\r{tally.programs} programs, {tally.false_claims()} false claims", end="", file=sys.stderr, flush=True)


def _still(failure: tuple[str, str], errors: frozenset[str]) -> Callable[[str], bool]:
    """Whether a smaller program fails in the same way, without an error that the whole one does not have."""
    from tests.random_programs.oracle import judge

    def fails(text: str) -> bool:
        judgement = judge(text)
        return failure in judgement.failures() and judgement.errors() <= errors

    return fails


def _show(tally: Tally, options: argparse.Namespace) -> None:
    most, each = options.show, options.each
    if not most or not tally.failures:
        return
    prepare()
    from tests.random_programs.oracle import judge
    from tests.random_programs.reducing import reduce

    shown: dict[tuple[str, str], int] = {}
    for index, sort, what in sorted(tally.failures, key=lambda failure: (failure[1], failure[2], failure[0])):
        if shown.get((sort, what), 0) >= each or sum(shown.values()) >= most:
            continue
        shown[sort, what] = shown.get((sort, what), 0) + 1
        failure, text = (sort, what), numbered(options.seed, index, options.language)
        small = reduce(text, _still(failure, judge(text).errors()))
        judgement = judge(small)
        print(f"\n==== program {index}: {sort} {what}")
        print("\n".join(f"{number:3} {line}" for number, line in enumerate(small.splitlines(), 1)))
        for report, verdict in judgement.findings:
            print(f"  finding {report.line}:{report.column} {report.code} {report.message} -> {verdict.value}")
        for kind, line in judgement.missed:
            print(f"  missed {kind.name.lower()} on line {line}")
        for run in judgement.runs:
            print(f"  run{': ' + run.error[:100] if run.error else ''}")
            for event in run.events:
                print(f"    {event}")


if __name__ == "__main__":
    sys.exit(main())
