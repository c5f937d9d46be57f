"""Statements that ask a tape for a gradient, and statements that use the answer."""

from __future__ import annotations

from tests.random_programs import expressions
from tests.random_programs.scope import Kind, Scope, Tape, Value

ANSWERS = ("g", "grad", "dy", "dx", "gw", "d")
SEVERAL = ("gs", "grads", "ds")
Pair = tuple[str, Value]


def ask(scope: Scope, name: str = "") -> bool:
    """Write one ask (of the tape `name`, if given) and, mostly, a use of its answer; tell whether there was a tape."""
    name = name or _choose_tape(scope)
    if name not in scope.tapes:
        # none to choose from, or the one asked for was deleted meanwhile
        return False
    tape = scope.tapes[name]
    raises = tape.spent and not tape.persistent
    if raises and scope.program.pick.chance(30):
        _caught(scope, name, tape)
        return True
    answers = _write_ask(scope, name, tape)
    if raises and scope.top and not scope.loops and scope.program.indent == 0:
        scope.program.left = min(scope.program.left, 2)
    for answer in answers[:1]:
        if scope.program.pick.chance(60):
            use(scope, answer)
    return True


def _choose_tape(scope: Scope) -> str:
    pick = scope.program.pick
    known = [(name, tape) for name, tape in scope.tapes.items() if not tape.gone and tape.entered]
    fresh = [name for name, tape in known if not tape.active and (tape.persistent or not tape.spent)]
    inside = [name for name, tape in known if tape.active and (tape.persistent or not tape.spent)]
    spent = [name for name, tape in known if tape.spent and not tape.persistent]
    if spent and pick.chance(40 if scope.program.left < 7 else 8):
        return pick.one(spent)
    if inside and pick.chance(15 if fresh else 45):
        return pick.one(inside)
    return pick.one(fresh) if fresh else ""


def _connected(scope: Scope, tape: Tape) -> list[tuple[Pair, Pair]]:
    """Pairs of a target and a source that are thought to be connected on `tape`."""
    known = scope.atoms()
    found = []
    for target in known:
        reached = target[1].reaches.get(tape.number, frozenset())
        found += [(target, source) for source in known if source[1].number in reached and tape.tracks(source[1])]
    return found


