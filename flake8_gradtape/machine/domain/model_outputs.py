"""What a functional Keras model gives that has several outputs."""

from __future__ import annotations

from dataclasses import dataclass

from flake8_gradtape.machine.domain.graph import Node


@dataclass(frozen=True)
class ModelOutputs:
    """What the model gives when it is called: a list of tensors, or a dict of them."""

    keys: tuple[object, ...] | None
    """The keys of the dict; None for a list."""
    ends: tuple[tuple[Node, bool], ...]
    """The symbolic tensors, and whether each surely is one tensor."""
