"""Which code of a module is run from outside, with whose `self` and with what around it: the body, then functions.

Every function that nobody in the module has called is run as somebody unseen would call it, and so is one that unseen
code may call as well.
"""

from __future__ import annotations

import sys
from collections.abc import Container, Mapping

import libcst as cst

from flake8_gradtape.machine.domain.values import (
    Api,
    Class,
    Const,
    DictValue,
    Function,
    Instance,
    ListValue,
    Value,
    options,
)
from flake8_gradtape.machine.inert import leaves_nothing
from flake8_gradtape.machine.language.functions import bind_unknown, blur_closure, run_body
from flake8_gradtape.machine.lasting import Lasting
from flake8_gradtape.machine.method_receivers import Objects
from flake8_gradtape.machine.root_runs import hand_back, is_inner, run_root, self_of, stands_alone
from flake8_gradtape.machine.state.claims import Claims
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Scope
from flake8_gradtape.reading.syntax import is_stub

BUDGET_OF_A_ROOT = 25_000
BUDGET_OF_A_FUNCTION = 15_000
"""Evaluated expressions and statements, for the module body or one function, with all that it calls."""
BUDGET_OF_A_LINE = 40
"""What each line of the module adds to the budget of the whole module."""


MOST_ROUNDS = 4
"""How often a function is run again because others, or it itself, leave behind more than was there when it began."""


def run_roots(run: Run) -> None:
    """Run the body of the module, then its functions one by one; what they do to tapes is claimed in `run.outcomes`.

    The work is bounded by the length of the module: functions for which nothing is left are not run.
    """
    module = run.facts.module
    left = BUDGET_OF_A_ROOT + BUDGET_OF_A_LINE * run.facts.line_count
    run_root(run, left, module, lambda: run.execute(run.scopes.module_scope, module.body), None, None)
    run.node_states.outlive(0, run.recorder.now())
    roots = _Roots(run, run.budget.left if run.budget.left > 0 else BUDGET_OF_A_FUNCTION)  # if the body took all
    _open_containers(run)
    roots.lasting.blur_written(run)
    _share_what_is_handed_out(run)
    run.definitions.module_cells = run.heap.cells
    roots.run_all()
    for function, places in _open_to_others(run, roots.began):
        if roots.left > 0:
            run.certainty.lifetimes_only = True
            roots.run_alone(function)
            run.certainty.lifetimes_only = False
        for at in places:
            if roots.left <= 0 or not run.claims.was_visited(at, function.definition):
                run.claims.doubt(at)
    if run.observer is not None and roots.left <= 0:
        run.observer.exhausted()