def _write_ask(scope: Scope, name: str, tape: Tape) -> list[str]:
    """Write the ask; give the texts of its answers."""
    pick = scope.program.pick
    pairs = _connected(scope, tape)
    sure = bool(pairs) and pick.chance(84)
    tensors = scope.atoms(kinds=(Kind.TENSOR,)) or scope.atoms()
    everything = scope.atoms(kinds=(Kind.TENSOR, Kind.VARIABLE, Kind.FROZEN, Kind.INTEGER))
    if not tensors or not everything:
        return []
    if sure:
        curved = [pair for pair in pairs if pair[0][1].curved]
        target, source = pick.one(pairs[-4:] if pick.chance(50) else curved or pairs)
    else:
        target, source = pick.one(tensors[-3:] if pick.chance(60) else tensors), pick.one(everything)
    if source[1] is target[1] and pick.chance(80):
        source = pick.one(everything)
    forms = [
        (40, "single"),
        (14, "several"),
        (6, "unpacked"),
        (6, "comprehension"),
        (4, "bare"),
        (3, "printed"),
        (3, "appended"),
        (5, "targets"),
        (4, "keyword"),
        (4, "jacobian"),
        (2, "computed"),
        (2, "zero"),
        (2, "outer"),
        (2, "walrus"),
        (2, "split"),
    ]
    lists = [text for text, items in scope.lists.items() if items]
    forms += [(5, "listed")] if lists else []
    forms += [(3, "mapped")] if scope.dicts else []
    forms += [(4, "loops")] if tape.persistent else []
    form = pick.weighted(forms)
    others = [pair for pair in everything if pair[1] is not source[1]]
    rest = pick.some(others, 1, 2) if others else []
    if sure and pick.chance(88):
        reached = [two for one, two in pairs if one[1] is target[1] and two[1] is not source[1]]
        rest = reached[:2] if reached or pick.chance(80) else rest
    answer = _answer(scope, target[1], source[1], sure)
    answers = [answer]
    text = ""
    where = f"{name}.gradient({target[0]}, {source[0]})"
    if form == "several":
        shape = pick.weighted([(6, "list"), (2, "tuple"), (2, "dict")])
        sources = [source, *rest]
        text = expressions.structure(shape, [one[0] for one in sources])
        result = scope.program.fresh(SEVERAL)
        scope.program.write(f"{result} = {name}.gradient({target[0]}, {text})")
        keys = [f'"{"abcdefgh"[index]}"' if shape == "dict" else str(index) for index in range(len(sources))]
        for key, one in zip(keys, sources, strict=True):
            scope.names[f"{result}[{key}]"] = _answer(scope, target[1], one[1], sure and one is source)
        _spend(tape)
        return [f"{result}[{keys[0]}]"]
    if form == "unpacked":
        sources = [source, *rest]
        results = [scope.program.fresh(ANSWERS) for _ in sources]
        text = ", ".join(results) + ("," if len(results) == 1 else "")
        asked = expressions.structure("list", [one[0] for one in sources])
        scope.program.write(f"{text} = {name}.gradient({target[0]}, {asked})")
        for result, one in zip(results, sources, strict=True):
            scope.names[result] = _answer(scope, target[1], one[1], sure and one is source)
        _spend(tape)
        return results
    if form in ("comprehension", "loops"):
        result = scope.program.fresh(SEVERAL)
        sources = [source, *rest] if tape.persistent or pick.chance(25) else [source]
        asked = expressions.structure("tuple", [one[0] for one in sources])
        scope.program.write(f"{result} = [{name}.gradient({target[0]}, s) for s in {asked}]")
        scope.names[f"{result}[0]"] = answer
        if len(sources) > 1 and not tape.persistent and scope.top and not scope.loops:
            scope.program.left = min(scope.program.left, 2)
        _spend(tape)
        return [f"{result}[0]"]
    if form in ("listed", "mapped"):
        container = pick.one(lists if form == "listed" else list(scope.dicts))
        result = scope.program.fresh(SEVERAL)
        scope.program.write(f"{result} = {name}.gradient({target[0]}, {container})")
        _spend(tape)
        return []
    if form == "bare":
        scope.program.write(where)
        _spend(tape)
        return []
    if form == "appended":
        result = scope.program.fresh(SEVERAL)
        scope.program.write(f"{result} = []")
        scope.program.write(f"{result}.append({where})")
        scope.names[f"{result}[0]"] = answer
        _spend(tape)
        return [f"{result}[0]"]
    if form == "printed":
        scope.program.write(f"print({where})")
        _spend(tape)
        return []
    result = scope.program.fresh(ANSWERS)
    if form == "targets" and len(tensors) > 1:
        shape = pick.one(("list", "list", "tuple"))
        text = expressions.structure(shape, [target[0], pick.one(tensors)[0]])
        scope.program.write(f"{result} = {name}.gradient({text}, {source[0]})")
    elif form == "keyword":
        scope.program.write(f"{result} = {name}.gradient(target={target[0]}, sources={source[0]})")
    elif form == "jacobian":
        slow = "" if not tape.persistent or pick.chance(30) else ", experimental_use_pfor=False"
        scope.program.write(f"{result} = {name}.jacobian({target[0]}, {source[0]}{slow})")
        answers = []
    elif form == "computed":
        template = pick.one(("{0} * 2.0", "tf.reduce_sum({0})", "tf.square({0})", "{0} + 1.0"))
        scope.program.write(f"{result} = {name}.gradient({expressions.fill(template, target[0])}, {source[0]})")
        answer.sure = answer.sure and tape.active
    elif form == "zero":
        zero = pick.one(('"zero"', "tf.UnconnectedGradients.ZERO"))
        scope.program.write(f"{result} = {name}.gradient({target[0]}, {source[0]}, unconnected_gradients={zero})")
    elif form == "outer":
        ones = f"tf.ones_like({target[0]})"
        scope.program.write(f"{result} = {name}.gradient({target[0]}, {source[0]}, output_gradients={ones})")
    elif form == "walrus":
        scope.program.write(f"if ({result} := {where}) is not None:")
        scope.program.write(f"    print({result}.shape)")
        answers = []
    elif form == "split":
        scope.program.write(f"{result} = {name}.gradient(")
        scope.program.write(f"    {target[0]},")
        scope.program.write(f"    {source[0]},")
        scope.program.write(")")
    else:
        scope.program.write(f"{result} = {where}")
        if not sure and not tape.spent and pick.chance(4):
            scope.program.write(f"assert {result} is None")
    scope.names[result] = answer
    if form == "jacobian":
        del scope.names[result]
    _spend(tape)
    return [result] if answers else []


