"""What `confirm` and `trace` share: the options of the plugin, reading files, and the findings in one."""

from __future__ import annotations

import argparse
import ast
import io
import tokenize
from pathlib import Path
from typing import TYPE_CHECKING

from flake8_gradtape.cli.trouble import Trouble
from flake8_gradtape.reading.prefilter import mentions_tape

if TYPE_CHECKING:
    from flake8_gradtape.checking.guard import Placed


def add_plugin_options(command: argparse.ArgumentParser, does: str) -> None:
    """The options of the plugin, also under the names that flake8 knows them by."""
    command.add_argument(
        "--enable", "--gradtape-enable", metavar="CODES", default="", help="optional rules to turn on, or 'all'"
    )
    add_keras_option(command, does)
    command.add_argument(
        "--assume",
        "--gradtape-assume",
        metavar="IDS",
        default="all",
        help="what is taken for granted though it is not certain: 'all' (default), 'none', or ids separated by commas",
    )


def add_keras_option(command: argparse.ArgumentParser, does: str) -> None:
    """The option that names the version of Keras."""
    command.add_argument(
        "--keras", "--gradtape-keras", choices=("2", "3"), help=f"{does} what goes wrong with this version of Keras"
    )


def enabled_rules(options: argparse.Namespace) -> frozenset[str]:
    """The codes of the optional rules that the user turned on.

    Raises:
        Trouble: one of them is no optional rule.
    """
    from flake8_gradtape.checking.enabling import UnknownCode, enabled_codes

    try:
        return enabled_codes(options.enable.split(","))
    except UnknownCode as error:
        raise Trouble(f"--enable: {error}.") from None


def keras_version(options: argparse.Namespace) -> int | None:
    """The version of Keras that the user named, if any."""
    return int(options.keras) if options.keras else None


def assumptions(options: argparse.Namespace) -> frozenset[str]:
    """The ids of the assumptions that are made.

    Raises:
        Trouble: one of them is no assumption.
    """
    from flake8_gradtape.checking.enabling import UnknownAssumption, assumptions_kept

    try:
        return assumptions_kept(options.assume.split(","))
    except UnknownAssumption as error:
        raise Trouble(f"--assume: {error}.") from None


def findings(
    path: Path, text: str, enabled: frozenset[str], keras: int | None, assumed: frozenset[str] | None = None
) -> list[Placed]:
    """Check a text as flake8 would: nothing without a tape, and nothing where `# noqa` stands.

    Raises:
        Trouble: it is not Python.
    """
    tree = parsed(path, text)
    if not mentions_tape(text):
        return []
    from flake8_gradtape.checking.guard import guarded_check
    from flake8_gradtape.checking.noqa import as_flake8_reads

    noqa = as_flake8_reads(text)
    if noqa is None:
        return []
    return guarded_check(text, tree, enabled, debug=False, keras=keras, assumed=assumed, noqa=noqa)


def parsed(path: Path, text: str) -> ast.Module:
    """The syntax tree of a text.

    Raises:
        Trouble: it is not Python.
    """
    try:
        return ast.parse(text)
    except SyntaxError as error:
        raise Trouble(f"{path}: not valid Python: {error.msg} (line {error.lineno}).") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise Trouble(f"{path}: Python cannot parse it: {error or type(error).__name__}.") from None


def read_python(path: Path) -> str:
    """Read a Python file in the encoding it declares.

    Raises:
        Trouble: there is no such file, or it cannot be read as text.
    """
    try:
        content = path.read_bytes()
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        return io.TextIOWrapper(io.BytesIO(content), encoding).read()
    except OSError as error:
        raise Trouble(f"{path}: {error.strerror}.") from None
    except SyntaxError as error:  # an encoding nobody knows
        raise Trouble(f"{path}: {error.msg}.") from None
    except UnicodeDecodeError as error:
        raise Trouble(f"{path}: not {error.encoding} text (byte {error.start}).") from None
