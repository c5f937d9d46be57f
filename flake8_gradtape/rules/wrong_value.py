"""What the TAP5 rules share: which flaw of a gradient they read, and how the message begins."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from flake8_gradtape.events import Claim, Event, Flaw, WrongValue
from flake8_gradtape.rules.base import Finding, Rule
from flake8_gradtape.rules.wording import listed, quoted


class WrongValueRule(Rule):
    """Base of the rules that claim a wrong value; a subclass names the flaw it reads and explains it."""

    claim = Claim.VALUE_IS_WRONG
    flaw: ClassVar[Flaw]
    outcome: ClassVar[str] = "is wrong"

    def judge(self, event: Event) -> Iterator[Finding]:
        """Yield a finding if the gradient has this rule's flaw."""
        if not isinstance(event, WrongValue) or event.flaw is not self.flaw:
            return
        target, sources = quoted(event.target, "the target"), listed(event.sources)
        yield Finding(
            self.code,
            event.where,
            f"gradient of {target} with respect to {sources} {self.outcome}: {self.explain(event)}",
        )

    def explain(self, event: WrongValue) -> str:
        """Return why, and what to do; the message goes `gradient of 'y' with respect to 'x' is wrong: ` + this."""
        raise NotImplementedError
