"""Everything there is to probe: public functions, and the methods and operators of `tf.Tensor`; not how."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.knowledge import recipes_by_hand
from tests.knowledge.merge import Unreliable, measure
from tests.knowledge.methods import tensor_methods
from tests.knowledge.names import public_functions
from tests.knowledge.recipes import Maker
from tests.knowledge.taping import Arguments


@dataclass(frozen=True)
class Subject:
    """A function to probe."""

    name: str
    aliases: tuple[str, ...]
    call: Callable[..., Any]
    recipes: list[Arguments] | None

    def probe(self, quick: bool = False) -> dict[str, Any]:
        """Give the stored entry, or {"left_out": why}; `quick` as in `measure`."""
        try:
            plain = {self.name, *self.aliases} & recipes_by_hand.WITHOUT_OPTIONS
            stored = measure(self.call, self.recipes, not plain, quick)
        except Unreliable as why:
            return {"left_out": str(why)}
        except Exception as trouble:
            return {"left_out": f"{type(trouble).__name__}: {trouble}"}
        if self.aliases:
            stored["aliases"] = list(self.aliases)
        return stored


def subjects() -> list[Subject]:
    """Give everything to probe. Imports TensorFlow. Raises LookupError if a recipe is for no public function."""
    by_hand = recipes_by_hand.recipes(Maker())
    found = [
        Subject(public.name, public.aliases, public.call, _recipes(by_hand, (public.name, *public.aliases)))
        for public in public_functions()
    ]
    found += [Subject(f"method {name}", (), call, recipes) for name, (call, recipes) in tensor_methods(Maker()).items()]
    return found


def _recipes(by_hand: dict[str, list[Arguments]], names: tuple[str, ...]) -> list[Arguments] | None:
    return next((by_hand[name] for name in names if name in by_hand), None)
