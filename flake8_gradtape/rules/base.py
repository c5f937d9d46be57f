"""What a rule is: a code, a name, a claim, its documentation, and a judgement of one event.

Rules hold no analysis: the abstract machine decides what happens, a rule decides whether that is worth a line, and
words it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from flake8_gradtape.events import Claim, Event, Where


@dataclass(frozen=True)
class Finding:
    """One line of the report: `where` is the syntax node it points at, `message` has no line numbers."""

    code: str
    where: Where
    message: str


class Rule:
    """Base of all rules; the docstring of a rule is its documentation (`gradtape explain CODE` prints it).

    A docstring has the summary line, a paragraph on why it is bad, and the sections `Example:`, `Use instead:` and
    `Known limits:`.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    claim: ClassVar[Claim]
    optional: ClassVar[bool] = False

    def judge(self, event: Event) -> Iterator[Finding]:
        """Yield a finding if `event` is the misuse that this rule knows."""
        raise NotImplementedError
