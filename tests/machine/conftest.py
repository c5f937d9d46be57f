"""Makes a test of every case in the Markdown files below."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.machine.cases import Case, problems, read_cases


class Wrong(Exception):
    """The machine believes something else."""


class CaseItem(pytest.Item):
    """One case."""

    def __init__(self, *, case: Case, **others: object) -> None:
        super().__init__(**others)  # type: ignore[arg-type]
        self.case = case

    def runtest(self) -> None:
        wrong = problems(self.case)
        if wrong:
            raise Wrong("\n".join(wrong))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:
        if isinstance(excinfo.value, Wrong):
            return f"{self.path}\n{self.case.title}\n\n{excinfo.value}"
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.case.first_line - 1, self.case.title


class CaseFile(pytest.File):
    """A Markdown file with cases."""

    def collect(self) -> Iterator[CaseItem]:
        for case in read_cases(self.path):
            yield CaseItem.from_parent(self, name=case.title, case=case)


def pytest_collect_file(parent: pytest.Collector, file_path: Path) -> CaseFile | None:
    """Every Markdown file below this folder has cases."""
    if file_path.suffix != ".md" or not file_path.is_relative_to(Path(__file__).parent):
        return None
    return CaseFile.from_parent(parent, path=file_path)
