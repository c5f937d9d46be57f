"""How the state of a tape changes: each function takes the state before and gives the state after.

What the run has to do besides (numbers and times to give, others to tell) is in `recorder`. The facts are those of the
eager tape of TensorFlow 2.21 and 2.15; the letters are rows of the truth table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from flake8_gradtape.machine.domain.graph import Node, Tri, either
from flake8_gradtape.machine.tapes.state import TapeState


def entered(state: TapeState, begin: Callable[[], int], now: Callable[[], int]) -> TapeState:
    """After `with tape:`, and where a pause ends.

    A first entry, and one after the tape was spent, begins a new recording and forgets the old one; any other resumes
    (B23, B24, B26). Where nobody can tell, the tape may hold either. `begin` gives the number of a new recording, `now`
    the time at which it begins; both are asked only if it does.
    """
    if state.entered is False or state.spent is True:
        return replace(
            state,
            entered=True, active=True, spent=False, recordings=frozenset({begin()}), since=now(),
            watched=frozenset(), surely_watched=frozenset(), entries=1, records=False, holds=False,
            holds_since_entry=False,
        )  # fmt: skip
    if state.entered is True and state.spent is False:
        return replace(state, active=True, entries=state.entries + 1, holds_since_entry=False)
    return replace(
        state,
        entered=True, active=True, spent=False, recordings=state.recordings | {begin()},
        since=state.since or now(), surely_watched=frozenset(), entries=state.entries + 1,
    )  # fmt: skip


def left(state: TapeState) -> TapeState:
    """After the end of a `with` block: the tape does not record any more; what it has recorded it keeps."""
    return replace(state, active=False) if state.active is not False else state


def paused(state: TapeState) -> TapeState:
    """Inside of `with tape.stop_recording():`; a pause between two gradient calls tells that both are meant."""
    return replace(left(state), paused_or_watched_after_ask=state.asked > 0)


def forgotten(state: TapeState) -> TapeState:
    """As if it had never been entered: `reset` enters it from here, so that it begins anew (A174, A175)."""
    return replace(state, entered=False, active=False)


def watching(state: TapeState, nodes: Iterable[Node], surely: Iterable[Node]) -> TapeState:
    """After `tape.watch`: it may watch all `nodes` from now on, and `surely` does so in every run.

    Both are needed: that a source gets a gradient asks for the one, that it gets None for the other.
    """
    return replace(
        state,
        watched=state.watched.union(nodes),
        surely_watched=state.surely_watched.union(surely),
        paused_or_watched_after_ask=state.paused_or_watched_after_ask or state.asked > 0,
    )


def reading(state: TapeState, variable: Node) -> TapeState:
    """After a trainable variable was read while it was recording: it watches that by itself."""
    return replace(state, watched=state.watched | {variable}, surely_watched=state.surely_watched | {variable})


def recording(state: TapeState, holding: bool) -> TapeState:
    """After it surely recorded an operation; `holding` if the backward pass of that keeps its output.

    Whether the recording is empty, and what keeps it alive, matters for what is said of the memory that it takes.
    """
    if state.records and (state.holds_since_entry or not holding):
        return state
    return replace(
        state,
        records=True,
        holds=state.holds or holding,
        holds_since_entry=state.holds_since_entry or holding,
    )


def answered(state: TapeState, persistent: Tri) -> TapeState:
    """After a gradient call: a tape that is not persistent is spent, and stops recording (B09, B10, B35)."""
    if persistent is True:
        return replace(state, asked=state.asked + 1)
    return replace(
        state,
        asked=state.asked + 1,
        spent=True if persistent is False else None,
        active=False if persistent is False or state.active is False else None,
    )


def join_states(states: list[TapeState]) -> TapeState:
    """Where several branches meet: what may be is what may be on one of them, what is sure is sure on all.

    Only branches on which the tape exists are asked.
    """
    first = states[0]
    if all(state is first for state in states):
        return first
    return TapeState(
        entered=either(*(state.entered for state in states)),
        active=either(*(state.active for state in states)),
        spent=either(*(state.spent for state in states)),
        recordings=frozenset().union(*(state.recordings for state in states)),
        since=min((state.since for state in states if state.recordings), default=0),
        watched=frozenset().union(*(state.watched for state in states)),
        surely_watched=first.surely_watched.intersection(*(state.surely_watched for state in states)),
        asked=max(state.asked for state in states),
        records=all(state.records for state in states),
        escaped=any(state.escaped for state in states),
        paused_or_watched_after_ask=any(state.paused_or_watched_after_ask for state in states),
        entries=max(state.entries for state in states),
        holds=all(state.holds for state in states),
        holds_since_entry=all(state.holds_since_entry for state in states),
        entered_in_loop=all(state.entered_in_loop for state in states),
    )
