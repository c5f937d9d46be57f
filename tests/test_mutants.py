"""Breaks of a correct program are found, each kind; those of real code are counted by `python -m tests.mutants`."""

from __future__ import annotations

import pytest

from flake8_gradtape.checking.check import check
from flake8_gradtape.machine.assumptions.taking import ALL
from tests.mutants import KINDS, Mutant, mutants
from tests.mutants.__main__ import is_found

PROGRAM = """
import tensorflow as tf

model = tf.keras.Sequential([tf.keras.Input([3]), tf.keras.layers.Dense(2)])
optimizer = tf.keras.optimizers.SGD(0.1)


def train(images, labels):
    with tf.GradientTape() as tape:
        scores = model(images, training=True)
        loss = tf.reduce_mean(tf.square(scores - labels))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))


def saliency(image):
    with tf.GradientTape() as tape:
        tape.watch(image)
        score = tf.reduce_max(model(image))
    return tape.gradient(score, image)


train(tf.ones([4, 3]), tf.ones([4, 2]))
print(saliency(tf.ones([1, 3])))
"""
MADE = list(mutants(PROGRAM))


def test_the_program_itself_is_correct() -> None:
    assert check(PROGRAM) == []


def test_every_kind_is_made() -> None:
    assert {one.kind for one in MADE} == KINDS.keys()


@pytest.mark.parametrize("mutant", MADE, ids=lambda one: f"{one.kind} {one.asked}")
def test_each_break_is_found_and_for_certain(mutant: Mutant) -> None:
    assert is_found(mutant, 3, ALL)
    assert is_found(mutant, 3, frozenset())
