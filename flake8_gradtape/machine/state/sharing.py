"""What unseen code and other functions get hold of, and so may change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import libcst as cst

from flake8_gradtape.machine.domain.contents import (
    MappingContents,
    SequenceContents,
)
from flake8_gradtape.machine.domain.graph import Kind, Node
from flake8_gradtape.machine.domain.limits import MOST_ITEMS
from flake8_gradtape.machine.domain.values import (
    Alternatives,
    Api,
    Class,
    DictValue,
    ExitStack,
    Function,
    Instance,
    KerasLayer,
    ListValue,
    Opaque,
    StopRecording,
    TapeValue,
    Value,
    node_of,
    options,
)
from flake8_gradtape.machine.state.budget import Budget
from flake8_gradtape.machine.state.claims import Claims
from flake8_gradtape.machine.state.closures import Closure, Closures, NameKey
from flake8_gradtape.machine.state.definitions import Definitions
from flake8_gradtape.machine.state.heap import SIMPLE, Heap
from flake8_gradtape.machine.state.joins import SHARED, UNSEEN_YET, Joins
from flake8_gradtape.machine.state.module_facts import ModuleFacts
from flake8_gradtape.machine.state.scopes import Scope, Scopes
from flake8_gradtape.machine.tapes.recorder import Recorder
from flake8_gradtape.reading.syntax import captured_names


class Sharing:
    """What names and containers hold where others may have changed it; who has got hold of what; joins of values."""

    def __init__(
        self,
        recorder: Recorder,
        scopes: Scopes,
        claims: Claims,
        definitions: Definitions,
        budget: Budget,
        facts: ModuleFacts,
    ) -> None:
        self._facts = facts
        self._recorder = recorder
        self._store = recorder.store
        self.heap = self._heap = Heap(recorder, self.escape)
        self.joins = Joins(self.heap, self.escape)
        self.join = self.joins.join
        self._escaping: list[Value] | None = None
        """What is still to be handed over, while something is."""
        self._scopes = scopes
        self._budget = budget
        self.escaped_functions: dict[cst.CSTNode, Function | None] = {}
        self.opened_partials: dict[cst.CSTNode, None] = {}
        """The functions of `functools.partial` objects whose dict of arguments somebody has got hold of."""
        self.patched: dict[str, None] = {}
        """Names of libraries that the module assigns to."""
        self._closures = Closures(scopes, claims, definitions, facts)
        self._opened: set[Closure] = set()
        """The closures of the functions that unseen code has in some run."""
        self._read_by_others: set[tuple[int, str]] = set()
        """The names that functions read which unseen code has, by the number of their scope."""
        self._written_by_others: set[tuple[int, str]] = set()
        """The names that such functions assign."""
        self.open_classes: set[int] = set()
        """Bodies of classes, by the number of their scope, that hand out `locals()`: it may get names there."""
        self.restless = False
        """Unseen code that has something may run between any two statements: an object's `__del__`."""
        self.unseen_runs = 0
        """How often unseen code has run: each time it may have ended in an error."""
        self._names: dict[int, dict[str, None]] = {}
        """The names that were given a value in some run, by the number of their scope."""
        self._handed: dict[int, Any] = {}
        """The content that a container had when it was handed over last, by cell."""
        self._holders: dict[int, Value] = {}
        """The containers, objects and classes that unseen code has in some run, by cell."""
        self.lasting_cells = self.lasting_scopes = -1
        """The containers and scopes up to these numbers are older than the function that is run by itself."""
        self.written: dict[tuple[Any, ...], None] = {}
        """What that has written of these, by the keys of the store."""

    def read(self, scope: Scope, name: str) -> Value | None:
        """What `name` holds; None if nothing was ever assigned to it."""
        found = self._assigned(scope, name)
        if scope.is_class and scope.number in self.open_classes:
            return self._heap.anything(name=name) if found is None else self._or_anything(found)
        return found

    def _assigned(self, scope: Scope, name: str) -> Value | None:
        """What some assignment has left in `name`."""
        home = self._scopes.home(scope, name)
        if home is None:
            return None
        found: Value | None = self._store.get((home.number, name))
        return self._as_read((home.number, name), found) if found is not None else None

    def _as_read(self, key: NameKey, found: Value) -> Value:
        """What a name gives that was `found` to hold something: others may have assigned it."""
        if key in self._written_by_others:
            return self._or_anything(found)
        reflected = self._facts.uses_frames or (self._facts.uses_name_reflection and key[0] == 0)
        if reflected and not isinstance(found, (Api, Function, Class)):
            return self.join([found, self._heap.anything(self._heap.nodes(found), key[1])])
        return found

    def write(self, scope: Scope, name: str, value: Value) -> None:
        """`name = value`."""
        self.bind(self._scopes.home(scope, name) or scope, name, value)

    def may_be_assigned(self, scope: Scope, name: str) -> None:
        """Code that runs who knows when gives the name a value: from now on it may hold anything."""
        self._written_by_others.add(((self._scopes.home(scope, name) or scope).number, name))

    def bind(self, home: Scope, name: str, value: Value) -> None:
        """Give a name of this very scope a value."""
        if home.number <= self.lasting_scopes:
            self.written[home.number, name] = None
        self._names.setdefault(home.number, {})[name] = None
        self._store.set((home.number, name), value)
        if (home.number, name) in self._read_by_others or self._facts.uses_frames:
            self.escape(value)
        if self._is_read_elsewhere(home, name):
            self.put_within_reach(value)
        if home.locals is None and isinstance(value, Function) and isinstance(value.definition, cst.Lambda):
            self._keep_tapes(value)

    def _is_read_elsewhere(self, home: Scope, name: str) -> bool:
        """Other functions may read the name."""
        if home.locals is None:
            return self._facts.uses_name_reflection or name in self._facts.names_read_by_functions
        return home.is_class or home.definition is None or name in captured_names(home.definition)

    def put_within_reach(self, value: Value) -> None:
        """Code of the module may get hold of the value later, wherever it runs."""
        for node in self._heap.nodes(value):
            self._recorder.node_states.put_within_reach(node)

    def _keep_tapes(self, value: Value) -> None:
        """A function that others get hold of, and the tape that it asks."""
        for leaf in self._heap.leaves(value):
            if isinstance(leaf, Function) and leaf.instance is None:
                for captured in self.captured(leaf):
                    if isinstance(captured, TapeValue):
                        self._recorder.tape_escapes(captured.tape)

    def put(self, cell: int, content: SequenceContents | MappingContents) -> None:
        """Replace the content of a container that exists, so that others may know it."""
        if cell <= self.lasting_cells:
            self.written["cell", cell] = None
        if cell in self._holders and self._store.get((SHARED, cell)) is True:
            # unseen code finds what is put there when it runs next, and may change it from then on
            self._store.set(UNSEEN_YET, self._store.get(UNSEEN_YET, frozenset()) | {cell})
        self._write(cell, content)

    def _write(self, cell: int, content: SequenceContents | MappingContents) -> None:
        """The same for what unseen code knows, or puts there itself."""
        if (
            cell in self._holders
            and self._store.get((SHARED, cell)) is True
            and not isinstance(self._holders[cell], Class)
        ):
            content = replace(content, shared_at=self._recorder.now())
        content = self._heap.bounded(content, MOST_ITEMS)
        self._store.set(("cell", cell), content)
        parts = content.items if isinstance(content, SequenceContents) else [item for _, item in content.entries]
        for item in parts:
            self.put_within_reach(item)
            self._keep_tapes(item)

    def unseen_code_runs(self) -> None:
        """Code that the machine cannot see runs: it has all that is shared, with what was put there since it last ran.

        The same for a function of the module that others have, wherever they may call it.
        """
        self.unseen_runs += 1
        while cells := self._store.get(UNSEEN_YET):
            self._store.set(UNSEEN_YET, frozenset())
            self._hand_over([self._holders[cell] for cell in sorted(cells)])
        self._recorder.last_unknown_effect = self._recorder.now()

    def handed_out_functions_run(self) -> None:
        """Library code runs that was given nothing: the functions of the module that others have may run in it."""
        if self.escaped_functions:
            self.unseen_code_runs()

    def _share(self, holder: ListValue | DictValue | Instance | Class) -> None:
        """Unseen code has a container, and keeps it."""
        self._holders.setdefault(holder.cell, holder)
        self._store.set((SHARED, holder.cell), True)

    def outlive(self, holders: int, cells: int) -> list[int]:
        """Share again what was shared since there were as many `holders`, of the containers up to number `cells`.

        Called where the work of a function that was run by itself is undone; gives their cells.
        """
        lasting: list[int] = []
        for cell in list(self._holders)[holders:]:
            content = self._store.get(("cell", cell))
            if cell > cells or content is None:
                continue
            lasting.append(cell)
            self._store.set((SHARED, cell), True)
            self._store.set(UNSEEN_YET, self._store.get(UNSEEN_YET, frozenset()) | {cell})
            if not isinstance(self._holders[cell], Class):
                self._store.set(("cell", cell), replace(content, shared_at=1))
        return lasting

    @property
    def holders(self) -> int:
        """How many containers unseen code has got hold of; to be given to `outlive`."""
        return len(self._holders)

    def escape(self, value: Value) -> None:
        """Hand a value to code that the machine cannot see: it may keep, change, watch and call what is in it."""
        if type(value) in SIMPLE:
            self._budget.step()
            only = node_of(value)
            if only is not None:
                self._recorder.node_states.escape(only)
            return
        self._hand_over([value])

    def _hand_over(self, values: list[Value]) -> None:
        """Hand over all of these in one go: what can be reached from several of them is met once."""
        if self._escaping is not None:
            self._escaping.extend(values)  # whoever hands something over now gets to it
            return
        self._escaping = values
        try:
            self._escape_all(self._escaping)
        finally:
            self._escaping = None

    def _escape_all(self, pending: list[Value]) -> None:
        """Hand over what is pending, and what is in it; more may become pending meanwhile."""
        seen: dict[int, Value] = {}  # by identity: hashing a value is slow, and they stay alive here
        classes: set[int] = set()
        closures: set[Closure] = set()
        handed: list[int] = []
        while pending:
            one = pending.pop()
            if id(one) in seen:
                continue
            seen[id(one)] = one
            self._budget.step()
            if isinstance(one, (ListValue, DictValue, Instance)) and self._has_it(one.cell):
                continue
            node = node_of(one)
            if node is not None:
                self._recorder.node_states.escape(node)
            if isinstance(one, Alternatives):
                pending.extend(one.options)
            elif isinstance(one, ListValue):
                content = self._heap.items(one)
                pending.extend(content.items)
                if not content.immutable and (content.single or not _is_unknown(content.items[-1:])):
                    made = self._heap.anything(self._item_nodes(content))
                    self._share(one)
                    self._write(one.cell, SequenceContents((*content.items, made), exact=False))
                    handed.append(one.cell)
            elif isinstance(one, (DictValue, Instance)):
                entries = self._heap.entries(one.cell).entries
                pending.extend(item for _, item in entries)
                self._share(one)
                self._write(one.cell, self._blurred(entries))
                handed.append(one.cell)
                if isinstance(one, Instance):
                    pending.append(one.cls)
            elif isinstance(one, TapeValue):
                self._recorder.tape_escapes(one.tape)
            elif isinstance(one, StopRecording):
                pending.append(one.tape)
            elif isinstance(one, (ExitStack, KerasLayer)):
                pending.extend(self._heap.items(ListValue(one.cell)).items)
            elif isinstance(one, Function):
                pending.extend(_bound_to(one))
                closure = self._closures.of(one)
                if closure in closures:
                    continue
                closures.add(closure)
                self.escaped_functions[one.definition] = one
                pending.extend(self._around(closure))
                if closure not in self._opened:
                    self._open_names(closure)
            elif isinstance(one, Class) and one.cell not in classes:
                classes.add(one.cell)
                self._share(one)
                self._blur_class(one)
                pending.extend(item for _, item in self._heap.entries(one.cell).entries)
                pending.extend(one.bases)
                pending.extend(self._seen_by_left_out(one))
        for cell in handed:
            self._handed[cell] = self._store.get(("cell", cell))

    def _has_it(self, cell: int) -> bool:
        """Unseen code has had a container with this very content before, and so all that is in it.

        What is put into what it has is handed over when it runs next (`put`). The content that a container gets when it
        is handed over is a new object: a branch that is undone leaves no other that could be taken for it.
        """
        content = self._store.get(("cell", cell))
        return content is not None and self._handed.get(cell) is content

    def _open_names(self, closure: Closure) -> None:
        """A function that others have may run at any time: it reads what its names hold then, and may change them."""
        self._opened.add(closure)
        self._read_by_others |= closure.may_read
        self._written_by_others |= closure.written

    def _seen_by_left_out(self, cls: Class) -> Iterator[Value]:
        """What the methods of a class that were left out of the syntax tree read: unseen code may call them by name."""
        uses = self._closures.left_out(cls)
        own = {name for name, _ in self._heap.entries(cls.cell).entries} if uses else set()
        for use in uses:
            if use.name not in own:
                for name in use.mentions:
                    value = self._store.get((0, name))
                    if value is not None and type(value) is not Api:
                        self._read_by_others.add((0, name))
                        yield value

    def captured(self, function: Function) -> Iterator[Value]:
        """What somebody reaches by calling a function: the names that it reads, and its object."""
        yield from _bound_to(function)
        yield from self._around(self._closures.of(function))

    def _around(self, closure: Closure) -> Iterator[Value]:
        """What the names hold now that a function reads from around it."""
        for key in closure.read:
            value: Value | None = self._store.get(key)
            if value is not None and type(value) is not Api:
                yield value if closure.of_module else self._as_read(key, value)

    def blur_entries(self, cell: int) -> None:
        """Unseen code may have assigned any attribute of an object, or any key of a mapping."""
        self.put(cell, self._blurred(self._heap.entries(cell).entries))

    def _blurred(self, entries: tuple[tuple[Any, Value], ...]) -> MappingContents:
        """Entries of which each may have been assigned since, and others added."""
        return MappingContents(tuple((key, self._or_anything(item)) for key, item in entries), exact=False)

    def _blur_class(self, cls: Class) -> None:
        """Unseen code may have assigned what a class holds as data; its methods are taken to stay."""
        entries = self._heap.entries(cls.cell)
        changed = tuple(
            (name, item if isinstance(item, (Function, Class)) else self._or_anything(item))
            for name, item in entries.entries
        )
        if any(new is not old for (_, new), (_, old) in zip(changed, entries.entries, strict=True)):
            self._store.set(("cell", cls.cell), replace(entries, entries=changed))

    def _or_anything(self, value: Value) -> Value:
        if any(isinstance(option, Opaque) and option.node.kind is Kind.UNKNOWN for option in options(value)):
            return value
        return self.join([value, self._heap.anything(self._heap.nodes(value))])

    def escape_names(self, scope: Scope | None) -> None:
        """Unseen code gets hold of all names of a scope and of those around it (`locals()`, `exec`)."""
        if scope is not None and scope.is_class:
            self.open_classes.add(scope.number)
        while scope is not None:
            for _, value in self.names_of(scope.number):
                self.escape(value)
            scope = scope.parent

    def names_of(self, scope: int) -> list[tuple[str, Value]]:
        """The names of a scope, by its number (the module's is 0), and what they hold now."""
        held = ((name, self._store.get((scope, name))) for name in self._names.get(scope, ()))
        return [(name, value) for name, value in held if value is not None]

    def _item_nodes(self, content: SequenceContents) -> list[Node]:
        return [node for item in content.items for node in self._heap.nodes(item)]


def _is_unknown(values: tuple[Value, ...]) -> bool:
    """There is a value, and nothing is known of it."""
    return any(isinstance(value, Opaque) and value.node.kind is Kind.UNKNOWN for value in values)


def _bound_to(function: Function) -> Iterator[Value]:
    """The values that a function has with it: its object, and arguments."""
    if function.instance is not None:
        yield function.instance
    yield from function.first_arguments
    yield from (value for _, value in (*function.named_arguments, *function.defaults))
