"""Functions of TensorFlow that the knowledge base describes: their outputs, and how they depend on the arguments."""

from __future__ import annotations

from dataclasses import replace

import libcst as cst

from flake8_gradtape import knowledge
from flake8_gradtape.machine.domain.contents import SequenceContents
from flake8_gradtape.machine.domain.graph import Curvature, Edge, Flow, Node, OperationTraits, Tri
from flake8_gradtape.machine.domain.values import (
    NONE,
    Api,
    Function,
    ListValue,
    Number,
    Opaque,
    Tensor,
    Value,
    Variable,
    options,
)
from flake8_gradtape.machine.language.functions import unseen_call
from flake8_gradtape.machine.language.operators import floating_of
from flake8_gradtape.machine.libraries.numpy import floating_dtype, floating_value
from flake8_gradtape.machine.libraries.tensorflow.creation import holds_none
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Arguments

_BILINEAR = frozenset({"tf.math.multiply", "tf.linalg.matmul", "tf.linalg.matvec", "tf.tensordot", "tf.einsum"})
_TAKING_LISTS = frozenset({"tf.stack", "tf.concat"})
_INTEGERS_THAT_FLOW = frozenset({"tf.argsort", "tf.keras.ops.argsort"})


def measured_call(run: Run, path: str, callee: Api, arguments: Arguments, at: cst.CSTNode) -> Value | None:
    """A function that the knowledge base describes."""
    facts = knowledge.lookup(path)
    return known_operation(run, facts, arguments, at) if facts is not None and facts.result != "other" else None


def known_operation(run: Run, facts: knowledge.FunctionFacts, arguments: Arguments, at: cst.CSTNode) -> Value:
    """An operation of TensorFlow as the knowledge base has it."""
    if facts.result == "none":
        return NONE
    given = _by_parameter(facts, arguments)
    run.use(value for name, value in given if name in facts.tensors)
    if any(isinstance(option, Function) for _, value in given for option in options(value)):
        return unseen_call(run, Api(facts.name), arguments, at)
    first = arguments.get(0, facts.parameters[0]) if facts.parameters and facts.parameters[0] in facts.tensors else None
    if first is not None and (first == NONE or (facts.name in _TAKING_LISTS and holds_none(run, first))):
        run.end_all_paths()
        return run.anything()
    if facts.result == "python":
        edges = [edge for _, value in given for edge in run.heap.edges(value, Flow.LEFT)]
        return Number(run.recorder.number(edges, facts.name, at))
    if facts.name in _INTEGERS_THAT_FLOW:
        nodes = [node for _, value in given for node in run.heap.nodes(value)]
        return Tensor(_unknown_integer(run, nodes, facts.name, at))
    made = [_output(run, facts, output, given, at) for output in facts.outputs]
    if facts.result == "tensor":
        return Tensor(made[0])
    if facts.result == "tensors":
        return run.heap.sequence([Tensor(node) for node in made], exact=False)
    names = tuple(output.name for output in facts.outputs) if facts.result == "named" else ()
    return ListValue(run.heap.new_cell(SequenceContents(tuple(Tensor(node) for node in made), True, True, names)))


def _unknown_integer(run: Run, nodes: list[Node], path: str, at: cst.CSTNode) -> Node:
    """An integer result that is connected all the same, as a target by itself (measured: zeros)."""
    return replace(run.recorder.unknown(nodes, at=at), path=path, floating=False, trainable=False)


def _by_parameter(facts: knowledge.FunctionFacts, arguments: Arguments) -> list[tuple[str, Value]]:
    """The arguments under their parameter names; those that do not fit under a name that no fact speaks of."""
    given = [
        (facts.parameters[position] if position < len(facts.parameters) else facts.variadic or "?", value)
        for position, value in enumerate(arguments.positional)
    ]
    given.extend(arguments.keywords)
    given.extend(("?", value) for value in arguments.extra)
    return given


