"""What real tapes say about one call: which outputs it has and which arguments a gradient reaches; no storing here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

Arguments = dict[str, Any]
"""A call's arguments by parameter name; a NumPy array, or a list of them, is given as a tensor. A variadic parameter
has the list of its arguments."""


@dataclass
class Slot:
    """One output of one call."""

    name: str = ""
    dtype: str = "unknown"
    """TensorFlow's name of it, "float32"."""
    kind: str = "unknown"
    """As in `OutputFacts.dtype`: "like", "float", "int", "bool", "string" or "unknown"."""
    flows: set[str] = field(default_factory=set)
    bends: set[str] = field(default_factory=set)
    linear: set[str] = field(default_factory=set)
    raises: set[str] = field(default_factory=set)


@dataclass
class Observed:
    """What one call did."""

    result: str
    slots: list[Slot]
    floats: set[str]
    """Parameters that took a floating or complex tensor."""
    tensors: set[str]
    same: str = ""


class Call:
    """A function with its parameters, to be called with arguments by name."""

    def __init__(self, function: Callable[..., Any], positional: tuple[str, ...], variadic: str) -> None:
        self.function = function
        self.positional = positional
        self.variadic = variadic

    def __call__(self, arguments: Arguments) -> Any:
        if not self.variadic or self.variadic not in arguments:
            return self.function(**arguments)
        named = dict(arguments)
        rest = named.pop(self.variadic)
        first = [named.pop(name) for name in self.positional if name in named]
        return self.function(*first, *rest, **named)


def observe(call: Call, arguments: Arguments, seconds: bool = True) -> Observed:
    """Call once and ask real tapes about it. `seconds` asks for second derivatives too.

    Raises whatever the call raises; a gradient that raises LookupError is noted in `Slot.raises`, one that raises
    anything else counts as not None (the machine must not claim None for it).
    """
    given = {name: to_tensor(value) for name, value in arguments.items()}
    result = call(given)
    kind, outputs = describe(result)
    tensors = {name for name, value in given.items() if any(True for _ in _tensors(value))}
    floats = {name for name in tensors if any(_differentiable(tensor) for tensor in _tensors(given[name]))}
    slots = [Slot(name, output.dtype.name, _dtype_kind(output)) for name, output in outputs]
    observed = Observed(kind, slots, floats, tensors, returned_unchanged(given, result))
    if not outputs:
        return observed
    if floats:
        _see_likeness(call, arguments, slots)
    for parameter in sorted(floats):
        _ask(call, given, parameter, slots, floats if seconds else None)
    return observed


def observe_in_graph(call: Call, arguments: Arguments, observed: Observed) -> None:
    """Trace the call with tf.function and add to `observed` the gradients that are not None there.

    Tracing tells without running. A call that cannot be traced adds nothing.
    """
    import tensorflow as tf

    for parameter in observed.floats:

        def ask(argument: Any, parameter: str = parameter) -> None:
            sources = [tensor for tensor in _tensors(argument) if _differentiable(tensor)]
            others = {name: to_tensor(value) for name, value in arguments.items() if name != parameter}
            with tf.GradientTape(persistent=True, watch_accessed_variables=False) as tape:
                tape.watch(sources)
                _, outputs = describe(call({**others, parameter: argument}))
                targets = [_as_float(output) for _, output in outputs]
            if len(targets) != len(observed.slots):
                return
            for slot, target in zip(observed.slots, targets, strict=True):
                try:
                    found = target is not None and any(one is not None for one in tape.gradient(target, sources))
                except Exception:  # As in `observe`; a LookupError was seen there.
                    found = True
                if found and parameter not in slot.flows:
                    slot.flows.add(parameter)

        try:
            tf.function(ask, autograph=False).get_concrete_function(to_tensor(arguments[parameter]))
        except Exception:
            continue


def returned_unchanged(given: Arguments, result: Any) -> str:
    """The parameter whose tensor object is (in) the result; "" if none."""
    results = list(_tensors(result))
    for name, value in given.items():
        if any(one is tensor for tensor in _tensors(value) for one in results):
            return name
    return ""


def doubled(value: Any) -> Any:
    """The same arrays in double precision."""
    import numpy as np

    if isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind in "fc":
        return value.astype("float64" if value.dtype.kind == "f" else "complex128")
    if isinstance(value, (list, tuple)) and any(isinstance(item, (np.ndarray, list, tuple)) for item in value):
        return type(value)(doubled(item) for item in value)
    return value


def to_tensor(value: Any) -> Any:
    """Turn NumPy arrays, also in lists and tuples, into fresh tensors; leave the rest alone."""
    import numpy as np
    import tensorflow as tf

    if isinstance(value, (np.ndarray, np.generic)):
        return tf.constant(value)
    if isinstance(value, (list, tuple)) and any(isinstance(item, (np.ndarray, list, tuple)) for item in value):
        return type(value)(to_tensor(item) for item in value)
    return value


