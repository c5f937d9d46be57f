"""What all tests share: a quiet TensorFlow on the CPU, and the count of unclaimed lines at the end of the report."""

from __future__ import annotations

import os

import pytest

from tests.fixture_reader import read_fixtures

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell how many fixtures there are, and the lines of misuse that no rule claims: our debt."""
    fixtures = read_fixtures()
    unclaimed = [(one, line, why) for one in fixtures for line, why in sorted(one.unclaimed.items())]
    expected = sum(len(one.expected) for one in fixtures)
    terminalreporter.write_line(
        f"fixtures: {len(fixtures)} programs, {expected} expected findings, {len(unclaimed)} unclaimed lines"
    )
    for one, line, why in unclaimed:
        terminalreporter.write_line(f"  unclaimed: {one.name}.py:{line}: {why}")
