"""`trace(text)`: the machine run on one module, with everything it believed on the way.

What it takes each piece of text to be, in each visit (`expressions`); which lines it got to (`reached`, `why_not`);
what it decided for each source of each gradient call (`calls`); what it gave up (`functions`, `given_up`); and what it
claims (`events`).
"""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from flake8_gradtape.events import Event
from flake8_gradtape.machine.interpreter import interpret
from flake8_gradtape.machine.language.loop_flags import forget_flags
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.trace.answers import Answers, CallError, GradientCall
from flake8_gradtape.machine.trace.beliefs import Belief, Expression, Visit
from flake8_gradtape.machine.trace.lines import FunctionRun, Lines
from flake8_gradtape.machine.trace.watching import Watching
from flake8_gradtape.machine.trace.words import Words
from flake8_gradtape.reading.deep_stack import with_room
from flake8_gradtape.reading.positions import Span
from flake8_gradtape.reading.source import ModuleSource, read_module
from flake8_gradtape.reading.syntax import forget, text_of


@dataclass(frozen=True, eq=False)
class Trace:
    """All that the machine believed of one module."""

    expressions: tuple[Expression, ...]
    """What was evaluated or assigned to, in the order of the text."""
    reached: frozenset[int]
    """The lines that some run got to."""
    ends: frozenset[int]
    """The lines of the statements at which every run ended by an exception, in some visit."""
    calls: tuple[GradientCall, ...]
    errors: tuple[CallError, ...]
    functions: tuple[FunctionRun, ...]
    given_up: str
    """Where the work on the body of the module was given up; empty if it could be finished."""
    was_run: bool
    """False where the module replaces parts of TensorFlow, so that nothing is known of it."""
    events: tuple[Event, ...]
    """What is claimed; rules make findings of it."""
    spans: dict[cst.CSTNode, Span]
    """The place of every node, in the original text: `node.at` of a tensor's node is where it was made."""
    _words: Words
    _lines: Lines
    _source: ModuleSource

    def on_line(self, line: int) -> list[Expression]:
        """The expressions that start on a line."""
        return [one for one in self.expressions if one.span[0] == line]

    def why_not(self, line: int) -> str | None:
        """Why no run comes to a line; empty if one does, None if there is no code on it."""
        return self._lines.why_not(line)

    def was_left_out(self, line: int) -> bool:
        """The line was not read: no tape can get there (or it has no code)."""
        return not self._source.has_line(line)

    def describe(self, belief: Belief) -> str:
        """What a value is, in words."""
        return self._words.value(belief)

    def way(self, visit: Visit) -> tuple[int, ...]:
        """The lines of the calls on the way to a visit, outermost first."""
        return tuple(line for node in visit.way if (line := self._words.line(node)) is not None)


def trace(text: str, *, whole: bool = False, keras: int | None = None) -> Trace:
    """Run the machine on a module and keep what it believed.

    Args:
        text: the module.
        whole: read all functions and run each; else those that a tape can get to, as the plugin does.
        keras: the version of Keras, 2 or 3, if only what happens with that one matters.

    Raises:
        UnreadableSource: the text is not Python that can be read.
    """
    try:
        source = read_module(text, whole=whole)
        if source.is_deep:
            return with_room(lambda: _traced(source, whole, keras))
        return _traced(source, whole, keras)
    finally:
        forget()
        forget_flags()


def _traced(source: ModuleSource, whole: bool, keras: int | None) -> Trace:
    """Run a module with an observer, and gather what it saw."""
    watched: list[Watching] = []

    def observe(run: Run) -> Watching:
        watched.append(Watching(run))
        return watched[0]

    tape_functions = None if whole else source.tape_functions
    spans = source.spans()
    events = interpret(source, keras, every_function=whole, observe=observe)
    (watching,) = watched
    words = Words(spans, watching.first, watching.escapes)
    lines = Lines(source.module, spans, watching, words, tape_functions)
    answers = Answers(watching, words, lines, events)
    return Trace(
        _expressions(watching, spans), lines.reached, lines.ends, answers.gradient_calls(spans), answers.errors(spans),
        lines.functions(), lines.given_up(source.module), bool(watching.roots), tuple(events), spans, words, lines,
        source,
    )  # fmt: skip


def _expressions(watching: Watching, spans: dict[cst.CSTNode, Span]) -> tuple[Expression, ...]:
    found = [
        Expression(node, spans[node], text_of(node), role, tuple(visits))
        for (node, role), visits in watching.visits.items()
        if node in spans
    ]
    return tuple(sorted(found, key=lambda one: one.span))
