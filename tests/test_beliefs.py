"""What the machine believes, held against Python: programs about the language here, tapes under `tensorflow`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flake8_gradtape.machine.domain.values import Const, Value
from flake8_gradtape.machine.language import operators, statements, subscripts
from flake8_gradtape.machine.libraries.python import builtins
from flake8_gradtape.machine.libraries.tensorflow import tape
from flake8_gradtape.machine.tapes import transitions
from flake8_gradtape.machine.trace import beliefs
from tests.beliefs import sources
from tests.beliefs.__main__ import lines
from tests.beliefs.comparing import Report
from tests.beliefs.probes import probed
from tests.beliefs.running import compare
from tests.beliefs.workers import compare_all

PROGRAMS = sorted((Path(__file__).parent / "beliefs" / "programs").glob("*.py"))
OFTEN = 12
"""Of the fixtures and of the rows of the truth table, one in so many is compared here."""
QUICK = ("test_contextlib", "test_with", "test_property", "test_list", "test_unpack", "test_scope")
"""Those of CPython's tests that take a second or two."""
UNDER_PROBES = frozenset(
    {
        "ContextManagerTestCase.test_contextmanager_traceback",  # looks at the text of the line
        "TestExitStack.test_exit_exception_traceback",
    }
)
"""CPython's tests that fail only because of the probes."""


def _script(text: str) -> sources.Task:
    return sources.Task("program", text)


def _told(report: Report) -> str:
    return "\n".join(lines(report))


@pytest.mark.parametrize("path", PROGRAMS, ids=[path.stem for path in PROGRAMS])
def test_python_shows_nothing_else_than_what_is_believed(path: Path) -> None:
    report = compare(_script(path.read_text(encoding="utf-8")))
    assert not report.error
    assert report.compared > 100
    assert report.understood > report.compared * 0.4
    assert not report.violations, _told(report)


def _always(value: Value) -> Callable[..., Value]:
    return lambda *given: value


@pytest.mark.parametrize(
    ("module", "name", "broken", "text", "why"),
    [
        (operators, "_computed", _always(Const(7)), "x = 1 + 1\n", "constant 7, another"),
        (operators, "_compare_plain", _always(Const(None)), "x = 1 < 2\n", "constant None"),
        (operators, "truth", lambda run, value: True, "x = []\nif not x:\n    y = 1\n", "constant False, another"),
        (operators, "one_after_other", lambda one, other: one, "x = [1] + [2]\nprint(x)\n", "list of 1"),
        (subscripts, "NONE", Const("none"), "x = {'a': 1}\nprint(x['a'])\n", ""),
        (builtins, "_class_of", lambda run, value, at: Const(0), "class A:\n    pass\nx = type(A())\n", "constant 0"),
        (statements, "_is_literal", _always(True), "n = 1\nwhile n:\n    n -= 1\nprint(n)\n", "every run"),
    ],
)
def test_a_wrong_belief_is_seen(
    monkeypatch: pytest.MonkeyPatch, module: object, name: str, broken: object, text: str, why: str
) -> None:
    assert not compare(_script(text)).violations
    monkeypatch.setattr(module, name, broken)
    found = compare(_script(text)).violations
    assert any(why in one.why for one in found) if why else not found


_MATCHING = (
    "match():\n    case():\n        x = 0\nfor i in(1, 2):\n    if i: break\n    else: pass\ny = 'a' if x else'b'\n"
)
_RAISING = "try:\n    raise KeyError(1)\nexcept KeyError: z = 1\n"
_A_CLASS = 'class A:\n    """Doc."""\n    x: int = 1\n    def f(self): return super().__init__()\n\n'
_A_FUNCTION = "@staticmethod\ndef g(): ...\nA().f()\n"


@pytest.mark.parametrize(
    "text",
    [
        "def f(a, b):\n    return(a, b)\nprint(f(1, 2), 'é', f'{f(1, 2)!r:>{20}}')\n",
        "x = (\n    1,\n    [2,\n     3],\n)\ny = x[\n    0\n]\nz = {**{'a': x}, 'b': lambda q=y: q}\n",
        _MATCHING + _RAISING,
        _A_CLASS + _A_FUNCTION,
    ],
)
def test_probes_move_no_line_and_change_nothing(text: str) -> None:
    put = probed(text)
    assert len(put.text.splitlines()) == len(text.splitlines())
    assert len(put.probes) > 5
    names: list[dict[str, object]] = [{}, {"_probe_": lambda number, value: value}]
    exec(compile(text, "plain.py", "exec"), names[0])
    exec(compile(put.text, "probed.py", "exec"), names[1])
    plain, seen = ({key: one for key, one in each.items() if type(one) in (int, tuple, str)} for each in names)
    assert plain == seen


