"""Which unknown values may be variables of a model that nobody can see into, and which are its outputs.

A tape tracks every trainable variable, so an unknown value on the way may always be a source itself. The output of a
model is none of its variables: that tells a forward pass before the tape from a value that was handed over.
"""

from __future__ import annotations

import re

from flake8_gradtape.machine.domain.graph import Kind, Node
from flake8_gradtape.machine.domain.walks import Walk, ancestors, inputs

LIKE_VARIABLES = re.compile(
    "weight|var|param|theta|kernel|layer|bias|alpha|beta|gamma|sigma|scale|loc|mean|std|mu|emb|coef|latent|head|table|"
    "matrix|proj|code|proto|cent|filter|net|model|temperature|log_|lambda|trainable|tensor|^p$|^[wbvA-Z]"
)
"""Names under which people keep variables of a model."""
VARIABLES = frozenset("trainable_variables trainable_weights variables weights".split())
"""Attributes of layers, models and modules that hold their variables."""


def may_be_variable_of(node: Node, variables: Node) -> bool:
    """Whether an unknown value on the way may be one of the variables of an unknown model.

    The output of a model is none. Data that has another origin than the model is taken to be none, unless its name says
    so: else no gradient of a model that nobody can see could ever be said to be None.
    """
    if node.model_output and not LIKE_VARIABLES.search(node.name):
        return False
    if node.kind is not Kind.UNKNOWN or not node.name or LIKE_VARIABLES.search(node.name):
        return True
    return not ancestors([node]).keys().isdisjoint(ancestors([variables]))


def stands_for_variables(node: Node) -> bool:
    """Whether a node was read from `model.trainable_variables` and the like; or is a layer's own variables.

    All that it may come from must be such a list, of one model or several.
    """
    if node.kind is not Kind.UNKNOWN:
        return node.weights
    walk = Walk([node], lambda one: [] if _holds_variables(one) else inputs(one))
    for one in walk:
        if not _holds_variables(one) and (one.kind is not Kind.UNKNOWN or one.called or not one.edges):
            return False
    return not walk.cut


def _holds_variables(node: Node) -> bool:
    """It is the variables of a layer, or was read from an attribute that holds variables."""
    if node.weights:
        return True
    unseen = node.kind is Kind.UNKNOWN and not node.called and bool(node.edges)
    return unseen and node.name in VARIABLES


def stands_for_trainable(node: Node) -> bool:
    """Whether a node is nothing but trainable variables: no operation leads to it, so a way to it ends there."""
    return (node.weights or node.name.startswith("trainable_")) and stands_for_variables(node)


def is_no_variable(target: Node) -> bool:
    """Whether a target is taken to be no variable: a call gave it, and nobody differentiates a variable itself."""
    return target.no_variable and not LIKE_VARIABLES.search(target.name)
