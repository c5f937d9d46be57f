"""Which functions of a module are read: those that a tape can reach; all others become stubs or go."""

from __future__ import annotations

import ast

import libcst
import pytest

from flake8_gradtape.reading.reachability import read_contents
from flake8_gradtape.reading.source import read_module
from tests.test_source import call_places, call_places_by_ast, nodes_in

TAPE = "with tf.GradientTape() as tape:\n    y = f(x)\ng = tape.gradient(y, x)\n"

REACHES_A_TAPE = {
    "directly": """
def use():
    with tf.GradientTape() as t:
        helper(1)
""",
    "under a name it was imported by": """
from tensorflow import GradientTape as Tape
def use():
    with Tape() as t:
        helper(1)
""",
    "imported by its own name": """
from tensorflow.python.eager.backprop import GradientTape
def use():
    with GradientTape() as t:
        helper(1)
""",
    "imported inside": """
def use():
    from tensorflow import GradientTape as Tape
    with Tape():
        helper(1)
""",
    "under another name": """
T = tf.GradientTape
def use():
    with T() as t:
        helper(1)
""",
    "through a subclass": """
class Tape(tf.GradientTape):
    pass
def use():
    with Tape() as t:
        helper(1)
""",
    "from a factory": """
def new():
    t = tf.GradientTape()
    return t
def use():
    t = new()
    helper(1)
""",
    "in a global name": """
def new():
    global tape
    tape = tf.GradientTape()
def use():
    tape.watch(1)
    helper(1)
""",
    "at module level": """
tape = tf.GradientTape()
def use():
    tape.watch(1)
    helper(1)
""",
    "in an attribute": """
class C:
    def new(self):
        self.tape = tf.GradientTape()
    def use(self):
        self.tape.watch(1)
        helper(1)
""",
    "in an attribute, by with": """
class C:
    def new(self):
        with tf.GradientTape() as self.tape:
            pass
    def use(self):
        self.tape.watch(1)
        helper(1)
""",
    "in a list in an attribute": """
class C:
    def new(self):
        t = tf.GradientTape()
        self.tapes.append(t)
    def use(self):
        for t in self.tapes:
            helper(1)
""",
    "in a dictionary in an attribute": """
class C:
    def new(self):
        t = tf.GradientTape()
        self.tapes["a"] = t
    def use(self):
        for t in self.tapes:
            helper(1)
""",
    "in an instance": """
class C:
    def __init__(self):
        self.t = tf.GradientTape()
def use():
    c = C()
    helper(c)
""",
    "in a class derived from one that has it": """
class C:
    def step(self):
        t = tf.GradientTape()
        return t
class D(C):
    pass
def use():
    d = D()
    helper(d)
""",
}

OTHERS = """
def helper(x):
    y = deeper(x)
    return y
def deeper(x):
    y = x
    return y
def other(x):
    y = helper(x)
    return y
"""


def bodies_read(text: str) -> set[str]:
    """The names of the functions whose bodies remain."""
    module = read_module(text).module
    return {
        node.name.value
        for node in nodes_in(module)
        if isinstance(node, libcst.FunctionDef) and module.code_for_node(node.body).strip() != "..."
    }


@pytest.mark.parametrize("how", REACHES_A_TAPE)
def test_whoever_reaches_a_tape_is_read_and_whom_it_calls(how: str) -> None:
    read = bodies_read(OTHERS + REACHES_A_TAPE[how])
    assert {"use", "helper", "deeper"} <= read
    assert "other" not in read


MENTIONED = """
import numpy as np

def use():
    MENTION
    with tf.GradientTape() as t:
        pass

def helper(x):
    y = x
    return y

class Base:
    def method(self, x):
        y = x
        return y
    def unused(self, x):
        y = x
        return y

class Made(Base):
    def __init__(self):
        self.grow()
        self.items = []
    def call(self, x):
        y = x
        return y
    def grow(self):
        y = x
        return y
    def idle(self):
        y = x
        return y

def make_setting():
    y = x
    return y

setting = make_setting()

def store(thing):
    thing.stored = 1
    return thing

def fill(thing):
    thing.filled.append(1)
    return thing

def count():
    global counter
    counter = 1

def remember(x):
    memory[x] = 1
    return x
"""


@pytest.mark.parametrize(
    ("mention", "read"),
    [
        ("helper(1)", {"helper"}),
        ("functools.partial(helper, 1)", {"helper"}),
        ("self.method(1)", {"method"}),
        ("Made(1)", {"__init__", "call", "grow"}),
        ("setting", set()),
        ("thing.stored", {"store"}),
        ("thing.filled", {"fill"}),
        ("counter", {"count"}),
        ("memory", {"remember"}),
        ("np.helper(1)", set()),
        ("x: helper = 1", set()),
        ("'helper'", set()),
        ("helper = 1; helper", set()),
        ("lambda helper: helper", set()),
    ],
)
def test_what_a_tape_function_mentions_is_read(mention: str, read: set[str]) -> None:
    called_by_the_module = {"make_setting"}
    assert bodies_read(MENTIONED.replace("MENTION", mention)) == {"use"} | called_by_the_module | read


def test_callers_of_a_tape_function_are_read_with_what_they_call() -> None:
    text = """
def step(x):
    with tf.GradientTape() as t:
        pass
    return t
def train():
    x = data()
    return step(x)
def data():
    x = 1
    return x
def main():
    x = train()
    return x
def unrelated():
    x = data()
    return x
if __name__ == "__main__":
    main()
"""
    assert bodies_read(text) == {"step", "train", "data", "main"}


