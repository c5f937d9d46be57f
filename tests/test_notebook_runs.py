"""`gradtape confirm` of notebooks: cells run as in Jupyter, but for magics, and verdicts name cells."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from flake8_gradtape.cli.main import main
from flake8_gradtape.notebooks.cells import read_notebook
from flake8_gradtape.notebooks.running import as_script, confirm_notebooks, in_cells, notebooks_among
from tests.notebook_files import write_notebook
from tests.test_cli import is_one_sentence
from tests.test_notebooks import BLOCK, CALL, HEAD, LATE


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)
    return Path("folder", "book.ipynb")


@pytest.mark.tensorflow
def test_a_finding_is_confirmed_in_its_cell(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_notebook(book, "%pip list\n" + HEAD, BLOCK, f"!ls\n{LATE}\n%time {CALL}", "\n1 / 0")
    assert main(["confirm", str(book)]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{book}:cell_3:3:11 TAP103 confirmed: ")
    assert second.startswith(f"{book}: the script was ended on line 2 of cell_4 by ZeroDivisionError")


def test_cells_find_what_they_find_in_jupyter(book: Path, tmp_path: Path) -> None:
    (book.parent / "helpers.py").write_text("FACTOR = 2\n")
    (book.parent / "setup.py").write_text("import helpers\nz = 10 * helpers.FACTOR\ny = __name__\n")
    write_notebook(
        book,
        "x = 1\ndel x\nx = 3\nw = 4\n!exit 1\nfiles = !ls",
        "%run setup.py\n%store -r w",
        "%%capture out\nassert (x, y, z, w, files) == (3, '__main__', 20, 4, [])",
        "%%timeit\nlocal = 1",
        "%%whatever\nassert out is None\nimport helpers\nassert helpers.FACTOR == 2\nx?",
        "print(open('setup.py').readline(), end='')\n%matplotlib inline",
    )
    (tmp_path / "elsewhere").mkdir()
    script = tmp_path / "elsewhere" / "script.py"
    script.write_text(as_script(read_notebook(str(book))).text)
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.stderr) == ("import helpers\n", "")


def test_all_that_is_told_is_told_of_cells(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_notebook(book, "a = 1\nb = 2", "c = 3\n  ")
    other = book.with_name("other.ipynb")
    write_notebook(other, "%time d = 4")

    def confirm(arguments: list[str]) -> int:
        _, option, script, second, *rest = arguments
        assert option == "--verbose"
        assert rest == ["--", "third.ipynb", str(book)]
        assert Path(script).name == "book.py"
        assert Path(script).read_text().endswith("\na = 1\nb = 2\nc = 3\n  \n")
        print(f"{script}:3:1 TAP103 confirmed: line 3\n{script}: ended on line 4 by X\nno line 7")
        print(f"{second}:2:1 TAP103", file=sys.stderr)
        assert sys.stderr.buffer is None
        found = {"line": 4, "column": 2, "words": f'File "{script}", line 3'}
        print(json.dumps({"file": script, "found": [found, {"line": None}, {"line": 3, "column": None}]}))
        return 7

    given = ["confirm", "--verbose", str(book), str(other), "--", "third.ipynb", str(book)]
    assert confirm_notebooks(given, confirm) == 7
    printed = capsys.readouterr()
    text, _, told = printed.out.partition("{")
    assert text.splitlines() == [
        f"{book}:cell_1:2:1 TAP103 confirmed: line 2 of cell_1",
        f"{book}: ended on line 1 of cell_2 by X",
        "no line 7",
    ]
    assert json.loads("{" + told) == {
        "file": str(book),
        "found": [
            {"cell": "cell_2", "line": 1, "column": 2, "words": f'File "{book}", line 2 of cell_1'},
            {"line": None},
            {"cell": "cell_1", "line": 2, "column": None},
        ],
    }
    assert printed.err == f"{other}:cell_1:1:7 TAP103\n"
    assert in_cells("{script}:3:1", {"other": read_notebook(str(book))}) == "{script}:3:1"


def test_notebooks_are_those_of_the_command_and_not_of_the_script(book: Path) -> None:
    write_notebook(book)
    assert notebooks_among(["confirm", str(book), "missing.ipynb", "a.py", "--", str(book)]) == [str(book)]


def test_what_is_no_notebook_of_python_is_one_sentence(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for text in ("", "{}", '{"cells": [], "metadata": {"language_info": {"name": "R"}}, "nbformat": 4}'):
        book.write_text(text)
        for command in ("confirm", "trace"):
            assert main([command, str(book)]) == 2
            printed = capsys.readouterr()
            assert printed.out == ""
            assert is_one_sentence(printed.err)
            assert printed.err.startswith(f"gradtape: {book}: ")
    assert main(["confirm", "missing.ipynb"]) == 2
    assert is_one_sentence(capsys.readouterr().err)
