"""What a few functions of the standard library, and of `tqdm`, do to values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import libcst as cst

from flake8_gradtape.machine.domain.contents import SequenceContents
from flake8_gradtape.machine.domain.graph import Flow
from flake8_gradtape.machine.domain.values import Api, ExitStack, Function, Number, Value, Variable
from flake8_gradtape.machine.language.functions import unseen_call
from flake8_gradtape.machine.language.special_methods import ANY, operate
from flake8_gradtape.machine.libraries.numpy import gives_back
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Arguments

HARMLESS = frozenset(
    "time os sys math random datetime logging json re pathlib string textwrap argparse warnings gc platform "
    "subprocess shutil glob tempfile uuid hashlib matplotlib absl tqdm pprint cmath statistics decimal "
    "fractions".split()
)
"""Modules whose functions give plain Python and keep nothing that is handed to them, but for some (`gives_back`)."""


_SURE = frozenset("time random datetime logging math warnings gc platform pprint".split())
"""Of these, the modules whose functions hardly ever raise."""


def plain_call(run: Run, path: str, callee: Api, arguments: Arguments, at: cst.CSTNode) -> Value | None:
    """A function of a module that gives plain Python; `tqdm` gives the elements that it shows."""
    top = path.partition(".")[0]
    name = path.rpartition(".")[2]
    if top == "tqdm":
        shown = arguments.get(0, "iterable")
        return shown if shown is not None and name == "tqdm" else unseen_call(run, callee, arguments, at)
    if top in HARMLESS and not gives_back(run, name, arguments):
        for value in arguments.all():
            operate(run, value, ANY)
        run.sharing.unseen_runs += top not in _SURE
        edges = [edge for value in arguments.all() for edge in run.heap.edges(value, Flow.LEFT)]
        return Number(run.recorder.number(edges, path, at))
    return None


def _exit_stack(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    return ExitStack(run.heap.new_cell(SequenceContents(())))


def _partial(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`functools.partial(f, ...)`: a function of the module with its first arguments; else unknown, but no call yet."""
    function = arguments.positional[0] if arguments.positional else None
    if isinstance(function, Function) and not arguments.open:
        named = {**dict(function.named_arguments), **dict(arguments.keywords)}
        return replace(
            function,
            first_arguments=(*function.first_arguments, *arguments.positional[1:]),
            named_arguments=tuple(named.items()),
            partial=True,
        )
    for value in arguments.all():
        run.sharing.escape(value)
    return run.anything([node for value in arguments.all() for node in run.heap.nodes(value)], at=at)


def _deep_copy(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    """A new variable or tensor with the same value (truth table X06)."""
    value = arguments.get(0, "x")
    if isinstance(value, Variable):
        edges = run.heap.edges(value, Flow.STATE)
        node = run.recorder.variable(
            run.node_states.trainable(value.node), value.node.floating, at, edges, "copy.deepcopy"
        )
        return Variable(node)
    return unseen_call(run, Api("copy.deepcopy"), arguments, at)


def _end(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    """The program ends, or somebody catches `SystemExit`."""
    run.end_all_paths()
    return run.anything()


CALLS: dict[str, Callable[[Run, Arguments, cst.CSTNode], Value]] = {
    "contextlib.ExitStack": _exit_stack,
    "functools.partial": _partial,
    "copy.deepcopy": _deep_copy,
    "sys.exit": _end,
    "os._exit": _end,
    "os.abort": _end,
}
