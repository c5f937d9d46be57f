"""Loops that AutoGraph turns into one operation: in a traced function, over a tensor or while a tensor is true.

The gradient of that operation gives zeros, not None, to all that comes into the loop, whatever happens to it inside:
measured with TensorFlow 2.21 for round, cast, argmax, one_hot, numpy_function and stop_gradient. So what such a loop
has changed may be connected to anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from flake8_gradtape.machine.domain.graph import Op
from flake8_gradtape.machine.domain.values import Opaque, Tensor, Value, Variable, bound, options
from flake8_gradtape.machine.state.call_endings import surely_eager
from flake8_gradtape.machine.state.run import Run


def may_be_lowered(run: Run, deciding: Value) -> bool:
    """The loop may become an operation; `deciding` is what it runs over, or its condition."""
    if run.stack.call_frames and run.stack.call_frames[-1].graph:
        kinds: tuple[type, ...] = (Tensor, Variable, Opaque)
    elif surely_eager(run):
        return False
    else:
        # somebody else may trace the function, but then an unknown value is more often a list than a tensor
        kinds = (Tensor, Variable)
    return any(isinstance(option, kinds) for option in options(bound(deciding)))


@contextmanager
def lowered(run: Run) -> Iterator[None]:
    """The loop that is run inside may be one operation: whatever it changes or returns is its output."""
    mark = run.store.mark()
    returns = run.stack.call_frames[-1].returns if run.stack.call_frames else []
    before = len(returns)
    yield
    output = replace(run.recorder.unknown(may_hold_anything=True), op=Op.GRAPH_LOOP)
    for place in range(before, len(returns)):
        delta, value = returns[place]
        returns[place] = (delta, _output(run, value, Opaque(output)))
    if not run.reachable:
        return
    for key in list(run.store.changed_since(mark)):
        value = run.store.get(key)
        if isinstance(key, tuple) and isinstance(key[0], int) and value is not None:
            made = _output(run, value, Opaque(output))
            if made is not value:
                run.store.set(key, made)


def _output(run: Run, value: Value, output: Opaque) -> Value:
    return run.sharing.join([value, output]) if any(isinstance(one, _DATA) for one in options(bound(value))) else value


_DATA = (Tensor, Variable, Opaque)
