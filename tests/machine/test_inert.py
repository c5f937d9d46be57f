"""Which functions surely leave nothing behind for others, told from their syntax."""

from __future__ import annotations

import pytest

from flake8_gradtape.machine.assumptions.taking import Taking
from flake8_gradtape.machine.inert import leaves_nothing
from flake8_gradtape.machine.libraries.registry import REGISTRY
from flake8_gradtape.machine.state.module_facts import module_facts
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.reading.source import read_module

MODULE = """
import random
import tensorflow as tf
from elsewhere import *
from other import helper

kept = []
size = 3

def twice(x):
    return x + x

class Layer(tf.keras.layers.Layer):
    def act(self, x, {parameter}):
{body}
"""


def is_inert(body: str, parameter: str = "y=None") -> bool:
    """Whether the method `act` with this body leaves nothing behind."""
    text = MODULE.format(parameter=parameter, body="\n".join(f"        {line}" for line in body.split("\n")))
    source = read_module(text, whole=True)
    run = Run(module_facts(source), REGISTRY, Taking())
    run.budget.left = 10_000
    run.execute(run.scopes.module_scope, source.module.body)
    (method,) = (one for one in run.definitions.defined_functions.values() if one.name == "act")
    return leaves_nothing(run, method)


@pytest.mark.parametrize(
    "body",
    [
        "return tf.matmul(x, self.w) + self.b",
        "h = self.first(x)\nfor place in range(size):\n    h = self.second(h, y)\nreturn twice(h)",
        "return tf.reshape(x, (tf.shape(x)[0], -1, self.depth))",
        "x.append(1)\nreturn helper(x)",
        "if self.training:\n    return tf.abs(x)\nreturn x if y is None else y",
    ],
)
def test_what_computes_only_leaves_nothing(body: str) -> None:
    assert is_inert(body)


@pytest.mark.parametrize(
    "body",
    [
        "self.w = x",
        "self.count += 1",
        "self.cache[0] = x",
        "for self.last in range(3):\n    pass",
        "kept.append(x)",
        "print(kept)",
        "global size\nsize = 4",
        "self.items.append(x)",
        "items = self.items\nitems.append(x)",
        "helper(self.items)",
        "helper(self)",
        "return self",
        "return self.first(self.items)",
        "random.shuffle(self.items)",
        "return next(self.iterator)",
        "for one in self.iterator:\n    x = x + one",
        "return [one for one in self.iterator]",
        "return lambda: self.w",
        "with self.lock:\n    pass",
        "del self.w",
        "yield x",
        "unheard_of(x)",
        "tf.keras.backend.set_value(self.w, x)",
        "self.w.assign(x)",
        "Layer.shared.append(x)",
    ],
)
def test_what_may_act_on_more_than_its_own_names_may_leave_something(body: str) -> None:
    assert not is_inert(body)


def test_a_default_argument_lasts() -> None:
    assert not is_inert("y.append(x)", "y=[]")
