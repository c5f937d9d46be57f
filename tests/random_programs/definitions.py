"""Functions and classes of a random program, and how they are called."""

from __future__ import annotations

from tests.random_programs import asks, blocks, expressions, statements
from tests.random_programs.scope import Function, Kind, Scope, Tape, Value

Parameters = tuple[tuple[str, int], ...]


def define(scope: Scope) -> bool:
    """Write one definition; what can be called is known to `scope` afterwards."""
    pick = scope.program.pick
    known = scope.atoms()
    return pick.weighted(
        [
            (5, _computes),
            (5, _asks),
            (3, _takes_tape),
            (3, _gives_tape),
            (2, _closure if known else _computes),
            (1, _recursion),
            (2, _lambda if known else _computes),
            (4, _general),
            (4, _class),
        ]
    )(scope)


def _open(scope: Scope, name: str, parameters: Parameters, optional: str = "") -> Scope:
    """Write a `def` line; give the scope of its body."""
    inner = scope.inner()
    inner.open = []
    written = [text for text, _ in parameters] + ([f"{optional}=2.0"] if optional else [])
    scope.program.write(f"def {name}({', '.join(written)}):")
    for text, length in parameters:
        if length >= 0:
            inner.names[text] = scope.program.value(Kind.TENSOR, length)
    scope.program.indent += 1
    return inner


def _close(scope: Scope, known: Function) -> bool:
    scope.program.indent -= 1
    scope.functions[known.name] = known
    return True


def _parameters(scope: Scope, most: int = 2) -> Parameters:
    program = scope.program
    lengths = [program.length if program.pick.chance(20) else 0 for _ in range(program.pick.integer(1, most))]
    return tuple((program.fresh(("x", "a", "b", "arg")), length) for length in lengths)


def _computes(scope: Scope) -> bool:
    """A helper that computes, with a default argument perhaps, or that gives two results."""
    program, pick = scope.program, scope.program.pick
    name, parameters = program.fresh(("f", "model", "net")), _parameters(scope)
    optional = program.fresh(("scale", "rate")) if pick.chance(35) else ""
    inner = _open(scope, name, parameters, optional)
    length = parameters[0][1]
    for _ in range(pick.integer(0, 1)):
        (statements.cut if pick.chance(15) else statements.compute)(inner)
    flag = program.flag() if pick.chance(15) else ""
    if flag:
        program.write(f"if {flag}:")
        program.write(f"    return {expressions.unary(inner, (parameters[0][0], inner.names[parameters[0][0]]))[0]}")
    text, _ = expressions.unary(inner, (parameters[0][0], inner.names[parameters[0][0]]))
    if len(parameters) > 1 and parameters[1][1] in (0, length):
        text = expressions.fill(pick.one(expressions.PRODUCT), text, parameters[1][0])
    if pick.chance(12):
        text = expressions.fill(
            pick.one(("tf.stop_gradient({0})", "tf.round({0})", "tf.constant(({0}).numpy())")), text
        )
    if optional:
        text = f"{text} * {optional}"
    if pick.chance(20) and not flag and length == 0:
        program.write(f"return {text}, {expressions.atom(inner, 0)[0]}")
        return _close(scope, Function(name, parameters, "pair", 0, optional=optional))
    program.write(f"return {text}")
    return _close(scope, Function(name, parameters, "tensor", length, optional=optional))


def _asks(scope: Scope) -> bool:
    """A helper with a tape of its own that gives a gradient."""
    program, pick = scope.program, scope.program.pick
    name, parameters = program.fresh(("slope", "step", "derive")), _parameters(scope)
    inner = _open(scope, name, parameters)
    tape = program.fresh(("t", "tape"))
    source = parameters[0][0]
    program.write(f"with {program.maker}({'persistent=True' if pick.chance(15) else ''}) as {tape}:")
    program.indent += 1
    if pick.chance(60):
        program.write(f"{tape}.watch({source})")
    result = program.fresh(statements.RESULTS)
    text, value = expressions.unary(inner, (source, inner.names[source]))
    program.write(f"{result} = {text}")
    inner.names[result] = value
    if pick.chance(40):
        again = program.fresh(statements.RESULTS)
        text = expressions.fill(pick.one(expressions.CURVED), result)
        if pick.chance(30):
            text, _ = expressions.cut(inner, value.length)
        program.write(f"{again} = {text}")
        result = again
    program.indent -= 1
    if pick.chance(15):
        late = program.fresh(statements.RESULTS)
        program.write(f"{late} = {result} * 2.0")
        result = late
    asked = f"{tape}.gradient({result}, {source})"
    if pick.chance(40):
        answer = program.fresh(("g", "grad"))
        program.write(f"{answer} = {asked}")
        asked = answer
    program.write(f"return {asked}")
    return _close(scope, Function(name, parameters, "gradient", parameters[0][1]))


