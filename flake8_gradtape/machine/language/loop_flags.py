"""Flags: names that a loop tests and never assigns, so that every pass takes the same way.

A loop that asks tapes is run once for each value of such a name: what the first pass has spent on one way is not taken
for spent on the other.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from functools import lru_cache

import libcst as cst

from flake8_gradtape.machine.domain.graph import Tri
from flake8_gradtape.machine.domain.store import Delta
from flake8_gradtape.machine.domain.values import Number
from flake8_gradtape.machine.language.operators import tested, truth
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Scope
from flake8_gradtape.reading.syntax import TARGETING, children, target_names, target_of

_MOST_FLAGS = 2
_ASKING = frozenset({"gradient", "jacobian", "batch_jacobian"})


def decide(run: Run, scope: Scope, test: cst.BaseExpression) -> Tri:
    """Whether a test holds: by its value, or by what is assumed of the flag that it is."""
    known = tested(run, run.evaluate(scope, test))
    if known is None and run.certainty.assumed and (flag := _flag(test)) is not None:
        name, positive = flag
        assumed = run.certainty.assumed.get(_key(run, scope, name))
        return None if assumed is None else assumed is positive
    return known


def for_each_flag(run: Run, scope: Scope, loop: cst.CSTNode, act: Callable[[], None]) -> None:
    """Run a loop with every combination of the flags that it tests, and join what comes of it."""
    flags = [] if run.certainty.muted else list(_unknown_flags(run, scope, loop))[:_MOST_FLAGS]
    if not flags:
        act()
        return
    context, assumed = run.stack.context, run.certainty.assumed
    mark = run.store.mark()
    ends: list[Delta | None] = []
    keys = [_key(run, scope, name) for name in flags]
    with run.certainty.unsure() as doubt:
        for values in itertools.product((True, False), repeat=len(flags)):
            run.certainty.assumed = {**assumed, **dict(zip(keys, values, strict=True))}
            run.stack.context = (*context, values)
            act()
            ends.append(run.store.take(mark))
        doubt.lasts = None in ends
    run.stack.context, run.certainty.assumed = context, assumed
    run.merge(ends)


def _key(run: Run, scope: Scope, name: str) -> tuple[int, str]:
    return ((run.scopes.home(scope, name) or scope).number, name)


def _unknown_flags(run: Run, scope: Scope, loop: cst.CSTNode) -> Iterator[str]:
    for name in _tested(loop):
        value = run.sharing.read(scope, name)
        home = run.scopes.home(scope, name) or scope
        # a plain value that nobody assigns anew; the truth of an object might change
        if not isinstance(value, Number) or run.facts.times_bound(home, name) != 1:
            continue
        if truth(run, value) is None and _key(run, scope, name) not in run.certainty.assumed:
            yield name


def _flag(test: cst.BaseExpression) -> tuple[str, bool] | None:
    """The name that a test looks at, and the truth of the name for which the test holds."""
    if isinstance(test, cst.Name):
        return test.value, True
    if isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
        inner = _flag(test.expression)
        return (inner[0], not inner[1]) if inner is not None else None
    if isinstance(test, cst.Comparison) and isinstance(test.left, cst.Name) and len(test.comparisons) == 1:
        part = test.comparisons[0]
        true = isinstance(part.comparator, cst.Name) and part.comparator.value == "True"
        if true and isinstance(part.operator, cst.Is):
            return test.left.value, True
    return None


@lru_cache(maxsize=1024)
def _tested(loop: cst.CSTNode) -> tuple[str, ...]:
    """The names that tests inside a loop consist of, if it asks a tape; those that it assigns are left out."""
    names: dict[str, None] = {}
    assigned: set[str] = set()
    gradient_calls = False
    pending = list(children(loop))
    while pending:
        node = pending.pop()
        kind = type(node)
        if kind in TARGETING:
            assigned.update(target_names(target_of(node)))
        if kind is cst.If or kind is cst.IfExp:
            flag = _flag(node.test)  # type: ignore[attr-defined]
            if flag is not None:
                names[flag[0]] = None
        elif kind is cst.Attribute:
            gradient_calls = gradient_calls or node.attr.value in _ASKING  # type: ignore[attr-defined]
        pending.extend(children(node))
    return tuple(name for name in names if name not in assigned) if gradient_calls else ()


def forget_flags() -> None:
    """Let go of the loops of a module."""
    _tested.cache_clear()
