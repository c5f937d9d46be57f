"""No finding and no message changes unseen: `python -m tests.golden` regenerates what is compared here."""

from __future__ import annotations

import difflib

from tests.golden import FILE, golden


def test_every_finding_is_as_the_golden_file_has_it() -> None:
    before, after = FILE.read_text(encoding="utf-8"), golden()
    changes = difflib.unified_diff(before.splitlines(), after.splitlines(), "findings.txt", "now", n=1, lineterm="")
    assert list(changes) == [], "if these changes are meant, run `python -m tests.golden` and commit the file"
