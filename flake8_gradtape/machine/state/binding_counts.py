"""How often the names of a scope are bound: what is bound once holds the same value at any later time."""

from __future__ import annotations

import libcst as cst

from flake8_gradtape.machine.domain.values import Api, Function
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Frame
from flake8_gradtape.reading.syntax import TARGETING, children, parameter_names, scope_of, target_names, target_of

_REBINDING = frozenset({cst.For, cst.AugAssign, cst.Del})


class Bindings:
    """Counts the bindings of each scope of a module, when somebody asks."""

    def __init__(self, module: cst.Module) -> None:
        self._module = module
        self._counts: dict[cst.CSTNode, dict[str, int]] = {}

    def of(self, frame: Frame, name: str) -> int:
        """How many bindings a name has in the scope of a frame; two if that cannot be told."""
        definition = self._module if frame.locals is None else frame.definition
        if definition is None:
            return 2
        counts = self._counts.get(definition)
        if counts is None:
            counts = self._counts[definition] = _count(definition)
        return counts.get(name, 2)


def _count(definition: cst.CSTNode) -> dict[str, int]:
    """How many times each name is bound in one scope; a binding in a loop or by an inner function counts twice."""
    found: dict[str, int] = {}

    def count(name: str, weight: int) -> None:
        found[name] = found.get(name, 0) + weight

    is_module = isinstance(definition, cst.Module)
    if isinstance(definition, (cst.FunctionDef, cst.Lambda)):
        for name in parameter_names(definition.params):
            count(name, 1)
    body = children(definition) if is_module else children(getattr(definition, "body", definition))
    pending: list[tuple[cst.CSTNode, int, bool]] = [(node, 1, True) for node in body]
    while pending:
        node, weight, here = pending.pop()
        kind = type(node)
        if kind is cst.Name:
            continue
        inside = here
        if kind is cst.FunctionDef or kind is cst.ClassDef:
            if here:
                count(node.name.value, weight)  # type: ignore[attr-defined]
            scope = scope_of(node) if kind is cst.FunctionDef else None
            for name in (scope.globals if is_module else scope.nonlocals) if scope is not None else ():
                count(name, 2)
            weight, inside = 1, False
        elif here and kind in TARGETING:
            heavy = 2 if kind in _REBINDING else weight
            for name in target_names(target_of(node)):
                count(name, heavy)
        inner = 2 if kind is cst.For or kind is cst.While else weight
        pending.extend((child, inner, inside) for child in children(node))
    return found


def blur_closure(run: Run, function: Function, counts: Bindings) -> None:
    """A callback may run at any time: names around it that are assigned more than once may hold any of the values."""
    frame: Frame | None = run.scopes.frames[function.frame]
    names = run.outcomes.free_names(function.definition)
    while frame is not None:
        for name in names:
            value = run.store.get((frame.number, name))
            if value is not None and not isinstance(value, Api) and counts.of(frame, name) > 1:
                run.store.set((frame.number, name), run.sharing.blur(value))
        frame = frame.parent
