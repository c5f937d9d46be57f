"""Reading a module: what is left out, and that every node that remains knows its place in the original text."""

from __future__ import annotations

import ast
import importlib.util
import io
import sys
import tokenize
from collections.abc import Iterable, Iterator
from functools import cache
from types import FrameType

import libcst
import pytest
from libcst.metadata import MetadataWrapper, PositionProvider

from flake8_gradtape.reading import positions
from flake8_gradtape.reading.positions import find_positions_publicly
from flake8_gradtape.reading.reachability import read_contents
from flake8_gradtape.reading.reduction import reduced
from flake8_gradtape.reading.source import ModuleSource, UnreadableSource, mentions_tape, read_module
from tests.module_shapes import ALL_SHAPES, SHAPES

Function = ast.FunctionDef | ast.AsyncFunctionDef
Place = tuple[str, int, int]

TAPE = "with tf.GradientTape() as tape:\n    y = f(x)\ng = tape.gradient(y, x)\n"


def nodes_in(node: libcst.CSTNode) -> Iterator[libcst.CSTNode]:
    pending: list[libcst.CSTNode] = [node]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(node.children)


def calls_and_withs(module: libcst.Module) -> list[libcst.CSTNode]:
    return [node for node in nodes_in(module) if isinstance(node, (libcst.Call, libcst.With))]


def call_places(source: ModuleSource) -> list[tuple[int, int]]:
    """Where the calls are, as our positions tell."""
    return sorted(source.positions([node for node in nodes_in(source.module) if isinstance(node, libcst.Call)]))


