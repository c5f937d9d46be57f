"""What the abstract machine makes of programs that cannot be fixtures: too long, or not whole by themselves."""

from __future__ import annotations

import pytest

from flake8_gradtape.checking.check import check

SPENT = """
    with tf.GradientTape() as tape:
        loss = {value}
    tape.gradient(loss, {source})
    tape.gradient(loss, {source})
"""


def found(text: str) -> list[tuple[int, str]]:
    return [(report.line, report.code) for report in check(text)]


@pytest.mark.parametrize("import_", ["from common import *", "import keras"])
def test_tf_and_np_that_nothing_binds_are_tensorflow_and_numpy(import_: str) -> None:
    text = f"""{import_}
def step(model, x):
    with tf.GradientTape() as tape:
        loss = tf.round(tf.reduce_mean(model(x)))
    return tape.gradient(loss, model.trainable_variables)
def other(model, x):
    with tf.GradientTape() as tape:
        loss = np.mean(model(x))
    return tape.gradient(loss, model.trainable_variables)
"""
    assert found(text) == [(5, "TAP106"), (9, "TAP204")]


@pytest.mark.parametrize("binding", ["from other import tf", "tf = backend()", "import mytf as tf"])
def test_tf_that_is_bound_to_something_else_is_not_tensorflow(binding: str) -> None:
    assert found(f"{binding}\ndef step(v):" + SPENT.format(value="v * v", source="v")) == []


def long_run(work: int) -> str:
    """A method that takes `work` lines, with a misuse of its own, and may call another one first."""
    return (
        "import tensorflow as tf\nclass Agent:\n  def __init__(self, model):\n    self.model = model\n"
        "  def update(self, x):"
        + SPENT.format(value="tf.reduce_sum(self.model(x))", source="self.model.trainable_variables")
        + "  def learn(self, x, v):\n    if x is None:\n      self.update(x)\n"
        "    with tf.GradientTape() as tape:\n      y = tf.round(v)\n    tape.gradient(y, v)\n"
        + "    x = self.model(x) + 1\n"
        * work
    )


@pytest.mark.slow
def test_of_a_function_that_takes_too_long_nothing_is_claimed_and_what_it_calls_is_run_for_any_caller() -> None:
    assert found(long_run(10)) == [(9, "TAP201"), (15, "TAP106")]
    assert found(long_run(6000)) == [(9, "TAP201")]


@pytest.mark.parametrize(
    ("leaf", "claimed"),
    [("y", True), ("labels", True), ("kernel", False), ("model.extra", False), ("w_out", False), ("codebook", False)],
)
def test_data_beside_the_output_of_a_model_is_no_variable_but_by_its_name_or_origin(leaf: str, claimed: bool) -> None:
    parameter = "" if "." in leaf else f", {leaf}"
    text = f"""import tensorflow as tf
def step(model, x{parameter}):
    out = model(x)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((out - {leaf}) ** 2)
    return tape.gradient(loss, model.trainable_variables)
"""
    assert found(text) == ([(6, "TAP103")] if claimed else [])


@pytest.mark.parametrize("made", ["model.compute(x)", "forward(model, x)", "lookup(x)"])
def test_what_is_not_surely_the_output_of_a_model_may_be_its_variable(made: str) -> None:
    text = f"""import tensorflow as tf
from library import forward, lookup
def step(model, x):
    out = {made}
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(out ** 2)
    return tape.gradient(loss, model.trainable_variables)
"""
    assert found(text) == []


def message(body: str) -> str:
    """The message of the only finding in a module that has two variables, `v` and `w`."""
    (report,) = check("import tensorflow as tf\nv, w = tf.Variable(1.0), tf.Variable(2.0)\n" + body)
    return report.message


BLOCK = "with tf.GradientTape(persistent={persistent}) as tape:\n    y = v * v\n"


@pytest.mark.parametrize(
    ("lines", "advice"),
    [
        ("    tape.reset()\n    z = w * w\n", "before 'tape.reset()', which drops the recording; compute it after it"),
        ("", "while 'tape' was not recording; compute it inside the 'with' block of 'tape'"),
    ],
)
def test_an_unrecorded_target_is_told_when_it_was_computed(lines: str, advice: str) -> None:
    after = "" if lines else "y = v * v\n"
    said = message(BLOCK.format(persistent=False) + lines + after + "tape.gradient(y, v)\n")
    assert said == f"gradient of 'y' with respect to 'v' is None: 'y' was computed {advice}"


