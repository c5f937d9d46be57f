"""`gradtape explain`: prints the documentation of rules, or writes it as Markdown, a page for each rule."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from flake8_gradtape.cli.trouble import OK, Trouble

if TYPE_CHECKING:
    from flake8_gradtape.rules.base import Rule


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the sub-command."""
    parser = commands.add_parser("explain", help="print the documentation of rules")
    parser.add_argument("codes", metavar="CODE", nargs="*", help="for example TAP102; names of rules will do too")
    parser.add_argument("--all", action="store_true", help="all rules")
    parser.add_argument(
        "--format",
        choices=("text", "markdown"),
        help="how to print them: text (default), or markdown (default with -o)",
    )
    parser.add_argument(
        "-o", "--output", metavar="DIR", type=Path, help="write a page for each rule, and with --all an index, here"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print or write it and return the exit code.

    Raises:
        Trouble: there is no such rule, the options make no sense together, or the pages cannot be written.
    """
    from flake8_gradtape.rules import all_rules

    if options.all == bool(options.codes):
        raise Trouble("say which rules to explain, or --all; 'gradtape rules' lists them.")
    if options.output is not None and options.format == "text":
        raise Trouble("-o writes pages in Markdown: leave '--format text' out.")
    rules = all_rules() if options.all else _wanted(options.codes)
    if options.output is not None:
        _write(rules, options.output, with_index=options.all)
    elif options.format == "markdown":
        print("\n".join(text for _, text in _pages(rules, linked=False)), end="")
    else:
        print("\n\n\n".join("\n".join(_explanation(rule)) for rule in rules))
    return OK


def _wanted(codes: Sequence[str]) -> list[Rule]:
    """The rules that are named by code or name, each once."""
    from flake8_gradtape.rules import all_rules

    known = {name: rule for rule in all_rules() for name in (rule.code.lower(), rule.name)}
    found: dict[str, Rule] = {}
    for code in codes:
        rule = known.get(code.strip().lower())
        if rule is None:
            raise Trouble(f"there is no rule {code.strip()!r}; 'gradtape rules' lists them all.")
        found[rule.code] = rule
    return list(found.values())


def _explanation(rule: Rule) -> Iterator[str]:
    """The lines that are printed of a rule."""
    from flake8_gradtape.rules.documentation import documentation
    from flake8_gradtape.rules.related import related

    documented = documentation(rule)
    title = f"{rule.code} {rule.name}" + (" (optional)" if rule.optional else "")
    yield from (title, "=" * len(title), "", documented.summary, "", documented.why)
    others = [f"{', '.join(codes)} (about {subject})" for subject, codes in related(rule.code).items()]
    for heading, text in (
        ("Example", documented.example),
        ("Use instead", documented.use_instead),
        ("TensorFlow says", documented.tensorflow_says),
        ("Known limits", documented.known_limits),
        ("Related rules", "\n".join(others)),
    ):
        if text:
            yield from ("", f"{heading}:")
            yield from (f"    {line}".rstrip() for line in text.splitlines())


def _pages(rules: Sequence[Rule], linked: bool) -> Iterator[tuple[str, str]]:
    """The name and the text of the page of each rule; pages link to each other if they are files."""
    from flake8_gradtape.rules import all_rules
    from flake8_gradtape.rules.markdown import file_name, page

    names = {rule.code: rule.name for rule in all_rules()}
    there = {rule.code for rule in rules} if linked else set()
    return ((file_name(rule.code), page(rule, names, there)) for rule in rules)


def _write(rules: Sequence[Rule], folder: Path, with_index: bool) -> None:
    """Write the pages into a folder, which is made if it is not there, and say which.

    Raises:
        Trouble: that cannot be done.
    """
    from flake8_gradtape.rules.markdown import INDEX, index

    pages = dict(_pages(rules, linked=True))
    if with_index:
        pages[INDEX] = index(rules)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in pages.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise Trouble(f"cannot write pages into {folder}: {error.strerror}.") from None
    for name in pages:
        print(folder / name)
