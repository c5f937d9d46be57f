"""The TAP5 rules and the optional ones of TAP3 and TAP4 on hand-made events."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flake8_gradtape.events import Flaw, Kept, RedundantWatch, TapeEnded, WrongValue
from flake8_gradtape.rules import all_rules
from flake8_gradtape.rules.wrong_value import WrongValueRule
from tests.hand_made_events import WHERE, ended, reported


def wrong(flaw: Flaw, what: str = "", *sources: str, target: str = "loss", tape: str = "tape") -> WrongValue:
    return WrongValue(WHERE, tape, target, sources or ("x",), flaw, what)


@pytest.mark.parametrize(
    ("event", "code", "message"),
    [
        (
            wrong(Flaw.WATCHED_BETWEEN, "x"),
            "TAP501",
            (
                "gradient of 'loss' with respect to 'x' is wrong: 'tape' watches 'x' only after some of its uses, and "
                "those do not count; move 'tape.watch(x)' before the first use"
            ),
        ),
        (
            wrong(Flaw.NONE_AS_WEIGHTS, "dz", target="y"),
            "TAP502",
            (
                "gradient of 'y' with respect to 'x' is wrong: 'dz' is None, and None as 'output_gradients' counts as "
                "ones, so the rest of the chain is left out; make the call that gave 'dz' give a gradient"
            ),
        ),
        (
            wrong(Flaw.LOSS_AS_WEIGHTS, "loss", "a", "b"),
            "TAP503",
            (
                "gradient of 'loss' with respect to 'a' and 'b' is wrong: 'loss' is given as 'output_gradients', by "
                "which the result is multiplied; leave this argument out"
            ),
        ),
        (
            wrong(Flaw.PENALTY_OUTSIDE, "penalty", "w", tape="outer"),
            "TAP504",
            (
                "gradient of 'loss' with respect to 'w' lacks a term: 'penalty' was computed while 'outer' was not "
                "recording, so it is a constant to it; move its computation, the inner tape included, into the 'with' "
                "block"
            ),
        ),
        (
            wrong(Flaw.PARTLY_CUT, "float()"),
            "TAP505",
            (
                "gradient of 'loss' with respect to 'x' is wrong: part of the dependence is cut at 'float()' and does "
                "not count; use operations that the tape records, or 'tf.stop_gradient' if a constant is meant"
            ),
        ),
        (
            wrong(Flaw.STEP_BY_ASSIGN, "w", "w"),
            "TAP506",
            (
                "gradient of 'loss' with respect to 'w' is of first order only: the step that was assigned to 'w' is "
                "no part of the recording; compute the stepped weights as new tensors and use those"
            ),
        ),
        (
            wrong(Flaw.WHERE_NAN, "tf.where"),
            "TAP507",
            (
                "gradient of 'loss' with respect to 'x' may be NaN: 'tf.where' chooses between values, but the "
                "gradient goes through both branches; replace the argument of the singular branch as well, with "
                "another 'tf.where' inside"
            ),
        ),
        (
            wrong(Flaw.SAME_LOSS_AGAIN, "loss"),
            "TAP508",
            (
                "gradient of 'loss' with respect to 'x' is that of the first pass: 'loss' is not computed anew in this "
                "loop, so the gradient belongs to old values; move the 'with' block into the loop, before "
                "'tape.gradient(...)'"
            ),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and value.startswith("TAP") else "",
)
def test_a_wrong_value_is_explained(event: WrongValue, code: str, message: str) -> None:
    assert reported(event) == {code: message}


def test_each_flaw_is_read_by_one_rule() -> None:
    assert [rule.flaw for rule in all_rules() if isinstance(rule, WrongValueRule)] == list(Flaw)


@pytest.mark.parametrize("flaw", list(Flaw), ids=lambda flaw: flaw.name)
def test_a_wrong_value_without_names_is_still_a_sentence(flaw: Flaw) -> None:
    (message,) = reported(WrongValue(WHERE, "", "", ("",), flaw), bare=True).values()
    assert "''" not in message
    assert message.startswith("gradient of the target with respect to the source ")


def test_a_tape_that_is_freed_but_never_deleted_is_reported() -> None:
    told = "'tape' is persistent and is never deleted; add 'del tape' after the last gradient call"
    assert reported(ended()) == {"TAP304": told}


@pytest.mark.parametrize(
    "event",
    [
        replace(ended(), deleted=True),
        ended(persistent=False),
        ended(""),
        ended(asked=1),
        ended(asked=0),
        ended(kept=Kept.MODULE),
    ],
    ids=["deleted", "ordinary", "no name", "asked once", "never asked", "kept"],
)
def test_a_tape_that_is_deleted_or_that_another_rule_reports_needs_no_second_finding(event: TapeEnded) -> None:
    assert "TAP304" not in reported(event)


def test_a_watch_that_makes_no_difference_is_reported() -> None:
    told = "'weights' is trainable, and 'tape' watches it as soon as it is read; remove this call"
    assert reported(RedundantWatch(WHERE, "tape", "weights")) == {"TAP404": told}


def test_only_what_is_a_habit_or_may_be_meant_so_is_optional() -> None:
    optional = {rule.code for rule in all_rules() if rule.optional}
    assert optional == {"TAP304", "TAP404", "TAP505", "TAP506", "TAP507"}
