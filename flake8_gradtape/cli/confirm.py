"""`gradtape confirm`: runs files in TensorFlow and says of each finding whether it is so."""

from __future__ import annotations

import argparse
import functools
import importlib.util
import sys
from pathlib import Path

from flake8_gradtape.cli.files import (
    add_plugin_options,
    assumptions,
    enabled_rules,
    findings,
    keras_version,
    read_python,
)
from flake8_gradtape.cli.trouble import OK, Trouble, fail

NAME = "confirm"


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the sub-command."""
    parser = commands.add_parser(NAME, help="run files in TensorFlow and say of each finding if it is so")
    parser.add_argument("paths", metavar="FILE", nargs="+", type=Path)
    add_plugin_options(parser, "judge")
    parser.add_argument("--timeout", metavar="SECONDS", type=float, help="stop a file that runs longer")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the verdicts of all files and return the exit code.

    Raises:
        Trouble: TensorFlow is not there.
    """
    from flake8_gradtape.rules import all_rules
    from flake8_gradtape.runtime.confirming.confirm import NO_TENSORFLOW, confirm_files

    if importlib.util.find_spec("tensorflow") is None:
        raise Trouble(NO_TENSORFLOW)
    enabled, assumed = enabled_rules(options), assumptions(options)
    claims = {rule.code: rule.claim for rule in all_rules() if hasattr(rule, "claim")}
    code = OK
    for path in options.paths:
        try:
            read_python(path)
            check = functools.partial(findings, path, enabled=enabled, keras=keras_version(options), assumed=assumed)
            confirmed = confirm_files([path], check, claims, sys.stdout, options.timeout)
        except Trouble as trouble:
            confirmed = fail(str(trouble))
        code = max(code, confirmed)
    return code
