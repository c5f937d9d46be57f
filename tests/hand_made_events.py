"""Events as tests of the rules make them by hand, and what the rules report for them."""

from __future__ import annotations

from flake8_gradtape.events import (
    Answer,
    AskedSource,
    Cause,
    CauseKind,
    Event,
    GradientAsked,
    Kept,
    TapeEnded,
    Where,
)
from flake8_gradtape.rules import all_rules
from flake8_gradtape.rules.base import Finding
from tests.real_messages import form, real_forms

WHERE = "the place of the call"


def findings(event: Event) -> list[Finding]:
    return [finding for rule in all_rules() for finding in rule.judge(event)]


def reported(event: Event, bare: bool = False) -> dict[str, str]:
    """Return the message of each code that the rules report for `event`.

    Each message must have a form that a real program gets too, or the test speaks of events that nobody makes. `bare`
    events lack facts that the machine always gives; their messages must only be sentences.
    """
    found = findings(event)
    assert len({finding.code for finding in found}) == len(found)
    for finding in found:
        assert bare or (finding.code, form(finding.message)) in real_forms(), finding.message
    return {finding.code: finding.message for finding in found}


def none(
    name: str, kind: CauseKind, what: str = "", tape: str = "", *, at: Where = None, detail: str = ""
) -> AskedSource:
    return AskedSource(name, Answer.NONE, Cause(kind, what, tape, at, detail))


def asked(*sources: AskedSource, target: str = "y", tape: str = "tape", method: str = "gradient") -> GradientAsked:
    return GradientAsked(WHERE, tape, method, target, sources)


def ended(
    tape: str = "tape", *, persistent: bool = True, asked: int = 2, kept: Kept | None = None, records: bool = True
) -> TapeEnded:
    return TapeEnded(WHERE, tape, persistent, named=bool(tape), asked=asked, records=records, kept=kept)


def in_block(differentiated: bool, *sources: AskedSource, tape: str = "tape", target: str = "y") -> GradientAsked:
    return GradientAsked(WHERE, tape, "gradient", target, sources, True, differentiated)
