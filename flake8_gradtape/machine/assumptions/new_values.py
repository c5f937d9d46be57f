"""Which calls of unseen code give something new, and not one of their arguments or a tensor that was there before.

Any function may hand back what it was given, and then the result is recorded where that was. A model does not, nor does
a function that makes a loss of predictions and labels; both are recognized by what people call them.
"""

from __future__ import annotations

import re

import libcst as cst

from flake8_gradtape.machine.assumptions.taking import NEW_LOSSES, NEW_OUTPUTS, Assumption
from flake8_gradtape.reading.syntax import dotted

_LOSS = re.compile(
    r"((compute|calc|calculate)_?)?(loss|criterion|cost)(_?(fn|func|function|object|obj|fct))?|"
    r".*cross_?entropy(_loss|_fn)?|mse(_loss)?|bce(_loss)?|mae(_loss)?|"
    r"(binary|categorical|mean|squared|absolute)_.*(error|loss)"
)
_SORT_OF_LOSS = re.compile(r".*_(loss|criterion|cost)(_?(fn|func|function|object|obj|fct))?")
_PASSING_ON = re.compile(
    "(add|sum|total|combine|scale|reduce|average|accumulate|update|log|track|mask|get|aux|extra|pick|select|final|last|"
    "check|ensure|named|report|print|watch|pop|current|best)_"
)
"""How the names of functions begin that may hand back a loss that they are given, or have."""
_ALREADY_A_LOSS = re.compile("loss|cost|penal|regul|error|objective|term|history")
_LABELS = re.compile("ys?|yb|(.*_)?(labels?|targets?|truth|gt|true|expected)(_.*)?|y_.*|.*_y")
_PREDICTIONS = re.compile("pred|hat|logit|out|prob")
_MODEL = re.compile("(.*_)?(model|net|network|generator|discriminator|critic|actor|classifier)")
_PART_OF_A_MODEL = re.compile("(.*_)?(encoder|decoder|backbone)")


def makes_something_new(at: cst.Call, of_model: bool) -> Assumption | None:
    """By which assumption a call of unseen code gives something new: nothing that was there before, nor a part of that.

    Told by the name of what is called and its arguments; `of_model` if variables of it are asked for elsewhere. Then a
    forward pass before the tape is known to be unrecorded, though nobody can see the model. None if it may give back
    what it gets.
    """
    name = called(at).rpartition(".")[2].lower()
    if _MODEL.fullmatch(name) is not None or (of_model and _PART_OF_A_MODEL.fullmatch(name) is not None):
        again = any(one.keyword is not None and one.keyword.value in ("reuse", "cache") for one in at.args)
        return None if again else NEW_OUTPUTS
    if len(at.args) < 2 or any(_may_be_given_back(one) for one in at.args):
        return None
    if _LOSS.fullmatch(name) is not None:
        return NEW_LOSSES
    if _SORT_OF_LOSS.fullmatch(name) is None or _PASSING_ON.match(name) is not None:
        return None
    return NEW_LOSSES if any(_is_label(one) for one in at.args) else None


def _may_be_given_back(argument: cst.Arg) -> bool:
    """The argument may be a loss already, or say which of several losses is wanted."""
    value = argument.value
    if argument.star or isinstance(value, (cst.BaseString, cst.BaseNumber, cst.Tuple, cst.List, cst.Dict)):
        return True
    name = dotted(value).rpartition(".")[2].lower()
    return (isinstance(value, cst.Call) and not dotted(value.func)) or _ALREADY_A_LOSS.search(name) is not None


def _is_label(argument: cst.Arg) -> bool:
    """The argument is called like labels, and not like predictions."""
    names = [dotted(argument.value).rpartition(".")[2], argument.keyword.value if argument.keyword is not None else ""]
    return any(
        _LABELS.fullmatch(name.lower()) is not None and _PREDICTIONS.search(name.lower()) is None for name in names
    )


def called(at: cst.Call) -> str:
    """What is called, as text: `self.model` in `self.model(x)` and `self.model.call(x)`.

    To be compared with what is asked for its variables somewhere.
    """
    name = dotted(at.func)
    base, _, method = name.rpartition(".")
    return base if method in ("call", "__call__") else name
