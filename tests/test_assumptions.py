"""What is taken for granted has a name: it is told in README and at the end of a finding, and it can be turned off."""

from __future__ import annotations

from pathlib import Path

import pytest

from flake8_gradtape.checking.check import check
from flake8_gradtape.cli.main import main
from flake8_gradtape.machine.assumptions.taking import ALL, ASSUMPTIONS, Assumption
from tests.flake8_runs import run_flake8

README = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")

STEP = """
import tensorflow as tf

def step(model, {given}, batch, labels, optimizer):
    with tf.GradientTape() as tape:
        outputs = model(batch)
    loss = {loss}
    return tape.gradient(loss, model.trainable_variables)
"""
PROGRAMS = {
    "new-losses": (
        STEP.format(given="loss_fn", loss="loss_fn(labels, outputs)"),
        "(taking 'loss_fn' for a function that makes a new loss)",
    ),
    "new-outputs": (
        """
import tensorflow as tf

def saliency(parts, image):
    with tf.GradientTape() as tape:
        tape.watch(image)
        image = tf.identity(image)
    return tape.gradient(parts.critic(image), image)
""",
        "(taking 'parts.critic' for a model, whose output is new)",
    ),
    "no-variables": (
        """
import tensorflow as tf

def step(model, batch):
    outputs = model(batch)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(outputs)
    return tape.gradient(loss, model.trainable_variables)
""",
        "(taking what calls gave, and what came from elsewhere, for no variables of the model)",
    ),
    "library-names": (
        """
from setup import *

w = tf.Variable(1.0)
with tf.GradientTape() as tape:
    loss = w * w
tape.gradient(loss, w)
tape.gradient(loss, w)
""",
        "(taking 'tf' for what it usually is)",
    ),
    "kept-attributes": (
        """
import tensorflow as tf

class Line:
    def __init__(self):
        self.slope = tf.Variable(1.0)
        self.start = tf.Variable(0.0)

    def step(self):
        with tf.GradientTape() as tape:
            loss = self.slope * self.slope
        return tape.gradient(loss, self.start)
""",
        "(taking what 'Line' makes in '__init__' for still there)",
    ),
}


def test_each_assumption_has_a_program() -> None:
    assert PROGRAMS.keys() == ALL


@pytest.mark.parametrize("id_", sorted(ALL))
def test_a_finding_says_what_it_takes_for_granted_and_goes_without_it(id_: str) -> None:
    program, words = PROGRAMS[id_]
    (found,) = check(program)
    assert found.message.endswith(words)
    assert check(program, assumed=frozenset()) == []
    assert check(program, assumed=ALL - {id_}) == []
    needed = frozenset(one.id for one in ASSUMPTIONS if one.id == id_ or (one.id == "new-losses" and "loss" in words))
    assert check(program, assumed=needed) == [found]


@pytest.mark.parametrize("assumption", ASSUMPTIONS, ids=lambda one: one.id)
def test_the_readme_has_each_sentence(assumption: Assumption) -> None:
    text = " ".join(README.split())
    assert f"- `{assumption.id}`: {assumption.sentence}" in text


def test_what_is_certain_stays_and_says_nothing() -> None:
    program = "import tensorflow as tf\nw = tf.Variable(1.0)\nwith tf.GradientTape() as tape:\n    loss = w * w\n"
    program += "tape.gradient(loss, w)\nprint(tape.gradient(loss, w))\n"
    found = check(program)
    assert [one.code for one in found] == ["TAP201"]
    assert "(taking" not in found[0].message
    assert check(program, assumed=frozenset()) == found


@pytest.mark.parametrize("call", ["math.log(k)", "random.choice(range(k))", "datetime.strptime(str(k), '%Y')"])
def test_a_library_call_that_may_end_the_first_pass_makes_the_second_no_certainty(call: str) -> None:
    program = (
        "import math, random\nfrom datetime import datetime\nimport tensorflow as tf\n\ndef steps():\n"
        "    w = tf.Variable(1.0)\n    with tf.GradientTape() as tape:\n        loss = w * w\n"
        f"    for k in range(3):\n        print(tape.gradient(loss, w), {call})\n"
    )
    assert check(program) == []
    (found,) = check(program.replace(call, "k"))
    assert found.code == "TAP201"


def test_flake8_and_the_command_turn_them_off(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "step.py"
    file.write_text(PROGRAMS["new-losses"][0].lstrip())
    told = run_flake8("--select=TAP", "step.py", cwd=tmp_path).stdout
    assert "(taking 'loss_fn'" in told
    assert run_flake8("--select=TAP", "--gradtape-assume=none", "step.py", cwd=tmp_path).stdout == ""
    assert (
        run_flake8("--select=TAP", "--gradtape-assume=new-losses,no-variables", "step.py", cwd=tmp_path).stdout == told
    )
    (tmp_path / ".flake8").write_text("[flake8]\ngradtape-assume = none\n")
    assert run_flake8("--select=TAP", "step.py", cwd=tmp_path).stdout == ""
    assert main(["check", str(file)]) == 1
    capsys.readouterr()
    assert main(["check", "--assume", "none", str(file)]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("wrong", ["new-loss", "none,new-losses"])
def test_an_id_that_is_none_is_a_clear_error(wrong: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "step.py").write_text("import tensorflow\n")
    done = run_flake8(f"--gradtape-assume={wrong}", "step.py", cwd=tmp_path)
    assert done.returncode != 0
    assert "no assumption; say 'all', 'none', or some of: kept-attributes" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert main(["check", "--assume", wrong, str(tmp_path)]) == 1
    assert "--gradtape-assume: " in capsys.readouterr().out
