"""Branches that AutoGraph makes of a traced function: where the condition is a tensor, Python runs both of them.

One after the other: the second finds the names of the function as they were before the first, and all else (tapes, what
is in containers and objects, names of other functions) as the first has left it. Measured with TensorFlow 2.21.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flake8_gradtape.machine.domain.store import MISSING, Delta
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Scope


@contextmanager
def branch(run: Run, scope: Scope, outer: int, known: bool | None, ends: list[Delta | None]) -> Iterator[None]:
    """Run a branch in here that is taken if a condition holds: it is undone, and what it left goes to `ends`.

    `outer` is the state of which that is told; `known` whether the condition holds.
    """
    inner = run.store.mark()
    frame = run.stack.call_frames[-1] if run.stack.call_frames else None
    returned = len(frame.returns) if frame is not None else 0
    yield
    taken = run.store.delta(outer) if run.reachable else None
    run.store.rollback(inner)
    run.store.reachable = True
    ends.append(taken)
    if known is None and frame is not None and frame.graph:
        for delta in (taken, *(delta for delta, _ in frame.returns[returned:])):
            _may_have_run(run, scope, delta or {})


def _may_have_run(run: Run, scope: Scope, delta: Delta) -> None:
    """What follows may find what a branch has changed, but for the names of the function."""
    for key, value in delta.items():
        now = run.store.get(key, MISSING)
        name_here = isinstance(key, tuple) and key[0] == scope.number and type(key[0]) is int
        if value is now or name_here:
            continue
        joined = run.sharing.joins.join_key(key, [now, value])
        if joined is MISSING:
            run.store.remove(key)
        else:
            run.store.set(key, joined)