class _Roots:
    """The functions that are run by themselves, and what they leave behind; `left` is the work that may be done."""

    def __init__(self, run: Run, left: int) -> None:
        self._run = run
        self.left = left
        self.lasting = Lasting(run)
        self.began: dict[cst.CSTNode, tuple[int, int]] = {}
        """The roots that have run, each with how much lasted when it began."""
        self._inner: dict[cst.CSTNode, list[cst.CSTNode]] = {}
        """The functions that a root has defined and that were run by themselves."""
        self._running: list[cst.CSTNode] = []
        """The functions that the root which runs now has defined."""
        self._scopes = len(run.scopes.by_number)
        """How many scopes there were when the body of the module was done."""
        self._objects = Objects()
        self._looked_at: set[cst.CSTNode] = set()

    def run_all(self) -> None:
        """Run all roots; those that claim something again, until nothing lasts that they did not find."""
        self._run_new()
        if not self._claiming(late=False):
            return
        for _ in range(MOST_ROUNDS):
            self.left = max(self.left, BUDGET_OF_A_ROOT)
            self._run_others()
            self._run_new()
            again = self._claiming()
            if not again:
                break
            for definition in again:
                self._run_again(definition)
        for definition in self._claiming():
            for root in (definition, *self._inner.get(definition, ())):
                self._run.claims.abandon(root)

    def _run_new(self) -> None:
        """Run the roots that have not run yet."""
        while self.left > 0:
            function = _next_root(self._run, self.began, self._scopes)
            if function is None:
                break
            self._start(function)

    def _claiming(self, late: bool = True) -> list[cst.CSTNode]:
        """The roots that claim something; only those that began before something came to last for them, if `late`."""
        claiming = self._run.claims.roots()
        owners = self._run.definitions.owners
        return [
            definition
            for definition, before in self.began.items()
            if not (late and before == self.lasting.seen_by(owners.get(definition)))
            and not claiming.isdisjoint({definition, *self._inner[definition]})
        ]

    def _run_again(self, definition: cst.CSTNode) -> None:
        """Run a root once more, and claim what it shows now instead of what it has shown."""
        definitions = self._run.definitions
        self._run.claims.withdraw({definition, *self._inner[definition]})
        for inner in self._inner[definition]:
            definitions.defined_functions.pop(inner, None)
            definitions.entered_functions.pop(inner, None)
        self.left = max(self.left, BUDGET_OF_A_FUNCTION)
        self._start(definitions.defined_functions[definition])

    def _start(self, function: Function) -> None:
        """Run a root, for the first time or again."""
        self._running = self._inner[function.definition] = []
        owner = self._run.definitions.owners.get(function.definition)
        self.began[function.definition] = self.lasting.seen_by(owner)
        self.run_alone(function, inner=is_inner(self._run, function))

    def _run_others(self) -> None:
        """Find out what the functions leave behind that are no roots: somebody unseen may call them as well."""
        run = self._run
        shared = run.sharing.escaped_functions
        definitions = run.definitions
        for definition, function in list(definitions.defined_functions.items()):
            inside = run.scopes.by_number[function.scope]
            called = definition in definitions.entered_functions and definition not in shared
            if (
                definition in self._looked_at
                or definition in self.began
                or is_stub(definition)
                or not (inside.locals is None or inside.is_class)
                or (called and not _is_public(function))
            ):
                continue
            self._looked_at.add(definition)
            if leaves_nothing(run, function):
                continue
            if self.left <= 0:
                self._share(function)
                continue
            entered, defined = dict(definitions.entered_functions), dict(definitions.defined_functions)
            claims, run.claims = run.claims, Claims(run.stack.functions, run.certainty)
            observer, run.observer = run.observer, None
            self._running = []
            with run.certainty.silence():
                self.run_alone(function)
            run.claims, run.observer = claims, observer
            definitions.entered_functions, definitions.defined_functions = entered, defined

    def run_alone(self, function: Function, inner: bool = False) -> None:
        """Run a function as somebody unseen would call it, and the functions it defines.

        `inner`: another function defines it, so it may have run before, and changed what it can reach.

        What the run leaves behind is undone: the next one finds what the body of the module has left, and what lasts.
        """
        run = self._run
        run.store.reachable = True
        owner = run.definitions.owners.get(function.definition)
        run.budget.left = 0
        shared = run.node_states.count
        if function.definition in run.definitions.shared_methods:
            owner = None
        made = self._objects.object_of(run, owner) if owner is not None and function.name != "__init__" else None
        self.left += run.budget.left
        run.node_states.outlive(shared, run.recorder.now())
        before = self.lasting.begin(run, shared)
        instance = self_of(run, function, owner, made)
        not_before = made.not_before if made is not None and instance is made.value else None
        known = _functions(run)

        def act() -> None:
            if inner:
                run.sharing.escape(function)
            blur_closure(run, function)
            run.sharing.unseen_code_runs()  # who calls it may have changed before what is shared

            def bind(scope: Scope) -> None:
                bind_unknown(run, function, scope, instance, not_before)

            bare = Function(function.definition, function.scope, function.name, graph=function.graph, instance=instance)
            hand_back(run, run_body(run, bare, bind), before.time)

        budget = min(self.left, BUDGET_OF_A_FUNCTION)
        finished = run_root(run, budget, function.definition, act, instance, owner)
        self.left -= budget - max(run.budget.left, 0)
        run.node_states.outlive(shared, run.recorder.now())
        for definition, defined in _functions(run).items():
            entered = definition in run.definitions.entered_functions
            wanted = definition in run.sharing.escaped_functions if entered else isinstance(definition, cst.FunctionDef)
            if wanted and known.get(definition) is not defined and self.left > 0 and not is_stub(definition):
                self._running.append(definition)
                self.run_alone(defined, inner=True)
        self.lasting.end(run, before, owner)
        if not finished:
            self._share(function)  # it may do more than it got to

    def _share(self, function: Function) -> None:
        """Somebody unseen has a function, with all that it can reach."""
        self._run.budget.left = sys.maxsize  # that is bounded
        self._run.sharing.escape(function)


