"""The TAP1 rules on hand-made events: which sources a finding names, and the words of its message."""

from __future__ import annotations

import pytest

from flake8_gradtape.events import (
    Answer,
    AskedSource,
    Cause,
    CauseKind,
)
from tests.hand_made_events import WHERE, asked, findings, none, reported

OF_Y_TO_X = "gradient of 'y' with respect to 'x' is None: "


@pytest.mark.parametrize(
    ("code", "source", "reason"),
    [
        (
            "TAP101",
            none("x", CauseKind.UNWATCHED),
            "'x' is a plain tensor, and 'tape' never watches it; call 'tape.watch(x)' before using it",
        ),
        (
            "TAP102",
            none("x", CauseKind.OTHER_TAPE, "'x'", "first"),
            "'x' was computed under 'first', and 'tape' never watches it; call 'tape.watch(x)' before using it",
        ),
        (
            "TAP102",
            none("x", CauseKind.OTHER_TAPE, "y", "first", at="the line of y"),
            (
                "'y' was computed under 'first', and 'tape' did not record that; ask that tape, or compute 'y' inside "
                "the block of 'tape'"
            ),
        ),
        (
            "TAP102",
            none("x", CauseKind.OTHER_TAPE, "x", "tape"),
            (
                "'x' was computed under another 'tape', and 'tape' never watches it; call 'tape.watch(x)' before using "
                "it"
            ),
        ),
        (
            "TAP102",
            none("x", CauseKind.OTHER_TAPE),
            "'x' was computed under another tape, and 'tape' never watches it; call 'tape.watch(x)' before using it",
        ),
        (
            "TAP103",
            none("x", CauseKind.NOT_RECORDED, "tf.reduce_mean"),
            (
                "'tf.reduce_mean' was computed while 'tape' was not recording; compute it inside the 'with' block of "
                "'tape'"
            ),
        ),
        (
            "TAP103",
            none("x", CauseKind.NOT_RECORDED),
            "'y' was computed while 'tape' was not recording; compute it inside the 'with' block of 'tape'",
        ),
        (
            "TAP104",
            none("x", CauseKind.WATCHED_TOO_LATE),
            (
                "'tape' watches 'x' only after its last use, and what ran before was not recorded for it; move "
                "'tape.watch(x)' before the first use"
            ),
        ),
        (
            "TAP105",
            none("x", CauseKind.LEFT_TENSORFLOW, ".numpy"),
            (
                "the way between them leaves TensorFlow at '.numpy', and no tape can follow there; use TensorFlow "
                "operations all the way"
            ),
        ),
        (
            "TAP106",
            none("x", CauseKind.NOT_DIFFERENTIABLE, "tf.argmax"),
            (
                "the way between them goes through 'tf.argmax', which has no gradient; use a differentiable operation "
                "in its place"
            ),
        ),
        (
            "TAP106",
            none("x", CauseKind.NOT_DIFFERENTIABLE, "tf.cast"),
            (
                "the way between them goes through a 'tf.cast' from or to integers or booleans, which has no gradient; "
                "use a differentiable operation in its place"
            ),
        ),
        (
            "TAP114",
            none("x", CauseKind.THROUGH_STATE, "assign"),
            (
                "the way between them goes through the state of a variable at 'assign', and no tape follows what is "
                "stored; compute with the tensor itself"
            ),
        ),
        (
            "TAP107",
            none("x", CauseKind.VARIABLE_REPLACED),
            (
                "'x' was a variable and is now a plain tensor because of an assignment, and 'tape' does not watch "
                "tensors; update in place with 'x.assign(...)' or 'x.assign_sub(...)'"
            ),
        ),
        (
            "TAP103",
            none("x", CauseKind.NOT_RECORDED, "y", detail="before"),
            "'y' was computed before 'tape' began to record; compute it inside the 'with' block of 'tape'",
        ),
        (
            "TAP103",
            none("x", CauseKind.NOT_RECORDED, "x", detail="before"),
            "'x' was used only before 'tape' began to record; use it inside the 'with' block of 'tape'",
        ),
        (
            "TAP108",
            none("x", CauseKind.VARIABLE_NOT_WATCHED, detail="trainable"),
            (
                "'x' is not watched by 'tape', which watches by itself only what is trainable; call 'tape.watch(x)' "
                "before using it"
            ),
        ),
        (
            "TAP108",
            none("x", CauseKind.VARIABLE_NOT_WATCHED, detail="accessed"),
            (
                "'x' is not watched by 'tape', which was made with 'watch_accessed_variables=False'; call "
                "'tape.watch(x)' before using it"
            ),
        ),
        (
            "TAP109",
            none("x", CauseKind.COPY_AS_SOURCE, "tf.exp", detail="again"),
            (
                "'x' was computed a second time, and 'y' from the first result; compute it once, give it a name and "
                "use that"
            ),
        ),
        (
            "TAP109",
            none("x", CauseKind.COPY_AS_SOURCE),
            (
                "'x' is a new tensor, and 'y' was not computed from it; ask for the tensor that was used, or make the "
                "new one first and compute with it"
            ),
        ),
        (
            "TAP110",
            none("x", CauseKind.INNER_GRADIENT_OUTSIDE, "'dy'"),
            (
                "'dy' comes from a gradient call that ran while 'tape' was not recording; move that gradient call "
                "into the 'with' block of 'tape'"
            ),
        ),
        (
            "TAP111",
            none("x", CauseKind.NOT_FLOATING),
            (
                "'x' is not a floating-point tensor, and only those have gradients; make it floating-point from the "
                "start (3.0 instead of 3, or dtype=tf.float32)"
            ),
        ),
        (
            "TAP112",
            none("x", CauseKind.UNRELATED),
            (
                "'y' does not depend on 'x'; use it in computing 'y', or ask for what 'y' was computed from "
                "(unconnected_gradients='zero' if zeros are meant)"
            ),
        ),
        (
            "TAP113",
            none("x", CauseKind.SWAPPED),
            "'x' was computed from 'y', not the other way round; the target comes first: 'tape.gradient(x, y)'",
        ),
        (
            "TAP115",
            none("x", CauseKind.STOPPED),
            (
                "the way between them goes through 'tf.stop_gradient'; leave a way around it, or do not ask for this "
                "gradient"
            ),
        ),
    ],
)
def test_a_gradient_that_is_none_is_explained_by_its_cause(code: str, source: AskedSource, reason: str) -> None:
    assert reported(asked(source)) == {code: OF_Y_TO_X + reason}


