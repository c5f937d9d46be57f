"""Notebooks: all cells are one module, the report names cells, and nothing is silent for want of reading one."""

from __future__ import annotations

import ast
import importlib.util
import json
from pathlib import Path

import pytest

from flake8_gradtape.cli.main import main
from flake8_gradtape.notebooks.magics import python_cell
from flake8_gradtape.plugin import Plugin
from tests.notebook_files import write_notebook
from tests.test_cli import is_one_sentence
from tests.test_plugin import LATE_LOSS

HEAD = LATE_LOSS[: LATE_LOSS.index("with")]
BLOCK = "with tf.GradientTape() as tape:\n    y = x * x\n"
LATE = "z = y + 1.0"
CALL = "g = tape.gradient(z, x)\n"


LONE_SURROGATE = """\
{"cells": [{"cell_type": "code", "source": "'\\ud800'", "metadata": {}, "outputs": [], "execution_count": null}],
"metadata": {}, "nbformat": 4, "nbformat_minor": 4}"""


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return Path("book.ipynb")


def places(printed: str) -> list[tuple[str, str]]:
    """Place and code of each line of a report."""
    words = [line.split() for line in printed.splitlines()]
    return [(place.rstrip(":"), code) for place, code, *_ in words]


# --- cells are one module --------------------------------------------------------------------------------------------


