"""What a snippet is: a few lines of Python with holes, alternatives and names to be made fresh."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Snippet:
    """One construct, in as many spellings as its alternatives allow.

        `$name` is a fresh name. `<<a||b>>` is one of its alternatives; a line may end after a `||`; `<<k#a||b>>` and
    `<<k#c||d>>` choose the same place. `?t` is a tensor at hand, `?s` one that has a name, `?v` a variable, `?e` an
    expression, `?c` a tensor that nothing leads to, `?n` a number, `?f` something to call with one tensor, `?if` a
    condition that nobody sees, `?op(x)` an op on `x`, `?Tape` what makes a tape, `?scope` the word `global` or
    `nonlocal`. A line `?body` stands for other statements, `?fails` for one that raises. A last line `=> x` tells what
    the program has afterwards: `=> fn f` a function of one tensor, `=> with m` a context manager, `=> var v` a
    variable, `=> grad g` an answer.
    """

    family: str
    weight: int
    text: str


def family(name: str, texts: Sequence[str | tuple[int, str]]) -> tuple[Snippet, ...]:
    """The snippets of one family; each weighs 4, if no weight is given."""
    pairs = [(4, one) if isinstance(one, str) else one for one in texts]
    return tuple(Snippet(name, weight, text.strip("\n")) for weight, text in pairs)
