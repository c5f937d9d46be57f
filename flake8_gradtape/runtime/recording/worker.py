"""The process in which a user's script runs: records it and leaves the recording in a file; started by `confirm`."""

from __future__ import annotations

import _thread
import importlib
import importlib.util
import os
import pickle
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from flake8_gradtape.runtime.recording.program import TimeLimit
from flake8_gradtape.runtime.recording.recorder import record
from flake8_gradtape.runtime.recording.result import Recording


def main(arguments: Sequence[str]) -> None:
    """Record the script `arguments[0]`, write the pickled recording to `arguments[1]`, and end the process.

    `arguments[2]` is the time limit in seconds, 0 for none; `arguments[3:]` are the lines whose gradient calls are to
    be compared with finite differences. Without TensorFlow the file holds a sentence instead.
    """
    script, answer, seconds = arguments[0], Path(arguments[1]), float(arguments[2])
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    source = importlib.util.decode_source(Path(script).read_bytes())
    sys.path.pop(0)  # where this package is: the script is not to find there what it would not find anyway
    content: Recording | str
    try:
        import_tensorflow()
    except Exception as error:  # an installation may be broken in any way
        reason = str(error).strip().partition("\n")[0]
        content = f"TensorFlow can't be imported ({type(error).__name__}: {reason}); see flake8-gradtape[runtime]"
    else:
        content = _recorded(source, script, seconds, [int(line) for line in arguments[3:]])
    answer.write_bytes(pickle.dumps(content))
    os._exit(0)  # threads that the script left running are not waited for


def import_tensorflow() -> None:
    """Import TensorFlow before the clock of the script begins to run."""
    importlib.import_module("tensorflow")


def _recorded(source: str, script: str, seconds: float, compared: Sequence[int]) -> Recording:
    def stop(number: int, frame: FrameType | None) -> None:
        raise TimeLimit(f"stopped after {seconds:g} s")

    timer = threading.Timer(seconds, _thread.interrupt_main)
    timer.daemon = True
    if seconds:
        signal.signal(signal.SIGINT, stop)
        timer.start()
    try:
        return record(source, script, capture=False, differences_at=compared)
    finally:
        timer.cancel()
