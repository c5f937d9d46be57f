"""Interpreting a whole module: its body, then every function that nobody in the module has called."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence

import libcst as cst

from flake8_gradtape.events import Event
from flake8_gradtape.machine.domain.values import (
    Api,
    Class,
    Entries,
    Function,
    Instance,
    Items,
    Mapping,
    Opaque,
    Tensor,
    Value,
    Variable,
)
from flake8_gradtape.machine.domain.values import Sequence as Row
from flake8_gradtape.machine.language.functions import bind_unknown, run_body
from flake8_gradtape.machine.libraries.registry import REGISTRY
from flake8_gradtape.machine.method_receivers import Made, Objects
from flake8_gradtape.machine.state.binding_counts import Bindings, blur_closure
from flake8_gradtape.machine.state.budget import GiveUp
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Frame
from flake8_gradtape.machine.tapes.observer import Observer
from flake8_gradtape.machine.verdicts.end_of_run import settle
from flake8_gradtape.machine.verdicts.tape_lifetimes import end_tapes
from flake8_gradtape.reading.reachability import Use
from flake8_gradtape.reading.syntax import captured_names, is_stub, scope_of

BUDGET_OF_A_ROOT = 25_000
BUDGET_OF_A_FUNCTION = 15_000
"""Evaluated expressions and statements, for the module body or one function, with all that it calls."""
BUDGET_OF_A_LINE = 40
"""What each line of the module adds to the budget of the whole module."""


_GRAPH_WORDS = (
    "disable_eager", "disable_v2_behavior", ".Graph(", "Session(", "placeholder", "as_default", "wrap_function",
)  # fmt: skip
"""Text that shows that a module may run in graph mode."""


_ATTRIBUTE_WORDS = (
    "__dict__",
    "vars(",
    "setattr",
    "dir(",
    "__init_subclass__",
    "__getattr",
    "__set__",
    "metaclass",
    "__class__",
    "mock",
)
"""Text that shows that attributes may be written behind the machine's back."""
_NAME_WORDS = ("globals(", "exec(", "sys.modules", "eval(", "__closure__", "import_module")
"""Text that shows that module-level names may be."""
_MODELS = re.compile(r"\b([A-Za-z_][\w.]*)\.(?:trainable_)?(?:variables|weights)\b")
"""What the module asks for its variables."""
_DYNAMIC_CLASS = re.compile(r"\btype\(\s*[\"'f]")
"""A class that is made by a call."""
_COMPILED = re.compile(r"(?<!re)\.compile\(([^()]*(?:\([^()]*\)[^()]*)*)\)")
"""`model.compile(...)`, and what is in its brackets."""
_OWN_LOSS = re.compile(r"""\bloss\s*=\s*(?!["']|(?:tf\.)?(?:keras\.)?losses\.[A-Z])|^[^=]*,\s*(?!["']|\w+\s*=)[^\s]""")
"""The loss is something of the module's own, or stands second without its name and is no string."""
_PATCHED = re.compile(
    r"patch(\.object|\.dict|\.multiple)?\(\s*[\"']?(tf|tensorflow)\b|monkeypatch\.setattr\(\s*[\"']?(tf|tensorflow)\b"
)
"""TensorFlow itself is replaced: nothing is known about it then."""


