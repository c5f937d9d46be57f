"""The command line itself: the sub-commands, and what every one of them does with trouble."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from flake8_gradtape import __version__
from flake8_gradtape.cli import check, confirm, explain, rules, trace
from flake8_gradtape.cli.trouble import FAILED, FOUND, OK, Trouble, fail
from flake8_gradtape.notebooks.cells import UnreadableNotebook
from flake8_gradtape.notebooks.running import confirm_notebooks, notebooks_among

COMMANDS = (rules, explain, check, confirm, trace)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0, 1 if something was found or refuted, 2 if it could not be done."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if given[:1] == [check.NAME] and not {"-h", "--help"} & set(given):
            return check.run(given[1:])
        if given[:1] == [confirm.NAME] and notebooks_among(given):
            return confirm_notebooks(given, _run)
        return _run(given)
    except UnreadableNotebook as error:
        return fail(f"{error}.")
    except Trouble as trouble:
        return fail(str(trouble))
    except BrokenPipeError:  # the reader (`| head`) has seen enough
        sys.stderr.close()
        return FOUND if given[:1] == [check.NAME] else OK  # what was not read are findings


def _run(given: Sequence[str]) -> int:
    """Run a sub-command that has options of its own."""
    parser = _parser()
    options = parser.parse_args(given)
    if options.command is None:
        parser.print_help()
        return FAILED
    code: int = options.run(options)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="gradtape", description="Find misuse of tf.GradientTape.")
    parser.add_argument("--version", action="version", version=f"gradtape {__version__}")
    commands = parser.add_subparsers(title="commands", dest="command", metavar="COMMAND")
    for command in COMMANDS:
        command.add_parser(commands)
    return parser
