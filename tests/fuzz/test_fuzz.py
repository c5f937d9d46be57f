"""No program takes much time or memory, and none is left unchecked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def test_two_hundred_programs_that_nobody_would_write() -> None:
    """In a process of its own, for the limit on memory; `python -m tests.fuzz FIRST LAST` checks as many as wanted."""
    here = Path(__file__).parents[2]
    run = subprocess.run([sys.executable, "-m", "tests.fuzz", "0", "200"], cwd=here, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "200 programs, 0 troubles" in run.stdout
