"""`gradtape trace`: what the machine believes of a file, or of one line of it, and what keeps it silent."""

from __future__ import annotations

import argparse
from pathlib import Path

from flake8_gradtape.cli.files import add_keras_option, keras_version, parsed, read_python
from flake8_gradtape.cli.trouble import OK, Trouble
from flake8_gradtape.notebooks.cells import SUFFIX


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the sub-command."""
    parser = commands.add_parser("trace", help="tell what is believed of a file or line, and what keeps it silent")
    parser.add_argument("place", metavar="FILE[:LINE]", help="for example train.py or train.py:12")
    parser.add_argument("--whole", action="store_true", help="read functions that no tape can get to as well")
    add_keras_option(parser, "tell")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print what is believed and return the exit code."""
    path, line = _place(options.place)
    if path.suffix == SUFFIX:
        raise Trouble(
            f"{path}: 'gradtape trace' reads Python files; 'jupyter nbconvert --to script' makes one of cells."
        )
    text = read_python(path)
    tree = parsed(path, text)
    from flake8_gradtape.cli.trace_report import traced_line, traced_module
    from flake8_gradtape.reading.source import UnreadableSource

    count = len(text.removesuffix("\n").split("\n"))
    if line is not None and not 0 < line <= count:
        raise Trouble(f"{path}: there is no line {line}; the last one is line {count}.")
    keras = keras_version(options)
    try:
        if line is None:
            told = list(traced_module(text, tree, options.whole, keras))
        else:
            told = list(traced_line(text, line, options.whole, keras))
    except UnreadableSource as error:
        raise Trouble(f"{path}:{error.line}: {str(error).rstrip('.')}.") from None
    except Exception as error:
        raise Trouble(f"{path}: internal error ({type(error).__name__}); please report it, with the file.") from error
    print("\n".join(told))
    return OK


def _place(written: str) -> tuple[Path, int | None]:
    """The file and line of `FILE[:LINE]`; where there is a file of that very name, it is meant."""
    name, colon, line = written.rpartition(":")
    if colon and line.isdecimal() and not Path(written).exists():
        return Path(name), int(line)
    return Path(written), None
