"""Methods of lists, tuples, dicts and exit stacks."""

from __future__ import annotations

import libcst as cst

from flake8_gradtape.events import Kept
from flake8_gradtape.machine.domain.contents import ELSEWHERE, MappingContents, SequenceContents, elsewhere
from flake8_gradtape.machine.domain.limits import MOST_GROWN
from flake8_gradtape.machine.domain.values import (
    NONE,
    Const,
    DictValue,
    ExitStack,
    ListValue,
    TapeValue,
    Value,
    options,
)
from flake8_gradtape.machine.language.operators import one_after_other
from flake8_gradtape.machine.language.special_methods import EQUALITY, INDEXING, ORDER, operate
from flake8_gradtape.machine.language.subscripts import contents
from flake8_gradtape.machine.language.unseen import unseen_code
from flake8_gradtape.machine.state.heap import VIEWS
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Arguments


def list_method(run: Run, value: ListValue, method: str, arguments: Arguments, at: cst.Call) -> Value:
    """A method of a list that the program calls: a tape that it is given is kept in there."""
    for given in arguments.all():
        keep_tapes(run, given)
    return sequence_method(run, value, method, arguments, at)


def keep_tapes(run: Run, value: Value) -> None:
    """The tapes in a value are put into a container."""
    for tape in run.heap.tapes_in(value):
        run.recorder.tapes[tape].stored = Kept.CONTAINER


