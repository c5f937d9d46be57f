"""How the life of each tape ends: whether anybody asked it, and what still holds its recording."""

from __future__ import annotations

import libcst as cst

from flake8_gradtape.events import Kept, TapeEnded
from flake8_gradtape.machine.domain.graph import Node
from flake8_gradtape.machine.domain.values import (
    UNBOUND,
    Alternatives,
    Class,
    DictValue,
    Instance,
    ListValue,
    TapeValue,
    Value,
    options,
)
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.tapes.state import Context, Tape, TapeState
from flake8_gradtape.machine.verdicts.gradient_calls import ASKING
from flake8_gradtape.reading.syntax import children, dotted


def end_tapes(run: Run, first: int, instance: Value | None, owner: Class | None) -> None:
    """Tell the end of every tape from number `first` on; `instance` is the object of a method that was run alone."""
    if len(run.recorder.tapes) == first:
        return
    at_end = run.reachable
    holders = _module_holders(run)
    held = _held_nodes(run, instance)
    if instance is not None:
        of_object = _attribute_holders(run, instance, owner)
        holders = {**holders, **of_object}
        for number in of_object:
            run.recorder.tapes[number].of_object = True
    left_behind = _left_behind(run) if run.recorder.called_from_outside else ()
    groups: dict[tuple[cst.CSTNode, Context], list[Tape]] = {}
    for tape in run.recorder.tapes[first:]:
        groups.setdefault((tape.at, tape.context), []).append(tape)
    for (at, context), tapes in groups.items():
        visit = object()
        run.claims.visit(at, context, visit, of_life=True)
        if not at_end:
            continue
        ended = [_ended(run, tape, holders.get(tape.number), held, tape.number in left_behind) for tape in tapes]
        known = [event for event in ended if event is not None]
        muted = all(tape.muted for tape in tapes) and not run.certainty.lifetimes_only
        if len(known) < len(ended) or muted:
            continue
        for event in _agreed(known):
            run.claims.claim(at, context, visit, event)


def _agreed(events: list[TapeEnded]) -> list[TapeEnded]:
    """What holds for every tape that was made at one place: how often it was asked, and what kept any of them."""
    first = events[0]
    asked = max(event.asked for event in events)
    if any((event.asked == 0) != (asked == 0) for event in events):
        return []
    kept = next((event.kept for event in events if event.kept is not None), None)
    grows = next((event.entered_again_in_loop for event in events if event.grows), None)
    return [
        TapeEnded(
            first.where, first.tape, first.persistent, all(event.named for event in events), asked,
            all(event.records for event in events), kept, grows, grows is not None,
            any(event.deleted for event in events), any(event.traced for event in events), first.last_use,
        )
    ]  # fmt: skip


def _ended(run: Run, tape: Tape, kept: Kept | None, held: set[Node], left_behind: bool) -> TapeEnded | None:
    """The end of one tape; None if nothing certain can be said of it."""
    state = run.recorder.state(tape.number)
    if state is None or state.escaped or tape.persistent is None or tape.mentioned:
        return None
    if tape.stored is not None and kept is None:
        return None
    if named_by_functions(run, tape):
        return None
    if (kept is Kept.MODULE and (tape.deleted or tape.renamed)) or not _is_held(run, tape, state, held):
        kept = None
    asked = max(state.asked, tape.most_asked)
    if asked < 2 and tape.made_in is not None and tape.name:
        # other callers may take other ways through the function
        asked = max(asked, _asks_in(tape.made_in, tape))
    if asked < 2 and (tape.of_object or left_behind):
        return None  # whoever has the object, or finds where the function left it, may ask
    needed = tape.needs_persistence or state.entries > 1 or state.paused_or_watched_after_ask
    return TapeEnded(
        tape.at, tape.name, tape.persistent, bool(tape.name), max(asked, 2) if needed else asked,
        state.records, kept, tape.grows_at, _grows(tape), tape.deleted, tape.traced,
        tape.last_use,
    )  # fmt: skip


def named_by_functions(run: Run, tape: Tape) -> bool:
    """A function that was not run with it mentions the name of a module-level tape."""
    if not tape.module_level or not tape.name:
        return False
    return any(tape.name in run.claims.free_names(definition) for definition in run.definitions.defined_functions)


def _asks_in(definition: cst.CSTNode, tape: Tape) -> int:
    """How often the text of a function may ask the tape: often, where that stands in a loop within the tape's life.

    Branches count one and all: traced, both sides of a condition on a tensor are run, and any function may be traced.
    """

    def count(node: cst.CSTNode, times: int) -> int:
        here = 0
        if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and node.func.attr.value in ASKING:
            here = times if dotted(node.func.value) == tape.name else 0
        if isinstance(node, (cst.IndentedBlock, cst.Module)):
            return here + sum(count(line, times) for line in _of_one_tape(definition, list(node.body), tape))
        if type(node) in _REPEATING:
            times = 1 if type(node) in _LOOPS and _contains(node, tape.at) else 2
        return here + sum(count(part, times) for part in children(node))

    try:
        return sum(count(part, 1) for part in children(definition))
    except RecursionError:
        return 2


