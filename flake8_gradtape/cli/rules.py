"""`gradtape rules`: lists the rules, as text or as the table that the README has."""

from __future__ import annotations

import argparse

from flake8_gradtape.cli.trouble import OK


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the sub-command."""
    parser = commands.add_parser("rules", help="list the rules")
    parser.add_argument("--markdown", action="store_true", help="as a Markdown table, which the README has")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the list and return the exit code."""
    from flake8_gradtape.rules import all_rules
    from flake8_gradtape.rules.documentation import documentation

    rules = all_rules()
    if options.markdown:
        print("| code | name | what it finds |\n| --- | --- | --- |")
        for rule in rules:
            optional = " *(optional)*" if rule.optional else ""
            print(f"| {rule.code} | {rule.name}{optional} | {documentation(rule).summary} |")
        return OK
    longest = max(len(rule.name) for rule in rules)
    for rule in rules:
        kind = "optional" if rule.optional else "default"
        print(f"{rule.code}  {rule.name:<{longest}}  {kind:<8}  {documentation(rule).summary}")
    return OK