def _functions(run: Run) -> dict[cst.CSTNode, Function]:
    """The functions of the module as they were defined last, and the lambdas that unseen code has."""
    return {**run.definitions.defined_functions, **_lambdas(run)}


def _lambdas(run: Run) -> dict[cst.CSTNode, Function]:
    """The lambdas that unseen code has, as they were made last."""
    escaped = run.sharing.escaped_functions.items()
    return {one: function for one, function in escaped if function is not None and isinstance(one, cst.Lambda)}


def _open_to_others(run: Run, done: Mapping[cst.CSTNode, object]) -> list[tuple[Function, list[cst.CSTNode]]]:
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
        for definition in reaching & defined.keys() - done.keys():
            if (_is_public(defined[definition]) or definition in public) and stands_alone(run, definition):
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
                run.sharing.written["cell", value.cell] = None
        elif isinstance(value, DictValue) and (not run.heap.entries(value.cell).entries or name in changed):
            run.sharing.written["cell", value.cell] = None


def _share_what_is_handed_out(run: Run) -> None:
    """Others have what functions that no tape reaches, and which are not run, give them; and they read public names."""
    run.budget.left = sys.maxsize  # what is there is bounded
    for name, value in run.sharing.names_of(0):
        if not name.startswith("_"):
            for node in run.heap.stored([value]).node.edges:
                run.node_states.escape(node.node)
    for name, attribute in sorted(run.facts.handed_out):
        value = run.store.get((0, name))
        for option in options(value) if value is not None else ():
            inner: Value | None = option
            if attribute and isinstance(option, (Instance, Class)):
                inner = run.heap.entry(option.cell, attribute)
            elif attribute:
                continue
            for held in options(inner) if inner is not None else ():
                if not isinstance(held, (Api, Function, Class)):
                    run.sharing.escape(held)


def _next_root(run: Run, done: Container[cst.CSTNode], scopes: int) -> Function | None:
    """The function to be run next, None if there is none: no run has entered it, or unseen code may call it too.

    Those that others of these call come last, since they are entered by then. Functions inside of others are among
    them if unseen code has them, and if they were defined when there were no more than so many `scopes`: what is around
    those is still known.
    """
    entered, escaped = run.definitions.entered_functions, run.sharing.escaped_functions
    waiting = [
        function
        for definition, function in run.definitions.defined_functions.items()
        if definition not in done
        and (definition not in entered or definition in escaped)
        and (stands_alone(run, definition) or (definition in escaped and _is_left(run, function, scopes)))
    ]
    waiting += [
        function
        for definition, function in _lambdas(run).items()
        if definition in entered and definition not in done and function.scope < scopes
    ]
    for function in waiting:
        others = (other for other in waiting if other is not function)
        if not any(function.name in run.claims.names_in(other.definition) for other in others):
            return function
    return waiting[0] if waiting else None


def _is_left(run: Run, function: Function, scopes: int) -> bool:
    """The function stands in another one that the body of the module has called; it was not left out of the text."""
    return is_inner(run, function) and function.scope < scopes and not is_stub(function.definition)
