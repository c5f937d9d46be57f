"""A program under test that opens a file of this machine is stopped; what every machine has, it may open."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from flake8_gradtape.runtime.confirming.confirm import record_file
from flake8_gradtape.runtime.recording.recorder import record
from tests.opens import opens_guard
from tests.opens.opens_guard import OpenedElsewhere

ELSEWHERE = "/nowhere/train.csv"
READS = f"""
import tensorflow as tf
try:
    print(open({ELSEWHERE!r}).read())
except Exception:
    pass
"""


@pytest.mark.tensorflow
@pytest.mark.parametrize(
    "opening",
    [
        f"open({ELSEWHERE!r})",
        f"open({ELSEWHERE!r}, 'w')",
        f"open({os.fsencode(ELSEWHERE)!r})",
        f"import os; os.open({ELSEWHERE!r}, os.O_RDONLY)",
        f"from pathlib import Path; Path({ELSEWHERE!r}).read_text()",
        f"import numpy; numpy.load({ELSEWHERE!r})",
        "import os; os.chdir('/'); open('nowhere')",
        f"from concurrent.futures import ThreadPoolExecutor\nThreadPoolExecutor().submit(open, {ELSEWHERE!r}).result()",
        "open('/etc/../nowhere')",
    ],
)
def test_a_program_that_opens_a_file_elsewhere_is_stopped(opening: str) -> None:
    with pytest.raises(OpenedElsewhere, match="/nowhere"):
        record(opening, "program.py")


@pytest.mark.tensorflow
def test_the_way_of_a_link_is_followed(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to("/nowhere")
    with pytest.raises(OpenedElsewhere):
        record(f"open({str(link)!r})", "program.py")


@pytest.mark.tensorflow
def test_a_program_that_catches_all_exceptions_is_stopped_too() -> None:
    with pytest.raises(OpenedElsewhere):
        record(READS, "program.py")


@pytest.mark.tensorflow
def test_a_program_in_a_process_of_its_own_is_stopped(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(READS)
    error = record_file(script).error
    assert error is not None
    assert error.kind == "Died"
    assert f"OpenedElsewhere: a program under test opens {ELSEWHERE}," in error.message


@pytest.mark.tensorflow
def test_a_program_that_imports_from_elsewhere_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "borrowed.py").write_text("x = 1\n")
    script = tmp_path / "folder" / "script.py"
    script.parent.mkdir()
    script.write_text(f"import sys\nsys.path.append({str(tmp_path)!r})\nimport borrowed\n")
    assert record_file(script).error is None
    kept = [one for one in os.environ[opens_guard.VARIABLE].split(os.pathsep) if not tmp_path.is_relative_to(one)]
    monkeypatch.setenv(opens_guard.VARIABLE, os.pathsep.join(kept))
    error = record_file(script).error
    assert error is not None
    assert "OpenedElsewhere" in error.message


@pytest.mark.tensorflow
def test_a_program_may_open_what_every_machine_has(tmp_path: Path) -> None:
    opening = f"""
        import os, tempfile, zoneinfo
        from pathlib import Path
        import numpy, pytest
        for path in ({str(tmp_path / "x")!r}, Path.home() / "x", Path(tempfile.mkdtemp()) / "x"):
            Path(path).write_text("x")
            assert Path(path).read_text() == "x"
        for module in (os, numpy, pytest):
            open(module.__file__).close()
        for path in (os.devnull, "/etc/passwd", "/proc/self/status"):
            if os.path.exists(path):
                open(path).close()
        reading, writing = os.pipe()
        os.close(writing)
        assert os.fdopen(reading).read() == ""
    """
    program = "if True:\n" + opening
    assert record(program, "program.py").error is None


def test_where_no_program_runs_nothing_is_stopped() -> None:
    with pytest.raises(FileNotFoundError):
        Path(ELSEWHERE).read_text()


def test_home_and_temporary_folder_are_the_tests_own(tmp_path_factory: pytest.TempPathFactory) -> None:
    own = tmp_path_factory.getbasetemp()
    assert Path.home().is_relative_to(own)
    assert Path(tempfile.gettempdir()).is_relative_to(own)
