"""Operators and comparisons of values: what is an operation of TensorFlow, what is plain Python.

Items are in `subscripts`, calls in `calls`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import libcst as cst

from flake8_gradtape.machine.domain.contents import SequenceContents
from flake8_gradtape.machine.domain.graph import Curvature, Edge, Flow, Kind, Node, Op, OperationTraits
from flake8_gradtape.machine.domain.values import (
    Api,
    Class,
    Const,
    DictValue,
    Function,
    Instance,
    ListValue,
    Number,
    Opaque,
    Pure,
    TapeValue,
    Tensor,
    Value,
    Variable,
    bound,
    constant,
    node_of,
    options,
)
from flake8_gradtape.machine.language.special_methods import EQUALITY, MEMBERSHIP, ORDER, TEXT, TRUTH, operate
from flake8_gradtape.machine.language.unseen import unseen_code
from flake8_gradtape.machine.state.run import Run, number_like

BINARY = {
    "Add": "+", "Subtract": "-", "Multiply": "*", "Divide": "/", "FloorDivide": "//", "Modulo": "%", "Power": "**",
    "MatrixMultiply": "@", "BitAnd": "&", "BitOr": "|", "BitXor": "^", "LeftShift": "<<", "RightShift": ">>",
}  # fmt: skip
"""Operator nodes of the syntax tree to signs."""

_PLAIN: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "//": operator.floordiv, "%": operator.mod,
    "/": operator.truediv,
}  # fmt: skip
_MOST = 10**9
"""Larger numbers are not computed with."""
OPERATOR_METHODS = {
    "+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "**": "pow", "@": "matmul",
    "&": "and", "|": "or", "^": "xor", "<<": "lshift", ">>": "rshift",
}  # fmt: skip
"""The methods behind operators, without what stands before and after their names."""
_OF_SETS = frozenset({"&", "|", "^"})
_INTEGER = frozenset({"&", "|", "^", "<<", ">>"})
SIZES = frozenset({"shape", "dtype", "ndim", "name", "device", "rank"})
"""Attributes of tensors that are plain Python."""


def binary(run: Run, sign: str, left: Value, right: Value, at: cst.CSTNode) -> Value:
    """`left <sign> right`."""
    left, right = bound(left), bound(right)
    run.use((left, right))
    kinds = [*options(left), *options(right)]
    formats = sign == "%" and not surely_none(left) and _may_be_text(left)
    if (surely_none(left) or surely_none(right)) and not formats and all(_refuses_none(one) for one in kinds):
        # arithmetic on a None gradient raises (truth table B37)
        run.end_all_paths()
        return run.anything()
    if sign == "%" and _may_be_text(left):
        operate(run, right, TEXT)
    if number_like(left) and number_like(right):
        return _plain(run, sign, left, right, at)
    if any(isinstance(one, ListValue) for one in kinds) and not any(
        isinstance(one, (Tensor, Variable)) or (isinstance(one, Opaque) and sign != "+") for one in kinds
    ):
        return _lists(run, sign, left, right, at)
    if any(isinstance(one, (Instance, Function, Class, DictValue, Api, Pure, TapeValue)) for one in kinds):
        if _has_object([left, right]):
            return unseen_code(run, [left, right], at)
        run.sharing.escape(left)
        run.sharing.escape(right)
        return run.anything([*run.heap.nodes(left), *run.heap.nodes(right)], at=at)
    if any(_may_be_object(run, one, sign) for one in kinds):
        return unseen_code(run, [left, right], at)
    if _may_be_lists(sign, left, right) or _may_be_repeated(sign, left, right):
        return run.anything([*run.heap.nodes(left), *run.heap.nodes(right)], at=at)
    node = _arithmetic(run, sign, left, right, at)
    surely = any(all(isinstance(one, (Tensor, Variable)) for one in options(side)) for side in (left, right))
    return Tensor(node) if surely else Opaque(node)


def surely_none(value: Value) -> bool:
    """It is None in every run."""
    return isinstance(value, Const) and value.value is None


def _plain(run: Run, sign: str, left: Value, right: Value, at: cst.CSTNode) -> Value:
    if isinstance(left, Const) and isinstance(right, Const) and sign in _PLAIN:
        known = _computed(sign, left.value, right.value)
        if known is not None:
            return known
    edges = [*run.heap.edges(left, Flow.LEFT), *run.heap.edges(right, Flow.LEFT)]
    return Number(run.recorder.number(edges, edges[0].node.path or edges[0].node.op if edges else "", at))


def _computed(sign: str, left: Any, right: Any) -> Const | None:
    """What the operator makes of two constants; None if it raises, or if that is not worth knowing."""
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        if not (abs(left) < _MOST and abs(right) < _MOST):
            return None
        try:
            return constant(_PLAIN[sign](left, right))
        except (ArithmeticError, TypeError, ValueError):
            return None
    if sign == "+" and type(left) is type(right) and isinstance(left, (str, bytes)):
        return constant(left + right)
    return None


def _refuses_none(value: Value) -> bool:
    """Its operators do not take None; those of objects may, and `None | int` is a type."""
    if isinstance(value, Opaque):
        return value.node.kind is not Kind.UNKNOWN or value.node.surely_new
    return isinstance(value, (Const, Number, Tensor, Variable, ListValue))


def _may_be_object(run: Run, value: Value, sign: str) -> bool:
    """Something unknown may be an object of any class of the module that has a method for the operator, or a set."""
    if not isinstance(value, Opaque) or value.node.kind is not Kind.UNKNOWN or value.node.surely_new:
        return False
    names = [f"__{kind}{OPERATOR_METHODS.get(sign, '')}__" for kind in ("", "r", "i")]
    return sign in _OF_SETS or any(
        run.heap.entry(cls.cell, name) is not None for cls in run.definitions.classes for name in names
    )


def _may_be_text(value: Value) -> bool:
    """It may be a string, whose `%` makes text of what is put into it."""
    return any(
        isinstance(one, (Number, Opaque)) or (isinstance(one, Const) and isinstance(one.value, (str, bytes)))
        for one in options(value)
    )


def _may_be_repeated(sign: str, left: Value, right: Value) -> bool:
    """`[x] * n` of an unknown `n` may be a longer list."""
    return (
        sign == "*"
        and any(isinstance(one, ListValue) for side in (left, right) for one in options(side))
        and not any(isinstance(one, (Tensor, Variable)) for side in (left, right) for one in options(side))
    )


def _lists(run: Run, sign: str, left: Value, right: Value, at: cst.CSTNode) -> Value:
    """An operator between values of which one is a list or tuple."""
    if _has_object([left, right]):
        return unseen_code(run, [left, right], at)
    if sign == "+" and isinstance(left, ListValue) and isinstance(right, ListValue):
        one, other = run.heap.items(left), run.heap.items(right)
        return ListValue(run.heap.new_cell(one_after_other(one, other)))
    if sign == "*" and isinstance(left, ListValue) and isinstance(right, Const) and isinstance(right.value, int):
        content = run.heap.items(left)
        if content.exact and 0 < len(content.items) * right.value <= 16:
            return run.heap.sequence(content.items * right.value)
    if sign not in ("+", "*"):
        # `"%s" % (x,)` is text; sets, and objects of other classes, have operators of their own
        if sign == "%" and all(isinstance(one, Const) and isinstance(one.value, str) for one in options(left)):
            return Number(run.recorder.number(at=at))
        return unseen_code(run, [left, right], at)
    return run.heap.sequence(
        [left_or_items for side in (left, right) for left_or_items in _elements(run, side)], exact=False
    )


def _elements(run: Run, value: Value) -> list[Value]:
    found: list[Value] = []
    for option in options(value):
        found.extend(run.heap.items(option).items if isinstance(option, ListValue) else [option])
    return found


def one_after_other(one: SequenceContents, other: SequenceContents) -> SequenceContents:
    """The items of two lists, one after the other if both are exact."""
    immutable = one.immutable and other.immutable
    if one.exact and other.exact:
        return SequenceContents((*one.items, *other.items), True, immutable)
    counts = [len(content.items) if content.exact else content.sure for content in (one, other)]
    sure = (*one.items[: counts[0]], *other.items[: counts[1]])
    rest = (*one.items[counts[0] :], *other.items[counts[1] :])
    return SequenceContents((*sure, *rest), False, immutable, sure=len(sure))


def _may_be_lists(sign: str, left: Value, right: Value) -> bool:
    """`a + b` of two values of unknown structure may be a list of both (`g.weights + d.weights`)."""
    return sign == "+" and all(
        any(
            isinstance(one, Opaque)
            and ((one.node.kind is Kind.UNKNOWN and not one.node.surely_new) or one.node.op is Op.GRADIENT)
            for one in options(side)
        )
        for side in (left, right)
    )


def _arithmetic(run: Run, sign: str, left: Value, right: Value, at: cst.CSTNode) -> Node:
    """The operation that an operator makes: which inputs a gradient goes to, and what its backward pass reads."""
    flow = Flow.NO_GRADIENT if sign == "//" or sign in _INTEGER else Flow.GRADIENT
    sure = flow is Flow.GRADIENT
    edges = [*run.heap.edges(left, flow, sure), *run.heap.edges(right, flow, sure)]
    curvature, surely = Curvature.LINEAR, False
    if sign in ("*", "@"):
        curvature = Curvature.BILINEAR
    elif sign == "**":
        curvature, surely = Curvature.CURVED, True
    elif sign == "/":
        curvature = Curvature.LINEAR if number_like(right) else Curvature.CURVED
        surely = curvature is Curvature.CURVED and number_like(left)
    elif sign == "%":
        curvature = Curvature.CURVED
    sides = [side for side in (left, right) if not number_like(side)]
    floating: bool | None = False if sign in _INTEGER else floating_of(run, sides)
    if sign in ("/", "**") and floating is False:
        floating = True if sign == "/" else None
    elif floating is False and sign not in _INTEGER and not (_is_whole(left) and _is_whole(right)):
        floating = None  # it raises, but for NumPy behavior, which another module may have turned on
    surely_tensors = any(
        isinstance(one, (Tensor, Variable)) or (isinstance(one, Opaque) and one.node.op is Op.LAYER)
        for side in sides
        for one in options(side)
    )
    return run.recorder.operation(
        Op(sign),
        edges,
        at,
        OperationTraits(floating=floating, curvature=curvature, surely_curved=surely, surely_tensors=surely_tensors),
    )


def _is_whole(side: Value) -> bool:
    """An integer, or a tensor that is not floating."""
    return all(
        type(one.value) in (int, bool) if isinstance(one, Const) else (node := node_of(one)) and node.floating is False
        for one in options(side)
    )


def floating_of(run: Run, sides: list[Value]) -> bool | None:
    """Tensors of one operation have one dtype, so one that is known tells for all; alternatives must agree."""
    found: set[bool] = set()
    for side in sides:
        known = {node.floating for node in run.heap.nodes(side)}
        if run.heap.definite(side):
            known.discard(None)
        if len(known) == 1 and (tells := known.pop()) is not None:
            found.add(tells)
    return found.pop() if len(found) == 1 else None


def comparison(run: Run, signs: list[str], sides: list[Value], at: cst.CSTNode) -> Value:
    """`a < b`, `a == b`, `a is b`, `a in b` and the like."""
    if not all(sign in ("is", "is not") for sign in signs):
        for side in sides:
            operate(run, side, (*MEMBERSHIP, *ORDER, *EQUALITY) if {"in", "not in"} & {*signs} else ORDER)
    if all(sign in ("is", "is not", "in", "not in") for sign in signs):
        return _identity(run, signs, sides, at)
    if _has_object(sides):
        return _by_a_method(run, sides, at)
    if all(number_like(side) for side in sides):
        return _compare_plain(run, signs, sides, at)
    nodes = [edge for side in sides for edge in run.heap.edges(side, Flow.NO_GRADIENT)]
    node = run.recorder.operation(Op.COMPARISON, nodes, at, OperationTraits(floating=False))
    return Tensor(node) if _compares_tensors(signs, sides) else Opaque(node)


def _compares_tensors(signs: list[str], sides: list[Value]) -> bool:
    """Each comparison gives a tensor in every run: one side is one, and is not asked whether it equals None."""
    pairs = zip(signs, sides, sides[1:], strict=False)
    return all(
        sign not in ("is", "is not", "in", "not in")
        and any(all(_is_tensor(one) for one in options(side)) for side in (left, right))
        and (sign not in ("==", "!=") or (is_none(left) is False and is_none(right) is False))
        for sign, left, right in pairs
    )


def _is_tensor(value: Value) -> bool:
    return isinstance(value, Variable) or (isinstance(value, Tensor) and not value.maybe_none)


def _compare_plain(run: Run, signs: list[str], sides: list[Value], at: cst.CSTNode) -> Value:
    tests: dict[str, Callable[[Any, Any], bool]] = {
        "==": operator.eq, "!=": operator.ne, "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge,
    }  # fmt: skip
    if len(signs) == 1 and signs[0] in tests and all(isinstance(side, Const) for side in sides):
        one, other = (side.value for side in sides if isinstance(side, Const))
        try:
            return Const(bool(tests[signs[0]](one, other)))
        except TypeError:
            return run.anything()
    return Number(run.recorder.number([edge for side in sides for edge in run.heap.edges(side, Flow.LEFT)], at=at))


def _identity(run: Run, signs: list[str], sides: list[Value], at: cst.CSTNode) -> Value:
    if len(signs) == 1 and signs[0] in ("is", "is not") and surely_none(bound(sides[1])):
        answer = is_none(sides[0])
        if run.certainty.asserting == (1 if signs[0] == "is" else -1):
            for leaf in run.heap.leaves(sides[0]):
                if isinstance(leaf, Const) and leaf.asked is not None:
                    leaf.asked.expected = True
        if answer is not None:
            return Const(answer if signs[0] == "is" else not answer)
    return Number(run.recorder.number(at=at))


def is_none(value: Value) -> bool | None:
    """Whether a value is None; None if that depends on the run."""
    answers = set()
    for option in options(bound(value)):
        if isinstance(option, Const):
            answers.add(option.value is None)
        elif isinstance(option, (Opaque, Number)) or (isinstance(option, Tensor) and option.maybe_none):
            return None
        else:
            answers.add(False)
    return answers.pop() if len(answers) == 1 else None


def tested(run: Run, value: Value) -> bool | None:
    """Python asks whether a value is true, by a method if it has one; None if the answer depends on the run."""
    for option in options(bound(value)):
        run.behaviour(option).operate(run, option, TRUTH)
    return truth(run, value)


def truth(run: Run, value: Value) -> bool | None:
    """Whether a value is true; None if that depends on the run."""
    answers: set[bool | None] = set()
    for option in options(bound(value)):
        if isinstance(option, Const):
            answers.add(bool(option.value))
        elif isinstance(option, ListValue):
            content = run.heap.items(option)
            answers.add(bool(content.items) if content.exact else None)
        elif isinstance(option, (Function, Class, TapeValue)):
            answers.add(True)
        else:
            return None
    return answers.pop() if len(answers) == 1 else None


def unary(run: Run, sign: str, value: Value, at: cst.CSTNode) -> Value:
    """`-x`, `+x`, `~x`; `not` is in `expressions`."""
    value = bound(value)
    if surely_none(value):
        run.end_all_paths()
        return run.anything()
    if _has_object([value]):
        return _by_a_method(run, [value], at)
    if isinstance(value, Const) and sign in "+-" and isinstance(value.value, (int, float)):
        return Const(-value.value if sign == "-" else +value.value)
    if number_like(value):
        return Number(run.recorder.number(run.heap.edges(value, Flow.LEFT), at=at))
    flow = Flow.NO_GRADIENT if sign == "~" else Flow.GRADIENT
    tensors = all(isinstance(one, (Tensor, Variable)) for one in options(value))
    curvature = Curvature.CURVED if sign == "abs" else Curvature.LINEAR
    traits = OperationTraits(floating_of(run, [value]), curvature, surely_tensors=tensors)
    node = run.recorder.operation(Op(sign), run.heap.edges(value, flow, flow is Flow.GRADIENT), at, traits)
    return Tensor(node) if tensors else Opaque(node)


def _has_object(values: list[Value]) -> bool:
    return any(isinstance(option, Instance) for value in values for option in options(bound(value)))


def _by_a_method(run: Run, values: list[Value], at: cst.CSTNode) -> Value:
    """An operator runs a method of an object of the module, which may read anything around it."""
    return unseen_code(run, values, at)


def edges_of(nodes: list[Node], flow: Flow) -> list[Edge]:
    """Nodes as inputs of an operation."""
    return [Edge(node, flow) for node in nodes]
