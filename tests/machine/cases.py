"""Cases in Markdown: a title, a program, and beside its lines what the machine believes there.

    ## A name that is not None

    ```python
    import tensorflow as tf
    w = tf.Variable(1.0)
    with tf.GradientTape() as tape:
        y = w * 2.0                 # y: tensor, recorded by tape
    g = tape.gradient(y, w)         # gradient for w: connected  # g: tensor
    tape.gradient(y, w)             # TAP201
    print(g)                        # unreached
    ```

A comment holds any number of remarks, each after a `#`:

- `NAME: BELIEF`: what a name, or any other expression, is on this line: what it has got there if it is assigned or is a
  parameter, else what it gives. Different beliefs over all visits are separated by ` / `, in the order of the run.
- `gradient for SOURCE: ANSWER`: what is decided for a source of the gradient call on this line, and, if written after a
  comma, why: `connected`, `surely None`, `cannot tell`.
- `unreached`: no run comes to this line; with a comma after it, why.
- `TAP106`: a finding. A program has exactly the findings that are written beside it.

After `python` the fence may say `keras=3`. Other comments are not allowed, so that no remark is missed by a slip.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flake8_gradtape.checking.check import check
from flake8_gradtape.events import Answer
from flake8_gradtape.machine.trace.beliefs import Expression, Role
from flake8_gradtape.machine.trace.trace import Trace, trace

ANSWERS = {Answer.CONNECTED: "connected", Answer.NONE: "surely None", Answer.CANNOT_TELL: "cannot tell"}
REACHED = "a run comes here"
UNKNOWN = "?"
"""Written in place of a belief that is still to be filled in."""
_FENCE = re.compile(r"^```python *(?P<options>[^\n]*)\n(?P<program>.*?)^```$", re.MULTILINE | re.DOTALL)
_TITLE = re.compile(r"^## +(.+)$", re.MULTILINE)
_GRADIENT = "gradient for "


@dataclass(frozen=True)
class Remark:
    """One thing that is written beside a line: `about` what, and `what`; findings have their code in `about`."""

    line: int
    about: str
    what: str = ""

    @property
    def is_finding(self) -> bool:
        return re.fullmatch(r"TAP\d{3}", self.about) is not None


@dataclass(frozen=True)
class Case:
    """One program with its remarks; `first_line` is where the program begins in the file."""

    title: str
    program: str
    first_line: int
    remarks: tuple[Remark, ...]
    keras: int | None = None


def read_cases(path: Path) -> list[Case]:
    """The cases of a file, in order.

    Raises:
        ValueError: a program without a title of its own, or a comment that is no remark.
    """
    text = path.read_text(encoding="utf-8")
    cases: list[Case] = []
    for fence in _FENCE.finditer(text):
        titles = list(_TITLE.finditer(text, 0, fence.start()))
        title = titles[-1][1].strip() if titles else ""
        if not title or any(case.title == title for case in cases):
            raise ValueError(f"{path}: each program needs a title of its own ('## ...'): {title!r}")
        keras = re.fullmatch(r"(?:keras=([23]))?", fence["options"].strip())
        if keras is None:
            raise ValueError(f"{path}: {title}: not understood after 'python': {fence['options']!r}")
        first_line = text.count("\n", 0, fence.start("program")) + 1
        remarks = tuple(read_remarks(fence["program"]))
        cases.append(Case(title, fence["program"], first_line, remarks, int(keras[1]) if keras[1] else None))
    return cases


def read_remarks(program: str) -> Iterator[Remark]:
    """The remarks in the comments of a program."""
    for token in tokenize.generate_tokens(io.StringIO(program).readline):
        if token.type != tokenize.COMMENT:
            continue
        for part in re.split(r"\s*#\s*", token.string)[1:]:
            about, colon, what = part.partition(": ")
            remark = Remark(token.start[0], about.strip(), what.strip())
            if part.startswith("unreached"):
                about, _, what = part.partition(", ")
                remark = Remark(token.start[0], "unreached", what.strip())
            elif not colon and not remark.is_finding:
                raise ValueError(f"line {token.start[0]}: no remark: {part!r}")
            yield remark


def problems(case: Case) -> list[str]:
    """What is not as the case says, line by line; empty if all is."""
    told = trace(case.program, whole=True, keras=case.keras)
    found = {(report.line, report.code) for report in check(case.program, keras=case.keras)}
    expected = {(remark.line, remark.about) for remark in case.remarks if remark.is_finding}
    wrong = [(line, f"expected {code}, but there is no such finding") for line, code in expected - found]
    wrong += [(line, f"unexpected finding {code}") for line, code in found - expected]
    for remark in case.remarks:
        if remark.is_finding:
            continue
        now = believed(told, remark)
        if remark.about == "unreached" and not remark.what and now != REACHED:
            continue
        if now != remark.what and not (_may_stop_early(remark) and now.startswith(f"{remark.what}, ")):
            wrong.append((remark.line, f"{remark.about}\n    expected: {remark.what}\n    believed: {now}"))
    lines = case.program.splitlines()
    return [
        f"line {case.first_line + line - 1}: {lines[line - 1].partition('#')[0].strip()}\n  {message}"
        for line, message in sorted(wrong)
    ]


def _may_stop_early(remark: Remark) -> bool:
    """The reason need not be written."""
    return remark.about.startswith(_GRADIENT)


def believed(told: Trace, remark: Remark) -> str:
    """What is believed of that which a remark is about."""
    if remark.about == "unreached":
        why_not = told.why_not(remark.line)
        return why_not or REACHED
    if remark.about.startswith(_GRADIENT):
        return _answers(told, remark.line, remark.about.removeprefix(_GRADIENT))
    roles: dict[Role, list[Expression]] = {}
    for expression in told.on_line(remark.line):
        if expression.text == remark.about:
            roles.setdefault(expression.role, []).append(expression)
    for role in (Role.WRITTEN, Role.PARAMETER, Role.READ):
        if role in roles:
            visits = [visit for expression in roles[role] for visit in expression.visits]
            return " / ".join(dict.fromkeys(told.describe(visit.belief) for visit in visits))
    return "not evaluated"


def _answers(told: Trace, line: int, name: str) -> str:
    """The answers for one source, each with its reasons."""
    answers = [
        ", ".join([ANSWERS[source.answer], *source.reasons, *source.silences])
        for call in told.calls
        if call.span[0] == line
        for visit in call.visits
        for source in visit.sources
        if source.name == name
    ]
    return " / ".join(dict.fromkeys(answers)) or "not asked"
