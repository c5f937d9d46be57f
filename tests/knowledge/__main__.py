"""The command `python -m tests.knowledge`: writes `flake8_gradtape/knowledge/facts.json` anew; see `probe`."""

from __future__ import annotations

import sys

from tests.knowledge.probe import main

if __name__ == "__main__":
    sys.exit(main())
