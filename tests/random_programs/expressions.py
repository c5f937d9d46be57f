"""Expressions of a random program: ops that connect, ops that cut, and what they are thought to compute."""

from __future__ import annotations

from collections.abc import Sequence

from tests.random_programs.scope import Function, Kind, Scope, Value

Text = tuple[str, Value]

CURVED = (
    "tf.square({0})",
    "tf.sin({0})",
    "{0} ** 2",
    "tf.exp({0})",
    "tf.tanh({0})",
    "tf.cos({0})",
    "{0} ** 3",
    "tf.sigmoid({0})",
    "tf.math.sin({0})",
    "tf.nn.softplus({0})",
    "tf.math.log(tf.abs({0}) + 1.0)",
    "tf.pow({0}, 2.0)",
    "1.0 / ({0} + 4.0)",
    "tf.sqrt(tf.abs({0}) + 1.0)",
    "tf.math.square({0})",
    "tf.nn.elu({0})",
)
STRAIGHT = (
    "{0} * 2.0",
    "3.0 * {0}",
    "{0} + 1.0",
    "1.0 - {0}",
    "{0} / 2.0",
    "-{0}",
    "tf.identity({0})",
    "tf.nn.relu({0})",
    "tf.abs({0})",
    "tf.clip_by_value({0}, -1.0, 1.0)",
    "abs({0})",
    "tf.negative({0})",
    "tf.sign({0})",
    "np.float32(2.0) * {0}",
    "tf.maximum({0}, 0.5)",
    "tf.cast({0}, tf.float32)",
    "tf.convert_to_tensor({0})",
    "tf.add({0}, 1.0)",
    "tf.reverse(tf.reshape({0}, [-1]), [0])[0]",
)
PRODUCT = (
    "{0} * {1}",
    "tf.multiply({0}, {1})",
    "{0} * tf.sin({1})",
    "{0} / ({1} + 5.0)",
    "tf.math.squared_difference({0}, {1})",
)
SUM = (
    "{0} + {1}",
    "{0} - {1}",
    "tf.add({0}, {1})",
    "tf.maximum({0}, {1})",
    "tf.where({0} > 0.0, {0}, {1})",
    "tf.subtract({0}, {1})",
)
REDUCE = (
    "tf.reduce_sum({0})",
    "tf.reduce_mean({0})",
    "{0}[0]",
    "{0}[1]",
    "tf.reduce_max({0})",
    "{0}[-1]",
    "sum(tf.unstack({0}))",
    "tf.reduce_sum({0} * {0})",
    "tf.norm({0})",
    "tf.math.reduce_sum({0}, axis=0)",
)
DOT = (
    "tf.tensordot({0}, {1}, 1)",
    "tf.reduce_sum({0} * {1})",
    "tf.matmul(tf.reshape({0}, [1, -1]), tf.reshape({1}, [-1, 1]))[0, 0]",
)
CUT = (
    "tf.stop_gradient({0})",
    "tf.constant({0}.numpy())",
    "tf.round({0})",
    "tf.cast({0} > 0.5, tf.float32)",
    "tf.zeros_like({0})",
    "tf.cast(tf.cast({0}, tf.int32), tf.float32)",
    "tf.floor({0})",
    "tf.constant(np.sin({0}.numpy()))",
    "tf.ones_like({0})",
    "tf.convert_to_tensor({0}.numpy())",
    "tf.math.ceil({0})",
    "tf.where({0} > 0.0, tf.ones_like({0}), tf.zeros_like({0}))",
    "tf.stop_gradient({0} * 2.0)",
    "tf.cast(tf.equal({0}, 1.0), tf.float32)",
)
CUT_SCALAR = ("tf.constant(float({0}))", "tf.constant({0}.numpy() * 2.0)", "tf.cast({0} < 0.0, tf.float32)")
CUT_VECTOR = (
    "tf.cast(tf.argmax({0}), tf.float32)",
    "tf.cast(tf.size({0}), tf.float32)",
    "tf.constant(np.sum({0}))",
    "tf.cast(tf.shape({0})[0], tf.float32)",
    "tf.cast(tf.math.count_nonzero({0}), tf.float32)",
)


def fill(template: str, *texts: str) -> str:
    """Put operands into a template, in parentheses where an operator could tear them apart."""
    called = template.startswith("tf.") and template.count("{") == 1 and template.endswith("({0})")
    return template.format(*(text if called or _whole(text) else f"({text})" for text in texts))


def _whole(text: str) -> bool:
    """Whether `text` is a name, a call, an item or a chain of them, at least as far as it needs parentheses."""
    depth = 0
    for letter in text:
        depth += (letter in "([{") - (letter in ")]}")
        if depth == 0 and letter in " -":
            return False
    return True


def literal(scope: Scope, length: int) -> str:
    """A list or number to make a constant or a variable of."""
    numbers = [scope.program.pick.one(("2.0", "1.5", "0.5", "3.0", "-1.0", "0.7")) for _ in range(max(length, 1))]
    return f"[{', '.join(numbers)}]" if length else numbers[0]


def atom(scope: Scope, length: int | None) -> Text:
    """Something that is at hand: rather what a recording tape tracks, rather the newest."""
    pick = scope.program.pick
    known = scope.atoms(length)
    if not known:
        return f"tf.constant({literal(scope, length or 0)})", scope.program.value(Kind.TENSOR, length or 0)
    tapes = scope.recording()
    tracked = [item for item in known if any(tape.tracks(item[1]) for tape in tapes[-1 if pick.chance(75) else 0 :])]
    if tracked and pick.chance(70):
        known = tracked
    if len(known) > 3 and pick.chance(45):
        known = known[-3:]
    return pick.one(known)


