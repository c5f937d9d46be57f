"""NumPy, and the dtypes of what tensors are made of: floating, something else, or not known."""

from __future__ import annotations

from dataclasses import replace

import libcst as cst

from flake8_gradtape.machine.domain.graph import Flow, Op, Tri
from flake8_gradtape.machine.domain.values import (
    NONE,
    Api,
    Const,
    Function,
    Instance,
    KerasLayer,
    Number,
    Opaque,
    Tensor,
    Value,
    Variable,
    bound,
)
from flake8_gradtape.machine.language.functions import unseen_call
from flake8_gradtape.machine.language.special_methods import ANY, operate
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Arguments

_GIVING_BACK = frozenset("choice choices sample shuffle prod sumprod Namespace pop get".split())
"""Functions and methods of plain Python that give back what they were given, or a part of it."""
_FLOATS = frozenset({"float16", "float32", "float64", "bfloat16", "half", "double", "complex64", "complex128"})
_OTHERS = frozenset(
    "int8 int16 int32 int64 uint8 uint16 uint32 uint64 bool string qint8 quint8 qint32 resource variant".split()
)
_PLACE_OF_DTYPE = {"array": 1, "asarray": 1, "zeros": 1, "ones": 1, "empty": 1, "full": 2, "arange": 3, "eye": 3}
_OBJECT = (Api("builtins.object"), Const("object"), Const("O"), Api("numpy.object_"))
_LIKE_THE_FIRST = frozenset("array asarray copy atleast_1d atleast_2d reshape arange".split())
"""NumPy functions whose result has the dtype of their first argument; `arange` that of all."""
_FLOATING = frozenset(
    "zeros ones empty eye identity linspace random.rand random.randn random.random random.normal random.uniform "
    "random.standard_normal".split()
)
_INTEGER = frozenset("random.randint argmax argmin argsort".split())
_SAME_DTYPE = frozenset("reshape copy flatten ravel transpose squeeze".split())
"""Methods of an array that leave its dtype alone."""


def gives_back(run: Run, name: str, arguments: Arguments) -> bool:
    """A function or method of plain Python that gives back a tensor, or an object, that it was given."""
    return name in _GIVING_BACK and any(
        not isinstance(leaf, (Const, Number)) for value in arguments.all() for leaf in run.heap.leaves(value)
    )


def call_of_numpy(run: Run, path: str, callee: Api, arguments: Arguments, at: cst.CSTNode) -> Value | None:
    """Any function of NumPy."""
    return numpy_call(run, path, arguments, at) if path.partition(".")[0] == "np" else None


def numpy_call(run: Run, path: str, arguments: Arguments, at: cst.CSTNode) -> Value:
    """NumPy takes tensors and gives arrays: the value leaves TensorFlow (truth table A51, A65)."""
    edges = [edge for value in arguments.all() for edge in run.heap.edges(value, Flow.LEFT)]
    if path.startswith("np.testing."):
        return NONE
    if any(
        isinstance(leaf, (Function, Instance, KerasLayer))
        for value in arguments.all()
        for leaf in run.heap.leaves(value)
    ):
        return unseen_call(run, Api(path), arguments, at)
    made_of = [leaf for value in arguments.positional[:2] for leaf in run.heap.leaves(value)]
    objects = path in ("np.array", "np.asarray", "np.full") and NONE in made_of
    if objects or any(value in _OBJECT for value in arguments.all()) or any(_holds_objects(one) for one in made_of):
        return _of_objects(run, path, arguments, at)
    return Number(run.recorder.number(edges, path, at, floating=_floating_array(run, path, arguments)))


def _holds_objects(value: Value) -> bool:
    return isinstance(value, Opaque) and value.node.op is Op.OBJECTS


def _of_objects(run: Run, path: str, arguments: Arguments, at: cst.CSTNode) -> Value:
    """An array of objects may hold tensors; NumPy computes with these as Python does."""
    made = unseen_call(run, Api(path), arguments, at)
    return Opaque(replace(made.node, op=Op.OBJECTS)) if isinstance(made, Opaque) else made


def _floating_array(run: Run, path: str, arguments: Arguments) -> Tri:
    """Whether the array is floating: by the argument `dtype`, by what it is made of, or always."""
    name = path.removeprefix("np.")
    if name in _FLOATS or name in _OTHERS:
        return name in _FLOATS
    dtype = arguments.get(_PLACE_OF_DTYPE.get(name, -1), "dtype")
    if dtype is not None or arguments.open:
        return floating_dtype(dtype) if dtype is not None else None
    if name in _LIKE_THE_FIRST:
        made_of = arguments.positional if name == "arange" else arguments.positional[:1]
        known = {floating_value(run, value) for value in made_of}
        if name == "arange" and True in known and None not in known:
            return True
        return known.pop() if len(known) == 1 else None
    if name in _FLOATING and len(arguments.positional) <= (1 if name in ("zeros", "ones", "empty") else 9):
        return True
    return False if name in _INTEGER else None


def array_method(run: Run, receiver: Number | Const, name: str, arguments: Arguments, at: cst.CSTNode) -> Value:
    """A method of a NumPy array, or of a plain Python value; None has those of every object."""
    if isinstance(receiver, Const) and receiver.value is None and not hasattr(None, name):
        run.end_all_paths()
        return run.anything()
    if gives_back(run, name, arguments):
        return unseen_call(run, receiver, arguments, at)
    for value in arguments.all():
        operate(run, value, ANY)  # `"{}".format(object)`
    if name == "astype" and any(value in _OBJECT for value in arguments.all()):
        return _of_objects(run, "np.asarray", arguments, at)
    edges = [edge for value in (receiver, *arguments.all()) for edge in run.heap.edges(value, Flow.LEFT)]
    floating: Tri = None
    if isinstance(receiver, Number) and name in _SAME_DTYPE:
        floating = receiver.node.floating
    elif name == "astype" and arguments.positional:
        floating = floating_dtype(arguments.positional[0])
    return Number(run.recorder.number(edges, at=at, floating=floating))


def floating_dtype(value: Value) -> Tri:
    """Whether a dtype argument names a floating type."""
    value = bound(value)
    name = ""
    if isinstance(value, Api):
        name = value.path.rpartition(".")[2]
    elif isinstance(value, Const):
        if value.value is None:
            return None
        name = str(value.value)
    if name in _FLOATS or name == "float":
        return True
    return False if name in _OTHERS or name == "int" else None


def floating_value(run: Run, value: Value) -> Tri:
    """Whether a tensor made of this value is floating: by literals, or what is known of tensors."""
    found: set[Tri] = set()
    for leaf in run.heap.leaves(value):
        if isinstance(leaf, Const):
            if isinstance(leaf.value, (bool, int, str, bytes)):
                found.add(False)
            elif isinstance(leaf.value, float):
                found.add(True)
            else:
                return None
        elif isinstance(leaf, (Tensor, Variable, Number)):
            found.add(leaf.node.floating)
        else:
            return None
    if found == {True, False}:
        return True if run.heap.definite(value) else None  # not both of them: one or the other
    return found.pop() if len(found) == 1 else None
