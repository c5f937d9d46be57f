"""A whole random program: imports, flags, definitions, statements; from a seed, or as a Hypothesis strategy."""

from __future__ import annotations

import re

from hypothesis import strategies as st

from tests.random_programs import blocks, definitions, statements
from tests.random_programs.chooser import Chooser, DrawChooser, Picker, RandomChooser
from tests.random_programs.language import families
from tests.random_programs.scope import Program, Scope

FLAG_VARIABLES = {"FLAG": "TAPE_PROGRAM_FLAG", "OTHER": "TAPE_PROGRAM_OTHER"}
"""The names of the flags in a program, and the environment variables that they are read from."""

TAPE_SPELLINGS = (
    (14, "tf.GradientTape", ""),
    (2, "GradientTape", "from tensorflow import GradientTape"),
    (1, "Tape", "from tensorflow import GradientTape as Tape"),
    (1, "backprop.GradientTape", "from tensorflow.python.eager import backprop"),
    (1, "T", "T = tf.GradientTape"),
)


LANGUAGES = ("mixed", "tapes", "whole")
"""What programs are written in: only tapes and tensors, as the first generator did, the whole language, or by turns."""


def text(chooser: Chooser, *, whole: bool = False) -> str:
    """Write one program with the decisions of `chooser`: it runs by itself, and ends."""
    return write(chooser, whole=whole)[0]


def write(chooser: Chooser, *, whole: bool = False) -> tuple[str, tuple[str, ...]]:
    """One program, and the families of the snippets in it; `whole` for the whole language."""
    pick = Picker(chooser)
    program = Program(pick, pick.integer(8, 38))
    program.snippet = families.snippet if whole else None
    program.maker, extra = pick.weighted([(weight, (maker, line)) for weight, maker, line in TAPE_SPELLINGS])
    scope = Scope(program)
    function = pick.weighted([(7, ""), (3, "main"), (1, "test_gradients")])
    if function:
        program.write(f"def {function}():")
        program.indent += 1
        scope.top = False
    _leaves(scope)
    for _ in range(pick.weighted([(4, 0), (4, 1), (3, 2), (1, 3)])):
        definitions.define(scope)
    blocks.tape_block(scope)
    while program.left > 0:
        if not pick.weighted([*ACTIONS, *WHOLE] if whole else ACTIONS)(scope):
            statements.compute(scope)
    if function:
        program.indent -= 1
        program.write("")
        program.write(f"{function}()")
    return _spell(_header(program, extra) + program.text, pick), tuple(program.families)


def _mixed(scope: Scope) -> bool:
    blocks.some(scope, 1, 1)
    return True


ACTIONS: list[tuple[int, blocks.Action]] = [
    (60, _mixed),
    (22, blocks.tape_block),
    (12, definitions.call),
    (10, blocks.loop),
    (8, blocks.branch),
    (3, blocks.stopped),
    (3, definitions.define),
]
"""What the statements of a program's main part are, beside those of any block."""
WHOLE: list[tuple[int, blocks.Action]] = [(30, families.snippet), (14, families.managed)]
"""What comes to them in the whole language."""


def _leaves(scope: Scope) -> None:
    """What the program starts with: at least one variable or constant, mostly two or three."""
    pick = scope.program.pick
    for _ in range(pick.weighted([(2, 1), (5, 2), (3, 3)])):
        (statements.constant if pick.chance(35) else statements.variable)(scope)


def _header(program: Program, extra: str) -> list[str]:
    written = "\n".join(program.text)
    lines = ["import contextlib"] if "contextlib." in written else []
    lines += ["import os"] if program.flags or (program.snippet and "os.environ" in written) else []
    lines += ["import numpy as np"] if "np." in written else []
    if program.snippet:
        lines = list(dict.fromkeys([*lines, *families.imports(written)]))
    lines += ["import tensorflow as tf"] + ([extra] if extra else [])
    for flag in program.flags:
        form = program.pick.one(
            ('os.environ.get("{0}") == "1"', 'bool(int(os.environ.get("{0}", "0")))', 'os.environ["{0}"] == "1"')
        )
        lines.append(f"{flag} = {form.format(FLAG_VARIABLES[flag])}")
    return [*lines, ""]


def _spell(lines: list[str], pick: Picker) -> str:
    """Say TensorFlow's names as different people do."""
    written = "\n".join(lines) + "\n"
    form = pick.weighted([(16, "tf"), (1, "compat"), (1, "whole"), (2, "from"), (1, "math")])
    if form == "compat":
        return written.replace("import tensorflow as tf\n", "import tensorflow.compat.v2 as tf\n")
    if form == "whole":
        written = written.replace("import tensorflow as tf\n", "import tensorflow\n")
        return re.sub(r"\btf\.", "tensorflow.", written)
    if form == "from":
        used = [name for name in ("sin", "square", "reduce_sum", "exp", "stop_gradient") if f"tf.{name}(" in written]
        for name in used:
            written = re.sub(rf"\btf\.{name}\(", f"{name}(", written)
        line = f"from tensorflow import {', '.join(used)}\n" if used else ""
        return written.replace("import tensorflow as tf\n", f"import tensorflow as tf\n{line}")
    if form == "math":
        return re.sub(r"\btf\.(sin|exp|square|reduce_sum)\(", r"tf.math.\1(", written)
    return written


def numbered(seed: int, index: int, language: str = "mixed") -> str:
    """Program number `index` of the stream of `seed`: the same in every process and on every machine."""
    return text(RandomChooser(f"{seed}:{index}"), whole=is_whole(index, language))


def is_whole(index: int, language: str) -> bool:
    """Whether program `index` is written in the whole language: in a mixed stream every other one is."""
    return language == "whole" or (language == "mixed" and index % 2 == 1)


@st.composite
def programs(draw: st.DrawFn) -> str:
    """Programs for `hypothesis.given`; they shrink to fewer and simpler statements."""
    return text(DrawChooser(draw), whole=draw(st.booleans()))
