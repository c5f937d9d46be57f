"""Which calls of unseen code give something new, and not one of their arguments or a tensor that was there before.

Any function may hand back what it was given, and then the result is recorded where that was. A model with variables
does not, nor does a function that makes a loss of predictions and labels; both are told by what the module calls them.
"""

from __future__ import annotations

import re

import libcst as cst

from flake8_gradtape.machine.syntax import dotted

_LOSS = re.compile(
    r"(.*_)?(loss|criterion|cost|objective)(_?(fn|func|function|object|obj|fct))?|.*cross_?entropy(_loss|_fn)?|"
    r"mse(_loss)?|bce(_loss)?|mae(_loss)?|(binary|categorical|mean|squared|absolute)_.*(error|loss)"
)
_PASSING_ON = re.compile("(add|sum|total|combine|scale|reduce|average|accumulate|update|log|track|mask|get_scaled|aux)")
"""How the names of functions begin that may hand back a loss they were given."""
_LABELS = re.compile(r"ys?|yb|(.*_)?(labels?|targets?|truth|gt|true|expected)(_.*)?|y_.*|.*_y")
_PREDICTIONS = re.compile(r"pred|hat|logit|out|prob")
_REPEATED = re.compile(r"layer|block|fn$|func")


def makes_something_new(at: cst.Call, of_model: bool) -> bool:
    """The call gives a new value; `of_model` if variables of what is called are asked for elsewhere."""
    name = called(at).rpartition(".")[2].lower()
    if of_model:
        return _REPEATED.search(name) is None  # a layer in a loop may be one that does nothing
    if _LOSS.fullmatch(name) is None or _PASSING_ON.match(name) is not None or len(at.args) < 2:
        return False
    return any(_is_label(argument) for argument in at.args)


def _is_label(argument: cst.Arg) -> bool:
    names = [dotted(argument.value).rpartition(".")[2], argument.keyword.value if argument.keyword is not None else ""]
    return any(
        _LABELS.fullmatch(name.lower()) is not None and _PREDICTIONS.search(name.lower()) is None for name in names
    )


def called(at: cst.Call) -> str:
    """What is called, as text: `self.model` in `self.model(x)` and `self.model.call(x)`."""
    name = dotted(at.func)
    base, _, method = name.rpartition(".")
    return base if method in ("call", "__call__") else name
