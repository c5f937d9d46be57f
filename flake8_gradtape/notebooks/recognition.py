"""Whether what flake8 was given is a notebook: its JSON happens to be Python too, and says nothing about its cells."""

from __future__ import annotations

import ast

KEYS = {"cells", "nbformat"}


def is_notebook(tree: ast.Module) -> bool:
    """Say whether a module is nothing but the JSON of a notebook."""
    if len(tree.body) != 1 or not isinstance(tree.body[0], ast.Expr):
        return False
    content = tree.body[0].value
    if not isinstance(content, ast.Dict):
        return False
    return KEYS.issubset(key.value for key in content.keys if isinstance(key, ast.Constant))