def _takes_tape(scope: Scope) -> bool:
    """A helper that gets a tape and asks it or makes it watch."""
    program, pick = scope.program, scope.program.pick
    name, tape = program.fresh(("ask", "note", "use")), program.fresh(("tape", "t"))
    if pick.chance(50):
        target, source = program.fresh(("y", "out")), program.fresh(("x", "a"))
        _open(scope, name, ((tape, -1), (target, 0), (source, 0)))
        program.write(f"return {tape}.gradient({target}, {source})")
        return _close(scope, Function(name, ((tape, -1), (target, 0), (source, 0)), "gradient"))
    source = program.fresh(("x", "a"))
    inner = _open(scope, name, ((tape, -1), (source, 0)))
    if pick.chance(70):
        program.write(f"{tape}.watch({source})")
    program.write(f"return {expressions.unary(inner, (source, inner.names[source]))[0]}")
    return _close(scope, Function(name, ((tape, -1), (source, 0)), "tensor"))


def _gives_tape(scope: Scope) -> bool:
    """A helper that gives a tape and what it recorded."""
    program, pick = scope.program, scope.program.pick
    name, parameters = program.fresh(("record", "start", "forward")), _parameters(scope, 1)
    inner = _open(scope, name, parameters)
    tape, result = program.fresh(("tape", "t")), program.fresh(statements.RESULTS)
    program.write(f"with {program.maker}({'persistent=True' if pick.chance(35) else ''}) as {tape}:")
    if pick.chance(55):
        program.write(f"    {tape}.watch({parameters[0][0]})")
    text, value = expressions.unary(inner, (parameters[0][0], inner.names[parameters[0][0]]))
    program.write(f"    {result} = {text}")
    program.write(f"return {tape}, {result}")
    return _close(scope, Function(name, parameters, "tape and tensor", value.length))


def _closure(scope: Scope) -> bool:
    """A function made by a function, over a value of its maker and a name of the module."""
    program, pick = scope.program, scope.program.pick
    name, made, inner_name = (
        program.fresh(("make", "build")),
        program.fresh(("apply", "layer")),
        program.fresh(("inner_f", "run")),
    )
    (parameter, _), captured = _parameters(scope, 1)[0], expressions.atom(scope, 0)
    held = program.fresh(("k", "c"))
    _open(scope, name, ((held, 0),))
    program.write(f"def {inner_name}({parameter}):")
    program.write(f"    return {pick.one(expressions.CURVED).format(parameter)} * {held}")
    program.write(f"return {inner_name}")
    program.indent -= 1
    program.write(f"{made} = {name}({captured[0]})")
    scope.functions[made] = Function(made, ((parameter, 0),), "tensor", 0, (captured[1],))
    return True


def _lambda(scope: Scope) -> bool:
    """A lambda over a name of its scope."""
    program, pick = scope.program, scope.program.pick
    name, captured = program.fresh(("g0", "act", "fn")), expressions.atom(scope, 0)
    text = expressions.fill(pick.one((*expressions.PRODUCT, "tf.sin({0})", "{0} ** 2")), "p0", captured[0])
    program.write(f"{name} = lambda p0: {text}")
    held = (captured[1],) if captured[0] in text.replace("p0", "") else ()
    scope.functions[name] = Function(name, (("p0", 0),), "tensor", 0, held)
    return True


def _recursion(scope: Scope) -> bool:
    """A power by recursion."""
    program = scope.program
    name = program.fresh(("power", "repeat"))
    program.write(f"def {name}(p0, depth=2):")
    program.write(f"    return p0 if depth == 0 else p0 * {name}(p0, depth - 1)")
    scope.functions[name] = Function(name, (("p0", 0),), "tensor", 0)
    return True


def _general(scope: Scope) -> bool:
    """A function with a body like any part of the program."""
    program = scope.program
    name, parameters = program.fresh(("work", "task", "train")), _parameters(scope)
    inner = _open(scope, name, parameters)
    statements.compute(inner)
    blocks.some(inner, 2, 4)
    program.write(f"return {expressions.atom(inner, 0)[0]}")
    return _close(scope, Function(name, parameters, "tensor", 0))


