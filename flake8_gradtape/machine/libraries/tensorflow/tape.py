"""Methods of a tape, and entering and leaving it: what happens, and what is claimed about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import libcst as cst

from flake8_gradtape.events import (
    CallRaised,
    Misuse,
    RedundantWatch,
)
from flake8_gradtape.machine.domain.graph import Node, Tri
from flake8_gradtape.machine.domain.values import NONE, Api, Const, Opaque, StopRecording, TapeValue, Value, Variable
from flake8_gradtape.machine.language.functions import unseen_call
from flake8_gradtape.machine.language.with_blocks import enter_another
from flake8_gradtape.machine.libraries.paths import canonical
from flake8_gradtape.machine.state.call_endings import note_partial_raise, raises, tape_raises
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Arguments
from flake8_gradtape.machine.tapes.state import TAPE_NAMES, Raised, Tape
from flake8_gradtape.machine.verdicts.call_errors import unwatchable
from flake8_gradtape.machine.verdicts.gradient_calls import ASKING, gradient_call
from flake8_gradtape.reading.syntax import argument_text, text_of


def make_tape(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`tf.GradientTape(persistent=False, watch_accessed_variables=True)`."""
    tape = Tape(
        len(run.recorder.tapes),
        persistent=_flag(arguments.get(0, "persistent"), default=False, open_=arguments.open),
        auto=_flag(arguments.get(1, "watch_accessed_variables"), default=True, open_=arguments.open),
        at=run.stack.with_statement if run.stack.with_statement is not None else at,
        module_level=not run.stack.functions,
        context=run.stack.context,
        muted=run.certainty.muted,
        loop_depth=run.stack.loop_depth(),
        made_in=run.stack.functions[-1] if run.stack.functions else None,
        traced=bool(run.stack.call_frames) and run.stack.call_frames[-1].graph,
    )
    return TapeValue(run.recorder.open(tape))


def _flag(value: Value | None, default: bool, open_: bool) -> Tri:
    if value is None:
        return None if open_ else default
    return bool(value.value) if isinstance(value, Const) else None


def enter_tape(run: Run, value: TapeValue, at: cst.CSTNode) -> None:
    """`with tape:`, and what follows if it is active already."""
    visit = run.stack.new_visit()
    run.claims.visit(at, run.stack.context, visit)
    tape = run.recorder.tapes[value.tape]
    state = run.recorder.state(value.tape)
    try:
        run.recorder.enter(value.tape)
    except Raised as raised:
        tape_raises(run, at, visit, tape, "__enter__", raised)
        return
    again = (
        state is not None
        and state.entries >= 1
        and state.spent is not True
        and state.asked > 0  # else one gradient of all passes may be wanted
        and state.holds_since_entry
        and state.entered_in_loop
    )
    if again and tape.persistent is True and run.stack.loop_depth() > tape.loop_depth and not run.certainty.muted:
        tape.grows_at = at
    in_loop = run.stack.loop_depth() > tape.loop_depth
    run.recorder.update(value.tape, lambda state: replace(state, entered_in_loop=in_loop))


def tape_method(run: Run, value: TapeValue, method: str, arguments: Arguments, at: cst.Call) -> Value:
    """`tape.<method>(...)`."""
    tape = run.recorder.tapes[value.tape]
    tape.last_use = at
    patched = any(path.endswith(f"GradientTape.{method}") for path in run.sharing.patched)
    if patched and method in ASKING:
        run.recorder.tape_escapes(value.tape)
        return unseen_call(run, value, arguments, at)  # the program's own method, which may do anything
    if method in ASKING:
        return gradient_call(run, value, method, arguments, at, _made_since(run, arguments))
    if method == "stop_recording":
        return StopRecording(value)
    if method == "watched_variables":
        tape.mentioned = True
        return Opaque(run.recorder.unknown(name="watched_variables", at=at, may_hold_anything=True))
    visit = run.stack.new_visit()
    run.claims.visit(at, run.stack.context, visit)
    note_partial_raise(run, run.recorder.state(value.tape))
    try:
        if method == "watch":
            wrong = unwatchable(run, arguments.get(0, "tensor"))
            if wrong is not None and tape_is_open(run, value.tape):
                text = argument_text(at, 0, "tensor")
                raises(run, at, visit, CallRaised(at, tape.name, method, Misuse.UNWATCHABLE, "", text, wrong))
                return run.anything()
            watch(run, value, arguments, at)
        elif method == "reset":
            run.recorder.reset(value.tape)
        elif method == "__enter__":
            run.recorder.enter(value.tape)
            return value
        elif method == "__exit__":
            run.recorder.leave(value.tape)
        elif method.startswith("_") or tape.may_have(method) or run.facts.uses_attribute_reflection or patched:
            run.recorder.tape_escapes(value.tape)
            return run.anything(at=at)
        else:
            raises(run, at, visit, CallRaised(at, tape.name, method, Misuse.UNKNOWN_ATTRIBUTE, "", method))
            return run.anything()
    except Raised as raised:
        tape_raises(run, at, visit, tape, method, raised)
    return NONE