def test_a_tape_in_a_script_makes_what_the_script_calls_needed() -> None:
    assert bodies_read(TAPE + "def f(x):\n    y = x\n    return y\ndef g(x):\n    y = x\n    return y\n") == {"f"}


def test_a_function_that_only_comes_by_itself_becomes_a_stub_that_keeps_its_signature() -> None:
    text = "class C:\n    @d\n    def __add__(self, *, b=1):\n        x = b\n        return x\n\n    def f(self):\n"
    tape = "        return tf.GradientTape()\n"
    stub = "class C:\n    def __add__(self, *, b=1):\n        ...\n    def f(self):\n"
    assert read_module(text + tape).module.code == stub + tape


def test_functions_and_classes_that_nobody_mentions_go() -> None:
    text = "@d\ndef f(a, *, b=1):\n    return a\nclass C:\n    def m(self):\n        pass\ndef g():\n"
    tape = "    return tf.GradientTape()\n"
    assert read_module(text + tape).module.code == "def g():\n" + tape


def test_a_block_from_which_everything_goes_stays_a_block() -> None:
    text = "if a:\n    @d\n    def f():\n        pass\nelse:\n    def g(): pass\nt = tf.GradientTape()\n"
    block = "if a:\n    ...\nelse:\n    ...\nt = tf.GradientTape()\n"
    assert read_module(text).module.code == block


def test_super_with_the_name_of_its_class_is_no_mention_of_the_class() -> None:
    text = """
class C:
    def plain(self):
        x = 1
        return super(C, self).plain()
    def step(self):
        t = tf.GradientTape()
        return t
"""
    assert bodies_read(text) == {"step"}


@pytest.mark.parametrize(("import_", "read"), [("from m import kept", False), ("kept = []", True)])
def test_what_is_put_into_something_imported_gives_nothing_a_meaning(import_: str, read: bool) -> None:
    text = f"""
{import_}
def f(x):
    kept.append(x)
    return x
def g():
    t = tf.GradientTape()
    return kept
"""
    assert ("f" in bodies_read(text)) == read


def test_module_level_code_always_remains() -> None:
    text = "x = 1\nif x:\n    y = 2\nclass C(B):\n    z = 3\n    def m(self):\n        a = GradientTape\n"
    assert read_module(text).module.code == text


def test_whole_leaves_nothing_out() -> None:
    text = "# comment\n\n@d\ndef f():\n    # comment\n    return 1\n"
    assert read_module(text, whole=True).module.code == text


def test_has_tape_means_the_code_not_the_comments() -> None:
    assert read_module(TAPE).has_tape
    assert read_module("from tensorflow import GradientTape\n").has_tape
    assert not read_module("# GradientTape\nx = 'GradientTape'\n").has_tape


def test_a_reduced_text_that_does_not_parse_gives_way_to_the_full_text(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "def f():\n    x = g(1)\n    return x\n" + TAPE
    monkeypatch.setattr("flake8_gradtape.reading.source.reduced", lambda *_: {1: "def f(:"})
    assert call_places(read_module(text)) == call_places_by_ast(text)


def test_the_tree_given_is_used() -> None:
    text = "def h():\n    x = g(1)\n    return x\n" + TAPE
    without_tape = ast.parse(text.replace("GradientTape", "GradientHose"))
    assert read_module(text, ast.parse(text)).has_tape
    assert not read_module(text, without_tape).has_tape


@pytest.mark.parametrize(
    ("decorator", "read"),
    [("register", True), ("register('x')", True), ("registry.add", True), ("tf.function", False), ("cached(1)", False)],
)
def test_what_a_decorator_of_the_module_takes_is_read(decorator: str, read: bool) -> None:
    text = f"""
import tensorflow as tf
from functools import cached
registry = Registry()
def register(function):
    kept = function
    return kept
@{decorator}
def taken(x):
    y = x
    return y
def use():
    with tf.GradientTape() as t:
        pass
"""
    assert ("taken" in bodies_read(text)) == read


# --- what is said of attributes --------------------------------------------------------------------------------------


def test_uses_tell_who_writes_an_attribute_and_who_stands_on_a_class() -> None:
    text = """
import tensorflow as tf

class Base(tf.Module):
    def __init__(self):
        self.weight, self.parts = tf.Variable(1.0), []

    def grow(self, part):
        self.parts.append(part)
        del self.parts[0].scale

def derive():
    class Derived(Base):
        pass
    return Derived

base = Base()
base.weight = tf.GradientTape
"""
    found = read_contents(ast.parse(text)).uses
    uses = {(use.owner, use.name): use for use in found if use.name}
    assert uses["Base", "__init__"].writes == {"weight", "parts"}
    assert uses["Base", "grow"].writes == {"parts", "scale"}
    assert uses["", "derive"].bases == {"Base"}
    assert uses["", "Base"].bases == {"Module"}
    assert [use.writes for use in found if not use.name and use.writes] == [{"weight"}]


def test_what_makes_an_object_comes_with_its_tape_methods() -> None:
    text = """
class Model:
    def __init__(self):
        self.layer = 1

    def call(self, x):
        return x

    def save(self):
        pass

    def step(self, x):
        with tf.GradientTape() as tape:
            return tape.gradient(self(x), x)
"""
    contents = read_contents(ast.parse(text))
    assert {node.name for node in contents.needed} == {"__init__", "call", "step"}
    assert {node.name for node in contents.left_out} == {"save"}
