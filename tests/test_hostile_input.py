"""Broken, strange and enormous input: flake8 finishes, and what other plugins find is the same as without ours."""

from __future__ import annotations

import ast
import random
import time
from pathlib import Path

import pytest

from flake8_gradtape.checking.check import check
from flake8_gradtape.plugin import Plugin
from tests.flake8_runs import findings, other_lines, run_flake8
from tests.test_plugin import LATE_LOSS

pytestmark = pytest.mark.slow

TAPE_FUNCTION = """
def step{n}(model, x, y):
    with tf.GradientTape() as tape:
        predicted = model(x)
        loss = tf.reduce_mean((predicted - y) ** 2)
        if loss > {n}:
            loss = loss * 2.0
        for layer in model.layers:
            loss += tf.add_n(layer.losses)
    gradients = tape.gradient(loss, model.trainable_variables)
    return [(g, v) for g, v in zip(gradients, model.trainable_variables)]
"""


def same_with_and_without_us(folder: Path, *arguments: str) -> str:
    """Check that flake8 finds the same besides our findings; return the whole output with us."""
    with_us = run_flake8(*arguments, ".", cwd=folder)
    without = run_flake8(*arguments, ".", cwd=folder, without_plugin=True)
    assert other_lines(with_us.stdout) == sorted(without.stdout.splitlines())
    assert last_line(with_us.stderr) == last_line(without.stderr)
    return with_us.stdout


def last_line(text: str) -> str:
    """What ended flake8, if it ended so: flake8 6 dies of null bytes, with or without us."""
    return next(iter(reversed(text.splitlines())), "")


def test_truncated_files(tmp_path: Path) -> None:
    text = LATE_LOSS + TAPE_FUNCTION.format(n=1)
    for length in range(0, len(text), 7):
        (tmp_path / f"cut{length:04}.py").write_text(text[:length])
    output = same_with_and_without_us(tmp_path)
    assert "E999" in output
    assert " TAP900 " not in output
    assert "TAP103" in output


def test_empty_and_nearly_empty_files(tmp_path: Path) -> None:
    texts = ["", "\n", "\n\n\n", " ", "\f", "#", "# GradientTape", "'GradientTape'", "GradientTape"]
    for number, text in enumerate(texts):
        (tmp_path / f"empty{number}.py").write_text(text)
    output = same_with_and_without_us(tmp_path)
    assert " TAP" not in output
    assert "F821 undefined name 'GradientTape'" in output


def test_binary_and_wrongly_encoded_files(tmp_path: Path) -> None:
    chance = random.Random(1)
    marked = LATE_LOSS.encode()
    contents = {
        "random": bytes(chance.randrange(1, 256) for _ in range(3000)) + b"GradientTape",
        "latin": marked.replace(b"x * x", "x * x  # é".encode("latin-1")),
        "unknown_encoding": b"# -*- coding: klingon -*-\n" + marked,
        "wrong_encoding": b"# -*- coding: ascii -*-\n" + marked.replace(b"x * x", "x * x  # é".encode()),
        "controls": marked.replace(b"x * x", b"x * x  # \x01\x02\x1a\x1c\x85\x0b"),
        "separators": marked.replace(b"y = x * x", "y = x * x  # \u2028 \u2029 \x85 \x1c".encode()),
        "surrogate": marked + b"s = '\xed\xa0\x80'\n",
    }
    for name, content in contents.items():
        (tmp_path / f"binary_{name}.py").write_bytes(content)
    output = same_with_and_without_us(tmp_path)
    assert "binary_separators.py:7:5: TAP103" in output
    assert "binary_controls.py:7:5: TAP103" in output


@pytest.mark.parametrize(
    "content",
    [
        LATE_LOSS.replace("x * x", "x *\0 x").encode(),
        LATE_LOSS.encode() + b"s = '\0'\n",
        LATE_LOSS.encode("utf-16"),
        b"\0",
        b"\0\n",
    ],
    ids=["in code", "in a string", "UTF-16", "alone", "on a line"],
)
def test_null_bytes(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "null.py").write_bytes(content)
    assert " TAP" not in same_with_and_without_us(tmp_path)


def test_a_long_file_full_of_tapes_is_checked_in_time(tmp_path: Path) -> None:
    text = "import tensorflow as tf\n\n" + "\n".join(TAPE_FUNCTION.format(n=n) for n in range(420)) + LATE_LOSS
    assert text.count("\n") > 5000
    (tmp_path / "long.py").write_text(text)
    start = time.perf_counter()
    output = same_with_and_without_us(tmp_path)
    assert time.perf_counter() - start < 100
    assert [code for *_, code in findings(output) if code.startswith("TAP")] == ["TAP103"]


def test_a_long_file_of_calls_among_functions(tmp_path: Path) -> None:
    parts = ["import tensorflow as tf\n\n"]
    for n in range(600):
        called = f"    y = f{n - 1}(y) + f{n // 2}(y)\n" if n else ""
        parts.append(f"\ndef f{n}(x):\n    y = x * {n}.0\n{called}    return y\n\n")
    parts.append("\nv = tf.Variable(1.0)\nwith tf.GradientTape() as tape:\n    y = f599(v)\ng = tape.gradient(y, v)\n")
    (tmp_path / "calls.py").write_text("".join(parts))
    start = time.perf_counter()
    assert " TAP" not in same_with_and_without_us(tmp_path)
    assert time.perf_counter() - start < 60


