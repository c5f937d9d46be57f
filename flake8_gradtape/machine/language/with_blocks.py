"""`with`: tapes are entered and left, exit stacks leave what they entered, `pytest.raises` swallows."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import libcst as cst

from flake8_gradtape.machine.domain.values import (
    Alternatives,
    Api,
    Const,
    ListValue,
    Number,
    Opaque,
    StopRecording,
    TapeValue,
    Tensor,
    Value,
    Variable,
    bound,
    options,
)
from flake8_gradtape.machine.language.assignment import assign
from flake8_gradtape.machine.language.try_blocks import catch_all, catch_nothing, finish, pending_exits, run_try
from flake8_gradtape.machine.language.unseen import unseen_code
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
    if _swallows(run, scope, first.item):
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
    leave = partial(behaviour.exit, run, context) if behaviour.exit is not None else None
    swallowing = behaviour.swallows(run, context, False)
    handlers: list[Callable[[], None]] = []

    def inner() -> None:
        if item.asname is not None:
            assign(run, scope, item.asname.name, named)
        body()
        if swallowing and behaviour.swallows(run, context, True):
            handlers.append(lambda: None)

    if swallowing:
        # whatever is raised in the block, what follows it may be reached from there
        run_try(run, inner, handlers, None, leave, catching=catch_nothing)
        return
    pending = pending_exits(run)
    inner()
    if leave is None:
        return
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
    if _is_plain(run, context):
        run.sharing.escape(context)
    else:
        unseen_code(run, [context])
    return context if plain else run.anything(nodes, at=at)


def leave_another(run: Run, context: Value) -> None:
    """Whatever it does at the end, it does with what it was made of."""
    if not _is_plain(run, context):
        unseen_code(run, [context])


def may_swallow(run: Run, context: Value, ended: bool) -> bool:
    """It may, unless it is known for what it is."""
    return not _is_plain(run, context)


def never_swallows(run: Run, context: Value, ended: bool) -> bool:
    """What is raised in the block goes on."""
    return False


def _is_plain(run: Run, context: Value) -> bool:
    """It swallows nothing and changes nothing; so does an iterable in a bar of `tqdm`."""
    if isinstance(context, Alternatives):
        return all(_is_plain(run, option) for option in context.options)
    if isinstance(context, Opaque):
        return context.node in run.heap.plain_managers
    return isinstance(context, (Const, Number, Tensor, Variable, ListValue, TapeValue, StopRecording))


def _swallows(run: Run, scope: Scope, item: cst.BaseExpression) -> bool:
    """`pytest.raises(...)`, `suppress(...)`, under whatever name it was imported: what is raised is expected."""
    if not isinstance(item, cst.Call):
        return False
    text = dotted(item.func)
    head, _, rest = text.partition(".")
    held = run.sharing.read(scope, head)
    if isinstance(held, Api) and not rest:
        text = held.path
    return text.rpartition(".")[2].startswith(_SWALLOWING)
