"""Which functions of the standard library and of NumPy give plain Python: read off their type stubs.

    python -m tests.knowledge.stubs [--check]

writes `flake8_gradtape/knowledge/plain_python.json` anew, from the stubs of the standard library that mypy brings and
those that NumPy brings; with `--check` it only prints what differs. A function is in the file if all its overloads, in
all versions of Python, give plain Python; what is not in it is code that nobody sees.
"""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

FACTS = Path(__file__).resolve().parents[2] / "flake8_gradtape" / "knowledge" / "plain_python.json"

_SCALARS = frozenset("int float bool complex str bytes Literal LiteralString TypeIs TypeGuard TypeForm".split())
_ENDLESS = frozenset({"NoReturn", "Never"})
_HOLDERS = {"list": "list", "List": "list", "tuple": "tuple", "Tuple": "tuple"}
_NUMPY = "numpy"
_ANY = frozenset({"Any", "Incomplete"})
_ARRAYS = frozenset({"ndarray", "generic", "NDArray"}) | _ANY
_MOST_NESTED = 12

Definition = tuple[str, ast.AST]
"""Something in a stub: the module that it stands in, and its node."""


def _folder(package: str) -> Path:
    """Where an installed package is."""
    found = find_spec(package)
    assert found is not None and found.origin is not None, package
    return Path(found.origin).parent


def _places() -> tuple[Path, ...]:
    """Where stubs are: those of the standard library, and those that packages bring."""
    return _folder("mypy") / "typeshed" / "stdlib", _folder(_NUMPY).parent


@cache
def _file(module: str) -> Path | None:
    """The stub of a module."""
    relative = Path(*module.split("."))
    for place in _places():
        for path in (place / relative / "__init__.pyi", place / relative.with_suffix(".pyi")):
            if path.exists():
                return path
    return None