@pytest.mark.parametrize(
    ("source", "code", "reason"),
    [
        (
            none("x", CauseKind.LEFT_TENSORFLOW),
            "TAP105",
            (
                "the way between them leaves TensorFlow, and no tape can follow there; use TensorFlow operations all "
                "the way"
            ),
        ),
        (
            none("x", CauseKind.THROUGH_STATE),
            "TAP114",
            (
                "the way between them goes through the state of a variable, and no tape follows what is stored; "
                "compute with the tensor itself"
            ),
        ),
        (
            none("x", CauseKind.VARIABLE_NOT_WATCHED),
            "TAP108",
            (
                "'x' is not watched by 'tape', which only watches trainable variables, unless told otherwise; call "
                "'tape.watch(x)' before using it"
            ),
        ),
    ],
)
def test_a_cause_that_knows_no_more_than_its_kind_still_makes_a_sentence(
    source: AskedSource, code: str, reason: str
) -> None:
    assert reported(asked(source), bare=True) == {code: OF_Y_TO_X + reason}


def test_a_finding_points_at_the_call() -> None:
    assert [finding.where for finding in findings(asked(none("x", CauseKind.UNWATCHED)))] == [WHERE]


@pytest.mark.parametrize("answer", [Answer.CONNECTED, Answer.CANNOT_TELL])
def test_a_source_that_is_not_surely_none_is_not_reported(answer: Answer) -> None:
    assert reported(asked(AskedSource("x", answer, Cause(CauseKind.UNWATCHED)))) == {}


