"""All arguments that are written by hand, for functions that cannot be filled by parameter name alone."""

from __future__ import annotations

from flake8_gradtape.runtime import probe_recipes_keras, probe_recipes_networks, probe_recipes_tensors
from flake8_gradtape.runtime.probe_recipes import Maker, Recipes

WITHOUT_OPTIONS = frozenset(
    "tf.signal.stft tf.signal.inverse_stft keras.ops.rfft keras.ops.irfft keras.ops.one_hot keras.ops.multi_hot "
    "keras.ops.bincount keras.ops.linspace".split()
)
"""Functions that are tried with the recipes only: some option ends the process, or gives a result of another kind."""


def recipes(maker: Maker) -> Recipes:
    """Give the recipes by public name (canonical or alias)."""
    return {
        **probe_recipes_tensors.recipes(maker),
        **probe_recipes_networks.recipes(maker),
        **probe_recipes_keras.recipes(maker),
    }
