"""Whether a module replaces TensorFlow's own functions, or changes what they do: `mock.patch("tensorflow.add", ...)`.

Assignments (`tf.add = mine`) are no concern of this: the machine sees them where they happen.
"""

from __future__ import annotations

import ast

from flake8_gradtape.reading.clues import (
    GETTERS,
    MOCK_FIXTURES,
    PATCH,
    PATCHES,
    SETTERS,
    Clues,
    Dotted,
    dotted,
    is_tensorflow,
)

_NUMPY_BEHAVIOR = "enable_numpy_behavior"
_MODULES = "sys.modules"
_IMPORTERS = frozenset({"import_module", "__import__"})
_VERSIONS = frozenset(
    {"__version__", "__git_version__", "__compiler_version__", "VERSION", "GIT_VERSION", "COMPILER_VERSION"}
)
"""Parts of TensorFlow that are no functions."""


def replaces_tensorflow(clues: Clues) -> bool:
    """Functions of TensorFlow may be replaced here, or made to do something else: nothing is known of any then."""
    if any(_NUMPY_BEHAVIOR in word for words in (clues.words, clues.names_in_strings) for word in words):
        return True
    for local, paths in clues.imported.items():
        if local != "patch" and any(path.endswith("mock.patch") for path in paths):
            return True  # calls of it go by another name
    return any(_hands_on(clues, name) for name in clues.names()) or any(
        _replaces(clues, call) for call in clues.calls()
    )


def _hands_on(clues: Clues, name: Dotted) -> bool:
    """`patch` is given to somebody who may call it with anything."""
    patching = name.last == "patch" or _is_variant(name)
    return patching and _is_mock(clues, name) and name.node not in clues.called


def _is_variant(name: Dotted) -> bool:
    """`patch.object` and the like, wherever they come from."""
    return (name.start, *name.attributes)[-2:-1] == ("patch",) and name.last in PATCHES


def _is_mock(clues: Clues, name: Dotted) -> bool:
    """It comes from `unittest.mock`, or from pytest's fixture for it."""
    words = {name.start, *name.attributes, *(part for path in clues.full_names(name) for part in path.split("."))}
    return "mock" in words or not words.isdisjoint(MOCK_FIXTURES)


def _replaces(clues: Clues, call: ast.Call) -> bool:
    """The call puts something in the place of a part of TensorFlow."""
    name = dotted(call.func)
    setting = name.last in SETTERS
    patching = name.last.endswith(PATCH) and not clues.is_own(name)  # `apply_patch(tf)` of another module, too
    if not setting and not patching and not _is_variant(name):
        return False
    target = _argument(call, 0, ("target", "in_dict", "dic"))
    part = _argument(call, 1, ("attribute", "name"))
    if isinstance(part, ast.Constant) and part.value in _VERSIONS:
        return False
    if target is None:
        return not setting and _is_mock(clues, name)
    if _is_table_of_modules(clues, target):
        return _replaces_module(call)
    if isinstance(target, ast.Constant):
        return isinstance(target.value, str) and _names_tensorflow(target.value, patching or setting)
    put_together = name.last == "patch" and _is_mock(clues, name)  # it takes nothing but a string
    return put_together or _is_part_of_tensorflow(clues, target)


def _argument(call: ast.Call, position: int, keywords: tuple[str, ...]) -> ast.expr | None:
    """What is given for a parameter; None if that is nothing, or starred."""
    given = call.args[position] if position < len(call.args) else None
    if given is None:
        given = next((one.value for one in call.keywords if one.arg in keywords), None)
    return None if any(isinstance(one, ast.Starred) for one in call.args[: position + 1]) else given


def _names_tensorflow(name: str, whole: bool) -> bool:
    """The string names a part of TensorFlow that is a function, for all we know; or TensorFlow itself, if not `whole`.

    `whole` says that the string names what is replaced, and not only the place where it is.
    """
    parts = name.split(".")
    owner = ".".join(parts[:-1] if whole else parts)
    return all(part.isidentifier() for part in parts) and is_tensorflow(owner) and parts[-1] not in _VERSIONS


def _is_part_of_tensorflow(clues: Clues, node: ast.expr) -> bool:
    """The expression gives TensorFlow, a module in it, or something there: `tf.math`, `sys.modules["tensorflow"]`."""
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.Constant) and is_tensorflow(str(node.slice.value))
    if isinstance(node, ast.Call):
        called = dotted(node.func).last
        if called in GETTERS and node.args:
            return _is_part_of_tensorflow(clues, node.args[0])
        imported = called in _IMPORTERS and node.args and isinstance(node.args[0], ast.Constant)
        return bool(imported) and is_tensorflow(str(node.args[0].value))  # type: ignore[attr-defined]
    name = dotted(node)
    return any(is_tensorflow(path) for path in clues.full_names(name)) or "tf" in name.attributes


def _is_table_of_modules(clues: Clues, node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return bool(node.value == _MODULES)
    return _MODULES in clues.full_names(dotted(node))


def _replaces_module(call: ast.Call) -> bool:
    """`patch.dict(sys.modules, {...})`, or `setitem`, may put another module in the place of TensorFlow."""
    names: list[object] = [one.arg for one in call.keywords]
    for one in call.args[1:2]:
        keys = one.keys if isinstance(one, ast.Dict) else [one]
        names += [key.value if isinstance(key, ast.Constant) else None for key in keys]
    return not names or any(name is None or is_tensorflow(str(name)) for name in names)
