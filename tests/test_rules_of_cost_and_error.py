"""The TAP2, TAP3 and TAP4 rules on hand-made events."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flake8_gradtape.events import (
    Answer,
    AskedSource,
    BackwardRecorded,
    CallRaised,
    CauseKind,
    Kept,
    Misuse,
    TapeEnded,
)
from tests.hand_made_events import WHERE, ended, findings, in_block, none, reported


@pytest.mark.parametrize(
    ("misuse", "tape", "method", "code", "message"),
    [
        (
            Misuse.SPENT,
            "tape",
            "gradient",
            "TAP201",
            (
                "'tape' was asked before and has let go of its recording, so 'tape.gradient()' raises RuntimeError; "
                "ask for all gradients in one call, or make the tape with 'persistent=True' and delete it after the "
                "last call"
            ),
        ),
        (
            Misuse.NOT_ENTERED,
            "tape",
            "gradient",
            "TAP202",
            (
                "'tape' was never entered, so it recorded nothing and 'tape.gradient()' raises; put the computation "
                "inside 'with tf.GradientTape() as tape:'"
            ),
        ),
        (
            Misuse.NOT_ENTERED,
            "",
            "jacobian",
            "TAP202",
            (
                "the tape was never entered, so it recorded nothing and 'tape.jacobian()' raises; put the computation "
                "inside 'with tf.GradientTape() as tape:'"
            ),
        ),
        (
            Misuse.NOT_ENTERED,
            "t",
            "__enter__",
            "TAP202",
            (
                "'tf.GradientTape' without parentheses is not a tape, and 'with' raises; write "
                "'with tf.GradientTape() as t:'"
            ),
        ),
        (
            Misuse.NOT_ENTERED,
            "t",
            "class",
            "TAP202",
            (
                "'tf.GradientTape' without parentheses is not a tape, and 'with' raises; write "
                "'with tf.GradientTape() as t:'"
            ),
        ),
        (
            Misuse.ALREADY_ACTIVE,
            "tape",
            "__enter__",
            "TAP203",
            (
                "'tape' is recording already, and entering it again raises ValueError; leave out this 'with', or make "
                "a second tape for a second derivative"
            ),
        ),
    ],
)
def test_a_call_that_raises_is_explained(misuse: Misuse, tape: str, method: str, code: str, message: str) -> None:
    assert reported(CallRaised(WHERE, tape, method, misuse)) == {code: message}


def test_an_error_of_another_kind_has_no_rule_yet() -> None:
    assert reported(CallRaised(WHERE, "tape", "gradient", Misuse.OTHER, "LookupError")) == {}


KEPT_MESSAGE = (
    "'tape' is persistent, and {kept} keeps its whole recording in memory after the last gradient call; {advice}"
)


@pytest.mark.parametrize(
    ("kept", "advice"),
    [
        (Kept.MODULE, "add 'del tape' after that call"),
        (Kept.ATTRIBUTE, "add 'del tape' after that call"),
        (Kept.CONTAINER, "take it out of the container when its gradients are computed"),
        (Kept.SECOND_NAME, "delete every name of the tape when its gradients are computed"),
    ],
)
def test_a_persistent_tape_that_is_kept_is_reported_with_what_keeps_it(kept: Kept, advice: str) -> None:
    assert reported(ended(kept=kept)) == {"TAP301": KEPT_MESSAGE.format(kept=kept.value, advice=advice)}


def test_a_tape_without_a_name_that_is_kept() -> None:
    assert reported(ended("", kept=Kept.CONTAINER))["TAP301"].startswith("the tape is persistent, and a container")


@pytest.mark.parametrize(
    "event",
    [
        replace(ended(), deleted=True),
        ended(kept=Kept.MODULE, persistent=False),
        ended(kept=Kept.MODULE, records=False),
        ended(persistent=False, asked=1),
    ],
    ids=["freed", "not persistent", "records nothing", "ordinary"],
)
def test_a_tape_that_costs_nothing_after_its_use_is_not_reported(event: TapeEnded) -> None:
    assert reported(event) == {}


def test_a_kept_persistent_tape_that_is_asked_once_is_only_needlessly_persistent() -> None:
    assert reported(ended(kept=Kept.MODULE, asked=1)) == {
        "TAP403": "'tape' is persistent but asked only once, so it only keeps its recording in memory for longer; "
        "remove 'persistent=True'"
    }


@pytest.mark.parametrize("asked", [0, 2, 7])
def test_a_persistent_tape_is_needless_only_if_it_is_asked_exactly_once(asked: int) -> None:
    assert "TAP403" not in reported(ended(asked=asked))


@pytest.mark.parametrize("persistent", [True, False])
def test_a_named_tape_that_is_never_asked_is_reported(persistent: bool) -> None:
    assert reported(ended(persistent=persistent, asked=0, kept=Kept.MODULE)) == {
        "TAP303": "'tape' records these operations and holds their tensors in memory, but is never asked for a "
        "gradient; take the code out of the 'with' block, or ask"
    }


@pytest.mark.parametrize("event", [ended("", asked=0), ended(asked=0, records=False)], ids=["no name", "no record"])
def test_a_tape_that_holds_nothing_need_not_be_asked(event: TapeEnded) -> None:
    assert reported(event) == {}


def test_a_tape_that_grows_in_a_loop_is_reported_where_it_is_entered_again() -> None:
    event = TapeEnded(
        WHERE, "tape", True, True, asked=2, records=True, entered_again_in_loop="the inner with", grows=True
    )
    (finding,) = findings(event)
    assert (finding.code, finding.where) == ("TAP302", "the inner with")
    assert finding.message == (
        "each pass of this loop adds to the recording of 'tape', which keeps what went before; make a new tape in "
        "each pass: 'with tf.GradientTape() as tape:'"
    )


@pytest.mark.parametrize(("again", "grows"), [("the inner with", False), (None, True)])
def test_a_tape_that_does_not_grow_in_a_loop_is_not_reported(again: str | None, grows: bool) -> None:
    event = TapeEnded(WHERE, "t", True, True, 2, True, entered_again_in_loop=again, grows=grows, deleted=True)
    assert reported(event) == {}


def test_a_tape_may_both_grow_and_be_kept() -> None:
    event = TapeEnded(WHERE, "t", True, True, 2, True, Kept.MODULE, entered_again_in_loop="loop", grows=True)
    assert {finding.code: finding.where for finding in findings(event)} == {"TAP301": WHERE, "TAP302": "loop"}


def test_a_persistent_tape_that_is_asked_inside_its_own_block_is_reported() -> None:
    assert reported(in_block(False, AskedSource("x", Answer.CONNECTED))) == {
        "TAP401": "'tape' is still recording and records the computation of this gradient of 'y' too, which nobody "
        "differentiates; move 'tape.gradient(...)' after the 'with' block"
    }


def test_a_gradient_that_is_differentiated_belongs_inside_the_block() -> None:
    assert reported(in_block(True, AskedSource("x", Answer.CONNECTED))) == {}


def test_a_call_may_be_both_none_and_in_the_wrong_place() -> None:
    assert list(reported(in_block(False, none("x", CauseKind.UNWATCHED)))) == ["TAP101", "TAP401"]


def test_an_outer_tape_that_never_differentiates_the_inner_gradient_is_reported() -> None:
    assert reported(BackwardRecorded(WHERE, "inner", "outer", differentiated=False)) == {
        "TAP402": "'outer' records the whole gradient computation of 'inner' and never differentiates it; move this "
        "call after the 'with' block of 'outer'"
    }


def test_nested_tapes_of_one_name_are_told_apart() -> None:
    (message,) = reported(BackwardRecorded(WHERE, "tape", "tape", differentiated=False)).values()
    assert message.startswith("the outer 'tape' records the whole gradient computation of the inner 'tape' and never")


def test_nested_tapes_without_names() -> None:
    assert reported(BackwardRecorded(WHERE, "", "", differentiated=False))["TAP402"].startswith(
        "the outer tape records the whole gradient computation of the inner tape and never differentiates it"
    )


def test_a_second_derivative_is_what_nested_tapes_are_for() -> None:
    assert reported(BackwardRecorded(WHERE, "inner", "outer", differentiated=True)) == {}
