"""`with`: tapes are entered and left, exit stacks leave what they entered, `pytest.raises` swallows."""

from __future__ import annotations

from collections.abc import Callable

import libcst as cst

from flake8_gradtape.events import CallRaised, Misuse
from flake8_gradtape.machine.domain.values import Api, ExitStack, Pausing, TapeValue, Value, bound, options
from flake8_gradtape.machine.language.assignment import assign
from flake8_gradtape.machine.language.containers import stack_items
from flake8_gradtape.machine.language.try_blocks import catch_all, finish, pending_exits, run_try
from flake8_gradtape.machine.libraries.library import is_tape_class
from flake8_gradtape.machine.libraries.tensorflow.tape import enter_tape
from flake8_gradtape.machine.state.call_endings import note_survivors, raises, tape_raises
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Frame
from flake8_gradtape.machine.tapes.state import Raised
from flake8_gradtape.reading.syntax import dotted, text_of

_SWALLOWING = ("raises", "assertRaises", "assertWarns", "suppress")


def run_with(run: Run, frame: Frame, node: cst.With, body: Callable[[], None]) -> None:
    """A `with` statement of any number of items."""
    _enter(run, frame, node, list(node.items), body)


def _enter(run: Run, frame: Frame, node: cst.With, items: list[cst.WithItem], body: Callable[[], None]) -> None:
    if not items:
        body()
        return
    first, rest = items[0], items[1:]
    if _swallows(first.item):
        run.evaluate(run, frame, first.item)

        def inner() -> None:
            _enter(run, frame, node, rest, body)

        run_try(run, inner, [lambda: None], None, None, catching=catch_all)
        return
    plain = node.items[0] is first and not isinstance(node.lpar, cst.LeftParen)
    run.opening = node if plain and isinstance(first.item, cst.Call) else None
    context = bound(run.evaluate(run, frame, first.item))
    run.opening = None
    at = first.item
    if not run.reachable:
        return
    _block(run, frame, node, first, context, at, lambda: _enter(run, frame, node, rest, body))


def _block(
    run: Run, frame: Frame, node: cst.With, item: cst.WithItem, context: Value, at: cst.CSTNode,
    body: Callable[[], None],
) -> None:  # fmt: skip
    where = node if node.items[0] is item else at
    named = context
    leaving: list[Callable[[], None]] = []
    if isinstance(context, TapeValue):
        enter_tape(run, context, where)
        leaving.append(lambda: run.recorder.leave(context.tape))
    elif isinstance(context, Pausing):
        _pause(run, context, where)
        leaving.append(lambda: run.recorder.resume(context.tape.tape))
    elif isinstance(context, ExitStack):
        leaving.append(lambda: _unwind(run, context))
    elif isinstance(context, Api) and is_tape_class(context.path):
        # `with tf.GradientTape as tape:` (truth table B32)
        _class_entered(run, item, where)
        return
    else:
        for option in options(context):
            if isinstance(option, TapeValue):
                # one of several tapes: it may be entered
                run.recorder.escape(option.tape)
            elif isinstance(option, Pausing):
                run.recorder.escape(option.tape.tape)
        named = run.anything(run.nodes(context), at=at) if not isinstance(context, Api) else run.anything(at=at)
        if isinstance(context, Api) or not run.nodes(context):
            named = run.anything(at=at)
        run.escape(context)
        if len(options(context)) == 1 and not run.nodes(context):
            named = context
    if not run.reachable:
        return
    if item.asname is not None:
        assign(run, frame, item.asname.name, named)
    pending = pending_exits(run)
    body()

    def leave() -> None:
        for act in leaving:
            act()

    if leaving:
        if run.reachable:
            leave()
        finish(run, pending, leave)


def _swallows(item: cst.BaseExpression) -> bool:
    if not isinstance(item, cst.Call):
        return False
    name = dotted(item.func).rpartition(".")[2]
    return name.startswith(_SWALLOWING)


def _pause(run: Run, context: Pausing, at: cst.CSTNode) -> None:
    visit = run.new_visit()
    run.outcomes.visit(at, run.context, visit)
    note_survivors(run, run.recorder.state(context.tape.tape))
    try:
        run.recorder.pause(context.tape.tape)
    except Raised as raised:
        tape_raises(run, at, visit, run.recorder.tapes[context.tape.tape], "stop_recording", raised)


def _unwind(run: Run, stack: ExitStack) -> None:
    for value in reversed(stack_items(run, stack)):
        for option in options(value):
            if isinstance(option, TapeValue):
                run.recorder.leave(option.tape)


def _class_entered(run: Run, item: cst.WithItem, where: cst.CSTNode) -> None:
    visit = run.new_visit()
    run.outcomes.visit(where, run.context, visit)
    name = text_of(item.asname.name) if item.asname is not None else ""
    raises(run, where, visit, CallRaised(where, name, "class", Misuse.NOT_ENTERED, text_of(item.item)))
