"""Writes notebooks for tests, as Jupyter does."""

from __future__ import annotations

import json
from pathlib import Path

PYTHON = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}


def write_notebook(path: Path, *cells: str, metadata: dict[str, dict[str, str]] | None = None) -> None:
    """Write a notebook of code cells; a cell that begins with `<!--` is Markdown."""
    content = [_markdown(cell) if cell.startswith("<!--") else _code(cell) for cell in cells]
    told = PYTHON if metadata is None else metadata
    path.write_text(json.dumps({"cells": content, "metadata": told, "nbformat": 4, "nbformat_minor": 4}, indent=1))


def _code(text: str) -> dict[str, object]:
    source = text.splitlines(keepends=True)
    return {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": source}


def _markdown(text: str) -> dict[str, object]:
    return {"cell_type": "markdown", "metadata": {}, "source": text.splitlines(keepends=True)}
