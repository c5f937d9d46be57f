"""What functions that are not read otherwise hand to others, or to a name of their own: by it, others may change it.

Told from syntax alone: `return options`, `share(options)`, `mine = options`, `def put(value, where=options)`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from flake8_gradtape.reading.clues import Clues, dotted, is_tensorflow
from flake8_gradtape.reading.mentions import walk

Path = tuple[str, str]
"""A name, and an attribute of what it holds; "" if that itself is meant."""
_HARMLESS = frozenset({"len", "isinstance", "print", "str", "repr", "bool", "id", "float", "int", "abs"})
"""Builtin functions that keep nothing of what they get."""
_GIVING = frozenset({"get", "items", "values", "copy", "pop", "popitem", "popleft", "setdefault", "__getitem__"})
"""Methods of containers that give what is in them."""


def handed_out(functions: Iterable[ast.AST], clues: Clues) -> frozenset[Path]:
    """What these functions hand out of what names outside of them hold."""
    found: set[Path] = set()
    for function in functions:
        own: set[str] = set()
        declared: set[str] = set()
        paths: set[Path] = set()
        for node in walk(function):
            if node is function:
                continue
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                own.add(node.id)
            elif isinstance(node, ast.arg):
                own.add(node.arg)
            elif isinstance(node, ast.Global):
                declared.update(node.names)
            handing = _HANDING.get(type(node))
            if handing is not None and not (isinstance(node, ast.Call) and _keeps_nothing(node, clues)):
                paths.update(path for value in handing(node) for path in _paths(value))
        defaults = _defaults(function.args) if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)) else []
        found.update(path for value in defaults for path in _paths(value))
        found.update(path for path in paths if path[0] not in own - declared)
    return frozenset(found)


def _keeps_nothing(call: ast.Call, clues: Clues) -> bool:
    name = dotted(call.func)
    if not name.attributes and name.start in _HARMLESS and clues.is_builtin(name):
        return True
    return any(is_tensorflow(path) for path in clues.full_names(name))


def _defaults(arguments: ast.arguments) -> list[ast.AST | None]:
    return [*arguments.defaults, *arguments.kw_defaults]


def _paths(value: ast.AST | None) -> Iterator[Path]:
    """What an expression gives, or gives something of."""
    pending = [value]
    while pending:
        node = pending.pop()
        while isinstance(node, ast.Subscript) or _gives_content(node):
            node = node.value if isinstance(node, ast.Subscript) else node.func.value  # type: ignore[union-attr]
        if isinstance(node, (ast.Name, ast.Attribute)):
            name = dotted(node)
            yield name.start, name.attributes[0] if name.attributes else ""
        elif isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            pending += node.elts
        elif isinstance(node, ast.Dict):
            pending += node.values
        elif isinstance(node, ast.IfExp):
            pending += [node.body, node.orelse]
        elif isinstance(node, ast.BoolOp):
            pending += node.values
        elif isinstance(node, ast.BinOp):
            pending += [node.left, node.right]
        elif isinstance(node, ast.UnaryOp):
            pending.append(node.operand)
        elif isinstance(node, (ast.Starred, ast.Await, ast.NamedExpr)):
            pending.append(node.value)


def _gives_content(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _GIVING


def _captured(function: Any) -> list[ast.AST | None]:
    """What a function in a function has in it, whoever calls it."""
    own = {one.arg for one in ast.walk(function) if isinstance(one, ast.arg)}
    body = function.body if isinstance(function.body, list) else [function.body]
    names = (one for statement in body for one in ast.walk(statement) if isinstance(one, ast.Name))
    return [*(name for name in names if name.id not in own), *_defaults(function.args)]


def _of_value(node: ast.AST) -> list[ast.AST | None]:
    return [getattr(node, "value", None)]


_HANDING: dict[type[ast.AST], Callable[..., list[ast.AST | None]]] = {
    **dict.fromkeys((ast.Return, ast.Yield, ast.YieldFrom, ast.Assign, ast.AnnAssign, ast.NamedExpr), _of_value),
    ast.Call: lambda node: [*node.args, *(keyword.value for keyword in node.keywords)],
    **dict.fromkeys((ast.Lambda, ast.FunctionDef, ast.AsyncFunctionDef), _captured),
    ast.ListComp: lambda node: [node.elt],
    ast.SetComp: lambda node: [node.elt],
    ast.GeneratorExp: lambda node: [node.elt],
    ast.DictComp: lambda node: [node.value],
    ast.comprehension: lambda node: [node.iter],
    ast.For: lambda node: [node.iter],
    ast.AsyncFor: lambda node: [node.iter],
    ast.withitem: lambda node: [node.context_expr],
    ast.Match: lambda node: [node.subject],
    ast.Raise: lambda node: [node.exc],
}
"""The parts of a node of which something else gets hold."""
