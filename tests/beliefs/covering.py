"""Whether what the machine believes of a value allows the one that Python has; nothing here runs anything."""

from __future__ import annotations

import functools
import itertools
import sys
import types
from collections.abc import Iterable, Mapping
from typing import Any

import libcst as cst

from flake8_gradtape.machine.domain import values as v
from flake8_gradtape.machine.domain.contents import MappingContents, SequenceContents, is_elsewhere
from flake8_gradtape.machine.domain.graph import Kind
from flake8_gradtape.machine.trace.beliefs import Belief
from flake8_gradtape.reading.positions import Span
from tests.beliefs.tapes import Tracks

MOST_DEPTH = 4
MOST_ELEMENTS = 50
_TENSORS = frozenset({"Tensor", "KerasTensor", "CompositeTensor", "IndexedSlices"})
_VARIABLES = frozenset({"Variable", "BaseResourceVariable", "KerasVariable", "DistributedVariable"})
ASSIGNED = "_UnreadVariable"
"""What `v.assign(...)` gives in a graph, or from its own handle: another object for the same variable."""
_ROWS = (list, tuple, set, frozenset, range)
_VIEWS = (type({}.keys()), type({}.values()), type({}.items()))
_HOLDERS = (dict, *_ROWS, *_VIEWS)


def is_tensor(x: object) -> bool:
    """A tensor of any kind."""
    return _is_a(x, _TENSORS)


def is_variable(x: object) -> bool:
    """A variable, of TensorFlow or of Keras."""
    return _is_a(x, _VARIABLES)


def is_tape(x: object) -> bool:
    """A tape."""
    return _is_a(x, frozenset({"GradientTape"}))


def is_symbolic(x: object) -> bool:
    """A tensor of a graph: it is seen while a function is traced, and what comes out of the function is another."""
    return is_tensor(x) and not hasattr(x, "numpy")


def _is_a(x: object, names: frozenset[str]) -> bool:
    kind = type(x)
    if kind.__module__ == "builtins" or not any(one.__name__ in names for one in kind.__mro__):
        return False
    # a data set and its iterator are CompositeTensors by their class only
    return not any(one.__name__ in ("DatasetV2", "IteratorBase") for one in kind.__mro__)


def is_vague_of_tape(tape: Belief, sources: Belief | None) -> bool:
    """Something about a gradient call depends on the run: the state of the tape, or what of the sources it tracks."""
    state = tape.state
    if state is None or state.escaped or None in (tape.persistent, state.entered, state.active, state.spent):
        return True
    return sources is None or _is_vague_of_tracking(sources)


def _is_vague_of_tracking(source: Belief) -> bool:
    if isinstance(source.value, (v.Tensor, v.Variable, v.Opaque)):
        return source.tracked is None
    content = source.content
    if isinstance(content, SequenceContents) and not (content.exact and len(content.items) == len(source.parts)):
        return True
    return any(_is_vague_of_tracking(part) for _, part in source.parts)


def is_vague(belief: Belief) -> bool:
    """It allows anything."""
    value = belief.value
    if isinstance(value, v.Alternatives):
        return len(belief.parts) < len(value.options) or any(is_vague(part) for _, part in belief.parts)
    return isinstance(value, v.Opaque) and value.node.kind is Kind.UNKNOWN