def test_a_source_without_a_known_cause_is_not_reported() -> None:
    assert reported(asked(AskedSource("x", Answer.NONE))) == {}


def test_only_the_sources_that_are_none_are_named() -> None:
    event = asked(
        AskedSource("w", Answer.CONNECTED),
        none("a", CauseKind.UNWATCHED),
        AskedSource("v", Answer.CANNOT_TELL),
        none("b", CauseKind.UNWATCHED),
    )
    assert reported(event) == {
        "TAP101": "gradient of 'y' with respect to 'a' and 'b' is None: 'a' and 'b' are plain tensors, and 'tape' "
        "never watches them; call 'tape.watch([a, b])' before using them"
    }


def test_one_line_gets_one_code_that_of_the_first_source_that_is_none() -> None:
    event = asked(
        AskedSource("w", Answer.CONNECTED),
        none("b", CauseKind.UNRELATED),
        none("a", CauseKind.UNWATCHED),
        none("c", CauseKind.UNRELATED),
    )
    (message,) = reported(event).values()
    assert list(reported(event)) == ["TAP112"]
    assert message.startswith("gradient of 'y' with respect to 'b' and 'c' is None: 'y' does not depend on 'b' and 'c'")
    assert "'a'" not in message


def test_a_long_list_of_sources_is_cut_short() -> None:
    (message,) = reported(asked(*(none(name, CauseKind.UNWATCHED) for name in "abcdef"))).values()
    assert message.startswith("gradient of 'y' with respect to 'a', 'b', 'c' and 3 more is None: ")
    assert "call 'tape.watch(...)' before" in message


def test_a_source_named_twice_is_told_once() -> None:
    (message,) = reported(asked(none("x", CauseKind.UNWATCHED), none("x", CauseKind.UNWATCHED))).values()
    assert message.startswith(OF_Y_TO_X + "'x' is a plain tensor")
    assert "'tape.watch(x)'" in message


def test_a_jacobian_is_called_one() -> None:
    (message,) = reported(asked(none("x", CauseKind.UNWATCHED), method="jacobian")).values()
    assert message.startswith("jacobian of 'y' with respect to 'x' is None: ")


def test_a_jacobian_with_swapped_arguments_is_told_the_right_call() -> None:
    (message,) = reported(asked(none("x", CauseKind.SWAPPED), method="jacobian")).values()
    assert message.endswith("'tape.jacobian(x, y)'")


def test_a_tape_without_a_name_is_called_the_tape() -> None:
    (message,) = reported(asked(none("x", CauseKind.UNWATCHED), tape="")).values()
    assert "and the tape never watches it; call 'tape.watch(x)'" in message


def test_nothing_has_a_name_and_the_message_still_reads_well() -> None:
    (message,) = reported(asked(none("", CauseKind.UNWATCHED), tape="", target="")).values()
    assert message == (
        "gradient of the target with respect to the source is None: the source is a plain tensor, and the tape never "
        "watches it; call 'tape.watch(...)' before using it"
    )


def test_an_expression_is_shown_with_double_quotes_on_one_line() -> None:
    (message,) = reported(asked(none("params['w']", CauseKind.UNWATCHED), target="tf.add(\n    a,\n    b,\n)")).values()
    assert message.startswith("gradient of 'tf.add( a, b, )' with respect to 'params[\"w\"]' is None: ")
    assert "call 'tape.watch(params[\"w\"])'" in message


def test_a_computed_source_is_not_put_into_the_watch_call() -> None:
    (message,) = reported(asked(none("tf.abs(x)", CauseKind.UNWATCHED))).values()
    assert "call 'tape.watch(...)'" in message


def test_a_very_long_expression_is_cut_short() -> None:
    (message,) = reported(asked(none("x", CauseKind.UNWATCHED), target="a + " * 200)).values()
    assert len(message) < 250
