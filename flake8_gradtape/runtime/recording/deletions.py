"""Which tapes a program deletes by the name that they are made under: reads syntax only, and runs nothing."""

from __future__ import annotations

import ast
from collections.abc import Iterator

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)

Bindings = list[tuple[ast.expr, ast.expr]]
"""A value and what it is bound to, for each assignment and each `with ... as`."""


def deleted_by_name(source: str) -> frozenset[tuple[int, int]]:
    """Where the calls begin whose result is bound to a name, or an attribute, that some `del` deletes.

    Lines are 1-based, columns 0-based and in characters. The `del` of a local name stands in the same function; that
    of a global name or an attribute may stand anywhere. A text that is no Python has none.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return frozenset()
    lines = source.split("\n")
    scopes = list(_scopes(tree))
    everywhere = {name for _, _, deleted, _ in scopes for name in deleted}
    found: set[tuple[int, int]] = set()
    for scope, bound, deleted, shared in scopes:
        for value, target in bound:
            name = ast.unparse(target)
            wide = isinstance(scope, ast.Module) or not isinstance(target, ast.Name) or name in shared
            if name in (everywhere if wide else deleted):
                before = lines[value.lineno - 1].encode()[: value.col_offset]
                found.add((value.lineno, len(before.decode())))
    return frozenset(found)


def _scopes(tree: ast.AST) -> Iterator[tuple[ast.AST, Bindings, set[str], set[str]]]:
    """For each scope what it binds, what it deletes, and which names it declares to be another scope's."""
    bound: Bindings = []
    deleted: set[str] = set()
    shared: set[str] = set()
    inner: list[ast.AST] = []
    pending = list(ast.iter_child_nodes(tree))
    while pending:
        node = pending.pop()
        if isinstance(node, _SCOPES):
            inner.append(node)
            continue
        if isinstance(node, ast.withitem) and node.optional_vars is not None:
            bound.append((node.context_expr, node.optional_vars))
        elif isinstance(node, ast.Assign):
            bound.extend((node.value, target) for target in node.targets)
        elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
            bound.append((node.value, node.target))
        elif isinstance(node, ast.Delete):
            deleted.update(ast.unparse(target) for target in node.targets)
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            shared.update(node.names)
        pending.extend(ast.iter_child_nodes(node))
    yield tree, bound, deleted, shared
    for scope in inner:
        yield from _scopes(scope)
