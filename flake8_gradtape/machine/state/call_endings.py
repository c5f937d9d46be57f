"""Calls that end runs in an error: claiming it where it is certain, and noting where only some of the runs end."""

from __future__ import annotations

import libcst as cst

from flake8_gradtape.events import CallRaised, Misuse
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.tapes.observer import Silence
from flake8_gradtape.machine.tapes.state import Raised, Tape, TapeState

ERRORS: dict[Misuse, type[Exception]] = {
    Misuse.SPENT: RuntimeError,
    Misuse.ALREADY_ACTIVE: ValueError,
    Misuse.NO_REGISTERED_GRADIENT: LookupError,
}
"""The types of the errors of which one message alone is known (truth table B01, B22, B54)."""


def raises(run: Run, at: cst.CSTNode, visit: object, event: CallRaised) -> None:
    """Every run that gets here raises: claimed unless somebody catches it; that run ends here."""
    error = ERRORS.get(event.misuse)
    caught = any(catches(error) for catches in run.stack.catching)
    if not caught and not run.certainty.muted and run.reachable:
        run.claims.claim(at, run.stack.context, visit, event, sure=run.certainty.is_sure)
    if run.observer is not None:
        run.observer.raised(at, event, (Silence.CAUGHT,) if caught else ())
    run.end_all_paths()


def tape_raises(run: Run, at: cst.CSTNode, visit: object, tape: Tape, method: str, raised: Raised) -> None:
    """A call on a tape raises because of the tape's state; it may not, where others may have changed that."""
    state = run.recorder.state(tape.number)
    event = CallRaised(at, tape.name, method, raised.misuse, raised.message)
    if state is not None and state.escaped:
        if run.observer is not None:
            run.observer.raised(at, event, (Silence.ESCAPED,))
        run.store.may_raise()
        run.certainty.some_runs_end()
        return
    raises(run, at, visit, event)


def surely_eager(run: Run) -> bool:
    """The code runs at module level, or in functions that module-level code calls, none of them traced."""
    traced = any(call_frame.graph for call_frame in run.stack.call_frames)
    return not traced and len(run.stack.context) > 0 and isinstance(run.stack.context[0], cst.Module)


def note_partial_raise(run: Run, state: TapeState | None) -> None:
    """A call on a tape that may be spent, or not entered, ends some of the runs."""
    if state is not None and (state.spent is None or state.entered is None):
        run.certainty.some_runs_end()
