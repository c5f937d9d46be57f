"""`gradtape check`: the findings of the plugin without flake8."""

from __future__ import annotations

import argparse
from pathlib import Path

from flake8_gradtape.cli.files import (
    add_plugin_options,
    assumptions,
    enabled_rules,
    findings,
    keras_version,
    python_files,
    read_python,
)
from flake8_gradtape.cli.trouble import FOUND, OK, Trouble, fail


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the sub-command."""
    parser = commands.add_parser("check", help="check files, without flake8")
    parser.add_argument("paths", metavar="FILE|DIR", nargs="+", type=Path)
    add_plugin_options(parser, "report")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the findings of all files and return the exit code."""
    enabled = enabled_rules(options)
    assumed = assumptions(options)
    code = OK
    for path in python_files(options.paths):
        try:
            found = findings(path, read_python(path), enabled, keras_version(options), assumed)
        except Trouble as trouble:
            code = fail(str(trouble))
            continue
        for one in found:
            print(f"{path}:{one.line}:{one.column + 1}: {one.code} {one.message}")
            code = max(code, FOUND)
    return code
