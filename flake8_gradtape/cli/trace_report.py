"""What `gradtape trace` prints: short lines made of what `machine/trace` has kept. Reads no file, finds nothing."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

import libcst as cst

from flake8_gradtape.checking.noqa import as_flake8_reads, is_silenced
from flake8_gradtape.events import Answer, CallRaised, Event
from flake8_gradtape.machine.domain.values import Api
from flake8_gradtape.machine.trace.answers import CallVisit, GradientCall, SourceAnswer
from flake8_gradtape.machine.trace.beliefs import Expression, Role
from flake8_gradtape.machine.trace.trace import Trace, trace
from flake8_gradtape.machine.verdicts.gradient_calls import ASKING
from flake8_gradtape.reading.positions import find_lines
from flake8_gradtape.rules import all_rules

_TOLD = (cst.Name, cst.Attribute, cst.Subscript, cst.Call)
"""The expressions whose values are told."""
_LEFT_OUT = "left out: no tape can get here (--whole reads it all the same)"
_LITERALS = ("True", "False", "None")
MOST_VALUES = 6
_ANSWERS = {Answer.CONNECTED: "connected", Answer.NONE: "surely None", Answer.CANNOT_TELL: "cannot tell"}


def traced_module(text: str, tree: ast.Module, whole: bool, keras: int | None) -> Iterator[str]:
    """All gradient calls of a module and what keeps them silent; what raises, and what was given up."""
    told = trace(text, whole=whole, keras=keras)
    yield from _module(told)
    codes = Codes(told, text)
    for call in told.calls:
        yield from _gradient_call(call, codes)
    left_out = [] if whole else list(_left_out(told, tree))
    yield from left_out
    for error in told.errors:
        yield f"{error.span[0]}: {error.text}"
        yield f"  raises: {error.error.misuse.value}{codes.at(error.node, CallRaised)}"
        yield from (f"    not claimed: {silence}" for silence in error.silences)
    for function in told.functions:
        if function.given_up:
            yield f"{function.span[0]}: function '{function.name}'"
            yield f"  {function.given_up}; what was found there is not claimed"
    if not told.calls and not left_out:
        yield "no gradient is asked for in this file"


def traced_line(text: str, line: int, whole: bool, keras: int | None) -> Iterator[str]:
    """What the names on one line are, and the gradient calls there."""
    told = trace(text, whole=whole, keras=keras)
    yield from _module(told)
    written = text.split("\n")[line - 1].strip()
    yield f"{line}: {written}"
    why_not = told.why_not(line)
    if why_not is None:
        code = written and not written.startswith("#")
        yield f"  {_LEFT_OUT}" if code and told.was_left_out(line) else "  no code starts here"
        return
    if why_not:
        yield f"  {why_not}"
    for expression in told.on_line(line):
        if isinstance(expression.node, _TOLD) and not _is_plain(expression):
            yield from _values(told, expression)
    codes = Codes(told, text)
    for call in told.calls:
        if call.span[0] == line:
            yield from _gradient_call(call, codes)


class Codes:
    """The codes of the findings, by the place of what they are about."""

    def __init__(self, told: Trace, text: str) -> None:
        noqa = as_flake8_reads(text)
        self._found: dict[object, list[tuple[type[Event], str]]] = {}
        for event in told.events:
            for rule in all_rules():
                for finding in rule.judge(event):
                    node = finding.where
                    code = f"{rule.code} (optional)" if rule.optional else rule.code
                    if isinstance(node, cst.CSTNode) and node in told.spans:
                        (lines,) = find_lines(told.spans, [node])
                        if noqa is None or is_silenced(rule.code, lines, noqa):
                            code += ", silenced by '# noqa'"
                    self._found.setdefault(node, []).append((type(event), code))

    def at(self, node: cst.CSTNode, *kinds: type[Event]) -> str:
        """`, TAP106`: the findings at a place about events of these kinds; empty if there are none."""
        return "".join(f", {code}" for kind, code in self._found.get(node, ()) if not kinds or kind in kinds)


def _module(told: Trace) -> Iterator[str]:
    if not told.was_run:
        yield "the module was not run: it replaces parts of TensorFlow, so nothing is known"
    if told.given_up:
        yield f"{told.given_up}; what was found there is not claimed"


def _left_out(told: Trace, tree: ast.Module) -> Iterator[str]:
    """What looks like gradient calls in functions that were not read."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ASKING:
            library = isinstance(node.func.value, ast.Name) and node.func.value.id in ("np", "numpy")
            if told.was_left_out(node.lineno) and not library:
                yield f"{node.lineno}: {ast.unparse(node)}"
                yield f"  {_LEFT_OUT}"


def _is_plain(expression: Expression) -> bool:
    """A name of a library, or True, False or None: nothing to tell."""
    if expression.role is not Role.READ:
        return False
    return expression.text in _LITERALS or all(isinstance(value, Api) for value in expression.values)


def _values(told: Trace, expression: Expression) -> Iterator[str]:
    """One line for each different value of an expression."""
    ways: dict[str, list[tuple[int, ...]]] = {}
    for visit in expression.visits:
        ways.setdefault(told.describe(visit.belief), []).append(told.way(visit))
    role = {Role.READ: "", Role.WRITTEN: " (assigned)", Role.PARAMETER: " (parameter)"}[expression.role]
    many = len(ways) > 1
    for count, (description, taken) in enumerate(ways.items()):
        if count == MOST_VALUES:
            yield f"  {expression.text}{role}: ... {len(ways) - count} more"
            return
        yield f"  {expression.text}{role}: {description}{_called_from(taken[0]) if many else ''}"


def _called_from(way: Sequence[int]) -> str:
    return f" (called from line {way[-1]})" if way else ""


def _gradient_call(call: GradientCall, codes: Codes) -> Iterator[str]:
    yield f"{call.span[0]}: {call.text}"
    if call.why_not:
        yield f"  {call.why_not}"
    found = codes.at(call.node)
    for number, visit in enumerate(call.visits):
        heading = ""
        if len(call.visits) > 1:
            heading = f"called from line {visit.way[-1]}:" if visit.way else "another pass:" if number else ""
        yield from _visit(visit, found, heading)


def _visit(visit: CallVisit, found: str, heading: str) -> Iterator[str]:
    indent = "    " if heading else "  "
    if heading:
        yield f"  {heading}"
    if visit.error is not None:
        yield f"{indent}raises: {visit.error.misuse.value}{'' if visit.silences else found}"
        yield from (f"{indent}  not claimed: {silence}" for silence in visit.silences)
    elif visit.silences:
        yield from (f"{indent}{silence}" for silence in visit.silences)
    for source in visit.sources:
        yield from _source(source, found, indent)


def _source(source: SourceAnswer, found: str, indent: str) -> Iterator[str]:
    claimed = found if source.answer is Answer.NONE and not source.silences else ""
    yield f"{indent}{source.name or 'a source'}: {_ANSWERS[source.answer]}{claimed}"
    yield from (f"{indent}  {reason}" for reason in source.reasons)
    yield from (f"{indent}  not claimed: {silence}" for silence in source.silences)