def test_a_target_computed_in_a_pause_is_told_so() -> None:
    body = BLOCK.format(persistent=False) + "    with tape.stop_recording():\n        z = v * v\ntape.gradient(z, v)\n"
    assert message(body).endswith("'z' was computed inside 'tape.stop_recording()'; compute it outside of that block")


def test_a_target_computed_in_the_call_is_to_stay_in_the_block() -> None:
    body = BLOCK.format(persistent=True) + "    for i in range(9):\n        tape.gradient(y[i], v)\ndel tape\n"
    assert message(body).endswith(
        "compute 'y[i]' in the block under a name, and move 'tape.gradient(...)' after the 'with' block"
    )


@pytest.mark.parametrize(
    ("persistent", "asks", "said"),
    [
        (False, "", "'tape' records these operations, but is never asked for a gradient; "),
        (True, "    tape.gradient(y, v)\n", "'tape' is persistent but asked only once, so that changes nothing; "),
    ],
)
def test_a_tape_in_a_traced_function_is_not_said_to_hold_memory(persistent: bool, asks: str, said: str) -> None:
    block = BLOCK.format(persistent=persistent).replace("\n", "\n    ").rstrip(" ")
    assert message(f"@tf.function\ndef step():\n    {block}{asks}    return y\n").startswith(said)


@pytest.mark.slow
def test_the_functions_of_a_module_that_is_too_long_are_run_all_the_same() -> None:
    begin = "import tensorflow as tf\nv = tf.Variable(1.0)\nheld, factor = [tf.ones([])], 1.0\n"
    step = "def step(x):\n  with tf.GradientTape() as tape:\n    y = {target}\n  return tape.gradient(y, v)\n"
    loops = "".join(f"{' ' * depth}for i{depth} in unseen():\n" for depth in range(13))
    text = begin + step + loops + " " * 13 + "factor = step(factor)\nheld.append(v)\nlate = v * v\n"
    for target, codes in (("tf.round(v)", [(7, "TAP106")]), ("v * x", []), ("late * 2.0", []), ("held[-1] * 2.0", [])):
        assert found(text.format(target=target)) == codes


def test_moving_averages_among_all_variables_are_not_to_be_watched() -> None:
    body = (
        "model = tf.keras.Sequential([tf.keras.Input((3,)), tf.keras.layers.BatchNormalization()])\n"
        "with tf.GradientTape() as tape:\n    y = model(tf.ones([2, 3]))\ntape.gradient(y, model.variables)\n"
    )
    assert message(body).endswith(
        "some of 'model.variables' are not trainable (moving averages, say), so 'tape' does not watch them; ask for "
        "'model.trainable_variables'"
    )


def test_each_tape_of_one_name_is_told_how_often_it_is_asked() -> None:
    block = "  with tf.GradientTape(persistent=True) as tape:\n    y = unseen(v)\n  tape.gradient(y, v)\n"
    text = "import tensorflow as tf\ndef f(v):\n"
    assert found(text + block + block) == [(3, "TAP403"), (6, "TAP403")]
    assert found(text + block + block + "  tape.gradient(y, v)\n") == [(3, "TAP403")]
    assert found(text.replace("(v)", "(v, n)") + "  for i in n:\n" + block.replace("  ", "    ")) == [(4, "TAP403")]
    again = "  for i in n:\n    if i: tape.gradient(y, v)\n" + block.replace("  ", "    ")
    assert found(text.replace("(v)", "(v, n)") + again) == []


def test_a_tape_of_horovod_has_the_recording_and_methods_of_its_own() -> None:
    text = (
        "import horovod.tensorflow as hvd\nimport tensorflow as tf\ndef step(v):\n"
        "  with tf.GradientTape() as tape:\n    y = tf.round(v)\n"
        "  tape = hvd.DistributedGradientTape(tape){more}\n  return tape.gradient(y, v), tape.gradient(y, v)\n"
    )
    assert found(text.format(more="")) == [(7, "TAP106")]
    assert found(text.format(more="; tape.register_local_source(v)")) == []


def test_a_tensor_that_a_function_gives_back_has_the_name_of_the_caller() -> None:
    body = (
        "def square(x):\n    inner = x * x\n    return inner\n"
        "outside = square(v)\nwith tf.GradientTape() as tape:\n    loss = outside + 1.0\ntape.gradient(loss, v)\n"
    )
    assert "'outside' was computed before 'tape' began to record" in message(body)
