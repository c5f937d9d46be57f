"""From the text of a module to the lines of the report: reading, interpreting, judging, placing."""

from __future__ import annotations

import ast
import gc
from dataclasses import dataclass

import libcst as cst

from flake8_gradtape.checking.disclosure import disclosed
from flake8_gradtape.checking.noqa import NoqaLine, is_silenced, lines_with_comment
from flake8_gradtape.machine.assumptions.taking import Taking
from flake8_gradtape.machine.interpreter import interpret
from flake8_gradtape.machine.language.loop_flags import forget_flags
from flake8_gradtape.reading.deep_stack import with_room
from flake8_gradtape.reading.positions import find_lines
from flake8_gradtape.reading.source import ModuleSource, UnreadableSource, mentions_tape, read_module
from flake8_gradtape.reading.syntax import forget
from flake8_gradtape.rules import all_rules
from flake8_gradtape.rules.base import Finding


@dataclass(frozen=True, order=True)
class Report:
    """One finding in its place: `line` is 1-based, `column` 0-based in characters."""

    line: int
    column: int
    code: str
    message: str


Placed = tuple[Report, cst.CSTNode]
"""A report and what it is about."""


def check(
    text: str,
    tree: ast.Module | None = None,
    enabled: frozenset[str] = frozenset(),
    keras: int | None = None,
    assumed: frozenset[str] | None = None,
    noqa: NoqaLine | None = None,
    whole: bool = False,
) -> list[Report]:
    """Find the misuse of tapes in a module, sorted by place.

    `tree` is the parsed text, if somebody has it already; `enabled` the optional rules to apply; `keras` the version of
    Keras, 2 or 3, if only what happens with that one matters; `assumed` the ids of the assumptions to make, all if it
    is None. A finding that rests on one says so. `noqa` gives the texts in which `# noqa` counts, which it does on each
    line of what is reported. `whole`: read functions that no tape reaches as well, which takes time and changes
    nothing. Raises `UnreadableSource` if the text is not Python that can be read.
    """
    if not mentions_tape(text):
        return []
    collecting = gc.isenabled()
    # a syntax tree is many objects and no garbage: looking for some costs a fifth of the time
    gc.disable()
    try:
        source = read_module(text, tree, whole=whole)
        if not source.has_tape:
            return []
        if source.is_deep:
            found = with_room(lambda: _judged(source, enabled, keras, assumed))
        else:
            found = _judged(source, enabled, keras, assumed)
        if noqa is not None:
            found = _without_silenced(found, source, noqa, text)
        return sorted({report for report, _ in found})
    finally:
        forget()
        forget_flags()
        if collecting:
            gc.enable()


def _judged(
    source: ModuleSource, enabled: frozenset[str], keras: int | None, assumed: frozenset[str] | None
) -> list[Placed]:
    """What the rules find in a module that was read, with the node that each finding is about."""
    rules = [rule for rule in all_rules() if not rule.optional or rule.code in enabled]

    def judge(taking: Taking) -> list[Finding]:
        """What the rules find in one run of the module."""
        events = interpret(source, keras, taking=taking)
        return [finding for event in events for rule in rules for finding in rule.judge(event)]

    findings = disclosed(judge, Taking() if assumed is None else Taking(assumed))
    nodes = [finding.where for finding in findings if isinstance(finding.where, cst.CSTNode)]
    places = source.positions(nodes)
    return [
        (Report(*place, finding.code, finding.message), node)
        for finding, node, place in zip(findings, nodes, places, strict=True)
    ]


def _without_silenced(found: list[Placed], source: ModuleSource, noqa: NoqaLine, text: str) -> list[Placed]:
    """Leave out what a comment silences, wherever on the lines of the node it stands."""
    commented = lines_with_comment(text.split("\n"))
    if not commented:
        return found
    left = [(report, node) for report, node in found if not is_silenced(report.code, [report.line], noqa)]
    if not any(is_silenced(report.code, commented, noqa) for report, _ in left):
        return left  # to find out where nodes end takes time
    try:
        lines = find_lines(source.spans(), [node for _, node in left])
    except UnreadableSource:  # nested so deeply that only the starts of nodes are known
        return left
    return [one for one, its_lines in zip(left, lines, strict=True) if not is_silenced(one[0].code, its_lines, noqa)]
