"""Unseen code: what happens wherever Python runs something that the machine does not model.

It gets hold of some values, and keeps them: they are shared from now on, so that whatever can be reached from them may
have changed now, or whenever unseen code runs again; functions among them may run now or later; it may raise.
"""

from __future__ import annotations

from collections.abc import Iterable

import libcst as cst

from flake8_gradtape.machine.domain.values import Opaque, Value
from flake8_gradtape.machine.state.run import Run


def unseen_code(run: Run, reach: Iterable[Value], at: cst.CSTNode | None = None) -> Opaque:
    """Unseen code runs with the values `reach`; gives what it may give back."""
    values = list(reach)
    nodes = dict.fromkeys(node for value in values for node in run.heap.nodes(value))
    for value in values:
        run.sharing.escape(value)
    run.sharing.unseen_code_runs()
    run.store.may_raise()
    return Opaque(run.recorder.unknown(nodes, at=at, may_hold_anything=True))
