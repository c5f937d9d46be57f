"""What a root leaves behind for every other root: each may run before any of them, and before itself once more.

What a root does is undone after it, so that the next one finds what the body of the module has left. But what it has
shared, frozen or written of that stays so, and what was written holds something unknown from then on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import libcst as cst

from flake8_gradtape.machine.domain.contents import ELSEWHERE, MappingContents, SequenceContents
from flake8_gradtape.machine.domain.store import Key
from flake8_gradtape.machine.domain.values import Api, Class
from flake8_gradtape.machine.state.run import Run


@dataclass(frozen=True)
class Before:
    """What there was when a root began: the store to come back to, and how much of what lasts."""

    mark: int
    time: int
    node_states: int
    holders: int
    cells: int
    scopes: int
    tapes: int
    known: frozenset[cst.CSTNode]
    """The functions of the module that were defined by then."""
    counts: int
    outer: tuple[int, int, int]
    """What was older than the root around it, if one defines it."""

    def has(self, key: Key) -> bool:
        """Whether a container or name was there, by its key in the store."""
        return isinstance(key, tuple) and (key[1] <= self.cells if key[0] == "cell" else key[0] <= self.scopes)


class Lasting:
    """What the roots that have run so far leave behind."""

    def __init__(self, run: Run) -> None:
        self._time, self._cells = run.recorder.now(), run.heap.cells  # when the body of the module was done
        self._of_module = 0
        self._of_objects: dict[Class, int] = {}
        self._blurred: set[Key] = set()

    def seen_by(self, owner: Class | None) -> tuple[int, int]:
        """Grows with what lasts for a function, or a method of the class: if it began with less, it may find more now.

        What was done to the object with which the methods of a class run is nothing to others.
        """
        return self._of_module, self._of_objects.get(owner, 0) if owner is not None else 0

    def begin(self, run: Run, node_states: int) -> Before:
        """A root begins now; `node_states` there were when its object was made."""
        sharing, recorder, heap = run.sharing, run.recorder, run.heap
        outer = sharing.lasting_cells, sharing.lasting_scopes, recorder.lasting_tapes
        sharing.lasting_cells, sharing.lasting_scopes = heap.cells, run.scopes.count
        recorder.lasting_tapes = len(recorder.tapes)
        known = frozenset(run.definitions.defined_functions)
        return Before(
            run.store.mark(), recorder.now(), node_states, sharing.holders, heap.cells, run.scopes.count,
            recorder.lasting_tapes, known, _counts(run, known), outer,
        )  # fmt: skip

    def end(self, run: Run, before: Before, owner: Class | None) -> None:
        """Undo what the root did, perhaps a method of the class `owner`, but for what lasts."""
        sharing, recorder = run.sharing, run.recorder
        sharing.lasting_cells, sharing.lasting_scopes, recorder.lasting_tapes = before.outer
        run.store.rollback(before.mark)
        run.store.reachable = True
        known = [node.time <= self._time for node in run.node_states.outlive(before.node_states, before.time)]
        known += [cell <= self._cells for cell in sharing.outlive(before.holders, before.cells)]
        known += [True] * (_counts(run, before.known) - before.counts)
        touched = [number for number in recorder.touched if number < before.tapes and not recorder.has_escaped(number)]
        written = [key for key in sharing.written if key not in self._blurred and before.has(key)]
        for number in touched:
            recorder.tape_escapes(number)
        known += [True for _ in touched]
        known += [key[0] != "cell" or key[1] <= self._cells for key in written if _blur(run, key)]
        if sharing.lasting_cells >= 0:
            return  # the root around it is undone later, and all this with it
        self._blurred.update(written)
        self._of_module += sum(known)
        if owner is not None:
            self._of_objects[owner] = self._of_objects.get(owner, 0) + len(known)
        sharing.written.clear()
        recorder.touched.clear()

    def blur_written(self, run: Run) -> None:
        """What is noted as written by some function holds something unknown from now on."""
        for key in run.sharing.written:
            _blur(run, key)
        self._blurred.update(run.sharing.written)
        run.sharing.written.clear()


def _counts(run: Run, known: frozenset[cst.CSTNode]) -> int:
    """How much there is of what is told of the whole module and its `known` functions, and only ever grows."""
    sharing = run.sharing
    return (
        len(sharing.patched)
        + len(sharing.opened_partials)
        + len(sharing.open_classes)
        + len(run.definitions.shared_methods)
        + len(known.intersection(sharing.escaped_functions))
    )


def _blur(run: Run, key: Key) -> bool:
    """What some root writes under a key of the store may be there when any root begins; False if that changes nothing.

    Attributes are told by their names (`written_attributes`), so objects and classes stay as they are.
    """
    held = run.store.get(key)
    if held is None or isinstance(held, Api):
        return False
    if not isinstance(held, (SequenceContents, MappingContents)):
        run.store.set(key, run.sharing.joins.blur(held))
        return True
    if isinstance(held, SequenceContents):
        added = run.heap.stored(held.items)
        run.store.set(key, replace(held, items=(*held.items, added), exact=False, names=(), single=False, sure=0))
        return True
    objects = {one.cell for one in run.heap.created_objects} | {one.cell for one in run.definitions.classes}
    if key[1] in objects:  # type: ignore[index]
        return False
    added = run.heap.stored(item for _, item in held.entries)
    entries = tuple((name, run.sharing.join([item, added])) for name, item in held.entries)
    run.store.set(key, replace(held, entries=(*entries, (ELSEWHERE, added)), exact=False))
    return True
