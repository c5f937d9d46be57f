"""Only tests with the marker `tensorflow` get TensorFlow: `-m "not tensorflow"` runs the others, which are fast."""

from __future__ import annotations

import importlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import CHECKOUT
from tests.opens import no_tensorflow


@pytest.fixture
def note() -> Path:
    """The file that is made where TensorFlow is imported without a marker."""
    return Path(os.environ[no_tensorflow.VARIABLE])


def test_a_test_without_the_marker_is_refused_tensorflow(note: Path) -> None:
    assert importlib.util.find_spec("tensorflow") is not None
    assert not note.exists()
    with pytest.raises(ImportError, match="without the marker"):
        importlib.import_module("tensorflow")
    note.unlink()


@pytest.mark.parametrize("name", ["tensorflow", "tensorflow.python.eager"])
def test_so_are_the_processes_that_it_starts(note: Path, name: str) -> None:
    done = subprocess.run([sys.executable, "-c", f"import {name}"], capture_output=True, text=True, check=False)
    assert "a test without the marker 'tensorflow' imports TensorFlow" in done.stderr
    note.unlink()


@pytest.mark.tensorflow
def test_a_test_with_the_marker_gets_it() -> None:
    assert importlib.import_module("tensorflow").constant(1.0).shape == ()


@pytest.mark.slow
@pytest.mark.parametrize(("marker", "code"), [("", 1), ("@pytest.mark.tensorflow", 0)])
def test_a_test_that_swallows_the_refusal_fails_all_the_same(tmp_path: Path, marker: str, code: int) -> None:
    (tmp_path / "test_it.py").write_text(
        f"import os, pathlib, pytest\n{marker}\ndef test_it():\n"
        "    note = os.environ.get('GRADTAPE_TESTS_WITHOUT_TENSORFLOW')\n"
        "    if note:\n        pathlib.Path(note).touch()\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "tests.conftest"]
    command += ["--rootdir", str(CHECKOUT), "-c", str(CHECKOUT / "pyproject.toml"), str(tmp_path / "test_it.py")]
    others = {name: value for name, value in os.environ.items() if name != no_tensorflow.VARIABLE}
    done = subprocess.run(command, cwd=CHECKOUT, env=others, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    assert ("mark it with @pytest.mark.tensorflow" in done.stdout) is (code == 1)
