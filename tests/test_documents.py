"""What the documents for contributors name is there: paths, tests, modules, commands, codes, links."""

from __future__ import annotations

import ast
import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from flake8_gradtape.cli.main import COMMANDS
from flake8_gradtape.rules import codes

PROJECT = Path(__file__).resolve().parents[1]
PACKAGE = PROJECT / "flake8_gradtape"
ARCHITECTURE = PACKAGE / "README.md"
CONTRIBUTING = PROJECT / ".github" / "CONTRIBUTING.md"
DOCUMENTS = [ARCHITECTURE, CONTRIBUTING, *sorted((PROJECT / ".github" / "ISSUE_TEMPLATE").iterdir())]

MADE_ELSEWHERE = {"dist/", ".venv/bin/activate", "bad_x.py", "x_caller.py"}
"""What a document names that is no file of the repository: what a build makes, names of fixtures to come."""

each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)


def snippets(document: Path) -> list[str]:
    """What stands between backticks, or in a block of code."""
    text = document.read_text(encoding="utf-8")
    blocks = re.findall(r"```\w*\n(.*?)```", text, re.DOTALL)
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    return [*blocks, *inline]


def named(document: Path) -> list[str]:
    """The same, word by word."""
    return [word for part in snippets(document) for word in part.split()]


def paths(document: Path) -> list[str]:
    """The paths that a document names."""
    return [word for word in named(document) if re.fullmatch(r"[\w.-]+/[\w./-]*|[\w-]+\.(?:py|md|json|toml)", word)]


def test_paths_are_read_off_a_document() -> None:
    assert "machine/domain/store.py" in paths(ARCHITECTURE)
    assert len(paths(ARCHITECTURE)) > 50
    assert "flake8_gradtape/events.py" in paths(CONTRIBUTING)


@each_document
def test_each_path_is_there(document: Path) -> None:
    bases = (PACKAGE, PROJECT) if document == ARCHITECTURE else (PROJECT, PACKAGE / "knowledge")
    wanted = [path for path in paths(document) if path not in MADE_ELSEWHERE]
    assert [path for path in wanted if not any((base / path).exists() for base in bases)] == []


@each_document
def test_each_link_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


@each_document
def test_each_test_is_there(document: Path) -> None:
    wanted = [word.strip(",") for word in named(document) if "::" in word]
    assert [one for one in wanted if one.partition("::")[2] not in functions_in(PROJECT / one.partition("::")[0])] == []
    assert wanted or document != ARCHITECTURE


def functions_in(file: Path) -> set[str]:
    """The functions of a file, tests among them."""
    body = ast.parse(file.read_text(encoding="utf-8")).body
    return {node.name for node in body if isinstance(node, ast.FunctionDef)}


@each_document
def test_each_module_that_is_run_is_there(document: Path) -> None:
    modules = re.findall(r"python -m ([\w.]+)", document.read_text(encoding="utf-8"))
    assert [one for one in modules if find_spec(one) is None] == []


@each_document
def test_each_sub_command_is_there(document: Path) -> None:
    known = {command.__name__.rpartition(".")[2] for command in COMMANDS}
    assert {one for part in snippets(document) for one in re.findall(r"\bgradtape ([a-z]+)", part)} <= known


@each_document
def test_each_code_is_that_of_a_rule(document: Path) -> None:
    assert set(re.findall(r"TAP\d{3}", document.read_text(encoding="utf-8"))) <= set(codes())


def test_the_map_has_every_package() -> None:
    floors = [path for path in PACKAGE.rglob("*") if path.is_dir() and (path / "__init__.py").exists()]
    packages = {f"{path.relative_to(PACKAGE).as_posix()}/" for path in floors}
    shown = set(re.findall(r"^\| `([\w/]+/)` \|", ARCHITECTURE.read_text(encoding="utf-8"), re.MULTILINE))
    # a package of packages is shown by its parts; the libraries are one room
    inner = {one for one in packages if one.startswith("machine/libraries/") and one != "machine/libraries/"}
    assert shown == packages - inner - {"machine/", "runtime/"}


def test_no_word_is_explained_twice() -> None:
    glossary = ARCHITECTURE.read_text(encoding="utf-8").partition("## Glossary")[2]
    words = [word for row in re.findall(r"^\| ([a-z, ]+) \|", glossary, re.MULTILINE) for word in row.split(", ")]
    assert len(words) > 25
    assert len(words) == len(set(words))
