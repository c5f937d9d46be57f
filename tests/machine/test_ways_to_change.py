"""Whatever Python lets a program change, the machine does not hold for what it was.

Each way is tried in Python first: only where it does put something there, nothing may be claimed.
"""

from __future__ import annotations

import sys
import types
from pathlib import Path

import pytest

from flake8_gradtape.checking.check import check

IMPORTS = """
import asyncio, bisect, collections, concurrent.futures, contextlib, copy, dataclasses, enum, functools, inspect
import itertools, json, operator, queue, random, re, sys, threading, types, weakref
"""
THINGS = """
class Box:
    shared = c
    def __init__(self, loss=c):
        self.loss = loss
    def put(self, value):
        self.loss = value
    @property
    def view(self):
        return self.loss
    @view.setter
    def view(self, value):
        self.loss = value
    @classmethod
    def give(cls, value):
        cls.shared = value
class Slots:
    __slots__ = ("loss",)
    def __init__(self):
        self.loss = c
box = Box()
alias = box
slots = Slots()
lst = [c, c]
same = lst
dct = {"loss": c}
deq = collections.deque([c])
space = types.SimpleNamespace(loss=c)
x = c
def put(value):
    global x
    x = value
def fill(value, into=lst):
    into[0] = value
def outer():
    y = c
    def inner(value):
        nonlocal y
        y = value
    return inner, (lambda: y)
set_y, get_y = outer()
def gen(value):
    lst[0] = value
    yield 1
    dct["loss"] = value
    got = yield 2
    box.loss = got
@contextlib.contextmanager
def managed(value):
    yield
    box.loss = value
"""
PROGRAM = """
{imports}
import tensorflow as tf
c = tf.constant(1.0)
v = tf.Variable(2.0)
{things}
with tf.GradientTape() as tape:
    z = v * 3.0
{way}
tape.gradient({target}, z)
"""


def ways() -> list[tuple[str, str]]:
    """What is changed, and how."""
    lines = Path(__file__).with_name("ways_to_change.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split(" | ", 1) for line in lines if not line.startswith("#"))
    return [(target, way.replace("\\\\n", "\0").replace("\\n", "\n").replace("\0", "\\n")) for target, way in pairs]


def changed_by_python(target: str, way: str) -> bool:
    """Whether the target is what was put there, after these statements."""
    module = types.ModuleType("changed_by_python")
    names = vars(module)
    names.update(c=object(), z=object())
    sys.modules[module.__name__] = module
    try:
        exec(f"{IMPORTS}{THINGS}{way}\nfound = {target}", names)
    finally:
        del sys.modules[module.__name__]
    return names["found"] is names["z"]


@pytest.mark.parametrize(("target", "way"), ways())
def test_what_was_changed_in_python_is_not_claimed_to_be_what_it_was(target: str, way: str) -> None:
    assert changed_by_python(target, way)
    assert check(PROGRAM.format(imports=IMPORTS, things=THINGS, way=way, target=target)) == []


def test_what_nobody_changes_is() -> None:
    (found,) = check(PROGRAM.format(imports=IMPORTS, things=THINGS, way="other = [z]", target="lst[0]"))
    assert found.code == "TAP112"
