"""Under which of its names a library's function is looked up."""

from __future__ import annotations

_PREFIXES = (
    ("tensorflow.compat.v2.", "tf."), ("tensorflow.python.keras.", "tf.keras."), ("tensorflow.", "tf."),
    ("tf_keras.", "tf.keras."), ("numpy.", "np."),
)  # fmt: skip


def canonical(path: str) -> str:
    """The short public name: `tf.math.sin` for `tensorflow.math.sin`, `np.sum` for `numpy.sum`."""
    for long, short in _PREFIXES:
        if path.startswith(long):
            return short + path[len(long) :]
    return path
