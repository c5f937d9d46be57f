"""Tries a function with many arguments and merges what the tapes said into one stored entry; no files, no processes."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from tests.knowledge.names import parameters
from tests.knowledge.recipes import PROFILES, Maker, by_profile, options
from tests.knowledge.taping import (
    Arguments,
    Call,
    Observed,
    Slot,
    observe,
    observe_in_graph,
    returned_unchanged,
    same_values,
    to_tensor,
)

DTYPE_PARAMETERS = ("dtype", "output_type", "out_type", "output_dtype", "type", "Tout", "index_type")
CHANCY = ("random", "dropout", "shuffle", "sample", "categorical", "normal", "uniform", "glimpse")
EXPANDED = 2
"""How many of the calls that worked are tried again with every option."""
TRACED = 2
"""How many of the calls that worked are traced by tf.function too."""

Stored = dict[str, Any]
Seen = tuple[Arguments, Observed]


class Unreliable(Exception):
    """A function about which nothing is stored; the text says why."""


def measure(
    function: Callable[..., Any], recipes: list[Arguments] | None, expand: bool = True, quick: bool = False
) -> Stored:
    """Probe one function, with the given recipes or else with arguments chosen by parameter name.

    `expand` also tries every option and gives numbers as tensors. `quick` leaves out options, second derivatives,
    tracing and repetition: flows are then what the first calls show. Raises Unreliable if no call works or if the
    result is nothing that the knowledge base can describe.
    """
    positional, variadic, keywords = parameters(function)
    call = Call(function, positional, variadic)
    seen = _try_all(call, function, recipes, expand and not quick, not quick)
    if not seen:
        raise Unreliable("no call worked")
    for arguments, observed in [one for one in seen if one[1].floats and one[1].slots][: 0 if quick else TRACED]:
        observe_in_graph(call, arguments, observed)
    kind = _result_kind([observed for _, observed in seen])
    if kind == "other":  # A list of tensors may come back as a list (tf.keras.activations.linear): tell the usual call.
        seen = [one for one in seen if not any(isinstance(value, list) for value in one[0].values())]
        kind = _result_kind([observed for _, observed in seen])
    if kind == "other":
        raise Unreliable("the result is not a tensor, or its kind depends on the arguments")
    stored: Stored = {"parameters": list(positional), "result": kind}
    if variadic:
        stored["variadic"] = variadic
    if keywords:
        stored["keywords"] = list(keywords)
    tensors = _tensors(seen, function, recipes or [])
    if tensors:
        stored["tensors"] = sorted(tensors)
    missing = _missing([observed for _, observed in seen])
    if missing:
        stored["missing"] = sorted(missing)
    random, same_by_chance = (False, set[str]()) if quick else _repeat(call, function, seen)
    same = sorted({observed.same for _, observed in seen if observed.same in observed.floats} | same_by_chance)
    if same:
        stored["same"] = same[0]
    outputs = _outputs(kind, [observed for _, observed in seen])
    decides = _dtype_parameter(seen, outputs, function)
    if decides:
        stored["dtype_parameter"] = decides
        plain = _outputs(kind, [observed for arguments, observed in seen if decides not in arguments])
        if plain:
            stored["without_dtype"] = plain[0]["dtype"]
        for output in outputs:
            output["dtype"] = "by_argument"
    if outputs:
        stored["outputs"] = outputs
    if outputs and _creates(seen[0], function):
        stored["creates"] = True
    if outputs and random:
        stored["random"] = True
    return stored


def _try_all(
    call: Call, function: Callable[..., Any], recipes: list[Arguments] | None, expand: bool, seconds: bool
) -> list[Seen]:
    seen: list[Seen] = []
    if recipes is not None:
        for arguments in recipes:
            try:
                seen.append((arguments, observe(call, arguments, seconds)))
            except Exception as trouble:
                raise Unreliable(f"the recipe {sorted(arguments)} fails: {trouble}") from trouble
        starts = [(one, "by hand") for one in seen]
    else:
        starts = []
        for profile in PROFILES:
            for arguments in by_profile(Maker(), function, profile):
                one = _try(call, arguments, seconds)
                if one:
                    seen.append(one)
                    starts.append((one, profile))
    if not expand:
        return seen
    starts.sort(key=lambda start: not start[0][1].floats)
    whole = [start for start in starts if not start[0][1].floats][:1]
    for (arguments, _), profile in [*starts[: EXPANDED if recipes is None else EXPANDED + 2], *whole]:
        if profile == "by hand":
            changes = [one for one in options(Maker(), function, arguments, "vector") if "data_format" not in one]
        else:
            changes = list(options(Maker(), function, arguments, profile))
        for changed in [*changes, *_numbers_as_tensors(arguments)]:
            one = _try(call, changed, seconds)
            if one:
                seen.append(one)
    return seen


def _try(call: Call, arguments: Arguments, seconds: bool) -> Seen | None:
    try:
        return arguments, observe(call, arguments, seconds)
    except Exception:  # Arguments that do not fit; the next ones may.
        return None


def _numbers_as_tensors(arguments: Arguments) -> list[Arguments]:
    """Each Python number, or list of numbers, as a float tensor and as an integer one; each integer tensor as floats.

    An integer is never on a gradient's path; the same parameter may take floats, and then let a gradient through.
    """
    import numpy as np

    changed = []
    for name, value in arguments.items():
        if isinstance(value, np.ndarray):
            if value.dtype.kind in "iub":
                changed.append(arguments | {name: value.astype("float32")})
            continue
        numbers = value if isinstance(value, (list, tuple)) else [value]
        flat = [inner for item in numbers for inner in (item if isinstance(item, (list, tuple)) else [item])]
        if flat and all(isinstance(item, (int, float)) and not isinstance(item, bool) for item in flat):
            try:
                changed += [arguments | {name: np.array(value, kind)} for kind in ("float32", "int32")]
            except (ValueError, OverflowError):
                continue
    return changed


def _result_kind(observations: list[Observed]) -> str:
    kinds = {observed.result for observed in observations}
    lengths = {len(observed.slots) for observed in observations}
    if (kinds == {"tuple"} and len(lengths) > 1) or kinds == {"tuple", "tensors"}:
        return "tensors"
    return kinds.pop() if len(kinds) == 1 else "other"


def _outputs(kind: str, observations: list[Observed]) -> list[Stored]:
    """Merge the outputs, place by place (a sequence of unknown length is one place)."""
    places: dict[int, list[tuple[Slot, Observed]]] = {}
    for observed in observations:
        for place, slot in enumerate(observed.slots):
            places.setdefault(0 if kind == "tensors" else place, []).append((slot, observed))
    return [_merge([slot for slot, _ in slots], [observed for _, observed in slots]) for slots in places.values()]


def _merge(slots: list[Slot], observations: list[Observed]) -> Stored:
    flows = set().union(*(slot.flows for slot in slots))
    bends, linear = set(), set()
    for name in flows:
        reached = [slot for slot in slots if name in slot.flows]
        if all(name in slot.bends for slot in reached):
            bends.add(name)
        asked = [slot for slot in reached if name not in slot.raises]
        if asked and all(name in slot.linear for slot in asked):
            linear.add(name)
    with_floats = {slot.kind for slot, observed in zip(slots, observations, strict=True) if observed.floats}
    kinds = with_floats or {slot.kind for slot in slots}
    merged: Stored = {"dtype": kinds.pop() if len(kinds) == 1 else "float" if kinds == {"like", "float"} else "unknown"}
    if slots[0].name:
        merged["name"] = slots[0].name
    for key, names in (("flows", flows), ("bends", bends), ("linear", linear)):
        if names:
            merged[key] = sorted(names)
    return merged


def _missing(observations: list[Observed]) -> set[str]:
    """The parameters for which every call and every output that a gradient could reach raised LookupError."""
    raised, given = set(), set()
    for observed in observations:
        for slot in observed.slots:
            raised |= slot.raises
            given |= slot.flows - slot.raises
    return raised - given


def _dtype_parameter(seen: list[Seen], outputs: list[Stored], function: Callable[..., Any]) -> str:
    """The parameter that decides the outputs' dtype: some value of it gave another dtype than a float."""
    names = [name for name in DTYPE_PARAMETERS if name in inspect.signature(function).parameters]
    for name in names:
        got = {
            slot.kind if slot.kind not in ("like", "float") else slot.dtype
            for arguments, observed in seen
            if arguments.get(name) is not None and observed.slots
            for slot in observed.slots[:1]
        }
        if any(kind.startswith("float") for kind in got) and (len(got) > 1 or name == "type"):
            return name
    return ""


