"""`try`: an exception may leave the body at any point, so a handler starts from the join of all its states."""

from __future__ import annotations

import builtins
from collections.abc import Callable

import libcst as cst

from flake8_gradtape.machine.domain.store import Delta
from flake8_gradtape.machine.domain.values import Value
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Catches
from flake8_gradtape.machine.tapes.state import TapeState
from flake8_gradtape.machine.tapes.transitions import left
from flake8_gradtape.reading.syntax import dotted

_RARE = frozenset("KeyboardInterrupt SystemExit ImportError ModuleNotFoundError GeneratorExit StopIteration".split())
"""Exceptions that misuse of a tape never raises."""


def catches(node: cst.Try | cst.TryStar) -> Catches:
    """Which errors some handler may catch."""
    names: list[str] = []
    for handler in node.handlers:
        if handler.type is None:
            names.append("BaseException")
        elif isinstance(handler.type, cst.Tuple):
            names.extend(dotted(element.value) for element in handler.type.elements)
        else:
            names.append(dotted(handler.type))
    return lambda error: any(_catches(name, error) for name in names)


def _catches(name: str, error: type[Exception] | None) -> bool:
    if error is None:
        return name not in _RARE
    kind = getattr(builtins, name, None)
    return not isinstance(kind, type) or issubclass(error, kind)


def catch_all(error: type[Exception] | None) -> bool:
    """A handler for anything."""
    return True


def catch_nothing(error: type[Exception] | None) -> bool:
    """Nobody says that an error is expected."""
    return False


def run_try(
    run: Run,
    body: Callable[[], None],
    handlers: list[Callable[[], None]],
    orelse: Callable[[], None] | None,
    final: Callable[[], None] | None,
    catching: Catches,
) -> None:
    """Run a `try` statement (or a `with` that swallows exceptions: a handler that does nothing)."""
    mark = run.store.mark()
    pending = pending_exits(run)
    run.store.log_writes()
    run.stack.catching.append(catching)
    try:
        body()
    finally:
        run.stack.catching.pop()
        written = run.store.logged_writes()
    if orelse is not None and run.reachable:
        orelse()
    end = run.store.take(mark)
    interrupted = _settled(run, run.store.interrupted(written, run.sharing.joins.join_key))
    ends: list[Delta | None] = [end]
    with run.certainty.unsure(bool(handlers)) as doubt:
        for handler in handlers:
            run.store.apply(interrupted)
            handler()
            ends.append(run.store.take(mark))
        doubt.lasts = None in ends[1:]  # where each handler goes on, so does every run
    run.merge(ends)
    if final is not None:
        _on_the_way_out(run, interrupted, final)
        if run.reachable:
            final()
        finish(run, pending, final)


def _on_the_way_out(run: Run, interrupted: Delta, final: Callable[[], None]) -> None:
    """An exception that nobody here catches passes through `finally`: a handler further out finds what that writes."""
    reachable, mark = run.reachable, run.store.mark()
    run.store.apply(interrupted)
    with run.certainty.silence():
        final()
    run.store.rollback(mark)
    run.store.reachable = reachable


def _settled(run: Run, state: Delta) -> Delta:
    """`with` blocks inside the body were left on the way to the handler, so their tapes have stopped."""
    return {
        key: left(value)
        if isinstance(value, TapeState) and value.active is None and _was_inactive(run.store.get(key))
        else value
        for key, value in state.items()
    }


def _was_inactive(before: object) -> bool:
    return not isinstance(before, TapeState) or before.active is False


Exits = list[tuple[list[object], int]]


def pending_exits(run: Run) -> Exits:
    """How many states have left by `return`, `break` and `continue` so far, list by list."""
    found: Exits = []
    if run.stack.call_frames:
        call_frame = run.stack.call_frames[-1]
        found.append((call_frame.returns, len(call_frame.returns)))  # type: ignore[arg-type]
        loops = call_frame.loops
    else:
        loops = run.stack.module_loops
    for loop in loops:
        found.append((loop.breaks, len(loop.breaks)))  # type: ignore[arg-type]
        found.append((loop.continues, len(loop.continues)))  # type: ignore[arg-type]
    return found


def finish(run: Run, pending: Exits, final: Callable[[], None]) -> None:
    """Run a cleanup for the states that have left since `pending` was taken: they pass through it on their way."""
    reachable = run.reachable
    for exits, count in pending:
        through: list[object] = []
        before = exits[count:]
        for left_by in before:
            value: Value | None = None
            delta = left_by
            if isinstance(left_by, tuple):
                delta, value = left_by
            mark = run.store.mark()
            run.store.apply(delta)  # type: ignore[arg-type]
            with run.certainty.silence():
                final()
            if run.reachable:  # else it goes on elsewhere: `continue` in `finally` takes a `return` back
                merged = {**delta, **run.store.delta(mark)}  # type: ignore[dict-item]
                through.append((merged, value) if value is not None else merged)
            run.store.rollback(mark)
        exits[count : count + len(before)] = through
    run.store.reachable = reachable
