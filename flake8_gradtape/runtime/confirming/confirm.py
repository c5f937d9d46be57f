"""Confirms findings in a user's script: runs it in a process of its own on the real TensorFlow, and prints verdicts.

How a finding is judged is in `verdicts`; TensorFlow is not imported in this process.
"""

from __future__ import annotations

import importlib.util
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from flake8_gradtape.events import Claim
from flake8_gradtape.runtime.confirming.verdicts import (
    Confirmation,
    Reported,
    Verdict,
    confirm_findings,
    lines_to_compare,
)
from flake8_gradtape.runtime.recording.result import ProgramError, Recording

NO_TENSORFLOW = "TensorFlow is not installed; install it with: pip install 'flake8-gradtape[runtime]'"
_GRACE = 60.0
"""Seconds that a script is given, besides its own, to import TensorFlow and to report."""
_PACKAGES = str(Path(__file__).resolve().parents[3])
_START = (
    "import sys; sys.path[:1] = [sys.argv[1]]; "
    "from flake8_gradtape.runtime.recording.worker import main; main(sys.argv[2:])"
)


class NoTensorFlow(Exception):
    """TensorFlow can't be imported; the text says so in one sentence."""


@dataclass(frozen=True)
class FileConfirmation:
    """The verdicts on one file, in the order of its findings, and the exception that ended it, if any."""

    verdicts: tuple[Confirmation, ...]
    error: ProgramError | None = None


def confirm_file(
    path: str | Path, reports: Sequence[Reported], claims: Mapping[str, Claim], timeout: float | None = None
) -> FileConfirmation:
    """Run a script and judge the findings in it by what TensorFlow did.

    The script runs in a new process with its own folder as working directory and first on `sys.path`, and is stopped
    after `timeout` seconds; what it had reached is judged. What it prints is dropped. If a finding says that a value
    is wrong, the script is run several times more, with the sources of the gradient changed a little.

    Raises NoTensorFlow, and OSError if the file can't be read.
    """
    recording = record_file(path, timeout, lines_to_compare(reports, claims))
    return FileConfirmation(tuple(confirm_findings(reports, recording, claims)), recording.error)


def record_file(path: str | Path, timeout: float | None = None, compared: Collection[int] = ()) -> Recording:
    """Run a script in a new process and give its recording; see `confirm_file`.

    A process that dies without a report gives a recording that holds nothing but that error.
    """
    script = Path(path).resolve()
    script.read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "recording"
        command = [sys.executable, "-c", _START, _PACKAGES, str(script), str(answer), str(timeout or 0.0)]
        command += map(str, sorted(compared))
        try:
            done = subprocess.run(
                command,
                cwd=script.parent,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                timeout=None if timeout is None else timeout + _GRACE,
            )
        except subprocess.TimeoutExpired:
            return Recording((), error=ProgramError("TimeLimit", f"the script did not stop within {timeout:g} s", None))
        if not answer.exists():
            return Recording((), error=ProgramError("Died", _how(done.returncode, done.stderr), None))
        content = pickle.loads(answer.read_bytes())
    if isinstance(content, Recording):
        return content
    raise NoTensorFlow(str(content))


def _how(status: int, stderr: bytes) -> str:
    said = stderr.decode("utf-8", "replace").strip().splitlines()
    last = f": {said[-1]}" if any(line.startswith("Traceback ") for line in said) else ""
    return f"the process ended with status {status}{last}"


def confirm_files(
    paths: Iterable[str | Path],
    check: Callable[[str], Sequence[Reported]],
    claims: Mapping[str, Claim],
    out: TextIO,
    timeout: float | None = None,
) -> int:
    """Run each script and print, for each finding, `path:line:column CODE verdict: words`.

    `check` gives the findings of a text. Gives the exit status: 0; 1 if a finding was refuted; 2 if TensorFlow is
    missing or a file can't be read. A script that ends by an exception is told, and judged by what it reached.
    """
    if importlib.util.find_spec("tensorflow") is None:
        print(NO_TENSORFLOW, file=out)
        return 2
    status = 0
    for path in paths:
        try:
            reports = check(_text(path))
            if not reports:
                print(f"{path}: no findings", file=out)
                continue
            result = confirm_file(path, reports, claims, timeout)
        except NoTensorFlow as error:
            print(error, file=out)
            return 2
        except (OSError, UnicodeError, SyntaxError) as error:
            print(f"{path}: can't be read: {error}", file=out)
            status = 2
            continue
        for one in result.verdicts:
            print(f"{path}:{one.line}:{one.column + 1} {one.code} {one.verdict.value}: {one.words}", file=out)
            if one.verdict is Verdict.REFUTED and status == 0:
                status = 1
        if result.error is not None:
            line = f" on line {result.error.where}" if result.error.where else ""
            print(f"{path}: the script was ended{line} by {result.error}", file=out)
    return status


def _text(path: str | Path) -> str:
    """The text of a Python file, by its encoding declaration, and with plain line ends."""
    return importlib.util.decode_source(Path(path).read_bytes())


__all__ = [
    "Confirmation",
    "FileConfirmation",
    "NoTensorFlow",
    "Reported",
    "Verdict",
    "confirm_file",
    "confirm_files",
    "confirm_findings",
    "record_file",
]
