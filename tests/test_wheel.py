"""What is installed: the package and its facts, and none of what only its developers need."""

from __future__ import annotations

import email
import email.message
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import flake8_gradtape

PROJECT = Path(__file__).resolve().parents[1]
PACKAGE = PROJECT / "flake8_gradtape"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the source distribution of this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, timeout=300)
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> zipfile.ZipFile:
    (path,) = built.glob("*.whl")
    return zipfile.ZipFile(path)


@pytest.fixture(scope="module")
def metadata(wheel: zipfile.ZipFile) -> email.message.Message:
    (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    return email.message_from_bytes(wheel.read(name))


def test_the_wheel_holds_the_modules_their_facts_and_nothing_for_developers(wheel: zipfile.ZipFile) -> None:
    shipped = {name for name in wheel.namelist() if ".dist-info/" not in name}
    modules = {path.relative_to(PROJECT).as_posix() for path in PACKAGE.rglob("*.py")}
    data = {f"flake8_gradtape/knowledge/{name}.json" for name in ("facts", "plain_python")}
    assert shipped == modules | data | {"flake8_gradtape/py.typed"}
    assert not [name for name in shipped if re.search(r"probe|test|\.md$", name)]
    assert list(PACKAGE.rglob("*.md"))  # those are for whoever reads the source


def test_the_licence_is_told_and_brought_along(wheel: zipfile.ZipFile, metadata: email.message.Message) -> None:
    assert metadata["License-Expression"] == "MIT"
    assert metadata.get_all("License-File") == ["LICENSE"]
    assert [name for name in wheel.namelist() if name.endswith(".dist-info/licenses/LICENSE")]
    assert not [line for line in metadata.get_all("Classifier", []) if line.startswith("License ::")]


def test_the_metadata_are_of_this_version_and_have_no_invented_address(metadata: email.message.Message) -> None:
    assert metadata["Version"] == flake8_gradtape.__version__
    assert metadata["Requires-Python"] == ">=3.10"
    assert metadata.get_all("Project-URL") is None
    assert metadata["Home-page"] is None


def test_tox_has_an_environment_for_each_python_that_is_promised(metadata: email.message.Message) -> None:
    promised = re.findall(r"Python :: (3)\.(\d+)$", "\n".join(metadata.get_all("Classifier", [])), re.MULTILINE)
    text = (PROJECT / "pyproject.toml").read_text(encoding="utf-8")
    (listed,) = re.findall(r"^env_list = \[(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    assert [f"py{major}{minor}" for major, minor in promised] == re.findall(r'"(py\d+)"', listed)
    described = re.findall(r"^\[tool\.tox\.env\.([\w-]+)\]", text, re.MULTILINE)
    assert set(described) <= set(re.findall(r'"([\w-]+)"', listed))


def test_nothing_names_an_address_that_nobody_has() -> None:
    texts = [
        *PROJECT.glob("*.md"),
        *(PROJECT / ".github").rglob("*"),
        *(PROJECT / name for name in ("pyproject.toml", ".pre-commit-config.yaml", ".pre-commit-hooks.yaml")),
    ]
    for path in texts:
        if path.is_file():
            assert not re.search(r"example\.(?:org|com)|://localhost|TODO|YOUR[_-]", path.read_text("utf-8")), path


def test_the_source_distribution_has_what_its_tests_need(built: Path) -> None:
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"README.md", "LICENSE", "CHANGELOG.md", "pyproject.toml", "flake8_gradtape/rules/README.md"} <= names
    assert {"tests/test_wheel.py", "tests/knowledge/probe.py", "tests/golden/findings.txt"} <= names
    assert sum(name.startswith("fixtures/") and name.endswith(".py") for name in names) > 600