class Covering:
    """Compares beliefs about one program with values of it.

    Args:
        spans: where each definition stands.
        filename: what the program's code objects are called after.
        modules: the names that the program's classes may have as their `__module__`.
    """

    def __init__(self, spans: Mapping[cst.CSTNode, Span], filename: str, modules: Iterable[str]) -> None:
        self._spans = spans
        self._filename = filename
        self._modules = frozenset(modules)
        self.tracks: Tracks | None = None
        """Whether the tape that is asked now tracks something."""

    def why_not(self, belief: Belief, x: Any, depth: int = 0) -> str:
        """Why the belief does not allow the value; empty if it does."""
        tell = _TOLD.get(type(belief.value))
        return tell(self, belief, x, depth) if tell is not None and depth <= MOST_DEPTH else ""

    # -- one of several ----------------------------------------------------------------------------------------------

    def _any(self, belief: Belief, x: Any, depth: int) -> str:
        value: Any = belief.value
        if len(belief.parts) < len(value.options):
            return ""
        found = ""
        for _, part in belief.parts:
            found = self.why_not(part, x, depth)
            if not found:
                return ""
        return found

    def _unbound(self, belief: Belief, x: Any, depth: int) -> str:
        return "not assigned"

    # -- plain values ------------------------------------------------------------------------------------------------

    def _const(self, belief: Belief, x: Any, depth: int) -> str:
        known = belief.value.value  # type: ignore[union-attr]
        if type(known) is not type(x):
            return f"constant {_short(known)}"
        same = known is x or (repr(known) == repr(x) if isinstance(x, (float, complex)) else known == x)
        return "" if same else f"constant {_short(known)}, another"

    def _number(self, belief: Belief, x: Any, depth: int) -> str:
        return "" if self._is_plain(x) else "plain value"

    def _is_plain(self, x: Any, depth: int = 0) -> bool:
        """Nothing of TensorFlow's or the program's own is in it."""
        if is_tensor(x) or is_variable(x) or is_tape(x) or self._is_own(x):
            return False
        if depth < 3 and isinstance(x, (*_ROWS, *_VIEWS)):
            return all(self._is_plain(one, depth + 1) for one in _first(x))
        if depth < 3 and type(x) is dict:
            return all(self._is_plain(one, depth + 1) for one in _first(x.values()))
        return True

    def _is_own(self, x: Any) -> bool:
        """An object, class or function of the program."""
        if isinstance(x, (type, types.FunctionType)):
            return x.__module__ in self._modules
        return type(x).__module__ in self._modules and not isinstance(x, BaseException)

    # -- tensors, variables, tapes -----------------------------------------------------------------------------------

    def _tensor(self, belief: Belief, x: Any, depth: int) -> str:
        value: Any = belief.value
        if x is None:
            return "" if value.maybe_none or value.sometimes_none else "tensor, surely not None"
        if not is_tensor(x):
            return "tensor"
        return self._tracked(belief, x) or _dtype(value.node.floating, x)

    def _variable(self, belief: Belief, x: Any, depth: int) -> str:
        if not is_variable(x):
            return "variable"
        trainable = getattr(x, "trainable", None)
        told = isinstance(trainable, bool) and type(x).__name__ != ASSIGNED
        if belief.trainable is not None and told and trainable is not belief.trainable:
            return "trainable variable" if belief.trainable else "variable that is not trainable"
        return self._tracked(belief, x) or _dtype(belief.value.node.floating, x)  # type: ignore[union-attr]

    def _opaque(self, belief: Belief, x: Any, depth: int) -> str:
        node = belief.value.node  # type: ignore[union-attr]
        if node.kind is Kind.UNKNOWN:
            return self._tracked(belief, x)
        if node.kind is Kind.NUMBER:
            return self._number(belief, x, depth)
        if is_tape(x) or isinstance(x, (type, types.FunctionType)):
            return "one or more tensors" if node.kind is Kind.TENSOR else "one or more variables"
        return ""

    def _tracked(self, belief: Belief, x: Any) -> str:
        """The tape that is asked surely tracks it, or surely does not, and the real one knows better."""
        if belief.tracked is None or self.tracks is None or not (is_tensor(x) or is_variable(x)):
            return ""
        tracked = self.tracks(x)
        if tracked is None or tracked is belief.tracked:
            return ""
        return "tracked by the tape" if belief.tracked else "not tracked by the tape"

    def _tape(self, belief: Belief, x: Any, depth: int) -> str:
        if not is_tape(x):
            return "tape"
        state = belief.state
        if type(x).__name__ != "GradientTape":
            return ""
        if belief.persistent is not None and bool(x._persistent) is not belief.persistent:
            return f"tape that is {'' if belief.persistent else 'not '}persistent"
        if state is None or state.escaped:
            return ""
        if state.active is not None and bool(x._recording) is not state.active:
            return f"tape that is {'' if state.active else 'not '}recording"
        if x._tape is None:
            return "tape that is not spent" if state.entered is True and state.spent is False else ""
        never = state.entered is False
        return f"tape that {'was never entered' if never else 'is spent'}" if never or state.spent is True else ""

    # -- containers --------------------------------------------------------------------------------------------------

    def _sequence(self, belief: Belief, x: Any, depth: int) -> str:
        value, content = belief.value, belief.content
        assert isinstance(value, v.ListValue) and isinstance(content, SequenceContents)
        if x is None or isinstance(x, (bool, int, float, type, dict, str, types.FunctionType)):
            return "list"
        if type(x) is list and content.immutable:
            return "tuple"
        if type(x) not in (*_ROWS, *_VIEWS):
            return "tensor for a list" if is_tensor(x) else ""
        items = _first(x)
        told = dict(belief.parts)
        if not content.exact:
            parts = [told.get(place) for place in range(len(content.items))]
            return "" if not parts or None in parts else self._some(parts, items, depth)
        if _length(x) != len(content.items):
            return f"list of {len(content.items)}"
        for place, item in enumerate(items):
            part = told.get(place)
            why = self.why_not(part, item, depth + 1) if part is not None else ""
            if why:
                return f"list with {why}"
        return ""

    def _some(self, parts: list[Any], items: list[Any], depth: int) -> str:
        """Each item is allowed by one of the parts."""
        for item in items:
            found = ""
            for part in parts:
                found = self.why_not(part, item, depth + 1)
                if not found:
                    break
            if found:
                return f"some list with {found}"
        return ""

    def _mapping(self, belief: Belief, x: Any, depth: int) -> str:
        content = belief.content
        assert isinstance(content, MappingContents)
        if not isinstance(x, Mapping):
            return "dict"
        told = [(key, part) for key, part in belief.parts if not is_elsewhere(key)]
        if type(x) is dict and content.exact and len(belief.parts) == len(content.entries):
            sure = [key for key, part in told if not _may_be_missing(part)]
            if not set(x) <= {key for key, _ in told} or any(key not in x for key in sure):
                return f"dict of {len(sure)}"
        for key, part in told:
            if type(x) is dict and key in x:
                why = self.why_not(part, x[key], depth + 1)
                if why:
                    return f"dict with {why}"
        return ""

    # -- what can be called ------------------------------------------------------------------------------------------

    def _function(self, belief: Belief, x: Any, depth: int) -> str:
        value: Any = belief.value
        if value.opaque:
            return ""
        codes = _codes(x)
        if any(_BY_AUTOGRAPH in code.co_filename for code in codes) or _has_other_insides(x):
            return ""
        own = [code for code in codes if code.co_filename == self._filename]
        if not own:
            return f"function {value.name}"
        lines = self._lines(value.definition)
        return "" if any(one.co_firstlineno in lines for one in own) else f"function {value.name}, another"

    def _lines(self, definition: cst.CSTNode) -> set[int]:
        """Where a definition may be said to begin."""
        span = self._spans.get(definition)
        if span is None:
            return set()
        decorators = getattr(definition, "decorators", ())
        name = getattr(definition, "name", None)
        nodes = [definition, *decorators, *(one.decorator for one in decorators), *([name] if name else [])]
        return {self._spans[one][0] for one in nodes if one in self._spans}

    def _class(self, belief: Belief, x: Any, depth: int) -> str:
        name = belief.value.name  # type: ignore[union-attr]
        return "" if isinstance(x, type) and name in (x.__name__, x.__qualname__.split(".")[-1]) else f"class {name}"

    def _instance(self, belief: Belief, x: Any, depth: int) -> str:
        value, content = belief.value, belief.content
        assert isinstance(value, v.Instance)
        if not any(one.__name__ == value.cls.name for one in type(x).__mro__):
            return f"object of class {value.cls.name}"
        held = getattr(x, "__dict__", None)
        if not isinstance(held, dict) or not isinstance(content, MappingContents) or depth >= 2:
            return ""
        for key, part in belief.parts:
            why = self.why_not(part, held[key], depth + 1) if key in held else ""
            if why:
                return f"object with {why}"
        return ""

    def _super(self, belief: Belief, x: Any, depth: int) -> str:
        return "" if isinstance(x, super) else "super()"

    def _api(self, belief: Belief, x: Any, depth: int) -> str:
        path: str = belief.value.path  # type: ignore[union-attr]
        known = _looked_up(path)
        if known is _NOT_FOUND or known is x or not _codes(known).isdisjoint(_codes(x)):
            return ""
        if not isinstance(known, (type, types.ModuleType)) and not callable(known):
            return ""  # it may have changed since
        try:
            same = bool(known == x)
        except Exception:  # whatever the object makes of it
            same = True
        return "" if same or (is_tensor(x) or isinstance(x, types.ModuleType)) else path

    def _layer(self, belief: Belief, x: Any, depth: int) -> str:
        return "" if _is_a(x, frozenset({"Layer", "Operation"})) else "Keras layer"

    def _optimizer(self, belief: Belief, x: Any, depth: int) -> str:
        return "" if any("ptimizer" in one.__name__ for one in type(x).__mro__) else "optimizer"

    def _metric(self, belief: Belief, x: Any, depth: int) -> str:
        return "" if _is_a(x, frozenset({"Metric"})) else "metric"

    def _pure(self, belief: Belief, x: Any, depth: int) -> str:
        return "" if callable(x) else "loss object"


