"""`gradtape confirm` runs a user's script in a process of its own and says of each finding if it is so.

How a finding is judged is tested in `test_verdicts`. The name of a claim is the code of the one rule that makes it.
"""

from __future__ import annotations

import importlib.util
import io
import os
import subprocess
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

import pytest

from flake8_gradtape.events import Claim
from flake8_gradtape.runtime.confirming import confirm
from tests.recorded_program import Finding

CLAIMS = {claim.name: claim for claim in Claim}


def confirmed(
    paths: Sequence[Path | str], findings: Sequence[Finding], timeout: float | None = None
) -> tuple[int, str]:
    out = io.StringIO()
    status = confirm.confirm_files(paths, lambda text: findings, CLAIMS, out, timeout)
    return status, out.getvalue()


def script(folder: Path, text: str, name: str = "script.py") -> Path:
    path = folder / name
    path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
    return path


@pytest.mark.tensorflow
def test_each_finding_in_a_script_gets_a_line_with_its_verdict(tmp_path: Path) -> None:
    script(tmp_path, "FACTOR = 2.0\n", "neighbour.py")
    path = script(
        tmp_path,
        """
        import sys
        from pathlib import Path
        import tensorflow as tf
        import neighbour
        assert Path("neighbour.py").exists() and __name__ == "__main__" and len(sys.argv) == 1
        print("not to be seen")
        x, c = tf.Variable(3.0), tf.constant(neighbour.FACTOR)
        with tf.GradientTape() as tape:
            y = x * c
        g = tape.gradient(y, [x, c])
        tape.gradient(y, x)
        """,
    )
    findings = [Finding("GRADIENT_IS_NONE", 10, 4), Finding("CALL_RAISES", 10, 4), Finding("CALL_RAISES", 11, 0)]
    status, output = confirmed([path], findings)
    error = (
        "RuntimeError: A non-persistent GradientTape can only be used to compute one set of gradients (or jacobians)"
    )
    assert output.splitlines() == [
        f"{path}:10:5 GRADIENT_IS_NONE confirmed: gradient() gave None for 1 of 2 sources (c)",
        f"{path}:10:5 CALL_RAISES refuted: the call did not raise",
        f"{path}:11:1 CALL_RAISES confirmed: {error}",
        f"{path}: the script was ended on line 11 by {error}",
    ]
    assert status == 1


@pytest.mark.tensorflow
def test_a_script_that_goes_on_too_long_is_stopped_and_judged_by_what_it_reached(tmp_path: Path) -> None:
    path = script(
        tmp_path,
        """
        import time
        import tensorflow as tf
        c = tf.constant(2.0)
        while True:
            with tf.GradientTape() as tape:
                y = c * c
            tape.gradient(y, c)
            try:
                time.sleep(0.05)
            except Exception:
                pass
        tape.watch(c)
        """,
    )
    status, output = confirmed([path], [Finding("GRADIENT_IS_NONE", 7), Finding("CALL_RAISES", 12)], timeout=1.0)
    first, second, third = output.splitlines()
    assert " GRADIENT_IS_NONE confirmed: gradient() gave None for 1 of 1 source (c) in " in first
    assert " CALL_RAISES not reached: " in second
    assert "was ended on line" in third
    assert third.endswith("by TimeLimit: stopped after 1 s")
    assert status == 0


@pytest.mark.tensorflow
def test_a_script_whose_process_dies_is_told(tmp_path: Path) -> None:
    path = script(tmp_path, "import os\nos._exit(7)\n")
    status, output = confirmed([path], [Finding("CALL_RAISES", 2)])
    died = "Died: the process ended with status 7"
    assert output.splitlines() == [
        f"{path}:2:0 CALL_RAISES not reached: the line did not run to its end; the program was ended by {died}",
        f"{path}: the script was ended by {died}",
    ]
    assert status == 0


def test_a_file_that_cannot_be_read_and_one_without_findings_are_told(tmp_path: Path) -> None:
    missing = tmp_path / "missing.py"
    status, output = confirmed([missing, script(tmp_path, "x = 1\n")], [])
    assert output.splitlines()[0].startswith(f"{missing}: can't be read: ")
    assert output.splitlines()[1] == f"{tmp_path / 'script.py'}: no findings"
    assert status == 2


def test_without_tensorflow_one_sentence_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    status, output = confirmed([script(tmp_path, "x = 1\n")], [Finding("CALL_RAISES", 1)])
    assert output == "TensorFlow is not installed; install it with: pip install 'flake8-gradtape[runtime]'\n"
    assert status == 2


def test_a_tensorflow_that_cannot_be_imported_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken" / "tensorflow"
    broken.mkdir(parents=True)
    (broken / "__init__.py").write_text("raise ImportError('libfoo.so.1 is missing')\n")
    monkeypatch.setenv("PYTHONPATH", str(broken.parent))
    status, output = confirmed([script(tmp_path, "x = 1\n")], [Finding("CALL_RAISES", 1)])
    assert output == (
        "TensorFlow can't be imported (ImportError: libfoo.so.1 is missing); see flake8-gradtape[runtime]\n"
    )
    assert status == 2


def test_confirming_imports_no_tensorflow_in_its_own_process() -> None:
    code = (
        "import sys, flake8_gradtape.runtime.confirming.confirm; "
        "sys.exit('tensorflow' in sys.modules or 'libcst' in sys.modules)"
    )
    folder = Path(confirm.__file__).resolve().parents[3]
    assert subprocess.run([sys.executable, "-c", code], cwd=folder, env=dict(os.environ)).returncode == 0
