"""Looking at syntax without running it: children of a node, names that a function assigns, text of an expression."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache, lru_cache

import libcst as cst

_SKIPPED = frozenset(
    "leading_lines lines_after_decorators lpar rpar semicolon header footer comma lbracket rbracket newline "
    "trailing_whitespace indent annotation returns type_parameters colon equal dot star".split()
)


@cache
def _fields(kind: type) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind) if one.name not in _SKIPPED and "whitespace" not in one.name)


def children(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The parts of a node that are code; white space, punctuation and annotations are left out."""
    for name in _fields(type(node)):
        value = getattr(node, name)
        if isinstance(value, cst.CSTNode):
            yield value
        elif isinstance(value, (tuple, list)):
            for item in value:
                if isinstance(item, cst.CSTNode):
                    yield item


@dataclass(frozen=True)
class Scope:
    """What a function body says about its names."""

    locals: frozenset[str]
    globals: frozenset[str]
    nonlocals: frozenset[str]
    generator: bool


@lru_cache(maxsize=4096)
def scope_of(definition: cst.CSTNode) -> Scope:
    """The scope of a function or lambda; comprehensions inside belong to themselves."""
    names: set[str] = set()
    global_names: set[str] = set()
    nonlocal_names: set[str] = set()
    generator = False
    if isinstance(definition, (cst.FunctionDef, cst.Lambda)):
        names.update(parameter_names(definition.params))
    pending: list[cst.CSTNode] = (
        [definition.body] if isinstance(definition, (cst.FunctionDef, cst.Lambda)) else [definition]
    )
    while pending:
        node = pending.pop()
        if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
            names.add(node.name.value)
            pending.extend(decorator.decorator for decorator in node.decorators)
            continue
        if isinstance(node, cst.Lambda):
            continue
        if isinstance(node, (cst.AssignTarget, cst.AnnAssign, cst.AugAssign, cst.For, cst.NamedExpr)):
            names.update(target_names(node.target))
        elif isinstance(node, cst.AsName):
            names.update(target_names(node.name))
        elif isinstance(node, cst.Del):
            names.update(target_names(node.target))
        elif isinstance(node, cst.Global):
            global_names.update(item.name.value for item in node.names)
            continue
        elif isinstance(node, cst.Nonlocal):
            nonlocal_names.update(item.name.value for item in node.names)
            continue
        elif isinstance(node, (cst.Import, cst.ImportFrom)):
            names.update(imported_names(node))
            continue
        elif isinstance(node, (cst.MatchAs, cst.MatchStar)) and isinstance(node.name, cst.Name):
            names.add(node.name.value)
        elif isinstance(node, cst.MatchMapping) and node.rest is not None:
            names.add(node.rest.value)
        elif isinstance(node, cst.Yield):
            generator = True
        if isinstance(node, (cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp)):
            names.update(_walrus_names(node))
            continue
        pending.extend(children(node))
    return Scope(
        frozenset(names - global_names - nonlocal_names), frozenset(global_names), frozenset(nonlocal_names), generator
    )


def _walrus_names(node: cst.CSTNode) -> set[str]:
    found: set[str] = set()
    pending = [node]
    while pending:
        one = pending.pop()
        if isinstance(one, cst.NamedExpr):
            found.update(target_names(one.target))
        pending.extend(children(one))
    return found


def parameters(params: cst.Parameters) -> Iterator[cst.Param]:
    """All parameters, starred ones too."""
    yield from params.posonly_params
    yield from params.params
    if isinstance(params.star_arg, cst.Param):
        yield params.star_arg
    yield from params.kwonly_params
    if params.star_kwarg is not None:
        yield params.star_kwarg


def parameter_names(params: cst.Parameters) -> list[str]:
    """The names of all parameters."""
    return [param.name.value for param in parameters(params)]


def target_names(target: cst.CSTNode) -> Iterator[str]:
    """The names that an assignment to `target` binds."""
    pending: list[cst.CSTNode] = [target]
    while pending:
        node = pending.pop()
        if isinstance(node, cst.Name):
            yield node.value
        elif isinstance(node, (cst.Tuple, cst.List)):
            pending.extend(element.value for element in node.elements)


def imported_names(node: cst.Import | cst.ImportFrom) -> Iterator[str]:
    """The names that an import binds (none for `import *`)."""
    if isinstance(node.names, cst.ImportStar):
        return
    for alias in node.names:
        if alias.asname is not None:
            yield from target_names(alias.asname.name)
        elif isinstance(node, cst.Import):
            yield dotted(alias.name).partition(".")[0]
        else:
            yield dotted(alias.name)


def dotted(node: cst.CSTNode | None) -> str:
    """`a.b.c` as text; empty if the expression is anything else."""
    parts: list[str] = []
    while isinstance(node, cst.Attribute):
        parts.append(node.attr.value)
        node = node.value
    if not isinstance(node, cst.Name):
        return ""
    parts.append(node.value)
    return ".".join(reversed(parts))


def text_of(node: cst.CSTNode, limit: int = 60) -> str:
    """The expression as one short line, for a message."""
    name = dotted(node)
    if name:
        return name
    try:
        text = " ".join(cst.Module(body=()).code_for_node(node).split())
    except RecursionError:
        return "..."
    return text if len(text) <= limit else text[: limit - 3] + "..."


def attributes_set_on(definition: cst.ClassDef) -> frozenset[str]:
    """The attributes that the methods of a class assign through their first parameter."""
    return _attributes_set_on(definition)


@lru_cache(maxsize=1024)
def _attributes_set_on(definition: cst.ClassDef) -> frozenset[str]:
    found: set[str] = set()
    pending: list[cst.CSTNode] = [definition.body]
    while pending:
        node = pending.pop()
        if isinstance(node, (cst.AssignTarget, cst.AnnAssign, cst.AugAssign)):
            found.update(_attribute_targets(node.target))
        pending.extend(children(node))
    return frozenset(found)


def _attribute_targets(target: cst.CSTNode) -> Iterator[str]:
    if isinstance(target, cst.Attribute) and isinstance(target.value, cst.Name):
        yield target.attr.value
    elif isinstance(target, (cst.Tuple, cst.List)):
        for element in target.elements:
            yield from _attribute_targets(element.value)
