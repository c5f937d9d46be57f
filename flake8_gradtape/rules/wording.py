"""How findings name things: quoted names, lists of names, tapes without a name. The sentences are in the rules."""

from __future__ import annotations

from collections.abc import Sequence

from flake8_gradtape.events import CallRaised

_LONGEST_NAME = 60
_MOST_NAMES = 4


def one_line(text: str) -> str:
    """Return `text` on one line and at most 60 characters long, as messages need it."""
    flat = " ".join(text.split())
    return flat if len(flat) <= _LONGEST_NAME else flat[: _LONGEST_NAME - 3] + "..."


def quoted(text: str, otherwise: str = "") -> str:
    """Return a name or expression in single quotes, or `otherwise` if it is empty.

    Single quotes inside the expression become double ones, so that the reader sees where it ends.
    """
    return f"'{one_line(text).replace(chr(39), chr(34))}'" if text.strip() else otherwise


def named(what: str, otherwise: str = "") -> str:
    """Return `Cause.what` in quotes; it may come quoted already (a value) or bare (an operation)."""
    return quoted(what.strip().strip("'"), otherwise)


def listed(names: Sequence[str]) -> str:
    """Return `'a'`, `'a' and 'b'`, `'a', 'b' and 3 more`; `the source` if no name is known."""
    known = [quoted(name) for name in dict.fromkeys(names) if name.strip()]
    if not known:
        return "the source" if len(names) == 1 else "the sources"
    if len(known) > _MOST_NAMES:
        shown = known[: _MOST_NAMES - 1]
        return f"{', '.join(shown)} and {len(known) - len(shown)} more"
    return known[0] if len(known) == 1 else f"{', '.join(known[:-1])} and {known[-1]}"


def the_tape(name: str) -> str:
    """Return the tape's name in quotes, or `the tape`."""
    return quoted(name, "the tape")


def another_tape(name: str, own: str) -> str:
    """Return the name of a tape that is not the one called `own`; two tapes in a row often share a name."""
    return f"another {quoted(name)}" if name and name == own else quoted(name, "another tape")


def call_on(tape: str, method: str, arguments: str = "") -> str:
    """Return a call to write down, in quotes: `'tape.watch(x)'`; a tape without a name is called `tape`."""
    return f"'{one_line(tape) or 'tape'}.{method}({arguments})'"


def is_no_tensor(event: CallRaised, otherwise: str) -> str:
    """Return `'x' is a NumPy array, no tensor or variable`, as far as the expression and its kind are known.

    `otherwise` names what is at fault if it has no expression, or one that says no more than its kind (`None`).
    """
    kind = event.kind or "something else"
    name = "" if event.what.strip() == kind else event.what
    return f"{quoted(name, otherwise)} is {kind}, no tensor or variable"


def watch_call(tape: str, names: Sequence[str]) -> str:
    """Return the `watch` call that would help, in quotes.

    A source written as a call or a literal (`f(x)`, `[a, b]`) is another tensor each time, so no copy of it can be
    watched: then the call has an ellipsis.
    """
    watchable = [name for name in dict.fromkeys(names) if name.strip()]
    if not watchable or len(watchable) > _MOST_NAMES or any(_is_computed(name) for name in watchable):
        return call_on(tape, "watch", "...")
    arguments = watchable[0] if len(watchable) == 1 else f"[{', '.join(watchable)}]"
    return call_on(tape, "watch", arguments.replace("'", '"'))


def _is_computed(name: str) -> bool:
    return one_line(name) != name or any(mark in name for mark in "(+*/@ ")