def _output(
    run: Run, facts: knowledge.FunctionFacts, output: knowledge.OutputFacts, given: list[tuple[str, Value]],
    at: cst.CSTNode,
) -> Node:  # fmt: skip
    """One output of a measured function: how it depends on each argument, and what is known of its dtype."""
    sure = output.flows if facts.name in _BILINEAR else output.bends | output.linear | facts.missing
    edges: list[Edge] = []
    carrying: list[Value] = []
    for name, value in given:
        if name in output.flows or name not in facts.tensors:
            new = run.heap.edges(value, Flow.GRADIENT, sure=name in sure)
            if new and name in facts.tensors:
                carrying.append(value)
        else:
            stopped = facts.name.endswith("stop_gradient")
            new = run.heap.edges(value, Flow.STOPPED if stopped else Flow.NO_GRADIENT)
        edges.extend(new)
    curvature = Curvature.CURVED
    if output.flows and output.flows <= output.linear:
        curvature = Curvature.LINEAR
    elif facts.name in _BILINEAR:
        curvature = Curvature.BILINEAR
    bends = any(name in output.bends and run.heap.nodes(value) for name, value in given)
    same = (option for name, value in given if name == facts.same for option in options(value))
    traits = OperationTraits(
        floating=_output_floating(run, facts, output, given, carrying),
        curvature=curvature,
        surely_curved=bends and len(output.flows) == 1,
        no_gradient=any(name in facts.missing and run.heap.nodes(value) for name, value in given),
        transparent=facts.name in _MAY_DO_NOTHING or any(isinstance(option, (Tensor, Opaque)) for option in same),
    )
    return run.recorder.operation(facts.name, edges, at, traits)


_MAY_DO_NOTHING = frozenset(
    "tf.nn.dropout tf.nn.experimental.stateless_dropout tf.image.rot90 tf.keras.backend.dropout "
    "tf.keras.random.dropout tf.keras.ops.expand_dims tf.experimental.numpy.diff tf.experimental.numpy.rot90 "
    "tf.keras.ops.diff tf.keras.ops.rot90".split()
)
"""Functions that give back their input where they are told to do nothing (dropout of 0, no turn)."""
_FLOATING_OF_INTEGERS = (
    "tf.math.divide", "tf.math.truediv", "tf.linspace", "tf.keras.ops.", "tf.experimental.numpy.",
    "tf.keras.backend.", "tf.math.reduce_mean",
)  # fmt: skip
"""Functions that make floating numbers of integers, or do so in some modes."""


def _output_floating(
    run: Run, facts: knowledge.FunctionFacts, output: knowledge.OutputFacts, given: list[tuple[str, Value]],
    carrying: list[Value],
) -> Tri:  # fmt: skip
    """Whether an output is floating, by what was measured of its dtype; None if that cannot be told."""
    if output.dtype in ("float",):
        return True
    if output.dtype in ("int", "bool", "string"):
        return False
    if output.dtype == "by_argument":
        named = [value for name, value in given if name == facts.dtype_parameter]
        if named:
            return floating_dtype(named[0])
        if facts.without_dtype == "like":
            known = {floating_value(run, value) for name, value in given if name in facts.tensors}
            return True if True in known and None not in known else known.pop() if len(known) == 1 else None
        return {"float": True, "int": False}.get(facts.without_dtype)
    if output.dtype == "like":
        found = _floating_like(run, carrying)
        return None if found is False and facts.name.startswith(_FLOATING_OF_INTEGERS) else found
    return None


def _floating_like(run: Run, carrying: list[Value]) -> Tri:
    """What the inputs tell of an output that has their dtype."""
    tensors = [
        value for value in carrying if all(isinstance(leaf, (Tensor, Variable)) for leaf in run.heap.leaves(value))
    ]
    of_tensors = floating_of(run, tensors)
    if of_tensors is not None:
        return of_tensors
    known = {floating_value(run, value) for value in carrying}
    return known.pop() if len(known) == 1 else None
