"""Plain statements of a random program: bindings, containers, state, watching; blocks and asks are elsewhere."""

from __future__ import annotations

from tests.random_programs import expressions
from tests.random_programs.scope import Kind, Scope, Value

RESULTS = ("y", "z", "h", "loss", "u", "out", "p", "q", "r")
LEAVES = ("x", "w", "v", "a", "b", "c", "k", "s0")


def _length(scope: Scope) -> int:
    return scope.program.length if scope.program.pick.chance(30) else 0


def constant(scope: Scope) -> bool:
    """A tensor out of nothing."""
    pick, length = scope.program.pick, _length(scope)
    name = scope.program.fresh(LEAVES)
    written = expressions.literal(scope, length)
    text = pick.one(
        (f"tf.constant({written})", f"tf.convert_to_tensor({written})", f"tf.constant({written}, dtype=tf.float32)")
    )
    scope.program.write(f"{name} = {text}")
    scope.bind(name, scope.program.value(Kind.TENSOR, length))
    return True


def variable(scope: Scope) -> bool:
    """A variable: trainable, frozen, of integers, or made from a tensor."""
    pick, length = scope.program.pick, _length(scope)
    name = scope.program.fresh(LEAVES)
    form = pick.weighted([(14, "trainable"), (3, "frozen"), (2, "integer"), (2, "copy")])
    if form == "integer":
        maker = pick.one(("tf.Variable", "tf.constant"))
        scope.program.write(f"{name} = {maker}({'[1, 2, 3][:' + str(length) + ']' if length else '3'})")
        scope.bind(name, scope.program.value(Kind.INTEGER, length))
        return True
    if form == "copy":
        text, _ = expressions.atom(scope, length)
        scope.program.write(f"{name} = tf.Variable({text})")
        scope.bind(name, scope.program.value(Kind.VARIABLE, length))
        return True
    extra = (
        ", trainable=False"
        if form == "frozen"
        else pick.weighted([(6, ""), (1, ", trainable=True"), (1, ', name="w"')])
    )
    scope.program.write(f"{name} = tf.Variable({expressions.literal(scope, length)}{extra})")
    scope.bind(name, scope.program.value(Kind.FROZEN if form == "frozen" else Kind.VARIABLE, length))
    return True


def compute(scope: Scope) -> bool:
    """A result of ops that connect."""
    pick = scope.program.pick
    text, value = expressions.tensor(scope, _length(scope), pick.integer(0, 2))
    return _bind(scope, text, value)


def cut(scope: Scope) -> bool:
    """A result of something that cuts, or that mixes a cut value with a connected one."""
    pick, length = scope.program.pick, _length(scope)
    text, value = expressions.cut(scope, length)
    if pick.chance(25):
        other, second = expressions.atom(scope, length)
        text, value = f"{text} * {other}", scope.compute([value, second], length)
    elif pick.chance(30):
        text, value = expressions.unary(scope, (text, value))
    return _bind(scope, text, value)


def integers(scope: Scope) -> bool:
    """A use of an integer tensor: its cast to float is a fresh tensor without a path."""
    known = scope.atoms(kinds=(Kind.INTEGER,))
    if not known:
        return False
    name, value = scope.program.pick.one(known)
    other, second = expressions.atom(scope, value.length)
    return _bind(scope, f"tf.cast({name}, tf.float32) * {other}", scope.compute([second], value.length))


def number(scope: Scope) -> bool:
    """A Python number taken from a tensor, and a use of it."""
    pick = scope.program.pick
    known = scope.atoms(0)
    if not known:
        return False
    text, _ = pick.one(known)
    name = scope.program.fresh(("n", "m", "val"))
    scope.program.write(f"{name} = {pick.one((f'float({text})', f'{text}.numpy()', f'np.sum({text}.numpy())'))}")
    other, value = expressions.atom(scope, None)
    return _bind(scope, f"{other} * {name}", scope.compute([value], value.length))


