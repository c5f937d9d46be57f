"""The catalogue of the rules is that of the rules: `python -m tests.catalogue` regenerates what is compared here."""

from __future__ import annotations

import re

from flake8_gradtape.rules import all_rules, codes
from tests.catalogue import FAMILIES, FILE, README, catalogue, table, with_table

TEXT = FILE.read_text(encoding="utf-8")


def test_the_catalogue_is_up_to_date() -> None:
    assert catalogue() == TEXT, "run `python -m tests.catalogue`"


def test_the_table_in_the_readme_is_up_to_date() -> None:
    text = README.read_text(encoding="utf-8")
    assert text.count(table()) == 1, "run `python -m tests.catalogue`"
    assert with_table(text) == text
    assert len(table().splitlines()) == len(codes()) + 2


def test_each_rule_has_its_section_in_order() -> None:
    assert re.findall(r"^### (TAP\d{3}) ", TEXT, re.MULTILINE) == list(codes())
    assert {code[:4] for code in codes()} == set(FAMILIES)


def test_each_link_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)]+)\)", TEXT)
    headings = re.findall(r"^### (.+)$", TEXT, re.MULTILINE)
    anchors = {f"#{heading.lower().replace(' ', '-')}" for heading in headings}
    assert {link for link in links if link.startswith("#")} == anchors
    elsewhere = [link for link in links if not link.startswith("#")]
    assert [link for link in elsewhere if not (FILE.parent / link).exists()] == []
    assert len(elsewhere) == 2 * len(all_rules()) - 1  # an internal error has no fixtures