def call_places_by_ast(text: str) -> list[tuple[int, int]]:
    """Where the calls are, as Python tells, in characters."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return sorted(
        (node.lineno, len(lines[node.lineno - 1].encode()[: node.col_offset].decode()))
        for node in ast.walk(ast.parse(text.removeprefix("\ufeff")))
        if isinstance(node, ast.Call)
    )


# --- real code -------------------------------------------------------------------------------------------------------


@cache
def real_modules() -> list[str]:
    """Modules of the standard library: long ones, of many styles."""
    names = "argparse ast asyncio.base_events dataclasses difflib inspect pathlib shutil tarfile typing unittest.mock"
    found = [importlib.util.find_spec(name) for name in names.split()]
    texts = []
    for spec in found:
        if spec is not None and spec.origin is not None and spec.origin.endswith(".py"):
            with tokenize.open(spec.origin) as file:
                texts.append(file.read().replace("\f", ""))  # form feeds have tests of their own
    return texts


@cache
def places_in_whole(text: str) -> frozenset[Place]:
    """Where libcst itself sees the calls and `with` statements of a text."""
    whole = libcst.parse_module(text)
    ranges = MetadataWrapper(whole, unsafe_skip_copy=True).resolve(PositionProvider)
    return frozenset(
        (type(node).__name__, ranges[node].start.line, ranges[node].start.column) for node in calls_and_withs(whole)
    )


def functions_of(tree: ast.Module) -> list[Function]:
    contents = read_contents(tree)
    return sorted(contents.needed | contents.left_out, key=lambda function: function.lineno)


@pytest.mark.slow
@pytest.mark.parametrize("every", [1, 2, 3])
def test_positions_in_reduced_real_code_are_those_of_the_whole(every: int) -> None:
    functions_seen = nodes_seen = 0
    for text in real_modules():
        tree = ast.parse(text)
        functions = functions_of(tree)
        left_out = frozenset(functions[::every])
        source = source_of(reduced(text.split("\n"), tree, left_out))
        wanted = calls_and_withs(source.module)
        found = {(type(node).__name__, *place) for node, place in zip(wanted, source.positions(wanted), strict=True)}
        gone = lines_left_out(left_out)
        expected = {place for place in places_in_whole(text) if place[1] not in gone}
        assert expected <= found <= places_in_whole(text)
        assert all(is_in_signature(line, left_out) for _, line, _ in found - expected)
        functions_seen += len(functions)
        nodes_seen += len(found)
    assert functions_seen > 900
    assert nodes_seen > (100 if every == 1 else 3000)


@pytest.mark.slow
def test_positions_are_those_of_the_whole_where_all_that_nobody_mentions_is_gone() -> None:
    seen = dropped = 0
    for text in real_modules():
        tree = ast.parse(text)
        definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        gone = frozenset(node for node in ast.walk(tree) if isinstance(node, definitions) and len(node.name) % 2)
        source = source_of(reduced(text.split("\n"), tree, frozenset(), gone))
        wanted = calls_and_withs(source.module)
        found = {(type(node).__name__, *place) for node, place in zip(wanted, source.positions(wanted), strict=True)}
        assert found == {place for place in places_in_whole(text) if place[1] not in lines_of(gone)}
        seen += len(found)
        dropped += len(gone)
    assert seen > 1500
    assert dropped > 500


def source_of(kept: dict[int, str]) -> ModuleSource:
    module = libcst.parse_module("\n".join(kept.values()) + "\n")
    return ModuleSource(module, list(kept), {}, read_contents(ast.parse("")))


def lines_left_out(functions: frozenset[Function]) -> set[int]:
    return {
        line
        for function in functions
        if not is_on_one_line(function)
        for line in range(first_line(function), (function.end_lineno or 0) + 1)
    }


def lines_of(definitions: Iterable[Function | ast.ClassDef]) -> set[int]:
    return {
        line for definition in definitions for line in range(first_line(definition), (definition.end_lineno or 0) + 1)
    }


def is_in_signature(line: int, functions: frozenset[Function]) -> bool:
    return any(f.lineno <= line < f.body[0].lineno for f in functions)


def is_on_one_line(function: Function) -> bool:
    """The body starts on the line where the signature ends; such functions stay as they are."""
    before = [node for node in ast.walk(function.args) if hasattr(node, "end_lineno")]
    last = max([function.lineno, *(getattr(node, "end_lineno", 0) for node in before)])
    return function.body[0].lineno == last


def first_line(definition: Function | ast.ClassDef) -> int:
    return min([definition.lineno, *(decorator.lineno for decorator in definition.decorator_list)])


@pytest.mark.slow
def test_cheap_positions_equal_those_of_the_public_provider() -> None:
    compared = 0
    for text in real_modules()[:6]:
        module = libcst.parse_module(text)
        wanted = [node for node in nodes_in(module) if isinstance(node, (libcst.BaseExpression, libcst.BaseStatement))]
        assert positions.find_positions(module, wanted) == find_positions_publicly(module, wanted)
        compared += len(wanted)
    assert compared > 20_000


def test_without_libcsts_private_names_positions_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    source = read_module("import tensorflow as tf\n" + TAPE)
    wanted = calls_and_withs(source.module)
    cheap = source.positions(wanted)
    monkeypatch.setattr(positions, "CodegenState", None)
    assert source.positions(wanted) == cheap
    assert (2, 0) in cheap


# --- shapes of text --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("before", ["", "\ufeff"], ids=["plain", "BOM"])
@pytest.mark.parametrize("shape", ALL_SHAPES)
def test_every_call_is_where_python_sees_it(shape: str, before: str, ending: str) -> None:
    text = before + ALL_SHAPES[shape].replace("\n", ending)
    assert call_places(read_module(text, whole=True)) == call_places_by_ast(text)


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("shape", ALL_SHAPES)
def test_in_the_reduced_text_every_call_is_where_python_sees_it(shape: str, ending: str) -> None:
    text = "\ufeff" + ALL_SHAPES[shape].replace("\n", ending)
    found = call_places(read_module(text))
    expected = call_places_by_ast(text)
    contents = read_contents(ast.parse(text.removeprefix("\ufeff")))
    gone = lines_left_out(contents.left_out) | lines_of(contents.unmentioned)
    outside = [place for place in expected if place[0] not in gone]
    assert set(outside) <= set(found) <= set(expected)


@pytest.mark.parametrize("shape", SHAPES)
def test_beside_a_tape_every_shape_is_read(shape: str) -> None:
    text = SHAPES[shape]
    if not text.endswith("\n"):
        text += "\n"
    source = read_module(text + TAPE)
    expected = {place for place in call_places_by_ast(text + TAPE) if place[0] > text.count("\n")}
    assert expected <= set(call_places(source))
    assert len(expected) == 3


# --- what cannot be read ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "def f(:\n",
        "x = 'GradientTape\n",
        "x = (\n",
        "if x:\n\ty\n        z\n",
        "x = 1\0\n",
        "x = '\ud800'\n",
        "x = " + "-" * 20_000 + "1\n",
        "x = " + "(" * 2_000 + ")" * 2_000 + "\n",
        "x = " + " and ".join("ab" * 10_000) + "\n",
        "x = " + " ".join(["'a'"] * 30_000) + "\n",
        "x = (" + "\n".join(["b'a'"] * 30_000) + ")\n",
        "x = (" + "\n".join(["f'{a}'"] * 30_000) + ")\n",
    ],
    ids=lambda text: text[:12],
)
def test_what_cannot_be_read_is_said_in_one_sentence(text: str) -> None:
    with pytest.raises(UnreadableSource) as caught:
        read_module(text + TAPE)
    message = str(caught.value)
    assert message.endswith(".")
    assert "\n" not in message
    assert 20 < len(message) < 200


@pytest.mark.parametrize(
    "expression",
    [
        " + ".join("a" * 400),
        " and ".join(["a"] * 400),
        " ".join(["'a'"] * 400),
        "-" * 400 + "a",
        "a" + ".b(1)" * 200,
        "[" * 60 + "]" * 60,
    ],
    ids=lambda text: text[:6],
)
def test_deep_expressions_are_read_and_positions_after_them_are_right(expression: str) -> None:
    source = read_module(f"x = {expression}\n{TAPE}")
    block = next(node for node in source.module.body if isinstance(node, libcst.With))
    assert source.position(block) == (2, 0)


@pytest.mark.slow
@pytest.mark.parametrize("expression", [" and ".join(["a"] * 900), "-" * 900 + "a", "a" + ".b(1)" * 480])
def test_even_deeper_expressions_never_end_the_process(expression: str) -> None:
    """Python 3.12 has a limit of its own here, which nothing raises."""
    source = read_module(f"x = {expression}\n{TAPE}")
    block = next(node for node in source.module.body if isinstance(node, libcst.With))
    try:
        place = source.position(block)
    except UnreadableSource:
        place = (0, 0)
    assert place == (2, 0) or (place == (0, 0) and sys.version_info[:2] == (3, 12))


def test_a_long_docstring_is_no_chain_of_strings() -> None:
    text = '"""' + "it's " * 3000 + "\n" + "one 'string'\n" * 2000 + '"""\n' + TAPE
    assert read_module(text).has_tape


