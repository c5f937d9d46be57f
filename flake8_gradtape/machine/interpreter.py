"""One module, from its syntax to what surely happens to its tapes."""

from __future__ import annotations

from collections.abc import Callable

from flake8_gradtape.events import Event
from flake8_gradtape.machine.assumptions.taking import Taking
from flake8_gradtape.machine.libraries.registry import REGISTRY
from flake8_gradtape.machine.roots import run_roots
from flake8_gradtape.machine.state.module_facts import module_facts
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.tapes.observer import Observer
from flake8_gradtape.reading.source import ModuleSource


def interpret(
    source: ModuleSource,
    keras: int | None = None,
    *,
    taking: Taking | None = None,
    every_function: bool = False,
    observe: Callable[[Run], Observer] | None = None,
) -> list[Event]:
    """What surely happens to the tapes of a module, wherever it is run from.

    The work is bounded by the length of the module, and what exceeds the bound is not claimed.

    Args:
        source: the module.
        keras: the version of Keras; without it only what happens with both is claimed.
        taking: which assumptions are made (without it, all); tells afterwards which were needed.
        every_function: run all functions by themselves, and not only those that a tape may reach.
        observe: gives an observer of the run.
    """
    facts = module_facts(source, keras, every_function=every_function)
    run = Run(facts, REGISTRY, taking or Taking())
    if observe is not None:
        run.observer = run.recorder.observer = observe(run)
    if facts.replaces_tensorflow:
        return []
    run_roots(run)
    events = run.claims.events()
    run.close()
    return events
