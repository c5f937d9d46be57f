"""Methods that Python calls by itself: wherever it does, the machine expects them to have done anything.

Python is asked first whether it calls the method there; only then nothing may be claimed.
"""

from __future__ import annotations

import contextlib
import math
import operator

import numpy as np
import pytest

from flake8_gradtape.checking.check import check

USES = {
    ("__index__", "", "0"): [
        "some[box]", "(1, 2)[box:]", "'abc'[box]", "range(box)", "[0] * box", "hex(box)", "bytes(box)", "np.zeros(box)",
        "array[box]", "some[box] = 4", "del some[box]", "some.insert(box, 1)", "some.pop(box)", "some[0:box] = [1]",
        "operator.index(box)", "chr(box)", "math.comb(5, box)", "some.index(1, box)", "array[box] = 2.0",
        "round(1.5, box)",
    ],
    ("__len__", "", "3"): ["len(box)", "bool(box)", "not box", "1 if box else 2", "[1 for _ in [0] if box]"],
    ("__iter__", "", "iter([1])"): [
        "only, = box", "[*box]", "print(*box)", "list(box)", "1 in box", "[q for q in box]", "some.extend(box)",
        "some[1:2] = box", "dict.fromkeys(box)", "set(box)", "sum(box)", "next(iter(box))",
    ],
    ("__hash__", "", "1"): [
        "table[box] = 1", "{box}", "{box: 1}", "table.get(box)", "box in table", "set([box])", "table.pop(box, None)",
        "table.setdefault(box, 1)", "box in {1, 2}", "hash(box)",
    ],
    ("__eq__", ", other", "True"): [
        "box == 1", "1 == box", "some.index(box)", "box in some", "some.remove(box)", "some.count(box)", "box != 1",
        "(1, box) == (1, 2)", "[box] == [1]", "{'a': box} == {'a': 1}",
    ],
    ("__format__", ", spec", "''"): ["f'{box}'", "'{}'.format(box)", "format(box)", "f'{box:x}'"],
    ("__str__", "", "'x'"): ["str(box)", "print(box)", "f'{box!s}'", "'%s' % box", "'%s %s' % (1, box)"],
    ("__float__", "", "1.0"): ["float(box)", "math.sin(box)", "'%f' % box", "np.float32(box)", "complex(box)"],
    ("__int__", "", "1"): ["int(box)", "'%d' % box", "np.int32(box)"],
    ("__lt__", ", other", "True"): [
        "box < 1", "1 > box", "sorted([box, box])", "min(box, box)", "[box, 2] < [4, 3]",
        "sorted([2, 1], key=lambda one: box)", "some.sort(key=lambda one: box)",
    ],
    ("__neg__", "", "1"): ["-box"],
    ("__array__", ", *a, **k", "np.ones(1)"): ["np.array(box)", "np.sum(box)", "array + box"],
    ("__radd__", ", other", "1"): ["1 + box", "sum([box])"],
    ("__rmul__", ", other", "1"): ["2 * box", "[1] * box"],
    ("__bool__", "", "True"): ["box and 1", "box or 1", "any([box])", "all([box])", "list(filter(None, [box]))"],
    ("__getattr__", ", name", "1"): ["box.other", "getattr(box, 'x', None)", "hasattr(box, 'x')"],
    ("__call__", ", *a", "1"): ["list(map(box, [1]))", "sorted([1], key=box)", "max([1, 2], key=box)"],
    ("__getitem__", ", at", "[1][at]"): ["list(box)", "[q for q in box]", "1 in box", "box[0]"],
}  # fmt: skip
"""Methods, with their further parameters and what they give, and code that has Python call them."""
CASES = [(*method, use) for method, uses in USES.items() for use in uses]

PROGRAM = """
import math
import operator
import numpy as np
import tensorflow as tf

v = tf.Variable(2.0)
with tf.GradientTape() as tape:
    z = v * 3.0

    class Box:
        def __init__(self):
            self.loss = tf.constant(1.0)

        def {method}(self{parameters}):
            self.loss = z * 2.0
            return {result}

    box = Box()
    some, table, array = [1, 2, 3], {{0: 1}}, np.ones(3)
    try:
        {use}
    except (TypeError, ValueError, IndexError, KeyError):
        pass
tape.gradient(box.loss, z)
"""


def is_called(method: str, parameters: str, result: str, use: str) -> bool:
    """Whether Python calls the method of an object that it meets there."""
    called: list[bool] = []
    names = {"math": math, "operator": operator, "np": np, "called": called, "some": [1, 2, 3], "table": {0: 1}}
    names["array"] = np.ones(3)
    exec(f"class Box:\n def {method}(self{parameters}):\n  called.append(True)\n  return {result}\nbox = Box()", names)
    with contextlib.suppress(TypeError, ValueError, IndexError, KeyError):
        exec(use, names)
    return bool(called)


@pytest.mark.parametrize(("method", "parameters", "result", "use"), CASES, ids=[f"{one[0]} {one[3]}" for one in CASES])
def test_what_python_calls_by_itself_may_have_done_anything(
    method: str, parameters: str, result: str, use: str
) -> None:
    assert is_called(method, parameters, result, use)
    assert check(PROGRAM.format(method=method, parameters=parameters, result=result, use=use)) == []


def test_a_method_that_nobody_calls_has_done_nothing() -> None:
    (found,) = check(PROGRAM.format(method="__invert__", parameters="", result="1", use="len(some)"))
    assert found.code == "TAP112"
