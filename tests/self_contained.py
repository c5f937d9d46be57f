"""Reads whether a program would run the same on a stranger's machine; runs nothing and imports nothing of it.

It may import the standard library, TensorFlow, Keras, NumPy, what the test extra names, its neighbours and modules that
it makes itself. It must not touch `sys.path`, name a path that starts at the root or at somebody's home, or use the
network.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # pytest brings it where the standard library does not

PYPROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"
ALWAYS = frozenset(sys.stdlib_module_names | {"tensorflow", "keras", "numpy"})

_SEARCHED = re.compile(r"sys\.(path|path_hooks|meta_path)$|site\.addsitedir$")
_NETWORK = re.compile(
    r"(socket|socketserver|ssl|http|urllib(?!\.parse)|ftplib|imaplib|nntplib|poplib|smtplib|telnetlib|xmlrpc|webbrowser)(\.|$)"
)
_DOWNLOADS = re.compile(r"(.*\.)?keras\.(.*\.)?(get_file|datasets)(\.|$)")
_PRETRAINED = re.compile(r"(.*\.)?keras\.(.*\.)?applications\.(.*\.)?[A-Z]\w*$")
"""Models of which the weights are downloaded unless `weights=None` says otherwise."""
_HOME = re.compile(r"os\.path\.expanduser$|pathlib\.Path\.home$")
_URL = re.compile(r"\b(https?|ftp|gs|s3|hdfs)://", re.IGNORECASE)
_ABSOLUTE = re.compile(r"(file://)?(/[\w.]|~($|[\w/\\])|[A-Za-z]:[/\\])")
_DEVICE = re.compile(r"/(job|replica|task|device|cpu|gpu|tpu):", re.IGNORECASE)
_EVERYWHERE = ("/dev/null", "file:///dev/null")


def extra_imports(extra: str, pyproject: Path = PYPROJECT) -> frozenset[str]:
    """The modules that an extra of the project brings, extras that it includes counted in."""
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    found: set[str] = set()
    for line in project["optional-dependencies"][extra]:
        requirement = Requirement(line)
        found.add(requirement.name.replace("-", "_"))
        if requirement.name == project["name"]:
            found.update(*(extra_imports(other, pyproject) for other in requirement.extras))
    return frozenset(found)


def complaints(text: str, extra: Collection[str] = (), beside: Collection[str] = ()) -> list[str]:
    """What keeps a program from running elsewhere, as `line: why`; nothing if it is self-contained.

    `extra` and `beside` are modules that it may import: from the test extra, and from its own folder.
    """
    tree = ast.parse(text)
    allowed = {*ALWAYS, *extra, *beside, *_made_modules(tree)}
    told = [*_of_imports(tree, allowed), *_of_names(tree), *_of_texts(tree)]
    return [f"{line}: {why}" for line, why in sorted(told)]


def _of_imports(tree: ast.Module, allowed: Collection[str]) -> Iterator[tuple[int, str]]:
    for line, name in _imported(tree):
        if name.partition(".")[0] not in allowed:
            yield line, f"imports {name}, which the test extra does not bring"
        if _NETWORK.match(name):
            yield line, f"imports {name}, which is for the network"


def _imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            name = "." * node.level + (node.module or "")
            yield from ((node.lineno, f"{name}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            yield from ((node.lineno, one.value) for one in node.args[:1] if isinstance(one, ast.Constant))


def _of_names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    names = dict(_bound_by_imports(tree))
    for name, path in names.items():
        if _SEARCHED.match(path):
            yield 1, f"changes where modules are searched: {name} is {path}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            path = _path(node, names)
            if _SEARCHED.match(path):
                yield node.lineno, f"changes where modules are searched: {path}"
            if _HOME.match(path):
                yield node.lineno, f"looks into somebody's home: {path}"
        if isinstance(node, ast.Call):
            path = _path(node.func, names)
            if _DOWNLOADS.match(path) or (_PRETRAINED.match(path) and not _without_weights(node)):
                yield node.lineno, f"downloads: {path}"


def _bound_by_imports(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                yield (alias.asname, alias.name) if alias.asname else (top, top)
        elif isinstance(node, ast.ImportFrom):
            yield from ((alias.asname or alias.name, f"{node.module}.{alias.name}") for alias in node.names)


def _path(node: ast.expr, names: dict[str, str]) -> str:
    """The full name of a dotted expression: `tensorflow.keras.Input` for `tf.keras.Input`."""
    first, dot, rest = ast.unparse(node).partition(".")
    return names.get(first, first) + dot + rest


def _without_weights(call: ast.Call) -> bool:
    return any(one.arg == "weights" and ast.unparse(one.value) == "None" for one in call.keywords)


def _of_texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Strings that are an address or a path; docstrings and what follows another part of an f-string are neither."""
    skipped = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    skipped |= {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values[1:]}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in skipped:
            continue
        text: Any = node.value.decode("latin-1") if isinstance(node.value, bytes) else node.value
        if not isinstance(text, str):
            continue
        if _URL.search(text):
            yield node.lineno, f"names an address: {text}"
        elif _ABSOLUTE.match(text) and not _DEVICE.match(text) and text not in _EVERYWHERE:
            yield node.lineno, f"names a path of one machine: {text}"


def _made_modules(tree: ast.Module) -> set[str]:
    """Modules that the program puts into `sys.modules` itself; a name that it makes up stands somewhere as a string."""
    stored = [node for node in ast.walk(tree) if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)]
    if not any(ast.unparse(node.value) == "sys.modules" for node in stored):
        return set()
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return {text for text in texts if text.isidentifier()}
