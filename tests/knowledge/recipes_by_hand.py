"""All arguments that are written by hand, for functions that cannot be filled by parameter name alone."""

from __future__ import annotations

from tests.knowledge import recipes_keras, recipes_networks, recipes_tensors
from tests.knowledge.recipes import Maker, Recipes

WITHOUT_OPTIONS = frozenset(
    "tf.signal.stft tf.signal.inverse_stft keras.ops.rfft keras.ops.irfft keras.ops.one_hot keras.ops.multi_hot "
    "keras.ops.bincount keras.ops.linspace".split()
)
"""Functions that are tried with the recipes only: some option ends the process, or gives a result of another kind."""


def recipes(maker: Maker) -> Recipes:
    """Give the recipes by public name (canonical or alias)."""
    return {
        **recipes_tensors.recipes(maker),
        **recipes_networks.recipes(maker),
        **recipes_keras.recipes(maker),
    }