def _bind(scope: Scope, text: str, value: Value) -> bool:
    """Bind a result to a fresh name, or now and then to one that is known."""
    pick = scope.program.pick
    old = [
        name
        for name, one in scope.names.items()
        if scope.own(name) and one.length == value.length and one.kind is Kind.TENSOR
    ]
    if old and pick.chance(14):
        name = pick.one(old)
        if pick.chance(40):
            scope.program.write(f"{name} {pick.one(('+=', '*=', '-='))} {text}")
            value = scope.compute([scope.names[name], value], value.length, curved=True)
        else:
            scope.program.write(f"{name} = {text}")
    else:
        name = scope.program.fresh(RESULTS)
        annotation = ": tf.Tensor" if pick.chance(2) else ""
        scope.program.write(f"{name}{annotation} = {text}")
    scope.names.pop(name, None)
    scope.bind(name, value)
    return True


def watch(scope: Scope) -> bool:
    """A watch, mostly by a tape that records; of one value or of a list."""
    pick = scope.program.pick
    named = {name: tape for name, tape in scope.tapes.items() if tape.entered and not tape.spent and not tape.gone}
    recording = [name for name, tape in named.items() if tape.active and not tape.stopped]
    if not named or (not recording and pick.chance(70)):
        return False
    name = pick.one(recording or list(named))
    known = scope.atoms(kinds=(Kind.TENSOR, Kind.VARIABLE, Kind.FROZEN))
    known += scope.atoms(kinds=(Kind.INTEGER,)) if pick.chance(6) else []
    if not known:
        return False
    missing = [item for item in known if not named[name].tracks(item[1])]
    pool = missing if missing and pick.chance(85) else known
    chosen = pick.some(pool, 1, 1 if pick.chance(75) else 3)
    if scope.lists and pick.chance(12):
        listed = pick.one(list(scope.lists))
        scope.program.write(f"{name}.watch({listed})")
        chosen = [(listed, item) for item in scope.lists[listed]]
    elif len(chosen) == 1:
        scope.program.write(f"{name}.watch({chosen[0][0]})")
    elif pick.chance(40):
        scope.program.write(f"for s in ({', '.join(text for text, _ in chosen)}):")
        scope.program.write(f"    {name}.watch(s)")
    else:
        scope.program.write(f"{name}.watch([{', '.join(text for text, _ in chosen)}])")
    named[name].watched |= {value.number for _, value in chosen if value.kind is not Kind.INTEGER}
    return True


def state(scope: Scope) -> bool:
    """A variable's state changed: whatever is read afterwards has no path to what was assigned."""
    pick = scope.program.pick
    variables = scope.atoms(kinds=(Kind.VARIABLE, Kind.FROZEN))
    if not variables:
        return False
    text, value = pick.one(variables)
    other, _ = expressions.atom(scope, value.length)
    method = pick.one(("assign", "assign_add", "assign_sub"))
    if pick.chance(20):
        return _bind(scope, f"{text}.{method}({other}) * 2.0", scope.compute([value], value.length))
    scope.program.write(f"{text}.{method}({other})")
    return True


def alias(scope: Scope) -> bool:
    """A second name, an exchange of two names, or a value read out of a variable."""
    pick = scope.program.pick
    known = scope.atoms()
    if not known:
        return False
    form = pick.weighted([(4, "alias"), (2, "pair"), (2, "swap"), (3, "read"), (2, "choice")])
    text, value = pick.one(known)
    if form == "pair":
        other, second = pick.one(known)
        names = [scope.program.fresh(LEAVES), scope.program.fresh(RESULTS)]
        scope.program.write(f"{names[0]}, {names[1]} = {text}, {other}")
        scope.bind(names[0], value)
        scope.bind(names[1], second)
        return True
    if form == "swap":
        own = [(one, two) for one, two in known if one in scope.names and scope.own(one) and two.kind is Kind.TENSOR]
        same = [(one, two) for one, two in own if two.length == own[0][1].length]
        if len(same) > 1:
            (one, first), (two, second) = same[0], same[-1]
            scope.program.write(f"{one}, {two} = {two}, {one}")
            scope.names[one], scope.names[two] = second, first
            return True
    name = scope.program.fresh(RESULTS)
    if form == "read":
        template = "{0}.value()" if value.kind in (Kind.VARIABLE, Kind.FROZEN) else "tf.identity({0})"
        scope.program.write(f"{name} = {template.format(text)}")
        scope.bind(name, scope.compute([value], value.length))
        return True
    if form == "choice":
        same = [pair for pair in known if pair[1].length == value.length]
        flag = scope.program.flag()
        if flag:
            other, second = pick.one(same)
            scope.program.write(f"{name} = {text} if {flag} else {other}")
            chosen = pick.one((value, second))
            scope.bind(name, second if chosen.kind in (Kind.VARIABLE, Kind.FROZEN) else chosen)
            return True
    scope.program.write(f"{name} = {text}")
    scope.bind(name, value)
    return True


