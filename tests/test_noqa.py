"""`# noqa` is as flake8 has it in every spelling, and counts on each line of a wrapped call or `with` header."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import pytest
from flake8.main.cli import main as flake8

from flake8_gradtape.cli.files import findings
from flake8_gradtape.reading.source import ModuleSource, UnreadableSource

SPELLINGS = """\
# noqa
#noqa
#  noqa
# NOQA
# NoQa
# noqa:
# noqa: TAP103
# noqa:TAP103
# noqa:  TAP103
# noqa : TAP103
# noqa :TAP103
# NOQA: TAP103
# noqa: tap103
# noqa: TAP10
# noqa: TAP1
# noqa: TAP
# noqa: T
# noqa: TAP102
# noqa: TAP1033
# noqa: TAP103x
# noqa: E501
# noqa: E501,TAP103
# noqa: E501, TAP103
# noqa: E501 TAP103
# noqa: E501;TAP103
# noqa: E501 and TAP103
# noqa: TAP103,
# noqa: TAP103: the loss is for show
# noqa: TAP103 the loss is for show
# noqa the loss is for show
# noqa: the loss is for show
# noqa - TAP103
# noqa=TAP103
# noqa(TAP103)
# for show # noqa
# for show # noqa: TAP103
# for show, noqa
# noqa: E501 # noqa: TAP103
# noqa: TAP103 # noqa: E501
# type: ignore # noqa: TAP103
# nopep8
# ruff: noqa
# ruff: noqa: TAP103
# flake8: noqa
# flake8: noqa: TAP103""".splitlines()
WHOLE_FILE = """\
# flake8: noqa
# flake8:noqa
# flake8=noqa
#flake8: noqa
# FLAKE8: NOQA
   # flake8: noqa
# flake8: noqa: TAP103
# flake8: noqa: E501
# flake8: noqa because
# please, # flake8: noqa""".splitlines()

HEAD = """\
import tensorflow as tf

x = tf.Variable(3.0)
with tf.GradientTape(persistent=True) as tape:
    y = x * x
z = y + 1.0
"""
ONE_LINE = "g = tape.gradient(z, x)  {}"
FORMS = [ONE_LINE, "g = tape.gradient(  {}\n    z,\n    x,\n)", "g = tape.gradient(\n    z,  {}\n    x,\n)"]
FORMS += ["g = tape.gradient(\n    z,\n    x,\n)  {}", "g = (\n    tape.gradient(z, x)\n)  {}"]

PLACES = {
    "a line of an argument": ("g = tape.gradient(\n    z, sources=[\n        x,  # noqa\n    ])", False),
    "a line of its own in the call": ("g = tape.gradient(\n    z,\n    # noqa: TAP103\n    x,\n)", False),
    "the end of a method chain": ("g = (\n    tape\n    .gradient(z, x)\n)  # noqa", False),
    "the end of a string in the call": ("g = tape.gradient(z, x, '''\n'''  # noqa\n)", False),
    "the line before": ("n = 1  # noqa\ng = tape.gradient(\n    z,\n    x,\n)", True),
    "the line after": ("g = tape.gradient(\n    z,\n    x,\n)\nn = 1  # noqa", True),
    "the statement around the call": ("g = [\n    tape.gradient(z, x),\n    1,  # noqa\n]  # noqa", True),
    "the line after with another call": ("g = [\n    tape.gradient(z, x),\n    len([]),\n]  # noqa", True),
}
TAPE = "tf.GradientTape()"
HEADERS = {
    "the first line": (f"with (  # noqa\n    {TAPE}\n    as unused\n):\n    y = x * x", False),
    "the line of the tape": (f"with (\n    {TAPE}  # noqa: TAP303\n    as unused\n):\n    y = x * x", False),
    "the line of the colon": (f"with (\n    {TAPE}\n    as unused\n):  # noqa: TAP303\n    y = x * x", False),
    "the end of the call": ("with tf.GradientTape(\n) as unused:  # noqa: TAP303\n    y = x * x", False),
    "the header of two": (f"with (\n    open('a') as a,\n    {TAPE} as unused,\n):  # noqa\n    y = x * x", False),
    "the colon of a body on its line": ("with tf.GradientTape(\n) as unused: y = x * x  # noqa", False),
    "the body": (f"with (\n    {TAPE}\n    as unused\n):\n    y = x * x  # noqa\n    # noqa", True),
    "the end of a body on its line": (f"with {TAPE} as unused: y = (\n    x * x\n)  # noqa", True),
    "the end of the body": (f"with {TAPE} as unused:\n    y = (\n        x * x\n    )  # noqa", True),
}


