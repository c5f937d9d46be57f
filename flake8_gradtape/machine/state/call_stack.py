"""What is under way while the machine runs: functions, loops, handlers, and the call that is being made."""

from __future__ import annotations

import libcst as cst

from flake8_gradtape.machine.domain.values import Value
from flake8_gradtape.machine.state.scopes import CallFrame, Catches, Loop


class CallStack:
    """The functions, loops and handlers that a run is in."""

    def __init__(self) -> None:
        self.functions: list[cst.CSTNode] = []
        """The functions that are being run, the innermost one last."""
        self.call_frames: list[CallFrame] = []
        self.module_loops: list[Loop] = []
        self.catching: list[Catches] = []
        self.context: tuple[object, ...] = ()
        """What was run from outside, and the calls that lead from there to here."""
        self.visit: object | None = None
        self.with_statement: cst.CSTNode | None = None
        """The `with` statement whose first item is being evaluated: where a tape made there is reported."""
        self.eagerly_consumed: set[cst.CSTNode] = set()
        """Generators, and calls of `map` and `filter`, that are used up at once by what they are given to."""

    def new_visit(self) -> object:
        """The passage through a call that is under way; the alternatives of its receiver share one."""
        return self.visit if self.visit is not None else object()

    def loop_depth(self) -> int:
        """How many loops are being run, over all call frames."""
        return len(self.module_loops) + sum(len(call_frame.loops) for call_frame in self.call_frames)

    def current_self(self) -> Value | None:
        """The object of the method that is being run."""
        return self.call_frames[-1].instance if self.call_frames else None

    def clear(self) -> None:
        """Forget what was under way."""
        self.functions.clear()
        self.call_frames.clear()
        self.module_loops.clear()
        self.catching.clear()
        self.visit = None
