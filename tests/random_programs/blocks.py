"""Compound statements of a random program: tape blocks, branches, loops, try; and the mix of statements in them."""

from __future__ import annotations

from collections.abc import Callable

from tests.random_programs import asks, expressions, statements
from tests.random_programs.scope import Kind, Scope, Tape

TAPES = ("t", "tape", "outer", "inner", "t1")
Action = Callable[[Scope], bool]
SNIPPETS = 34
"""How many of 100 statements are a snippet, where the program may use the whole language."""


def some(scope: Scope, least: int, most: int, *, plain: bool = False) -> None:
    """Write between `least` and `most` statements; `plain` leaves compound ones out."""
    program = scope.program
    for index in range(program.pick.integer(least, most)):
        if program.left <= 0 and index > 0:
            return
        if program.snippet and program.pick.chance(SNIPPETS):
            program.snippet(scope)
            continue
        action = program.pick.weighted(PLAIN if plain or program.left < 5 or program.indent > 3 else MIXED)
        if not action(scope):
            statements.compute(scope)


def _make(scope: Scope) -> tuple[str, Tape]:
    """The text that makes a tape, and the tape."""
    pick = scope.program.pick
    automatic = not pick.chance(9)
    persistent = pick.weighted([(13, ""), (6, "persistent=True"), (2, "True"), (1, "persistent=False"), (1, "flag")])
    if persistent == "flag":
        flag = scope.program.flag()
        persistent = f"persistent={flag}" if flag and " " not in flag else ""
    arguments = [persistent] if persistent else []
    if not automatic:
        arguments.append("watch_accessed_variables=False")
    tape = Tape(scope.program.number(), "True" in persistent, automatic)
    return f"{scope.program.maker}({', '.join(arguments)})", tape


def _enter(scope: Scope, tape: Tape) -> None:
    if tape.spent and not tape.persistent:
        tape.number, tape.watched = scope.program.number(), frozenset()
    tape.entered, tape.active, tape.stopped = True, True, False
    tape.spent = tape.spent and tape.persistent
    scope.open.append(tape)


def _leave(scope: Scope, tape: Tape) -> None:
    tape.active = False
    if scope.open and scope.open[-1].number == tape.number:
        scope.open.pop()


def tape_block(scope: Scope) -> bool:
    """A `with` over one tape or two, new, made before or entered again; then, mostly, an ask."""
    program, pick = scope.program, scope.program.pick
    form = pick.weighted(
        [(30, "new"), (4, "again"), (3, "made"), (3, "two"), (2, "stack"), (1, "unnamed"), (2, "reused")]
    )
    closed = [
        name for name, tape in scope.tapes.items() if not tape.active and not tape.gone and name not in scope.foreign
    ]
    entered: list[tuple[str, Tape]] = []
    if form == "again" and closed:
        name = pick.one(closed)
        program.write(f"with {name}:")
        entered = [(name, scope.tapes[name])]
    elif form == "made":
        text, tape = _make(scope)
        name = program.fresh(TAPES)
        program.write(f"{name} = {text}")
        if pick.chance(30):
            statements.compute(scope)
        program.write(f"with {name}:")
        entered = [(name, tape)]
    elif form == "two":
        first, second = _make(scope), _make(scope)
        names = [program.fresh(TAPES), program.fresh(TAPES)]
        program.write(f"with {first[0]} as {names[0]}, {second[0]} as {names[1]}:")
        entered = [(names[0], first[1]), (names[1], second[1])]
    elif form == "stack":
        text, tape = _make(scope)
        name = program.fresh(TAPES)
        program.write("with contextlib.ExitStack() as stack:")
        program.write(f"    {name} = stack.enter_context({text})")
        entered = [(name, tape)]
    elif form == "unnamed":
        text, tape = _make(scope)
        program.write(f"with {text}:")
        entered = [("", tape)]
    else:
        text, tape = _make(scope)
        again = [name for name in closed if scope.own(name)]
        name = pick.one(again) if form == "reused" and again else program.fresh(TAPES)
        program.write(f"with {text} as {name}:")
        entered = [(name, tape)]
    for name, tape in entered:
        if name:
            scope.tapes[name] = tape
        _enter(scope, tape)
    program.indent += 1
    _body(scope, entered)
    program.indent -= 1
    for _, tape in reversed(entered):
        _leave(scope, tape)
    names_ = [name for name, tape in entered if name and (tape.persistent or not tape.spent)]
    for name in names_:
        if pick.chance(82 if len(scope.open) == 0 else 70):
            asks.ask(scope, name)
            if scope.tapes[name].persistent and pick.chance(45):
                asks.ask(scope, name)
        if (
            name in scope.tapes
            and scope.tapes[name].persistent
            and not scope.loops
            and scope.own(name)
            and pick.chance(30)
        ):
            program.write(f"del {name}")
            del scope.tapes[name]
    return True