def operand(scope: Scope, length: int, depth: int) -> Text:
    """An operand: an atom, or an expression while `depth` lasts."""
    if depth > 0 and scope.program.pick.chance(35):
        return tensor(scope, length, depth - 1)
    return atom(scope, length)


def unary(scope: Scope, operand_: Text) -> Text:
    """An op that connects, on one operand."""
    text, value = operand_
    curved = scope.program.pick.chance(65)
    template = scope.program.pick.one(CURVED if curved else STRAIGHT)
    if template.startswith("tf.reverse") and value.length:
        template = "tf.reverse({0}, [0])"
    written = fill(template, text)
    if template.startswith(("tf.convert", "tf.cast")) and value.kind is Kind.TENSOR:
        return written, value
    return written, scope.compute([value], value.length, curved=curved)


def tensor(scope: Scope, length: int, depth: int = 1) -> Text:
    """An expression that connects its operands to a float tensor of `length`."""
    pick = scope.program.pick
    ready = [known for known in scope.functions.values() if known.gives == "tensor" and known.length == length]
    ready = [known for known in ready if all(size >= 0 for _, size in known.parameters)]
    form = pick.weighted(
        [
            (8, "unary"),
            (7, "product"),
            (4, "sum"),
            (4, "reduce"),
            (3, "call" if ready else "unary"),
            (1, "choice"),
            (1, "list"),
        ]
    )
    if form == "call":
        return call(scope, pick.one(ready))
    if form == "choice":
        flag = scope.program.flag()
        if flag:
            (left, first), (right, second) = atom(scope, length), atom(scope, length)
            return unary(scope, (f"({left} if {flag} else {right})", pick.one((first, second))))
    if form == "list":
        same = [name for name, items in scope.lists.items() if items and all(item.length == length for item in items)]
        if same:
            name = pick.one(same)
            made = scope.compute(scope.lists[name], length)
            return pick.one((f"tf.add_n([tf.identity(s) for s in {name}])", f"sum({name})")), made
    if form == "reduce":
        return _reduce(scope, depth) if length == 0 else _spread(scope, length, depth)
    if form in ("product", "sum"):
        left, first = operand(scope, length, depth)
        right, second = operand(scope, length if length == 0 or pick.chance(60) else 0, 0)
        text = fill(pick.one(PRODUCT if form == "product" else SUM), left, right)
        return text, scope.compute([first, second], length, curved=form == "product")
    return unary(scope, operand(scope, length, depth))


def _reduce(scope: Scope, depth: int) -> Text:
    pick = scope.program.pick
    text, value = operand(scope, scope.program.length, depth)
    if pick.chance(30):
        other, two = atom(scope, scope.program.length)
        return fill(pick.one(DOT), text, other), scope.compute([value, two], 0, curved=True)
    template = pick.one(REDUCE)
    if not _whole(text) and template.startswith("{0}["):
        template = "tf.reduce_sum({0})"
    return fill(template, text), scope.compute([value], 0, curved="* {0}" in template)


def _spread(scope: Scope, length: int, depth: int) -> Text:
    pick = scope.program.pick
    if pick.chance(40):
        text, value = operand(scope, length, depth)
        template = pick.one(
            (
                "tf.linalg.matvec(tf.eye({1}), {0})",
                "np.array([{2}], np.float32) * {0}",
                "tf.matmul(tf.reshape({0}, [1, -1]), tf.eye({1}))[0]",
            )
        )
        whole = text if _whole(text) else f"({text})"
        return template.format(whole, length, ", ".join(["2.0"] * length)), scope.compute([value], length)
    parts = [operand(scope, 0, 0) for _ in range(length)]
    written = ", ".join(text for text, _ in parts)
    return f"{pick.one(('tf.stack', 'tf.convert_to_tensor'))}([{written}])", scope.compute(
        [value for _, value in parts], length
    )


def cut(scope: Scope, length: int) -> Text:
    """An expression that looks like computation and through which no gradient flows."""
    pick = scope.program.pick
    source = length if length or pick.chance(65) else scope.program.length
    text, _ = atom(scope, source)
    if source == length:
        template = pick.one(CUT if length or pick.chance(70) else CUT_SCALAR)
    else:
        template = pick.one(CUT_VECTOR)
    return fill(template, text), scope.program.value(Kind.TENSOR, length)


def call(scope: Scope, known: Function, tape: str = "") -> Text:
    """A call of a function of the program with operands that fit, some by keyword, the optional one now and then."""
    pick = scope.program.pick
    written: list[str] = []
    inputs: list[Value] = list(known.captured)
    keyword = False
    for name, length in known.parameters:
        if length < 0:
            text = tape
        else:
            text, value = atom(scope, length)
            inputs.append(value)
        keyword = keyword or pick.chance(12)
        written.append(f"{name}={text}" if keyword else text)
    if known.optional and pick.chance(40):
        written.append(f"{known.optional}={literal(scope, 0)}")
    return f"{known.name}({', '.join(written)})", scope.compute(inputs, known.length, curved=True)


def structure(pick_one: str, texts: Sequence[str]) -> str:
    """Several sources or targets as one argument: a list, a tuple or a dict."""
    if pick_one == "dict":
        keys = "abcdefgh"
        return "{" + ", ".join(f'"{keys[index]}": {text}' for index, text in enumerate(texts)) + "}"
    if pick_one == "tuple":
        return f"({', '.join(texts)}{',' if len(texts) == 1 else ''})"
    return f"[{', '.join(texts)}]"
