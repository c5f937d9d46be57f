"""The examples in the rules' documentation, run in TensorFlow: the rule finds the first, TensorFlow confirms it, and
both have nothing to say about the cure."""

from __future__ import annotations

import pytest

from flake8_gradtape.checking.check import check
from flake8_gradtape.events import Answer, CallRaised, Claim, Event, GradientAsked
from flake8_gradtape.rules import all_rules
from flake8_gradtape.rules.base import Rule
from flake8_gradtape.rules.documentation import documentation, program
from flake8_gradtape.runtime.confirming.verdicts import Verdict, confirm_findings, lines_to_compare
from flake8_gradtape.runtime.recording.recorder import record

pytestmark = pytest.mark.tensorflow

RULES = [rule for rule in all_rules() if rule.code != "TAP900"]
CLAIMS = {rule.code: rule.claim for rule in RULES}

COMPANIONS = {"TAP502": ["TAP102"], "TAP506": ["TAP402"]}
"""What is found in an example besides: a gradient that is None has a cause, and an inner step that is lost is work."""

each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)


def enabled(rule: Rule) -> frozenset[str]:
    """What to turn on to find this rule's misuse."""
    return frozenset({rule.code} if rule.optional else ())


def errs(event: Event) -> bool:
    """TensorFlow raised, or gave None."""
    if isinstance(event, GradientAsked):
        return any(source.answer is Answer.NONE for source in event.sources)
    return isinstance(event, CallRaised)


@each_rule
def test_the_example_is_found_and_tensorflow_confirms_it(rule: Rule) -> None:
    text = program(documentation(rule).example)
    reports = check(text, enabled=enabled(rule))
    assert [report.code for report in reports] == [*COMPANIONS.get(rule.code, ()), rule.code]
    recording = record(text, f"{rule.code}.py", differences_at=lines_to_compare(reports, CLAIMS))
    verdicts = confirm_findings(reports, recording, CLAIMS)
    assert [verdict for verdict in verdicts if verdict.verdict is not Verdict.CONFIRMED] == []


@each_rule
def test_what_to_use_instead_is_right(rule: Rule) -> None:
    text = program(documentation(rule).use_instead)
    assert check(text, enabled=enabled(rule)) == []
    recording = record(text, f"{rule.code}.py")
    assert recording.error is None
    assert recording.warnings == ()
    assert not [event for event in recording.events if errs(event)]
    assert not [finding for event in recording.events for each in RULES for finding in each.judge(event)]


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES if rule.claim is Claim.CALL_RAISES], ids=lambda rule: rule.code
)
def test_the_error_is_quoted_word_for_word(rule: Rule) -> None:
    documented = documentation(rule)
    error = record(program(documented.example), f"{rule.code}.py").error
    assert " ".join(str(error).split()) in " ".join(documented.tensorflow_says.split())


def test_the_warning_is_quoted_word_for_word() -> None:
    (rule,) = (rule for rule in RULES if rule.claim is Claim.WARNS_IN_BLOCK)
    documented = documentation(rule)
    (warning,) = record(program(documented.example), f"{rule.code}.py").warnings
    assert warning.message.partition(" (")[0] in " ".join(documented.tensorflow_says.split())
