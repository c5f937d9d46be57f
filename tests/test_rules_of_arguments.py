"""The TAP204 to TAP213 rules, which speak of what a call was given, on hand-made events."""

from __future__ import annotations

import pytest

from flake8_gradtape.events import CallRaised, Misuse
from tests.hand_made_events import WHERE, findings, reported


def raised(misuse: Misuse, what: str = "", kind: str = "", tape: str = "tape", method: str = "gradient") -> CallRaised:
    return CallRaised(WHERE, tape, method, misuse, what=what, kind=kind)


@pytest.mark.parametrize(
    ("event", "code", "message"),
    [
        (
            raised(Misuse.NOT_A_TENSOR, "model", "a Keras model or layer"),
            "TAP204",
            (
                "'model' is a Keras model or layer, no tensor or variable, so 'tape.gradient()' raises; give it the "
                "tensors and variables of the computation themselves"
            ),
        ),
        (
            raised(Misuse.NOT_A_TENSOR, "None", "None", "", "jacobian"),
            "TAP204",
            (
                "the target or a source is None, no tensor or variable, so 'tape.jacobian()' raises; give it the "
                "tensors and variables of the computation themselves"
            ),
        ),
        (
            raised(Misuse.UNWATCHABLE, "x", "a NumPy array or Python number", method="watch"),
            "TAP205",
            (
                "'x' is a NumPy array or Python number, no tensor or variable, so 'tape.watch()' raises ValueError; "
                "make a tensor of it first: 'x = tf.convert_to_tensor(x)'"
            ),
        ),
        (
            raised(Misuse.UNWATCHABLE, "batch['x']", "a NumPy array or Python number", method="watch"),
            "TAP205",
            (
                "'batch[\"x\"]' is a NumPy array or Python number, no tensor or variable, so 'tape.watch()' raises "
                "ValueError; make a tensor of it first"
            ),
        ),
        (
            raised(Misuse.UNWATCHABLE, "self.net", "a Keras model or layer", method="watch"),
            "TAP205",
            (
                "'self.net' is a Keras model or layer, no tensor or variable, so 'tape.watch()' raises ValueError; "
                "leave it out, for the tape watches the variables of a model by itself"
            ),
        ),
        (
            raised(Misuse.UNWATCHABLE, "None", "None", method="watch"),
            "TAP205",
            (
                "what is to be watched is None, no tensor or variable, so 'tape.watch()' raises ValueError; give it a "
                "value first"
            ),
        ),
        (
            raised(Misuse.NO_REGISTERED_GRADIENT, "tf.unique"),
            "TAP206",
            (
                "'tf.unique' is between target and source and has no registered gradient, so 'tape.gradient()' raises "
                "LookupError; use a differentiable operation, or put 'tf.stop_gradient' around its input"
            ),
        ),
        (
            raised(Misuse.VARIABLE_AUGMENTED, "w", tape="", method="-="),
            "TAP207",
            ("'w' is a tf.Variable, and '-=' raises RuntimeError for it; update it in place with 'w.assign_sub(...)'"),
        ),
        (
            raised(Misuse.VARIABLE_AUGMENTED, "self.w", tape="", method="**="),
            "TAP207",
            (
                "'self.w' is a tf.Variable, and '**=' raises RuntimeError for it; update it in place with "
                "'self.w.assign(self.w ** ...)'"
            ),
        ),
        (
            raised(Misuse.SWAPPED_PAIRS, "zip(vars, grads)", "pairs with the variable first", "", "apply_gradients"),
            "TAP208",
            (
                "'apply_gradients' wants pairs of a gradient and its variable, but 'zip(vars, grads)' gives pairs with "
                "the variable first, so it raises; write 'apply_gradients(zip(gradients, variables))'"
            ),
        ),
        (
            raised(Misuse.SWAPPED_PAIRS, "(g, w)", "one pair without a list around it", "", "apply_gradients"),
            "TAP208",
            (
                "'apply_gradients' wants pairs of a gradient and its variable, but '(g, w)' gives one pair without a "
                "list around it, so it raises; write 'apply_gradients([(gradient, variable)])'"
            ),
        ),
        (
            raised(Misuse.UNKNOWN_ATTRIBUTE, "gradients", method="gradients"),
            "TAP209",
            "'tape' has no attribute 'gradients', and looking it up raises AttributeError; write 'gradient'",
        ),
        (
            raised(Misuse.UNKNOWN_ATTRIBUTE, "tf.keras.GradientTape", tape="", method=""),
            "TAP209",
            ("there is no 'tf.keras.GradientTape', and looking it up raises AttributeError; write 'tf.GradientTape'"),
        ),
        (
            raised(Misuse.NEEDS_PERSISTENT, method="jacobian"),
            "TAP210",
            (
                "'tape' is not persistent, and without pfor 'tape.jacobian()' needs more than one gradient and raises "
                "RuntimeError; leave out 'experimental_use_pfor=False', or make the tape with 'persistent=True'"
            ),
        ),
        (
            raised(Misuse.NEEDS_PERSISTENT, "[a, b]", "a list or dict", method="batch_jacobian"),
            "TAP210",
            (
                "'[a, b]' is a list or dict, and 'tape.batch_jacobian()' wants a single tensor there and raises "
                "AttributeError; ask for one at a time"
            ),
        ),
        (
            raised(Misuse.MINIMIZE_WITHOUT_TAPE, "loss", tape="", method="minimize"),
            "TAP211",
            (
                "'loss' is a tensor, and 'minimize' has no tape that recorded it, so it raises; ask the tape for the "
                "gradients and call 'apply_gradients(zip(gradients, variables))'"
            ),
        ),
        (
            raised(Misuse.GRAPH_GRADIENTS, "tf.gradients", tape="", method=""),
            "TAP212",
            (
                "'tf.gradients' needs a graph and raises RuntimeError in eager execution; compute the target inside "
                "'with tf.GradientTape() as tape:' and ask 'tape.gradient(...)'"
            ),
        ),
        (
            raised(Misuse.UNKNOWN_OPTION, '"ZERO"', "'ZERO'"),
            "TAP213",
            (
                "'unconnected_gradients' is given 'ZERO' and knows only 'zero' and 'none', so 'tape.gradient()' raises "
                "ValueError; write 'zero' for zeros in place of None, or leave it out"
            ),
        ),
        (
            raised(Misuse.UNKNOWN_OPTION, "self.unused", "None", method="batch_jacobian"),
            "TAP213",
            (
                "'unconnected_gradients' is given 'self.unused', which is None, and knows only 'zero' and 'none', so "
                "'tape.batch_jacobian()' raises ValueError; write 'zero' for zeros in place of None, or leave it out"
            ),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and value.startswith("TAP") else "",
)
def test_a_call_that_raises_for_its_arguments_is_explained(event: CallRaised, code: str, message: str) -> None:
    assert reported(event) == {code: message}
    assert [finding.where for finding in findings(event)] == [WHERE]


@pytest.mark.parametrize(
    ("misuse", "code", "words"),
    [
        (Misuse.NOT_A_TENSOR, "TAP204", "the target or a source is something else, no tensor or variable, so"),
        (Misuse.UNWATCHABLE, "TAP205", "what is to be watched is something else, no tensor or variable, so"),
        (Misuse.NO_REGISTERED_GRADIENT, "TAP206", "an operation is between target and source"),
        (Misuse.VARIABLE_AUGMENTED, "TAP207", "the target is a tf.Variable, and this operator raises RuntimeError"),
        (Misuse.SWAPPED_PAIRS, "TAP208", "'apply_gradients' wants pairs of a gradient and its variable, but its"),
        (Misuse.UNKNOWN_ATTRIBUTE, "TAP209", "the tape has no attribute of this name, and looking it up raises"),
        (Misuse.NEEDS_PERSISTENT, "TAP210", "the tape is not persistent, and without pfor 'tape.jacobian()' needs"),
        (Misuse.MINIMIZE_WITHOUT_TAPE, "TAP211", "the loss is a tensor, and 'minimize' has no tape"),
        (Misuse.GRAPH_GRADIENTS, "TAP212", "this function needs a graph and raises RuntimeError"),
        (Misuse.UNKNOWN_OPTION, "TAP213", "'unconnected_gradients' is given something else and knows only"),
    ],
)
def test_an_event_that_knows_no_more_than_its_misuse_still_makes_a_sentence(
    misuse: Misuse, code: str, words: str
) -> None:
    (told,) = reported(raised(misuse, tape="", method=""), bare=True).items()
    assert told[0] == code
    assert told[1].startswith(words)


@pytest.mark.parametrize(
    ("operator", "change"),
    [
        ("+=", "'w.assign_add(...)'"),
        ("-=", "'w.assign_sub(...)'"),
        ("*=", "'w.assign(w * ...)'"),
        ("/=", "'w.assign(w / ...)'"),
        ("**=", "'w.assign(w ** ...)'"),
    ],
)
def test_each_operator_has_its_change_in_place(operator: str, change: str) -> None:
    (message,) = reported(raised(Misuse.VARIABLE_AUGMENTED, "w", tape="", method=operator)).values()
    assert message.endswith(f"update it in place with {change}")


@pytest.mark.parametrize(
    ("name", "method"),
    [("grad", "gradient"), ("gradients", "gradient"), ("jacobians", "jacobian"), ("watched", "watch")],
)
def test_a_misspelt_method_is_put_right(name: str, method: str) -> None:
    (message,) = reported(raised(Misuse.UNKNOWN_ATTRIBUTE, name, method=name)).values()
    assert message.endswith(f"write '{method}'")


def test_a_name_that_is_like_no_method_gets_the_list_of_methods() -> None:
    (message,) = reported(raised(Misuse.UNKNOWN_ATTRIBUTE, "backward", method="backward")).values()
    assert message.endswith(
        "a tape has 'gradient', 'jacobian', 'batch_jacobian', 'watch', 'watched_variables', 'stop_recording', 'reset'"
    )


def test_the_attribute_may_stand_in_the_place_of_the_method() -> None:
    (message,) = reported(raised(Misuse.UNKNOWN_ATTRIBUTE, method="gradients")).values()
    assert message.startswith("'tape' has no attribute 'gradients'")
