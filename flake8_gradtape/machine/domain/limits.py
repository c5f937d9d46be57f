"""How large anything may get, and how a run ends that takes too much work.

What is larger than its bound is unknown: whoever meets a bound says "it may be", and never "it is not there".
"""

from __future__ import annotations

import libcst as cst

MOST_TEXT = 2_000
"""Characters of a string that is known."""
MOST_BITS = 900
"""Of a whole number that is known; fewer than a float can hold, so that it can be turned into one."""
MOST_ITEMS = 400
"""In a list or tuple; what a larger one holds is one unknown value made of all that it was given."""
MOST_GROWN = 64
"""In a list or dict that is filled item by item."""
MOST_OPTIONS = 8
"""What a name may hold, depending on the run."""
MOST_LEAVES = 20_000
"""Values in a container, at any depth; whoever looks through more gives up."""
MOST_NESTED = 50
"""Containers in one another, where a structure is gone through as a tree."""
MOST_IN_A_TREE = 2_000
"""Values in such a tree, each as often as it occurs."""


class GiveUp(Exception):
    """The work of this run is more than is allowed; nothing that it found is claimed.

    `function` is the innermost function that was being run then; None: in no function, or that is not known here.
    """

    def __init__(self, function: cst.CSTNode | None = None) -> None:
        super().__init__()
        self.function = function
