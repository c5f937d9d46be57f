"""What flake8 imports: options and the text search for tapes; the analysis itself is imported when a file needs it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from flake8_gradtape import __version__
from flake8_gradtape.reading.prefilter import mentions_tape

if TYPE_CHECKING:
    import argparse
    import ast

    from flake8.options.manager import OptionManager

    from flake8_gradtape.checking.noqa import NoqaLine


KERAS_VERSIONS = ("2", "3")
NOTEBOOK = "this is a notebook, not a Python file: nothing was checked in it; 'gradtape check' reads notebooks"


class Plugin:
    """Checks one file for flake8."""

    name = "flake8-gradtape"
    version = __version__

    enabled: ClassVar[frozenset[str]] = frozenset()
    """The optional rules that the user turned on."""
    keras: ClassVar[int | None] = None
    """The version of Keras, if the user names one."""
    assumed: ClassVar[frozenset[str] | None] = None
    """The assumptions that are made; all, unless the user says otherwise."""
    debug: ClassVar[bool] = False
    disable_noqa: ClassVar[bool] = False

    def __init__(self, tree: ast.Module, lines: Sequence[str], noqa_line_for: NoqaLine | None = None):
        self._tree = tree
        self._lines = lines
        self._noqa = None if self.disable_noqa else noqa_line_for

    @classmethod
    def add_options(cls, manager: OptionManager) -> None:
        """Tell flake8 the options; they may stand in its configuration file."""
        manager.add_option(
            "--gradtape-enable",
            metavar="CODES",
            default="",
            parse_from_config=True,
            comma_separated_list=True,
            help="Optional GradientTape rules to turn on: codes separated by commas, or 'all'.",
        )
        manager.add_option(
            "--gradtape-keras",
            choices=KERAS_VERSIONS,
            default=None,
            parse_from_config=True,
            help="The version of Keras that the code runs with, 2 or 3 (default: what goes wrong with both).",
        )
        manager.add_option(
            "--gradtape-assume",
            metavar="IDS",
            default="all",
            parse_from_config=True,
            comma_separated_list=True,
            help="What is taken for granted though it is not certain: 'all' (default), 'none', or ids of assumptions.",
        )
        manager.add_option(
            "--gradtape-debug",
            action="store_true",
            default=False,
            parse_from_config=True,
            help="Print the traceback of an internal error of flake8-gradtape (TAP900) to stderr.",
        )

    @classmethod
    def parse_options(cls, options: argparse.Namespace) -> None:
        """Take the options over.

        Raises:
            flake8.exceptions.ExecutionError: a code in `--gradtape-enable` is none of an optional rule, an id in
                `--gradtape-assume` none of an assumption, or `gradtape-keras` in a configuration file is no version.
        """
        cls.debug = options.gradtape_debug
        cls.disable_noqa = options.disable_noqa
        cls.keras = None
        if options.gradtape_keras:
            if options.gradtape_keras not in KERAS_VERSIONS:  # flake8 does not check what a configuration file says
                from flake8.exceptions import ExecutionError

                raise ExecutionError(f"--gradtape-keras: {options.gradtape_keras!r} is not a version; say 2 or 3")
            cls.keras = int(options.gradtape_keras)
        cls.assumed = None
        if options.gradtape_assume not in ("all", ["all"]):
            from flake8.exceptions import ExecutionError

            from flake8_gradtape.checking.enabling import UnknownAssumption, assumptions_kept

            try:
                cls.assumed = assumptions_kept(options.gradtape_assume)
            except UnknownAssumption as wrong:
                raise ExecutionError(f"--gradtape-assume: {wrong}") from None
        cls.enabled = frozenset()
        if options.gradtape_enable:
            from flake8.exceptions import ExecutionError

            from flake8_gradtape.checking.enabling import UnknownCode, enabled_codes

            try:
                cls.enabled = enabled_codes(options.gradtape_enable)
            except UnknownCode as error:
                raise ExecutionError(f"--gradtape-enable: {error}") from None

    def run(self) -> Iterator[tuple[int, int, str, type[Plugin]]]:
        """Yield the findings as flake8 wants them: line, column (0-based), text that starts with the code."""
        text = "".join(self._lines)
        if not mentions_tape(text):
            return
        from flake8_gradtape.notebooks.recognition import is_notebook

        if is_notebook(self._tree):
            yield 1, 0, f"TAP900 {NOTEBOOK}", type(self)
            return
        from flake8_gradtape.checking.guard import guarded_check

        found = guarded_check(text, self._tree, self.enabled, self.debug, self.keras, self.assumed, self._noqa)
        for line, column, code, message in found:
            yield line, column, f"{code} {message}", type(self)
