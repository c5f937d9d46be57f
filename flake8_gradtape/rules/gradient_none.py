"""What the TAP1 rules share: which sources of a `gradient` call a finding speaks of, and how its message begins."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from flake8_gradtape.events import Answer, AskedSource, Cause, CauseKind, Claim, Event, GradientAsked
from flake8_gradtape.rules.base import Finding, Rule
from flake8_gradtape.rules.wording import listed, quoted

Broken = tuple[tuple[AskedSource, Cause], ...]
"""The sources that surely get None, each with its cause."""


def surely_none(asked: GradientAsked) -> Broken:
    """Return the sources a line is reported for: all that break for the same kind of reason as the first that breaks.

    One kind only, so that one line gets at most one TAP1 code.
    """
    broken = tuple((s, s.cause) for s in asked.sources if s.answer is Answer.NONE and s.cause is not None)
    return tuple((source, cause) for source, cause in broken if cause.kind is broken[0][1].kind)


class NoGradientRule(Rule):
    """Base of the rules that claim None; a subclass names the kind of cause it reads and explains it."""

    claim = Claim.GRADIENT_IS_NONE
    cause: ClassVar[CauseKind]

    def judge(self, event: Event) -> Iterator[Finding]:
        """Yield one finding if the first source that surely gets None does so for this rule's reason."""
        if not isinstance(event, GradientAsked):
            return
        broken = surely_none(event)
        if not broken or broken[0][1].kind is not self.cause:
            return
        sources = [source for source, _ in broken]
        yield Finding(
            self.code, event.where, f"{_outcome(event, sources)}: {self.explain(event, sources, broken[0][1])}"
        )

    def explain(self, asked: GradientAsked, sources: list[AskedSource], cause: Cause) -> str:
        """Return why, and what to do; the message goes `gradient of 'y' with respect to 'x' is None: ` + this.

        `sources` are those that get None for this kind of cause, at least one; `cause` is the first one's.
        """
        raise NotImplementedError


def names(sources: list[AskedSource]) -> list[str]:
    """Return the names the reader knows the sources by, each once; empty strings where there are none."""
    known = dict.fromkeys(source.name for source in sources)
    return list(known) if all(known) else [source.name for source in sources]


def _outcome(asked: GradientAsked, sources: list[AskedSource]) -> str:
    result = asked.method.replace("_", " ") or "gradient"
    target = quoted(asked.target, "the target")
    return f"{result} of {target} with respect to {listed(names(sources))} is None"
