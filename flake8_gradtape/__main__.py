"""`python -m flake8_gradtape`: the same as the `gradtape` command."""

from __future__ import annotations

import sys

from flake8_gradtape.cli.main import main

sys.exit(main())
