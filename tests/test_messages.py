"""The messages that real programs get read well: each finding of the golden file, whatever its rule."""

from __future__ import annotations

import re

import pytest

from flake8_gradtape.rules import codes
from tests.real_messages import form, real_forms, real_messages

BROKEN = {
    "two spaces": re.compile(r"  "),
    "an empty name": re.compile(r"''(?!')"),
    "a name where a clause belongs": re.compile(r"\b(?:but|because|so|that) '[^']*'(?:[,;:]|$)"),
    "a space before a stop": re.compile(r" [,;:.](?:\s|$)"),
    "two stops": re.compile(r"[,;:.][,;:]"),
    "nothing after a stop": re.compile(r"[,;:.]\s*$"),
    "a placeholder": re.compile(r"\{\w*\}|%[sdr]|<\w+ object|\bCauseKind\b|\bMisuse\b|\bFlaw\b|<[A-Z_]+:"),
    "a word twice": re.compile(r"\b(\w+) \1\b"),
    "two articles": re.compile(r"\b(?:a|an|the) (?:a|an|the)\b"),
    "one of several": re.compile(r"(?:' and '[^']*'| more) (?:is|was|has|does)\b"),
    "several of one": re.compile(r"(?:^|: |, )'[^']*' (?:are|were|have|do)\b"),
    "a fact that nobody filled in": re.compile(r"\bsomething else\b"),
    "a position, wrong in notebooks": re.compile(r"\bline \d|\bcolumn \d"),
}
"""What no message may have. The first part of a TAP1 message, `... is None:`, is no sentence of its own."""
OUTCOME = re.compile(
    r"(?:gradient|jacobian|batch jacobian) of .* is (?:None|wrong|of first order only|that of [\w ]+): "
)


def broken(message: str) -> list[str]:
    """What is wrong with the words of a message; names, which users choose, are looked at only for their quotes."""
    words = OUTCOME.sub("", message)
    blank = re.sub(r"'[^']+'", "'_'", words)
    found = [name for name, pattern in BROKEN.items() if pattern.search(blank)]
    return found + ["an open quote"] * (message.count("'") % 2)


@pytest.mark.parametrize("code", sorted(set(codes()) - {"TAP900"}))
def test_the_messages_of_each_rule_are_seen_on_fixtures_and_read_well(code: str) -> None:
    told = [one for one in real_messages() if one.code == code]
    assert any(one.program.startswith("fixtures/") for one in told)
    assert [(one.program, one.message, broken(one.message)) for one in told if broken(one.message)] == []


def test_each_message_says_what_happens_and_what_to_do() -> None:
    half = [one for one in real_messages() if "; " not in re.sub(r"'[^']*'", "'_'", one.message)]
    assert half == []


@pytest.mark.parametrize(
    ("message", "flaw"),
    [
        (
            "'f' wants pairs of a gradient and its variable, but 'zip(v, g)', so it raises",
            ["a name where a clause belongs"],
        ),
        ("the tape  records", ["two spaces"]),
        ("'' is no tensor", ["an empty name"]),
        ("'x is no tensor", ["an open quote"]),
        ("add 'del tape' ; then", ["a space before a stop"]),
        ("it raises;; write 'x'", ["two stops"]),
        ("it raises;", ["nothing after a stop"]),
        ("{kept} keeps its recording", ["a placeholder"]),
        ("it gives something else", ["a fact that nobody filled in"]),
        ("move the the call", ["a word twice", "two articles"]),
        ("gradient of 'y' with respect to 'a' and 'b' is None: 'a' and 'b' is a plain tensor", ["one of several"]),
        ("gradient of 'y' with respect to 'x' is None: 'x' are plain tensors", ["several of one"]),
        ("'x', see line 4", ["a position, wrong in notebooks"]),
    ],
)
def test_a_message_that_does_not_read_well_is_found(message: str, flaw: list[str]) -> None:
    assert broken(message) == flaw


def test_the_form_of_a_message_has_no_names() -> None:
    message = "gradient of 'y' with respect to 'a', 'b' and 3 more is None: 'y' does not depend on 'a', 'b' and 3 more"
    assert form(message) == "gradient of '_' with respect to '_' is None: '_' does not depend on '_'"


def test_the_golden_file_is_read_whole() -> None:
    assert {one.code for one in real_messages()} == set(codes()) - {"TAP900"}
    assert len(real_forms()) > 80