def interpret(
    module: cst.Module,
    text: str,
    tape_functions: frozenset[str] | None = None,
    uses: Sequence[Use] = (),
    keras: int | None = None,
    observe: Callable[[Run], Observer] | None = None,
) -> list[Event]:
    """What surely happens to the tapes of a module, wherever it is run from.

    `tape_functions` names the functions that may come by a tape; only they are run by themselves (all, if None).
    `text` is what the module was parsed from; the work is bounded by its length, and what exceeds the bound is not
    claimed. `uses` tells which attributes the code of the module writes, all of it or none. `keras` is the version of
    Keras; without it only what happens with both is claimed. `observe` gives an observer of the run.
    """
    run = Run(REGISTRY)
    if observe is not None:
        run.observer = run.recorder.observer = observe(run)
    run.keras = keras
    run.sharing.uses = uses
    run.tape_functions = tape_functions
    counts = run.bindings = Bindings(module)
    run.base_names = frozenset(name for use in uses for name in use.bases)
    run.model_names = frozenset(_MODELS.findall(text))
    run.sharing.names_read_by_functions = captured_names(module).union(*(use.mentions for use in uses if use.name))
    run.written_attributes = frozenset(name for use in uses for name in use.writes)
    run.uses_graphs = any(word in text for word in _GRAPH_WORDS)
    run.loose_attributes = any(word in text for word in _ATTRIBUTE_WORDS) or _DYNAMIC_CLASS.search(text) is not None
    run.sharing.loose_names = any(word in text for word in _NAME_WORDS)
    run.distributed = "trategy" in text
    run.plain_losses = _has_plain_losses(text)
    if _PATCHED.search(text) or "enable_numpy_behavior" in text:
        return []
    left = BUDGET_OF_A_ROOT + BUDGET_OF_A_LINE * text.count("\n")
    left -= _run_root(run, left, module, lambda: run.execute(run.scopes.module_frame, module.body), None, None)
    if left <= 0:
        left = BUDGET_OF_A_FUNCTION  # the body took all
    done: set[cst.CSTNode] = set()
    objects = Objects(uses, counts)
    _open_containers(run)
    run.definitions.module_cells = run.heap.cells
    while left > 0:
        function = _next_root(run, done)
        if function is None:
            break
        done.add(function.definition)
        left -= run_alone(run, left, function, counts, objects)
    if run.observer is not None and left <= 0:
        run.observer.exhausted()
    events = run.outcomes.events()
    run.close()
    return events


def _has_plain_losses(text: str) -> bool:
    """Every model is compiled here, with a loss of Keras, and nothing else is added to its loss."""
    compiled = _COMPILED.findall(text)
    return (
        bool(compiled)
        and not any(word in text for word in ("regularizer", "add_loss"))
        and all(_OWN_LOSS.search(arguments) is None for arguments in compiled)
    )


def _open_containers(run: Run) -> None:
    """What a function that runs at any time may find in a list or dict of the module.

    Others may fill one that is empty, and the functions of the module change those that they name.
    """
    for tape in run.recorder.tapes:
        state = run.recorder.state(tape.number)
        if state is not None and state.entered is False:
            run.recorder.escape(tape.number)  # a function may enter it
    changed = frozenset(name for use in run.sharing.uses if use.name for name in use.changes)
    for key, value in run.store.snapshot():
        if not isinstance(key, tuple) or key[0] != 0:
            continue
        if isinstance(value, Row) and not run.heap.items(value).immutable:
            content = run.heap.items(value)
            if not content.items or key[1] in changed:
                run.sharing.put(value.cell, Items((*content.items, run.anything(run.heap.nodes(value))), exact=False))
        elif isinstance(value, Mapping) and (not run.heap.entries(value.cell).entries or key[1] in changed):
            run.sharing.blur_entries(value.cell)


def run_alone(run: Run, budget: int, function: Function, counts: Bindings, objects: Objects) -> int:
    """Run a function as somebody unseen would call it, and the functions it defines; gives the work done."""
    run.store.reachable = True
    owner = run.definitions.owners.get(function.definition)
    run.budget.left = 0
    if function.definition in run.definitions.borrowed:
        owner = None
    made = objects.object_of(run, owner) if owner is not None and function.name != "__init__" else None
    building = -run.budget.left
    mark = run.store.mark()
    instance = _self_of(run, function, owner, made)
    born = made.born if made is not None and instance is made.value else None
    before = set(run.definitions.defined_functions)

    def act() -> None:
        blur_closure(run, function, counts)

        def bind(frame: Frame) -> None:
            bind_unknown(run, function, frame, instance, born)

        bare = Function(function.definition, function.frame, function.name, False, function.graph, instance)
        result = run_body(run, bare, bind)
        for leaf in run.heap.leaves(result) if run.reachable else ():
            # a tape or function may be used from now on; data is new to the caller in each run
            if not isinstance(leaf, (Tensor, Variable, Opaque)):
                run.sharing.escape(leaf)

    spent = _run_root(run, min(budget, BUDGET_OF_A_FUNCTION), function.definition, act, instance, owner)
    for definition, inner in list(run.definitions.defined_functions.items()):
        if definition in before or definition in run.definitions.entered_functions or spent >= budget:
            continue
        if not is_stub(definition):
            spent += run_alone(run, budget - spent, inner, counts, objects)
    run.store.rollback(mark)
    run.store.reachable = True
    return spent + building


