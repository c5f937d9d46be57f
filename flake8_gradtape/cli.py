"""The `gradtape` command: lists and explains rules, checks files without flake8, and asks TensorFlow to confirm.

It finds nothing by itself; `check.py` and `runtime/` do, and are imported when a command needs them.
"""

from __future__ import annotations

import argparse
import ast
import functools
import importlib.util
import io
import sys
import tokenize
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from flake8_gradtape import __version__
from flake8_gradtape.reading.prefilter import mentions_tape

if TYPE_CHECKING:
    from flake8_gradtape.checking.guard import Placed
    from flake8_gradtape.rules.base import Rule

OK = 0
FOUND = 1
FAILED = 2


class Trouble(Exception):
    """Something the user has to mend; the message is one clear sentence."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0, 1 if something was found or refuted, 2 if it could not be done."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return FAILED
    try:
        code: int = options.run(options)
    except Trouble as trouble:
        return _fail(str(trouble))
    except BrokenPipeError:  # the reader (`| head`) has seen enough
        sys.stderr.close()
        return OK
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="gradtape", description="Find misuse of tf.GradientTape.")
    parser.add_argument("--version", action="version", version=f"gradtape {__version__}")
    commands = parser.add_subparsers(title="commands", dest="command", metavar="COMMAND")

    rules = commands.add_parser("rules", help="list the rules")
    rules.add_argument("--markdown", action="store_true", help="as a Markdown table, which the README has")
    rules.set_defaults(run=_rules)

    explain = commands.add_parser("explain", help="print the documentation of a rule")
    explain.add_argument("code", metavar="CODE", help="for example TAP102")
    explain.set_defaults(run=_explain)

    check = commands.add_parser("check", help="check files, without flake8")
    check.add_argument("paths", metavar="FILE|DIR", nargs="+", type=Path)
    _add_plugin_options(check, "report")
    check.set_defaults(run=_check)

    confirm = commands.add_parser("confirm", help="run files in TensorFlow and say of each finding if it is so")
    confirm.add_argument("paths", metavar="FILE", nargs="+", type=Path)
    _add_plugin_options(confirm, "judge")
    confirm.add_argument("--timeout", metavar="SECONDS", type=float, help="stop a file that runs longer")
    confirm.set_defaults(run=_confirm)
    return parser


def _add_plugin_options(command: argparse.ArgumentParser, does: str) -> None:
    """The options of the plugin, also under the names that flake8 knows them by."""
    command.add_argument(
        "--enable", "--gradtape-enable", metavar="CODES", default="", help="optional rules to turn on, or 'all'"
    )
    command.add_argument(
        "--keras", "--gradtape-keras", choices=("2", "3"), help=f"{does} what goes wrong with this version of Keras"
    )


def _fail(sentence: str) -> int:
    print(f"gradtape: {sentence}", file=sys.stderr)
    return FAILED


def _rules(options: argparse.Namespace) -> int:
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


def _explain(options: argparse.Namespace) -> int:
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


def _check(options: argparse.Namespace) -> int:
    enabled = _enabled(options.enable)
    code = OK
    for path in _python_files(options.paths):
        try:
            found = _findings(path, read_python(path), enabled, _version(options.keras))
        except Trouble as trouble:
            code = _fail(str(trouble))
            continue
        for one in found:
            print(f"{path}:{one.line}:{one.column + 1}: {one.code} {one.message}")
            code = max(code, FOUND)
    return code


def _confirm(options: argparse.Namespace) -> int:
    from flake8_gradtape.rules import all_rules
    from flake8_gradtape.runtime.confirming.confirm import NO_TENSORFLOW, confirm_files

    if importlib.util.find_spec("tensorflow") is None:
        raise Trouble(NO_TENSORFLOW)
    enabled = _enabled(options.enable)
    claims = {rule.code: rule.claim for rule in all_rules() if hasattr(rule, "claim")}
    code = OK
    for path in options.paths:
        try:
            read_python(path)
            check = functools.partial(_findings, path, enabled=enabled, keras=_version(options.keras))
            confirmed = confirm_files([path], check, claims, sys.stdout, options.timeout)
        except Trouble as trouble:
            confirmed = _fail(str(trouble))
        code = max(code, confirmed)
    return code


def _enabled(written: str) -> frozenset[str]:
    from flake8_gradtape.checking.enabling import UnknownCode, enabled_codes

    try:
        return enabled_codes(written.split(","))
    except UnknownCode as error:
        raise Trouble(f"--enable: {error}.") from None


def _version(written: str | None) -> int | None:
    return int(written) if written else None


def _findings(path: Path, text: str, enabled: frozenset[str], keras: int | None) -> list[Placed]:
    """Check a text as flake8 would: nothing without a tape, and nothing on lines that say `# noqa`.

    Raises:
        Trouble: it is not Python.
    """
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise Trouble(f"{path}: not valid Python: {error.msg} (line {error.lineno}).") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise Trouble(f"{path}: Python cannot parse it: {error or type(error).__name__}.") from None
    if not mentions_tape(text):
        return []
    from flake8_gradtape.checking.guard import guarded_check
    from flake8_gradtape.checking.noqa import is_silenced

    lines = text.split("\n")
    return [
        one
        for one in guarded_check(text, tree, enabled, debug=False, keras=keras)
        if one.line > len(lines) or not is_silenced(lines, one.line, one.code)
    ]


def _python_files(paths: Sequence[Path]) -> Iterator[Path]:
    """The files named, and the Python files in the directories named; hidden directories are left out."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for file in sorted(path.rglob("*.py")):
            if not any(part.startswith(".") or part == "__pycache__" for part in file.relative_to(path).parts):
                yield file


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


if __name__ == "__main__":
    sys.exit(main())
