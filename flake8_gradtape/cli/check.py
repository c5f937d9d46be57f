"""`gradtape check`: flake8 with only our codes, and with those that say that a file could not be read."""

from __future__ import annotations

import argparse
import functools
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TypeVar

from flake8_gradtape.cli.trouble import OK, Trouble, fail
from flake8_gradtape.notebooks.cells import SUFFIX

T = TypeVar("T")
NAME = "check"
UNREAD = "E9"
"""Flake8's codes for a file that it could not read, or that is no Python: no plugin ever sees such a file."""
CODES = f"TAP,{UNREAD}"
OUR_SPELLINGS = {"--enable": "--gradtape-enable", "--keras": "--gradtape-keras", "--assume": "--gradtape-assume"}


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the sub-command, for its help alone: all its arguments are flake8's."""
    parser = commands.add_parser(
        NAME,
        help="check files: flake8 with only our codes",
        usage="gradtape check [--enable CODES] [--keras 2|3] [--assume IDS] [options of flake8] [FILE|DIR|- ...]",
        description=f"This is flake8 with --select={CODES}: its configuration, '# noqa', formats and exit codes count "
        "('flake8 --help' has all options).",
    )
    for ours, known in OUR_SPELLINGS.items():
        parser.add_argument(ours, metavar="...", help=f"the same as {known}")


def run(arguments: Sequence[str]) -> int:
    """Run flake8 in this process and return its exit code: 1 if it reports anything, else 0.

    Raises:
        Trouble: flake8 would not find the plugin, or is ended by an error of its own.
    """
    try:
        distribution("flake8-gradtape")
    except PackageNotFoundError:
        raise Trouble("flake8 finds plugins that are installed only; run 'pip install .' in the checkout.") from None
    from flake8.main.cli import main

    told = as_flake8_has_it(arguments)
    if not any(argument.endswith(SUFFIX) for argument in told):
        return int(_one_sentence(functools.partial(main, told)))
    notebooks, others, options = _notebooks_among(told)
    code = OK if notebooks and not others else int(_one_sentence(functools.partial(main, [*options, "--", *others])))
    for path in notebooks:
        code = max(code, _check_notebook(path, options))
    return code


def _check_notebook(path: str, options: Sequence[str]) -> int:
    from flake8_gradtape.notebooks.cells import UnreadableNotebook, read_notebook
    from flake8_gradtape.notebooks.linting import lint

    try:
        module = read_notebook(path)
    except UnreadableNotebook as error:
        return fail(f"{error}.")
    return _one_sentence(functools.partial(lint, module, options))


def _notebooks_among(arguments: Sequence[str]) -> tuple[list[str], list[str], list[str]]:
    """The notebooks among the files, the other files, and what is no file among the arguments."""
    from flake8.options.parse_args import parse_args

    files = list(_one_sentence(functools.partial(parse_args, arguments))[1].filenames)
    # one that is not there is reported by flake8 as any other file
    notebooks = [file for file in files if file.endswith(SUFFIX) and Path(file).is_file()]
    options = [argument for argument in arguments if argument not in files and argument != "--"]
    if len(options) + len(files) + ("--" in arguments) != len(arguments):
        raise Trouble("a file is the value of an option too: write the option as --option=FILE.")
    return notebooks, [file for file in files if file not in notebooks], options


def _one_sentence(flake8: Callable[[], T]) -> T:
    """Run flake8, and say in one sentence what ends it.

    Raises:
        Trouble: that sentence.
    """
    from flake8.exceptions import ExecutionError

    try:
        return flake8()
    except ExecutionError as error:
        raise Trouble(f"{error}.") from None
    except UnicodeEncodeError as error:  # names of files that are no Unicode come as surrogates
        place = str(error.object).partition(": ")[0]
        raise Trouble(f"flake8 cannot print the name in {place!a}: rename that file, or exclude it.") from None
    except (BrokenPipeError, KeyboardInterrupt):
        raise
    except Exception as error:
        where = f" in {file!a}" if (file := _file_that_ended(error)) else " (-j1 names the file)"
        reason = ": ".join(filter(None, [type(error).__name__, str(error).partition("\n")[0].rstrip(".")]))
        raise Trouble(f"flake8 was ended{where} by {reason}.") from error


def _file_that_ended(error: BaseException) -> str | None:
    """The file that flake8 was reading when this was raised, if it was raised in this process."""
    place = error.__traceback__
    while place is not None:
        file = getattr(place.tb_frame.f_locals.get("self"), "filename", None)
        if place.tb_frame.f_code.co_name == "run_checks" and file is not None:
            return str(file)
        place = place.tb_next
    return None


def as_flake8_has_it(arguments: Sequence[str]) -> list[str]:
    """The arguments for flake8: our options by its names for them, and what cannot be read among the codes selected."""
    # a configuration's extend-select would bring codes of others along
    return [f"--select={CODES}", "--extend-select=", *_translated(iter(arguments))]


def _translated(arguments: Iterator[str]) -> Iterator[str]:
    for argument in arguments:
        if argument == "--":
            yield argument
            break
        option, equals, value = argument.partition("=")
        if option == "--select":
            value = value if equals else next(arguments, "")
            yield f"{option}={value},{UNREAD}"
        else:
            yield f"{OUR_SPELLINGS.get(option, option)}{equals}{value}"
    yield from arguments
