"""flake8 on a notebook: its module goes through standard input, and only the places of the report are changed."""

from __future__ import annotations

import functools
import io
import sys
from collections.abc import Callable, Sequence

from flake8.main.application import Application
from flake8.utils import stdin_get_value
from flake8.violation import Violation

from flake8_gradtape.notebooks.cells import NotebookModule


def lint(notebook: NotebookModule, options: Sequence[str]) -> int:
    """Run flake8 with these options, none of them a file, on a notebook, and return its exit code."""
    before = sys.stdin
    # the byte order mark counts for more than a declaration in some cell
    sys.stdin = io.TextIOWrapper(io.BytesIO(b"\xef\xbb\xbf" + notebook.text.encode()), encoding="utf-8")
    stdin_get_value.cache_clear()
    try:
        flake8 = Application()
        flake8.make_formatter = functools.partial(_make_formatter, flake8, flake8.make_formatter, notebook)
        flake8.run([*options, "--stdin-display-name", notebook.path, "-"])
        return int(flake8.exit_code())
    finally:
        sys.stdin = before
        stdin_get_value.cache_clear()


def _make_formatter(flake8: Application, make: Callable[[], None], notebook: NotebookModule) -> None:
    """Let flake8 make the formatter that the user chose, and give that one each cell for a file."""
    make()
    formatter = flake8.formatter
    begin, handle, finish = formatter.beginning, formatter.handle, formatter.finished
    cells: list[str] = []

    def handle_in_cell(error: Violation) -> None:
        path, line, column = notebook.in_cell(error.line_number, error.column_number)
        if path not in cells:  # some formatters know nothing of files that they were not told of
            cells.append(path)
            begin(path)
        handle(error._replace(filename=path, line_number=line, column_number=column))

    def finish_all(filename: str) -> None:
        if not cells:
            cells.append(filename)
            begin(filename)
        for path in cells:
            finish(path)

    formatter.beginning, formatter.handle, formatter.finished = _nothing, handle_in_cell, finish_all


def _nothing(filename: str) -> None:
    """What is begun are the cells, once one has a finding."""
