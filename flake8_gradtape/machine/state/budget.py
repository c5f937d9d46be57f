"""How much work a run may still do, and the functions that took too much."""

from __future__ import annotations

import libcst as cst

from flake8_gradtape.machine.domain.limits import GiveUp


class Budget:
    """Steps left; `functions` are those that are being run, the innermost one last."""

    def __init__(self, functions: list[cst.CSTNode]) -> None:
        self.left = 0
        self.over_budget_recursion: dict[cst.CSTNode, None] = {}
        """Recursive functions on which a run has spent its budget: they are unseen code from then on."""
        self._functions = functions

    def step(self, cost: int = 1) -> None:
        """Account for a piece of work; raises `GiveUp` when nothing is left."""
        self.left -= cost
        if self.left < 0:
            self.over_budget_recursion.update((one, None) for one in self._functions if self._functions.count(one) > 1)
            raise GiveUp(self._functions[-1] if self._functions else None)
