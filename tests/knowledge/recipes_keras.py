"""Arguments to try for functions of Keras (losses, ops, backend), written by hand."""

from __future__ import annotations

from tests.knowledge.recipes import Maker, Recipes


def recipes(m: Maker) -> Recipes:
    """Give the recipes by public name; the first of each is the most usual call."""
    return {**_losses(m), **_ops(m), **_convolutions(m), **_backend(m)}


def _losses(m: Maker) -> Recipes:
    pair = {"y_true": m.floats(2, 3), "y_pred": m.floats(2, 3)}
    signs = {"y_true": m.array([[1.0, -1.0, 1.0], [-1.0, 1.0, 1.0]]), "y_pred": m.signed(2, 3)}
    distribution = m.floats(2, 3)
    classes = {"y_true": m.one_hot(2, 3), "y_pred": distribution / distribution.sum(-1, keepdims=True)}
    logits = {"y_true": m.one_hot(2, 3), "y_pred": m.signed(2, 3), "from_logits": True}
    sparse = {"y_true": m.ints(2), "y_pred": classes["y_pred"]}
    images = {"y_true": m.floats(2, 4, 4, 1), "y_pred": m.floats(2, 4, 4, 1)}
    usual = [pair, images]
    found: Recipes = {
        f"tf.keras.losses.{name}": usual
        for name in ("mse", "mae", "mape", "msle", "huber", "logcosh", "poisson", "kld", "cosine_similarity", "dice")
    }
    found |= {
        "tf.keras.losses.tversky": usual,
        "tf.keras.losses.hinge": [signs, pair],
        "tf.keras.losses.squared_hinge": [signs, pair],
        "tf.keras.losses.categorical_hinge": [signs, pair],
        "tf.keras.losses.binary_crossentropy": [pair, logits, pair | {"label_smoothing": 0.1}],
        "tf.keras.losses.binary_focal_crossentropy": [pair, logits, pair | {"apply_class_balancing": True}],
        "tf.keras.losses.categorical_crossentropy": [classes, logits, classes | {"label_smoothing": 0.1}],
        "tf.keras.losses.categorical_focal_crossentropy": [classes, logits],
        "tf.keras.losses.sparse_categorical_crossentropy": [
            sparse,
            {"y_true": m.ints(2), "y_pred": m.signed(2, 3), "from_logits": True},
            {"y_true": m.ints(2, 2), "y_pred": m.signed(2, 2, 3), "from_logits": True},
            sparse | {"ignore_class": 0},
            sparse | {"y_true": m.array([0.0, 2.0])},
            {"y_true": m.array([0.0, 2.0]), "y_pred": m.signed(2, 3), "from_logits": True, "ignore_class": 0},
        ],
        "tf.keras.losses.ctc": [{"y_true": m.ints(2, 2) + 1, "y_pred": m.floats(2, 6, 5)}],
        "tf.keras.metrics.sparse_categorical_accuracy": [sparse],
        "tf.keras.metrics.sparse_top_k_categorical_accuracy": [sparse | {"k": 2}],
    }
    return found


