"""Running a body again and again: the first and the second pass apart, then any number of passes in silence.

The second pass shows what the first has left behind (a variable replaced by a tensor, a spent tape). What later passes
may see is blurred: whatever a pass changes is unknown at the start of the silent pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import libcst as cst

from flake8_gradtape.machine.operations import at_most, elements
from flake8_gradtape.machine.recording import TapeState, join_states
from flake8_gradtape.machine.run import Loop, Run
from flake8_gradtape.machine.store import MISSING, Delta
from flake8_gradtape.machine.values import Entries, Items, Opaque, Tensor, Value, Variable, bound, options

MOST_UNROLLED = 6


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
        breaks: list[Delta] = []
        mark = run.store.mark()
        run.doubts += 1
        with_loop(run, mark, lambda: once(run.join(found)), breaks)
        run.doubts -= 1
        run.store.merge([{}, run.store.take(mark)])
        return breaks
    if exact and len(found) <= MOST_UNROLLED:
        return _unrolled(run, found, once)
    if not found:
        found = [run.anything(at=at)]
    traced = bool(run.activations) and run.activations[-1].graph and _maybe_tensor(iterable)
    element = run.join(found)

    def body() -> None:
        fresh = elements(run, iterable, at)[0]
        once(run.join(fresh) if fresh else element)

    return repeat(run, body, traced=traced, at_least_once=at_least_once)


def _maybe_tensor(iterable: Value) -> bool:
    return any(isinstance(option, (Tensor, Variable, Opaque)) for option in options(bound(iterable)))


def _unrolled(run: Run, found: list[Value], once: Callable[[Value], None]) -> list[Delta]:
    outer = run.store.mark()
    breaks: list[Delta] = []
    doubts = run.doubts
    for element in found:
        if not run.reachable:
            break
        with certain_only(run, doubts):
            with_loop(run, outer, lambda element=element: once(element), breaks)  # type: ignore[misc]
    return breaks


@contextmanager
def certain_only(run: Run, doubts: int) -> Iterator[None]:
    """A later pass claims nothing if some runs may have left the loop before (more doubts than at its start)."""
    if run.doubts > doubts:
        with run.silence():
            yield
    else:
        yield


def with_loop(run: Run, outer: int, body: Callable[[], None], breaks: list[Delta]) -> None:
    """One pass through a body; `continue` ends it, `break` leaves its state in `breaks`, relative to `outer`."""
    loops = run.activations[-1].loops if run.activations else run.module_loops
    mark = run.store.mark()
    loop = Loop(mark)
    loops.append(loop)
    try:
        body()
    finally:
        loops.pop()
    end = run.store.take(mark)
    if loop.breaks:
        before = run.store.delta(outer)
        breaks.extend({**before, **left} for left in loop.breaks)
    run.store.merge([end, *loop.continues])


def repeat(run: Run, body: Callable[[], None], traced: bool = False, at_least_once: bool = False) -> list[Delta]:
    """Run `body` an unknown number of times; gives the states that left it by `break`."""
    start = run.store.mark()
    ends: list[Delta | None] = [] if at_least_once else [{}]
    breaks: list[Delta] = []
    doubtful = not at_least_once
    run.doubts += doubtful
    doubts = run.doubts
    if not run.muted:
        with_loop(run, start, body, breaks)
        ends.append(dict(run.store.delta(start)) if run.reachable else None)
        if run.reachable:
            if traced:
                with run.silence():
                    with_loop(run, start, body, breaks)
            else:
                with certain_only(run, doubts):
                    with_loop(run, start, body, breaks)
            ends.append(dict(run.store.delta(start)) if run.reachable else None)
    else:
        with_loop(run, start, body, breaks)
        ends.append(dict(run.store.delta(start)) if run.reachable else None)
    changed = _changed(run, start, [*ends, *breaks])
    run.store.take(start)
    if changed and any(end is not None for end in ends):
        with run.silence():
            _blur(run, changed)
            with_loop(run, start, body, breaks)
            ends.append(dict(run.store.delta(start)) if run.reachable else None)
        run.store.take(start)
    run.doubts -= doubtful and None not in ends and not breaks
    run.store.merge(ends)
    return breaks


def _changed(run: Run, start: int, deltas: list[Delta | None]) -> dict[object, list[object]]:
    """What the passes wrote into things that existed before the loop: all values that they left there."""
    found: dict[object, list[object]] = {}
    for delta in deltas:
        for key, value in (delta or {}).items():
            found.setdefault(key, []).append(value)
    return found


def _blur(run: Run, changed: dict[object, list[object]]) -> None:
    """The state at the start of any later pass."""
    for key, values in changed.items():
        old = run.store.get(key, MISSING)
        if old is MISSING:
            continue
        known: list[Any] = [value for value in [old, *values] if value is not MISSING]
        if isinstance(old, TapeState):
            run.store.set(key, join_states([value for value in known if isinstance(value, TapeState)]))
        elif isinstance(old, Items):
            nodes = [n for value in known if isinstance(value, Items) for one in value.items for n in run.nodes(one)]
            items = [one for value in known if isinstance(value, Items) for one in value.items]
            kept = dict.fromkeys(items)
            run.store.set(key, Items((*list(kept)[:8], run.anything(nodes)), exact=False))
        elif isinstance(old, Entries):
            blurred = {
                name: run.blur(run.join([v for e in known if isinstance(e, Entries) if (v := e.get(name)) is not None]))
                for entries in known
                if isinstance(entries, Entries)
                for name, _ in entries.entries
            }
            run.store.set(key, Entries(tuple(blurred.items()), all(isinstance(e, Entries) and e.exact for e in known)))
        else:
            run.store.set(key, run.blur(run.join(known)))
