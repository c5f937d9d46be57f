"""Which optional rules a user turns on, for flake8 and for the `gradtape` command alike."""

from __future__ import annotations

from collections.abc import Iterable

ALL = "all"


class UnknownCode(ValueError):
    """A code that is none of an optional rule; the message names those that are."""


def enabled_codes(wanted: Iterable[str]) -> frozenset[str]:
    """Turn what the user wrote, codes or `all`, into the codes of optional rules.

    Raises:
        UnknownCode: one of them is no optional rule.
    """
    from flake8_gradtape.rules import all_rules

    codes = {code.strip().upper() for code in wanted} - {""}
    optional = {rule.code for rule in all_rules() if rule.optional}
    if ALL.upper() in codes:
        codes = (codes - {ALL.upper()}) | optional
    unknown = sorted(codes - optional)
    if unknown:
        valid = ", ".join(sorted(optional)) if optional else "this version has none"
        raise UnknownCode(f"{', '.join(unknown)}: not an optional rule (optional rules: {valid}; or '{ALL}')")
    return frozenset(codes)