def _flat(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a stub, those under `if sys.version_info` and `if sys.platform` as well."""
    for statement in body:
        if isinstance(statement, ast.If):
            yield from _flat(statement.body)
            yield from _flat(statement.orelse)
        else:
            yield statement


def _source_of(module: str, statement: ast.ImportFrom) -> str:
    """The module that `from ... import` names."""
    if not statement.level:
        return statement.module or ""
    path = _file(module)
    drop = statement.level - (path is not None and path.name == "__init__.pyi")
    parts = module.split(".")
    return ".".join([*parts[: len(parts) - drop], *([statement.module] if statement.module else [])])


@cache
def _table(module: str) -> dict[str, list[Definition]]:
    """What each name of a stub stands for: all that it may be, in one version or another."""
    path = _file(module)
    table: dict[str, list[Definition]] = {}
    if path is None:
        return table
    for statement in _flat(ast.parse(path.read_text(encoding="utf-8")).body):
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            table.setdefault(statement.name, []).append((module, statement))
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            table.setdefault(statement.target.id, []).append((module, statement))
        elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            table.setdefault(statement.targets[0].id, []).append((module, statement))
        elif isinstance(statement, ast.ImportFrom):
            source = _source_of(module, statement)
            for alias in statement.names:
                if alias.name == "*":
                    for name, found in _table(source).items():
                        if not name.startswith("_"):
                            table.setdefault(name, []).extend(found)
                else:
                    table.setdefault(alias.asname or alias.name, []).append((source, alias))
    return table


@cache
def _definitions(module: str, name: str, depth: int = 0) -> list[Definition]:
    """What a name of a module stands for, imports followed; nothing if that cannot be found."""
    found: list[Definition] = []
    for home, node in _table(module).get(name, ()):
        if isinstance(node, ast.alias) and depth < _MOST_NESTED:
            found.extend(_definitions(home, node.name, depth + 1))
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Attribute):
            found.extend(_method(home, node.value))
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and depth < _MOST_NESTED:
            found.extend(_definitions(home, node.value.id, depth + 1))
        elif isinstance(node, ast.AnnAssign) and home.startswith(_NUMPY) and _is_protocol(home, node):
            found.extend(_members(home, _word(_parts(node.annotation)[0]), "__call__"))
        else:
            found.append((home, node))
    return found


def _is_protocol(module: str, node: ast.AnnAssign) -> bool:
    """`zeros: Final[_Constructor]`: something that is called, told by a class of its own."""
    parts = _parts(node.annotation)
    return bool(parts) and bool(_members(module, _word(parts[0]), "__call__"))


def _method(module: str, node: ast.Attribute) -> list[Definition]:
    """`gauss = _inst.gauss` where `_inst: Random`: the method."""
    if not isinstance(node.value, ast.Name):
        return []
    for home, holder in _definitions(module, node.value.id):
        if isinstance(holder, ast.AnnAssign) and isinstance(holder.annotation, ast.Name):
            return _members(home, holder.annotation.id, node.attr)
    return []


@cache
def _members(module: str, cls: str, name: str) -> list[Definition]:
    """What a class has under a name, or a class that it inherits from."""
    for home, node in _definitions(module, cls):
        if not isinstance(node, ast.ClassDef):
            continue
        own = [(home, one) for one in _flat(node.body) if isinstance(one, ast.FunctionDef) and one.name == name]
        if own:
            return list(own)
        for base in node.bases:
            start = base.value if isinstance(base, ast.Attribute) else None
            if isinstance(start, ast.Name) and isinstance(base, ast.Attribute):
                return _members(start.id, base.attr, name)
            if isinstance(base, ast.Name):
                return _members(home, base.id, name)
    return []


def _kinds(module: str, node: ast.expr | None, depth: int = 0) -> frozenset[str]:
    """What an annotation stands for: "scalar", "none", "never", "list", "tuple", "array", or "other"."""
    other = frozenset({"other"})
    if node is None or depth > _MOST_NESTED:
        return other
    if isinstance(node, ast.Constant):
        if node.value is None:
            return frozenset({"none"})
        return _kinds(module, ast.parse(node.value, mode="eval").body, depth + 1) if type(node.value) is str else other
    if isinstance(node, ast.BinOp):
        return _kinds(module, node.left, depth + 1) | _kinds(module, node.right, depth + 1)
    name = node.value if isinstance(node, ast.Subscript) else node
    word = name.attr if isinstance(name, ast.Attribute) else name.id if isinstance(name, ast.Name) else ""
    parts = _parts(node)
    if word in ("Union", "Optional"):
        return frozenset({"none"} if word == "Optional" else ()).union(*(_kinds(module, p, depth + 1) for p in parts))
    if word in _SCALARS:
        return frozenset({"scalar"})
    if word in _ENDLESS:
        return frozenset({"never"})
    if word in _HOLDERS and parts:
        held = frozenset().union(*(_kinds(module, p, depth + 1) for p in parts if not _is_ellipsis(p)))
        wanted = {"array"} if module.startswith(_NUMPY) else {"scalar"}
        return frozenset({_HOLDERS[word]}) if held <= {"scalar", *wanted} else other
    if word == "Self" and module.startswith(_NUMPY):
        return frozenset({"array"})
    home = _NUMPY if isinstance(name, ast.Attribute) and _word(name.value) in ("np", _NUMPY) else module
    if module.startswith(_NUMPY) and _is_array(home, word, depth):
        return frozenset({"array"})
    return _named(module, word) if isinstance(name, ast.Name) else other


def _parts(node: ast.expr) -> list[ast.expr]:
    """What is in the brackets."""
    if not isinstance(node, ast.Subscript):
        return []
    return list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]


def _is_ellipsis(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...


_named_so_far: dict[tuple[str, str], frozenset[str]] = {}


def _named(module: str, word: str) -> frozenset[str]:
    """The same as `_named_anew`, asked once; an alias that is made of itself adds nothing to what it is."""
    if (module, word) not in _named_so_far:
        _named_so_far[module, word] = frozenset()
        _named_so_far[module, word] = _named_anew(module, word)
    return _named_so_far[module, word]


def _named_anew(module: str, word: str) -> frozenset[str]:
    """What an alias or a variable of types stands for."""
    found: set[str] = set()
    for home, node in _definitions(module, word):
        value = node.value if isinstance(node, (ast.Assign, ast.AnnAssign)) else None
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "TypeVar":
            bounds = value.args[1:] or [one.value for one in value.keywords if one.arg == "bound"]
            if not value.args[1:] and not home.startswith(_NUMPY):
                bounds = []  # what is given back may be part of what was given
            found.update(*(_kinds(home, one, 1) for one in bounds)) if bounds else found.add("other")
        elif value is not None and not isinstance(value, ast.Constant):
            found |= _kinds(home, value, 1)
        elif home == "builtins" and isinstance(node, ast.ClassDef) and node.name in _SCALARS:
            found.add("scalar")
        else:
            found.add("other")
    return frozenset(found or {"other"})


@cache
def _is_array(module: str, word: str, depth: int) -> bool:
    """A class of arrays, or of NumPy's numbers; what is `Any` there is a number out of an array."""
    if word in _ARRAYS or depth > _MOST_NESTED:
        return word in _ARRAYS
    for home, node in _definitions(module, word):
        value = node.value if isinstance(node, (ast.Assign, ast.AnnAssign)) else None
        above = (
            node.bases
            if isinstance(node, ast.ClassDef)
            else [value]
            if isinstance(value, (ast.Name, ast.Subscript))
            else []
        )
        if any(_is_array(home, _word(one), depth + 1) for one in above if _word(one) not in _ANY):
            return True
    return False


def _word(node: ast.AST) -> str:
    node = node.value if isinstance(node, ast.Subscript) else node
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _result(module: str, name: str) -> str:
    """What a function gives, in one word or two; empty if that is not known to be plain Python."""
    kinds: set[str] = set()
    found = _definitions(module, name)
    if name in _OBJECTS.get(module, ()):
        return f"object {module}.{name}"
    if name == "default_rng":
        return "object numpy.random.Generator"
    if all(isinstance(node, ast.FunctionDef) and _word(node.returns or node) in _ANY for _, node in found):
        return ""  # no overload says anything
    for home, node in found:
        if isinstance(node, ast.FunctionDef):
            kinds |= _kinds(home, node.returns)
        elif home.startswith(_NUMPY) and isinstance(node, ast.AnnAssign) and "UFunc" in ast.unparse(node.annotation):
            kinds.add("array")
        elif isinstance(node, ast.AnnAssign) and _constant_kinds(home, node) == {"scalar"}:
            kinds.add("constant")
        elif module == _NUMPY and name not in _ARRAYS and _is_array(home, name, 0):
            kinds.add("array")
        else:
            kinds.add("other")
    if "other" in kinds or (kinds == {"constant"} and not name.islower()):
        return ""
    return " ".join(sorted(kinds - ({"scalar"} if "array" in kinds else set())))


def _constant_kinds(module: str, node: ast.AnnAssign) -> frozenset[str]:
    """What a name of a module holds."""
    annotation = node.annotation
    if _word(annotation) == "Final":
        parts = _parts(annotation)
        return (
            _kinds(module, parts[0]) if parts else frozenset({"scalar"} if isinstance(node.value, ast.Constant) else ())
        )
    return _kinds(module, annotation)


_OBJECTS = {"numpy.random": ("Generator", "RandomState"), "random": ("Random", "SystemRandom")}
"""Classes whose methods give plain Python, as far as an object was never handed anything else."""
_VALUES = [("builtins", one) for one in "str bytes int float complex bool".split()] + [
    (_NUMPY, "ndarray"),
    (_NUMPY, "generic"),
]
"""What a plain value may be."""
_ASIDE = {"os.path": "posixpath"}
_OF_NUMPY = ("numpy", "numpy.linalg", "numpy.fft", "numpy.random", "numpy.testing", "numpy.char", "numpy.ma")


def modules() -> list[str]:
    """The modules of the standard library, and the parts of NumPy."""
    place = _places()[0]
    found = {
        ".".join(path.relative_to(place).with_suffix("").parts).removesuffix(".__init__")
        for path in place.rglob("*.pyi")
    }
    known = sys.stdlib_module_names
    wanted = [
        one for one in found
        if one.partition(".")[0] in known and not any(part.startswith("_") for part in one.split("."))
        and one.partition(".")[0] not in ("builtins", "typing", "test", "lib2to3", "idlelib", "tkinter", "turtle")
    ]  # fmt: skip
    return sorted([*wanted, *_ASIDE, *_OF_NUMPY])


def read_module(module: str) -> dict[str, str]:
    """The names of one module, by what they give."""
    source = _ASIDE.get(module, module)
    by_result: dict[str, list[str]] = {}
    for name in sorted(_table(source)):
        result = "" if name.startswith("_") and name != "_exit" else _result(source, name)
        if result:
            by_result.setdefault(result, []).append(name)
    return {result: " ".join(names) for result, names in sorted(by_result.items())}


def read() -> dict[str, dict[str, str]]:
    """By module and class: the names, by what they give."""
    table: dict[str, dict[str, str]] = {}
    for module in modules():
        for cls in _OBJECTS.get(module, ()):
            table[f"{module}.{cls}"] = _methods([(module, cls)])
        found = read_module(module)
        if found:
            table[module] = found
    table["a value"] = _methods(_VALUES)
    return table


def _methods(classes: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The methods that classes have, by what they give; what two of them have gives the one or the other."""
    given: dict[str, set[str]] = {}
    for module, cls in classes:
        for name in _names_of_methods(module, cls):
            found = _members(module, cls, name)
            results = [one.returns for _, one in found if isinstance(one, ast.FunctionDef)]
            if all(result is not None and _word(result) in _ANY for result in results):
                given.setdefault(name, set()).add("other")
            for home, one in found:
                given.setdefault(name, set()).update(
                    _kinds(home, one.returns) if isinstance(one, ast.FunctionDef) else {"other"}
                )
    by_result: dict[str, list[str]] = {}
    for name, kinds in sorted(given.items()):
        if "other" not in kinds:
            by_result.setdefault(" ".join(sorted(kinds - ({"scalar"} if "array" in kinds else set()))), []).append(name)
    return {result: " ".join(names) for result, names in sorted(by_result.items())}


@cache
def _names_of_methods(module: str, cls: str) -> frozenset[str]:
    """The public methods of a class, and of those that it inherits from."""
    found: set[str] = set()
    for home, node in _definitions(module, cls):
        if not isinstance(node, ast.ClassDef):
            continue
        found.update(one.name for one in _flat(node.body) if isinstance(one, ast.FunctionDef))
        for base in node.bases:
            if isinstance(base, ast.Name):
                found |= _names_of_methods(home, base.id)
            elif isinstance(base, ast.Attribute) and isinstance(base.value, ast.Name):
                found |= _names_of_methods(base.value.id, base.attr)
    return frozenset(name for name in found if not name.startswith("_"))


def main(arguments: Sequence[str]) -> int:
    """Write the file, or with `--check` say how it differs: then 1."""
    table = read()
    if "--check" in arguments:
        stored = json.loads(FACTS.read_text(encoding="utf-8"))
        for module in sorted({*table, *stored}):
            if table.get(module) != stored.get(module):
                print(f"{module}\n  stored {stored.get(module)}\n  now    {table.get(module)}")
        return int(table != stored)
    lines = [f"{json.dumps(module)}: {json.dumps(names)}" for module, names in table.items()]
    FACTS.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
