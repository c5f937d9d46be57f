"""How often the names of a scope are bound: what is bound once holds the same value at any later time."""

from __future__ import annotations

import libcst as cst

from flake8_gradtape.reading.syntax import TARGETING, children, declared_names, parameter_names, target_names, target_of

_REBINDING = frozenset({cst.For, cst.AugAssign, cst.Del})


class BindingCounts:
    """Counts the bindings of each scope of a module, when somebody asks."""

    def __init__(self) -> None:
        self._counts: dict[cst.CSTNode, dict[str, int]] = {}

    def of(self, definition: cst.CSTNode, name: str) -> int:
        """How many bindings a name has in the scope of a definition or of the module; two if that cannot be told.

        A binding in a loop, or by an inner function, counts as two.
        """
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
            scope = declared_names(node) if kind is cst.FunctionDef else None
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
