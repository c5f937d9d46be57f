"""`gradtape trace`: what the machine believes of a program, and what keeps it silent."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from flake8_gradtape.cli.main import main
from flake8_gradtape.machine.domain.values import Const, ListValue, Tensor
from flake8_gradtape.machine.tapes.observer import Observer
from flake8_gradtape.machine.trace.beliefs import Expression, Mark, Role
from flake8_gradtape.machine.trace.trace import trace
from flake8_gradtape.machine.trace.watching import Watching
from tests.fixture_reader import read_fixtures
from tests.test_readme import README

HEAD = "import tensorflow as tf\nfrom lib import helper\nw, x = tf.Variable(1.0), tf.constant(1.0)\n"
BLOCK = HEAD + "with tf.GradientTape(persistent=True) as tape:\n    y = w * x\n    n = tf.round(y)\n"


Tell = Callable[..., list[str]]
"""Gives the lines that `gradtape trace` prints of a program, or of one line of it."""


@pytest.fixture
def tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Tell:
    monkeypatch.chdir(tmp_path)

    def told(text: str, line: int | None = None, *options: str) -> list[str]:
        Path("program.py").write_text(text)
        assert main(["trace", "program.py" if line is None else f"program.py:{line}", *options]) == 0
        return capsys.readouterr().out.splitlines()

    return told


def last(lines: list[str]) -> list[str]:
    """What is told of the last gradient call."""
    start = max(place for place, line in enumerate(lines) if not line.startswith(" "))
    return [line.strip() for line in lines[start + 1 :]]


# --- what keeps a source silent --------------------------------------------------------------------------------------


def test_a_recorded_path_connects(tell: Tell) -> None:
    assert last(tell(BLOCK + "tape.gradient(y, w)\n")) == ["w: connected", "a recorded path: y <- w"]


def test_a_claim_is_told_with_its_cause_and_code(tell: Tell) -> None:
    told = last(tell(BLOCK + "tape.gradient(n, w)\n"))
    assert told == ["w: surely None, TAP106", "an operation on the way has no gradient ('tf.math.round' at line 6)"]


def test_a_noqa_is_told(tell: Tell) -> None:
    assert last(tell(BLOCK + "tape.gradient(n, w)  # noqa\n"))[0] == "w: surely None, TAP106, silenced by '# noqa'"


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("helper(tape)\ntape.gradient(n, w)", "the tape escaped at line 7"),
        ("tape.gradient(helper(y), w)", "the target may be, or hold, the source: an unknown value made at line 7 by "),
        (
            "helper(w)\nwith tape: z = helper() + 1.0\ntape.gradient(z, w)",
            "an unknown value made at line 8 by 'helper()",
        ),
        ("tape.gradient(y, helper(w))", "an unknown value made at line 7 by 'helper(w)' may be on the way, as 'w'"),
        ("tape.gradient(n, w, unconnected_gradients='zero')", "unconnected_gradients may ask for zeros"),
        ("tape.gradient(n, w, *helper())", "starred arguments may give more than is seen"),
        ("tape.batch_jacobian(n, w)", "batch_jacobian raises first if the shapes do not fit"),
    ],
)
def test_a_source_of_which_nothing_can_be_told_has_a_reason(tell: Tell, lines: str, reason: str) -> None:
    told = last(tell(BLOCK + lines + "\n"))
    assert told[0].endswith(": cannot tell")
    assert told[1].startswith(reason)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("assert tape.gradient(n, w) is None", "the program expects None here"),
        (
            "def ask(t, z):\n    return t.gradient(z, w)\nask(tape, y)\nif helper():\n    ask(tape, n)",
            "another way here need not give None (called from line 9)",
        ),
    ],
)
def test_a_none_that_is_not_claimed_has_a_reason(tell: Tell, lines: str, reason: str) -> None:
    told = last(tell(BLOCK + lines + "\n"))
    assert any(line.startswith("w: surely None") and "TAP" not in line for line in told)
    assert told[-1] == f"not claimed: {reason}"


ONCE = HEAD + "with tf.GradientTape() as tape:\n    y = w * x\ntape.gradient(y, w)\n"


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("import pytest\nwith pytest.raises(RuntimeError):\n    tape.gradient(y, w)", "somebody catches the error"),
        ("try:\n    tape.gradient(y, w)\nexcept RuntimeError:\n    pass", "somebody catches the error"),
        ("helper(tape)\ntape.gradient(y, w)", "the tape escaped at line 7"),
    ],
)
def test_an_error_that_is_not_claimed_has_a_reason(tell: Tell, lines: str, reason: str) -> None:
    told = last(tell(ONCE + lines + "\n"))
    assert told == ["raises: a non-persistent tape was asked before", f"not claimed: {reason}"]


def test_an_error_that_is_claimed_has_its_code(tell: Tell) -> None:
    assert last(tell(ONCE + "tape.gradient(y, w)\n")) == ["raises: a non-persistent tape was asked before, TAP201"]


def test_a_loop_pass_of_which_nothing_is_claimed_says_so(tell: Tell) -> None:
    (fixture,) = (one for one in read_fixtures() if one.name == "TAP201_spent_tape/good_first_pass_ends")
    assert tell(fixture.text)[-3:] == [
        "  another pass:",
        "    raises: a non-persistent tape was asked before",
        "      not claimed: nothing is claimed in this pass: not every run gets so far, or it was told before",
    ]


def test_calls_that_raise_are_told_besides_gradient_calls(tell: Tell) -> None:
    told = tell(ONCE + "tape.wach(x)\n")
    assert told[-2] == "7: tape.wach(x)"
    assert told[-1] == "  raises: tapes have no such attribute, or the library has no such tape, TAP209"


# --- where no run comes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("raise ValueError\ntape.gradient(y, w)", "no run comes here: every run ends at line 7"),
        (
            "if False:\n    tape.gradient(y, w)",
            "no run comes here: every run leaves before, or a condition never holds",
        ),
        ("helper(tape)\ndef f(t):\n    return t.gradient(y, w)", "left out: no tape can get here"),
        ("y.gradient(y, w)", "'y' is no tape that is seen: tensor, recorded by tape"),
    ],
)
def test_a_call_that_asks_no_tape_has_a_reason(tell: Tell, lines: str, reason: str) -> None:
    assert last(tell(BLOCK + lines + "\n"))[0].startswith(reason)


def test_a_function_that_was_given_up_says_where(tell: Tell) -> None:
    block = "    with tf.GradientTape() as t:\n        y = tf.round(v)\n    t.gradient(y, v)\n"
    work = f"    v = [{'1, ' * 100}][0]\n" * 200
    told = tell(f"import tensorflow as tf\ndef learn(v):\n{block}{work}def f(v):\n    learn(tf.Variable(1.0))\n")
    given_up = "gave up: budget spent in function 'learn'"
    assert f"not claimed: {given_up}" in [line.strip() for line in told]
    place = told.index("2: function 'learn'")
    assert told[place + 1] == f"  {given_up}; what was found there is not claimed"


def test_a_line_behind_a_call_that_always_raises_says_so(tell: Tell) -> None:
    told = tell(BLOCK + "def fail():\n    raise ValueError\nfail()\ntape.gradient(y, w)\n", 10)
    assert told[1] == "  no run comes here: every run ends at line 9"


def test_a_function_that_nobody_runs_says_why(tell: Tell) -> None:
    told = tell(BLOCK + "def unused():\n    return 1\n", 8)
    assert told[1] == "  left out: no tape can get here (--whole reads it all the same)"
    told = tell(BLOCK + "if False:\n    def never():\n        return tape.gradient(y, w)\n", 9)
    assert told[1] == "  no run comes here: function 'never' was never run (its definition is not reached)"
    assert tell(BLOCK + "def unused():\n    return 1\n", 8, "--whole")[1:] == []


# --- the values on a line --------------------------------------------------------------------------------------------


def test_a_line_tells_what_its_names_are(tell: Tell) -> None:
    assert tell(BLOCK, 5) == [
        "5: y = w * x",
        "  y (assigned): tensor, recorded by tape",
        "  w: variable",
        "  x: tensor",
    ]
    assert "  w: variable, watched by tape" in tell(BLOCK + "print(w)\n", 7)


def test_values_that_differ_are_told_with_the_callers(tell: Tell) -> None:
    told = tell(BLOCK + "def ask(t, z):\n    return t.gradient(z, w)\nask(tape, x)\nask(tape, y)\n", 7)
    assert "  z (parameter): tensor (called from line 9)" in told
    assert "  z (parameter): tensor, recorded by tape (called from line 10)" in told


def test_a_line_without_code_says_so(tell: Tell) -> None:
    assert tell("import tensorflow as tf\n# a comment\ntf.GradientTape()\n", 2)[1:] == ["  no code starts here"]


# --- the command -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("nowhere.py", "No such file or directory"),
        ("program.py:0", "there is no line 0; the last one is line 3"),
        ("program.py:4", "there is no line 4; the last one is line 3"),
        ("broken.py", "not valid Python"),
        ("broken.py:1", "not valid Python"),
    ],
)
def test_trouble_is_one_clear_sentence(
    argument: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("program.py").write_text("a = 1\nb = 2\nc = 3\n")
    Path("broken.py").write_text("a = (\n")
    assert main(["trace", argument]) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.count("\n") == 1 and said in captured.err


def test_an_internal_error_is_one_clear_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def break_down(*anything: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Watching, "expression", break_down)
    (tmp_path / "program.py").write_text(BLOCK)
    assert main(["trace", str(tmp_path / "program.py")]) == 2
    assert "internal error (ZeroDivisionError); please report it" in capsys.readouterr().err


def test_a_file_without_tapes_and_one_that_patches_tensorflow_say_so(tell: Tell) -> None:
    assert tell("a = 1\n") == ["no gradient is asked for in this file"]
    assert tell(BLOCK + "monkeypatch.setattr(tf, 'round', None)\n")[0].startswith("the module was not run")


def test_the_readme_shows_what_is_printed(tell: Tell) -> None:
    (program,) = (text for text in re.findall(r"```python\n(.*?)```", README, re.DOTALL) if "distance" in text)
    (shown,) = re.findall(r"```console\n(\$ gradtape trace .*?)```", README, re.DOTALL)
    told = ["$ gradtape trace train.py", *tell(program), "$ gradtape trace train.py:6", *tell(program, 6)]
    assert shown.splitlines() == told


# --- the library -----------------------------------------------------------------------------------------------------


def expression(text: str, wanted: str, role: Role = Role.READ) -> Expression:
    (found,) = (one for one in trace(text, whole=True).expressions if one.text == wanted and one.role is role)
    return found


def test_values_keep_what_containers_held_at_each_visit() -> None:
    text = "held = [1]\ndef f(a):\n    return a\nf(held)\nheld.append(2.5)\nf(held)\n"
    visits = expression(text, "a").visits
    assert [[part.value for _, part in visit.belief.parts] for visit in visits] == [
        [Const(1)],
        [Const(1), Const(2.5)],
    ]
    assert all(isinstance(visit.belief.value, ListValue) for visit in visits)


def test_a_tensor_knows_where_it_was_made_and_who_recorded_it() -> None:
    told = trace(BLOCK + "print(n)\n", whole=True)
    (read,) = (one for one in told.expressions if one.text == "n" and one.role is Role.READ)
    (value,) = read.values
    assert isinstance(value, Tensor) and value.node.at is not None
    assert told.spans[value.node.at] == (6, 8, 6, 19)
    assert [(mark, tape.name) for mark, tape in read.visits[0].belief.marks] == [(Mark.RECORDED, "tape")]


def test_spans_are_those_of_ast_brackets_of_tuples_included() -> None:
    text = "a = 1\nb = ((a, (a)))\nc = a + a + a\n"
    spans = {(one.text, one.span) for one in trace(text, whole=True).expressions if one.role is Role.READ}
    (pair,) = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Tuple))
    assert (pair.lineno, pair.col_offset, pair.end_lineno, pair.end_col_offset) in {span for _, span in spans}
    assert {("a + a", (3, 4, 3, 9)), ("a + a + a", (3, 4, 3, 13)), ("a", (2, 10, 2, 11))} <= spans


def test_lines_that_were_reached_and_lines_where_all_runs_end() -> None:
    told = trace("a = 1\nif a:\n    raise ValueError\nb = 2\n", whole=True)
    assert told.reached == {1, 2, 3}
    assert told.ends == {3}
    assert told.why_not(4) == "no run comes here: every run ends at line 3"


def test_a_function_that_is_run_alone_says_so() -> None:
    told = trace(BLOCK + "def f():\n    return tape.gradient(y, w)\ndef g():\n    return 1\ng()\n", whole=True)
    assert [(one.name, one.by_itself, one.why_not) for one in told.functions] == [("f", True, ""), ("g", False, "")]


def test_an_observer_sees_all_that_there_is_to_override() -> None:
    told = {name for name in vars(Observer) if not name.startswith("_")}
    assert told == {name for name in vars(Watching) if not name.startswith("_")}
