"""What all tests share: a quiet TensorFlow on the CPU, a HOME of their own, and what the report tells at its end."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.fixture_reader import read_fixtures
from tests.opens import no_tensorflow, opens_guard

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


class _Refusal:
    """Lets only tests with the marker `tensorflow` import it, here or in the processes that they start."""

    def __init__(self, folder: Path) -> None:
        self._made = folder / "tensorflow-was-imported"
        self._loaded: dict[str, ModuleType] = {}
        no_tensorflow.install()

    def begin(self) -> None:
        """Refuse it from now on; what other tests have loaded is put aside."""
        self._loaded = {name: sys.modules.pop(name) for name in ("tensorflow",) if name in sys.modules}
        os.environ[no_tensorflow.VARIABLE] = str(self._made)

    def end(self) -> bool:
        """Allow it again, and say whether anybody wanted it."""
        os.environ.pop(no_tensorflow.VARIABLE, None)
        sys.modules.update(self._loaded)
        wanted = self._made.exists()
        self._made.unlink(missing_ok=True)
        return wanted


def pytest_configure(config: pytest.Config) -> None:
    """Tests without the marker `tensorflow` get none."""
    config.stash[_REFUSAL] = _Refusal(Path(tempfile.mkdtemp(prefix="gradtape-tests-")))


_REFUSAL = pytest.StashKey[_Refusal]()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before any fixture of the test is made."""
    if item.get_closest_marker("tensorflow") is None:
        item.config.stash[_REFUSAL].begin()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """A test that runs TensorFlow without saying so fails, even where it swallowed the error."""
    if item.config.stash[_REFUSAL].end() and item.get_closest_marker("tensorflow") is None:
        pytest.fail("this test runs TensorFlow: mark it with @pytest.mark.tensorflow", pytrace=False)


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
