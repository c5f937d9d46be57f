"""The list of rules, their messages as a whole and their documentation; single judgements are tested elsewhere."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import flake8_gradtape.rules
from flake8_gradtape.events import (
    BackwardRecorded,
    CallRaised,
    CauseKind,
    Claim,
    Event,
    Flaw,
    Kept,
    Misuse,
    RedundantWatch,
    TapeEnded,
    WrongValue,
)
from flake8_gradtape.rules import all_rules, codes
from flake8_gradtape.rules.base import Rule
from flake8_gradtape.rules.documentation import documentation, program
from flake8_gradtape.rules.gradient_none import NoGradientRule
from tests.hand_made_events import WHERE, asked, ended, findings, in_block, none, reported

RULES = {rule.code: rule for rule in all_rules()}
JUDGING = [rule for rule in all_rules() if rule.code != "TAP900"]

NAMES = {
    "TAP101": "unwatched-tensor",
    "TAP102": "other-tapes-tensor",
    "TAP103": "target-not-recorded",
    "TAP104": "watched-too-late",
    "TAP105": "left-tensorflow",
    "TAP106": "not-differentiable",
    "TAP107": "variable-replaced",
    "TAP108": "variable-not-watched",
    "TAP109": "copy-as-source",
    "TAP110": "inner-gradient-outside",
    "TAP111": "not-floating",
    "TAP112": "unrelated-source",
    "TAP113": "swapped-arguments",
    "TAP114": "through-state",
    "TAP115": "stopped-gradient",
    "TAP201": "spent-tape",
    "TAP202": "tape-not-entered",
    "TAP203": "tape-already-active",
    "TAP204": "not-a-tensor",
    "TAP205": "unwatchable",
    "TAP206": "no-registered-gradient",
    "TAP207": "variable-augmented",
    "TAP208": "swapped-grads-and-vars",
    "TAP209": "unknown-attribute",
    "TAP210": "jacobian-needs-persistent",
    "TAP211": "minimize-without-tape",
    "TAP212": "graph-gradients-in-eager",
    "TAP213": "unknown-option",
    "TAP301": "persistent-never-deleted",
    "TAP302": "persistent-reentered",
    "TAP303": "tape-never-asked",
    "TAP304": "persistent-without-del",
    "TAP401": "gradient-inside-persistent",
    "TAP402": "inner-gradient-unused",
    "TAP403": "needless-persistent",
    "TAP404": "redundant-watch",
    "TAP501": "watched-between-uses",
    "TAP502": "none-as-output-gradients",
    "TAP503": "loss-as-output-gradients",
    "TAP504": "penalty-outside",
    "TAP505": "partly-cut",
    "TAP506": "inner-step-by-assign",
    "TAP507": "where-nan",
    "TAP508": "same-loss-again",
    "TAP900": "internal-error",
}


def test_rules_come_in_the_order_of_their_codes() -> None:
    assert list(codes()) == sorted(NAMES)
    assert [rule.code for rule in all_rules()] == list(codes())


def test_no_code_and_no_name_ever_changes() -> None:
    assert {rule.code: rule.name for rule in all_rules()} == NAMES


def test_every_rule_module_is_in_the_list_and_named_after_its_rule() -> None:
    folder = Path(flake8_gradtape.rules.__file__).parent
    on_disk = {path.stem for path in folder.glob("tap*.py")}
    assert on_disk == {f"{code.lower()}_{name.replace('-', '_')}" for code, name in NAMES.items()}
    for rule in all_rules():
        assert type(rule).__module__.rpartition(".")[2] in on_disk
        assert type(rule).__name__.lower() == rule.name.replace("-", "")


def test_every_rule_but_the_internal_error_makes_a_claim_that_tensorflow_can_refute() -> None:
    assert all(isinstance(rule.claim, Claim) for rule in JUDGING)


def test_each_kind_of_cause_is_read_by_one_rule_at_most() -> None:
    read = [rule.cause for rule in all_rules() if isinstance(rule, NoGradientRule)]
    assert len(read) == len(set(read)) == 15


def test_the_rules_import_neither_libcst_nor_tensorflow() -> None:
    script = "import sys, flake8_gradtape.rules as r; r.all_rules(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout.split()
    assert "flake8_gradtape.rules" in loaded
    assert {"libcst", "tensorflow", "numpy"}.isdisjoint(loaded)


EVENTS: tuple[Event, ...] = (
    *(asked(none("x", kind)) for kind in CauseKind),
    *(CallRaised(WHERE, "tape", "gradient", misuse) for misuse in Misuse),
    *(ended(asked=times, kept=Kept.MODULE) for times in range(3)),
    TapeEnded(WHERE, "tape", True, True, 2, True, entered_again_in_loop="loop", grows=True),
    in_block(False),
    BackwardRecorded(WHERE, "inner", "outer", differentiated=False),
    ended(),
    RedundantWatch(WHERE, "tape", "x"),
    *(WrongValue(WHERE, "tape", "y", ("x",), flaw) for flaw in Flaw),
)


def test_each_rule_reports_one_of_the_plainest_events() -> None:
    assert {code for event in EVENTS for code in reported(event, bare=True)} == set(NAMES) - {"TAP900"}


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_messages_are_one_line_without_their_code_and_without_line_numbers(event: Event) -> None:
    for finding in findings(event):
        assert finding.message == " ".join(finding.message.split())
        assert finding.code not in finding.message
        assert "line " not in finding.message
        assert not finding.message.endswith(".")


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_the_documentation_has_every_section(rule: Rule) -> None:
    documented = documentation(rule)
    assert len(documented.summary) <= 100
    assert documented.summary.endswith(".")
    assert len(documented.why) > 80


@pytest.mark.parametrize("rule", JUDGING, ids=lambda rule: rule.code)
def test_example_and_cure_are_programs(rule: Rule) -> None:
    documented = documentation(rule)
    assert documented.example != documented.use_instead
    for block in (documented.example, documented.use_instead):
        assert "tf." in block
        ast.parse(program(block))


def test_a_rule_without_a_section_is_told_which() -> None:
    class Bare(Rule):
        """Summary.

        Why.

        Example:
            x = 1
        """

        code = "TAP999"

    with pytest.raises(ValueError, match=r"TAP999.*use_instead, tensorflow_says, known_limits"):
        documentation(Bare)