_TOLD: dict[type, Any] = {
    v.Alternatives: Covering._any,
    v.Unbound: Covering._unbound,
    v.Const: Covering._const,
    v.Number: Covering._number,
    v.Tensor: Covering._tensor,
    v.Variable: Covering._variable,
    v.Opaque: Covering._opaque,
    v.TapeValue: Covering._tape,
    v.ListValue: Covering._sequence,
    v.DictValue: Covering._mapping,
    v.Function: Covering._function,
    v.Class: Covering._class,
    v.Instance: Covering._instance,
    v.SuperProxy: Covering._super,
    v.Api: Covering._api,
    v.KerasLayer: Covering._layer,
    v.Optimizer: Covering._optimizer,
    v.Metric: Covering._metric,
    v.Pure: Covering._pure,
}


def _may_be_missing(belief: Belief) -> bool:
    value = belief.value
    return isinstance(value, v.Alternatives) and any(isinstance(one, v.Unbound) for one in value.options)


def _dtype(floating: bool | None, x: Any) -> str:
    """Why the dtype is not as believed."""
    dtype = getattr(x, "dtype", None)
    if floating is None or dtype is None:
        return ""
    is_floating = any(name in str(getattr(dtype, "name", dtype)) for name in ("float", "complex"))
    return "" if is_floating is floating else f"{'floating' if floating else 'not floating'} tensor"


