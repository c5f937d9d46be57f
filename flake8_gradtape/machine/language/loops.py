"""Running a body again and again: the first and the second pass apart, then any number of passes in silence.

The second pass shows what the first has left behind (a variable replaced by a tensor, a spent tape). What later passes
may find is in `widening`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from typing import Any

import libcst as cst

from flake8_gradtape.machine.domain.limits import GiveUp
from flake8_gradtape.machine.domain.store import MISSING, Delta, Key
from flake8_gradtape.machine.domain.values import ListValue, Opaque, Tensor, Value, Variable, bound, options
from flake8_gradtape.machine.language.subscripts import at_most, elements
from flake8_gradtape.machine.language.try_blocks import catch_nothing
from flake8_gradtape.machine.language.widening import Widening
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Loop

TAPE_METHODS = frozenset({"gradient", "jacobian", "batch_jacobian", "watch", "stop_recording", "reset"})
MOST_UNROLLED = 6
MOST_ATTEMPTS = 3
MOST_LATER = 16
"""Passes after the first two: a history over more names than these is not followed."""


def iterate(
    run: Run, iterable: Value, at: cst.CSTNode, once: Callable[[Value], None], at_least_once: bool = False
) -> list[Delta]:
    """`for element in iterable: once(element)`; gives the states that left it by `break`.

    A loop over a tensor or dataset inside a traced function is traced once, so its second pass claims nothing
    (truth table X15, X16).
    """
    found, exact = elements(run, iterable, at)
    most = at_most(run, iterable)
    if most is not None and not exact:
        # `x[:1]`, `dataset.take(1)`: one pass at the most
        left: list[Delta] = []
        mark = run.store.mark()
        with run.certainty.unsure():
            with_loop(run, mark, lambda: once(run.sharing.join(found)), left)
        run.merge([{}, run.store.take(mark)])
        return left
    if exact and len(found) <= MOST_UNROLLED:
        return _unrolled(run, iterable, found, at, once)
    if not found:
        found = [run.anything(at=at)]
    traced = bool(run.stack.call_frames) and run.stack.call_frames[-1].graph and _maybe_tensor(iterable)
    element = run.sharing.join(found)

    def body() -> None:
        fresh = elements(run, iterable, at)[0]
        once(run.sharing.join(fresh) if fresh else element)

    several = exact or at_least_once
    breaks = repeat(run, body, traced=traced or not several or not touches_tapes(run, at), at_least_once=at_least_once)
    if any(isinstance(option, Opaque) for option in options(bound(iterable))):
        run.sharing.handed_out_functions_run()  # to find that there is no more
    return breaks


def touches_tapes(run: Run, loop: cst.CSTNode) -> bool:
    """Whether a loop mentions a tape, or something that may make, hold or ask one."""
    names = run.facts.tape_names
    mentioned = run.claims.names_in(loop)
    return names is None or not names.isdisjoint(mentioned) or not TAPE_METHODS.isdisjoint(mentioned)


def _maybe_tensor(iterable: Value) -> bool:
    return any(isinstance(option, (Tensor, Variable, Opaque)) for option in options(bound(iterable)))


def _unrolled(
    run: Run, iterable: Value, found: list[Value], at: cst.CSTNode, once: Callable[[Value], None]
) -> list[Delta]:
    """Run a loop over known elements pass by pass; if the body makes the list long, any number of passes follow."""
    outer = run.store.mark()
    breaks: list[Delta] = []
    later = later_passes(run)
    place = 0
    while place < len(found) and run.reachable:
        with later() if place else nullcontext():
            with_loop(run, outer, partial(once, found[place]), breaks)
        place += 1
        if isinstance(iterable, ListValue) and run.reachable and not run.heap.items(iterable).once:
            # the body may make the list longer, or shorter
            content = run.heap.items(iterable)
            found = list(content.items)
            if not content.exact or len(found) > MOST_UNROLLED:
                before = run.store.delta(outer)
                # some of the items that are known may have been taken out
                goes_on = content.exact or place < content.sure
                with nullcontext() if goes_on else run.certainty.silence():
                    left = repeat(run, lambda: once(_some_element(run, iterable)))
                breaks.extend({**before, **one} for one in left)
                break
    return breaks


def _some_element(run: Run, iterable: ListValue) -> Value:
    """What a pass may find in a list that the passes before it have made longer."""
    items = run.heap.items(iterable).items
    return run.sharing.join(list(items)) if items else run.anything()


def later_passes(run: Run) -> Callable[[], AbstractContextManager[None]]:
    """A context for the second pass of a loop that begins now, and the third: not every run may get so far.

    Runs that ended, or left the loop, before have been on its lines without showing what a later pass shows. So nothing
    is claimed if there are more doubts than at the start, or once some of the runs may have ended. Unseen code may end
    them by an error.
    """
    certainty = run.certainty
    depth, exits, branches = certainty.uncertain_depth, certainty.partial_exits, certainty.branches
    # an exception may have ended the first pass, and somebody has caught it
    caught = any(catches is not catch_nothing for catches in run.stack.catching)
    unseen = run.sharing.unseen_runs

    def stops() -> bool:
        """Whether the first pass may have been the last."""
        if caught or certainty.uncertain_depth > depth:
            return True
        return run.sharing.unseen_runs > unseen

    @contextmanager
    def later() -> Iterator[None]:
        outer = certainty.most_partial_exits, certainty.most_branches
        certainty.most_partial_exits = exits if outer[0] is None else min(outer[0], exits)
        certainty.most_branches = branches if outer[1] is None else min(outer[1], branches)
        try:
            with certainty.silence() if stops() else nullcontext():
                yield
        finally:
            certainty.most_partial_exits, certainty.most_branches = outer

    return later


def with_loop(run: Run, outer: int, body: Callable[[], None], breaks: list[Delta]) -> None:
    """One pass through a body; `continue` ends it, `break` leaves its state in `breaks`, relative to `outer`."""
    loops = run.stack.call_frames[-1].loops if run.stack.call_frames else run.stack.module_loops
    mark = run.store.mark()
    loop = Loop(mark)
    loops.append(loop)
    exits = run.certainty.full_exits
    try:
        body()
    finally:
        loops.pop()
    end = run.store.take(mark)
    # some runs went on with `continue`, others have ended: what follows need not happen in every run
    run.certainty.unsure_from_here(end is None and bool(loop.continues) and run.certainty.full_exits > exits)
    if loop.breaks:
        before = run.store.delta(outer)
        breaks.extend({**before, **left} for left in loop.breaks)
    run.merge([end, *loop.continues])


def repeat(run: Run, body: Callable[[], None], traced: bool = False, at_least_once: bool = False) -> list[Delta]:
    """Run `body` an unknown number of times; gives the states that left it by `break`.

    `traced`: nothing is claimed of a second pass, as where the body is traced once.
    """
    start = run.store.mark()
    widening = Widening(run, run.heap.cells, len(run.recorder.tapes), run.recorder.recordings, run.recorder.now())
    ends: list[Delta | None] = [] if at_least_once else [{}]
    breaks: list[Delta] = []
    with run.certainty.unsure(not at_least_once, in_loop=True) as doubt:
        later, silent = later_passes(run), run.certainty.muted
        with_loop(run, start, body, breaks)
        ends.append(dict(run.store.delta(start)) if run.reachable else None)
        if run.reachable and not silent and not traced and not run.certainty.in_later_pass:
            with later():
                if not run.certainty.muted:
                    with_loop(run, start, body, breaks)
                    ends.append(dict(run.store.delta(start)) if run.reachable else None)
        changed = _changed(run, start, [*ends, *breaks])
        run.store.take(start)
        if changed and any(end is not None for end in ends):
            ends.append(_later_passes(run, start, widening, changed, body, breaks))
        doubt.lasts = None in ends or bool(breaks)
    run.merge(ends)
    return breaks


def _later_passes(
    run: Run, start: int, widening: Widening, changed: dict[Key, list[Any]], body: Callable[[], None],
    breaks: list[Delta],
) -> Delta | None:  # fmt: skip
    """The state after any number of passes: run from the summary of all states until that settles.

    What a pass changes that no pass before it changed (`e = d; d = c; c = b`) is summed up too, and another follows.
    """
    with run.certainty.silence():
        widening.start(changed)
        for attempt in range(MOST_LATER):
            mark = run.store.mark()
            left: list[Delta] = []
            with_loop(run, start, body, left)
            end = dict(run.store.delta(start)) if run.reachable else None
            ends = [delta for delta in [end, *left] if delta is not None]
            settled = widening.finish(ends)
            new = {key: values for key, values in _changed(run, start, [*ends]).items() if key not in changed}
            late = _that_were_there(run, mark, new)
            if not late and (settled or attempt >= MOST_ATTEMPTS - 1):
                breaks.extend(left)
                if not settled:
                    widening.give_up()
                break
            run.store.rollback(mark)
            run.store.reachable = True
            changed.update(late)
            widening.start(late)
        else:
            raise GiveUp(run.stack.functions[-1] if run.stack.functions else None)
    run.store.take(start)
    return end


def _that_were_there(run: Run, mark: int, changed: dict[Key, list[Any]]) -> dict[Key, list[Any]]:
    """Those that had a value at `mark`: what a pass makes for itself is not handed on."""
    if not changed:
        return changed
    before = run.store.replaced_since(mark)
    return {key: values for key, values in changed.items() if before.get(key, MISSING) is not MISSING}


def _changed(run: Run, start: int, deltas: Iterable[Delta | None]) -> dict[Key, list[Any]]:
    """What the passes wrote into things that existed before the loop: all values that they left there."""
    found: dict[Key, list[Any]] = {}
    for delta in deltas:
        for key, value in (delta or {}).items():
            found.setdefault(key, []).append(value)
    return found
