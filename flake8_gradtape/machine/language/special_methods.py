"""Methods that Python calls by itself, to carry out an operation: `__str__`, `__bool__`, `__eq__`, `__hash__` ...

Where an object of the module has such a method, or something unknown may be one, it is unseen code that has the object.
"""

from __future__ import annotations

from flake8_gradtape.machine.domain.graph import Kind
from flake8_gradtape.machine.domain.values import Instance, Opaque, Value
from flake8_gradtape.machine.language.classes import KNOWN_BASES, class_attribute
from flake8_gradtape.machine.language.unseen import unseen_code
from flake8_gradtape.machine.state.run import Run

TEXT = ("__str__", "__repr__", "__format__")
TRUTH = ("__bool__", "__len__")
EQUALITY = ("__eq__", "__ne__", "__hash__")
MEMBERSHIP = ("__contains__", "__iter__", "__getitem__", "__len__")
NUMBERS = ("__float__", "__int__", "__index__", "__complex__", "__trunc__", "__round__", "__abs__", "__len__")
INDEXING = (*EQUALITY, "__index__", "__int__", "__len__", "__iter__", "__getitem__", "__array__")
ORDER = ("__lt__", "__gt__", "__le__", "__ge__", "__eq__")
CONVERSION = (*NUMBERS, *MEMBERSHIP, *TEXT, "__array__", "__tf_tensor__", "__bool__")
"""What TensorFlow or NumPy may call to make a tensor or an array of an object."""
ANY = (*TEXT, *TRUTH, *EQUALITY, *MEMBERSHIP, *NUMBERS, *ORDER, "__next__", "__call__", "__fspath__", "__dir__",
       "__getattr__", "__getattribute__", "__reduce__", "__getstate__", "__copy__", "__deepcopy__", "__array__",
       "__del__", "__add__", "__radd__")  # fmt: skip
"""What a function of a library may call of an object that it is given."""
MOST_OBJECTS = 400
"""A value with more objects in it is one that may have any method."""


def operate(run: Run, value: Value, names: tuple[str, ...]) -> None:
    """Python carries out an operation on a value, and on what it holds, by methods of these names."""
    for leaf in run.heap.leaves(value):
        run.behaviour(leaf).operate(run, leaf, names)


def no_methods(run: Run, value: Value, names: tuple[str, ...]) -> None:
    """What Python or a library has for such a value changes nothing."""


def methods_of_object(run: Run, value: Instance, names: tuple[str, ...]) -> None:
    """A method of its class runs, or of an object that it holds: the methods of a dataclass call those."""
    pending: list[Value] = [value]
    seen: set[int] = set()
    while pending:
        one = pending.pop()
        if not isinstance(one, Instance) or one.cell in seen:
            continue
        seen.add(one.cell)
        if len(seen) > MOST_OBJECTS or any(_may_have(run, one, name) for name in names):
            unseen_code(run, [value])
            return
        pending.extend(leaf for _, held in run.heap.entries(one.cell).entries for leaf in run.heap.leaves(held))


def methods_of_unknown(run: Run, value: Opaque, names: tuple[str, ...]) -> None:
    """It may be an object of any class of the module that has such a method."""
    if value.node.kind is Kind.UNKNOWN and not value.node.surely_new:
        for cls in run.definitions.classes:
            if any(run.heap.entry(cls.cell, name) is not None for name in names):
                unseen_code(run, [value, cls])
                return


def _may_have(run: Run, value: Instance, name: str) -> bool:
    """The class has a method of this name, or a class above it that is not seen may have."""
    if class_attribute(run, value.cls, name) is not None:
        return True
    return any(not path.startswith(KNOWN_BASES) for one in value.cls.line for path in one.base_paths)
