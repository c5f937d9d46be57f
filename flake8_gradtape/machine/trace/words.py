"""Beliefs, connections and silences in plain English: short lines for a reader of the program."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import libcst as cst

from flake8_gradtape.events import Cause
from flake8_gradtape.machine.domain import values as v
from flake8_gradtape.machine.domain.contents import SequenceContents
from flake8_gradtape.machine.domain.graph import Kind, Node, Op, Tri
from flake8_gradtape.machine.domain.walks import shortest_way
from flake8_gradtape.machine.libraries.tensorflow.data import is_dataset
from flake8_gradtape.machine.tapes.observer import Silence
from flake8_gradtape.machine.tapes.state import Connection, Link, Tape, TapeState
from flake8_gradtape.machine.tapes.tracking import steps_back
from flake8_gradtape.machine.trace.beliefs import Belief, Role
from flake8_gradtape.reading.positions import Span
from flake8_gradtape.reading.syntax import text_of

MOST_SHOWN = 4
"""Elements of a container that are told one by one."""
MOST_STEPS = 8
"""Steps of a path that are told."""
_KINDS = {
    Kind.TENSOR: "one or more tensors",
    Kind.VARIABLE: "one or more variables",
    Kind.NUMBER: "one or more numbers",
}


class Words:
    """Says things about the nodes and tapes of one run."""

    def __init__(
        self, spans: Mapping[cst.CSTNode, Span], first: Mapping[Node, tuple[cst.CSTNode, Role]],
        escapes: Mapping[int, Iterable[cst.CSTNode | None]],
    ) -> None:  # fmt: skip
        self._spans = spans
        self._first = first
        self._escapes = escapes

    # -- places ------------------------------------------------------------------------------------------------------

    def line(self, node: object) -> int | None:
        """The line on which a node starts."""
        span = self._spans.get(node) if isinstance(node, cst.CSTNode) else None
        return span[0] if span is not None else None

    def at_line(self, node: object) -> str:
        """` at line 7`, or nothing where the line is not known."""
        line = self.line(node)
        return f" at line {line}" if line is not None else ""

    # -- values ------------------------------------------------------------------------------------------------------

    def value(self, belief: Belief) -> str:
        """What a value is."""
        tell = _TOLD.get(type(belief.value))
        return tell(self, belief) if tell is not None else type(belief.value).__name__.lower()

    def _const(self, belief: Belief) -> str:
        value: Any = belief.value
        return "None" if value.value is None else f"constant {_short(repr(value.value))}"

    def _number(self, belief: Belief) -> str:
        return "plain value"

    def _tensor(self, belief: Belief) -> str:
        value: Any = belief.value
        none = ["or None"] if value.maybe_none or value.sometimes_none else []
        return ", ".join(["tensor", *_dtype(value.node.floating), *self._marks(belief), *none])

    def _variable(self, belief: Belief) -> str:
        node: Node = belief.value.node  # type: ignore[union-attr]
        trainable = {True: [], False: ["not trainable"], None: ["perhaps not trainable"]}[belief.trainable]
        name = "variables of a layer" if node.weights else "variable"
        return ", ".join([name, *_dtype(node.floating), *trainable, *self._marks(belief)])

    def _opaque(self, belief: Belief) -> str:
        node: Node = belief.value.node  # type: ignore[union-attr]
        if is_dataset(node) or node.op is Op.INPUT:
            return "dataset" if is_dataset(node) else "symbolic tensor"
        if node.kind is Kind.UNKNOWN:
            return f"unknown, {self.origin(node)}"
        return ", ".join([_KINDS[node.kind], *_dtype(node.floating), *self._marks(belief)])

    def _tape(self, belief: Belief) -> str:
        return ", ".join(["tape", *(_state(belief.state) if belief.state is not None else ["of another run"])])

    def _stop_recording(self, belief: Belief) -> str:
        return "stop_recording of a tape"

    def _sequence(self, belief: Belief) -> str:
        value, content = belief.value, belief.content
        assert isinstance(value, v.ListValue) and isinstance(content, SequenceContents)
        kind = "tuple" if content.immutable else "list"
        if value.shows or not content.exact:
            kind = f"view of a dict ({value.shows})" if value.shows else "collection"  # a set, perhaps
        return self._filled(kind, len(content.items), content.exact, [self.value(part) for _, part in belief.parts])

    def _mapping(self, belief: Belief) -> str:
        content: Any = belief.content
        told = [f"{_short(repr(key))}: {self.value(part)}" for key, part in belief.parts if type(key) is not tuple]
        told += [self.value(part) for key, part in belief.parts if type(key) is tuple]
        return self._filled("dict", len(content.entries), content.exact, told)

    def _filled(self, kind: str, size: int, exact: bool, parts: list[str]) -> str:
        """A container of `size` parts that are known; others are possible if it is not `exact`."""
        shown = "; ".join(parts[:MOST_SHOWN]) + ("; ..." if size > MOST_SHOWN else "")
        if not exact:
            return f"{kind} of unknown size" + (f" ({shown}; perhaps others)" if shown else "")
        return f"{kind} of {size}" + (f" ({shown})" if shown else "")

    def _exit_stack(self, belief: Belief) -> str:
        return "exit stack"

    def _api(self, belief: Belief) -> str:
        return belief.value.path.removeprefix("builtins.")  # type: ignore[union-attr]

    def _pure(self, belief: Belief) -> str:
        return f"loss object {belief.value.name.rpartition('.')[2]}"  # type: ignore[union-attr]

    def _network(self, belief: Belief) -> str:
        value: Any = belief.value
        return f"some layer of {value.name}" if value.part else f"Keras {value.name}"

    def _optimizer(self, belief: Belief) -> str:
        return f"optimizer {belief.value.path.rpartition('.')[2]}"  # type: ignore[union-attr]

    def _metric(self, belief: Belief) -> str:
        return "metric"

    def _function(self, belief: Belief) -> str:
        value: Any = belief.value
        if isinstance(value.definition, cst.Lambda):
            return "lambda"
        kind = "method" if value.instance is not None else "function"
        return f"{kind} {value.name}" + (", changed by unseen code" if value.opaque else "")

    def _class(self, belief: Belief) -> str:
        return f"class {belief.value.name}"  # type: ignore[union-attr]

    def _instance(self, belief: Belief) -> str:
        value: Any = belief.value
        return f"object of class {value.cls.name}"

    def _super(self, belief: Belief) -> str:
        return f"super() of class {belief.value.cls.name}"  # type: ignore[union-attr]

    def _unbound(self, belief: Belief) -> str:
        return "deleted" if belief.value.deleted else "not assigned"  # type: ignore[union-attr]

    def _choice(self, belief: Belief) -> str:
        told = list(dict.fromkeys(self.value(part) for _, part in belief.parts))
        return ("; or " if any(", " in one for one in told) else " or ").join(told)

    def _marks(self, belief: Belief) -> list[str]:
        return list(dict.fromkeys(f"{mark.value} {self.tape(tape)}" for mark, tape in belief.marks))

    # -- nodes and tapes ---------------------------------------------------------------------------------------------

    def tape(self, tape: Tape) -> str:
        """What to call a tape."""
        return tape.name or f"the tape{self.at_line(tape.at) or ' without a name'}"

    def origin(self, node: Node) -> str:
        """Where an unknown value comes from: `made at line 7 by 'helper(x)'`."""
        if node.at is not None:
            return f"made{self.at_line(node.at)} by '{text_of(node.at)}'"
        place, role = self._first.get(node, (None, Role.READ))
        if place is None:
            return f"'{node.name}'" if node.name else "of unknown origin"
        if role is Role.PARAMETER:
            return f"parameter '{text_of(place)}'"
        if role is Role.WRITTEN:
            return f"assigned to '{text_of(place)}'{self.at_line(place)}"
        return f"first seen{self.at_line(place)} as '{text_of(place)}'"

    def node(self, node: Node) -> str:
        """What a step on the way of a gradient is."""
        if node.kind is Kind.UNKNOWN:
            return f"an unknown value {self.origin(node)}"
        return f"'{self.short(node)}'"

    def short(self, node: Node) -> str:
        """The name of a step on the way, or how it is written."""
        if node.name:
            return node.name
        return text_of(node.at, 40) if node.at is not None else node.text or "something"

    # -- answers -----------------------------------------------------------------------------------------------------

    def cause(self, cause: Cause) -> str:
        """Why a source surely has no gradient."""
        where = self.at_line(cause.at)
        what = f"'{cause.what}'" if cause.what else ""
        details = f"{what}{where}".strip()
        return cause.kind.value + (f" ({details})" if details else "")

    def connection(self, found: Connection, targets: Iterable[Node], state: TapeState, sure: bool) -> str:
        """Why a gradient exists, or if that is not `sure`, may exist."""
        by = self.node(found.by)
        if found.link is Link.PATH:
            steps = list(
                dict.fromkeys(
                    self.short(node) for node in shortest_way(targets, found.source, partial(steps_back, state))
                )
            )
            if len(steps) > MOST_STEPS:
                steps = [*steps[: MOST_STEPS - 2], "...", steps[-1]]
            return f"{'' if sure else 'perhaps '}a recorded path: {' <- '.join(steps)}"
        sentence: dict[Link, Callable[[], str]] = {
            Link.TARGET_MAY_BE_SOURCE: lambda: f"the target may be, or hold, the source: {by}",
            Link.UNSEEN: lambda: f"{by} may lead there",
            Link.SOURCE_MAY_BE_ON_WAY: lambda: f"{self.node(found.source)} may be on the way, as {by}",
            Link.WAY_MAY_HOLD_SOURCE: lambda: f"{by} may be, or hold, the source",
        }
        tell = sentence.get(found.link)
        return tell() if tell is not None else found.link.value

    def silence(self, silence: Silence, tape: Tape | None) -> str:
        """Why nothing is claimed."""
        if silence is not Silence.ESCAPED or tape is None:
            return silence.value
        places = [self.line(place) for place in self._escapes.get(tape.number, ())]
        if places and places[0] is not None:
            return f"the tape escaped at line {places[0]}"
        return "the tape escaped: functions that run at any time may use it"


def _dtype(floating: Tri) -> list[str]:
    return {True: [], False: ["not floating"], None: ["dtype unknown"]}[floating]


def _state(state: TapeState) -> list[str]:
    """The state of a tape, the most telling words first."""
    told = []
    if state.entered is False:
        told.append("not entered")
    elif state.spent is not False:
        told.append("spent" if state.spent else "perhaps spent")
    elif state.active is not False:
        told.append("recording" if state.active else "perhaps recording")
    else:
        told.append("not recording")
    return [*told, *(["escaped"] if state.escaped else [])]


def _short(text: str, most: int = 40) -> str:
    return text if len(text) <= most else text[: most - 3] + "..."


_TOLD: dict[type, Callable[[Words, Belief], str]] = {
    v.Const: Words._const,
    v.Number: Words._number,
    v.Tensor: Words._tensor,
    v.Variable: Words._variable,
    v.Opaque: Words._opaque,
    v.TapeValue: Words._tape,
    v.StopRecording: Words._stop_recording,
    v.ListValue: Words._sequence,
    v.DictValue: Words._mapping,
    v.ExitStack: Words._exit_stack,
    v.Api: Words._api,
    v.Pure: Words._pure,
    v.KerasLayer: Words._network,
    v.Optimizer: Words._optimizer,
    v.Metric: Words._metric,
    v.Function: Words._function,
    v.Class: Words._class,
    v.Instance: Words._instance,
    v.SuperProxy: Words._super,
    v.Unbound: Words._unbound,
    v.Alternatives: Words._choice,
}
