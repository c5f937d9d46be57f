"""The documentation of rules as Markdown: a page for each, and an index of pages."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from flake8_gradtape.rules.base import Rule
from flake8_gradtape.rules.documentation import documentation, program
from flake8_gradtape.rules.related import related

INDEX = "index.md"
FAMILIES = {
    "TAP1": "the gradient is None",
    "TAP2": "the call raises",
    "TAP3": "memory is held",
    "TAP4": "work is done for nothing",
    "TAP5": "the value is silently wrong",
    "TAP9": "nothing was checked",
}
"""What the rules of a family claim."""


def file_name(code: str) -> str:
    """The name of the page of a rule."""
    return f"{code}.md"


def claim(rule: Rule) -> str:
    """What TensorFlow must show on the line of a finding; empty if it has nothing to do with it."""
    return re.sub(r"\b(gradient\(\))", r"`\1`", rule.claim.value) if hasattr(rule, "claim") else ""


def page(rule: Rule, names: dict[str, str], linked: Collection[str]) -> str:
    """The page of one rule; `names` has the name of each rule by code, `linked` the codes that have pages too."""
    return "\n".join(_page(rule, names, linked))


def _page(rule: Rule, names: dict[str, str], linked: Collection[str]) -> Iterator[str]:
    """The lines of the page of a rule."""
    documented = documentation(rule)
    yield from (f"# {rule.code} {rule.name}", "", documented.summary, "")
    if claim(rule):
        yield from (f"On the line of each finding TensorFlow shows that {claim(rule)}.", "")
    if rule.optional:
        yield from (f"This rule is optional: `--gradtape-enable={rule.code}` turns it on.", "")
    yield from ("## Why it is bad", "", documented.why, "")
    yield from ("## Example", "", *_program(documented.example), "")
    instead = _program(documented.use_instead) if claim(rule) else [documented.use_instead]
    yield from ("## Use instead", "", *instead, "")
    yield from ("## TensorFlow says", "", documented.tensorflow_says, "")
    yield from ("## Known limits", "", documented.known_limits, "")
    others = related(rule.code)
    if others:
        yield from ("## Related rules", "")
        for subject, codes in others.items():
            shown = (f"[{code}]({file_name(code)})" if code in linked else code for code in codes)
            listed = ", ".join(f"{one} {names[code]}" for one, code in zip(shown, codes, strict=True))
            yield f"- about {subject}: {listed}"
        yield ""


def _program(block: str) -> list[str]:
    return ["```python", program(block).rstrip("\n"), "```"]


def index(rules: Sequence[Rule]) -> str:
    """The index of the pages of these rules."""
    parts = ["# Rules of flake8-gradtape", ""]
    for family, what in FAMILIES.items():
        members = [rule for rule in rules if rule.code.startswith(family)]
        if members:
            parts += [f"## {family}: {what}", "", "| code | name | what it finds |", "| --- | --- | --- |"]
            parts += [_row(rule) for rule in members] + [""]
    return "\n".join(parts)


def _row(rule: Rule) -> str:
    name = f"{rule.name} *(optional)*" if rule.optional else rule.name
    return f"| [{rule.code}]({file_name(rule.code)}) | {name} | {documentation(rule).summary} |"