def _run_root(
    run: Run, budget: int, root: cst.CSTNode, act: object, instance: Value | None, owner: Class | None
) -> int:
    """Run something from outside; what it found stands only if the work could be finished. Gives the work done."""
    run.budget.left = budget
    run.stack.context = (root,)
    first = len(run.recorder.tapes)
    run.recorder.asks.clear()
    run.definitions.entered_by_root.clear()
    run.certainty.doubts = 0
    run.recorder.called_from_outside = root is not None and not isinstance(root, cst.Module)
    if run.observer is not None:
        run.observer.root(root)
    try:
        if callable(act):
            act()
        settle(run)
        end_tapes(run, first, instance, owner)
    except GiveUp as spent:
        if run.observer is not None:
            run.observer.gave_up(root, spent.function)
        again = _to_run_again(run, root)
        run.sharing.escaped_functions.update(dict.fromkeys(again))
        run.outcomes.abandon(root, again)
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
        run.recorder.escape(tape.number)
    for name in scope_of(module).locals:
        value = run.store.get((0, name))
        if type(value) is Api:
            continue
        if value is None or run.bindings is None or run.bindings.of(run.scopes.module_frame, name) > 1:
            nodes = run.heap.nodes(value) if value is not None else []
            run.store.set((0, name), Opaque(run.recorder.unknown(nodes, name, sees_all=True)))
        if value is not None:
            held.append(value)
    run.sharing.escape(run.heap.sequence(held, immutable=True))


def _self_of(run: Run, function: Function, owner: Class | None, made: Made | None) -> Value | None:
    """The object of a method that is run alone: `made`, if there is one; else one that came from outside."""
    definition = function.definition
    if owner is None or not isinstance(definition, cst.FunctionDef):
        return None
    names = {getattr(decorator.decorator, "value", "") for decorator in definition.decorators}
    if "staticmethod" in names or "classmethod" in names:
        return Opaque(run.recorder.unknown(name="cls", sees_all=True)) if "classmethod" in names else None
    if made is not None:
        return made.value
    node = run.recorder.unknown(name="self", sees_all=True)
    return Instance(run.heap.new_cell(Entries((), exact=False)), owner, node)


def _to_run_again(run: Run, root: cst.CSTNode) -> frozenset[cst.CSTNode]:
    """The functions that an abandoned root has entered, as far as they can be run by themselves."""
    defined = run.definitions.defined_functions
    return frozenset(
        one for one in run.definitions.entered_by_root if one is not root and one in defined and _stands_alone(run, one)
    )


def _stands_alone(run: Run, definition: cst.CSTNode) -> bool:
    """The function can be called without another one having run before, and it may come by a tape."""
    function = run.definitions.defined_functions[definition]
    return (
        (run.tape_functions is None or function.name in run.tape_functions)
        and not is_stub(definition)
        and (run.scopes.frames[function.frame].locals is None or run.scopes.frames[function.frame].is_class)
    )


def _next_root(run: Run, done: set[cst.CSTNode]) -> Function | None:
    """A function that no run has entered, or that unseen code may call; those that others call come last."""
    waiting = [
        function
        for definition, function in run.definitions.defined_functions.items()
        if definition not in done
        and (definition not in run.definitions.entered_functions or definition in run.sharing.escaped_functions)
        and _stands_alone(run, definition)
    ]
    for function in waiting:
        others = (other for other in waiting if other is not function)
        if not any(function.name in run.outcomes.names_in(other.definition) for other in others):
            return function
    return waiting[0] if waiting else None
