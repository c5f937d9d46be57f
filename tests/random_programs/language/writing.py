"""Writes snippets into a program: fills their holes with what is at hand, and tells the scope what they leave."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.random_programs import expressions
from tests.random_programs.language.snippet import Snippet
from tests.random_programs.scope import Function, Kind, Scope, Tape, Value

INNERMOST = re.compile(r"<<((?:(?!<<|>>).)*)>>", re.DOTALL)
HOLE = re.compile(r"\?(t|s|v|e|c|n|f|if|Tape|scope)\b|\?op\(([^()]*)\)")
NAME = re.compile(r"\$([A-Za-z_]+\d?)")
RESULTS = ("y", "z", "h", "loss", "u", "out")
FAILING = (
    'float(open("/nonexistent/loss.txt").read())',
    '{}["loss"]',
    "[][0]",
    'int("x")',
    "next(iter(()))",
    "unseen.fail()",
    'raise ValueError("no")',
    'raise KeyError("no")',
    "assert unseen.no()",
    "1 / 0",
    "json.loads('{')",
    "None.loss",
)
CONDITIONS = (
    "len(sys.argv) < 9",
    "len(sys.argv) > 9",
    "unseen.yes()",
    "unseen.no()",
    'os.environ.get("NOT_SET") is None',
    'os.environ.get("NOT_SET")',
    "time.time() > 0.0",
    "sys.maxsize < 9",
)
CALLABLES = (
    "tf.sin",
    "tf.identity",
    "tf.stop_gradient",
    "unseen.double",
    "unseen.same",
    "operator.neg",
    "lambda p0: p0 * 2.0",
    "lambda p0, k0=?t: p0 * k0",
    "lambda p0: ?t * ?t",
    "functools.partial(tf.multiply, ?t)",
    "functools.partial(unseen.scale, by=?t)",
    "unseen.counted(tf.square)",
)
Body = Callable[[Scope], None]


def write(scope: Scope, snippet: Snippet, body: Body) -> bool:
    """Write `snippet` here; `body` writes statements into a scope. Gives False where it does not fit."""
    writer = _Writer(scope, body)
    lines = writer.filled(snippet.text).splitlines()
    scope.program.families.append(snippet.family)
    for line in lines:
        depth = (len(line) - len(line.lstrip())) // 4
        writer.line(line.strip(), depth)
    return True


class _Writer:
    """One snippet under way: which values went into it."""

    def __init__(self, scope: Scope, body: Body) -> None:
        self.scope, self.body, self.inputs = scope, body, list[Value]()

    def filled(self, text: str) -> str:
        """`text` with its alternatives chosen, its names made fresh and its holes filled."""
        pick, text = self.scope.program.pick, text.replace("||\n", "||")
        tied: dict[str, int] = {}
        while (match := INNERMOST.search(text)) is not None:
            tag, _, rest = match.group(1).rpartition("#")
            options = rest.split("||") if tag else match.group(1).split("||")
            chosen = tied.setdefault(tag, pick.integer(0, len(options) - 1)) if tag else -1
            text = text[: match.start()] + (options[chosen] if tag else pick.one(options)) + text[match.end() :]
        names = {base: self.scope.program.fresh((base,)) for base in dict.fromkeys(NAME.findall(text))}
        text = NAME.sub(lambda match: names[match.group(1)], text)
        while (match := HOLE.search(text)) is not None:
            text = text[: match.start()] + self._hole(match) + text[match.end() :]
        return text

    def _hole(self, match: re.Match[str]) -> str:
        scope, pick = self.scope, self.scope.program.pick
        if match.group(2) is not None:
            return expressions.fill(pick.one(expressions.CURVED), match.group(2))
        kind = match.group(1)
        if kind == "n":
            return expressions.literal(scope, 0)
        if kind == "scope":
            return "global" if scope.top else "nonlocal"
        if kind == "Tape":
            return f"{scope.program.maker}({'persistent=True' if pick.chance(35) else ''})"
        if kind == "if":
            return scope.program.flag() or pick.one(CONDITIONS)
        if kind == "c":
            return f"tf.constant({expressions.literal(scope, 0)})" if pick.chance(75) else expressions.cut(scope, 0)[0]
        if kind == "f":
            return self._callable()
        if kind == "v":
            text, value = self._variable()
        elif kind == "s":
            named = [pair for pair in scope.atoms(0) if pair[0].isidentifier()]
            text, value = pick.one(named) if named else self._variable()
        else:
            text, value = expressions.atom(scope, 0) if kind == "t" else expressions.tensor(scope, 0, 0)
        self.inputs.append(value)
        return text

    def _variable(self) -> tuple[str, Value]:
        scope = self.scope
        known = scope.atoms(0, (Kind.VARIABLE,))
        if not known:
            name, value = scope.program.fresh(("w", "v")), scope.program.value(Kind.VARIABLE)
            scope.program.write(f"{name} = tf.Variable({expressions.literal(scope, 0)})")
            scope.bind(name, value)
            return name, value
        return scope.program.pick.one(known)

    def _callable(self) -> str:
        known = [
            one
            for one in self.scope.functions.values()
            if one.gives == "tensor" and [length for _, length in one.parameters] == [0]
        ]
        if known and self.scope.program.pick.chance(45):
            chosen = self.scope.program.pick.one(known)
            self.inputs += chosen.captured
            return chosen.name
        made = self.scope.program.pick.one(CALLABLES)
        return f"({made})" if "lambda" in made else made

    def line(self, line: str, depth: int) -> None:
        """Write one line at `depth`, or do what it stands for."""
        program = self.scope.program
        if line.startswith("=>"):
            self._leave(line[2:].split())
            return
        program.indent += depth
        if line == "?body":
            inside = self.scope.branch()
            self.body(inside)
            self.scope.join(inside, self.scope.branch())
        elif line == "?fails":
            program.write(program.pick.one(FAILING))
        else:
            program.write(line)
        program.indent -= depth

    def _leave(self, words: list[str]) -> None:
        scope, kind = self.scope, words[0]
        known = {value.number: value for value in self.inputs}
        inputs = list(known.values())
        if kind == "fn":
            scope.functions[words[1]] = Function(words[1], (("p0", 0),), "tensor", 0, tuple(inputs))
        elif kind == "with":
            scope.managers.append(" ".join(words[1:]))
        elif kind == "var":
            scope.bind(words[1], scope.program.value(Kind.VARIABLE))
        elif kind == "tape":
            self._tape(*words[1:])
        else:
            text = " ".join(words[1:] if kind == "grad" else words)
            value = scope.compute(inputs, 0, curved=True)
            value.kind = Kind.GRADIENT if kind == "grad" else Kind.TENSOR
            value.sure = kind != "grad"
            if kind != "grad" and (not re.fullmatch(r"[\w.\[\]\"]+", text) or scope.program.pick.chance(35)):
                name = scope.program.fresh(RESULTS)
                scope.program.write(f"{name} = {text}")
                text = name
            scope.bind(text, value)

    def _tape(self, name: str, target: str, source: str) -> None:
        scope = self.scope
        made, value = Tape(scope.program.number(), False, entered=True), scope.program.value(Kind.TENSOR)
        known = scope.names.get(source) or scope.program.value(Kind.VARIABLE)
        value.reaches[made.number] = frozenset({known.number})
        scope.bind(source, known)
        scope.bind(target, value)
        scope.tapes[name] = made
