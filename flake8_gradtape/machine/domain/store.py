"""The state of one abstract run: a flat store with a journal, so that branches cost what they change.

A branch runs on the same store, what it changed is taken out as a `Delta`, and the store is rolled back; joining
several deltas touches only their keys. Nothing here knows what the values mean: `join` is handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

Key = Hashable
Delta = dict[Key, Any]
MISSING: Any = object()


@dataclass
class WriteLog:
    """What a body wrote: all values of each key. `first` are the keys that were written before anything could raise."""

    within_calm: bool
    """The enclosing body could not have raised before this one began."""
    calm: bool = True
    """Nothing could have raised so far."""
    values: dict[Key, list[Any]] = field(default_factory=dict)
    first: set[Key] = field(default_factory=set)

    def note(self, key: Key, value: Any) -> None:
        """A value was written."""
        self.values.setdefault(key, []).append(value)
        if self.calm:
            self.first.add(key)


Join = Callable[[Key, list[Any]], Any]
"""Gives the value that stands for several under a key; one is `MISSING` where a branch has no such key."""


class Store:
    """Keys to values, with undo."""

    def __init__(self) -> None:
        self._data: dict[Key, Any] = {}
        self._journal: list[tuple[Key, Any]] = []
        self._write_logs: list[WriteLog] = []
        self._reads: dict[Key, Any] | None = None
        self.reachable = True

    def get(self, key: Key, default: Any = None) -> Any:
        """The value under `key`, or `default` if there is none."""
        if self._reads is not None:
            self._reads.setdefault(key, self._data.get(key, MISSING))
        return self._data.get(key, default)

    def note_reads(self, into: dict[Key, Any] | None) -> dict[Key, Any] | None:
        """Put what is read from now on, as it is when it is first read, into a dict; gives the dict used before."""
        before, self._reads = self._reads, into
        return before

    def set(self, key: Key, value: Any) -> None:
        """Put `value` under `key`; noted for undoing it, and in the write log of the `try` that is being run."""
        old = self._data.get(key, MISSING)
        if old is value:
            return
        self._journal.append((key, old))
        self._data[key] = value
        if self._write_logs and self.reachable:
            self._write_logs[-1].note(key, value)

    def remove(self, key: Key) -> None:
        """Forget `key`, until that is undone."""
        old = self._data.pop(key, MISSING)
        if old is not MISSING:
            self._journal.append((key, old))

    def mark(self) -> int:
        """This point of the run, by a number: to take the changes since, and to come back to it."""
        return len(self._journal)

    def changed_since(self, mark: int) -> AbstractSet[Key]:
        """The keys that were written, or removed, since `mark`, in that order, whatever they hold now."""
        return dict.fromkeys(key for key, _ in self._journal[mark:]).keys()

    def replaced_since(self, mark: int) -> Delta:
        """What each key that was written, or removed, since `mark` held then; `MISSING`, if nothing."""
        before: Delta = {}
        for key, old in self._journal[mark:]:
            before.setdefault(key, old)
        return before

    def delta(self, mark: int) -> Delta:
        """What is different from the state at `mark`: the present value of each key that was written, or `MISSING`."""
        now = self._data.get
        return {key: now(key, MISSING) for key, _ in self._journal[mark:]}

    def rollback(self, mark: int) -> None:
        """Restore the state at `mark`; what was written since leaves nothing behind."""
        data, undone = self._data, self._journal[mark:]
        del self._journal[mark:]
        for key, old in reversed(undone):
            if old is MISSING:
                data.pop(key, None)
            else:
                data[key] = old
        for log in self._write_logs:
            log.first.difference_update(key for key, _ in undone)

    def apply(self, delta: Delta) -> None:
        """Make the changes of one branch here, and be reachable: the run goes on as after that branch."""
        self.reachable = True
        data, journal = self._data, self._journal
        log = self._write_logs[-1] if self._write_logs else None
        for key, value in delta.items():
            old = data.get(key, MISSING)
            if old is value:
                continue
            journal.append((key, old))
            if value is MISSING:
                del data[key]
                continue
            data[key] = value
            if log is not None:
                log.note(key, value)

    def take(self, mark: int) -> Delta | None:
        """The changes since `mark`, and undo them, so that another branch can start from there.

        None if no run gets to this point, so that the branch does not count where several meet.
        """
        taken = self.delta(mark) if self.reachable else None
        self.rollback(mark)
        self.reachable = True
        return taken

    def merge(self, deltas: Iterable[Delta | None], join: Join) -> None:
        """Continue where several branches meet: with the join of their changes, which start from the state here.

        None stands for a branch that does not get here; if none does, no run goes on.
        """
        alive = [delta for delta in deltas if delta is not None]
        self.reachable = bool(alive)
        if not alive:
            return
        if len(alive) == 1:
            self.apply(alive[0])
            return
        keys = dict.fromkeys(key for delta in alive for key in delta)
        for key in keys:
            base = self._data.get(key, MISSING)
            value = join(key, [delta.get(key, base) for delta in alive])
            if value is MISSING:
                self.remove(key)
            else:
                self.set(key, value)

    def log_writes(self) -> None:
        """Begin to remember every value written, for the handlers of a `try`."""
        self._write_logs.append(WriteLog(within_calm=bool(self._write_logs) and self._write_logs[-1].calm))

    def may_raise(self) -> None:
        """An exception may be raised here, so that the handlers find what was written so far."""
        for watched in self._write_logs:
            watched.calm = False

    def logged_writes(self) -> WriteLog:
        """Stop remembering, and give what was written to each key; an enclosing watch keeps it too."""
        written = self._write_logs.pop()
        if self._write_logs:
            outer = self._write_logs[-1]
            for key, values in written.values.items():
                outer.values.setdefault(key, []).extend(values)
            if written.within_calm:
                outer.first |= written.first
        return written

    def close(self) -> None:
        """Let go of all keys and values."""
        self._data.clear()
        self._journal.clear()

    def stop_logging(self) -> None:
        """Drop all watches."""
        self._write_logs.clear()
        self._reads = None

    def interrupted(self, written: WriteLog, join: Join) -> Delta:
        """The join of the states that an exception may leave behind, seen from the state before the body."""
        return {
            key: join(key, [*(() if key in written.first else (self._data.get(key, MISSING),)), *values])
            for key, values in written.values.items()
        }
