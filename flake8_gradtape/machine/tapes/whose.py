"""Which tape recorded a node, or watches it."""

from __future__ import annotations

from collections.abc import Iterable

from flake8_gradtape.machine.domain.graph import Node
from flake8_gradtape.machine.tapes.recorder import Recorder
from flake8_gradtape.machine.tapes.state import Tape


def tape_of(recorder: Recorder, recordings: Iterable[int], besides: Tape) -> Tape | None:
    """The tape that holds, or held, one of the recordings, and is not `besides`: who has recorded it instead."""
    for recording in recordings:
        tape = recorder.holder(recording)
        if tape is not besides:
            return tape
    return None


def was_recorded_by(recorder: Recorder, node: Node, tape: Tape) -> bool:
    """Whether a recording of the tape, the present one or an earlier one, holds the node."""
    return any(recorder.holder(recording) is tape for recording in node.recorded)


def watcher_of(recorder: Recorder, node: Node, besides: Tape) -> Tape | None:
    """The first other tape that watched the node, at any time; None if there is none."""
    for tape in recorder.tapes:
        if tape is not besides and any(seen is node for seen, _ in tape.watch_log):
            return tape
    return None
