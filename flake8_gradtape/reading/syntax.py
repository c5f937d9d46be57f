"""Looking at syntax without running it: children of a node, names that a function assigns, text of an expression."""

from __future__ import annotations

import ast
import warnings
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


def children(node: cst.CSTNode) -> list[cst.CSTNode]:
    """The parts of a node that are code; white space, punctuation and annotations are left out."""
    found: list[cst.CSTNode] = []
    for name in _fields(type(node)):
        value = getattr(node, name)
        # no isinstance: libcst's classes are abstract base classes, for which that is slow
        kind = type(value)
        if kind is tuple or kind is list:
            found.extend(value)
        elif kind not in _NO_NODES:
            found.append(value)
    return found


_NO_NODES = frozenset({str, bool, type(None), cst.MaybeSentinel, int})


@dataclass(frozen=True)
class DeclaredNames:
    """What a function body says about its names."""

    locals: frozenset[str]
    globals: frozenset[str]
    nonlocals: frozenset[str]
    generator: bool


_LEAVES = frozenset({cst.Name, cst.Integer, cst.Float, cst.SimpleString, cst.Pass, cst.Break, cst.Continue})
_DEFINING = frozenset({cst.FunctionDef, cst.ClassDef})
TARGETING = frozenset({cst.AssignTarget, cst.AnnAssign, cst.AugAssign, cst.For, cst.NamedExpr, cst.AsName, cst.Del})
_ASSIGNING = frozenset({cst.AssignTarget, cst.AnnAssign, cst.AugAssign})
_HOLDING_STATEMENTS = frozenset(
    {
        cst.IndentedBlock, cst.SimpleStatementSuite, cst.SimpleStatementLine, cst.Assign, cst.FunctionDef, cst.ClassDef,
        cst.If, cst.Else, cst.For, cst.While, cst.With, cst.Try, cst.TryStar, cst.ExceptHandler, cst.ExceptStarHandler,
        cst.Finally, cst.Match, cst.MatchCase,
    }
)  # fmt: skip
_IMPORTING = frozenset({cst.Import, cst.ImportFrom})
_COMPREHENSIONS = frozenset({cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp})
_MATCHING = frozenset({cst.MatchAs, cst.MatchStar, cst.MatchMapping})
# the sets are asked by exact type: isinstance is slow for libcst's abstract base classes


def target_of(node: cst.CSTNode) -> cst.CSTNode:
    """What an assignment, a loop, a `with` item or a `del` binds."""
    target: cst.CSTNode = getattr(node, "name" if type(node) is cst.AsName else "target")
    return target


def _captured_names(pattern: cst.CSTNode) -> Iterator[str]:
    """The names that a pattern of `match` binds itself."""
    name = pattern.rest if isinstance(pattern, cst.MatchMapping) else getattr(pattern, "name", None)
    if isinstance(name, cst.Name):
        yield name.value


@lru_cache(maxsize=4096)
def declared_names(definition: cst.CSTNode) -> DeclaredNames:
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
        kind = type(node)
        if kind in _LEAVES:
            continue
        if kind in _DEFINING:
            names.add(node.name.value)  # type: ignore[attr-defined]
            pending.extend(decorator.decorator for decorator in node.decorators)  # type: ignore[attr-defined]
        elif kind in TARGETING:
            names.update(target_names(target_of(node)))
            pending.extend(children(node))
        elif kind is cst.Global or kind is cst.Nonlocal:
            declared = (item.name.value for item in node.names)  # type: ignore[attr-defined]
            (global_names if kind is cst.Global else nonlocal_names).update(declared)
        elif kind in _IMPORTING:
            names.update(imported_names(node))  # type: ignore[arg-type]
        elif kind in _COMPREHENSIONS:
            names.update(walrus_names(node))
        elif kind is not cst.Lambda:
            generator = generator or kind is cst.Yield
            if kind in _MATCHING:
                names.update(_captured_names(node))
            pending.extend(children(node))
    return DeclaredNames(
        frozenset(names - global_names - nonlocal_names), frozenset(global_names), frozenset(nonlocal_names), generator
    )


@lru_cache(maxsize=4096)
def captured_names(definition: cst.CSTNode) -> frozenset[str]:
    """All names that functions, lambdas and classes inside a function (or module) mention."""
    found: set[str] = set()
    pending = [(part, False) for part in children(definition)]
    while pending:
        node, inside = pending.pop()
        kind = type(node)
        if kind is cst.Name:
            if inside:
                found.add(node.value)  # type: ignore[attr-defined]
            continue
        inside = inside or kind in _DEFINING or kind is cst.Lambda
        pending.extend((part, inside) for part in children(node))
    return frozenset(found)