def _ops(m: Maker) -> Recipes:
    x, table = m.floats(3), m.floats(4, 3)
    chosen = m.array([True, False, True], "bool")
    target, output = m.one_hot(2, 3), m.floats(2, 3)
    pair = {"target": m.floats(2, 3), "output": output}
    sure = {"target": target, "output": output}
    sparse = {"target": m.ints(2), "output": output}
    return {
        "keras.ops.where": [
            {"condition": chosen, "x1": x, "x2": m.floats(3)},
            {"condition": m.floats(3), "x1": x, "x2": m.floats(3)},
            {"condition": m.bools(2, 3), "x1": m.floats(2, 3), "x2": 0.5},
            {"condition": m.bools(2, 3), "x1": 0.5, "x2": m.floats(2, 3)},
        ],
        "keras.ops.one_hot": [
            {"x": m.ints(3), "num_classes": 3},
            {"x": m.ints(3), "num_classes": 3, "dtype": "int32"},
            {"x": m.ints(3), "num_classes": 3, "dtype": "float32"},
        ],
        "keras.ops.convert_to_tensor": [
            {"x": [1.5, 2.0]},
            {"x": x},
            {"x": x, "dtype": "int32"},
            {"x": x, "dtype": "float64"},
            {"x": [m.floats(), m.floats()]},
        ],
        "keras.ops.cast": [
            {"x": x, "dtype": "float32"},
            {"x": x, "dtype": "float64"},
            {"x": x, "dtype": "int32"},
            {"x": x, "dtype": "bool"},
        ],
        "keras.ops.stop_gradient": [{"variable": x}],
        "keras.ops.digitize": [{"x": x, "bins": m.array([0.2, 0.4, 0.6])}],
        "keras.ops.in_top_k": [{"targets": m.ints(2), "predictions": output, "k": 1}],
        "keras.ops.moveaxis": [{"x": table, "source": 0, "destination": 1}],
        "keras.ops.swapaxes": [{"x": table, "axis1": 0, "axis2": 1}],
        "keras.ops.slice": [{"inputs": table, "start_indices": [1, 0], "shape": [2, 2]}],
        "keras.ops.slice_update": [{"inputs": table, "start_indices": [1, 0], "updates": m.floats(2, 2)}],
        "keras.ops.scatter": [{"indices": m.array([[0], [2]], "int32"), "values": m.floats(2, 3), "shape": [4, 3]}],
        "keras.ops.scatter_update": [
            {"inputs": table, "indices": m.array([[0], [2]], "int32"), "updates": m.floats(2, 3)}
        ],
        "keras.ops.multi_hot": [{"inputs": m.ints(2, 2), "num_classes": 4}],
        "keras.ops.binary_crossentropy": [pair, pair | {"from_logits": True}],
        "keras.ops.categorical_crossentropy": [sure, sure | {"from_logits": True}],
        "keras.ops.sparse_categorical_crossentropy": [sparse, sparse | {"from_logits": True}],
        "keras.ops.ctc_loss": [
            {
                "target": m.ints(2, 2) + 1,
                "output": m.signed(2, 6, 5),
                "target_length": m.array([2, 2], "int32"),
                "output_length": m.array([6, 6], "int32"),
            }
        ],
        "keras.ops.extract_sequences": [{"x": m.floats(2, 16), "sequence_length": 8, "sequence_stride": 4}],
        "keras.ops.rfft": [{"x": m.floats(2, 8)}],
        "keras.ops.irfft": [{"x": (m.floats(2, 5), m.floats(2, 5))}],
        "keras.ops.kaiser": [{"x": 8, "beta": 12.0}],
        "keras.ops.bincount": [{"x": m.ints(4)}, {"x": m.ints(4), "weights": m.floats(4)}],
        "keras.ops.linspace": [
            {"start": 0.5, "stop": 2.0, "num": 4},
            {"start": m.floats(), "stop": m.floats() + 1, "num": 4},
            {"start": m.floats(3), "stop": m.floats(3) + 1, "num": 4},
        ],
        "keras.ops.softmax": [{"x": m.signed(2, 3)}, {"x": m.signed(2, 3), "axis": 0}],
    }


def _convolutions(m: Maker) -> Recipes:
    image, kernel = m.floats(1, 8, 8, 3), m.floats(3, 3, 3, 2)
    pools = {"inputs": image, "pool_size": 2}
    return {
        "keras.ops.conv": [{"inputs": image, "kernel": kernel}, {"inputs": image, "kernel": kernel, "padding": "same"}],
        "keras.ops.depthwise_conv": [{"inputs": image, "kernel": kernel}],
        "keras.ops.separable_conv": [
            {"inputs": image, "depthwise_kernel": kernel, "pointwise_kernel": m.floats(1, 1, 6, 4)}
        ],
        "keras.ops.max_pool": [pools, pools | {"padding": "same"}],
        "keras.ops.average_pool": [pools, pools | {"padding": "same"}],
    }


def _backend(m: Maker) -> Recipes:
    image, kernel = m.floats(1, 8, 8, 3), m.floats(3, 3, 3, 2)
    sparse = {"target": m.ints(2), "output": m.floats(2, 3)}
    return {
        "tf.keras.backend.conv1d": [{"x": m.floats(1, 8, 3), "kernel": m.floats(3, 3, 2)}],
        "tf.keras.backend.conv2d": [{"x": image, "kernel": kernel}],
        "tf.keras.backend.depthwise_conv2d": [{"x": image, "depthwise_kernel": kernel}],
        "tf.keras.backend.pool2d": [
            {"x": image, "pool_size": (2, 2)},
            {"x": image, "pool_size": (2, 2), "pool_mode": "avg"},
        ],
        "tf.keras.backend.sparse_categorical_crossentropy": [sparse, sparse | {"from_logits": True}],
        "tf.keras.backend.permute_dimensions": [{"x": m.floats(2, 3), "pattern": [1, 0]}],
        "tf.keras.backend.repeat_elements": [{"x": m.floats(2, 3), "rep": 2, "axis": 1}],
        "tf.keras.backend.in_top_k": [{"predictions": m.floats(2, 3), "targets": m.ints(2), "k": 1}],
        "tf.keras.backend.resize_images": [
            {"x": image, "height_factor": 2, "width_factor": 2, "data_format": "channels_last"},
            {
                "x": image,
                "height_factor": 2,
                "width_factor": 2,
                "data_format": "channels_last",
                "interpolation": "bilinear",
            },
        ],
    }
