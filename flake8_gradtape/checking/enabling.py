"""Which optional rules a user turns on, and which assumptions hold, for flake8 and for the command alike."""

from __future__ import annotations

from collections.abc import Iterable

ALL = "all"
NONE = "none"


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


class UnknownAssumption(ValueError):
    """An id that is none of an assumption; the message names those that are."""


def assumptions_kept(wanted: Iterable[str]) -> frozenset[str]:
    """Turn what the user wrote, `all`, `none` or ids, into the ids of the assumptions that are made.

    Raises:
        UnknownAssumption: one of them is no assumption, or `none` stands beside others.
    """
    from flake8_gradtape.machine.assumptions.taking import ALL as ALL_IDS

    ids = {one.strip().lower() for one in wanted} - {""}
    if not ids or ids == {ALL}:
        return ALL_IDS
    if ids == {NONE}:
        return frozenset()
    unknown = sorted(ids - ALL_IDS)
    if unknown:
        valid = ", ".join(sorted(ALL_IDS))
        raise UnknownAssumption(f"{', '.join(unknown)}: no assumption; say '{ALL}', '{NONE}', or some of: {valid}")
    return frozenset(ids)