def test_a_tape_is_followed_from_cell_to_cell(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_notebook(book, "<!-- title -->", HEAD, "", BLOCK, "<!-- text -->", f"\n{LATE}\n{CALL}")
    assert main(["check", str(book)]) == 1
    printed = capsys.readouterr()
    assert printed.out.startswith("book.ipynb:cell_4:3:5: TAP103 gradient of 'z' with respect to 'x' is None: ")
    assert printed.out.count("\n") == 1
    assert printed.err == ""


def test_a_notebook_without_mistakes_is_green(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_notebook(book, HEAD, BLOCK, CALL.replace("z", "y"))
    assert main(["check", str(book)]) == 0
    assert capsys.readouterr() == ("", "")


def test_notebooks_and_other_files_are_reported_as_flake8_is_told(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_notebook(book, HEAD + BLOCK + LATE, CALL.rstrip("\n") + "  # noqa: TAP102")
    Path("late.py").write_text(LATE_LOSS)
    Path("folder").mkdir()
    write_notebook(Path("folder/other.ipynb"), LATE_LOSS)
    options = ["--format=pylint", "-j1"]
    assert main(["check", *options, str(book), "late.py", "missing.ipynb", "--", "folder/other.ipynb"]) == 1
    found = [line.partition("]")[0] for line in capsys.readouterr().out.splitlines()]
    assert found == [
        "late.py:7: [TAP103",
        "missing.ipynb:0: [E902",
        "book.ipynb:cell_2:1: [TAP103",
        "folder/other.ipynb:cell_1:7: [TAP103",
    ]
    Path(".flake8").write_text("[flake8]\nexclude = folder/*\nper-file-ignores = book.ipynb: TAP103\n")
    assert main(["check", *options, str(book), "folder/other.ipynb"]) == 0
    assert capsys.readouterr().out == ""


def test_a_finding_is_silenced_in_its_cell(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_notebook(book, HEAD + BLOCK + LATE, "# coding: latin-1\ng = tape.gradient(\n    z, x\n)  # noqa: TAP103")
    assert main(["check", str(book)]) == 0
    assert main(["check", "--disable-noqa", str(book)]) == 1
    assert capsys.readouterr().out.startswith("book.ipynb:cell_2:2:5: TAP103 ")


def test_a_declared_encoding_does_not_count_in_a_notebook(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_notebook(book, "# coding: latin-1\n" + HEAD + BLOCK + LATE, f"e = 'éé'; {CALL}")
    assert main(["check", str(book)]) == 1
    assert places(capsys.readouterr().out) == [("book.ipynb:cell_2:1:15", "TAP103")]


# --- magics ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "place"),
    [
        (["%pip install x\n%matplotlib inline\n" + HEAD, "%%time\n" + BLOCK, f"!ls \\\n  -l\n{LATE}\n{CALL}"], "3:4:5"),
        (["%%capture out\n" + HEAD + BLOCK, f"x?\nfiles = !ls\n%time {LATE}\n%time {CALL}"], "2:4:11"),
        ([HEAD + BLOCK, f"\n\n    {LATE}\n    %prun\n    {CALL}"], "2:5:9"),
        ([HEAD + BLOCK, "%%bash\nif 'x; then", f">>> {LATE}\n>>> {CALL}"], "3:2:9"),
        ([HEAD + BLOCK, "%%timeit\ny = 1", LATE, "%%whatever\n" + BLOCK + LATE + "\n" + CALL], None),
        ([HEAD, "%%whatever\nw = tf.Variable(1.0)\n" + (BLOCK + LATE + "\n" + CALL).replace("x", "w")], "2:6:5"),
        ([HEAD, "ls ./data", "\npwd\n", "time = x\n", "cd ..", BLOCK + LATE + "\n" + CALL], "6:4:5"),
        ([HEAD, "%%timeit\n" + BLOCK + LATE + "\n" + CALL], "2:5:5"),
    ],
)  # fmt: skip
def test_magics_move_no_line(
    book: Path, capsys: pytest.CaptureFixture[str], cells: list[str], place: str | None
) -> None:
    write_notebook(book, *cells)
    assert main(["check", str(book)]) == int(place is not None)
    assert places(capsys.readouterr().out) == ([(f"book.ipynb:cell_{place}", "TAP103")] if place else [])


@pytest.mark.parametrize(
    "magic",
    ["%run setup.py", "run setup.py", "%store -r z", "%whatever", "%%capture z\n1", "%%bash --out z\nls",
     "%%timeit\nz = y\n", "%%whatever\n1", "%%whatever\nnot Python", "if x is not None:\n    %run setup.py"],
)  # fmt: skip
def test_after_a_magic_that_may_bind_names_nothing_is_claimed(
    book: Path, capsys: pytest.CaptureFixture[str], magic: str
) -> None:
    write_notebook(book, HEAD + BLOCK, LATE, magic, CALL)
    assert main(["check", str(book)]) == 0
    assert capsys.readouterr() == ("", "")
    write_notebook(book, HEAD + BLOCK, LATE, "%pip list", CALL)
    assert main(["check", str(book)]) == 1
    assert places(capsys.readouterr().out) == [("book.ipynb:cell_4:1:5", "TAP103")]


@pytest.mark.parametrize(
    "source",
    [
        "", "\n\n", "x = 1", "%time", "%%time", "%%capture", "!ls \\\n -l \\\n -a\nx = 1\n", "x = !ls \\\n -l\ny = 2",
        "if x:\n    !ls \\\n    -l\n    y = 1\n", "def f():\n    %run a.py\n    return 1\n", "  \n  a = 1\n  %cd ..\n",
        "x.y?\n", "%run \\\n a.py", "x = '''\n%run a.py\n'''\n%run a.py", "%time x = '''\n%run'''", "x = (\n",
        "%%bash\nx\n\n", "%%javascript", "%%whatever\nx = (", "In [1]: x = 1\n   ...: y = 2\n", "%time -n x", "%%",
        "ls -l", "pip install x", "ls\n", "who = 1", "time(1)",
    ],
)  # fmt: skip
def test_a_cell_keeps_its_lines_whatever_is_in_it(source: str) -> None:
    cell = python_cell(source, frozenset({"z"}))
    assert 0 <= len(cell.lines) - len(source.split("\n")) <= 1
    assert not any("\n" in line for line in cell.lines)
    if source != "x = (\n":
        ast.parse("\n".join(cell.lines))


# --- no false green --------------------------------------------------------------------------------------------------


def test_a_cell_that_is_no_python_is_reported_in_its_cell(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_notebook(book, HEAD, BLOCK + "x = = 1", CALL)
    assert main(["check", str(book)]) == 1
    ((place, code),) = places(capsys.readouterr().out)
    assert (place.rpartition(":")[0], code) == ("book.ipynb:cell_2:3", "E999")


def test_the_text_of_a_notebook_is_no_module_without_mistakes(book: Path) -> None:
    write_notebook(book, HEAD, LATE_LOSS)
    text = book.read_text()
    ((line, column, message, _),) = Plugin(ast.parse(text), text.splitlines(keepends=True)).run()
    assert (line, column) == (1, 0)
    assert message.startswith("TAP900 this is a notebook")
    assert "gradtape check" in message
    other = "# GradientTape\n" + json.dumps({"cells": 1})
    assert list(Plugin(ast.parse(other), other.splitlines(keepends=True)).run()) == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "not a notebook that can be read"),
        ("x = 1", "not a notebook that can be read"),
        ("[]", "not a notebook that can be read"),
        ('{"a": 1}', "not a notebook that can be read"),
        ('{"cells": [{}], "metadata": {}, "nbformat": 4}', "not a notebook that can be read"),
        ("\udcff", "not a notebook that can be read"),
        (LONE_SURROGATE, "Unicode"),
    ],
)  # fmt: skip
def test_what_is_no_notebook_is_one_sentence(
    book: Path, capsys: pytest.CaptureFixture[str], content: str, words: str
) -> None:
    book.write_bytes(content.encode("utf-8", "surrogateescape"))
    Path("late.py").write_text(LATE_LOSS)
    assert main(["check", "-j1", str(book), "late.py"]) == 2
    printed = capsys.readouterr()
    assert is_one_sentence(printed.err)
    assert printed.err.startswith("gradtape: book.ipynb: ")
    assert words in printed.err
    assert printed.out.startswith("late.py:7:5: TAP103 ")


def test_a_notebook_of_another_language_is_one_sentence(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_notebook(book, "x <- 1", metadata={"kernelspec": {"language": "R", "name": "ir", "display_name": "R"}})
    assert main(["check", str(book)]) == 2
    assert capsys.readouterr().err == "gradtape: book.ipynb: a notebook for r, not for Python.\n"
    write_notebook(book, LATE_LOSS, metadata={})
    assert main(["check", str(book)]) == 1


@pytest.mark.parametrize("missing", ["nbformat", "IPython"])
def test_without_the_extra_it_is_said_what_to_install(
    book: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *_: None if name == missing else found(name))
    write_notebook(book, HEAD, LATE_LOSS)
    assert main(["check", str(book)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert is_one_sentence(printed.err)
    assert "flake8-gradtape[notebook]" in printed.err


def test_options_that_flake8_does_not_take_are_one_sentence(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_notebook(book, LATE_LOSS)
    assert main(["check", "--enable=TAP999", str(book)]) == 2
    assert is_one_sentence(capsys.readouterr().err)
    assert main(["check", "--exclude", "book.ipynb", "book.ipynb"]) == 2
    assert is_one_sentence(capsys.readouterr().err)
    assert main(["check", "--exclude=book.ipynb", "book.ipynb"]) == 0
