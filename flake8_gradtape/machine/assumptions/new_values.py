"""Which calls of unseen code give something new, and not one of their arguments or a tensor that was there before.

Any function may hand back what it was given, and then the result is recorded where that was. A model does not; it is
recognized by what people call it.
"""

from __future__ import annotations

import re

import libcst as cst

from flake8_gradtape.reading.syntax import dotted

_MODEL = re.compile("(.*_)?(model|net|network|generator|discriminator|critic|actor|classifier)")
_PART_OF_A_MODEL = re.compile("(.*_)?(encoder|decoder|backbone)")


def is_like_a_model(at: cst.Call, of_model: bool) -> bool:
    """Whether a call of unseen code looks like one of a model, which gives nothing that was there before, nor a part.

    Told by the name of what is called and its arguments; `of_model` if variables of it are asked for elsewhere. Then a
    forward pass before the tape is known to be unrecorded, though nobody can see the model.
    """
    name = called(at).rpartition(".")[2].lower()
    if _MODEL.fullmatch(name) is None and not (of_model and _PART_OF_A_MODEL.fullmatch(name) is not None):
        return False
    return not any(one.keyword is not None and one.keyword.value in ("reuse", "cache") for one in at.args)


def called(at: cst.Call) -> str:
    """What is called, as text: `self.model` in `self.model(x)` and `self.model.call(x)`.

    To be compared with what is asked for its variables somewhere.
    """
    name = dotted(at.func)
    base, _, method = name.rpartition(".")
    return base if method in ("call", "__call__") else name
