"""What Python's builtin functions do to values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import libcst as cst

from flake8_gradtape.machine.domain.contents import ELSEWHERE, MappingContents, SequenceContents
from flake8_gradtape.machine.domain.graph import Flow
from flake8_gradtape.machine.domain.values import (
    NONE,
    Api,
    Const,
    DictValue,
    Instance,
    ListValue,
    Number,
    Opaque,
    SuperProxy,
    TapeValue,
    Tensor,
    Value,
    Variable,
    bound,
    constant,
    options,
)
from flake8_gradtape.machine.language.attributes import attribute, class_of, set_attribute
from flake8_gradtape.machine.language.classes import has_one_line
from flake8_gradtape.machine.language.functions import unseen_call
from flake8_gradtape.machine.language.loops import iterate
from flake8_gradtape.machine.language.operators import binary, truth, unary
from flake8_gradtape.machine.language.special_methods import ANY, EQUALITY, NUMBERS, ORDER, TEXT, TRUTH, operate
from flake8_gradtape.machine.language.subscripts import at_most, contents, elements
from flake8_gradtape.machine.state.run import Run, number_like
from flake8_gradtape.machine.state.scopes import Arguments
from flake8_gradtape.machine.tapes.state import TAPE_NAMES

BUILTINS = frozenset(
    "print len range zip enumerate list tuple dict set frozenset sum float int bool str repr isinstance "
    "issubclass getattr setattr hasattr abs max min sorted reversed map filter any all iter next type id super "
    "format round pow divmod open input callable hash vars dir object property staticmethod classmethod bytes "
    "complex ord chr exit quit".split()
)
_PLAIN = frozenset(
    "len float int bool str repr isinstance issubclass hasattr id format hash open input callable dir ord chr "
    "bytes complex round".split()
)
_KEEPING = frozenset({"list", "tuple", "sorted", "reversed", "iter"})


_METHODS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("print", "str", "repr", "format"), TEXT),
    **dict.fromkeys(
        ("float", "int", "complex", "round", "len", "hex", "oct", "bin", "chr", "range", "divmod"), NUMBERS
    ),
    **dict.fromkeys(("isinstance", "issubclass"), ("__instancecheck__", "__subclasscheck__")),
    **dict.fromkeys(("sorted", "max", "min", "sum"), ANY),
    **dict.fromkeys(("set", "frozenset", "hash", "dict"), EQUALITY),
    **dict.fromkeys(("bool", "all", "any", "filter"), TRUTH),
    **dict.fromkeys(("next", "reversed", "bytes", "open", "dir", "hasattr", "input"), ANY),
}
"""Builtins that call methods of what they are given, or of what is in it."""


def builtin_call(run: Run, name: str, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`name(...)` for a builtin that nothing shadows."""
    for value in arguments.all() if name in _METHODS else ():
        operate(run, value, _METHODS[name])
    if name == "print":
        return NONE
    if name in _PLAIN:
        return _plain(run, name, arguments, at)
    key = arguments.get(-1, "key")
    if key is not None and name in ("sorted", "max", "min") and arguments.positional:
        iterable = arguments.positional[0]
        if len(arguments.positional) > 1:
            iterable = run.heap.sequence(arguments.positional)
        iterate(run, iterable, at, lambda item: operate(run, run.call(key, Arguments((item,)), at), ORDER))
    if name in _KEEPING and not (name == "iter" and len(arguments.positional) > 1):
        return _sequence(run, name, arguments, at)
    act = _ACTIONS.get(name)
    if act is not None and not arguments.open:
        return act(run, arguments, at)
    if name in ("exit", "quit"):
        run.end_all_paths()
    return unseen_call(run, Api(f"builtins.{name}"), arguments, at)


def _plain(run: Run, name: str, arguments: Arguments, at: cst.CSTNode) -> Value:
    """A builtin that gives plain Python: a constant where it can be computed, else a number."""
    given = arguments.all()
    if name == "len" and given and isinstance(given[0], ListValue):
        content = run.heap.items(given[0])
        if content.exact:
            return Const(len(content.items))
    if name in ("float", "int") and given and isinstance(given[0], Const) and isinstance(given[0].value, (int, float)):
        converted = _converted(name, given[0].value)
        if converted is not None:
            return converted
    if name in ("float", "int") and given and isinstance(bound(given[0]), Const) and given[0] == NONE:
        run.end_all_paths()
        return run.anything()
    if name == "round" and given and not number_like(given[0]):
        for value in given:
            run.sharing.escape(value)  # a user's object rounds itself
        return run.anything([node for value in given for node in run.heap.nodes(value)], at=at)
    if name == "hasattr" and len(given) == 2 and isinstance(given[0], TapeValue) and isinstance(given[1], Const):
        return Const(given[1].value in TAPE_NAMES or str(given[1].value).startswith("_"))
    carries = name in ("float", "int", "complex", "round")
    if name in ("open", "input") or (carries and not all(_is_number(value) for value in given)):
        run.sharing.unseen_runs += 1  # it may raise
    edges = [edge for value in given for edge in run.heap.edges(value, Flow.LEFT)] if carries else []
    return Number(run.recorder.number(edges, f"{name}()", at))


