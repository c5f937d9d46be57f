"""One abstract run over a module: what is under way, what bounds the work, and what is known of the whole module.

Holds state; what statements, expressions and calls do is in the modules that take a `Run`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import libcst as cst

from flake8_gradtape.machine.domain.store import Delta
from flake8_gradtape.machine.domain.values import (
    Class,
    Const,
    Function,
    Instance,
    Network,
    Node,
    Number,
    Tensor,
    Value,
    bound,
    options,
)
from flake8_gradtape.machine.state.registry import Behaviour, Registry
from flake8_gradtape.machine.state.scopes import Activation, Arguments, Catches, Frame, Loop
from flake8_gradtape.machine.state.sharing import Escaping
from flake8_gradtape.reading.syntax import captured_names

if TYPE_CHECKING:
    from flake8_gradtape.machine.libraries.keras.functional import Outputs
    from flake8_gradtape.machine.state.binding_counts import Bindings
    from flake8_gradtape.machine.tapes.observer import Observer


class Run(Escaping):
    """The state of the abstract interpreter.

    `budget` bounds the work: `step` raises `GiveUp` when it is spent. `muted` runs (the widened pass of a loop) emit
    nothing.
    """

    MOST_DEPTH = 8

    def __init__(self, registry: Registry) -> None:
        super().__init__()
        self.registry = registry
        self.observer: Observer | None = None
        self._silenced = 0
        self.endings = 0
        """How often some of the runs may have ended in an error, while others went on."""
        self.most_endings: int | None = None
        """In a later pass of a loop: the endings before the loop; once there are more, nothing is claimed."""
        self.catching: list[Catches] = []
        self.uses_graphs = False
        """The module mentions graph mode somewhere, so its code need not run eagerly."""
        self.keras: int | None = None
        """The version of Keras, if only that one matters."""
        self.loose_attributes = False
        """The module uses reflection on attributes: a known attribute may have been replaced."""
        self.plain_losses = False
        """The loss that Keras computes depends on labels and predictions only."""
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
        self.context: tuple[object, ...] = ()
        self.activations: list[Activation] = []
        self.module_loops: list[Loop] = []
        self.entered_functions: dict[cst.CSTNode, None] = {}
        self.entered_by_root: dict[cst.CSTNode, None] = {}
        """The functions that the present root has entered."""
        self.tape_functions: frozenset[str] | None = None
        """The names of the functions that may come by a tape (all, if None): others are not run by themselves."""
        self.consumed: set[cst.CSTNode] = set()
        """Generators, and calls of `map` and `filter`, that are used up at once by what they are given to."""
        self.visit: object | None = None
        self.opening: cst.CSTNode | None = None
        """The `with` statement whose first item is being evaluated: where a tape made there is reported."""
        self.defined_functions: dict[cst.CSTNode, Function] = {}
        self.borrowed: dict[cst.CSTNode, None] = {}
        """Methods that two classes have (`step = Other.step`)."""
        self.classes: list[Class] = []
        """All classes of the module so far."""
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
        self.module_cells = 0
        """The containers and objects up to this number were made by the body of the module, which is done."""
        self._frame_count = 0

    # -- work --------------------------------------------------------------------------------------------------------

    @property
    def reachable(self) -> bool:
        """Some run gets to this point."""
        return self.store.reachable

    def die(self) -> None:
        """Every run that gets here ends here (an exception)."""
        self.deaths += self.store.reachable
        if self.observer is not None and self.store.reachable:
            self.observer.ended()
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

    # -- what the tables say -----------------------------------------------------------------------------------------

    def evaluate(self, frame: Frame, node: cst.CSTNode) -> Value:
        """What an expression gives; a kind of node that no table has is unknown."""
        self.step()
        kind = type(node)
        if kind not in self.registry.calm:
            self.store.may_raise()
        act = self.registry.expressions.get(kind)
        value = act(self, frame, node) if act is not None else self.anything(at=node)
        if self.observer is not None:
            self.observer.expression(node, value)
        return value

    def execute(self, frame: Frame, statements: Iterable[cst.CSTNode]) -> None:
        """Run statements in order, as far as some run gets."""
        for statement in statements:
            if not self.reachable:
                return
            self.step()
            kind = type(statement)
            if kind not in self.registry.calm:
                self.store.may_raise()
            if self.observer is not None:
                self.observer.statement(statement)
            act = self.registry.statements.get(kind)
            if act is not None:
                act(self, frame, statement)

    def behaviour(self, value: Value) -> Behaviour:
        """What is done with a value of this kind."""
        return self.registry.behaviours.get(type(value), self.registry.unknown)

    def call(self, callee: Value, arguments: Arguments, at: cst.CSTNode) -> Value:
        """`callee(...)`, whatever it may be."""
        return self.each(bound(callee), lambda option: self.behaviour(option).call(self, option, arguments, at))

    # -- names -------------------------------------------------------------------------------------------------------

    def is_built(self, cell: int) -> bool:
        """The network or layer whose content is in the cell has its variables, in every run."""
        return self.store.get(("built", cell)) is True

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


def number_like(value: Value) -> bool:
    """Surely a Python or NumPy value, so no operation of TensorFlow."""
    return all(isinstance(option, (Const, Number)) for option in options(value))
