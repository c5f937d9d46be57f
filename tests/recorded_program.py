"""A small program, run under the recorder once, with the questions that tests ask about it; no tests live here."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import Any, TypeVar

from flake8_gradtape.events import Answer, CallRaised, Event, GradientAsked, Misuse, TapeEnded
from flake8_gradtape.runtime.recording.recorder import record
from flake8_gradtape.runtime.recording.result import Recording

E = TypeVar("E", bound=Event)


class Program:
    """A program, run once. A line that a test speaks of ends in a comment of one word, and is looked up by it."""

    def __init__(self, text: str, argv: tuple[str, ...] = ()) -> None:
        self.text = "import tensorflow as tf\n" + textwrap.dedent(text).strip("\n") + "\n"
        self.recording: Recording = record(self.text, "/nowhere/program.py", argv)

    def line(self, word: str) -> int:
        """The line that ends in the comment `word`."""
        found = [number for number, line in enumerate(self.text.splitlines(), 1) if line.endswith(f"# {word}")]
        assert len(found) == 1, word
        return found[0]

    def events(self, kind: type[E]) -> list[E]:
        return [event for event in self.recording.events if isinstance(event, kind)]

    def answers(self) -> list[list[Answer]]:
        """The answers of each gradient call, in order."""
        return [[source.answer for source in event.sources] for event in self.events(GradientAsked)]

    def raised(self) -> list[tuple[Any, str, Misuse]]:
        return [(event.where, event.method, event.misuse) for event in self.events(CallRaised)]

    def tape(self, word: str) -> TapeEnded:
        """The only tape made on the line of `word`."""
        (found,) = [event for event in self.events(TapeEnded) if event.where == self.line(word)]
        return found


@dataclass(frozen=True)
class Finding:
    """A finding written by hand; the column -1 is an unknown one."""

    code: str
    line: int
    column: int = -1
