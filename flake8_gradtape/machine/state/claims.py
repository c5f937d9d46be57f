"""What the abstract runs of a module have shown so far, and which of it is true in every run that reaches a line.

A line in a helper function is reached from several call sites: a claim stands only if it holds from each of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass, field, replace

import libcst as cst

from flake8_gradtape.events import (
    Answer,
    CallRaised,
    CauseKind,
    Event,
    GradientAsked,
    RedundantWatch,
    TapeEnded,
    WrongValue,
)
from flake8_gradtape.machine.state.certainty import Certainty
from flake8_gradtape.machine.tapes.state import Context
from flake8_gradtape.reading.syntax import children, declared_names

Visit = object
"""One passage of a run through a call; the alternatives of an unknown receiver share it."""


@dataclass
class _Place:
    """What happened at one call in one context: how often each visit was made, and how often it kept to a claim."""

    visits: dict[Visit, int] = field(default_factory=dict)
    claims: dict[tuple[str, Visit], list[Event]] = field(default_factory=dict)
    sure: dict[str, None] = field(default_factory=dict)
    """The families of which every run of the root shows an event here."""
    nothing: list[frozenset[str]] = field(default_factory=list)
    """For each gradient call that was made here for a gradient the names of the sources that surely are None."""

    def proven(self, family: str) -> Event | None:
        """The event, if in some visit every alternative shows it."""
        for (kind, visit), events in self.claims.items():
            if kind == family and len(events) >= self.visits.get(visit, 0):
                event = events[0]
                return self._in_each_pass(event) if isinstance(event, GradientAsked) else event
        return None

    def _in_each_pass(self, event: GradientAsked) -> Event | None:
        """The event without sources that are None in some rows of a Hessian only: those are meant to be zero there."""
        kept = tuple(
            source
            for source in event.sources
            if source.cause is None
            or source.cause.kind is not CauseKind.UNRELATED
            or all(source.name in names for names in self.nothing)
        )
        if event.in_own_block or len(kept) == len(event.sources):
            return event
        return replace(event, sources=kept) if any(source.answer is Answer.NONE for source in kept) else None


@dataclass
class Claims:
    """Claims and visits by syntax node and context; `functions` are those being run, the innermost one last.

    `certainty` says what counts now.
    """

    functions: list[cst.CSTNode] = field(default_factory=list)
    certainty: Certainty = field(default_factory=Certainty)
    _places: dict[cst.CSTNode, dict[Context, _Place]] = field(default_factory=dict)
    _uncertain: dict[cst.CSTNode, None] = field(default_factory=dict)
    _needed: dict[cst.CSTNode, None] = field(default_factory=dict)
    """Calls without which some pass over them may go differently."""
    _inside: dict[cst.CSTNode, cst.CSTNode | None] = field(default_factory=dict)
    """The function in whose body a call stands."""
    _names: dict[cst.CSTNode, frozenset[str]] = field(default_factory=dict)
    _free: dict[cst.CSTNode, frozenset[str]] = field(default_factory=dict)

    def visit(self, at: cst.CSTNode, context: Context, visit: Visit, of_life: bool = False) -> None:
        """A run got to a call on a tape, or saw the end of the life of a tape that was made there (`of_life`)."""
        if self.certainty.lifetimes_only and not of_life:
            return
        visits = self._place(at, context).visits
        visits[visit] = visits.get(visit, 0) + 1

    def answered(self, at: cst.CSTNode, context: Context, nothing: frozenset[str]) -> None:
        """The gradient of a gradient was None for the sources of these names, as far as that is certain."""
        self._place(at, context).nothing.append(nothing)

    def claim(self, at: cst.CSTNode, context: Context, visit: Visit, event: Event, sure: bool = False) -> None:
        """The event surely happens in this visit; `sure` if every run of the root makes the visit."""
        place = self._place(at, context)
        place.claims.setdefault((_family(event), visit), []).append(event)
        if sure:
            place.sure[_family(event)] = None

    def needless(self) -> Iterator[tuple[cst.CSTNode, cst.CSTNode | None]]:
        """Where something is done of which it holds so far that it is needless, and the function with that place.

        That is where tapes are made that are asked too seldom for what they are, and where they are told to watch what
        they watch anyway.
        """
        for at, contexts in self._places.items():
            told = (event for place in contexts.values() for events in place.claims.values() for event in events)
            if any(_is_needless(event) for event in told):
                yield at, self._inside[at]

    def was_visited(self, at: cst.CSTNode, root: object) -> bool:
        """A run from this root got to the place."""
        return any(context[:1] == (root,) for context in self._places[at])

    def doubt(self, at: cst.CSTNode) -> None:
        """Nothing is claimed about a place."""
        self._uncertain[at] = None

    def needed(self, at: cst.CSTNode) -> None:
        """Some pass over the call may need it: it is not redundant."""
        self._needed[at] = None

    def _place(self, at: cst.CSTNode, context: Context) -> _Place:
        contexts = self._places.get(at)
        if contexts is None:
            contexts = self._places[at] = {}
            self._inside[at] = self.functions[-1] if self.functions else None
        return contexts.setdefault(context, _Place())

    def abandon(self, root: object, again: Set[cst.CSTNode] = frozenset()) -> None:
        """The run from `root` did not finish: nothing is claimed about the lines that it reached.

        But for those in the functions of `again`, which will be run by themselves: what holds then, holds for any
        caller.
        """
        for at, contexts in self._places.items():
            reached = [context for context in contexts if context[:1] == (root,)]
            if self._inside[at] in again:
                for context in reached:
                    del contexts[context]
            elif reached:
                self._uncertain[at] = None

    def roots(self) -> set[object]:
        """The roots whose runs claim something."""
        return {
            context[0]
            for contexts in self._places.values()
            for context, place in contexts.items()
            if context and place.claims
        }

    def withdraw(self, roots: Set[object]) -> None:
        """Forget what the runs from these roots have shown: they are going to run again."""
        for contexts in self._places.values():
            for context in [one for one in contexts if one and one[0] in roots]:
                del contexts[context]

    def events(self) -> list[Event]:
        """The events that hold in every context that reaches their place."""
        found: list[Event] = []
        for at, contexts in self._places.items():
            if at in self._uncertain:
                continue
            families = dict.fromkeys(family for place in contexts.values() for family, _ in place.claims)
            for family in families:
                if at in self._needed and family == RedundantWatch.__name__:
                    continue
                found.extend(self._agreed(contexts, family))
        return found

    @staticmethod
    def _agreed(contexts: dict[Context, _Place], family: str) -> list[Event]:
        """One event, if from every root either each way to the place shows it, or a way that every run takes."""
        events: list[Event] = []
        for root in dict.fromkeys(context[:1] for context in contexts):
            places = [place for context, place in contexts.items() if context[:1] == root]
            proven = [place.proven(family) for place in places]
            known = [event for event in proven if event is not None]
            sure = [event for place, event in zip(places, proven, strict=True) if event and family in place.sure]
            if not known or not (sure or len(known) == len(places)):
                return []
            events.extend(known if len(known) == len(places) else sure[:1])
        return _common(events)

    def free_names(self, definition: cst.CSTNode) -> frozenset[str]:
        """The names that a function may read from around it."""
        known = self._free.get(definition)
        if known is None:
            known = self._free[definition] = self.names_in(definition) - declared_names(definition).locals
        return known

    def names_in(self, definition: cst.CSTNode) -> frozenset[str]:
        """All names that a function mentions."""
        known = self._names.get(definition)
        if known is None:
            found: set[str] = set()
            pending: list[cst.CSTNode] = [definition]
            while pending:
                node = pending.pop()
                if type(node) is cst.Name:
                    found.add(node.value)
                else:
                    pending.extend(children(node))
            known = self._names[definition] = frozenset(found)
        return known


def _is_needless(event: Event) -> bool:
    """It says of every call that something could be left out."""
    if isinstance(event, TapeEnded):
        return event.asked < 1 + bool(event.persistent)
    return isinstance(event, RedundantWatch)


def _common(events: list[Event]) -> list[Event]:
    """One event that says what all of them say: of gradient calls, the sources that are None in each."""
    first = events[0]
    if not isinstance(first, GradientAsked) or first.in_own_block or len(events) == 1:
        return [first]
    nothing = [
        {(source.name, source.which) for source in event.sources if source.answer is Answer.NONE}
        for event in events
        if isinstance(event, GradientAsked)
    ]
    names = nothing[0].intersection(*nothing)
    kept = tuple(source for source in first.sources if (source.name, source.which) in names)
    return [replace(first, sources=kept)] if kept else []


def _family(event: Event) -> str:
    if isinstance(event, CallRaised):
        return f"CallRaised {event.misuse.name}"
    if isinstance(event, GradientAsked):
        return "in block" if event.in_own_block else "None"
    if isinstance(event, WrongValue):
        return f"wrong value {event.flaw.name} {event.sources}"
    if isinstance(event, TapeEnded):
        return f"TapeEnded {min(event.asked, 2)} {event.kept} {event.grows}"
    return type(event).__name__
