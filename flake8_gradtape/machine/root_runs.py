"""One run of code from outside: within which budget, with whose `self`, and what its caller gets.

Which code that is, is in `roots`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import libcst as cst

from flake8_gradtape.machine.domain.contents import MappingContents
from flake8_gradtape.machine.domain.limits import GiveUp
from flake8_gradtape.machine.domain.values import (
    Api,
    Class,
    Function,
    Instance,
    Opaque,
    Tensor,
    Value,
    Variable,
    node_of,
)
from flake8_gradtape.machine.language.classes import OF_THE_CLASS, decorator_names
from flake8_gradtape.machine.method_receivers import Made
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.verdicts.end_of_run import settle
from flake8_gradtape.machine.verdicts.tape_lifetimes import end_tapes
from flake8_gradtape.reading.syntax import declared_names, is_stub


def run_root(
    run: Run, budget: int, root: cst.CSTNode, act: Callable[[], None], instance: Value | None, owner: Class | None
) -> bool:
    """Run something from outside: `act` runs the code of `root`, for `instance` if that is a method of `owner`.

    What it found stands only if the work could be finished within the budget; False if not.
    """
    run.budget.left = budget
    run.stack.context = (root,)
    first = len(run.recorder.tapes)
    run.recorder.gradient_calls.clear()
    run.definitions.entered_by_root.clear()
    run.certainty.uncertain_depth = 0
    run.recorder.called_from_outside = not isinstance(root, cst.Module)
    if run.observer is not None:
        run.observer.root(root)
    finished = True
    try:
        act()
        settle(run)
        end_tapes(run, first, instance, owner)
    except GiveUp as spent:
        if run.observer is not None:
            run.observer.gave_up(root, spent.function)
        again = _to_run_again(run, root)
        run.sharing.escaped_functions.update(dict.fromkeys(again))
        run.claims.abandon(root, again)
        run.reset_stacks()
        if isinstance(root, cst.Module):
            _open_unfinished(run, root)
        run.budget.left = 0
        finished = False
    if run.observer is not None:
        run.observer.finished()
    run.stack.context = ()
    return finished


def _open_unfinished(run: Run, module: cst.Module) -> None:
    """A module whose body took too much work: a function may find anything in what the body has not made for good."""
    run.store.reachable = True
    run.budget.left = sys.maxsize
    held: list[Value] = []
    for tape in run.recorder.tapes:
        run.recorder.leave(tape.number)
        run.recorder.tape_escapes(tape.number)
    for name in declared_names(module).locals:
        value = run.store.get((0, name))
        if type(value) is Api:
            continue
        if value is None or run.facts.times_bound(run.scopes.module_scope, name) > 1:
            nodes = run.heap.nodes(value) if value is not None else []
            run.sharing.bind(
                run.scopes.module_scope, name, Opaque(run.recorder.unknown(nodes, name, may_hold_anything=True))
            )
        if value is not None:
            held.append(value)
    run.sharing.escape(run.heap.sequence(held, immutable=True))


def self_of(run: Run, function: Function, owner: Class | None, made: Made | None) -> Value | None:
    """The object of a method that is run alone: `made`, if there is one; else one that came from outside."""
    definition = function.definition
    if owner is None or not isinstance(definition, cst.FunctionDef):
        return None
    names = decorator_names(function)
    if function.name == "_generate_next_value_" or function.opaque:
        return None  # an enumeration calls it without; a decorator may give it something else
    if function.name in OF_THE_CLASS or not {"staticmethod", "classmethod"}.isdisjoint(names):
        takes_class = function.name in OF_THE_CLASS or "classmethod" in names
        return Opaque(run.recorder.unknown(name="cls", may_hold_anything=True)) if takes_class else None
    if not definition.params.posonly_params and not definition.params.params:
        return None  # `*args` takes the object as well
    if made is not None:
        return made.value
    node = run.recorder.unknown(name="self", may_hold_anything=True)
    return Instance(run.heap.new_cell(MappingContents((), exact=False)), owner, node)


def _to_run_again(run: Run, root: cst.CSTNode) -> frozenset[cst.CSTNode]:
    """The functions that an abandoned root has entered, as far as they can be run by themselves."""
    defined = run.definitions.defined_functions
    return frozenset(
        one for one in run.definitions.entered_by_root if one is not root and one in defined and stands_alone(run, one)
    )


def stands_alone(run: Run, definition: cst.CSTNode) -> bool:
    """The function can be called without another one having run before, and a tape may reach it."""
    function = run.definitions.defined_functions[definition]
    return (
        (run.facts.tape_functions is None or function.name in run.facts.tape_functions)
        and not is_stub(definition)
        and not is_inner(run, function)
    )


def is_inner(run: Run, function: Function) -> bool:
    """The function is defined in another one."""
    scope = run.scopes.by_number[function.scope]
    return scope.locals is not None and not scope.is_class


def hand_back(run: Run, result: Value, began: int) -> None:
    """The caller gets what a root returns: a tape or function may be used from now on; data is new in each run."""
    for leaf in run.heap.leaves(result) if run.reachable else ():
        node = node_of(leaf)
        if not isinstance(leaf, (Tensor, Variable, Opaque)) or (node is not None and node.time < began):
            run.sharing.escape(leaf)