_BY_AUTOGRAPH = "__autograph_generated"


def _has_other_insides(x: Any) -> bool:
    """A function that got the code of another one: it still is the function that the machine means."""
    return isinstance(x, types.FunctionType) and not hasattr(x, "__wrapped__") and x.__code__.co_name != x.__name__


def _codes(x: Any) -> set[types.CodeType]:
    """The codes of a function, and of those that it wraps."""
    found: set[types.CodeType] = set()
    pending = [x]
    while pending and len(found) < 20:
        one = pending.pop()
        if isinstance(one, functools.partial):
            pending.append(one.func)
        elif isinstance(one, (staticmethod, classmethod, types.MethodType)):
            pending.append(one.__func__)
        elif isinstance(one, property):
            pending += [one.fget, one.fset, one.fdel]
        elif isinstance(one, functools.cached_property):
            pending.append(one.func)
        elif isinstance(one, types.FunctionType):
            found.add(one.__code__)
            if "__wrapped__" in one.__dict__:
                pending.append(one.__dict__["__wrapped__"])
        elif type(one).__module__.startswith("tensorflow"):
            pending += [getattr(one, "python_function", None), getattr(one, "__wrapped__", None)]
    return found


_NOT_FOUND = object()


@functools.cache
def _looked_up(path: str) -> Any:
    """What a library has under a path, as far as it was imported."""
    parts = path.split(".")
    for count in range(len(parts), 0, -1):
        found = sys.modules.get(".".join(parts[:count]))
        if found is None:
            continue
        x: Any = found
        for name in parts[count:]:
            try:
                x = getattr(x, name)
            except Exception:  # a lazy module may raise anything
                return _NOT_FOUND
        return x
    return _NOT_FOUND


def _first(x: Iterable[Any]) -> list[Any]:
    """The elements that are compared; a range may be longer than the memory is."""
    return list(itertools.islice(x, MOST_ELEMENTS))


def _length(x: Any) -> int:
    try:
        return len(x)
    except OverflowError:  # of a range
        return sys.maxsize


def _short(x: object) -> str:
    text = repr(x)
    return text if len(text) <= 30 else text[:27] + "..."
