"""`python -m tests.machine FILE...`: puts what the machine believes in place of `?`, for you to judge.

print(y)    # y: ?
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from flake8_gradtape.machine.trace.trace import trace
from tests.machine.cases import UNKNOWN, believed, read_cases


def filled(path: Path) -> str:
    """The text of a file with every `?` replaced."""
    lines = path.read_text(encoding="utf-8").split("\n")
    for case in read_cases(path):
        told = trace(case.program, whole=True, keras=case.keras)
        for remark in case.remarks:
            if remark.what == UNKNOWN:
                place = case.first_line + remark.line - 2
                now = believed(told, remark)
                lines[place] = lines[place].replace(f"{remark.about}: {UNKNOWN}", f"{remark.about}: {now}", 1)
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    """Fill in the files named; always 0."""
    for argument in arguments:
        path = Path(argument)
        path.write_text(filled(path), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