def _is_number(value: Value) -> bool:
    """It can be converted to a number: it is one, and no text."""
    return all(
        isinstance(option, (Tensor, Variable)) or (isinstance(option, Const) and not isinstance(option.value, str))
        for option in options(bound(value))
    )


def _converted(name: str, value: float) -> Const | None:
    """`float(value)` or `int(value)`; None if that raises, or is too large to be carried along."""
    try:
        return constant(float(value) if name == "float" else int(value))
    except (ArithmeticError, ValueError):
        return None


def _sequence(run: Run, name: str, arguments: Arguments, at: cst.CSTNode) -> Value:
    given = arguments.positional
    if not given:
        return run.heap.sequence([], immutable=name == "tuple")
    found = contents(run, given[0], at)
    items = found.items[::-1] if name == "reversed" else found.items
    sure = found.sure if name != "reversed" else 0
    if found.exact and name == "sorted":
        sure = len(items)
    single = at_most(run, given[0]) == 1
    made = SequenceContents(items, found.exact and name != "sorted", name == "tuple", single=single, sure=sure)
    if name in ("iter", "reversed"):
        made = replace(made, immutable=True, once=True)
    return ListValue(run.heap.new_cell(made))


def _numbers(bounds: list[int]) -> range | None:
    """The range with these bounds, if there is one."""
    try:
        return range(*bounds)
    except (TypeError, ValueError):
        return None


