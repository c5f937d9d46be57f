"""`with`: tapes are entered and left, exit stacks leave what they entered, `pytest.raises` swallows."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import libcst as cst

from flake8_gradtape.machine.domain.values import StopRecording, TapeValue, Value, bound, options
from flake8_gradtape.machine.language.assignment import assign
from flake8_gradtape.machine.language.try_blocks import catch_all, finish, pending_exits, run_try
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Scope
from flake8_gradtape.reading.syntax import dotted

_SWALLOWING = ("raises", "assertRaises", "assertWarns", "suppress")


def run_with(run: Run, scope: Scope, node: cst.With, body: Callable[[], None]) -> None:
    """A `with` statement of any number of items."""
    _enter(run, scope, node, list(node.items), body)


def _enter(run: Run, scope: Scope, node: cst.With, items: list[cst.WithItem], body: Callable[[], None]) -> None:
    """Enter the items of a `with` one inside the other, and run the body within the last."""
    if not items:
        body()
        return
    first, rest = items[0], items[1:]
    if _swallows(first.item):
        run.evaluate(scope, first.item)

        def inner() -> None:
            _enter(run, scope, node, rest, body)

        run_try(run, inner, [lambda: None], None, None, catching=catch_all)
        return
    plain = node.items[0] is first and not isinstance(node.lpar, cst.LeftParen)
    run.stack.with_statement = node if plain and isinstance(first.item, cst.Call) else None
    context = bound(run.evaluate(scope, first.item))
    run.stack.with_statement = None
    if not run.reachable:
        return
    _block(run, scope, node, first, context, lambda: _enter(run, scope, node, rest, body))


def _block(
    run: Run, scope: Scope, node: cst.With, item: cst.WithItem, context: Value, body: Callable[[], None]
) -> None:
    """One item of a `with`: what it enters, what `as` names, the body, and what is left at its end."""
    behaviour = run.behaviour(context)
    named = behaviour.enter(run, context, node if node.items[0] is item else item.item, item)
    if not run.reachable:
        return
    if item.asname is not None:
        assign(run, scope, item.asname.name, named)
    pending = pending_exits(run)
    body()
    exit_ = behaviour.exit
    if exit_ is None:
        return
    leave = partial(exit_, run, context)
    if run.reachable:
        leave()
    finish(run, pending, leave)


def enter_another(run: Run, context: Value, where: cst.CSTNode, item: cst.WithItem | None) -> Value:
    """A context manager that nobody can see: it may keep what it is made of, and gives something made of that."""
    at = item.item if item is not None else where
    for option in options(context):
        if isinstance(option, TapeValue):
            # one of several tapes: it may be entered
            run.recorder.tape_escapes(option.tape)
        elif isinstance(option, StopRecording):
            run.recorder.tape_escapes(option.tape.tape)
    nodes = run.heap.nodes(context)
    plain = not nodes and len(options(context)) == 1
    named = context if plain else run.anything(nodes, at=at)
    run.sharing.escape(context)
    return named


def _swallows(item: cst.BaseExpression) -> bool:
    if not isinstance(item, cst.Call):
        return False
    name = dotted(item.func).rpartition(".")[2]
    return name.startswith(_SWALLOWING)
