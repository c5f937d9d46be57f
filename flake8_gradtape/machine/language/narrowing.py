"""What is known in a branch because its condition held: names that are, or are not, None."""

from __future__ import annotations

import libcst as cst

from flake8_gradtape.machine.domain.values import Alternatives, Tensor, Value, bound, options
from flake8_gradtape.machine.language.operators import is_none, truth
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Scope


def assume(run: Run, scope: Scope, test: cst.CSTNode, holds: bool) -> None:
    """Continue in the runs in which `test` is true (or false); names that it tests lose the other alternatives."""
    if isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
        assume(run, scope, test.expression, not holds)
    elif isinstance(test, cst.BooleanOperation):
        if isinstance(test.operator, cst.And) is holds:
            assume(run, scope, test.left, holds)
            assume(run, scope, test.right, holds)
    elif isinstance(test, cst.Name):
        _keep(run, scope, test.value, lambda value: truth(run, value) is not (not holds))
    elif isinstance(test, cst.Comparison) and len(test.comparisons) == 1 and isinstance(test.left, cst.Name):
        part = test.comparisons[0]
        none = isinstance(part.comparator, cst.Name) and part.comparator.value == "None"
        if none and isinstance(part.operator, (cst.Is, cst.IsNot)):
            wanted = holds if isinstance(part.operator, cst.Is) else not holds
            _keep(run, scope, test.left.value, lambda value: is_none(value) is not (not wanted))
            if not wanted:
                _surely_not_none(run, scope, test.left.value)


def _keep(run: Run, scope: Scope, name: str, fits: object) -> None:
    value = run.sharing.read(scope, name)
    if not isinstance(value, Alternatives) or not callable(fits):
        return
    kept: list[Value] = [option for option in options(bound(value)) if fits(option)]
    if kept and len(kept) < len(value.options):
        run.sharing.write(scope, name, run.sharing.join(kept))


def _surely_not_none(run: Run, scope: Scope, name: str) -> None:
    value = run.sharing.read(scope, name)
    if isinstance(value, Tensor) and value.maybe_none:
        run.sharing.write(scope, name, Tensor(value.node))