def containers(scope: Scope) -> bool:
    """A list, tuple or dict of tensors: made, extended, changed, unpacked, or run through a comprehension."""
    pick = scope.program.pick
    known = scope.atoms(0 if pick.chance(75) else scope.program.length)
    own = [name for name in scope.lists if scope.own(name)]
    form = pick.weighted(
        [
            (4, "list"),
            (9 if own else 0, "append"),
            (2 if own else 0, "set"),
            (3 if scope.lists else 0, "each"),
            (2, "dict"),
            (2 if scope.dicts else 0, "put"),
            (2 if scope.lists else 0, "unpack"),
        ]
    )
    if not known:
        return False
    text, value = pick.one(known)
    if form == "list":
        name = scope.program.fresh(("xs", "ts", "ws"))
        items = pick.some(known, 1, 3)
        scope.program.write(f"{name} = [{', '.join(one for one, _ in items)}]")
        scope.lists[name] = [two for _, two in items]
    elif form == "append":
        name = pick.one(own)
        same = [pair for pair in known if all(item.length == pair[1].length for item in scope.lists[name])]
        if not same:
            return False
        text, value = pick.one(same)
        scope.program.write(f"{name}.append({text})" if pick.chance(70) else f"{name} += [{text}]")
        scope.lists[name].append(value)
    elif form == "set":
        name = pick.one(own)
        length = scope.lists[name][0].length
        made, result = expressions.tensor(scope, length, 0)
        scope.program.write(f"{name}[0] = {made}")
        scope.lists[name][0] = result
    elif form == "each":
        source = pick.one(list(scope.lists))
        name = scope.program.fresh(("us", "ys", "zs"))
        template = pick.one(("tf.sin(s)", "s * 2.0", "s ** 2", "tf.identity(s)"))
        scope.program.write(f"{name} = [{template} for s in {source}]")
        scope.lists[name] = [scope.compute([item], item.length, curved=True) for item in scope.lists[source]]
    elif form == "dict":
        name = scope.program.fresh(("params", "parts", "table"))
        items = pick.some(known, 1, 3)
        scope.program.write(f"{name} = {expressions.structure('dict', [one for one, _ in items])}")
        scope.dicts[name] = {"abc"[index]: two for index, (_, two) in enumerate(items)}
    elif form == "put":
        name = pick.one(list(scope.dicts))
        made, result = expressions.tensor(scope, 0, 0)
        scope.program.write(f'{name}["e"] = {made}')
        scope.dicts[name]["e"] = result
    else:
        source = pick.one(list(scope.lists))
        items_ = scope.lists[source]
        if scope.loops or len(items_) < 2 or pick.chance(20):
            name = scope.program.fresh(RESULTS)
            scope.program.write(f"{name}, *_ = {source}")
            scope.bind(name, items_[0])
        else:
            names = [scope.program.fresh(RESULTS) for _ in items_]
            scope.program.write(f"{', '.join(names)} = {source}")
            for name, item in zip(names, items_, strict=True):
                scope.bind(name, item)
    return True


def forget(scope: Scope) -> bool:
    """A name deleted: a tape that is no longer needed, or a tensor."""
    pick = scope.program.pick
    if scope.loops:
        return False
    tapes = [name for name, tape in scope.tapes.items() if scope.own(name) and tape.persistent and not tape.active]
    if tapes and pick.chance(80):
        name = pick.one(tapes)
        scope.program.write(f"del {name}")
        del scope.tapes[name]
        return True
    names = [name for name, value in scope.names.items() if scope.own(name) and value.kind is Kind.TENSOR]
    if len(names) < 4:
        return False
    name = pick.one(names)
    scope.program.write(f"del {name}")
    del scope.names[name]
    return True


def look(scope: Scope) -> bool:
    """Something harmless: a value printed or checked."""
    text, _ = expressions.atom(scope, 0)
    if '"' in text:
        return False
    pick = scope.program.pick
    scope.program.write(
        pick.one((f'print(f"{{float({text}):.2f}}")', f"assert {text} is not None", f"print({text}.numpy())"))
    )
    return True
