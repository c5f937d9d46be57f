"""What the backward pass of an operation reads: measured, like all that is in this package."""

from __future__ import annotations

HOLDING = frozenset(
    "** tf.exp tf.math.exp tf.sqrt tf.math.sqrt tf.math.rsqrt tf.math.sigmoid tf.math.tanh tf.nn.relu tf.nn.elu "
    "tf.nn.selu tf.nn.softmax tf.nn.log_softmax tf.nn.relu6 tf.math.reciprocal tf.math.pow tf.math.reduce_mean "
    "tf.math.reduce_max tf.math.reduce_min tf.math.reduce_std".split()
)
"""Operations whose backward pass keeps their output: measured with weak references, TensorFlow 2.21."""

INPUT_ONLY = frozenset(
    "** * / @ % abs tf.math.square tf.math.sin tf.math.cos tf.math.tan tf.math.log tf.math.softplus tf.math.abs "
    "tf.math.multiply tf.math.divide tf.linalg.matmul tf.math.sinh tf.math.cosh tf.math.atan tf.math.erf "
    "tf.math.log1p tf.math.pow tf.math.squared_difference tf.math.maximum tf.math.minimum tf.math.asin "
    "tf.math.reduce_mean tf.where tf.math.reduce_sum tf.tensordot tf.nn.softplus tf.clip_by_value tf.math.xlogy".split()
)
"""Operations whose gradient depends on their inputs only, not through their output."""