def watch(run: Run, value: TapeValue, arguments: Arguments, at: cst.Call) -> None:
    """`tape.watch(tensor or nested structure)`; raises `Raised`."""
    given = arguments.get(0, "tensor")
    if given is None:
        run.recorder.update(value.tape, lambda state: replace(state, escaped=True))
        return
    # a traced function has tensors of its own, of which a tape from around it knows nothing
    traced = bool(run.stack.call_frames) and run.stack.call_frames[-1].graph
    sure = not traced or run.recorder.tapes[value.tape].traced
    run.recorder.watch(value.tape, run.heap.nodes(given), sure and run.heap.definite(given))
    tape = run.recorder.tapes[value.tape]
    leaves = run.heap.leaves(given)
    watched_anyway = all(
        isinstance(leaf, Variable) and run.node_states.trainable(leaf.node) is True and leaf.node.floating is True
        for leaf in leaves
    )
    redundant = bool(leaves) and watched_anyway and run.heap.definite(given) and tape.auto is True
    # what other callers need counts, too
    visit = run.stack.new_visit()
    run.claims.visit(at, run.stack.context, visit, of_life=True)
    if redundant:
        event = RedundantWatch(at, tape.name, argument_text(at, 0, "tensor"))
        run.claims.claim(at, run.stack.context, visit, event, run.certainty.is_sure)
    else:
        run.claims.needed(at)


def tape_is_open(run: Run, number: int) -> bool:
    """The tape surely was entered and is not spent, so `watch` gets as far as looking at its argument."""
    state = run.recorder.state(number)
    return state is not None and state.entered is True and state.spent is False


def _made_since(run: Run, arguments: Arguments) -> frozenset[Node]:
    """The nodes that were made in the arguments of the call."""
    return frozenset(node for value in arguments.all() for node in run.heap.nodes(value) if node.time > arguments.since)


def enter(run: Run, value: TapeValue, where: cst.CSTNode, item: cst.WithItem | None) -> Value:
    """`with tape:`."""
    enter_tape(run, value, where)
    return value


def leave(run: Run, value: TapeValue) -> None:
    """The end of the block."""
    run.recorder.leave(value.tape)


def tape_attribute(run: Run, value: TapeValue, name: str, at: cst.CSTNode) -> Value:
    """`tape.name`, not called: tapes have few attributes; who has a method may call it."""
    if _is_unknown(run, value, name):
        visit = run.stack.new_visit()
        run.claims.visit(at, run.stack.context, visit)
        tape = run.recorder.tapes[value.tape].name
        raises(run, at, visit, CallRaised(at, tape, name, Misuse.UNKNOWN_ATTRIBUTE, "", name))
        return run.anything()
    run.recorder.tape_escapes(value.tape)
    return run.anything(at=at)


def _is_unknown(run: Run, value: TapeValue, name: str) -> bool:
    """Tapes have no such attribute, and the program has not given it to this one."""
    known = name.startswith("_") or name in TAPE_NAMES or run.recorder.tapes[value.tape].may_have(name)
    known = known or any(path.endswith(f"GradientTape.{name}") for path in run.sharing.patched)
    return not known and not run.facts.uses_attribute_reflection


def set_on_tape(run: Run, value: TapeValue, name: str, new: Value, surely: bool) -> None:
    """`tape.name = new`: from now on the tape has it."""
    run.recorder.tapes[value.tape].extra[name] = None
    run.sharing.escape(new)


def pause(run: Run, value: StopRecording, where: cst.CSTNode, item: cst.WithItem | None) -> Value:
    """`with tape.stop_recording():`."""
    visit = run.stack.new_visit()
    run.claims.visit(where, run.stack.context, visit)
    note_partial_raise(run, run.recorder.state(value.tape.tape))
    try:
        run.recorder.pause(value.tape.tape)
    except Raised as raised:
        tape_raises(run, where, visit, run.recorder.tapes[value.tape.tape], "stop_recording", raised)
    return value


def resume(run: Run, value: StopRecording) -> None:
    """The end of the pause."""
    run.recorder.resume(value.tape.tape)


_TAPES = frozenset(
    {
        "tf.GradientTape", "tf.autodiff.GradientTape", "tf.compat.v1.GradientTape",
        "tf.python.eager.backprop.GradientTape",
    }
)  # fmt: skip
CALLS: dict[str, Callable[[Run, Arguments, cst.CSTNode], Value]] = dict.fromkeys(_TAPES, make_tape)


def enter_name(run: Run, value: Api, where: cst.CSTNode, item: cst.WithItem | None) -> Value:
    """`with tf.GradientTape as tape:` enters the class, and raises (truth table B32)."""
    if canonical(value.path) not in _TAPES or item is None:
        return enter_another(run, value, where, item)
    visit = run.stack.new_visit()
    run.claims.visit(where, run.stack.context, visit)
    name = text_of(item.asname.name) if item.asname is not None else ""
    raises(run, where, visit, CallRaised(where, name, "class", Misuse.NOT_ENTERED, text_of(item.item)))
    return run.anything()


def wrapped_tape(run: Run, path: str, callee: Api, arguments: Arguments, at: cst.CSTNode) -> Value | None:
    """`hvd.DistributedGradientTape(tape)` has the recording of the tape; when that is spent nobody can tell."""
    if not (path.startswith("horovod.") and path.endswith(".DistributedGradientTape") and arguments.positional):
        return None
    value = arguments.positional[0]
    if not isinstance(value, TapeValue):
        return None
    tape = run.recorder.tapes[value.tape]
    tape.persistent = None
    tape.mentioned = tape.wrapped = True
    return value