def _class(scope: Scope) -> bool:
    """A class with variables on `self`, a forward method and mostly a step; and one instance of it."""
    program, pick = scope.program, scope.program.pick
    kind, name = program.fresh(("Model", "Net", "Agent")), program.fresh(("m", "model", "net"))
    program.write(f"class {kind}:")
    program.indent += 1
    program.write("def __init__(self, start=2.0):")
    trainable = pick.weighted([(6, ""), (1, ", trainable=False")])
    program.write(f"    self.w = tf.Variable(start{trainable})")
    plain = pick.chance(50)
    program.write(f"    self.b = {'tf.constant(0.5)' if plain else 'tf.Variable(0.5)'}")
    own = {"w": Kind.FROZEN if trainable else Kind.VARIABLE, "b": Kind.TENSOR if plain else Kind.VARIABLE}
    held: dict[str, Value] = {key: program.value(value) for key, value in own.items()}
    method = pick.one(("__call__", "forward", "loss"))
    program.write(f"def {method}(self, p0):")
    body = pick.one(
        (
            "self.w * p0 + self.b",
            "tf.sin(self.w * p0)",
            "self.w ** 2 * p0",
            "tf.square(p0 - self.b)",
            "p0 * tf.stop_gradient(self.w)",
        )
    )
    program.write(f"    return {body}")
    called = "self" if method == "__call__" else f"self.{method}"
    if pick.chance(75):
        program.write("def step(self, p0):")
        program.indent += 1
        keep = pick.chance(12)
        program.write(f"with {program.maker}({'persistent=True' if pick.chance(20) else ''}) as tape:")
        inside = pick.chance(80)
        if pick.chance(20):
            program.write(f"    tape.watch({pick.one(('p0', 'self.b', 'self.w'))})")
        program.write(f"    y = {called}(p0) ** 2")
        if not inside:
            program.write("y = tf.reduce_sum(y)")
        if keep:
            program.write("self.tape = tape")
        program.write(f"g = tape.gradient(y, {pick.one(('self.w', 'self.w', 'self.b', 'p0'))})")
        if pick.chance(60):
            update = pick.one(("self.w.assign_sub(0.1 * g)", "self.w = self.w - 0.1 * g"))
            program.write("if g is not None:")
            program.write(f"    {update}")
        program.write("return g")
        program.indent -= 1
        scope.functions[f"{name}.step"] = Function(f"{name}.step", (("p0", 0),), "gradient", 0, tuple(held.values()))
    program.indent -= 1
    program.write(f"{name} = {kind}({pick.one(('', '3.0', 'start=1.5'))})")
    full = name if method == "__call__" else f"{name}.{method}"
    scope.functions[full] = Function(full, (("p0", 0),), "tensor", 0, tuple(held.values()))
    for key, value in held.items():
        scope.names[f"{name}.{key}"] = value
    return True


def call(scope: Scope) -> bool:
    """A call of a function that does not merely give a tensor."""
    program, pick = scope.program, scope.program.pick
    tapes = [
        name
        for name, tape in scope.tapes.items()
        if tape.entered and not tape.gone and (tape.persistent or not tape.spent)
    ]
    known = [one for one in scope.functions.values() if tapes or all(length >= 0 for _, length in one.parameters)]
    if not known:
        return False
    chosen = pick.one(known)
    tape = pick.one(tapes) if tapes else ""
    text, value = expressions.call(scope, chosen, tape)
    takes_tape = any(length < 0 for _, length in chosen.parameters)
    if chosen.gives == "pair":
        names = [program.fresh(statements.RESULTS), program.fresh(statements.RESULTS)]
        program.write(f"{names[0]}, {names[1]} = {text}")
        for name in names:
            scope.bind(name, scope.compute([value], 0))
    elif chosen.gives == "tape and tensor":
        names = [program.fresh(blocks.TAPES), program.fresh(statements.RESULTS)]
        program.write(f"{names[0]}, {names[1]} = {text}")
        scope.bind(names[1], value)
        made = Tape(program.number(), False, entered=True)
        value.reaches[made.number] = frozenset(scope.names[one].number for one in scope.names if one in text)
        made.watched = value.reaches[made.number]
        scope.tapes[names[0]] = made
        asks.ask(scope, names[0])
    elif chosen.gives == "gradient":
        name = program.fresh(("g", "slope", "dy"))
        program.write(f"{name} = {text}")
        value.kind, value.sure = Kind.GRADIENT, False
        scope.bind(name, value)
        if takes_tape:
            scope.tapes[tape].spent = True
        asks.use(scope, name)
    else:
        name = program.fresh(statements.RESULTS)
        program.write(f"{name} = {text}")
        scope.bind(name, value)
    return True