def _range(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    bounds = [value.value for value in arguments.positional if isinstance(value, Const)]
    if len(bounds) == len(arguments.positional) and bounds and all(type(one) is int for one in bounds):
        numbers = _numbers(bounds)
        if numbers is not None and not numbers[3:]:
            return run.heap.sequence([Const(number) for number in numbers], immutable=True)
        return run.heap.sequence([Number(run.recorder.number(at=at))], exact=False, immutable=True)
    return run.heap.sequence([Number(run.recorder.number(at=at))], exact=False, immutable=True)


def _zip(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    columns = [elements(run, value, at) for value in arguments.positional]
    if columns and all(exact for _, exact in columns):
        rows = zip(*(items for items, _ in columns), strict=False)
        found = tuple(run.heap.sequence(row, immutable=True) for row in rows)
        return ListValue(run.heap.new_cell(SequenceContents(found, immutable=True, once=True)))
    row = [run.sharing.join(items) if items else run.anything() for items, _ in columns]
    single = any(at_most(run, value) == 1 for value in arguments.positional)
    return ListValue(
        run.heap.new_cell(
            SequenceContents((run.heap.sequence(row, immutable=True),), False, True, single=single, once=True)
        )
    )


def _enumerate(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    items, exact = elements(run, arguments.positional[0], at) if arguments.positional else ([], True)
    start = arguments.get(1, "start")
    first = start.value if isinstance(start, Const) else 0 if start is None else None
    rows = [
        run.heap.sequence(
            [Const(first + place) if exact and isinstance(first, int) else Number(run.recorder.number(at=at)), item],
            immutable=True,
        )
        for place, item in enumerate(items)
    ]
    single = bool(arguments.positional) and at_most(run, arguments.positional[0]) == 1
    return ListValue(run.heap.new_cell(SequenceContents(tuple(rows), exact, True, single=single, once=True)))


def _sum(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`sum` adds with the operator of the elements: operations of TensorFlow for tensors (truth table X03)."""
    if not arguments.positional:
        return run.anything(at=at)
    items, exact = elements(run, arguments.positional[0], at)
    start = arguments.get(1, "start")
    total: Value = Const(0) if start is None else start
    for item in items if exact else [*items, *items]:
        total = binary(run, "+", total, item, at)
    return total if exact else run.sharing.join([Const(0), total])


def _extreme(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    given = list(arguments.positional)
    items = elements(run, given[0], at)[0] if len(given) == 1 else given
    if items and all(number_like(item) for item in items):
        return Number(run.recorder.number([e for item in items for e in run.heap.edges(item, Flow.LEFT)], at=at))
    return run.sharing.join(items) if items else run.anything(at=at)


def _absolute(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    value = arguments.positional[0] if arguments.positional else run.anything()
    return unary(run, "abs", value, at)


def _all_or_any(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`all(...)` and `any(...)` of elements that are all known."""
    items, exact = elements(run, arguments.positional[0], at) if arguments.positional else ([], False)
    known = [truth(run, item) for item in items]
    conjunction = isinstance(at, cst.Call) and isinstance(at.func, cst.Name) and at.func.value == "all"
    if exact and None not in known:
        return Const(all(known) if conjunction else any(known))
    return Number(run.recorder.number(at=at))


def _power(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    if len(arguments.positional) != 2:
        return run.anything(at=at)
    return binary(run, "**", arguments.positional[0], arguments.positional[1], at)


def _get_attribute(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    given = arguments.positional
    if len(given) >= 2 and isinstance(given[1], Const) and isinstance(given[1].value, str):
        found = attribute(run, given[0], given[1].value, at)
        return run.sharing.join([found, given[2]]) if len(given) > 2 else found
    return unseen_call(run, Api("builtins.getattr"), arguments, at)


def _set_attribute(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    given = arguments.positional
    if len(given) == 3 and isinstance(given[1], Const) and isinstance(given[1].value, str):
        set_attribute(run, given[0], given[1].value, given[2])
        return NONE
    return unseen_call(run, Api("builtins.setattr"), arguments, at)


def _dict(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    found = MappingContents(())
    for value in arguments.positional:
        if isinstance(value, DictValue):
            found = run.heap.entries(value.cell)
        else:
            found = MappingContents(((ELSEWHERE, run.anything(run.heap.nodes(value))),), exact=False)
    for name, given in arguments.keywords:
        found = found.put(name, given)
    return DictValue(run.heap.new_cell(found))


def _map(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    if len(arguments.positional) != 2 or at not in run.stack.eagerly_consumed:
        return unseen_call(run, Api("builtins.map"), arguments, at)
    result = ListValue(run.heap.new_cell(SequenceContents(())))

    def once(item: Value) -> None:
        value = run.call(arguments.positional[0], Arguments((item,)), at)
        content = run.heap.items(result)
        run.sharing.put(result.cell, SequenceContents((*content.items, value), content.exact))

    iterate(run, arguments.positional[1], at, once)
    return result


def _call_for_each(run: Run, function: Value, iterable: Value, at: cst.CSTNode) -> None:
    """The test of `filter` is called with every element."""
    iterate(run, iterable, at, lambda item: void(run.call(function, Arguments((item,)), at)))


def void(value: Value) -> None:
    """Drop a value."""


def _filter(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    if len(arguments.positional) != 2 or at not in run.stack.eagerly_consumed:
        return unseen_call(run, Api("builtins.filter"), arguments, at)
    _call_for_each(run, arguments.positional[0], arguments.positional[1], at)
    return run.heap.sequence(elements(run, arguments.positional[1], at)[0], exact=False, immutable=True)


def _type(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    if len(arguments.positional) == 1:
        return run.each(bound(arguments.positional[0]), lambda value: _class_of(run, value, at))
    return unseen_call(run, Api("builtins.type"), arguments, at)  # a class made of functions


def _class_of(run: Run, value: Value, at: cst.CSTNode) -> Value:
    """`type(x)`: of an object that came from outside it may be a class below; of something unknown, any."""
    if isinstance(value, Instance):
        return class_of(run, value, at)
    if isinstance(value, (Const, Number, Tensor, Variable)):
        return Number(run.recorder.number(at=at))
    return run.anything(at=at)


def _next(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    value = arguments.positional[0] if arguments.positional else run.anything()
    items, _ = elements(run, value, at)
    run.sharing.unseen_runs += 1  # nothing may be left
    found = run.sharing.join(items) if items else run.anything()
    if all(isinstance(option, Opaque) for option in options(bound(value))):
        return run.anything(run.heap.nodes(found), at=at)
    return found


def _super(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`super()`: methods of unseen base classes get the object."""
    instance = run.stack.current_self()
    owner = run.definitions.owners.get(run.stack.functions[-1]) if run.stack.functions else None
    if isinstance(instance, Instance) and owner is not None and has_one_line(instance.cls):
        return SuperProxy(instance, owner)
    nodes = run.heap.nodes(instance) if instance is not None else []
    if isinstance(instance, Instance):
        run.sharing.escape(instance)
    return Opaque(run.recorder.unknown(nodes, "super", at))


_ACTIONS: dict[str, Callable[[Run, Arguments, cst.CSTNode], Value]] = {
    "range": _range,
    "zip": _zip,
    "enumerate": _enumerate,
    "sum": _sum,
    "max": _extreme,
    "min": _extreme,
    "abs": _absolute,
    "all": _all_or_any,
    "any": _all_or_any,
    "pow": _power,
    "getattr": _get_attribute,
    "setattr": _set_attribute,
    "dict": _dict,
    "map": _map,
    "filter": _filter,
    "type": _type,
    "next": _next,
    "super": _super,
}
