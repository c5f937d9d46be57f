"""`gradtape explain`: prints the documentation of a rule."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from flake8_gradtape.cli.trouble import OK, Trouble

if TYPE_CHECKING:
    from flake8_gradtape.rules.base import Rule


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the sub-command."""
    parser = commands.add_parser("explain", help="print the documentation of a rule")
    parser.add_argument("code", metavar="CODE", help="for example TAP102")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print it and return the exit code.

    Raises:
        Trouble: there is no such rule.
    """
    from flake8_gradtape.rules import all_rules

    wanted = options.code.strip()
    for rule in all_rules():
        if wanted.upper() == rule.code or wanted.lower() == rule.name:
            print("\n".join(_explanation(rule)))
            return OK
    raise Trouble(f"there is no rule {wanted!r}; 'gradtape rules' lists them all.")


def _explanation(rule: Rule) -> Iterator[str]:
    from flake8_gradtape.rules.documentation import documentation

    documented = documentation(rule)
    title = f"{rule.code} {rule.name}" + (" (optional)" if rule.optional else "")
    yield from (title, "=" * len(title), "", documented.summary, "", documented.why)
    for heading, text in (
        ("Example", documented.example),
        ("Use instead", documented.use_instead),
        ("TensorFlow says", documented.tensorflow_says),
        ("Known limits", documented.known_limits),
    ):
        yield from ("", f"{heading}:")
        yield from (f"    {line}".rstrip() for line in text.splitlines())