Found = set[tuple[str, int, str]]


def reported(folder: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> Found:
    """What real flake8 reports in the files of a folder, in this process: their names, lines and codes."""
    flake8(["-j1", "--isolated", "--select=TAP", "--format=%(path)s %(row)d %(code)s", *arguments, str(folder)])
    lines = [line.split()[:3] for line in capsys.readouterr().out.splitlines()]
    return {(Path(path).stem, int(line), code) for path, line, code in lines}


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A file for each form of a call, with a call for each spelling; and one for each spelling for whole files."""
    for number, form in enumerate(FORMS):
        calls = [form.format(spelling) + "\n" for spelling in SPELLINGS]
        (tmp_path / f"form_{number}.py").write_text(HEAD + "".join(calls) + "del tape\n")
    for number, spelling in enumerate(WHOLE_FILE):
        (tmp_path / f"whole_{number}.py").write_text(f"{HEAD}{ONE_LINE.format('')}\n{spelling}\ndel tape\n")
    return tmp_path


def told(number: int, found: Found) -> dict[str, bool]:
    """Of each spelling, whether the call that has it is reported, in the file of a form."""
    each = FORMS[number].count("\n") + 1
    first = HEAD.count("\n") + 1 + (FORMS[number].startswith("g = (\n"))
    return {one: (f"form_{number}", first + each * count, "TAP103") in found for count, one in enumerate(SPELLINGS)}


def test_each_spelling_counts_on_each_line_of_a_call_as_flake8_has_it(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = reported(files, capsys)
    by_flake8 = told(0, found)
    assert by_flake8["# noqa"] is by_flake8["# noqa: TAP103"] is False
    assert by_flake8["#noqa"] is by_flake8["# noqa: E501"] is True
    for number, form in enumerate(FORMS):
        assert told(number, found) == by_flake8, form
    # what `gradtape confirm` runs a file for is the same
    for path in [files / "form_3.py", *files.glob("whole_*.py")]:
        ours = findings(path, path.read_text(), frozenset(), keras=None)
        assert {(path.stem, one.line, one.code) for one in ours} == {one for one in found if one[0] == path.stem}


def test_no_spelling_counts_where_flake8_is_told_so(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = reported(files, capsys, "--disable-noqa")
    assert all(all(told(number, found).values()) for number in range(len(FORMS)))
    assert {name for name, *_ in found} == {path.stem for path in files.iterdir()}


def test_only_what_is_reported_may_carry_the_comment(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cases = {name.replace(" ", "_"): case for name, case in {**PLACES, **HEADERS}.items()}
    asked = "g = tape.gradient(y, x)\nh = tape.gradient(y, [x])\ndel tape\n"
    for name, (text, _) in cases.items():
        program = f"{HEAD}{asked}{text}\n" if "Tape(" in text else f"{HEAD}{text}\n{asked}"
        (tmp_path / f"{name}.py").write_text(program)
    assert {name for name, *_ in reported(tmp_path, capsys, "--disable-noqa")} == set(cases)
    assert {name for name, *_ in reported(tmp_path, capsys)} == {
        name for name, (_, is_told) in cases.items() if is_told
    }


def test_where_ends_of_nodes_cannot_be_found_the_finding_stays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(source: ModuleSource) -> NoReturn:
        raise UnreadableSource("The code is nested too deeply to find positions in it.")

    (tmp_path / "deep.py").write_text(HEAD + FORMS[3].format("# noqa") + "\ndel tape\n")
    assert ("deep", 7, "TAP103") not in reported(tmp_path, capsys)
    monkeypatch.setattr(ModuleSource, "spans", fail)
    assert ("deep", 7, "TAP103") in reported(tmp_path, capsys)
