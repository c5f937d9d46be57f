"""What `values()`, `keys()` and `items()` of a dict show: its entries at the time when somebody looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_gradtape.machine.domain.values import Const, Entries, Items, Value

if TYPE_CHECKING:
    from flake8_gradtape.machine.state.heap import Holding

VIEWS = frozenset({"values", "keys", "items"})


def view_items(run: Holding, entries: Entries, shows: str) -> Items:
    """The elements of the view `shows` of a dict with these entries."""
    if shows == "values":
        found = [one for _, one in entries.entries]
    elif shows == "keys":
        found = [key_of(run, key) for key, _ in entries.entries]
    else:
        found = [run.sequence([key_of(run, key), one], immutable=True) for key, one in entries.entries]
    if not entries.exact:
        found.append(run.anything())
    return Items(tuple(found), entries.exact, immutable=True)


def key_of(run: Holding, key: object) -> Value:
    """A key of a dict, as a value."""
    known = not (key == "?" or (isinstance(key, tuple) and key[:1] == ("?",)))
    return Const(key) if known else run.anything()
