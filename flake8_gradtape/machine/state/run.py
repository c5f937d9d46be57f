"""One abstract run over a module: what is under way, and what bounds the work.

Holds state; what statements, expressions and calls do is in the modules that take a `Run`. What is known of the whole
module and does not change is in `facts`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import libcst as cst

from flake8_gradtape.machine.assumptions.taking import Taking
from flake8_gradtape.machine.domain.store import Delta, Store
from flake8_gradtape.machine.domain.values import Const, Number, Tensor, Value, bound, options
from flake8_gradtape.machine.state.budget import Budget
from flake8_gradtape.machine.state.call_stack import CallStack
from flake8_gradtape.machine.state.certainty import Certainty
from flake8_gradtape.machine.state.claims import Claims
from flake8_gradtape.machine.state.definitions import Definitions
from flake8_gradtape.machine.state.module_facts import ModuleFacts
from flake8_gradtape.machine.state.registry import Behaviour, Registry
from flake8_gradtape.machine.state.scopes import Arguments, Scope, Scopes
from flake8_gradtape.machine.state.sharing import Sharing
from flake8_gradtape.machine.tapes.recorder import Recorder

if TYPE_CHECKING:
    from flake8_gradtape.machine.tapes.observer import Observer


class Run:
    """The state of the abstract interpreter, in parts that each look after one thing.

    The work is bounded: `budget.step` raises `GiveUp` when it is spent. Where a run is not certain (`certainty`),
    nothing is claimed.
    """

    def __init__(self, facts: ModuleFacts, registry: Registry, taking: Taking) -> None:
        self.facts = facts
        self.taking = taking
        self.registry = registry
        self.stack = CallStack()
        self.certainty = Certainty()
        self.budget = Budget(self.stack.functions)
        self.store = Store()
        self.recorder = Recorder(self.store)
        self.node_states = self.recorder.node_states
        self.claims = Claims(self.stack.functions, self.certainty)
        self.scopes = Scopes()
        self.definitions = Definitions()
        self.sharing = Sharing(self.recorder, self.scopes, self.claims, self.definitions, self.budget, facts)
        self.heap = self.sharing.heap
        self.anything = self.heap.anything
        self.observer: Observer | None = None

    # -- work --------------------------------------------------------------------------------------------------------

    @property
    def reachable(self) -> bool:
        """Some run gets to this point."""
        return self.store.reachable

    def end_all_paths(self) -> None:
        """Every run that gets here ends here (an exception)."""
        self.certainty.full_exits += self.store.reachable
        if self.observer is not None and self.store.reachable:
            self.observer.ended()
        self.store.reachable = False

    def use(self, values: Iterable[Value]) -> None:
        """Values are computed with: where one of them is None in some runs, those end."""
        for value in values:
            if any(isinstance(option, Tensor) and option.sometimes_none for option in options(value)):
                self.certainty.some_runs_end()

    def leave(self) -> None:
        """Every run that gets here goes on elsewhere (`return`, `break`, `continue`)."""
        self.store.reachable = False

    def each(self, value: Value, act: Callable[[Value], Value]) -> Value:
        """The join of what `act` gives for each alternative of `value`, each in a state of its own."""
        alternatives = options(value)
        if len(alternatives) == 1:
            return act(alternatives[0])
        outer, self.stack.visit = self.stack.visit, self.stack.new_visit()
        mark = self.store.mark()
        deltas: list[Delta | None] = []
        results: list[Value] = []
        for alternative in alternatives:
            result = act(alternative)
            if self.reachable:
                results.append(result)
            deltas.append(self.store.take(mark))
        self.merge(deltas)
        self.stack.visit = outer
        return self.sharing.join(results) if results else self.anything()

    def merge(self, deltas: Iterable[Delta | None]) -> None:
        """Go on where several branches meet, with what may hold after any of them; None: one that does not get here."""
        self.store.merge(deltas, self.sharing.joins.join_key)

    def reset_stacks(self) -> None:
        """Forget what was under way when a run gave up."""
        self.stack.clear()
        self.certainty.clear()
        self.store.stop_logging()

    # -- what the tables say -----------------------------------------------------------------------------------------

    def evaluate(self, scope: Scope, node: cst.CSTNode) -> Value:
        """What an expression gives; a kind of node that no table has is unknown."""
        self.budget.step()
        kind = type(node)
        if kind not in self.registry.calm:
            self.store.may_raise()
        act = self.registry.expressions.get(kind)
        value = act(self, scope, node) if act is not None else self.anything(at=node)
        if self.observer is not None:
            self.observer.expression(node, value)
        return value

    def execute(self, scope: Scope, statements: Iterable[cst.CSTNode]) -> None:
        """Run statements in order, as far as some run gets."""
        for statement in statements:
            if not self.reachable:
                return
            self.budget.step()
            kind = type(statement)
            if kind not in self.registry.calm:
                self.store.may_raise()
            if self.observer is not None:
                self.observer.statement(statement)
            act = self.registry.statements.get(kind)
            if act is not None:
                act(self, scope, statement)
            if self.sharing.restless:
                self.sharing.unseen_code_runs()

    def behaviour(self, value: Value) -> Behaviour:
        """What is done with a value of this kind."""
        return self.registry.behaviours.get(type(value), self.registry.unknown)

    def call(self, callee: Value, arguments: Arguments, at: cst.CSTNode) -> Value:
        """`callee(...)`, whatever it may be."""
        return self.each(bound(callee), lambda option: self.behaviour(option).call(self, option, arguments, at))

    # -- names -------------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Let go of everything, so that nothing waits for the garbage collector."""
        self.store.close()
        self.node_states.close()
        self.definitions.clear()
        for held in (self.scopes.by_number, self.heap.views, self.heap.created_objects):
            held.clear()
        self.heap.outputs.clear()


def number_like(value: Value) -> bool:
    """Surely a Python or NumPy value, so no operation of TensorFlow."""
    return all(isinstance(option, (Const, Number)) for option in options(value))
