"""Compares what gradient calls give with central finite differences; how a program is run again is in `replay`.

The sources of a call are moved along one fixed direction by +h, -h, +h/2 and -h/2, and the target is read each time.
For float64 h is 1e-5 and the relative tolerance 1e-6, for float32 h is 1e-2 and the tolerance 1e-2 (both times the
size of the source, if that is above one); added to it are the disagreement of the two steps and the rounding error of
the target. A gradient is wrong if it is off by more than four tolerances, right if by at most one; where four
tolerances are more than the gradient itself, neither can be said.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from flake8_gradtape.runtime.recording.program import ProgramFile
from flake8_gradtape.runtime.recording.replay import Replayer
from flake8_gradtape.runtime.recording.result import Difference
from flake8_gradtape.runtime.recording.seen import CannotReplay, Change, Point, SeenAsk, SeenInFull

_STEPS = {"float64": (1e-5, 1e-6), "float32": (1e-2, 1e-2)}
"""The step and the relative tolerance for each type of number."""
_WRONG = 4.0
"""A gradient that is off by more than so many tolerances is wrong."""


@dataclass(frozen=True)
class _Question:
    """What a call should have given: the derivative of the target of call `number`, weighted, at some values."""

    number: int
    target: tuple[Any, ...]
    weights: tuple[Any, ...]
    at: dict[Point, Any]
    """Values that variables are given first."""


def measure(
    program: ProgramFile, judged: ProgramFile, argv: Sequence[str], lines: Collection[int]
) -> tuple[Difference, ...]:
    """Compare each gradient call on `lines` of `judged` with finite differences, the first few runs of each call.

    The program is run once to see its calls, and then five times up to each of them.
    """
    replayer = Replayer(program, judged, argv)
    try:
        asks = replayer.survey(lines)
    except CannotReplay as error:
        return tuple(Difference(line, None, None, str(error)) for line in sorted(lines))
    found: list[Difference] = []
    wrong: set[tuple[int, int | None]] = set()
    for ask in asks:
        if not isinstance(ask, SeenInFull) or (ask.line, ask.column) in wrong:
            continue  # one wrong value is enough
        try:
            found.append(_compare(replayer, ask, asks))
        except CannotReplay as error:
            found.append(Difference(ask.line, ask.column, None, f"no finite differences: {error}"))
        if found[-1].wrong:
            wrong.add((ask.line, ask.column))
    return tuple(found)


def _compare(replayer: Replayer, ask: SeenInFull, asks: Sequence[SeenAsk]) -> Difference:
    """Compare what one gradient call gave with finite differences; raises `CannotReplay` where these tell nothing."""
    question = _question(ask, asks)
    step, relative = _precision(ask, question)
    direction = _direction(ask)
    held: list[Any] = []

    def moved(by: float) -> tuple[Any, ...]:
        changes = {point: Change(instead=value) for point, value in question.at.items()}
        for point, along in direction.items():
            changes[point] = replace(changes.get(point, Change()), plus=by * along)
        return replayer.target(question.number, changes, held)

    unmoved = moved(0.0)
    if not question.at and not _same(unmoved, question.target):
        raise CannotReplay("the program does not do the same in each run")
    ends = [moved(by) for by in (step, -step, step / 2, -step / 2)]
    np: Any = import_module("numpy")
    gave = np.asarray(_along(ask, direction), dtype=np.float64)
    if not all(np.all(np.isfinite(one)) for end in (unmoved, *ends) for one in end):
        raise CannotReplay("the target is not a finite number")
    if not np.all(np.isfinite(gave)):
        words = f"{ask.method}() gave {_number(gave)}, though the target is finite all around"
        return Difference(ask.line, ask.column, True, words)
    coarse = _slope(ask, question, ends[0], ends[1], 2 * step)
    fine = _slope(ask, question, ends[2], ends[3], step)
    if coarse.shape != gave.shape:
        raise CannotReplay("the result has another form than the target and the sources")
    truth = (4.0 * fine - coarse) / 3.0  # Richardson: the error of second order cancels
    return _judge(ask, gave, truth, np.max(np.abs(fine - coarse), initial=0.0), _rounding(unmoved, step), relative)


def _judge(ask: SeenInFull, gave: Any, truth: Any, noise: float, rounding: float, relative: float) -> Difference:
    np: Any = import_module("numpy")
    size = max(np.max(np.abs(gave), initial=0.0), np.max(np.abs(truth), initial=0.0))
    tolerance = float(relative * size + noise + rounding)
    off = float(np.max(np.abs(gave - truth), initial=0.0))
    single = len(ask.sources) == 1 and ask.sources[0].value.size == 1
    unit = _size(ask.sources[0].value) if single else 1.0
    along = "" if single else "along one direction, "
    words = f"{along}{ask.method}() gave {_number(gave / unit)}, central differences give {_number(truth / unit)}"
    # else a gradient that is missing altogether would not show
    sees = size > _WRONG * tolerance or size == 0.0
    wrong = True if off > _WRONG * tolerance else False if off <= tolerance and sees else None
    return Difference(ask.line, ask.column, wrong, f"{words} (tolerance {tolerance / unit:.1g})")


def _question(ask: SeenInFull, asks: Sequence[SeenAsk]) -> _Question:
    """What the call should have given the derivative of: which target, with which weights, and from which values."""
    np: Any = import_module("numpy")
    ones = tuple(np.ones_like(target) for target in ask.target)
    plain = _Question(ask.number, ask.target, ones, {})
    first = _asked_before(ask, asks)
    if first is not None:  # the same recorded target: what would it be with the variables as they are now?
        # an optimizer makes its own variables later, when it is first applied
        at = {point: value for point, value in ask.now.items() if point.number < first.variables}
        plain = replace(plain, number=first.number, at=at)
    if ask.weights is None or ask.weighted_by_itself:
        return plain
    if all(weight is not None for weight in ask.weights):
        return replace(plain, weights=ask.weights)
    for earlier in reversed(asks[: asks.index(ask)]):
        if earlier.without_gradient & set(ask.target_ids):  # the None is that gradient: the chain begins at its target
            if not isinstance(earlier, SeenInFull):
                return replace(plain, number=earlier.number, target=(), weights=())
            return replace(plain, number=earlier.number, target=earlier.target, weights=())
    if all(weight is None for weight in ask.weights) and not any(one.without_gradient for one in asks):
        return plain  # the same as not given
    raise CannotReplay("which gradient was None can't be told")


def _asked_before(ask: SeenInFull, asks: Sequence[SeenAsk]) -> SeenInFull | None:
    """The first run of the same call for the same target, if a source has changed since."""
    for earlier in asks[: asks.index(ask)]:
        if (
            isinstance(earlier, SeenInFull)
            and (earlier.line, earlier.column, earlier.target_ids) == (ask.line, ask.column, ask.target_ids)
            and [one.point for one in earlier.sources] == [one.point for one in ask.sources]
            and any(source.point in ask.now for source in ask.sources)
            and not _same([one.value for one in earlier.sources], [one.value for one in ask.sources])
        ):
            return earlier
    return None


def _precision(ask: SeenInFull, question: _Question) -> tuple[float, float]:
    values = [*question.target, *(source.value for source in ask.sources if source.gave is not None)]
    kinds = {str(value.dtype) for value in values}
    if not kinds <= set(_STEPS):
        raise CannotReplay(f"numbers of type {', '.join(sorted(kinds - set(_STEPS)))}")
    return _STEPS["float32" if "float32" in kinds else "float64"]


def _direction(ask: SeenInFull) -> dict[Point, Any]:
    """How far each source moves for h = 1: a fixed random direction, times the size of the source."""
    np: Any = import_module("numpy")
    random = np.random.default_rng(3)
    found: dict[Point, Any] = {}
    for source in ask.sources:
        if source.point is None or source.gave is None:
            continue
        shape = source.value.shape
        along = np.ones(shape) if source.value.size == 1 and len(ask.sources) == 1 else random.standard_normal(shape)
        found.setdefault(source.point, along * _size(source.value))
    if not found:
        raise CannotReplay("no source of the call can be changed")
    return found


def _size(value: Any) -> float:
    np: Any = import_module("numpy")
    return max(1.0, float(np.sqrt(np.mean(np.square(value)))))


def _along(ask: SeenInFull, direction: dict[Point, Any]) -> Any:
    """What the call gave, along the direction: for a Jacobian one number per element of the target."""
    np: Any = import_module("numpy")
    total: Any = 0.0
    done: set[Point] = set()
    for source in ask.sources:
        if source.point is None or source.gave is None or source.point in done:
            continue
        done.add(source.point)
        along = direction[source.point]
        if ask.method == "batch_jacobian":
            total = total + np.einsum("bij,bj->bi", _flat3(source.gave, along), along.reshape(along.shape[0], -1))
        else:
            total = total + np.tensordot(source.gave.astype(np.float64), along, along.ndim)
    return total


def _flat3(jacobian: Any, along: Any) -> Any:
    """A batch Jacobian as batch, target and source."""
    return jacobian.reshape(along.shape[0], -1, max(1, along[0].size))


def _slope(ask: SeenInFull, question: _Question, ahead: Sequence[Any], behind: Sequence[Any], width: float) -> Any:
    np: Any = import_module("numpy")
    slopes = [
        (np.asarray(one, np.float64) - np.asarray(other, np.float64)) / width
        for one, other in zip(ahead, behind, strict=True)
    ]
    if ask.method == "gradient":
        weights = question.weights or tuple(np.ones_like(slope) for slope in slopes)
        return np.asarray(sum(np.sum(weight * slope) for weight, slope in zip(weights, slopes, strict=True)))
    if len(slopes) != 1:
        raise CannotReplay("a Jacobian of several targets")
    return slopes[0] if ask.method == "jacobian" else slopes[0].reshape(slopes[0].shape[0], -1)


def _rounding(target: Sequence[Any], step: float) -> float:
    np: Any = import_module("numpy")
    errors = [np.finfo(one.dtype).eps * np.max(np.abs(one), initial=0.0) * np.sqrt(one.size) for one in target]
    return float(max(errors, default=0.0)) / step


def _same(some: Sequence[Any], others: Sequence[Any]) -> bool:
    np: Any = import_module("numpy")
    if not others:
        return True
    return len(some) == len(others) and all(
        one.shape == other.shape and np.allclose(one, other, rtol=1e-12 if one.dtype == np.float64 else 1e-6, atol=0.0)
        for one, other in zip(some, others, strict=True)
    )


def _number(value: Any) -> str:
    shown = [f"{one:.6g}" for one in value.reshape(-1)[:4]]
    if value.size == 1:
        return shown[0]
    return f"[{', '.join(shown)}{', ...' if value.size > len(shown) else ''}]"