def test_what_is_not_followed_counts_as_given_up() -> None:
    report = compare(_script("def f(n):\n    return n if n < 1 else f(n - 1)\nx = f(9)\n"))
    assert report.given_up > 5
    assert not report.violations


def test_of_a_range_only_the_beginning_is_looked_at() -> None:
    report = compare(_script("x = range(10**18)\ny = [range(10**30), x]\n"))
    assert (report.error, report.violations) == ("", [])


def test_a_library_is_compared_while_its_caller_runs() -> None:
    library = "def f(x):\n    return [x, None]\n"
    report = compare(sources.Task("library", library, "some_library", "import some_library\nsome_library.f(3)\n"))
    assert not report.error
    assert report.compared == 3


def test_a_process_that_dies_costs_one_program() -> None:
    tasks = [_script("x = 1\n"), _script("import os\nos._exit(3)\n"), _script("y = [2]\n")]
    found = list(compare_all(tasks))
    assert [one.compared for one in found] == [1, 0, 2]
    assert "died" in found[1].error


def _quick() -> Iterator[sources.Task]:
    return sources.cpython(QUICK)


@pytest.mark.slow
@pytest.mark.skipif(sources.cpython_folder() is None, reason="the interpreter ships without CPython's tests")
def test_cpythons_own_tests_show_nothing_else() -> None:
    reports = list(compare_all(list(_quick())))
    assert len(reports) == len(QUICK)
    for report in reports:
        assert set(report.failed_tests) <= UNDER_PROBES
    assert sum(report.compared for report in reports) > 3000
    assert not [_told(report) for report in reports if report.violations]


@pytest.mark.tensorflow
def test_tensorflow_shows_nothing_else_in_a_sample_of_fixtures_and_rows() -> None:
    tasks = [*list(sources.fixtures())[::OFTEN], *list(sources.rows())[::OFTEN]]
    reports = list(compare_all(tasks))
    assert not [_told(report) for report in reports if report.violations]
    assert sum(report.compared for report in reports) > 20 * len(tasks)
    assert sum(report.understood for report in reports) > 0.9 * sum(report.compared for report in reports)
    assert sum(report.asked for report in reports) > len(tasks)
    assert sum(report.asked_understood for report in reports) > 0.6 * sum(report.asked for report in reports)


@pytest.mark.tensorflow
def test_where_a_tensor_was_made_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    from flake8_gradtape.machine.language import functions

    text = "import tensorflow as tf\nx = tf.constant(1.0)\n@tf.function\ndef f(a):\n    return a\ny = f(x)\nprint(y)\n"
    assert not compare(_script(text)).violations
    monkeypatch.setattr(functions, "traced_result", lambda run, result, at, began: result)
    found = compare(_script(text)).violations
    assert found and found[0].why == "made by 'tf.constant(1.0)' at line 2, and not by 'f(x)' at line 6"


_ASKED = """import tensorflow as tf
w, x, n = tf.Variable(2.0), tf.constant(3.0), tf.constant(3)
with tf.GradientTape() as tape:
    y = w * x
tape.gradient(y, {"w": w, "x": x})
def ask(asked, y, sources):
    return asked.jacobian(y, sources)
with tf.GradientTape(persistent=True) as outer:
    outer.watch(x)
    with tf.GradientTape(persistent=True) as inner:
        y = w * x
    ask(inner, y, [n, w])
outer.gradient(y, x)
tape
"""


@pytest.mark.tensorflow
@pytest.mark.parametrize(
    ("module", "name", "broken", "why"),
    [
        (transitions, "answered", lambda state, persistent: state, "14:0 tape that is not spent"),
        (transitions, "left", lambda state: state, "5:0 tape that is recording"),
        (tape, "_flag", lambda value, default, open_: False, "7:11 tape that is not persistent"),
        (tape, "_flag", lambda value, default, open_: True, "5:0 tape that is persistent"),
        (beliefs, "surely_tracks", lambda state, node: True, "5:0 dict with tracked by the tape"),
        (beliefs, "surely_tracks", lambda state, node: True, "7:11 list with tracked by the tape"),
        (transitions, "watching", lambda state, *nodes: state, "13:0 not tracked by the tape"),
    ],
)
def test_what_is_believed_of_a_tape_that_is_asked_is_compared(
    monkeypatch: pytest.MonkeyPatch, module: object, name: str, broken: object, why: str
) -> None:
    report = compare(_script(_ASKED))
    assert (report.error, report.violations, report.asked, report.asked_understood) == ("", [], 3, 3)
    monkeypatch.setattr(module, name, broken)
    assert why in [f"{one.line}:{one.column} {one.why}" for one in compare(_script(_ASKED)).violations]
