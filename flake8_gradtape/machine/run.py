"""One abstract run over a module: its store, frames, work budget and the events it has collected.

Holds state and the joins of values; what statements, expressions and calls do is in the modules that take a `Run`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from collections.abc import Sequence as Sequence_
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, Union

import libcst as cst

from flake8_gradtape.contents import Use
from flake8_gradtape.machine.outcomes import Outcomes
from flake8_gradtape.machine.recording import Recorder
from flake8_gradtape.machine.store import MISSING, Delta, Key, Store
from flake8_gradtape.machine.syntax import captured_names, is_stub, scope_of
from flake8_gradtape.machine.tape_state import TapeState, escape, join_states
from flake8_gradtape.machine.values import (
    MOST_OPTIONS,
    UNBOUND,
    Api,
    Choice,
    Class,
    Const,
    Edge,
    Entries,
    ExitStack,
    Flow,
    Function,
    Instance,
    Items,
    Kind,
    Mapping,
    Network,
    Node,
    Number,
    Opaque,
    Pausing,
    Sequence,
    TapeValue,
    Tensor,
    Value,
    Variable,
    flat_options,
    node_of,
    options,
)
from flake8_gradtape.machine.views import view_items

if TYPE_CHECKING:
    from flake8_gradtape.machine.bindings import Bindings
    from flake8_gradtape.machine.functional import Outputs

Catches = Callable[[Union[type[Exception], None]], bool]
"""Tells whether the handlers of a `try` may catch an error of this type; None is one of a type that is not known."""


class GiveUp(Exception):
    """The work budget of this run is spent; nothing that it found is claimed."""


@dataclass
class Loop:
    """A loop being run: where `break` and `continue` leave their states."""

    mark: int
    breaks: list[Delta] = field(default_factory=list)
    continues: list[Delta] = field(default_factory=list)


@dataclass
class Activation:
    """A function being run: where `return` leaves its states."""

    mark: int
    returns: list[tuple[Delta, Value]] = field(default_factory=list)
    loops: list[Loop] = field(default_factory=list)
    graph: bool = False
    instance: Value | None = None


@dataclass(frozen=True)
class Frame:
    """The names of one function activation (or of the module, or of a class body)."""

    number: int
    parent: Frame | None
    locals: frozenset[str] | None
    """The names that are local; None for the module, where every name is."""
    globals: frozenset[str] = frozenset()
    nonlocals: frozenset[str] = frozenset()
    is_class: bool = False
    definition: cst.CSTNode | None = None
    """The function or lambda whose activation this is."""


@dataclass(frozen=True)
class Arguments:
    """The evaluated arguments of a call; `open` if starred ones make the list incomplete."""

    positional: tuple[Value, ...] = ()
    keywords: tuple[tuple[str, Value], ...] = ()
    open: bool = False
    extra: tuple[Value, ...] = ()
    """What the starred arguments held."""

    def all(self) -> list[Value]:
        """Every value that is handed over."""
        return [*self.positional, *(value for _, value in self.keywords), *self.extra]

    def get(self, position: int, name: str) -> Value | None:
        """The argument at `position` or under `name`."""
        for keyword, value in self.keywords:
            if keyword == name:
                return value
        if 0 <= position < len(self.positional):
            return self.positional[position]
        return None


class Evaluate(Protocol):
    """Gives the value of an expression."""

    def __call__(self, run: Run, frame: Frame, node: cst.CSTNode) -> Value: ...


def _no_network(run: Run, network: Network, arguments: Arguments, at: cst.CSTNode) -> Value:
    raise NotImplementedError


def _no_call(run: Run, value: Value, arguments: Arguments, at: cst.CSTNode) -> Value:
    raise NotImplementedError


class Run:
    """The state of the abstract interpreter.

    `budget` bounds the work: `step` raises `GiveUp` when it is spent. `muted` runs (the widened pass of a loop) emit
    nothing.
    """

    MOST_DEPTH = 8

    def __init__(self, evaluate: Evaluate, execute: Callable[[Run, Frame, Iterable[cst.CSTNode]], None]) -> None:
        self.store = Store(self._join_key)
        self.recorder = Recorder(self.store)
        self.outcomes = Outcomes()
        self.evaluate = evaluate
        self.execute = execute
        self._silenced = 0
        self.endings = 0
        """How often some of the runs may have ended in an error, while others went on."""
        self.most_endings: int | None = None
        """In a later pass of a loop: the endings before the loop; once there are more, nothing is claimed."""
        self.catching: list[Catches] = []
        self.uses_graphs = False
        self.keras: int | None = None
        """The version of Keras, if only that one matters."""
        """The module mentions graph mode somewhere, so its code need not run eagerly."""
        self.loose_attributes = False
        """The module uses reflection on attributes: a known attribute may have been replaced."""
        self.loose_names = False
        """The same for module-level names."""
        self.distributed = False
        """The module has to do with strategies, whose variables can do more."""
        self.patched: dict[str, None] = {}
        """Names of libraries that the module assigns to."""
        self.deaths = 0
        """How often all runs that got to some point ended there."""
        self.doubts = 0
        """More than zero where not every run of this root gets to."""
        self.asserting = 0
        self.bindings: Bindings | None = None
        self.assumed: dict[tuple[int, str], bool] = {}
        """The truth of names that is assumed while a loop is run (see `flags`)."""
        self.call_network: Callable[[Run, Network, Arguments, cst.CSTNode], Value] = _no_network
        self.call: Callable[[Run, Value, Arguments, cst.CSTNode], Value] = _no_call
        self.budget = 0
        self.context: tuple[object, ...] = ()
        self.functions: list[cst.CSTNode] = self.outcomes.functions
        self.activations: list[Activation] = []
        self.module_loops: list[Loop] = []
        self.entered_functions: dict[cst.CSTNode, None] = {}
        self.entered_by_root: dict[cst.CSTNode, None] = {}
        """The functions that the present root has entered."""
        self.tape_functions: frozenset[str] | None = None
        """The names of the functions that may come by a tape (all, if None): others are not run by themselves."""
        self.escaped_functions: dict[cst.CSTNode, None] = {}
        self.endless: dict[cst.CSTNode, None] = {}
        """Recursive functions on which a run has spent its budget: they are unseen code from then on."""
        self.consumed: set[cst.CSTNode] = set()
        """Generators, and calls of `map` and `filter`, that are used up at once by what they are given to."""
        self.read_by_others: set[tuple[int, str]] = set()
        """The names that functions read which unseen code has, by the number of their scope."""
        self.written_by_others: set[tuple[int, str]] = set()
        """The names that such functions assign."""
        self.module_frame = Frame(0, None, None)
        self.frames: dict[int, Frame] = {0: self.module_frame}
        self.visit: object | None = None
        self.opening: cst.CSTNode | None = None
        """The `with` statement whose first item is being evaluated: where a tape made there is reported."""
        self.defined_functions: dict[cst.CSTNode, Function] = {}
        self.owners: dict[cst.CSTNode, Class] = {}
        self.borrowed: dict[cst.CSTNode, None] = {}
        """Methods that two classes have (`step = Other.step`)."""
        self.classes: list[Class] = []
        """All classes of the module so far."""
        self.uses: Sequence_[Use] = ()
        self.base_names: frozenset[str] = frozenset()
        """The names of classes that other classes of the module stand on."""
        self.model_names: frozenset[str] = frozenset()
        """What is asked for its variables somewhere, as text: `self.model`, where `self.model.variables` stands."""
        self.names_read_by_functions: frozenset[str] = frozenset()
        """The module-level names that some function reads, or may read."""
        self.written_attributes: frozenset[str] = frozenset()
        """The attributes that some code of the module assigns, on whatever object."""
        self.views: dict[object, Node] = {}
        self.made: list[Instance | Network] = []
        """All objects and networks made so far."""
        self.outputs: dict[int, Outputs] = {}
        """The outputs of functional models that have several, by the cell of the model."""
        self.singles: dict[Node, None] = {}
        """Datasets and the like that give one element at the most."""
        self._cells = 0
        self.module_cells = 0
        """The containers and objects up to this number were made by the body of the module, which is done."""
        self._frame_count = 0

    # -- work ------------------------------------------------------------------------------------------------------

    def step(self, cost: int = 1) -> None:
        """Account for a piece of work."""
        self.budget -= cost
        if self.budget < 0:
            self.endless.update((one, None) for one in self.functions if self.functions.count(one) > 1)
            raise GiveUp

    @property
    def reachable(self) -> bool:
        """Some run gets to this point."""
        return self.store.reachable

    def die(self) -> None:
        """Every run that gets here ends here (an exception)."""
        self.deaths += self.store.reachable
        self.store.reachable = False

    def use(self, values: Iterable[Value]) -> None:
        """Values are computed with: where one of them is None in some runs, those end."""
        for value in values:
            if any(isinstance(option, Tensor) and option.sometimes_none for option in options(value)):
                self.endings += 1
                self.doubts += 1

    def leave(self) -> None:
        """Every run that gets here goes on elsewhere (`return`, `break`, `continue`)."""
        self.store.reachable = False

    def new_visit(self) -> object:
        """The passage through a call that is under way; the alternatives of its receiver share one."""
        return self.visit if self.visit is not None else object()

    def each(self, value: Value, act: Callable[[Value], Value]) -> Value:
        """The join of what `act` gives for each alternative of `value`, each in a state of its own."""
        alternatives = options(value)
        if len(alternatives) == 1:
            return act(alternatives[0])
        outer, self.visit = self.visit, self.new_visit()
        mark = self.store.mark()
        deltas: list[Delta | None] = []
        results: list[Value] = []
        for alternative in alternatives:
            result = act(alternative)
            if self.reachable:
                results.append(result)
            deltas.append(self.store.take(mark))
        self.store.merge(deltas)
        self.visit = outer
        return self.join(results) if results else self.anything()

    @contextmanager
    def silence(self) -> Iterator[None]:
        """Emit nothing in here."""
        self._silenced += 1
        try:
            yield
        finally:
            self._silenced -= 1

    @property
    def muted(self) -> bool:
        """Nothing is claimed here."""
        return self._silenced > 0 or (self.most_endings is not None and self.endings > self.most_endings)

    def loop_depth(self) -> int:
        """How many loops are being run, over all activations."""
        return len(self.module_loops) + sum(len(activation.loops) for activation in self.activations)

    def reset_stacks(self) -> None:
        """Forget what was under way when a run gave up."""
        self.functions.clear()
        self.activations.clear()
        self.module_loops.clear()
        self.catching.clear()
        self._silenced = self.asserting = self.doubts = 0
        self.assumed = {}
        self.most_endings = None
        self.visit = None
        self.store.stop_watching()

    @contextmanager
    def unsure(self) -> Iterator[None]:
        """What happens in here need not happen in every run."""
        self.doubts += 1
        try:
            yield
        finally:
            self.doubts -= 1

    def defines_method(self, name: str) -> bool:
        """Some class of the module has a method of this name, so an unknown object may be one of these."""
        return any(function.name == name for function in self.defined_functions.values())

    def close(self) -> None:
        """Let go of everything, so that nothing waits for the garbage collector."""
        self.store.close()
        for held in (self.frames, self.views, self.defined_functions, self.owners, self.made, self.classes):
            held.clear()
        self.outputs.clear()

    def current_self(self) -> Value | None:
        """The object of the method that is being run."""
        return self.activations[-1].instance if self.activations else None

    @property
    def cells(self) -> int:
        """How many containers were made so far."""
        return self._cells

    # -- names -----------------------------------------------------------------------------------------------------

    def new_frame(
        self,
        parent: Frame | None,
        names: frozenset[str],
        global_names: frozenset[str] = frozenset(),
        nonlocal_names: frozenset[str] = frozenset(),
        is_class: bool = False,
        definition: cst.CSTNode | None = None,
    ) -> Frame:
        """A new scope inside `parent`."""
        self._frame_count += 1
        frame = Frame(self._frame_count, parent, names, global_names, nonlocal_names, is_class, definition)
        self.frames[frame.number] = frame
        return frame

    def home(self, frame: Frame, name: str) -> Frame | None:
        """The scope in which `name` lives, seen from `frame`; None for a builtin or an unknown name."""
        if name in frame.globals:
            return self.module_frame
        found: Frame | None = frame
        first = name not in frame.nonlocals
        while found is not None:
            if found.locals is None:
                return found
            if first and name in found.locals:
                return found
            if name in found.globals:
                return self.module_frame
            found = found.parent
            while found is not None and found.is_class:
                found = found.parent
            first = True
        return None

    def read(self, frame: Frame, name: str) -> Value | None:
        """What `name` holds; None if nothing was ever assigned to it."""
        home = self.home(frame, name)
        if home is None:
            return None
        found: Value | None = self.store.get((home.number, name))
        if found is not None and (home.number, name) in self.written_by_others:
            return self._or_anything(found)
        if (
            self.loose_names
            and home.locals is None
            and found is not None
            and not isinstance(found, (Api, Function, Class))
        ):
            return self.join([found, self.anything(self.nodes(found), name)])
        return found

    def write(self, frame: Frame, name: str, value: Value) -> None:
        """`name = value`."""
        self.bind(self.home(frame, name) or frame, name, value)

    def bind(self, home: Frame, name: str, value: Value) -> None:
        """Give a name of this very scope a value."""
        self.store.set((home.number, name), value)
        if (home.number, name) in self.read_by_others:
            self.escape(value)
        if self._is_read_elsewhere(home, name):
            self.keep(value)
        if home.locals is None and isinstance(value, Function) and isinstance(value.definition, cst.Lambda):
            self._keep_tapes(value)

    def _is_read_elsewhere(self, home: Frame, name: str) -> bool:
        """Other functions may read the name."""
        if home.locals is None:
            return self.loose_names or name in self.names_read_by_functions
        return home.is_class or home.definition is None or name in captured_names(home.definition)

    def _keep_tapes(self, value: Value) -> None:
        """A function that others come by, and the tape that it asks."""
        for leaf in self.leaves(value):
            if isinstance(leaf, Function) and leaf.instance is None:
                for captured in self.captured(leaf):
                    if isinstance(captured, TapeValue):
                        self.recorder.escape(captured.tape)

    def keep(self, value: Value) -> None:
        """Code of the module may come by the value later, wherever it runs."""
        for node in self.nodes(value):
            node.kept = True

    # -- containers ------------------------------------------------------------------------------------------------

    def new_cell(self, content: Items | Entries) -> int:
        """A place in the store for the content of a container."""
        self._cells += 1
        self.store.set(("cell", self._cells), content)
        return self._cells

    def sequence(self, items: Iterable[Value], exact: bool = True, immutable: bool = False) -> Sequence:
        """A list or tuple."""
        return Sequence(self.new_cell(Items(tuple(items), exact, immutable)))

    def mapping(self, entries: Iterable[tuple[Any, Value]], exact: bool = True) -> Mapping:
        """A dict."""
        return Mapping(self.new_cell(Entries(tuple(entries), exact)))

    def items(self, value: Sequence) -> Items:
        """The content of a sequence."""
        found: Any = self.store.get(("cell", value.cell))
        if value.shows and isinstance(found, Entries):
            return view_items(self, found, value.shows)
        return found if isinstance(found, Items) else Items((self.anything(),), exact=False)

    def entries(self, cell: int) -> Entries:
        """The content of a mapping or object."""
        found: Entries | None = self.store.get(("cell", cell))
        return found if isinstance(found, Entries) else Entries((), exact=False)

    def put(self, cell: int, content: Items | Entries) -> None:
        """Replace the content of a container that exists, so that others may know it."""
        self.store.set(("cell", cell), content)
        for item in content.items if isinstance(content, Items) else (item for _, item in content.entries):
            self.keep(item)
            self._keep_tapes(item)

    def anything(self, edges: Iterable[Node] = (), name: str = "", at: cst.CSTNode | None = None) -> Opaque:
        """A value made by unseen code out of `edges` and whatever was within its reach."""
        return Opaque(self.recorder.unknown(edges, name, at))

    # -- looking into values ---------------------------------------------------------------------------------------

    def leaves(self, value: Value, limit: int = 400) -> list[Value]:
        """The values that are not containers, at any depth."""
        if type(value) not in _HOLDERS:
            return [value]
        found: list[Value] = []
        seen: set[int] = set()
        pending: list[Value] = [value]
        while pending and len(found) < limit:
            one = pending.pop()
            if isinstance(one, Choice):
                pending.extend(reversed(one.options))
            elif isinstance(one, Sequence):
                if one.cell not in seen:
                    seen.add(one.cell)
                    pending.extend(reversed(self.items(one).items))
            elif isinstance(one, Mapping):
                if one.cell not in seen:
                    seen.add(one.cell)
                    pending.extend(reversed([item for _, item in self.entries(one.cell).entries]))
            else:
                found.append(one)
        return found

    def nodes(self, value: Value) -> list[Node]:
        """All nodes in a value, each once; those of objects and closures too."""
        if type(value) in _SIMPLE:
            only = node_of(value)
            return [only] if only is not None else []
        found: dict[Node, None] = {}
        seen: set[int] = set()
        pending = list(self.leaves(value))
        while pending:
            one = pending.pop()
            node = node_of(one)
            if node is not None:
                found.setdefault(node)
            if isinstance(one, Instance) and one.cell not in seen:
                seen.add(one.cell)
                for _, item in self.entries(one.cell).entries:
                    pending.extend(self.leaves(item))
            elif isinstance(one, Function):
                pending.extend(default for _, default in one.defaults)
                if one.instance is not None:
                    pending.append(one.instance)
            elif isinstance(one, Network) and one.cell not in seen:
                seen.add(one.cell)
                pending.extend(self.items(Sequence(one.cell)).items)
        return list(found)

    def edges(self, value: Value, flow: Flow = Flow.GRADIENT, sure: bool = False) -> list[Edge]:
        """The value as input of an operation; `sure` if the operation surely is differentiable in it."""
        certain = self.definite(value)
        return [Edge(node, flow, sure and certain, certain) for node in self.nodes(value)]

    def definite(self, value: Value) -> bool:
        """No part of the value depends on the run."""
        if isinstance(value, Sequence):
            content = self.items(value)
            return content.exact and all(self.definite(one) for one in content.items)
        if isinstance(value, Mapping):
            entries = self.entries(value.cell)
            return entries.exact and all(self.definite(one) for _, one in entries.entries)
        return not isinstance(value, Choice)

    def sure_nodes(self, value: Value) -> list[Node]:
        """The nodes that are in the value in every run."""
        parts: list[Value] | None = None
        if isinstance(value, Sequence):
            content = self.items(value)
            parts = list(content.items if content.exact else content.items[: content.sure])
        elif isinstance(value, Mapping):
            entries = self.entries(value.cell)
            parts = [item for _, item in entries.entries] if entries.exact else []
        if parts is None:
            return [] if isinstance(value, Choice) else self.nodes(value)
        return [node for part in parts for node in self.sure_nodes(part)]

    def alternatives(self, value: Value) -> list[list[Node]]:
        """The nodes that surely are in the value, for each of its alternatives."""
        return [self.sure_nodes(option) for option in options(value)]

    def tapes_in(self, value: Value) -> list[int]:
        """The tapes in a value."""
        return [leaf.tape for leaf in self.leaves(value) if isinstance(leaf, TapeValue)]

    def escape(self, value: Value) -> None:
        """Hand a value to code that the machine cannot see: it may keep, change, watch and call what is in it."""
        if type(value) in _SIMPLE:
            self.step()
            only = node_of(value)
            if only is not None:
                escape(only)
            return
        seen: dict[int, Value] = {}  # by identity: hashing a value is slow, and they stay alive here
        classes: set[int] = set()
        pending: list[Value] = [value]
        while pending:
            one = pending.pop()
            if id(one) in seen:
                continue
            seen[id(one)] = one
            self.step()
            node = node_of(one)
            if node is not None:
                escape(node)
            if isinstance(one, Choice):
                pending.extend(one.options)
            elif isinstance(one, Sequence):
                content = self.items(one)
                pending.extend(content.items)
                if not content.immutable:
                    self.put(one.cell, Items((*content.items, self.anything(self._item_nodes(content))), exact=False))
            elif isinstance(one, (Mapping, Instance)):
                pending.extend(item for _, item in self.entries(one.cell).entries)
                self.blur_entries(one.cell)
                if isinstance(one, Instance):
                    pending.append(one.cls)
            elif isinstance(one, TapeValue):
                self.recorder.escape(one.tape)
            elif isinstance(one, Pausing):
                pending.append(one.tape)
            elif isinstance(one, (ExitStack, Network)):
                pending.extend(self.items(Sequence(one.cell)).items)
            elif isinstance(one, Function):
                self.escaped_functions[one.definition] = None
                pending.extend(self.captured(one))
                self._open_names(one)
            elif isinstance(one, Class) and one.cell not in classes:
                classes.add(one.cell)
                pending.extend(item for _, item in self.entries(one.cell).entries)
                pending.extend(one.bases)
                pending.extend(self._seen_by_left_out(one))

    def _open_names(self, function: Function) -> None:
        """A function that others have may run at any time: it reads what its names hold then, and may change them."""
        frame = self.frames.get(function.frame)
        if frame is None:
            return
        scope = scope_of(function.definition)
        for name in self._names_around(function):
            home = self.module_frame if name in scope.globals else self.home(frame, name)
            if home is not None:
                self.read_by_others.add((home.number, name))
                if name in scope.globals or name in scope.nonlocals:
                    self.written_by_others.add((home.number, name))

    def _names_around(self, function: Function) -> frozenset[str]:
        """The names that a function may read from around it; of one that was left out, all that it mentions."""
        found = self.outcomes.free_names(function.definition)
        if self.uses and is_stub(function.definition):
            owner = self.owners.get(function.definition)
            unit = (owner.name if owner is not None else "", function.name)
            found = found.union(*(use.mentions for use in self.uses if (use.owner, use.name) == unit))
        return found

    def _seen_by_left_out(self, cls: Class) -> Iterator[Value]:
        """What the methods of a class that were left out of the syntax tree read: unseen code may call them by name."""
        kept = {name for name, _ in self.entries(cls.cell).entries}
        for use in self.uses:
            if use.owner == cls.name and use.name and use.name not in kept:
                for name in use.mentions:
                    value = self.store.get((0, name))
                    if value is not None and type(value) is not Api:
                        self.read_by_others.add((0, name))
                        yield value

    def blur_entries(self, cell: int) -> None:
        """Unseen code may have assigned any attribute of an object, or any key of a mapping."""
        entries = self.entries(cell)
        changed = tuple((name, self._or_anything(item)) for name, item in entries.entries)
        self.put(cell, Entries(changed, exact=False))

    def _or_anything(self, value: Value) -> Value:
        if any(isinstance(option, Opaque) and option.node.kind is Kind.UNKNOWN for option in options(value)):
            return value
        return self.join([value, self.anything(self.nodes(value))])

    def escape_names(self, frame: Frame | None) -> None:
        """Unseen code gets hold of all names of a frame and of those around it (`locals()`, `exec`)."""
        while frame is not None:
            for key, value in self.store.snapshot():
                if isinstance(key, tuple) and key[0] == frame.number and len(key) == 2:
                    self.escape(value)
            frame = frame.parent

    def _item_nodes(self, content: Items) -> list[Node]:
        return [node for item in content.items for node in self.nodes(item)]

    def captured(self, function: Function) -> Iterator[Value]:
        """What somebody reaches by calling a function: the names that it reads, and its object."""
        if function.instance is not None:
            yield function.instance
        frame = self.frames.get(function.frame)
        if frame is None:
            return
        names = self._names_around(function)
        if frame.parent is None:
            found = (self.store.get((frame.number, name)) for name in names)
        else:
            found = (self.read(frame, name) for name in names)
        for value in found:
            if value is not None and type(value) is not Api:
                yield value

    # -- joins -----------------------------------------------------------------------------------------------------

    def _join_key(self, key: Key, values: list[Any]) -> Any:
        kind = key[0] if isinstance(key, tuple) else None
        if kind == "built" or kind == "shaped":
            return True if all(value is True for value in values) else MISSING
        if kind == "tape":
            return join_states([value for value in values if isinstance(value, TapeState)])
        if kind == "cell":
            return self._join_content([value for value in values if value is not MISSING])
        return self.join([UNBOUND if value is MISSING else value for value in values])

    def _join_content(self, contents: list[Any]) -> Any:
        first = contents[0]
        if all(content is first for content in contents):
            return first
        if isinstance(first, Items):
            same_length = all(len(content.items) == len(first.items) for content in contents)
            if same_length and all(content.exact for content in contents):
                columns = zip(*(content.items for content in contents), strict=True)
                return Items(tuple(self.join(list(column)) for column in columns), True, first.immutable)
            return Items(
                tuple(flat_options([item for content in contents for item in content.items])), False, first.immutable
            )
        keys = dict.fromkeys(key for content in contents for key, _ in content.entries)
        return Entries(
            tuple((key, self.join([content.get(key) or UNBOUND for content in contents])) for key in keys),
            all(content.exact for content in contents),
        )

    def join(self, values: list[Value]) -> Value:
        """One of several values."""
        found = flat_options(values)
        if len(found) == 1:
            return found[0]
        if len(found) > MOST_OPTIONS:
            for value in found:
                if isinstance(value, Function):
                    self.escape(value)
            return self.anything([node for value in found for node in self.nodes(value)])
        return Choice(tuple(found))

    def blur(self, value: Value) -> Value:
        """What a name may hold after any number of loop passes, when it held `value` in the first ones."""
        kept = [option for option in options(value) if isinstance(option, _LASTING)]
        rest = [option for option in options(value) if not isinstance(option, _LASTING)]
        node = self.recorder.unknown([node for option in rest for node in self.nodes(option)], sees_all=True)
        return self.join([*kept, Opaque(node)])


_HOLDERS = frozenset({Choice, Sequence, Mapping})
_SIMPLE = frozenset({Tensor, Variable, Opaque, Const, Number, Api})
"""Values that hold nothing but their node, if they have one."""
_LASTING = (Function, Class, TapeValue, Sequence, Mapping, Instance, ExitStack, Network, Api)
"""Values that stay what they are from pass to pass; what is in them is blurred where it is kept."""


def number_like(value: Value) -> bool:
    """Surely a Python or NumPy value, so no operation of TensorFlow."""
    return all(isinstance(option, (Const, Number)) for option in options(value))