def sequence_method(run: Run, value: ListValue, method: str, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`list.append(...)` and its kin; an unknown method may have changed anything."""
    given = arguments.all()
    if value.shows:
        # a view of a dict has other methods, and none of these changes it
        run.sharing.escape(run.heap.sequence([value, *given], immutable=True))
        return run.anything(run.heap.nodes(value), at=at)
    if method in ("insert", "pop", "index"):
        for one in given:
            operate(run, one, INDEXING)
    content = run.heap.items(value)
    if method == "append" and len(given) == 1:
        both = one_after_other(content, SequenceContents((given[0],)))
        _set_items(run, value, both.items, both.exact, both.sure)
        return NONE
    if method in ("extend", "__iadd__") and len(given) == 1:
        both = one_after_other(content, contents(run, given[0], at))
        _set_items(run, value, both.items, both.exact, both.sure)
        return NONE
    if method == "insert" and len(given) == 2:
        position = given[0].value if isinstance(given[0], Const) else None
        if content.exact and isinstance(position, int):
            items = list(content.items)
            items.insert(position, given[1])
            _set_items(run, value, tuple(items), True)
        else:
            _set_items(run, value, (*content.items, given[1]), False)
        return NONE
    if method == "clear":
        _set_items(run, value, (), True)
        return NONE
    if method == "pop":
        position = given[0].value if given and isinstance(given[0], Const) else -1 if not given else None
        if content.exact and content.items and isinstance(position, int) and abs(position) <= len(content.items):
            items = list(content.items)
            popped = items.pop(position)
            _set_items(run, value, tuple(items), True)
            return popped
        _set_items(run, value, content.items, False)
        return run.sharing.join(list(content.items)) if content.items else run.anything()
    if method in ("sort", "remove", "index", "count"):
        operate(run, run.heap.sequence([value, *given]), ORDER)
        key = arguments.get(-1, "key")
        if key is not None:
            unseen_code(run, [key, *content.items])
        content = run.heap.items(value)
    if method in ("reverse", "sort", "remove"):
        _set_items(run, value, content.items, False)
        return NONE
    if method == "copy":
        return ListValue(run.heap.new_cell(content))
    if method in ("index", "count"):
        return run.anything(at=at)
    return unseen_code(run, [value, *given], at)


def _set_items(run: Run, value: ListValue, items: tuple[Value, ...], exact: bool, sure: int = 0) -> None:
    run.sharing.put(value.cell, run.heap.bounded(SequenceContents(items, exact, sure=sure), MOST_GROWN))


def _set_entries(run: Run, cell: int, entries: MappingContents) -> None:
    run.sharing.put(cell, run.heap.bounded_entries(entries))


def _after_update(run: Run, value: DictValue, entries: MappingContents, other: Value) -> MappingContents:
    """The entries of a dict after an update by pairs or an unknown mapping: each may be what `other` holds."""
    held = run.heap.nodes(other)
    run.sharing.escape(other)
    run.sharing.put(value.cell, entries)
    run.sharing.blur_entries(value.cell)
    rest = run.anything(held)
    found = [(name, run.sharing.join([item, rest])) for name, item in run.heap.entries(value.cell).entries]
    return MappingContents((*found, (ELSEWHERE, rest)), exact=False)


def mapping_method(run: Run, value: DictValue, method: str, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`dict.get(...)`, `items()` and their kin."""
    entries = run.heap.entries(value.cell)
    if method in VIEWS:
        return ListValue(value.cell, shows=method)
    key = arguments.positional[0] if arguments.positional else None
    if key is not None:
        operate(run, key, EQUALITY)
        entries = run.heap.entries(value.cell)
    if method in ("get", "setdefault", "pop") and isinstance(key, Const):
        found = entries.get(key.value)
        default = arguments.positional[1] if len(arguments.positional) > 1 else NONE
        if method == "setdefault" and found is None:
            _set_entries(run, value.cell, entries.put(key.value, default))
        if method == "pop":
            run.sharing.put(value.cell, entries.without(key.value))
        if found is not None:
            return found
        if entries.exact:
            return default
        others = run.anything([node for _, one in entries.entries for node in run.heap.nodes(one)], at=at)
        return run.sharing.join([default, others])
    if method == "update" and not arguments.open:
        for one in arguments.positional:
            if isinstance(one, DictValue):
                other = run.heap.entries(one.cell)
                for known, item in other.entries:
                    entries = entries.put(known, item)
                entries = MappingContents(entries.entries, entries.exact and other.exact)
                if not other.exact:
                    run.sharing.put(value.cell, entries)
                    run.sharing.blur_entries(value.cell)
                    entries = run.heap.entries(value.cell)
            else:
                entries = _after_update(run, value, entries, one)
        for name, item in arguments.keywords:
            entries = entries.put(name, item)
        _set_entries(run, value.cell, entries)
        return NONE
    if method == "copy":
        return DictValue(run.heap.new_cell(entries))
    if method == "clear":
        run.sharing.put(value.cell, MappingContents(()))
        return NONE
    handed = [node for one in arguments.all() for node in run.heap.nodes(one)]
    for one in arguments.all():
        run.sharing.escape(one)
    run.sharing.escape(value)
    entries = run.heap.entries(value.cell)
    _set_entries(run, value.cell, MappingContents((*entries.entries, (ELSEWHERE, run.anything(handed))), exact=False))
    return run.anything([*run.heap.nodes(value), *handed], at=at)


def set_item(run: Run, container: Value, index: Value, new: Value) -> None:
    """`container[index] = new`, of one that surely is this container."""
    run.behaviour(container).set_item(run, container, index, new)


def set_in_sequence(run: Run, container: ListValue, index: Value, new: Value) -> None:
    """`list[index] = new`."""
    content = run.heap.items(container)
    if container.shows:
        run.end_all_paths()  # TypeError: nothing can be put into a view
        return
    position = index.value if isinstance(index, Const) else None
    if content.exact and isinstance(position, int) and -len(content.items) <= position < len(content.items):
        items = list(content.items)
        items[position] = new
        run.sharing.put(container.cell, SequenceContents(tuple(items), True))
    else:
        _set_items(run, container, (*content.items, new), False)


def set_slice(run: Run, container: ListValue, new: Value, at: cst.CSTNode) -> None:
    """`list[a:b] = new` puts the elements of `new` in the place of some."""
    taken = contents(run, new, at).items
    _set_items(run, container, (*run.heap.items(container).items, *taken), False)


def set_in_mapping(run: Run, container: DictValue, index: Value, new: Value) -> None:
    """`dict[index] = new`."""
    entries = run.heap.entries(container.cell)
    if isinstance(index, Const):
        _set_entries(run, container.cell, entries.put(index.value, new))
    else:
        changed = tuple((key, run.sharing.join([item, new])) for key, item in entries.entries)
        _set_entries(run, container.cell, MappingContents((*changed, (elsewhere(len(changed)), new)), False))


def set_in_another(run: Run, container: Value, index: Value, new: Value) -> None:
    """Whoever looks into anything else from now on may find the new value."""
    unseen_code(run, [container, index, new])


def delete_in_sequence(run: Run, container: ListValue, index: Value) -> None:
    """`del list[index]`."""
    if container.shows:
        run.end_all_paths()  # TypeError: nothing can be taken out of a view
        return
    run.sharing.put(container.cell, SequenceContents(run.heap.items(container).items, False))


def delete_in_mapping(run: Run, container: DictValue, index: Value) -> None:
    """`del dict[index]`."""
    entries = run.heap.entries(container.cell)
    left = entries.without(index.value) if isinstance(index, Const) else MappingContents(entries.entries, False)
    run.sharing.put(container.cell, left)


def set_in_object(run: Run, container: Value, index: Value, new: Value) -> None:
    """Its `__setitem__` may do anything."""
    unseen_code(run, [container, index, new])


def delete_in_object(run: Run, container: Value, index: Value) -> None:
    """Its `__delitem__` may do anything."""
    unseen_code(run, [container, index])


def delete_in_another(run: Run, container: Value, index: Value) -> None:
    """Nothing that is known changes."""


def augment_sequence(run: Run, value: ListValue, sign: str, other: Value, at: cst.CSTNode) -> bool:
    """`list += other` takes the elements in."""
    if sign != "+" or value.shows or run.heap.items(value).immutable:
        return False
    sequence_method(run, value, "extend", Arguments((other,)), at)
    return True


def augment_another(run: Run, value: Value, sign: str, other: Value, at: cst.CSTNode) -> bool:
    """`a += b` is `a = a + b`."""
    return False


def stack_method(run: Run, stack: ExitStack, name: str, arguments: Arguments, at: cst.Call) -> Value:
    """`stack.enter_context(tape)`, `stack.close()`; what else it is given is out of sight."""
    if name == "enter_context" and arguments.positional:
        value = arguments.positional[0]
        if isinstance(value, TapeValue):
            run.behaviour(value).enter(run, value, at, None)
            run.sharing.put(stack.cell, SequenceContents((*stack_items(run, stack), value)))
            return value
        return _enter_unseen(run, stack, [value], at)
    if name == "close":
        leave_stack(run, stack)
        run.sharing.put(stack.cell, SequenceContents(()))
        return NONE
    return _enter_unseen(run, stack, arguments.all(), at)


def _enter_unseen(run: Run, stack: ExitStack, given: list[Value], at: cst.CSTNode) -> Value:
    """What the stack is given runs at the end of the block, or swallows what was raised in there."""
    run.heap.swallowing_stacks[stack.cell] = None
    run.sharing.put(stack.cell, SequenceContents((*stack_items(run, stack), *given)))
    return unseen_code(run, [*stack_items(run, stack), *given], at)


def enter_stack(run: Run, stack: ExitStack, where: cst.CSTNode, item: cst.WithItem | None) -> Value:
    """`with ExitStack() as stack:`."""
    return stack


def leave_stack(run: Run, stack: ExitStack) -> None:
    """Everything that the stack has entered is left, the last one first."""
    for value in reversed(stack_items(run, stack)):
        for option in options(value):
            if isinstance(option, TapeValue):
                run.recorder.leave(option.tape)
            else:
                unseen_code(run, [option])


def stack_may_swallow(run: Run, stack: ExitStack, ended: bool) -> bool:
    """Something that it was given may: that is known at the end of the block."""
    return not ended or stack.cell in run.heap.swallowing_stacks


def stack_items(run: Run, value: ExitStack) -> tuple[Value, ...]:
    """What an exit stack has entered."""
    return run.heap.items(ListValue(value.cell)).items
