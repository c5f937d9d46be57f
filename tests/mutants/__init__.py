"""Breaks correct programs as people break them, and counts how many of the breaks are found.

A mutant is a text with one gradient call that goes wrong, and the lines on which a finding may speak of it. Nobody runs
it: real code wants its data. So a few mutants are harmless, and the figures are to be compared with each other only.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass

ASKING = ("gradient", "jacobian", "batch_jacobian")


@dataclass(frozen=True)
class Asked:
    """One gradient call in a program: the statement that makes it, the block of its tape, what it is asked."""

    statement: ast.stmt
    body: list[ast.stmt]
    """The statements among which it stands."""
    call: ast.Call
    block: ast.With
    outer: list[ast.stmt]
    """The statements among which the block stands."""


@dataclass(frozen=True)
class Mutant:
    """A program with one break: its kind, its text, and the name of the tape that is asked."""

    kind: str
    text: str
    asked: str
    """The method call that a finding is to point at, as text."""


def mutants(text: str) -> Iterator[Mutant]:
    """Each break of each gradient call of a program, written by `ast.unparse`.

    Raises:
        SyntaxError: the text is not Python.
    """
    for number in range(len(list(asked_calls(ast.parse(text))))):
        for kind, act in KINDS.items():
            tree = ast.parse(text)
            asked = list(asked_calls(tree))[number]
            if act(asked):
                yield Mutant(kind, ast.unparse(ast.fix_missing_locations(tree)), ast.unparse(asked.call))


def asked_calls(tree: ast.Module) -> Iterator[Asked]:
    """The gradient calls of tapes whose block stands in the same function, before them or around them."""
    for owner in ast.walk(tree):
        for outer in (getattr(owner, name, None) for name in ("body", "orelse", "finalbody")):
            if not isinstance(outer, list):
                continue
            for place, block in enumerate(outer):
                name = _tape(block)
                if isinstance(block, ast.With) and name:
                    for body in (outer[place + 1 :], block.body):
                        for statement in body:
                            call = _call_on(statement, name)
                            if call is not None:
                                yield Asked(statement, block.body if body is block.body else outer, call, block, outer)


def _tape(block: ast.stmt) -> str:
    """The name of the one tape that a block opens; empty if it opens none, or keeps it longer than for one answer."""
    if not isinstance(block, ast.With) or len(block.items) != 1:
        return ""
    item = block.items[0]
    made = item.context_expr
    if (
        not isinstance(made, ast.Call)
        or not ast.unparse(made.func).endswith("GradientTape")
        or made.keywords
        or made.args
    ):
        return ""
    return item.optional_vars.id if isinstance(item.optional_vars, ast.Name) else ""


def _call_on(statement: ast.stmt, tape: str) -> ast.Call | None:
    """`x = tape.gradient(target, sources)`, if the target is a name."""
    value = statement.value if isinstance(statement, (ast.Assign, ast.Expr, ast.Return)) else None
    if not isinstance(value, ast.Call) or not isinstance(value.func, ast.Attribute) or value.func.attr not in ASKING:
        return None
    owner = value.func.value
    if not isinstance(owner, ast.Name) or owner.id != tape or len(value.args) != 2 or value.keywords:
        return None
    return value if isinstance(value.args[0], ast.Name) else None


def _target(asked: Asked) -> str:
    target = asked.call.args[0]
    assert isinstance(target, ast.Name)
    return target.id


def _after_the_block(asked: Asked, *texts: str) -> bool:
    """Put statements behind the block, or before the call if that stands in it."""
    statements = [one for text in texts for one in ast.parse(text).body]
    if asked.body is asked.block.body:
        place = asked.body.index(asked.statement)
        asked.body[place:place] = statements
    else:
        place = asked.outer.index(asked.block)
        asked.outer[place + 1 : place + 1] = statements
    return True


def _in_the_block(asked: Asked, text: str) -> bool:
    """Put a statement behind the last one that gives the target its value in the block."""
    place = _gives_target(asked)
    if place is None:
        return False
    asked.block.body[place + 1 : place + 1] = ast.parse(text).body
    return True


def _gives_target(asked: Asked) -> int | None:
    """Where in the block the target gets its value, last."""
    name = _target(asked)
    for place in reversed(range(len(asked.block.body))):
        one = asked.block.body[place]
        if isinstance(one, ast.Assign) and any(isinstance(to, ast.Name) and to.id == name for to in one.targets):
            return place
    return None


def one_indent_too_far_left(asked: Asked) -> bool:
    """The target is computed after the block."""
    place = _gives_target(asked)
    if place is None or asked.body is asked.block.body or len(asked.block.body) < 2:
        return False
    value = asked.block.body[place]
    if not isinstance(value, ast.Assign) or not isinstance(value.value, (ast.Call, ast.BinOp)):
        return False
    if any(_target(asked) in _names(one) for one in asked.block.body[place + 1 :]):
        return False
    asked.outer.insert(asked.outer.index(asked.block) + 1, asked.block.body.pop(place))
    return True


def forward_pass_before(asked: Asked) -> bool:
    """All but the last statement of the block is done before it."""
    if len(asked.block.body) < 2 or asked.body is asked.block.body or _gives_target(asked) != len(asked.block.body) - 1:
        return False
    first = asked.block.body[:-1]
    if not all(isinstance(one, ast.Assign) for one in first):
        return False
    del asked.block.body[:-1]
    place = asked.outer.index(asked.block)
    asked.outer[place:place] = first
    return True


def asked_twice(asked: Asked) -> bool:
    """A tape that is not persistent is asked for another gradient before."""
    return _after_the_block(asked, ast.unparse(ast.Expr(copy.deepcopy(asked.call))))


def target_out_of_tensorflow(asked: Asked) -> bool:
    """The target is taken out by `.numpy()` and made a tensor again."""
    name = _target(asked)
    return _in_the_block(asked, f"{name} = tf.constant({name}.numpy())")


def target_stopped(asked: Asked) -> bool:
    """The target goes through `tf.stop_gradient`."""
    name = _target(asked)
    return _in_the_block(asked, f"{name} = tf.stop_gradient({name})")


def target_of_integers(asked: Asked) -> bool:
    """The target is cast to integers, and back."""
    name = _target(asked)
    return _in_the_block(asked, f"{name} = tf.cast(tf.cast({name}, tf.int32), tf.float32)")


def another_tape(asked: Asked) -> bool:
    """A tape that was opened later is asked."""
    owner = asked.call.func
    assert isinstance(owner, ast.Attribute)
    owner.value = ast.Name("another_tape", ast.Load())
    return _after_the_block(asked, "with tf.GradientTape() as another_tape:\n    pass")


def swapped(asked: Asked) -> bool:
    """Target and sources are given the wrong way round."""
    asked.call.args.reverse()
    return True


def new_source(asked: Asked) -> bool:
    """The gradient is asked for with respect to a copy that is made for the call."""
    sources = asked.call.args[1]
    if isinstance(sources, ast.Name) and not sources.id.endswith(("s", "list")):
        asked.call.args[1] = ast.parse(f"tf.identity({sources.id})", mode="eval").body
        return True
    if isinstance(sources, ast.Attribute) and sources.attr.startswith("trainable_"):
        asked.call.args[1] = ast.parse(f"[tf.identity(v) for v in {ast.unparse(sources)}]", mode="eval").body
        return True
    return False


def nothing_watched(asked: Asked) -> bool:
    """`tape.watch(...)` is left out."""
    watching = [
        one
        for one in asked.block.body
        if isinstance(one, ast.Expr)
        and isinstance(one.value, ast.Call)
        and ast.unparse(one.value.func).endswith(".watch")
    ]
    if len(watching) != 1 or len(asked.block.body) < 2:
        return False
    asked.block.body.remove(watching[0])
    return True


def _names(statement: ast.stmt) -> set[str]:
    return {one.id for one in ast.walk(statement) if isinstance(one, ast.Name)}


KINDS: dict[str, Callable[[Asked], bool]] = {
    act.__name__.replace("_", " "): act
    for act in (
        one_indent_too_far_left, forward_pass_before, asked_twice, target_out_of_tensorflow, target_stopped,
        target_of_integers, another_tape, swapped, new_source, nothing_watched,
    )
}  # fmt: skip
"""What is done to a gradient call, by what it is called; each says whether it could be done."""