def _body(scope: Scope, entered: list[tuple[str, Tape]]) -> None:
    """The body of a tape block: often a watch first, always an op."""
    pick = scope.program.pick
    for name, tape in entered:
        plain = [pair for pair in scope.atoms() if not tape.tracks(pair[1])]
        tracked = any(tape.tracks(value) for _, value in scope.atoms())
        if not tracked and (not plain or not name or pick.chance(20)):
            statements.variable(scope)
        elif name and plain and pick.chance(25 if tracked else 88):
            text, value = pick.one(plain)
            scope.program.write(f"{name}.watch({text})")
            tape.watched |= {value.number}
    if pick.chance(30) and len(scope.open) < 3 and scope.program.left > 8:
        tape_block(scope)
    for _ in range(pick.integer(1, 3)):
        statements.compute(scope)
    if pick.chance(7):
        stopped(scope)
    some(scope, 0, 2)


def stopped(scope: Scope) -> bool:
    """`with t.stop_recording():` where the tape records, or a `reset`."""
    program, pick = scope.program, scope.program.pick
    known = [(name, tape) for name, tape in scope.tapes.items() if tape.active and not tape.stopped and not tape.spent]
    if not known:
        return False
    name, tape = pick.one(known)
    if pick.chance(35):
        program.write(f"{name}.reset()")
        tape.number, tape.watched = program.number(), frozenset()
        return True
    program.write(f"with {name}.stop_recording():")
    program.indent += 1
    tape.stopped = True
    some(scope, 1, 2, plain=True)
    tape.stopped = False
    program.indent -= 1
    return True


def branch(scope: Scope) -> bool:
    """An `if` on a flag that nobody can see, with or without `else`."""
    program, pick = scope.program, scope.program.pick
    flag = program.flag()
    if not flag:
        return False
    program.write(f"if {flag}:")
    one = _branch(scope, 1, 3)
    if pick.chance(60):
        program.write("else:")
        two = _branch(scope, 1, 3)
    else:
        two = scope.branch()
    scope.join(one, two)
    return True


def _branch(scope: Scope, least: int, most: int) -> Scope:
    inside = scope.branch()
    scope.program.indent += 1
    some(inside, least, most)
    scope.program.indent -= 1
    return inside


def loop(scope: Scope) -> bool:
    """A loop over a range, over tensors, or by a counter; most bodies are a training step."""
    program, pick = scope.program, scope.program.pick
    if scope.loops > 1:
        return False
    inside = scope.branch()
    inside.loops += 1
    form = pick.weighted(
        [(6, "range"), (3, "while"), (2, "items"), (1, "enumerate"), (2 if scope.lists else 0, "list")]
    )
    if form == "while":
        counter = program.fresh(("step", "count", "i"))
        program.write(f"{counter} = 0")
        program.write(f"while {counter} < {pick.integer(1, 3)}:")
        program.write(f"    {counter} += 1")
    elif form == "range":
        bound = pick.weighted([(2, "1"), (5, "2"), (4, "3"), (1, "1, 3")])
        program.write(f"for {pick.one(('_', 'step', 'i'))} in range({bound}):")
    else:
        name = program.fresh(("e", "item", "each"))
        if form == "list":
            listed = pick.one(list(scope.lists))
            written, values = listed, scope.lists[listed]
        else:
            length = program.length if pick.chance(20) else 0
            items = pick.some(scope.atoms(length), 1, 3)
            if not items:
                return False
            written, values = f"({', '.join(text for text, _ in items)},)", [value for _, value in items]
        before = f"i, {name}" if form == "enumerate" else name
        program.write(f"for {before} in {f'enumerate({written})' if form == 'enumerate' else written}:")
        shown = pick.one(values)
        shown = shown if shown.kind is not Kind.FROZEN and shown.kind is not Kind.VARIABLE else values[-1]
        inside.bind(name, shown)
    program.indent += 1
    if pick.chance(65) and program.left > 4:
        tape_block(inside)
        some(inside, 0, 1)
    else:
        some(inside, 1, 3)
    left_early = False
    flag = program.flag() if pick.chance(35) else ""
    if flag:
        left_early = True
        program.write(f"if {flag}:")
        program.write(f"    {pick.one(('break', 'continue'))}")
        some(inside, 0, 1)
    program.indent -= 1
    if pick.chance(8):
        program.write("else:")
        program.write('    print("done")')
    if left_early:
        scope.join(inside, scope.branch())
    else:
        scope.join(inside, inside)
    return True


