"""Evaluating expressions: one function for each kind of syntax node, looked up by its class."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence as Row
from dataclasses import replace
from typing import Any

import libcst as cst

from flake8_gradtape.machine.assumptions.taking import LIBRARY_NAMES
from flake8_gradtape.machine.domain.contents import SequenceContents, elsewhere
from flake8_gradtape.machine.domain.limits import MOST_GROWN
from flake8_gradtape.machine.domain.store import Delta
from flake8_gradtape.machine.domain.values import (
    DELETED,
    Alternatives,
    Api,
    Class,
    Const,
    DictValue,
    Function,
    Instance,
    ListValue,
    Number,
    Opaque,
    Unbound,
    Value,
    bound,
    options,
)
from flake8_gradtape.machine.language import literals
from flake8_gradtape.machine.language.assignment import assign
from flake8_gradtape.machine.language.attributes import attribute
from flake8_gradtape.machine.language.calls import evaluate_call
from flake8_gradtape.machine.language.loop_flags import decide
from flake8_gradtape.machine.language.loops import iterate
from flake8_gradtape.machine.language.narrowing import assume
from flake8_gradtape.machine.language.operators import BINARY, binary, comparison, one_after_other, tested, unary
from flake8_gradtape.machine.language.special_methods import EQUALITY, operate
from flake8_gradtape.machine.language.subscripts import (
    contents,
    index_parts,
    item,
    single_index,
    sliced,
    unpack_mapping,
)
from flake8_gradtape.machine.language.traced_branches import branch
from flake8_gradtape.machine.language.unseen import unseen_code
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Scope
from flake8_gradtape.reading.syntax import target_names, walrus_names


def _name(run: Run, scope: Scope, node: cst.Name) -> Value:
    """What a name holds: from the scopes of the run, a builtin, or something that came from elsewhere."""
    name = node.value
    value = run.sharing.read(scope, name)
    if isinstance(value, (Alternatives, Unbound)) or (
        value is None and name not in _ALWAYS and name not in run.registry.builtins
    ):
        run.store.may_raise()
    if value == DELETED and (name in run.registry.builtins or name in _ALWAYS):
        value = None
    if value == DELETED and not run.facts.uses_name_reflection:
        run.end_all_paths()  # NameError
        return run.anything()
    if value is not None:
        return bound(value) if options(bound(value)) else run.anything(name=name, at=node)
    if name in _ALWAYS:
        return Const(_ALWAYS[name])
    if name in run.registry.builtins:
        path = f"builtins.{name}"
        return Api(path) if path not in run.sharing.patched else run.anything(name=name, at=node)
    if name in _CUSTOMARY and run.taking.takes(LIBRARY_NAMES, name):
        return Api(_CUSTOMARY[name])
    node_ = run.heap.views.get(("name", name))
    if node_ is None:
        node_ = run.recorder.unknown(name=name, time=0, may_hold_anything=True)
        run.heap.views[("name", name)] = node_
    return Opaque(node_)


def _ellipsis(run: Run, scope: Scope, node: cst.Ellipsis) -> Value:
    return Const(...)


def _attribute(run: Run, scope: Scope, node: cst.Attribute) -> Value:
    value = run.evaluate(scope, node.value)
    run.store.may_raise()
    found = attribute(run, value, node.attr.value, node)
    if isinstance(found, Function) and found.instance is None and isinstance(bound(value), Class):
        run.definitions.shared_methods[found.definition] = None  # who gets it may call it with anything
    return found


def _subscript(run: Run, scope: Scope, node: cst.Subscript) -> Value:
    value = run.evaluate(scope, node.value)
    parts = index_parts(run, scope, node)
    if single_index(node) is not None:
        return item(run, value, parts[0][0], node)
    if len(parts) == 1 and isinstance(node.slice[0].slice, cst.Slice):
        return sliced(run, value, parts[0], node)
    return sliced(run, value, [*(one for part in parts for one in part), Const("several")], node)


def _binary(run: Run, scope: Scope, node: cst.BinaryOperation) -> Value:
    # long sums are nested to the left: walk down instead of recursing
    chain: list[cst.BinaryOperation] = []
    left: cst.BaseExpression = node
    while isinstance(left, cst.BinaryOperation):
        chain.append(left)
        left = left.left
    value = run.evaluate(scope, left)
    for one in reversed(chain):
        run.budget.step()
        right = run.evaluate(scope, one.right)
        value = binary(run, BINARY.get(type(one.operator).__name__, "?"), value, right, one)
        if run.observer is not None and one is not node:
            run.observer.expression(one, value)
    return value


def _unary(run: Run, scope: Scope, node: cst.UnaryOperation) -> Value:
    negated = isinstance(node.operator, cst.Not)
    outer = run.certainty.asserting
    run.certainty.asserting = -outer if negated else outer
    value = run.evaluate(scope, node.expression)
    run.certainty.asserting = outer
    if negated:
        known = tested(run, value)
        return Number(run.recorder.number(at=node)) if known is None else Const(not known)
    sign = {"Minus": "-", "Plus": "+", "BitInvert": "~"}[type(node.operator).__name__]
    return unary(run, sign, value, node)


_SIGNS = {
    "Equal": "==", "NotEqual": "!=", "LessThan": "<", "GreaterThan": ">", "LessThanEqual": "<=",
    "GreaterThanEqual": ">=", "Is": "is", "IsNot": "is not", "In": "in", "NotIn": "not in",
}  # fmt: skip


def _comparison(run: Run, scope: Scope, node: cst.Comparison) -> Value:
    sides = [run.evaluate(scope, node.left)]
    signs = []
    for part in node.comparisons:
        signs.append(_SIGNS.get(type(part.operator).__name__, "?"))
        sides.append(run.evaluate(scope, part.comparator))
    return comparison(run, signs, sides, node)


def _boolean(run: Run, scope: Scope, node: cst.BooleanOperation) -> Value:
    """`left and right`, `left or right`: the right side is evaluated only where the left one does not decide."""
    left = run.evaluate(scope, node.left)
    known = tested(run, left)
    both = isinstance(node.operator, cst.And)
    if known is not None and known is not both:
        return left
    if known is not None:
        return run.evaluate(scope, node.right)
    mark = run.store.mark()
    kept = run.store.take(mark)
    assume(run, scope, node.left, both)
    with run.certainty.unsure():
        right = run.evaluate(scope, node.right)
    other = run.store.take(mark)
    run.merge([kept, other])
    return run.sharing.join([left, right]) if other is not None else left


def _conditional(run: Run, scope: Scope, node: cst.IfExp) -> Value:
    """`a if b else c`: one of the two, each from the same state; or both, in a traced function."""
    known = decide(run, scope, node.test)
    if known is not None:
        return run.evaluate(scope, node.body if known else node.orelse)
    mark = run.store.mark()
    ends: list[Delta | None] = []
    with run.certainty.unsure():
        with branch(run, scope, mark, known, ends):
            assume(run, scope, node.test, True)
            body = run.evaluate(scope, node.body)
        assume(run, scope, node.test, False)
        other = run.evaluate(scope, node.orelse)
        ends.append(run.store.take(mark))
    run.merge(ends)
    results = [value for value, delta in zip((body, other), ends, strict=True) if delta is not None]
    return run.sharing.join(results) if results else run.anything()


def _row(run: Run, scope: Scope, parts: Row[cst.BaseElement]) -> SequenceContents:
    starred = [
        (run.evaluate(scope, part.value), part if isinstance(part, cst.StarredElement) else None) for part in parts
    ]
    if all(part is None for _, part in starred):
        return SequenceContents(tuple(value for value, _ in starred))
    found = SequenceContents(())
    for value, part in starred:
        found = one_after_other(found, SequenceContents((value,)) if part is None else contents(run, value, part))
    return found


def _list(run: Run, scope: Scope, node: cst.List | cst.Tuple) -> Value:
    found = _row(run, scope, node.elements)
    return ListValue(run.heap.new_cell(replace(found, immutable=isinstance(node, cst.Tuple))))


def _set(run: Run, scope: Scope, node: cst.Set) -> Value:
    found = _row(run, scope, node.elements)
    for one in found.items:
        operate(run, one, EQUALITY)
    # equal ones are one (`1`, `1.0`, `True`)
    different = dict.fromkeys(one.value if isinstance(one, Const) else one for one in found.items)
    return ListValue(run.heap.new_cell(SequenceContents(found.items, False, single=found.exact and len(different) < 2)))


def _dict(run: Run, scope: Scope, node: cst.Dict) -> Value:
    """A dict display; a key that is not known, or an unknown dict in `**`, may replace what is there."""
    entries: dict[Any, Value] = {}
    exact = True
    for part in node.elements:
        key = run.evaluate(scope, part.key) if isinstance(part, cst.DictElement) else None
        value = run.evaluate(scope, part.value)
        if key is not None:
            operate(run, key, EQUALITY)
        if isinstance(key, Const):
            entries[key.value] = value
            continue
        if (
            isinstance(value, DictValue)
            and isinstance(part, cst.StarredDictElement)
            and run.heap.entries(value.cell).exact
        ):
            entries.update(run.heap.entries(value.cell).entries)
            continue
        exact = False
        if isinstance(part, cst.StarredDictElement):
            unpack_mapping(run, value)
            value = run.anything(run.heap.nodes(value))
        # it may replace what is there
        entries = {known: run.sharing.join([item, value]) for known, item in entries.items()}
        entries[elsewhere(len(entries))] = value
    return run.heap.mapping(entries.items(), exact)


def _lambda(run: Run, scope: Scope, node: cst.Lambda) -> Value:
    defaults = tuple(
        (param.name.value, run.evaluate(scope, param.default))
        for param in (*node.params.posonly_params, *node.params.params, *node.params.kwonly_params)
        if param.default is not None
    )
    return Function(node, scope.number, "lambda", defaults=defaults)


def _walrus(run: Run, scope: Scope, node: cst.NamedExpr) -> Value:
    value = run.evaluate(scope, node.value)
    assign(run, scope, node.target, value)
    return value


def _comprehension(run: Run, scope: Scope, node: Any) -> Value:
    """A comprehension is a loop that appends, in a scope of its own."""
    if isinstance(node, cst.GeneratorExp) and node not in run.stack.eagerly_consumed:
        return _later(run, scope, node)
    inner = run.scopes.new_scope(scope, frozenset(_targets(node.for_in)))
    result = ListValue(run.heap.new_cell(SequenceContents(())))
    key = cst.Name("_") if isinstance(node, cst.DictComp) else None

    def body() -> None:
        if key is not None:
            run.evaluate(inner, node.key)
        value = run.evaluate(inner, node.value if key is not None else node.elt)
        content = run.heap.items(result)
        grown = SequenceContents((*content.items, value), content.exact)
        run.sharing.put(result.cell, run.heap.bounded(grown, MOST_GROWN))

    _for_in(run, scope, inner, node.for_in, body)
    if key is not None:
        return run.heap.mapping(
            [(elsewhere(place), one) for place, one in enumerate(run.heap.items(result).items)], exact=False
        )
    if isinstance(node, cst.SetComp):
        return run.heap.sequence(run.heap.items(result).items, exact=False)
    return result


def _later(run: Run, scope: Scope, node: cst.GeneratorExp) -> Value:
    """A generator that is not used up where it stands: who knows when it runs, and how far."""
    reached = [run.sharing.read(scope, name) for name in run.claims.names_in(node)]
    values = [value for value in reached if value is not None and not isinstance(value, Api)]
    for value in values:
        run.sharing.escape(value)
    for name in walrus_names(node):
        run.sharing.may_be_assigned(scope, name)
    nodes = [one for value in values for one in run.heap.nodes(value)]
    return Opaque(run.recorder.unknown(nodes, at=node, may_hold_anything=True))


def _targets(part: cst.CompFor) -> list[str]:
    names = list(target_names(part.target))
    return names + (_targets(part.inner_for_in) if part.inner_for_in is not None else [])


def _for_in(run: Run, outer: Scope, inner: Scope, part: cst.CompFor, body: Callable[[], None]) -> None:
    """Run `body` for each element of one `for` of a comprehension that passes its tests, the inner `for`s included."""
    iterable = run.evaluate(outer, part.iter)
    if not (isinstance(iterable, ListValue) and isinstance(part.target, cst.Name)):
        run.store.may_raise()

    def once(element: Value) -> None:
        """One element: bind it, test it, and go on to the inner `for` or to the body."""
        assign(run, inner, part.target, element)
        mark = run.store.mark()
        skipped: Delta | None = None
        for test in part.ifs:
            known = tested(run, run.evaluate(inner, test.test))
            if known is False:
                return
            if known is None and skipped is None:
                skipped = {}
            assume(run, inner, test.test, True)
        if part.inner_for_in is not None:
            _for_in(run, inner, inner, part.inner_for_in, body)
        else:
            body()
        if skipped is not None:
            run.merge([skipped, run.store.take(mark)])

    iterate(run, iterable, part, once)


def _await(run: Run, scope: Scope, node: cst.Await) -> Value:
    value = run.evaluate(scope, node.expression)
    objects = any(isinstance(option, Instance) for option in options(bound(value)))
    return unseen_code(run, [value], node) if objects else value


def _yield(run: Run, scope: Scope, node: cst.Yield) -> Value:
    value = node.value.item if isinstance(node.value, cst.From) else node.value
    if value is not None:
        run.sharing.escape(run.evaluate(scope, value))
    # whoever runs until the next step may change what the function finds around it
    for name in run.claims.free_names(run.stack.functions[-1]) if run.stack.functions else ():
        found = run.sharing.read(scope, name)
        if isinstance(found, (ListValue, DictValue, Instance)):
            run.sharing.escape(found)
    run.sharing.unseen_code_runs()
    return run.anything(at=node)


_ALWAYS = {"None": None, "True": True, "False": False}
"""What these names are where nothing shows it: they came with `import *`, or from another cell of a notebook."""
_CUSTOMARY = {"tf": "tensorflow", "np": "numpy"}
"""What these names are where nothing shows it: they came with `import *`, or from another cell of a notebook."""
CALM = frozenset(
    {cst.Name, cst.Integer, cst.Float, cst.SimpleString, cst.List, cst.Tuple, cst.NamedExpr, cst.ListComp, cst.Call}
)
"""Expressions that do not raise by themselves, or tell by themselves when they may."""


EXPRESSIONS: dict[type, Callable[[Run, Scope, Any], Value]] = {
    cst.Name: _name,
    cst.Integer: literals.number,
    cst.Float: literals.number,
    cst.Imaginary: literals.number,
    cst.SimpleString: literals.string,
    cst.FormattedString: literals.formatted,
    cst.ConcatenatedString: literals.joined,
    cst.Ellipsis: _ellipsis,
    cst.Attribute: _attribute,
    cst.Subscript: _subscript,
    cst.BinaryOperation: _binary,
    cst.UnaryOperation: _unary,
    cst.Comparison: _comparison,
    cst.BooleanOperation: _boolean,
    cst.IfExp: _conditional,
    cst.List: _list,
    cst.Tuple: _list,
    cst.Set: _set,
    cst.Dict: _dict,
    cst.Lambda: _lambda,
    cst.NamedExpr: _walrus,
    cst.ListComp: _comprehension,
    cst.SetComp: _comprehension,
    cst.GeneratorExp: _comprehension,
    cst.DictComp: _comprehension,
    cst.Call: evaluate_call,
    cst.Await: _await,
    cst.Yield: _yield,
}
