"""Library functions that give plain Python where they get plain Python: which these are is data (`knowledge`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import libcst as cst

from flake8_gradtape.knowledge.plain_python import given_by
from flake8_gradtape.machine.domain.graph import Edge, Op, Tri
from flake8_gradtape.machine.domain.values import NONE, Api, Const, DictValue, ListValue, Number, Opaque, Value, options
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Arguments


def is_plain(run: Run, value: Value) -> bool:
    """Surely nothing but numbers, text and containers of these."""
    return all(
        isinstance(leaf, (Const, Number)) or (isinstance(leaf, Api) and given_by(leaf.path) == "constant")
        for leaf in run.heap.leaves(value)
    )


def hand_over_containers(run: Run, values: Iterable[Value]) -> None:
    """A function of a library may change the lists and dicts that it is given, and keep them."""
    for value in values:
        for option in options(value):
            fixed = isinstance(option, ListValue) and run.heap.items(option).immutable and not option.shows
            if isinstance(option, (ListValue, DictValue)) and not fixed:
                run.sharing.escape(option)
                run.sharing.unseen_code_runs()
            elif isinstance(option, ListValue):
                hand_over_containers(run, run.heap.items(option).items)


def plain_method(run: Run, receiver: Opaque, name: str, arguments: Arguments, at: cst.CSTNode) -> Value | None:
    """A method of an object of a library that never got anything but plain Python; None if it may give anything."""
    given = given_by(f"{receiver.node.path}.{name}")
    if not given or run.node_states.escaped(receiver.node):
        return None
    if not all(is_plain(run, value) for value in arguments.all()):
        return None
    hand_over_containers(run, arguments.all())
    return plain_result(run, given, (), f"{receiver.node.path}.{name}", at)


def plain_result(
    run: Run, given: str, edges: Iterable[Edge], path: str, at: cst.CSTNode, floating: Tri = None
) -> Value:
    """What a function gives, by the words for it (`knowledge.plain_python`); `edges` lead to what went in."""
    words = given.split()
    if words[0] == "object":
        return Opaque(replace(run.recorder.unknown(at=at), op=Op.OBJECT, path=words[1]))
    if words == ["never"]:
        run.end_all_paths()
        return run.anything()
    number = Number(run.recorder.number(edges, path, at, floating=floating))
    made: list[Value] = []
    for word in words:
        if word == "none":
            made.append(NONE)
        elif word in ("list", "tuple"):
            made.append(run.heap.sequence([number], exact=False, immutable=word == "tuple"))
        elif word != "never":
            made.append(number)
    return run.sharing.join(made)
