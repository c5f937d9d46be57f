"""The object of a method that is run by itself: what `__init__` leaves on it, if nothing else may change that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import libcst as cst

from flake8_gradtape.machine.assumptions.taking import KEPT_ATTRIBUTES
from flake8_gradtape.machine.domain.contents import MappingContents, SequenceContents
from flake8_gradtape.machine.domain.limits import GiveUp
from flake8_gradtape.machine.domain.values import (
    NONE,
    Class,
    Const,
    DictValue,
    Function,
    Instance,
    KerasLayer,
    ListValue,
    Number,
    Opaque,
    TapeValue,
    Unbound,
    Value,
    options,
)
from flake8_gradtape.machine.language.classes import class_attribute, has_known_bases, inherits_from_keras
from flake8_gradtape.machine.language.functions import bind_unknown, blur_closure, run_body
from flake8_gradtape.machine.libraries.keras.layer_parts import freeze, open_up
from flake8_gradtape.machine.state.claims import Claims
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Scope
from flake8_gradtape.reading.syntax import children, declared_names, is_stub, parameter_names

_BUDGET = 4_000
_BUILDING = ("build", "create", "make", "setup", "set_up", "init")
"""What the names of methods begin with that make the parts of an object."""
_OF_LAYERS = frozenset("activation call kernel _kernel bias embeddings gamma beta".split())
"""Attributes of a Keras layer that change what it computes."""
_SET_BY_KERAS = frozenset("optimizer loss inputs outputs".split())
"""Attributes that Keras may set by itself, of those that a constructor can set."""


@dataclass(frozen=True)
class Made:
    """An object, and the time when it did not exist yet."""

    value: Instance
    not_before: int


class Objects:
    """Makes one object of each class, when a method of it is run by itself."""

    def __init__(self) -> None:
        self._made: dict[Class, Made | None] = {}

    def object_of(self, run: Run, cls: Class) -> Made | None:
        """An object as a caller that is not seen may have it; None if nothing is known of its attributes."""
        if cls not in self._made:
            self._made[cls] = None
            facts = run.facts
            own = bool(facts.attribute_uses) and not facts.uses_attribute_reflection
            own = own and cls.name not in facts.inherited_classes and has_known_bases(cls)
            if own and run.taking.takes(KEPT_ATTRIBUTES, cls.name):
                self._made[cls] = self._make(run, cls)
        return self._made[cls]

    def _make(self, run: Run, cls: Class) -> Made | None:
        """Make the object by running its constructor with unknown arguments; None if that shows nothing."""
        constructor = class_attribute(run, cls, "__init__")
        if not isinstance(constructor, Function) or constructor.opaque or is_stub(constructor.definition):
            return None
        if declared_names(constructor.definition).generator or class_attribute(run, cls, "__setattr__") is not None:
            return None
        not_before = run.recorder.now()
        node = run.recorder.unknown(name="self", may_hold_anything=True)
        made = Instance(run.heap.new_cell(MappingContents((), exact=False)), cls, node, own=True)
        run.heap.created_objects.append(made)
        entered = self._run_constructor(run, constructor, made)
        if entered is None:
            return None
        keeping = _Keeping(run, self._written_elsewhere(run, entered))
        run.sharing.put(made.cell, keeping.attributes(made))
        # an attribute that is not known may be made of those that are
        run.recorder.last_unknown_effect = run.recorder.now()
        return Made(replace(made, own=False), not_before)

    @staticmethod
    def _run_constructor(run: Run, constructor: Function, made: Instance) -> list[cst.CSTNode] | None:
        """Run `__init__` with unknown arguments and claim nothing; the functions that it ran, None if that failed."""
        entered, defined = dict(run.definitions.entered_functions), dict(run.definitions.defined_functions)
        claims, run.claims = run.claims, Claims(run.stack.functions, run.certainty)
        run.definitions.entered_functions.clear()
        budget, run.budget.left = run.budget.left, _BUDGET
        mark = run.store.mark()
        bare = replace(constructor, instance=made)

        def bind(scope: Scope) -> None:
            bind_unknown(run, bare, scope, made)

        try:
            with run.certainty.silence():
                run_body(run, bare, bind)
            ran = list(run.definitions.entered_functions) if run.reachable else None
        except GiveUp:
            run.reset_stacks()
            ran = None
        if ran is None:
            run.store.rollback(mark)
        spent = _BUDGET - max(run.budget.left, 0)
        run.budget.left = budget - spent
        run.store.reachable = True
        run.claims = claims
        for current, before in (
            (run.definitions.entered_functions, entered),
            (run.definitions.defined_functions, defined),
        ):
            current.clear()
            current.update(before)  # type: ignore[arg-type]
        return ran

    @staticmethod
    def _written_elsewhere(run: Run, ran: list[cst.CSTNode]) -> frozenset[str]:
        """The attributes that code besides the construction may give a value."""
        during = {
            (owner.name if owner is not None else "", definition.name.value)
            for definition in ran
            if isinstance(definition, cst.FunctionDef)
            and _runs_the_same_again(definition)
            and ((owner := run.definitions.owners.get(definition)) is not None or _is_global(run, definition))
        }
        # a helper that somebody else may call as well runs at other times too
        grown = True
        while grown:
            outside = [use for use in run.facts.attribute_uses if (use.owner, use.name) not in during]
            named = frozenset(name for use in outside for name in use.mentions)
            kept = {key for key in during if key[1] == "__init__" or key[1] not in named}
            grown = kept != during
            during = kept
        return frozenset(name for use in outside for name in use.writes)


def _is_empty(run: Run, value: Value) -> bool:
    """A tuple without items; a list is opened in its place."""
    return isinstance(value, ListValue) and run.heap.items(value).immutable and not run.heap.items(value).items


def _runs_the_same_again(definition: cst.FunctionDef) -> bool:
    """If somebody calls it once more, it makes the same as in the constructor: it is private, or takes no arguments."""
    name = definition.name.value
    if name == "__init__":
        return True
    if name.startswith("_") and not name.endswith("__"):
        return not _chooses(definition)
    return name.startswith(_BUILDING) and len(parameter_names(definition.params)) <= 1 and not _chooses(definition)


def _chooses(definition: cst.FunctionDef) -> bool:
    """What it makes depends on a condition, perhaps on a setting that is changed later."""
    pending: list[cst.CSTNode] = [definition.body]
    while pending:
        node = pending.pop()
        if isinstance(node, (cst.If, cst.IfExp)):
            return True
        pending.extend(children(node))
    return False


def _is_global(run: Run, definition: cst.CSTNode) -> bool:
    function = run.definitions.defined_functions.get(definition)
    return function is not None and run.scopes.by_number[function.scope].locals is None


@dataclass
class _Keeping:
    """Decides which parts of a new object are still the same when a method is called."""

    run: Run
    written: frozenset[str]
    seen: set[object] = field(default_factory=set)
    """The containers and functions that are done."""

    def attributes(self, made: Instance) -> MappingContents:
        """The attributes of an object: what may get another value may be anything."""
        self.seen.add(made.cell)
        set_by_keras = _SET_BY_KERAS if inherits_from_keras(made.cls) else frozenset()
        kept = []
        for name, value in self.run.heap.entries(made.cell).entries:
            changes = name in self.written or name in set_by_keras
            kept.append((name, self._anything(value) if changes else self._lasting(value)))
        return MappingContents(tuple(kept), exact=False)

    def _items(self, content: SequenceContents) -> SequenceContents:
        """A list may be changed under another name, a tuple not."""
        items = tuple(self._lasting(item) for item in content.items)
        if content.immutable:
            return replace(content, items=items)
        return SequenceContents(
            (*items, self._anything(self.run.sharing.join(list(items)) if items else NONE)), exact=False
        )

    def _or_anything(self, value: Value) -> Value:
        return self.run.sharing.join([self._lasting(value), self._anything(value)])

    def _anything(self, value: Value) -> Value:
        return Opaque(self.run.recorder.unknown(self.run.heap.nodes(value), may_hold_anything=True))

    def _lasting(self, value: Value) -> Value:
        return self.run.sharing.join(list(self._alternatives(value)))

    def _alternatives(self, value: Value) -> Iterator[Value]:
        """The alternatives of an attribute as a method finds them that runs at any time."""
        run = self.run
        for option in options(value):
            if isinstance(option, (Const, Number, Unbound)) or _is_empty(run, option):
                yield self._anything(option)  # a setting, or a place that somebody fills later
                continue
            if isinstance(option, Instance) and not has_known_bases(option.cls):
                yield self._anything(option)
                continue
            if isinstance(option, TapeValue):
                run.recorder.tape_escapes(option.tape)
            elif isinstance(option, Function):
                if option.definition not in self.seen:
                    self.seen.add(option.definition)
                    blur_closure(run, option)
                    for captured in list(run.sharing.captured(option)):
                        self._lasting(captured)
            elif isinstance(option, KerasLayer):
                if "trainable" in self.written:
                    freeze(run, option)
                if not _OF_LAYERS.isdisjoint(self.written):
                    open_up(run, option, self._anything(option))
            elif isinstance(option, ListValue) and option.cell not in self.seen:
                self.seen.add(option.cell)
                run.sharing.put(option.cell, self._items(run.heap.items(option)))
            elif isinstance(option, DictValue) and option.cell not in self.seen:
                self.seen.add(option.cell)
                items = tuple((key, self._or_anything(item)) for key, item in run.heap.entries(option.cell).entries)
                run.sharing.put(option.cell, MappingContents(items, exact=False))
            elif isinstance(option, Instance) and option.cell not in self.seen:
                run.sharing.put(option.cell, self.attributes(option))
            yield option
