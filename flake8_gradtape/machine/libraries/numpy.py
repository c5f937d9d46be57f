"""NumPy, and the dtypes of what tensors are made of: floating, something else, or not known."""

from __future__ import annotations

from dataclasses import replace

import libcst as cst

from flake8_gradtape.knowledge.plain_python import given_by
from flake8_gradtape.machine.domain.graph import Flow, Op, Tri
from flake8_gradtape.machine.domain.values import (
    NONE,
    Api,
    Const,
    Number,
    Opaque,
    Tensor,
    Value,
    Variable,
    bound,
)
from flake8_gradtape.machine.language.functions import unseen_call
from flake8_gradtape.machine.language.special_methods import ANY, operate
from flake8_gradtape.machine.language.unseen import unseen_code
from flake8_gradtape.machine.libraries.plain_python import hand_over_containers, plain_result
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Arguments

_NUMBERS = (Const, Number, Tensor, Variable, Api)
"""What NumPy makes numbers of, and names of dtypes."""
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


def call_of_numpy(run: Run, path: str, callee: Api, arguments: Arguments, at: cst.CSTNode) -> Value | None:
    """Any function of NumPy."""
    return numpy_call(run, path, arguments, at) if path.partition(".")[0] == "np" else None


def numpy_call(run: Run, path: str, arguments: Arguments, at: cst.CSTNode) -> Value:
    """NumPy takes tensors and gives arrays: the value leaves TensorFlow (truth table A51, A65).

    Not where it is given arrays of objects, or something unknown, which may be one.
    """
    values = arguments.all()
    given = given_by("numpy" + path.removeprefix("np"))
    if not given or not all(_is_number(leaf) for value in values for leaf in run.heap.leaves(value)):
        return _of_objects(run, path, arguments, at)
    made_of = [leaf for value in arguments.positional[:2] for leaf in run.heap.leaves(value)]
    objects = path in ("np.array", "np.asarray", "np.full") and NONE in made_of
    if objects or any(value in _OBJECT for value in values):
        return _of_objects(run, path, arguments, at)
    edges = [edge for value in values for edge in run.heap.edges(value, Flow.LEFT)]
    if given == "none":
        hand_over_containers(run, values)  # it is there to change what it is given
    return plain_result(run, given, edges, path, at, _floating_array(run, path, arguments))


def _is_number(value: Value) -> bool:
    """NumPy makes numbers of it: it is one, or a tensor; what models and losses give is, if taken to be new."""
    return isinstance(value, _NUMBERS) or (isinstance(value, Opaque) and value.node.surely_new)


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
    values = arguments.all()
    given = "scalar" if name == "item" else given_by(f"a value.{name}")
    numbers = all(_is_number(leaf) for value in values for leaf in run.heap.leaves(value))
    text = isinstance(receiver, Const) and isinstance(receiver.value, (str, bytes))
    if not given or not (numbers or text) or (name == "astype" and any(value in _OBJECT for value in values)):
        made = unseen_call(run, receiver, arguments, at)
        return Opaque(replace(made.node, op=Op.OBJECTS)) if isinstance(made, Opaque) else made
    for value in values:
        operate(run, value, ANY)  # `"{}".format(object)`
    if not numbers and name != "format":
        unseen_code(run, values)  # `"".join(generator)`
    edges = [edge for value in (receiver, *values) for edge in run.heap.edges(value, Flow.LEFT)]
    floating: Tri = None
    if isinstance(receiver, Number) and name in _SAME_DTYPE:
        floating = receiver.node.floating
    elif name == "astype" and arguments.positional:
        floating = floating_dtype(arguments.positional[0])
    return plain_result(run, given, edges, "", at, floating)


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
