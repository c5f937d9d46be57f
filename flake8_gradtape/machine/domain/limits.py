"""How a run ends that takes too much work."""

from __future__ import annotations

import libcst as cst


class GiveUp(Exception):
    """The work of this run is more than is allowed; nothing that it found is claimed.

    `function` is the innermost function that was being run then; None: in no function, or that is not known here.
    """

    def __init__(self, function: cst.CSTNode | None = None) -> None:
        super().__init__()
        self.function = function