@pytest.mark.slow
def test_the_work_of_reading_grows_with_the_length_of_the_file() -> None:
    def calls(functions: int) -> int:
        body = "".join(f"def f{n}(x):\n    y = f{n // 2}(x)\n    return y\n" for n in range(functions))
        text = body + "def use(x):\n    with tf.GradientTape() as t:\n        return f7(x)\n"
        count = 0

        def note(frame: FrameType, event: str, argument: object) -> None:
            nonlocal count
            count += event == "call"

        before = sys.getprofile()
        sys.setprofile(note)
        try:
            read_module(text)
        finally:
            sys.setprofile(before)
        return count

    assert calls(4000) < 12 * calls(400)


# --- the text search -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [TAPE, "from tensorflow import GradientTape as T", "backprop.GradientTape()"])
def test_text_with_a_tape_is_found(text: str) -> None:
    assert mentions_tape(text)


@pytest.mark.parametrize("text", ["", "import tensorflow as tf\ntape = 1\n", "Gradient Tape", "gradient_tape"])
def test_text_without_one_is_not(text: str) -> None:
    assert not mentions_tape(text)


def test_a_node_of_another_module_has_no_position() -> None:
    source = read_module(TAPE)
    stranger = calls_and_withs(libcst.parse_module(io.StringIO(TAPE).read()))[0]
    with pytest.raises(KeyError):
        source.position(stranger)


def test_a_target_without_its_parentheses_is_where_it_was() -> None:
    text = "é = 1; ( (x) ): int = 1; (a.b): int = 2\n"
    source = read_module(text, whole=True)
    names = {node.value: span for node, span in source.spans().items() if isinstance(node, libcst.Name)}
    assert {name: text[first:last] for name, (_, first, _, last) in names.items()} == {name: name for name in names}
    assert {"é", "x", "a", "b"} <= names.keys()
