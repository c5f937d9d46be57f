"""`record`: run a program on the real TensorFlow and tell what happened to its tapes; it judges nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from importlib import import_module
from typing import Any

from flake8_gradtape.events import CallRaised, Event, Misuse, TapeEnded
from flake8_gradtape.runtime.recording.deletions import deleted_by_name
from flake8_gradtape.runtime.recording.differences import measure
from flake8_gradtape.runtime.recording.instrument import instrumented
from flake8_gradtape.runtime.recording.lines import Place, ProgramLines
from flake8_gradtape.runtime.recording.native import NativeTapes
from flake8_gradtape.runtime.recording.observer import Observer
from flake8_gradtape.runtime.recording.patched_tape import source_map
from flake8_gradtape.runtime.recording.program import ProgramFile, run_program
from flake8_gradtape.runtime.recording.result import ProgramError, Recording
from flake8_gradtape.runtime.recording.trace import Trace


def record(
    source: str,
    filename: str,
    argv: Sequence[str] = (),
    capture: bool = True,
    differences_at: Collection[int] = (),
    library: ProgramFile | None = None,
) -> Recording:
    """Run the text of a program in this process, as `__main__`, and give what happened to its tapes.

    `filename` is the name that it is compiled with (AutoGraph wants one that is not in `<>`); its folder is first on
    `sys.path`. `argv` are its arguments. What it prints is captured, or passed on if `capture` is false. The program
    may end by any exception. TensorFlow is patched while it runs, and restored.

    The gradient calls on the lines `differences_at` are compared with finite differences: for that the program is run
    several times more, and nothing that it prints then is passed on.

    With `library`, a module that the program imports, all that is told is told of the lines of that module, and the
    program's own lines count as anybody's. The module's file must exist under exactly that name, a resolved one.

    Raises ImportError without TensorFlow, RuntimeError if a recording is under way already.
    """
    observer = Observer(NativeTapes())
    program = ProgramFile(source, filename)
    judged = library or program
    lines = ProgramLines(judged.source, judged.filename)
    trace = Trace(lines, source_map)

    def finish(failed: bool) -> None:
        for tape in observer.finish(failed):
            tape_set: Any = import_module("tensorflow.python.eager.tape")
            tape_set.pop_tape(tape)  # entered by hand and never left: the next program is not to be recorded on it

    with instrumented(observer, lines), trace.running():
        error, output = run_program(source, filename, argv, capture, finish, judged.filename)
    deleted = deleted_by_name(judged.source)
    told = [(_deleted(event, place, deleted), place.column) for place, event in observer.events()]
    events = [*told, *_class_entered(error, lines)]
    reached = frozenset(observer.reached | ({error.where} if error and error.where else set()))
    return Recording(
        events=tuple(event for event, _ in events),
        columns=tuple(column for _, column in events),
        error=error,
        raised=trace.raised,
        completed=trace.completed,
        library=tuple(observer.library_events()),
        warnings=tuple(observer.warnings),
        reached=reached,
        headers=lines.headers,
        held=dict(observer.held),
        backward=tuple(observer.backward_work()),
        interrupted=observer.interrupted,
        output=output,
        differences=() if _timed_out(error) or not differences_at else measure(program, judged, argv, differences_at),
    )


def _timed_out(error: ProgramError | None) -> bool:
    return error is not None and error.kind == "TimeLimit"


def _deleted(event: Event, place: Place, deleted: Collection[tuple[int, int]]) -> Event:
    """`del` of a name shows at run time only where it was the tape's last one."""
    if isinstance(event, TapeEnded) and (place.line, place.column) in deleted:
        return replace(event, deleted=True)
    return event


def _class_entered(error: ProgramError | None, lines: ProgramLines) -> list[tuple[Event, None]]:
    """`with tf.GradientTape as tape:` raises in Python itself, no method of a tape runs (truth table B32)."""
    if error is None or error.where is None:
        return []
    if error.kind == "TypeError" and "context manager protocol" in error.message and "'type'" in error.message:
        return [(CallRaised(error.where, "", "__enter__", Misuse.NOT_ENTERED, str(error)), None)]
    in_python_3_10 = error.kind == "AttributeError" and error.message == "__enter__"  # of whatever can't be entered
    if in_python_3_10 and error.where in lines.named_contexts:
        return [(CallRaised(error.where, "", "__enter__", Misuse.NOT_ENTERED, str(error)), None)]
    return []


__all__ = ["Recording", "record"]