def describe(result: Any) -> tuple[str, list[tuple[str, Any]]]:
    """Give the kind of a result (as in `FunctionFacts.result`) and its tensors with their names."""
    import numpy as np
    import tensorflow as tf

    if result is None:
        return "none", []
    if tf.is_tensor(result) and not isinstance(result, tf.Variable) and hasattr(result, "_id"):
        return "tensor", [("", result)]
    if isinstance(result, (int, float, complex, str, bytes, np.ndarray, np.generic, tf.TensorShape, tf.DType)):
        return "python", []
    if isinstance(result, (list, tuple)) and result:
        kinds = [describe(item)[0] for item in result]
        if set(kinds) == {"tensor"}:
            names = list(getattr(result, "_fields", [""] * len(result)))
            kind = "named" if hasattr(result, "_fields") else "tensors" if isinstance(result, list) else "tuple"
            return kind, list(zip(names, result, strict=True))
        if set(kinds) <= {"python", "none"}:
            return "python", []
    if isinstance(result, (list, tuple)) and not result:
        return ("python" if isinstance(result, tuple) else "tensors"), []
    return "other", []


def same_values(first: Any, second: Any) -> bool:
    """Whether two results of the same call are equal; NaN equals NaN."""
    import numpy as np

    if isinstance(first, (list, tuple)):
        return len(first) == len(second) and all(same_values(a, b) for a, b in zip(first, second, strict=True))
    left, right = np.asarray(first), np.asarray(second)
    if left.shape != right.shape:
        return False
    equal = left == right
    if left.dtype.kind in "fc":
        equal = equal | (np.isnan(left) & np.isnan(right))
    return bool(np.all(equal))


def _see_likeness(call: Call, arguments: Arguments, slots: list[Slot]) -> None:
    """Find the outputs whose dtype follows that of the inputs, by giving the inputs in double precision."""
    try:
        _, outputs = describe(call({name: to_tensor(doubled(value)) for name, value in arguments.items()}))
    except Exception:  # Some ops take single precision only: then the output of that is like the input.
        follows = [slot.dtype in ("float32", "complex64") for slot in slots]
    else:
        names = [output.dtype.name for _, output in outputs]
        pairs = ({"float32", "float64"}, {"complex64", "complex128"})
        follows = [{slot.dtype, name} in pairs for slot, name in zip(slots, names, strict=False)]
    for slot, follow in zip(slots, follows, strict=False):
        if slot.kind == "float" and follow:
            slot.kind = "like"


def _ask(call: Call, given: Arguments, parameter: str, slots: list[Slot], others: set[str] | None) -> None:
    """Ask for the gradient of every output with respect to one parameter, that alone being watched."""
    import tensorflow as tf

    sources = [tensor for tensor in _tensors(given[parameter]) if _differentiable(tensor)]
    with tf.GradientTape(persistent=True, watch_accessed_variables=False) as tape:
        tape.watch(sources)
        _, outputs = describe(call(given))
        targets = [_as_float(output) for _, output in outputs]
    for place, target in enumerate(targets):
        if place >= len(slots) or target is None:
            continue
        slot = slots[place]
        try:
            found = any(gradient is not None for gradient in tape.gradient(target, sources))
        except LookupError:
            slot.raises.add(parameter)
            found = True
        except Exception:
            found = True
        if found:
            slot.flows.add(parameter)
            if others is not None and parameter not in slot.raises:
                alone = _second(call, given, parameter, [parameter], place)
                together = _second(call, given, parameter, sorted(others), place)
                if alone is True:
                    slot.bends.add(parameter)
                if alone is False and together is False:
                    slot.linear.add(parameter)


def _second(call: Call, given: Arguments, parameter: str, watched: list[str], place: int) -> bool | None:
    """Whether the first gradient depends on what is watched; None if TensorFlow raises."""
    import tensorflow as tf

    sources = [tensor for tensor in _tensors(given[parameter]) if _differentiable(tensor)]
    everything = [tensor for name in watched for tensor in _tensors(given[name]) if _differentiable(tensor)]
    try:
        with tf.GradientTape(watch_accessed_variables=False) as outer:
            outer.watch(everything)
            with tf.GradientTape(watch_accessed_variables=False) as inner:
                inner.watch(sources)
                _, outputs = describe(call(given))
                target = _as_float(outputs[place][1])
            first = [tf.convert_to_tensor(one) for one in inner.gradient(target, sources) if one is not None]
        return any(one is not None for one in outer.gradient(first, everything))
    except Exception:
        return None


def _as_float(output: Any) -> Any:
    """The output itself if it can be differentiated, else its cast to float; None for strings and the like."""
    import tensorflow as tf

    if _differentiable(output):
        return output
    if output.dtype.is_integer or output.dtype.is_bool:
        return tf.cast(output, tf.float32)
    return None


def _differentiable(tensor: Any) -> bool:
    return bool(tensor.dtype.is_floating or tensor.dtype.is_complex)


def _dtype_kind(tensor: Any) -> str:
    dtype = tensor.dtype
    if dtype.is_floating or dtype.is_complex:
        return "float"
    if dtype.is_bool:
        return "bool"
    if dtype.is_integer:
        return "int"
    return "string" if dtype.name == "string" else "unknown"


def _tensors(value: Any) -> Iterator[Any]:
    import tensorflow as tf

    if isinstance(value, (list, tuple)):
        for item in value:
            yield from _tensors(item)
    elif tf.is_tensor(value) and hasattr(value, "_id") and not isinstance(value, tf.Variable):
        yield value
