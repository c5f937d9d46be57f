"""Makes programs from a seed: pieces that double, nest and hold themselves, and mutated and spliced fixtures."""

from __future__ import annotations

import ast
import random
from collections.abc import Sequence

HEAD = "import tensorflow as tf\nv = tf.Variable(1.0)\nw = tf.Variable(2.0)\n"
STARTS = ('a = "a"', "a = [v]", "a = (v, w)", 'a = {"k": v}', "a = 2", "a = 1.5", "a = True", "a = [[v], {1: w}]")
GROWTH = (
    "a = a + a", "a = (a, a)", "a = [a, a]", "a = [*a, *a]", "a = {**a, 'x': a}", "a = a ** a", "a = a * 7", "a += a",
    "a = [b for b in a for c in a]", "a = {b: a for b in a}", "a.append(a)", "a.extend(a)", "a['k'] = a", "a[0] = a",
    "a.update({1: a, True: v})", "a = lambda x: a", "a = tf.nest.flatten(a)", "a = list(zip(a, a))", "a = sorted(a)",
    "a = dict(a, x=a)", "a = [a] if a else (a,)", "a = f'{a}' 'b'", "a = a << a", "a = -a", "a = a[0:]",
    "a = tf.nest.map_structure(lambda x: x, a)", "a = a.values()", "a = a.items()", "a = int(a)", "a = range(a)",
)  # fmt: skip
TAIL = """with tf.GradientTape() as tape:
    tape.watch(a)
    y = v * w
g = tape.gradient(y, a)
h = tape.gradient(a, v)
"""


def grown(chance: random.Random) -> str:
    """A value that grows from line to line, in one of the ways or in a mixture, and a gradient for it."""
    ways = chance.sample(GROWTH, chance.choice((1, 1, 2, 3, 5)))
    lines = [chance.choice(ways) for _ in range(chance.choice((5, 30, 120)))]
    shape = chance.randrange(3)
    if shape == 1:  # in nested loops
        lines = [f"{'    ' * depth}for i{depth} in range(9):" for depth in range(3)] + [
            f"{' ' * 12}{one}" for one in ways
        ]
    elif shape == 2:  # some runs do, some do not
        lines = [f"if tape{n}:\n    {one}" for n, one in enumerate(lines)]
    return HEAD + chance.choice(STARTS) + "\n" + "\n".join(lines) + "\n" + TAIL


def mutated(chance: random.Random, texts: Sequence[str]) -> str:
    """A fixture with lines left out, doubled, swapped, or spliced into another one; Python still."""
    for _ in range(20):
        lines = chance.choice(texts).splitlines()
        for _ in range(chance.randrange(1, 6)):
            place, other = chance.randrange(len(lines)), chance.randrange(len(lines))
            act = chance.randrange(4)
            if act == 0 and len(lines) > 1:
                del lines[place]
            elif act == 1:
                lines.insert(other, lines[place])
            elif act == 2:
                lines[place], lines[other] = lines[other], lines[place]
            else:
                more = chance.choice(texts).splitlines()
                lines[place:place] = more[chance.randrange(len(more)) :]
        text = "\n".join(lines) + "\n"
        try:
            ast.parse(text)
        except SyntaxError:
            continue
        return text
    return grown(chance)


def program(seed: int, texts: Sequence[str]) -> str:
    """The program of a seed."""
    chance = random.Random(seed)
    return grown(chance) if chance.random() < 0.5 else mutated(chance, texts)
