"""What is told of gradient calls at the end of a run, when it is known what became of their results."""

from __future__ import annotations

from flake8_gradtape.events import (
    Answer,
    BackwardRecorded,
    GradientAsked,
)
from flake8_gradtape.machine.domain.aliasing import sees
from flake8_gradtape.machine.domain.graph import Node
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.verdicts.tape_lifetimes import named_by_functions


def settle(run: Run) -> None:
    """At the end of a run: emit what its gradient calls have shown."""
    recorder = run.recorder
    for record in recorder.gradient_calls:
        where = record.at
        if record.of_gradient:
            nothing = frozenset(source.name for source in record.sources if source.answer is Answer.NONE)
            run.claims.answered(where, record.context, nothing)
        if not record.use.expected and any(source.answer is Answer.NONE for source in record.sources):
            event = GradientAsked(where, record.tape.name, record.method, record.target, record.sources)
            run.claims.claim(where, record.context, record.visit, event, record.sure)
        # whoever has the object that keeps both may differentiate the result later
        held = record.tape.stored is not None and any(run.node_states.ever.escaped(result) for result in record.results)
        held = held or named_by_functions(run, record.tape)
        if held or not (record.in_own_block or record.recorded_by):
            continue
        if record.use.used or any(differentiated(run, result) for result in record.results):
            continue
        if record.in_own_block:
            event = GradientAsked(where, record.tape.name, record.method, record.target, (), True, False)
            run.claims.claim(where, record.context, record.visit, event, record.sure)
        for outer in record.recorded_by:
            state = recorder.state(outer.number)
            asked = state is not None and state.asked > 0 and not state.escaped
            if asked and not named_by_functions(run, outer):
                run.claims.claim(
                    where, record.context, record.visit,
                    BackwardRecorded(where, record.tape.name, outer.name, differentiated=False),
                )  # fmt: skip
                break


def differentiated(run: Run, result: Node) -> bool:
    """Some gradient call may have differentiated the result."""
    recorder, ever = run.recorder, run.node_states.ever
    if result in recorder.differentiated:
        return True
    return any(node.time > result.time and sees(ever, node, result) for node in recorder.differentiated_anywhere)
