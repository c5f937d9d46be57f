"""Which calls of unseen code give something new, and not one of their arguments or a tensor that was there before.

Any function may hand back what it was given, and then the result is recorded where that was. A model does not, nor does
a function that makes a loss of predictions and labels; both are told by what people call them.
"""

from __future__ import annotations

import re

import libcst as cst

from flake8_gradtape.machine.syntax import dotted

_LOSS = re.compile(
    r"(.*_)?(loss|criterion|cost|objective)(_?(fn|func|function|object|obj|fct))?|.*cross_?entropy(_loss|_fn)?|"
    r"mse(_loss)?|bce(_loss)?|mae(_loss)?|(binary|categorical|mean|squared|absolute)_.*(error|loss)"
)
_PASSING_ON = re.compile(r"add|sum|total|combine|scale|reduce|average|accumulate|update|log|track|mask|get|aux|extra")
"""How the names of functions begin that may hand back a loss that they are given, or have."""
_ALREADY_A_LOSS = re.compile(r"loss|cost|penal|regul|error|objective")
_MODEL = re.compile(
    r"(.*_)?(model|net|network|generator|discriminator|critic|actor|encoder|decoder|classifier|backbone)"
)
_REPEATED = re.compile(r"layer|block|fn$|func")


def makes_something_new(at: cst.Call, of_model: bool) -> bool:
    """The call gives a new value; `of_model` if variables of what is called are asked for elsewhere."""
    name = called(at).rpartition(".")[2].lower()
    if of_model or _MODEL.fullmatch(name) is not None:
        return _REPEATED.search(name) is None  # a layer in a loop may be one that does nothing
    if _LOSS.fullmatch(name) is None or _PASSING_ON.match(name) is not None or len(at.args) < 2:
        return False
    return not any(_is_loss(argument) for argument in at.args)


def _is_loss(argument: cst.Arg) -> bool:
    """A loss that the function may give back; what is no name may be one."""
    name = dotted(argument.value).rpartition(".")[2].lower()
    return (
        argument.star != "" or (isinstance(argument.value, cst.Call) and not name) or bool(_ALREADY_A_LOSS.search(name))
    )


def called(at: cst.Call) -> str:
    """What is called, as text: `self.model` in `self.model(x)` and `self.model.call(x)`."""
    name = dotted(at.func)
    base, _, method = name.rpartition(".")
    return base if method in ("call", "__call__") else name
