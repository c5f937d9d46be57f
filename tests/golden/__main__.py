"""The command `python -m tests.golden`: writes the golden file anew and says what became different."""

from __future__ import annotations

import difflib
import sys

from tests.golden import FILE, golden


def main() -> int:
    """Write the file and print the difference to what was there; always 0."""
    before = FILE.read_text(encoding="utf-8") if FILE.exists() else ""
    after = golden()
    FILE.write_text(after, encoding="utf-8")
    changes = difflib.unified_diff(before.splitlines(), after.splitlines(), "before", "after", n=1, lineterm="")
    print("\n".join(changes) or "nothing has changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