def _answer(scope: Scope, target: Value, source: Value, sure: bool) -> Value:
    made = scope.compute([target, source], source.length, cut=not sure or not target.curved)
    made.kind, made.sure, made.curved = Kind.GRADIENT, sure, target.curved
    return made


def _spend(tape: Tape) -> None:
    tape.spent = True
    if not tape.persistent:
        tape.stopped = True


def _caught(scope: Scope, name: str, tape: Tape) -> None:
    """An ask whose error is expected."""
    program = scope.program
    program.write("try:")
    program.indent += 1
    before = dict(scope.names)
    answers = _write_ask(scope, name, tape)
    program.indent -= 1
    caught = program.pick.one(("RuntimeError", "RuntimeError", "Exception", "(RuntimeError, ValueError)"))
    program.write(f"except {caught}:")
    program.write(f"    {answers[0]} = None" if answers and scope.own(answers[0]) else "    pass")
    if program.pick.chance(15):
        program.write("finally:")
        program.write('    print("asked")')
    scope.names = before


def use(scope: Scope, answer: str) -> None:
    """Use an answer, after a look at it unless it is thought to be a tensor."""
    program, pick = scope.program, scope.program.pick
    value = scope.names[answer]
    if value.kind is not Kind.GRADIENT:
        return
    if not value.sure and pick.chance(8):
        program.write(f"print({answer})")
        return
    guarded = pick.chance(50 if value.sure else 96)
    if not guarded:
        _step(scope, answer, value)
        return
    if pick.chance(12):
        fallback, other = expressions.atom(scope, value.length)
        result = program.fresh(("h", "q", "r"))
        program.write(f"{result} = {answer} * 2.0 if {answer} is not None else {fallback}")
        scope.names[result] = scope.compute([value, other], value.length)
        return
    program.write(f"if {answer} is not None:")
    program.indent += 1
    inside = scope.branch()
    _step(inside, answer, value)
    program.indent -= 1
    other_side = scope.branch()
    if pick.chance(20):
        program.write("else:")
        program.write(f'    print("{answer.split("[")[0]}")')
    scope.join(inside, other_side)


def _step(scope: Scope, answer: str, value: Value) -> None:
    """A statement that needs the answer to be a tensor."""
    program, pick = scope.program, scope.program.pick
    same = scope.atoms(value.length, (Kind.TENSOR, Kind.VARIABLE))
    bound = [(text, one) for text, one in same if text in scope.names and scope.own(text) and text != answer]
    variables = [text for text, one in same if one.kind is Kind.VARIABLE]
    form = pick.weighted(
        [(4, "compute"), (5 if bound else 0, "rebind"), (4 if variables else 0, "assign"), (1, "print")]
    )
    if form == "rebind":
        name, old = pick.one(bound)
        new = scope.compute([old, value], value.length)
        shorthand = old.kind is Kind.TENSOR and not scope.loops and pick.chance(40)
        program.write(f"{name} -= 0.1 * {answer}" if shorthand else f"{name} = {name} - 0.1 * {answer}")
        scope.names[name] = new
    elif form == "assign":
        program.write(f"{pick.one(variables)}.assign_sub(0.1 * {answer})")
    elif form == "compute":
        result = program.fresh(("h", "q", "r", "penalty"))
        made = expressions.tensor(scope, value.length, 0) if pick.chance(30) else None
        shape = pick.one(("{0} * 2.0", "{0} ** 2", "tf.square({0})", "tf.sin({0})"))
        text = expressions.fill(shape, answer)
        if made:
            program.write(f"{result} = {text} + {made[0]}")
            scope.names[result] = scope.compute([value, made[1]], value.length, curved=True)
        else:
            program.write(f"{result} = {text}")
            scope.names[result] = scope.compute([value], value.length, curved=True)
    else:
        program.write(f"print({answer}.shape)")