def _of_one_tape(definition: cst.CSTNode, lines: list[cst.BaseStatement], tape: Tape) -> list[cst.BaseStatement]:
    """The lines of a block in which the name of the tape may mean this tape, and not another one in the same block."""
    begin = next((place for place, line in enumerate(lines) if line is tape.at), None)
    if begin is None:
        return lines
    others = (place for place, line in enumerate(lines) if place > begin and _binds(line, tape.name))
    end = next(others, None)
    outermost = isinstance(definition, cst.FunctionDef) and lines[0] is definition.body.body[0]
    # in a loop the lines before it may mean the tape of the last pass
    return lines[begin:end] if outermost or end is not None else lines


def _binds(line: cst.BaseStatement, name: str) -> bool:
    """A `with` statement gives the name to another tape."""
    return isinstance(line, cst.With) and any(
        item.asname is not None and dotted(item.asname.name) == name for item in line.items
    )


_LOOPS = frozenset({cst.For, cst.While})
_REPEATING = _LOOPS | {cst.ListComp, cst.GeneratorExp, cst.DictComp, cst.SetComp, cst.Lambda, cst.FunctionDef}


def _contains(node: cst.CSTNode, wanted: cst.CSTNode) -> bool:
    pending = [node]
    while pending:
        one = pending.pop()
        if one is wanted:
            return True
        pending.extend(children(one))
    return False


def _grows(tape: Tape) -> bool:
    return tape.grows_at is not None and tape.persistent is True and not tape.resets


def _module_holders(run: Run) -> dict[int, Kept]:
    """The tapes that names of the module still hold, and how."""
    found: dict[int, Kept] = {}
    for name, value in run.sharing.names_of(0):
        alternatives = [option for option in options(value) if option != UNBOUND]
        numbers = [option.tape for option in alternatives if isinstance(option, TapeValue)]
        if numbers and len(numbers) == len(alternatives):
            if len({run.recorder.tapes[number].at for number in numbers}) == 1:
                for number in numbers:
                    first = name == run.recorder.tapes[number].name
                    if not first or number not in found:
                        found[number] = Kept.MODULE if first else Kept.SECOND_NAME
        elif isinstance(value, (ListValue, DictValue)):
            for number in run.heap.tapes_in(value):
                found.setdefault(number, Kept.CONTAINER)
        elif isinstance(value, Instance):
            for _, item in run.heap.entries(value.cell).entries:
                if isinstance(item, TapeValue):
                    found.setdefault(item.tape, Kept.ATTRIBUTE)
    return found


def _left_behind(run: Run) -> set[int]:
    """The tapes that whoever knows the names of the module finds, deep down in containers and objects too."""
    values = (value for _, value in run.sharing.names_of(0))
    leaves = run.heap.leaves_within(values, lambda holder, name: True)
    return {leaf.tape for leaf in leaves if isinstance(leaf, TapeValue)}


def _held_nodes(run: Run, instance: Value | None) -> set[Node]:
    """The nodes of values that names of the module, or attributes of the object, surely hold at the end."""
    values: list[Value] = [value for _, value in run.sharing.names_of(0) if not isinstance(value, Alternatives)]
    if isinstance(instance, Instance):
        values.extend(value for _, value in run.heap.entries(instance.cell).entries)
    return {node for value in values if run.heap.definite(value) for node in run.heap.nodes(value)}


def _is_held(run: Run, tape: Tape, state: TapeState, held: set[Node]) -> bool:
    """The recording is not empty: an operation lets go of its place once nobody needs its output."""
    if state.holds:
        return True
    solid = (node for node in held if not node.transparent)
    return any(node.recorded.get(recording) is True for node in solid for recording in state.recordings)


def _attribute_holders(run: Run, instance: Value, owner: Class | None) -> dict[int, Kept]:
    """The tapes that a method leaves on its object, where nothing else in the module has to do with them."""
    if not isinstance(instance, Instance) or owner is None or owner.definition is None:
        return {}
    found: dict[int, Kept] = {}
    for name, value in run.heap.entries(instance.cell).entries:
        if not isinstance(value, TapeValue):
            continue
        made_in = getattr(getattr(run.recorder.tapes[value.tape].made_in, "name", None), "value", "")
        elsewhere = any(
            name in use.writes or name in use.mentions
            for use in run.facts.attribute_uses
            if (use.owner, use.name) != (owner.name, made_in)
        )
        if not elsewhere and _written_once(owner.definition, name):
            found[value.tape] = Kept.ATTRIBUTE
    return found


def _written_once(definition: cst.ClassDef, name: str) -> bool:
    """`self.name` is assigned in one place of the class, and deleted nowhere."""
    count = 0
    pending: list[cst.CSTNode] = [definition.body]
    while pending:
        node = pending.pop()
        if isinstance(node, (cst.AssignTarget, cst.AnnAssign, cst.AsName, cst.Del)):
            target = node.name if isinstance(node, cst.AsName) else node.target
            if dotted(target).rpartition(".")[2] == name:
                count += 1 if not isinstance(node, cst.Del) else 2
        pending.extend(children(node))
    return count == 1