def _creates(seen: Seen, function: Callable[..., Any]) -> bool:
    """No required argument of the first call that worked is a tensor."""
    arguments, observed = seen
    required = {
        parameter.name
        for parameter in inspect.signature(function).parameters.values()
        if parameter.default is parameter.empty
    }
    return not required & observed.tensors & set(arguments)


def _tensors(seen: list[Seen], function: Callable[..., Any], recipes: list[Arguments]) -> set[str]:
    """The parameters known to take tensors.

    An optional parameter that no gradient reached is not among them, unless a recipe by hand gives it: it may matter
    only together with another option.
    """
    signature = inspect.signature(function).parameters.values()
    sure = {one.name for one in signature if one.default is one.empty} | {name for one in recipes for name in one}
    reached = {name for _, observed in seen for slot in observed.slots for name in slot.flows}
    return {name for _, observed in seen for name in observed.tensors} & (sure | reached)


def _repeat(call: Call, function: Callable[..., Any], seen: list[Seen]) -> tuple[bool, set[str]]:
    """Whether calls with the same arguments differ, and which arguments came back unchanged from any of them."""
    name = getattr(function, "__name__", "")
    times = 24 if any(word in name for word in CHANCY) else 1
    random, same = False, set()
    for arguments, observed in seen[:3]:
        given = {key: to_tensor(value) for key, value in arguments.items()}
        try:
            first = call(given)
            for _ in range(times):
                again = call(given)
                random = random or not same_values(first, again)
                same.add(returned_unchanged(given, again))
        except Exception:  # What worked once may fail by chance; the calls before count.
            continue
        same &= observed.floats | {""}
    return random, same - {""}