def test_a_long_script_of_nested_branches_and_loops(tmp_path: Path) -> None:
    lines = ["import tensorflow as tf", "x = tf.Variable(1.0)", "y = x", "for step in range(10):"]
    lines += ["    with tf.GradientTape() as tape:", "        y = x * x"]
    for n in range(1000):
        lines += [f"        if step > {n}:", f"            y = y * {n}.0", "        else:", "            y = y + x"]
    lines += ["    g = tape.gradient(y, x)"]
    (tmp_path / "branches.py").write_text("\n".join(lines) + "\n")
    start = time.perf_counter()
    assert " TAP1" not in same_with_and_without_us(tmp_path)
    assert time.perf_counter() - start < 60


DEEP_FOR_FLAKE8 = {
    "list of 400": "[" + ", ".join(["x"] * 400) + "]",
    "call with 400 arguments": "print(" + ", ".join(["x"] * 400) + ")",
    "400 joined by and": " and ".join(["x"] * 400),
    "400 compared": " < ".join(["x"] * 400),
    "400 strings in a row": " ".join(["'x'"] * 400),
    "sum of 150": " + ".join(["x"] * 150),
    "60 parentheses": "(" * 60 + "x" + ")" * 60,
    "60 lists": "[" * 60 + "x" + "]" * 60,
    "60 lambdas": "lambda: " * 60 + "x",
    "60 conditions": "x if x else " * 60 + "x",
    "60 calls": "abs(" * 60 + "x" + ")" * 60,
}


def test_deep_and_wide_expressions(tmp_path: Path) -> None:
    for number, expression in enumerate(DEEP_FOR_FLAKE8.values()):
        (tmp_path / f"deep{number:02}.py").write_text(LATE_LOSS + f"w = {expression}\n")
    output = same_with_and_without_us(tmp_path, "--max-line-length=9999")
    assert output.count(":7:5: TAP103 ") == len(DEEP_FOR_FLAKE8)
    assert " TAP900 " not in output


LOOPS = ("for i in x:", "while x:")
BLOCKS = ("with x:", "try:")


@pytest.mark.parametrize("header", [*LOOPS, *BLOCKS, "if x:", "def f(x):", "class C:"])
def test_blocks_nested_as_deeply_as_python_allows(tmp_path: Path, header: str) -> None:
    depth = 18 if header in LOOPS + BLOCKS else 60  # CPython nests at most 20 of these
    (tmp_path / "nested.py").write_text(nested(header, depth))
    output = same_with_and_without_us(tmp_path)
    assert " TAP900 " not in output
    assert ":7:5: TAP103 " in output or header in LOOPS  # so many loops in loops may be given up, silently


@pytest.mark.parametrize("header", LOOPS)
def test_loops_nested_as_people_nest_them(tmp_path: Path, header: str) -> None:
    (tmp_path / "nested.py").write_text(nested(header, 6))
    assert ":7:5: TAP103 " in same_with_and_without_us(tmp_path)


def nested(header: str, depth: int) -> str:
    lines = [" " * level + header for level in range(depth)] + [" " * depth + "g = tape.gradient(z, x)"]
    if header == "try:":
        lines += [" " * level + "finally: pass" for level in reversed(range(depth))]
    return LATE_LOSS + "\n".join(lines) + "\n"


TOO_DEEP_FOR_PYFLAKES = {
    "sum of 400": " + ".join(["x"] * 400),
    "400 negations": "-" * 400 + "x",
    "200 method calls": "x" + ".m(1)" * 200,
    "400 method calls": "x" + ".m(1)" * 400,
    "sum of 900": " + ".join(["x"] * 900),
    "1500 joined by and": " and ".join(["x"] * 1500),
    "20000 strings in a row": " ".join(["'x'"] * 20_000),
}


@pytest.mark.parametrize("expression", TOO_DEEP_FOR_PYFLAKES.values(), ids=TOO_DEEP_FOR_PYFLAKES)
def test_where_pyflakes_gives_up_we_do_not_raise(expression: str) -> None:
    text = LATE_LOSS + f"w = {expression}\n"
    found = [
        (line, column, message.split()[0])
        for line, column, message, _ in Plugin(ast.parse(text), text.splitlines(keepends=True)).run()
    ]
    assert found in ([(7, 4, "TAP103")], [(1, 0, "TAP900")])


@pytest.mark.parametrize("name", ["sum of 400", "400 negations", "200 method calls"])
def test_400_terms_are_no_trouble_for_us(name: str) -> None:
    text = LATE_LOSS + f"w = {TOO_DEEP_FOR_PYFLAKES[name]}\n"
    found = list(Plugin(ast.parse(text), text.splitlines(keepends=True)).run())
    assert [(line, column, message[:6]) for line, column, message, _ in found] == [(7, 4, "TAP103")]


def test_a_function_that_takes_all_the_work_and_defines_others() -> None:
    helpers = "\n".join(
        f"def helper{k}(z):\n    for one in z:\n        if one:\n            z = helper{(k + 1) % 4}(z)\n"
        f"        else:\n            z = z * one\n    return z\n"
        for k in range(4)
    )
    body = "".join(
        f"        for i{k} in data:\n"
        f"            if flag(i{k}):\n                y = y + model(i{k}) * {k}.0\n"
        f"            elif other(i{k}):\n                y = y - model(y)\n"
        f"            def part{k}(z):\n                return helper{k}(z) + y\n"
        f"            y = part{k}(y)\n"
        for k in range(4)
    )
    train = "def train(model, data, flag, other, y):\n    def inner(x):\n        return x * 2.0\n"
    train += f"    with tf.GradientTape() as tape:\n{body}    return tape.gradient(y, inner(y))\n"
    assert check(f"import tensorflow as tf\n{helpers}\n{train}") == []
