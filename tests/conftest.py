"""What all tests share: a quiet TensorFlow on the CPU, a HOME of their own, and what the report tells at its end."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fixture_reader import read_fixtures
from tests.opens import opens_guard

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

CHECKOUT = Path(__file__).resolve().parents[1]
INTERPRETER = [sys.prefix, sys.base_prefix, *sys.path, *filter(None, [sys.pycache_prefix])]
"""Where this interpreter finds modules, before a test changes that."""


@pytest.fixture(scope="session", autouse=True)
def _a_strangers_machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Give the programs under test an empty HOME and TMPDIR, and stop those that open files of this machine."""
    home, scratch = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("tmp")
    folders = [str(CHECKOUT), str(tmp_path_factory.getbasetemp()), *INTERPRETER]
    python_path = [str(CHECKOUT / "tests" / "opens"), *filter(None, [os.environ.get("PYTHONPATH")])]
    opens_guard.install(folders)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        patch.setenv("TMPDIR", str(scratch))
        patch.setattr(tempfile, "tempdir", None)  # it remembers the TMPDIR of before
        patch.setenv(opens_guard.VARIABLE, os.pathsep.join(folders))
        patch.setenv("PYTHONPATH", os.pathsep.join(python_path))
        yield


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell how many fixtures there are and were not run, and the lines of misuse that no rule claims: our debt."""
    fixtures = read_fixtures()
    unclaimed = [(one, line, why) for one in fixtures for line, why in sorted(one.unclaimed.items())]
    expected = sum(len(one.expected) for one in fixtures)
    skipped = [report for report in terminalreporter.stats.get("skipped", ()) if "needs " in str(report.longrepr)]
    not_run = {report.nodeid.partition("[")[2] for report in skipped}
    terminalreporter.write_line(
        f"fixtures: {len(fixtures)} programs, {expected} expected findings, {len(unclaimed)} unclaimed lines; "
        f"{len(not_run)} not run, for they speak of another TensorFlow or Keras"
    )
    for one, line, why in unclaimed:
        terminalreporter.write_line(f"  unclaimed: {one.name}.py:{line}: {why}")
