"""Which findings rest on assumptions: those that are not there without them. They say so at their end.

So no part of the machine has to hand on what it took for granted: the module is run again without it, which costs
something only where there are findings and an assumption was needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from flake8_gradtape.machine.assumptions.taking import ASSUMPTIONS, Assumption, Taking
from flake8_gradtape.rules.base import Finding

MOST_NAMES = 6
"""Of more names than these it is not told which one a finding rests on."""

Judge = Callable[[Taking], list[Finding]]
"""What is found in the module, if these assumptions are made."""


def disclosed(judge: Judge, taking: Taking) -> list[Finding]:
    """The findings of a module; each that needs an assumption says which, and of what it was taken."""
    findings = judge(taking)
    needed = [one for one in ASSUMPTIONS if any(one.id == id_ for id_, _ in taking.needed)]
    if not findings or not needed:
        return findings
    certain = _places(judge(taking.except_for(one.id for one in needed)))
    doubtful = [finding for finding in findings if _place(finding) not in certain]
    if not doubtful:
        return findings
    words: dict[object, list[str]] = {_place(finding): [] for finding in doubtful}
    for assumption in needed:
        # alone, it may make no difference: then others stand in for it
        there = _places(judge(taking.except_for([assumption.id]))) if len(needed) > 1 else certain
        lost = [finding for finding in doubtful if _place(finding) not in there]
        if lost:
            _name(judge, taking, assumption, lost, words)
    for place, told in words.items():
        if not told:
            words[place] = [one.in_general for one in needed]
    return [
        replace(one, message=f"{one.message} (taking {_listed(words[_place(one)])})") if _place(one) in words else one
        for one in findings
    ]


def _name(
    judge: Judge, taking: Taking, assumption: Assumption, lost: list[Finding], words: dict[object, list[str]]
) -> None:
    """Find out of which names the assumption was taken for each finding, if there are not too many to try."""
    names = [name for id_, name in taking.needed if id_ == assumption.id]
    if len(names) == 1:
        _tell(words, lost, assumption, names[0])
        return
    open_ = {_place(finding): finding for finding in lost}
    if len(names) <= MOST_NAMES:
        for name in names:
            there = _places(judge(taking.except_for(taken=[(assumption.id, name)])))
            found = [finding for finding in lost if _place(finding) not in there]
            _tell(words, found, assumption, name)
            for finding in found:
                open_.pop(_place(finding), None)
    _tell(words, open_.values(), assumption, "")


def _tell(words: dict[object, list[str]], findings: Iterable[Finding], assumption: Assumption, name: str) -> None:
    for finding in findings:
        words[_place(finding)].append(assumption.words.format(name) if name else assumption.in_general)


def _place(finding: Finding) -> object:
    return (finding.where, finding.code)


def _places(findings: Iterable[Finding]) -> set[object]:
    return {_place(finding) for finding in findings}


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