def attempt(scope: Scope) -> bool:
    """A `try` around something that may fail, or only a `finally`."""
    program, pick = scope.program, scope.program.pick
    program.write("try:")
    inside = _branch(scope, 1, 2)
    if pick.chance(75):
        program.write(
            pick.one(("except (RuntimeError, TypeError):", "except ValueError:", "except Exception as error:"))
        )
        if program.text[-1].endswith("error:"):
            program.write("    print(type(error).__name__)")
        else:
            program.write("    pass")
        scope.join(inside, scope.branch())
        return True
    program.write("finally:")
    program.write('    print("over")')
    scope.join(inside, inside)
    return True


def second_order(scope: Scope) -> bool:
    """A gradient of a gradient: the inner one asked inside or, by mistake, outside the outer's block."""
    program, pick = scope.program, scope.program.pick
    text, value = expressions.atom(scope, 0)
    if text.startswith("tf.") or program.left < 7:
        return False
    (make_outer, outer), (make_inner, inner) = _make(scope), _make(scope)
    names = program.fresh(("outer", "t2", "o")), program.fresh(("inner", "t1", "n1"))
    program.write(f"with {make_outer} as {names[0]}:")
    program.indent += 1
    scope.tapes[names[0]], scope.tapes[names[1]] = outer, inner
    _enter(scope, outer)
    if not outer.tracks(value) and pick.chance(80):
        program.write(f"{names[0]}.watch({text})")
        outer.watched |= {value.number}
    program.write(f"with {make_inner} as {names[1]}:")
    program.indent += 1
    _enter(scope, inner)
    if not inner.tracks(value) and pick.chance(85):
        program.write(f"{names[1]}.watch({text})")
        inner.watched |= {value.number}
    target = program.fresh(("y", "f", "u"))
    written = pick.one(("{0} ** 3", "tf.sin({0})", "{0} * {0} * {0}", "tf.exp({0})"))
    program.write(f"{target} = {expressions.fill(written, *([text] * written.count('{0}')))}")
    scope.bind(target, scope.compute([value], 0, curved=True))
    some(scope, 0, 1, plain=True)
    inside = pick.chance(25)
    if inside:
        asks.ask(scope, names[1])
    program.indent -= 1
    _leave(scope, inner)
    if not inside and pick.chance(80):
        asks.ask(scope, names[1])
    some(scope, 0, 2, plain=True)
    program.indent -= 1
    _leave(scope, outer)
    if not inner.spent:
        asks.ask(scope, names[1])
    if not outer.spent:
        asks.ask(scope, names[0])
    return True


PLAIN: list[tuple[int, Action]] = [
    (30, statements.compute),
    (9, statements.cut),
    (5, statements.variable),
    (3, statements.constant),
    (2, statements.integers),
    (2, statements.number),
    (9, statements.watch),
    (3, statements.state),
    (5, statements.alias),
    (15, statements.containers),
    (3, statements.forget),
    (2, statements.look),
    (24, asks.ask),
]
MIXED: list[tuple[int, Action]] = [
    *PLAIN,
    (24, tape_block),
    (8, second_order),
    (16, stopped),
    (16, branch),
    (20, loop),
    (5, attempt),
]
