"""Evaluating a call expression: its arguments, and what is called by the kind of its receiver."""

from __future__ import annotations

import libcst as cst

from flake8_gradtape.machine.domain.values import Api, Const, DictValue, Value, bound
from flake8_gradtape.machine.language.attributes import attribute
from flake8_gradtape.machine.language.operators import is_none
from flake8_gradtape.machine.language.subscripts import elements, unpack_mapping
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Arguments, Scope
from flake8_gradtape.reading.syntax import children

_ASSERTING = ("assert", "expect")
_OF_SOMETHING = frozenset(
    "assertIsNotNone assertTrue assertNotEqual assertIsNot assertGreater assertGreaterEqual assertLess "
    "assertLessEqual assertShapeEqual assertDTypeEqual assertNear assertNotAllClose assertNotAllEqual "
    "assert_is_not_none assert_not_none".split()
)
"""Assertions that fail where they are given None, or that say it is something else."""
_OF_EQUALITY = frozenset(
    "assertEqual assertIs assertAlmostEqual assertAllClose assertAllEqual assert_allclose assert_equal "
    "assert_array_equal assert_almost_equal assert_array_almost_equal".split()
)
"""Assertions that fail where one is None, and the other is not."""
_REFLECTING = frozenset({"locals", "vars", "globals", "exec", "eval"})
_USING_UP = frozenset(f"builtins.{name}" for name in "list tuple set frozenset sorted sum max min dict len".split())
"""What takes all elements of its argument before it returns."""
_TESTING = frozenset({"builtins.all", "builtins.any"})
"""What stops at the first element that decides."""


def _may_have_none(run: Run, values: list[Value]) -> bool:
    """Some of these values may be, or hold, None."""
    return any(is_none(leaf) is not False for value in values for leaf in run.heap.leaves(value))


def evaluate_call(run: Run, scope: Scope, node: cst.Call) -> Value:
    """`callee(arguments)`."""
    if isinstance(node.func, cst.Attribute):
        return _call_method(run, scope, node, node.func)
    callee = bound(run.evaluate(scope, node.func))
    if isinstance(callee, Api) and (callee.path in _USING_UP or (callee.path in _TESTING and not _calls(node))):
        run.stack.eagerly_consumed.update(argument.value for argument in node.args)
    arguments = _arguments(run, scope, node)
    run.store.may_raise()
    if not run.reachable:
        return run.anything()
    if (
        isinstance(node.func, cst.Name)
        and node.func.value in _REFLECTING
        and run.sharing.read(scope, node.func.value) is None
    ):
        run.sharing.escape_names(scope)
    return run.call(callee, arguments, node)


def _call_method(run: Run, scope: Scope, node: cst.Call, func: cst.Attribute) -> Value:
    """`receiver.name(arguments)`."""
    receiver = bound(run.evaluate(scope, func.value))
    arguments = _arguments(run, scope, node)
    if not run.reachable:
        return run.anything()
    name = func.attr.value
    if name not in run.behaviour(receiver).tells_raising:
        run.store.may_raise()
    if name in run.registry.judged:
        # the line is reached in this context, whatever the receiver is
        run.claims.visit(node, run.stack.context, object())
    _note_assertion(run, name, arguments)
    return run.each(receiver, lambda option: run.behaviour(option).method(run, option, name, arguments, node))


def call_attribute(run: Run, receiver: Value, name: str, arguments: Arguments, node: cst.Call) -> Value:
    """`receiver.name(...)` of something that has no methods of its own: what it has under the name is called."""
    return run.call(attribute(run, receiver, name, node), arguments, node)


def _calls(node: cst.Call) -> bool:
    """Something is called or assigned in the arguments, so it matters how many elements are made."""
    pending: list[cst.CSTNode] = [argument.value for argument in node.args]
    while pending:
        one = pending.pop()
        if type(one) is cst.Call or type(one) is cst.NamedExpr:
            return True
        pending.extend(children(one))
    return False


def _arguments(run: Run, scope: Scope, node: cst.Call) -> Arguments:
    """Evaluate the arguments in order; what stars bring that cannot be counted leaves the list open."""
    positional: list[Value] = []
    keywords: list[tuple[str, Value]] = []
    extra: list[Value] = []
    is_open = False
    began = run.recorder.now()
    with_statement, run.stack.with_statement = run.stack.with_statement, None
    for argument in node.args:
        value = run.evaluate(scope, argument.value)
        if argument.star == "*":
            items, exact = elements(run, value, argument)
            if exact and not is_open:
                positional.extend(items)
            else:
                is_open = True
                extra.extend(items)
        elif argument.star == "**":
            entries = run.heap.entries(value.cell) if isinstance(value, DictValue) else None
            if entries is not None and entries.exact:
                keywords.extend((str(key), item) for key, item in entries.entries)
            else:
                unpack_mapping(run, value)
                is_open = True
                extra.append(value)
        elif argument.keyword is not None:
            keywords.append((argument.keyword.value, value))
        elif is_open:
            extra.append(value)
        else:
            positional.append(value)
    run.stack.with_statement = with_statement
    return Arguments(tuple(positional), tuple(keywords), is_open, tuple(extra), began)


def _note_assertion(run: Run, name: str, arguments: Arguments) -> None:
    """`self.assertIsNone(gradient)`: a None that is asserted is expected; one with which an assertion fails is not."""
    if not name.startswith(_ASSERTING) or name in _OF_SOMETHING:
        return
    given = arguments.all()
    for place, value in enumerate(given):
        if name in _OF_EQUALITY and not _may_have_none(run, [*given[:place], *given[place + 1 :]]):
            continue
        for leaf in run.heap.leaves(value):
            if isinstance(leaf, Const) and leaf.asked is not None:
                leaf.asked.expected = True
