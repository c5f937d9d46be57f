"""A notebook as one module: its code cells one after another, and from which cell each line comes."""

from __future__ import annotations

import importlib.util
import warnings
from dataclasses import dataclass
from pathlib import Path

SUFFIX = ".ipynb"
NEEDED = ("nbformat", "IPython")
NOT_INSTALLED = "to read notebooks, install nbformat and IPython: pip install 'flake8-gradtape[notebook]'"


class UnreadableNotebook(Exception):
    """The notebook cannot be read, or what reads notebooks is missing: the message is a sentence without its stop."""


@dataclass(frozen=True)
class Place:
    """Where a line of the module comes from: the number of its code cell and its line there, from 1."""

    cell: int
    line: int
    shift: int = 0
    """How many columns more there are to its left in the cell."""


@dataclass(frozen=True)
class NotebookModule:
    """The cells of a notebook as one module."""

    path: str
    text: str
    places: tuple[Place, ...]
    """Of each line of `text`."""

    def in_cell(self, line: int, column: int) -> tuple[str, int, int]:
        """Give the path with the cell, and line and column there, of a place in the module."""
        if not self.places:
            return self.path, line, column
        place = self.places[min(max(line, 1), len(self.places)) - 1]
        return f"{self.path}:cell_{place.cell}", place.line, column + place.shift


def read_notebook(path: str) -> NotebookModule:
    """Read the code cells of a notebook as Python.

    Raises:
        UnreadableNotebook: it is no notebook, or none with Python in it; or a package to read it with is missing.
    """
    if any(importlib.util.find_spec(name) is None for name in NEEDED):
        raise UnreadableNotebook(f"{path}: {NOT_INSTALLED}")
    from flake8_gradtape.notebooks.magics import python_cell

    text: list[str] = []
    places: list[Place] = []
    known: frozenset[str] = frozenset()
    for number, source in enumerate(_code_cells(path), 1):
        cell = python_cell(source, known)
        known |= cell.bound
        text += cell.lines
        last = source.count("\n") + 1
        places += [Place(number, min(at + 1, last), cell.shifts.get(at, 0)) for at in range(len(cell.lines))]
    return NotebookModule(path, "\n".join(text) + "\n", tuple(places))


def _code_cells(path: str) -> list[str]:
    """The texts of the code cells."""
    import nbformat

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what is odd in it, what matters here is an error
            notebook = nbformat.reads(Path(path).read_text(encoding="utf-8"), as_version=4)
        cells = [str(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
        language = _language(notebook["metadata"])
    except OSError as error:
        raise UnreadableNotebook(f"{path}: {error.strerror}") from None
    except Exception as error:  # nbformat has its own, and takes what is in the file for what should be there
        said = str(error).partition("\n")[0][:100].rstrip(".")
        raise UnreadableNotebook(f"{path}: not a notebook that can be read ({type(error).__name__}: {said})") from None
    if language != "python":
        raise UnreadableNotebook(f"{path}: a notebook for {language}, not for Python")
    lines = [source.replace("\r\n", "\n").replace("\r", "\n") for source in cells]
    try:
        "".join(lines).encode()
    except UnicodeEncodeError:
        raise UnreadableNotebook(f"{path}: its cells are not valid Unicode") from None
    return lines


def _language(metadata: dict[str, dict[str, str]]) -> str:
    """The language of its cells; Python if the notebook does not say."""
    told = metadata.get("kernelspec", {}).get("language") or metadata.get("language_info", {}).get("name")
    return (told or "python").lower()
