"""Which code of a module is run from outside, with whose `self` and with what around it: the body, then functions.

Every function that nobody in the module has called is run as somebody unseen would call it, and so is one that unseen
code may call as well.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import libcst as cst

from flake8_gradtape.machine.domain.contents import MappingContents, SequenceContents
from flake8_gradtape.machine.domain.limits import GiveUp
from flake8_gradtape.machine.domain.values import (
    Api,
    Class,
    Const,
    DictValue,
    Function,
    Instance,
    ListValue,
    Opaque,
    Tensor,
    Value,
    Variable,
    options,
)
from flake8_gradtape.machine.language.classes import OF_THE_CLASS, decorator_names
from flake8_gradtape.machine.language.functions import bind_unknown, blur_closure, run_body
from flake8_gradtape.machine.method_receivers import Made, Objects
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Scope
from flake8_gradtape.machine.verdicts.end_of_run import settle
from flake8_gradtape.machine.verdicts.tape_lifetimes import end_tapes
from flake8_gradtape.reading.syntax import declared_names, is_stub

BUDGET_OF_A_ROOT = 25_000
BUDGET_OF_A_FUNCTION = 15_000
"""Evaluated expressions and statements, for the module body or one function, with all that it calls."""
BUDGET_OF_A_LINE = 40
"""What each line of the module adds to the budget of the whole module."""


def run_roots(run: Run) -> None:
    """Run the body of the module, then its functions one by one; what they do to tapes is claimed in `run.outcomes`.

    The work is bounded by the length of the module: functions for which nothing is left are not run.
    """
    module = run.facts.module
    left = BUDGET_OF_A_ROOT + BUDGET_OF_A_LINE * run.facts.line_count
    left -= _run_root(run, left, module, lambda: run.execute(run.scopes.module_scope, module.body), None, None)
    run.node_states.outlive(0, run.recorder.now())
    if left <= 0:
        left = BUDGET_OF_A_FUNCTION  # the body took all
    done: set[cst.CSTNode] = set()
    objects = Objects()
    _open_containers(run)
    _share_what_is_handed_out(run)
    run.definitions.module_cells = run.heap.cells
    while left > 0:
        function = _next_root(run, done)
        if function is None:
            break
        done.add(function.definition)
        left -= _run_alone(run, left, function, objects)
    for function, places in _open_to_others(run, done):
        if left > 0:
            run.certainty.lifetimes_only = True
            left -= _run_alone(run, left, function, objects)
            run.certainty.lifetimes_only = False
        for at in places:
            if left <= 0 or not run.claims.was_visited(at, function.definition):
                run.claims.doubt(at)
    if run.observer is not None and left <= 0:
        run.observer.exhausted()


def _open_to_others(run: Run, done: set[cst.CSTNode]) -> list[tuple[Function, list[cst.CSTNode]]]:
    """The public functions that, as the module calls them, do something needless with tapes.

    That is claimed of every call, so it has to hold for callers that nobody sees as well. Each with the places where it
    is done, in it or in functions that it may call.
    """
    found: dict[cst.CSTNode, list[cst.CSTNode]] = {}
    defined = run.definitions.defined_functions
    makers = {tape.at: tape.made_in for tape in run.recorder.tapes if tape.made_in is not None}
    public = _found_by_others(run)
    for at, inside in run.claims.needless():
        maker = makers.get(at, inside)
        reaching = {maker} if maker is not None else set()
        while True:
            names = {defined[one].name for one in reaching if one in defined}
            more = {one for one in defined if one not in reaching and names & run.claims.names_in(one)}
            if not more:
                break
            reaching |= more
        for definition in reaching & defined.keys() - done:
            if (_is_public(defined[definition]) or definition in public) and _stands_alone(run, definition):
                found.setdefault(definition, []).append(at)
    return [(defined[definition], found[definition]) for definition in defined if definition in found]


def _is_public(function: Function) -> bool:
    """Other modules may call it: its name does not begin with an underscore, or Python calls it."""
    return not function.name.startswith("_") or function.name.startswith("__")


def _found_by_others(run: Run) -> set[cst.CSTNode]:
    """The functions that other modules come by although their names begin with an underscore.

    Unseen code has them, `__all__` says their names, or they lie in something with a public name.
    """
    found: set[cst.CSTNode] = set(run.sharing.escaped_functions)
    exported = run.store.get((0, "__all__"))
    names = {one.value for one in run.heap.leaves(exported) if isinstance(one, Const)} if exported is not None else ()
    values = (value for name, value in run.sharing.names_of(0) if not name.startswith("_") or name in names)
    leaves = run.heap.leaves_within(values, _is_shown)
    return found.union(leaf.definition for leaf in leaves if isinstance(leaf, Function))


def _is_shown(holder: Value, name: object) -> bool:
    """Whoever has an object comes by what it holds; of a class by what has a public name."""
    return isinstance(holder, Instance) or not (isinstance(name, str) and name.startswith("_"))


def _open_containers(run: Run) -> None:
    """Make ready what the body has left for functions that run at any time.

    Others may fill a list or dict that is empty, and the functions of the module change those that they name. A tape
    that was never entered may be entered by any of them.
    """
    for tape in run.recorder.tapes:
        state = run.recorder.state(tape.number)
        if state is not None and state.entered is False:
            run.recorder.tape_escapes(tape.number)  # a function may enter it
    changed = frozenset(name for use in run.facts.attribute_uses if use.name for name in use.changes)
    for name, value in run.sharing.names_of(0):
        if isinstance(value, ListValue) and not run.heap.items(value).immutable:
            content = run.heap.items(value)
            if not content.items or name in changed:
                run.sharing.put(
                    value.cell, SequenceContents((*content.items, run.anything(run.heap.nodes(value))), exact=False)
                )
        elif isinstance(value, DictValue) and (not run.heap.entries(value.cell).entries or name in changed):
            run.sharing.blur_entries(value.cell)


def _share_what_is_handed_out(run: Run) -> None:
    """Others have the containers and objects that functions which no tape reaches, and which are not run, give them."""
    for name, attribute in sorted(run.facts.handed_out):
        value = run.store.get((0, name))
        for option in options(value) if value is not None else ():
            inner: Value | None = option
            if attribute and isinstance(option, (Instance, Class)):
                inner = run.heap.entry(option.cell, attribute)
            elif attribute:
                continue
            for held in options(inner) if inner is not None else ():
                if isinstance(held, (ListValue, DictValue, Instance)):
                    run.sharing.escape(held)


def _run_alone(run: Run, budget: int, function: Function, objects: Objects, inner: bool = False) -> int:
    """Run a function as somebody unseen would call it, and the functions it defines; gives the work done.

    `inner`: another function defines it, so it may have run before, and changed what it can reach.

    What the run leaves behind is undone: the next one finds what the body of the module has left. But what it has
    shared or frozen of that stays so: it may be run before the next one.
    """
    run.store.reachable = True
    owner = run.definitions.owners.get(function.definition)
    run.budget.left = 0
    shared = run.node_states.count
    if function.definition in run.definitions.shared_methods:
        owner = None
    made = objects.object_of(run, owner) if owner is not None and function.name != "__init__" else None
    building = -run.budget.left
    run.node_states.outlive(shared, run.recorder.now())
    mark, began, holders, cells = run.store.mark(), run.recorder.now(), run.sharing.holders, run.heap.cells
    instance = _self_of(run, function, owner, made)
    not_before = made.not_before if made is not None and instance is made.value else None
    before = set(run.definitions.defined_functions)

    def act() -> None:
        if inner:
            run.sharing.escape(function)
        blur_closure(run, function)
        run.sharing.unseen_code_runs()  # who calls it may have changed before what is shared

        def bind(scope: Scope) -> None:
            bind_unknown(run, function, scope, instance, not_before)

        bare = Function(function.definition, function.scope, function.name, graph=function.graph, instance=instance)
        result = run_body(run, bare, bind)
        for leaf in run.heap.leaves(result) if run.reachable else ():
            # a tape or function may be used from now on; data is new to the caller in each run
            if not isinstance(leaf, (Tensor, Variable, Opaque)):
                run.sharing.escape(leaf)

    spent = _run_root(run, min(budget, BUDGET_OF_A_FUNCTION), function.definition, act, instance, owner)
    run.node_states.outlive(shared, run.recorder.now())
    for definition, defined in list(run.definitions.defined_functions.items()):
        entered = definition in run.definitions.entered_functions
        if definition in before or spent >= budget or (entered and definition not in run.sharing.escaped_functions):
            continue
        if not is_stub(definition):
            spent += _run_alone(run, budget - spent, defined, objects, inner=True)
    run.store.rollback(mark)
    run.store.reachable = True
    run.node_states.outlive(shared, began)
    run.sharing.outlive(holders, cells)
    return spent + building


def _run_root(
    run: Run, budget: int, root: cst.CSTNode, act: Callable[[], None], instance: Value | None, owner: Class | None
) -> int:
    """Run something from outside: `act` runs the code of `root`, for `instance` if that is a method of `owner`.

    What it found stands only if the work could be finished within the budget. Gives the work done.
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
    if run.observer is not None:
        run.observer.finished()
    run.stack.context = ()
    return budget - max(run.budget.left, 0)


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
            run.store.set((0, name), Opaque(run.recorder.unknown(nodes, name, may_hold_anything=True)))
        if value is not None:
            held.append(value)
    run.sharing.escape(run.heap.sequence(held, immutable=True))


def _self_of(run: Run, function: Function, owner: Class | None, made: Made | None) -> Value | None:
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
        one for one in run.definitions.entered_by_root if one is not root and one in defined and _stands_alone(run, one)
    )


def _stands_alone(run: Run, definition: cst.CSTNode) -> bool:
    """The function can be called without another one having run before, and a tape may reach it."""
    function = run.definitions.defined_functions[definition]
    return (
        (run.facts.tape_functions is None or function.name in run.facts.tape_functions)
        and not is_stub(definition)
        and (run.scopes.by_number[function.scope].locals is None or run.scopes.by_number[function.scope].is_class)
    )


def _next_root(run: Run, done: set[cst.CSTNode]) -> Function | None:
    """The function to be run next, None if there is none: no run has entered it, or unseen code may call it too.

    Those that others of these call come last, since they are entered by then.
    """
    waiting = [
        function
        for definition, function in run.definitions.defined_functions.items()
        if definition not in done
        and (definition not in run.definitions.entered_functions or definition in run.sharing.escaped_functions)
        and _stands_alone(run, definition)
    ]
    for function in waiting:
        others = (other for other in waiting if other is not function)
        if not any(function.name in run.claims.names_in(other.definition) for other in others):
            return function
    return waiting[0] if waiting else None
