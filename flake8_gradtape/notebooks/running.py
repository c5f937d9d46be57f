"""`gradtape confirm` of notebooks: each is run as a script in a folder of its own, and what is told names its cells."""

from __future__ import annotations

import contextlib
import json
import re
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

from flake8_gradtape.notebooks.cells import SUFFIX, NotebookModule, Place, read_notebook

_STAND_IN = Path(__file__).with_name("stand_in.py")


def notebooks_among(arguments: Sequence[str]) -> list[str]:
    """The notebooks that are named before the arguments of the script."""
    own = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return [one for one in own if one.endswith(SUFFIX) and Path(one).is_file()]


def confirm_notebooks(arguments: Sequence[str], confirm: Callable[[list[str]], int]) -> int:
    """Let `confirm` have scripts for the notebooks among its arguments, and tell places in cells; give its exit code.

    Raises:
        UnreadableNotebook: one cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="gradtape-") as folder:
        scripts: dict[str, NotebookModule] = {}
        told = list(arguments)
        for number, path in enumerate(notebooks_among(arguments)):
            notebook = as_script(read_notebook(path))
            script = Path(folder, str(number), f"{Path(path).stem}.py")
            script.parent.mkdir()
            script.write_text(notebook.text, encoding="utf-8")
            scripts[str(script)] = notebook
            told[told.index(path)] = str(script)
        with _told_in_cells("stdout", scripts), _told_in_cells("stderr", scripts):
            return confirm(told)


def as_script(notebook: NotebookModule) -> NotebookModule:
    """The same with a first line that stands in for Jupyter."""
    folder = str(Path(notebook.path).resolve().parent)
    begin = f"import runpy; runpy.run_path({str(_STAND_IN)!r}, {{'FOLDER': {folder!r}}})\n"
    return replace(notebook, text=begin + notebook.text, places=(Place(1, 1), *notebook.places))


def in_cells(text: str, scripts: dict[str, NotebookModule]) -> str:
    """What is told of scripts, told of the cells of their notebooks."""
    for script, notebook in scripts.items():
        if script not in text:
            continue
        if text.startswith("{"):
            with contextlib.suppress(ValueError):
                return json.dumps(_json_in_cells(json.loads(text), script, notebook), indent=2)
        lines = (_line_in_cells(line, script, notebook) for line in text.split("\n"))
        text = "\n".join(lines)
    return text


def _line_in_cells(line: str, script: str, notebook: NotebookModule) -> str:
    if script not in line:
        return line

    def place(found: re.Match[str]) -> str:
        path, row, column = notebook.in_cell(int(found[1]), int(found[2] or 0))
        return f"{path}:{row}:{column}" if found[2] else f"{path}:{row}"

    def row(found: re.Match[str]) -> str:
        path, number, _ = notebook.in_cell(int(found[1]), 0)
        return f"line {number} of {path.rpartition(':')[2]}"

    line = re.sub(re.escape(script) + r":(\d+)(?::(\d+))?", place, line)
    return re.sub(r"\bline (\d+)", row, line).replace(script, notebook.path)


def _json_in_cells(told: Any, script: str, notebook: NotebookModule) -> Any:
    """Name the cell beside each line, and the notebook for the script."""
    if isinstance(told, list):
        return [_json_in_cells(one, script, notebook) for one in told]
    if isinstance(told, str):
        return _line_in_cells(told, script, notebook)
    if not isinstance(told, dict):
        return told
    changed = {key: _json_in_cells(value, script, notebook) for key, value in told.items()}
    if isinstance(changed.get("line"), int):
        path, line, column = notebook.in_cell(changed["line"], changed.get("column") or 0)
        changed |= {"cell": path.rpartition(":")[2], "line": line}
        if changed.get("column"):
            changed["column"] = column
    return changed


@contextlib.contextmanager
def _told_in_cells(name: str, scripts: dict[str, NotebookModule]) -> Any:
    """Change what is written to a standard stream."""
    before = getattr(sys, name)
    setattr(sys, name, _InCells(before, scripts))
    try:
        yield
    finally:
        setattr(sys, name, before)


class _InCells:
    """A stream whose text is changed; all else is that of the stream."""

    buffer = None
    """What went there would not be changed."""

    def __init__(self, stream: TextIO, scripts: dict[str, NotebookModule]) -> None:
        self._stream, self._scripts = stream, scripts

    def write(self, text: str) -> int:
        """Write the text as it is told of cells."""
        self._stream.write(in_cells(text, self._scripts))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
