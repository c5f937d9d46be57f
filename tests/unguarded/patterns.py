"""The regular expressions of the machine, alternative by alternative, and spies that notice what they are asked."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

from tests.unguarded.holders import machine_modules, short
from tests.unguarded.removal import Account, Removal


class _SpyPattern:
    """A pattern that notices, for each removal, the programs for which it would answer differently."""

    def __init__(self, pattern: re.Pattern[str], account: Account, removals: list[Removal]) -> None:
        self._pattern, self._account, self._removals = pattern, account, removals

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._pattern, name)
        if not callable(attribute):
            return attribute

        def asked(*arguments: Any) -> Any:
            for one in self._removals:
                if _plain(attribute(*arguments)) != _plain(getattr(one.instead, name)(*arguments)):
                    one.reached_by.add(self._account.now)
            return attribute(*arguments)

        return asked


def alternatives(account: Account) -> tuple[list[Removal], dict[int, tuple[Any, Any]]]:
    """A removal for each alternative in each expression, and the spies to put in their places meanwhile."""
    removals: list[Removal] = []
    spies: dict[int, tuple[Any, Any]] = {}
    for module in machine_modules():
        for name, value in vars(module).items():
            if not isinstance(value, re.Pattern) or id(value) in spies:
                continue
            of_pattern = [
                Removal(f"{short(module)}.{name}", told, value, re.compile(text, value.flags), told.strip("\\b(?:.)"))
                for told, text in without_one(value.pattern)
            ]
            removals.extend(of_pattern)
            spies[id(value)] = (value, _SpyPattern(value, account, of_pattern))
    return removals, spies


def without_one(pattern: str) -> Iterator[tuple[str, str]]:
    """Each alternative of an expression, and the expression without it."""
    for start, end, bars in _groups(pattern):
        if not bars:
            continue
        edges = [start - 1, *bars, end]
        for left, right in itertools.pairwise(edges):
            cut = (left, right) if left in bars else (left + 1, right + 1)
            yield pattern[left + 1 : right] or "(nothing)", pattern[: cut[0]] + pattern[cut[1] :]


def _groups(pattern: str) -> Iterator[tuple[int, int, list[int]]]:
    """Begin and end of the inside of each group, the whole one too, and where its bars stand."""
    opened: list[tuple[int, list[int]]] = [(0, [])]
    place, in_class = 0, False
    while place < len(pattern):
        sign = pattern[place]
        if sign == "\\":
            place += 1
        elif in_class:
            in_class = sign != "]"
        elif sign == "[":
            in_class = True
        elif sign == "(":
            head = re.compile(r"\((\?(:|=|!|<=|<!|P<\w+>))?").match(pattern, place)
            opened.append((head.end() if head else place + 1, []))
        elif sign == "|":
            opened[-1][1].append(place)
        elif sign == ")":
            start, bars = opened.pop()
            yield start, place, bars
        place += 1
    yield 0, len(pattern), opened[0][1]


def _plain(answer: Any) -> object:
    if isinstance(answer, re.Match):
        return (answer.span(), answer.groups())
    return list(answer) if isinstance(answer, Iterator) else answer