def walrus_names(node: cst.CSTNode) -> set[str]:
    """The names that `:=` binds somewhere in an expression."""
    found: set[str] = set()
    pending = [node]
    while pending:
        one = pending.pop()
        if type(one) is cst.NamedExpr:
            found.update(target_names(target_of(one)))
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
    if type(target) is cst.Name:
        yield target.value
        return
    if type(target) is cst.Attribute or type(target) is cst.Subscript:
        return
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


def forget() -> None:
    """Let go of the syntax trees that were looked into; call it when a module is done."""
    declared_names.cache_clear()
    captured_names.cache_clear()
    _attributes_set_on.cache_clear()


def attributes_set_on(definition: cst.ClassDef) -> frozenset[str]:
    """The attributes that the methods of a class assign through their first parameter."""
    return _attributes_set_on(definition)


@lru_cache(maxsize=1024)
def _attributes_set_on(definition: cst.ClassDef) -> frozenset[str]:
    found: set[str] = set()
    pending: list[cst.CSTNode] = [definition.body]
    while pending:
        for part in children(pending.pop()):
            kind = type(part)
            if kind in _ASSIGNING:
                found.update(_attribute_targets(target_of(part)))
            elif kind in _HOLDING_STATEMENTS:
                pending.append(part)
    return frozenset(found)


def _attribute_targets(target: cst.CSTNode) -> Iterator[str]:
    if isinstance(target, cst.Attribute) and isinstance(target.value, cst.Name):
        yield target.attr.value
    elif isinstance(target, (cst.Tuple, cst.List)):
        for element in target.elements:
            yield from _attribute_targets(element.value)


def argument_node(at: cst.Call, position: int, name: str) -> cst.BaseExpression | None:
    """The expression given for a parameter, by position or by name."""
    for one in at.args:
        if one.keyword is not None and one.keyword.value == name:
            return one.value
    before = at.args[: position + 1]
    if position < len(before) and before[-1].keyword is None and not any(one.star for one in before):
        return before[-1].value
    return None


def argument_text(at: cst.Call, position: int, name: str) -> str:
    """The text of that expression; empty if there is none."""
    node = argument_node(at, position, name)
    return text_of(node) if node is not None else ""


def annotation_names(annotation: cst.Annotation, name: str) -> bool:
    """The annotation has this name in it, perhaps in a string (`"ClassVar[int]"`)."""
    pending: list[cst.CSTNode] = [annotation.annotation]
    while pending:
        node = pending.pop()
        if isinstance(node, cst.Name) and node.value == name:
            return True
        if isinstance(node, cst.SimpleString) and name in node.value:
            return True
        pending.extend(children(node))
    return False


def is_stub(definition: cst.CSTNode) -> bool:
    """The body was left out (or is written as `...`), so it is unknown."""
    if not isinstance(definition, cst.FunctionDef):
        return False
    body = definition.body.body
    if len(body) != 1:
        return False
    only = body[0].body[0] if isinstance(body[0], cst.SimpleStatementLine) else body[0]
    return isinstance(only, cst.Expr) and isinstance(only.value, cst.Ellipsis)


def literal_string(text: str) -> str | bytes | None:
    """The value of a string literal, whatever its quotes, prefix and escapes; None if it is not known from the text."""
    prefix = text[: min(place for quote in "'\"" if (place := text.find(quote)) >= 0)].lower()
    if "b" not in prefix and "f" not in prefix and ("\\" not in text or "r" in prefix):
        quotes = len(prefix), 3 if text[len(prefix) :][:3] in ('"""', "'''") and len(text) - len(prefix) >= 6 else 1
        return text[sum(quotes) : -quotes[1]]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of an escape that is none, flake8 and Python tell
            body = ast.parse(text, mode="eval").body
    except (ValueError, SyntaxError, MemoryError):
        return None
    if isinstance(body, ast.JoinedStr):
        parts = [part.value for part in body.values if isinstance(part, ast.Constant)]
        return "".join(map(str, parts)) if len(parts) == len(body.values) else None
    value = body.value if isinstance(body, ast.Constant) else None
    return value if isinstance(value, (str, bytes)) else None
