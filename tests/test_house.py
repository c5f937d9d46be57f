"""What keeps the house livable: no long functions or modules, few parameters, and a word on what a function is for."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import flake8_gradtape

PACKAGE = Path(flake8_gradtape.__file__).parent
MOST_LINES_OF_A_MODULE = 400
MOST_LINES_OF_A_FUNCTION = 60
MOST_PARAMETERS = 7
WITHOUT_A_WORD = 15
"""The lines up to which a function that only its own module uses need not say what it is for."""

SAID_ELSEWHERE = frozenset({"__init__", "judge", "explain"})
"""Methods that say what they do by their class, or where they are declared first."""

Function = ast.FunctionDef | ast.AsyncFunctionDef
TREES = {
    str(path.relative_to(PACKAGE.parent)): ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted(PACKAGE.rglob("*.py"))
}


def functions(tree: ast.Module) -> Iterator[tuple[Function, ast.AST]]:
    """Every function, and what it is defined in."""
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        for child in ast.iter_child_nodes(node):
            if isinstance(child, Function):
                yield child, node
            pending.append(child)


def lines(node: Function) -> int:
    """The lines of a function, from its `def` on."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def places(test: str, found: Iterator[tuple[str, Function]]) -> list[str]:
    """Where the functions stand, for a message that can be clicked."""
    return [f"{path}:{function.lineno} {function.name}: {test}" for path, function in found]


def test_no_module_is_too_long() -> None:
    length = {path: (PACKAGE.parent / path).read_text(encoding="utf-8").count("\n") for path in TREES}
    assert {path: count for path, count in length.items() if count > MOST_LINES_OF_A_MODULE} == {}


def test_no_function_is_too_long() -> None:
    found = ((path, one) for path, tree in TREES.items() for one, _ in functions(tree))
    too_long = ((path, one) for path, one in found if lines(one) > MOST_LINES_OF_A_FUNCTION)
    assert places(f"over {MOST_LINES_OF_A_FUNCTION} lines", too_long) == []


def test_no_function_of_the_machine_takes_too_much() -> None:
    found = ((path, one) for path, tree in TREES.items() if "/machine/" in path for one, _ in functions(tree))
    greedy = (
        (path, one)
        for path, one in found
        if len([*one.args.posonlyargs, *one.args.args, *one.args.kwonlyargs]) > MOST_PARAMETERS
    )
    assert places(f"over {MOST_PARAMETERS} parameters", greedy) == []


def test_what_others_call_and_what_is_long_says_what_it_is_for() -> None:
    found = ((path, one, within) for path, tree in TREES.items() for one, within in functions(tree))
    silent = (
        (path, one)
        for path, one, within in found
        if ast.get_docstring(one) is None
        and one.name not in SAID_ELSEWHERE
        and (lines(one) > WITHOUT_A_WORD or (isinstance(within, ast.Module) and not one.name.startswith("_")))
    )
    assert places("no docstring", silent) == []
