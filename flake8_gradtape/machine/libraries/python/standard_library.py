"""What a few functions of the standard library, and of `tqdm`, do to values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import libcst as cst

from flake8_gradtape.knowledge.plain_python import given_by
from flake8_gradtape.machine.domain.contents import SequenceContents
from flake8_gradtape.machine.domain.graph import Edge, Flow
from flake8_gradtape.machine.domain.values import (
    NONE,
    Api,
    Class,
    Const,
    ExitStack,
    Function,
    Number,
    TapeValue,
    Tensor,
    Value,
    Variable,
)
from flake8_gradtape.machine.language.functions import unseen_call
from flake8_gradtape.machine.language.special_methods import NUMBERS, operate
from flake8_gradtape.machine.language.unseen import unseen_code
from flake8_gradtape.machine.libraries.plain_python import hand_over_containers, is_plain, plain_result
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Arguments

_MATHEMATICS = frozenset({"math", "cmath"})
_COMPUTING_AS_PYTHON = frozenset({"prod", "sumprod", "trunc"})
"""Functions of these that compute with the operators or methods of what they are given."""
_ROUNDING = frozenset({"ceil", "floor"})
_TAKING_ALL = frozenset({"fsum", "dist"})


def plain_call(run: Run, path: str, callee: Api, arguments: Arguments, at: cst.CSTNode) -> Value | None:
    """A function of the standard library that gives plain Python for what it is given; `tqdm` shows elements."""
    if path.partition(".")[0] == "tqdm":
        shown = arguments.get(0, "iterable")
        name = path.rpartition(".")[2]
        return shown if shown is not None and name == "tqdm" else unseen_call(run, callee, arguments, at)
    values = arguments.all()
    given = given_by(path)
    plain = all(is_plain(run, value) for value in values)
    if plain and given:
        run.sharing.unseen_runs += 1
        run.sharing.handed_out_functions_run()  # a handler or hook of the module may be among what runs
        edges = _left(run, values)
        hand_over_containers(run, values)
        return plain_result(run, given, edges, path, at)
    if given == "never":
        unseen_code(run, values)
        return plain_result(run, given, (), path, at)
    module, _, name = path.rpartition(".")
    if module in _MATHEMATICS and name not in _COMPUTING_AS_PYTHON and _made_numbers_of(run, name, values):
        for value in values:
            operate(run, value, NUMBERS)
        return plain_result(run, given or "scalar", _left(run, values), path, at)
    return None


def _left(run: Run, values: list[Value]) -> list[Edge]:
    return [edge for value in values for edge in run.heap.edges(value, Flow.LEFT)]


def _made_numbers_of(run: Run, name: str, values: list[Value]) -> bool:
    """Functions of `math` make Python numbers of all that they are given, tensors too, before they compute."""
    leaves = [leaf for value in values for leaf in run.heap.leaves(value)]
    if name in _ROUNDING or name in _TAKING_ALL:
        return all(isinstance(leaf, (Const, Number, Tensor, Variable)) for leaf in leaves)
    return not any(isinstance(leaf, (Function, Class, TapeValue)) for leaf in leaves)


def _exit_stack(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    return ExitStack(run.heap.new_cell(SequenceContents(())))


def _partial(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`functools.partial(f, ...)`: a function of the module with its first arguments; else unknown, but no call yet."""
    function = arguments.positional[0] if arguments.positional else None
    if isinstance(function, Function) and not arguments.open:
        named = {**dict(function.named_arguments), **dict(arguments.keywords)}
        return replace(
            function,
            first_arguments=(*function.first_arguments, *arguments.positional[1:]),
            named_arguments=tuple(named.items()),
            partial=True,
        )
    for value in arguments.all():
        run.sharing.escape(value)
    return run.anything([node for value in arguments.all() for node in run.heap.nodes(value)], at=at)


def _deep_copy(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    """A new variable or tensor with the same value (truth table X06)."""
    value = arguments.get(0, "x")
    if isinstance(value, Variable):
        edges = run.heap.edges(value, Flow.STATE)
        node = run.recorder.variable(
            run.node_states.trainable(value.node), value.node.floating, at, edges, "copy.deepcopy"
        )
        return Variable(node)
    return unseen_call(run, Api("copy.deepcopy"), arguments, at)


def _environment(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`os.environ.get(name)`: the system keeps text there, whatever the program does."""
    default = arguments.get(1, "default")
    return run.sharing.join([Number(run.recorder.number(at=at)), NONE if default is None else default])


CALLS: dict[str, Callable[[Run, Arguments, cst.CSTNode], Value]] = {
    "contextlib.ExitStack": _exit_stack,
    "functools.partial": _partial,
    "copy.deepcopy": _deep_copy,
    "os.environ.get": _environment,
}
