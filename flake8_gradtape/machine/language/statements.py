"""Running statements: one function for each kind of syntax node, looked up by its class."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import libcst as cst

from flake8_gradtape.machine.domain.store import Delta
from flake8_gradtape.machine.domain.values import NONE, Const, Instance, ListValue, Value, bound, options
from flake8_gradtape.machine.language.assignment import assign, delete
from flake8_gradtape.machine.language.definitions import define_class, define_function
from flake8_gradtape.machine.language.imports import import_modules, import_names
from flake8_gradtape.machine.language.loop_flags import decide, for_each_flag
from flake8_gradtape.machine.language.loops import (
    MOST_UNROLLED,
    iterate,
    later_passes,
    repeat,
    touches_tapes,
    with_loop,
)
from flake8_gradtape.machine.language.narrowing import assume
from flake8_gradtape.machine.language.operators import BINARY, binary, tested
from flake8_gradtape.machine.language.subscripts import item
from flake8_gradtape.machine.language.traced_branches import branch
from flake8_gradtape.machine.language.traced_loops import lowered, may_be_lowered
from flake8_gradtape.machine.language.try_blocks import catches, run_try
from flake8_gradtape.machine.language.unseen import unseen_code
from flake8_gradtape.machine.language.with_blocks import run_with
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Scope
from flake8_gradtape.reading.syntax import children


def _body(run: Run, scope: Scope, node: Any) -> None:
    run.execute(scope, node.body)


def _expression(run: Run, scope: Scope, node: cst.Expr) -> None:
    run.evaluate(scope, node.value)


def _assign(run: Run, scope: Scope, node: cst.Assign) -> None:
    value = run.evaluate(scope, node.value)
    for target in node.targets:
        if not isinstance(target.target, cst.Name):
            run.store.may_raise()
        assign(run, scope, target.target, value)


def _annotated(run: Run, scope: Scope, node: cst.AnnAssign) -> None:
    if node.value is not None:
        assign(run, scope, node.target, run.evaluate(scope, node.value))


def _augmented(run: Run, scope: Scope, node: cst.AugAssign) -> None:
    old = run.evaluate(scope, node.target)
    value = run.evaluate(scope, node.value)
    run.claims.visit(node, run.stack.context, object())
    sign = BINARY.get(type(node.operator).__name__.removesuffix("Assign"), "?")
    held = bound(old)
    if any(isinstance(option, ListValue) for option in options(held)) and len(options(held)) > 1:
        # it is one of several lists, or something else: each changes where it is this one
        assign(run, scope, node.target, run.each(held, lambda option: _augment_one(run, option, sign, value, node)))
        return
    if run.behaviour(held).augment(run, held, sign, value, node):
        return
    if sign == "+" and isinstance(bound(value), ListValue):
        run.sharing.escape(value)  # a list that is not known takes the elements in
    assign(run, scope, node.target, binary(run, sign, old, value, node))


def _augment_one(run: Run, held: Value, sign: str, value: Value, node: cst.AugAssign) -> Value:
    """What a name holds after `name += value` that held this before."""
    if run.behaviour(held).augment(run, held, sign, value, node):
        return held
    return binary(run, sign, held, value, node)


def _delete(run: Run, scope: Scope, node: cst.Del) -> None:
    delete(run, scope, node.target)


def _if(run: Run, scope: Scope, node: cst.If) -> None:
    """Run the branches that may be taken, each from the same state, and join what they leave."""
    # `elif` chains are nested: walk down instead of recursing
    mark = run.store.mark()
    ends: list[Delta | None] = []
    prefix = mark
    doubtful = False
    continued = _continued(run)
    current: cst.If | cst.Else | None = node
    while isinstance(current, cst.If):
        known = decide(run, scope, current.test)
        if not run.reachable:
            current = None
            ends.append(run.store.take(mark))
            break
        if known is not False:
            doubtful = doubtful or known is None
            with branch(run, scope, prefix, known, ends), run.certainty.unsure(doubtful):
                assume(run, scope, current.test, True)
                run.execute(scope, [current.body])
        if known is True:
            run.store.rollback(mark)
            run.merge(ends)
            return
        assume(run, scope, current.test, False)
        current = current.orelse
    else:
        if isinstance(current, cst.Else):
            with run.certainty.unsure(doubtful):
                run.execute(scope, [current.body])
        ends.append(run.store.take(mark))
    run.merge(ends)
    # where some runs have ended or left, what follows need not happen in every run
    run.certainty.unsure_from_here(doubtful and ends.count(None) > _continued(run) - continued)


def _continued(run: Run) -> int:
    """How many states have gone on to the next pass of the innermost loop."""
    loops = run.stack.call_frames[-1].loops if run.stack.call_frames else run.stack.module_loops
    return len(loops[-1].continues) if loops else 0


def _for(run: Run, scope: Scope, node: cst.For) -> None:
    run.stack.eagerly_consumed.add(node.iter)
    iterable = run.evaluate(scope, node.iter)

    def once(element: Value) -> None:
        assign(run, scope, node.target, element)
        run.execute(scope, [node.body])

    def act() -> None:
        mark = run.store.mark()
        breaks = iterate(run, iterable, node, once, _known_long(run, node, iterable))
        _after_loop(run, scope, node, mark, breaks)

    with lowered(run) if may_be_lowered(run, iterable) else nullcontext():
        for_each_flag(run, scope, node, act)


def _known_long(run: Run, node: cst.For, iterable: Value) -> bool:
    """`range` of a literal that is not empty: too long to unroll, but surely run."""
    call = node.iter
    if not (isinstance(call, cst.Call) and isinstance(call.func, cst.Name) and call.func.value == "range"):
        return False
    return (
        bool(call.args)
        and all(isinstance(one.value, cst.Integer) and one.value.evaluated_value > 0 for one in call.args[-1:])
        and len(call.args) == 1
    )


def _while(run: Run, scope: Scope, node: cst.While) -> None:
    test = run.evaluate(scope, node.test)
    traced = tested(run, test) is None and may_be_lowered(run, test)
    with lowered(run) if traced else nullcontext():
        for_each_flag(run, scope, node, lambda: _while_true(run, scope, node, traced))


def _while_true(run: Run, scope: Scope, node: cst.While, traced: bool) -> None:
    """Run a `while` pass by pass as long as its condition is known to hold, then any number of times."""
    mark = run.store.mark()
    breaks: list[Delta] = []
    known = tested(run, run.evaluate(scope, node.test))
    forever = known is True and _is_literal(node.test)
    passes = 0
    later = later_passes(run)
    while known is True and not forever and passes < MOST_UNROLLED and run.reachable:
        with later() if passes else nullcontext():
            with_loop(run, mark, lambda: run.execute(scope, [node.body]), breaks)
        known = tested(run, run.evaluate(scope, node.test)) if run.reachable else False
        passes += 1
    if known is False or not run.reachable:
        _after_loop(run, scope, node, mark, breaks)
        return

    def body() -> None:
        assume(run, scope, node.test, True)
        run.execute(scope, [node.body])
        if run.reachable:
            tested(run, run.evaluate(scope, node.test))

    before = run.store.delta(mark)
    one = traced or not (forever or passes > 1) or not touches_tapes(run, node)
    # once passes were seen, nobody knows whether another one follows
    ended = bool(passes) and known is None
    with run.certainty.silence() if ended else nullcontext():
        again = repeat(run, body, traced=one, at_least_once=known is True)
    breaks.extend({**before, **left} for left in again)
    if forever:
        run.store.take(mark)
        run.merge(breaks)
        return
    _after_loop(run, scope, node, mark, breaks)


def _is_literal(test: cst.BaseExpression) -> bool:
    """`while True`, `while 1`: no pass can change it, as it may what a name holds."""
    return isinstance(test, cst.Integer) or (isinstance(test, cst.Name) and test.value == "True")


def _after_loop(run: Run, scope: Scope, node: cst.For | cst.While, mark: int, breaks: list[Delta]) -> None:
    if node.orelse is not None and run.reachable:
        run.execute(scope, [node.orelse.body])
    if breaks:
        run.merge([run.store.take(mark), *breaks])


def _break(run: Run, scope: Scope, node: cst.Break) -> None:
    loops = run.stack.call_frames[-1].loops if run.stack.call_frames else run.stack.module_loops
    if loops:
        loops[-1].breaks.append(run.store.delta(loops[-1].mark))
    run.leave()


def _continue(run: Run, scope: Scope, node: cst.Continue) -> None:
    loops = run.stack.call_frames[-1].loops if run.stack.call_frames else run.stack.module_loops
    if loops:
        loops[-1].continues.append(run.store.delta(loops[-1].mark))
    run.leave()


def _return(run: Run, scope: Scope, node: cst.Return) -> None:
    value = run.evaluate(scope, node.value) if node.value is not None else NONE
    if run.reachable and run.stack.call_frames:
        call_frame = run.stack.call_frames[-1]
        call_frame.returns.append((run.store.delta(call_frame.mark), value))
    run.leave()


def _raise(run: Run, scope: Scope, node: cst.Raise) -> None:
    if node.exc is not None:
        run.evaluate(scope, node.exc)
    run.end_all_paths()


def _assert(run: Run, scope: Scope, node: cst.Assert) -> None:
    outer, run.certainty.asserting = run.certainty.asserting, 1
    known = tested(run, run.evaluate(scope, node.test))
    run.certainty.asserting = outer
    if known is False:
        run.end_all_paths()
    else:
        assume(run, scope, node.test, True)


def _try(run: Run, scope: Scope, node: cst.Try | cst.TryStar) -> None:
    """Hand the parts of a `try` to `run_try`, as functions that run them."""
    handlers: list[Callable[[], None]] = []
    for handler in node.handlers:

        def handle(handler: Any = handler) -> None:
            if handler.name is not None:
                assign(run, scope, handler.name.name, run.anything())
            run.execute(scope, [handler.body])

        handlers.append(handle)

    def block(part: cst.Else | cst.Finally | None) -> Callable[[], None] | None:
        return None if part is None else lambda: run.execute(scope, [part.body])

    run_try(
        run,
        lambda: run.execute(scope, [node.body]),
        handlers,
        block(node.orelse),
        block(node.finalbody),
        catching=catches(node),
    )


def _with(run: Run, scope: Scope, node: cst.With) -> None:
    run_with(run, scope, node, lambda: run.execute(scope, [node.body]))


def _match(run: Run, scope: Scope, node: cst.Match) -> None:
    """Run each case from the state before all of them; an object is read, or compared, by code of its own."""
    subject = run.evaluate(scope, node.subject)
    objects = any(isinstance(option, Instance) for option in options(bound(subject)))
    mark = run.store.mark()
    ends: list[Delta | None] = [{}]
    with run.certainty.unsure() as doubt:
        for case in node.cases:
            if objects:
                unseen_code(run, [subject])
            _bind_pattern(run, scope, case.pattern, subject)
            if case.guard is not None:
                run.evaluate(scope, case.guard)
            run.execute(scope, [case.body])
            ends.append(run.store.take(mark))
            if isinstance(case.pattern, cst.MatchAs) and case.pattern.pattern is None and case.guard is None:
                ends[0] = None
        doubt.lasts = None in ends[1:]
    run.merge(ends)


def _inside(run: Run, subject: Value, pattern: cst.MatchPattern) -> Value:
    """Some part of the subject, that very thing: who changes it changes the subject."""
    return unseen_code(run, [subject], pattern)


def _bind_pattern(run: Run, scope: Scope, pattern: cst.MatchPattern, subject: Value) -> None:
    """Names in a pattern take the subject, or some part of it."""
    if isinstance(pattern, cst.MatchAs):
        if pattern.name is not None:
            assign(run, scope, pattern.name, subject)
        if pattern.pattern is not None:
            _bind_pattern(run, scope, pattern.pattern, subject)
        return
    if isinstance(pattern, (cst.MatchList, cst.MatchTuple)):
        starred = False
        for place, element in enumerate(pattern.patterns):
            starred = starred or isinstance(element, cst.MatchStar)
            part = _inside(run, subject, pattern) if starred else item(run, subject, Const(place), pattern)
            run.store.reachable = True
            if isinstance(element, cst.MatchStar):
                if element.name is not None:
                    assign(run, scope, element.name, part)
            else:
                _bind_pattern(run, scope, element.value, part)
        return
    if isinstance(pattern, cst.MatchMapping) and pattern.rest is not None:
        assign(run, scope, pattern.rest, _inside(run, subject, pattern))
    for part_node in children(pattern):
        if isinstance(part_node, cst.MatchPattern):
            _bind_pattern(run, scope, part_node, _inside(run, subject, pattern))
        elif isinstance(part_node, (cst.MatchKeywordElement, cst.MatchMappingElement)):
            _bind_pattern(run, scope, part_node.pattern, _inside(run, subject, pattern))
        elif isinstance(part_node, cst.MatchOrElement):
            _bind_pattern(run, scope, part_node.pattern, subject)


def _function(run: Run, scope: Scope, node: cst.FunctionDef) -> None:
    assign(run, scope, node.name, define_function(run, scope, node))


def _class(run: Run, scope: Scope, node: cst.ClassDef) -> None:
    assign(run, scope, node.name, define_class(run, scope, node))


CALM = frozenset(
    {cst.SimpleStatementLine, cst.SimpleStatementSuite, cst.IndentedBlock, cst.Expr, cst.Assign, cst.If, cst.Pass,
     cst.Return}
)  # fmt: skip
"""Statements that do not raise by themselves."""


STATEMENTS: dict[type, Callable[[Run, Scope, Any], None]] = {
    cst.SimpleStatementLine: _body,
    cst.SimpleStatementSuite: _body,
    cst.IndentedBlock: _body,
    cst.Expr: _expression,
    cst.Assign: _assign,
    cst.AnnAssign: _annotated,
    cst.AugAssign: _augmented,
    cst.Del: _delete,
    cst.If: _if,
    cst.For: _for,
    cst.While: _while,
    cst.Break: _break,
    cst.Continue: _continue,
    cst.Return: _return,
    cst.Raise: _raise,
    cst.Assert: _assert,
    cst.Try: _try,
    cst.TryStar: _try,
    cst.With: _with,
    cst.Match: _match,
    cst.Import: import_modules,
    cst.ImportFrom: import_names,
    cst.FunctionDef: _function,
    cst.ClassDef: _class,
}
