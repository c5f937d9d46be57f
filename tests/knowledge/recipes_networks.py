"""Arguments to try for functions of tf.nn, tf.image and tf.quantization, written by hand."""

from __future__ import annotations

from tests.knowledge.recipes import Maker, Recipes


def recipes(m: Maker) -> Recipes:
    """Give the recipes by public name; the first of each is the most usual call."""
    return {**_convolutions(m), **_pooling(m), **_losses(m), **_lookups(m), **_images(m), **_boxes(m)}


def _convolutions(m: Maker) -> Recipes:
    line, image, volume = m.floats(1, 8, 3), m.floats(1, 8, 8, 3), m.floats(1, 4, 4, 4, 3)
    kernel = m.floats(3, 3, 3, 2)
    flat = {"input": image, "filters": kernel, "padding": "SAME"}
    return {
        "tf.nn.conv1d": [
            {"input": line, "filters": m.floats(3, 3, 2), "stride": 1, "padding": "SAME"},
            {"input": line, "filters": m.floats(3, 3, 2), "stride": 2, "padding": "VALID"},
        ],
        "tf.nn.conv2d": [
            flat | {"strides": 1},
            flat | {"strides": [1, 2, 2, 1]},
            flat | {"strides": 1, "dilations": 2},
        ],
        "tf.nn.conv3d": [
            {"input": volume, "filters": m.floats(2, 2, 2, 3, 2), "strides": [1, 1, 1, 1, 1], "padding": "SAME"}
        ],
        "tf.nn.convolution": [flat, {"input": line, "filters": m.floats(3, 3, 2), "padding": "VALID"}],
        "tf.nn.atrous_conv2d": [{"value": image, "filters": kernel, "rate": 2, "padding": "SAME"}],
        "tf.nn.conv1d_transpose": [
            {"input": m.floats(1, 8, 2), "filters": m.floats(3, 3, 2), "output_shape": [1, 16, 3], "strides": 2}
        ],
        "tf.nn.conv2d_transpose": [
            {"input": m.floats(1, 8, 8, 2), "filters": kernel, "output_shape": [1, 16, 16, 3], "strides": 2}
        ],
        "tf.nn.conv3d_transpose": [
            {
                "input": m.floats(1, 4, 4, 4, 2),
                "filters": m.floats(2, 2, 2, 3, 2),
                "output_shape": [1, 8, 8, 8, 3],
                "strides": 2,
            }
        ],
        "tf.nn.depthwise_conv2d": [
            {"input": image, "filter": kernel, "strides": [1, 1, 1, 1], "padding": "SAME"},
            {"input": image, "filter": kernel, "strides": [1, 2, 2, 1], "padding": "VALID"},
        ],
        "tf.nn.separable_conv2d": [
            {
                "input": image,
                "depthwise_filter": kernel,
                "pointwise_filter": m.floats(1, 1, 6, 4),
                "strides": [1, 1, 1, 1],
                "padding": "SAME",
            }
        ],
        "tf.nn.dilation2d": [
            {
                "input": image,
                "filters": m.floats(3, 3, 3),
                "strides": [1, 1, 1, 1],
                "padding": "SAME",
                "data_format": "NHWC",
                "dilations": [1, 1, 1, 1],
            }
        ],
        "tf.nn.erosion2d": [
            {
                "value": image,
                "filters": m.floats(3, 3, 3),
                "strides": [1, 1, 1, 1],
                "padding": "SAME",
                "data_format": "NHWC",
                "dilations": [1, 1, 1, 1],
            }
        ],
        "tf.nn.bias_add": [{"value": m.floats(2, 3), "bias": m.floats(3)}, {"value": image, "bias": m.floats(3)}],
        "tf.nn.depth_to_space": [{"input": m.floats(1, 2, 2, 4), "block_size": 2}],
        "tf.nn.space_to_depth": [{"input": m.floats(1, 4, 4, 3), "block_size": 2}],
    }


def _pooling(m: Maker) -> Recipes:
    image, volume = m.floats(1, 8, 8, 3), m.floats(1, 4, 4, 4, 3)
    flat = {"input": image, "ksize": 2, "strides": 2, "padding": "SAME"}
    cube = {"input": volume, "ksize": 2, "strides": 2, "padding": "SAME"}
    line = {"input": m.floats(1, 8, 3), "ksize": 2, "strides": 2, "padding": "SAME"}
    found: Recipes = {}
    for kind in ("max", "avg"):
        found |= {
            f"tf.nn.{kind}_pool": [flat, flat | {"padding": "VALID"}, line],
            f"tf.nn.{kind}_pool1d": [line, line | {"padding": "VALID"}],
            f"tf.nn.{kind}_pool2d": [flat, flat | {"padding": "VALID"}],
            f"tf.nn.{kind}_pool3d": [cube, cube | {"padding": "VALID"}],
            f"tf.nn.fractional_{kind}_pool": [{"value": image, "pooling_ratio": [1.0, 1.5, 1.5, 1.0], "seed": 3}],
        }
    found["tf.nn.pool"] = [
        {"input": image, "window_shape": [2, 2], "pooling_type": kind, "padding": "SAME"} for kind in ("MAX", "AVG")
    ]
    found["tf.nn.max_pool_with_argmax"] = [flat]
    return found


def _losses(m: Maker) -> Recipes:
    classes = m.ints(2)
    logits, truth = m.signed(2, 3), m.one_hot(2, 3)
    frames = {"label_length": m.array([2, 2], "int32"), "logit_length": m.array([5, 5], "int32")}
    words = m.array([[1, 2], [2, 1]], "int32")
    sampling = {
        "weights": m.signed(8, 4),
        "biases": m.signed(8),
        "labels": m.int64s(2, 1),
        "inputs": m.signed(2, 4),
        "num_sampled": 3,
        "num_classes": 8,
    }
    return {
        "tf.nn.sparse_softmax_cross_entropy_with_logits": [
            {"labels": classes, "logits": logits},
            {"labels": m.ints(2, 2), "logits": m.signed(2, 2, 3)},
        ],
        "tf.nn.softmax_cross_entropy_with_logits": [
            {"labels": truth, "logits": logits},
            {"labels": m.one_hot(3, 3), "logits": m.signed(3, 3), "axis": 0},
            {"labels": m.one_hot(4, 3).reshape(2, 2, 3), "logits": m.signed(2, 2, 3)},
        ],
        "tf.nn.sigmoid_cross_entropy_with_logits": [
            {"labels": m.floats(2, 3), "logits": logits},
            {"labels": m.floats(3), "logits": m.signed(3)},
        ],
        "tf.nn.weighted_cross_entropy_with_logits": [
            {"labels": m.floats(2, 3), "logits": logits, "pos_weight": 1.5},
            {"labels": m.floats(2, 3), "logits": logits, "pos_weight": m.floats(3)},
        ],
        "tf.nn.ctc_loss": [
            {"labels": words, "logits": m.signed(5, 2, 4), "blank_index": 0, **frames},
            {"labels": words, "logits": m.signed(2, 5, 4), "logits_time_major": False, "blank_index": 0, **frames},
        ],
        "tf.nn.nce_loss": [sampling],
        "tf.nn.sampled_softmax_loss": [sampling],
    }


def _lookups(m: Maker) -> Recipes:
    return {
        "tf.nn.embedding_lookup": [
            {"params": m.floats(4, 3), "ids": m.ints(2)},
            {"params": m.floats(4, 3), "ids": m.ints(2, 2), "max_norm": 0.5},
            {"params": m.floats(4, 3), "ids": m.ints(2), "max_norm": m.floats()},
        ],
        "tf.nn.moments": [
            {"x": m.floats(2, 3), "axes": [0]},
            {"x": m.floats(2, 3), "axes": [1], "keepdims": True},
            {"x": m.floats(2, 4, 4, 3), "axes": [0, 1, 2]},
            {"x": m.floats(2, 3), "axes": [0], "shift": m.floats(3)},
        ],
        "tf.quantization.fake_quant_with_min_max_vars_per_channel": [
            {"inputs": m.floats(2, 3), "min": -m.floats(3), "max": m.floats(3)}
        ],
    }


def _images(m: Maker) -> Recipes:
    image, batch = m.floats(8, 8, 3), m.floats(2, 8, 8, 3)
    methods = ("bilinear", "nearest", "bicubic", "area", "lanczos3", "lanczos5", "gaussian", "mitchellcubic")
    place = {"offset_height": 1, "offset_width": 1, "target_height": 4, "target_width": 4}
    size = {"target_height": 6, "target_width": 6}
    shades = {"lower": 0.4, "upper": 0.8}
    big = m.floats(1, 32, 32, 3)
    return {
        "tf.image.resize": [
            *({"images": batch, "size": [4, 6], "method": method} for method in methods),
            {"images": image, "size": [16, 16]},
            {"images": batch, "size": [8, 8]},
            {"images": batch, "size": [4, 6], "antialias": True},
            {"images": batch, "size": [4, 6], "preserve_aspect_ratio": True},
        ],
        "tf.image.resize_with_pad": [{"image": batch, "method": method, **size} for method in methods],
        "tf.image.resize_with_crop_or_pad": [{"image": batch, **size}, {"image": image, **size}],
        "tf.image.crop_to_bounding_box": [{"image": batch, **place}, {"image": image, **place}],
        "tf.image.pad_to_bounding_box": [{"image": image, **place, "target_height": 10, "target_width": 10}],
        "tf.image.central_crop": [
            {"image": batch, "central_fraction": 0.5},
            {"image": image, "central_fraction": 1.0},
        ],
        "tf.image.adjust_contrast": [
            {"images": batch, "contrast_factor": 1.5},
            {"images": batch, "contrast_factor": m.floats()},
        ],
        "tf.image.adjust_saturation": [
            {"image": batch, "saturation_factor": 1.5},
            {"image": batch, "saturation_factor": m.floats()},
        ],
        "tf.image.adjust_hue": [{"image": batch, "delta": 0.1}, {"image": batch, "delta": m.floats()}],
        "tf.image.adjust_gamma": [
            {"image": batch},
            {"image": batch, "gamma": 1.5, "gain": 2.0},
            {"image": batch, "gamma": m.floats(), "gain": m.floats()},
        ],
        "tf.image.random_contrast": [{"image": batch, **shades}],
        "tf.image.random_saturation": [{"image": batch, **shades}],
        "tf.image.random_hue": [{"image": batch, "max_delta": 0.2}],
        "tf.image.stateless_random_contrast": [{"image": batch, **shades, "seed": [1, 2]}],
        "tf.image.stateless_random_saturation": [{"image": batch, **shades, "seed": [1, 2]}],
        "tf.image.stateless_random_hue": [{"image": batch, "max_delta": 0.2, "seed": [1, 2]}],
        "tf.image.adjust_jpeg_quality": [{"image": image, "jpeg_quality": 75}],
        "tf.image.grayscale_to_rgb": [{"images": m.floats(2, 8, 8, 1)}],
        "tf.image.extract_patches": [
            {
                "images": batch,
                "sizes": [1, 2, 2, 1],
                "strides": [1, 2, 2, 1],
                "rates": [1, 1, 1, 1],
                "padding": padding,
            }
            for padding in ("VALID", "SAME")
        ],
        "tf.extract_volume_patches": [
            {
                "input": m.floats(1, 4, 4, 4, 2),
                "ksizes": [1, 2, 2, 2, 1],
                "strides": [1, 2, 2, 2, 1],
                "padding": "VALID",
            }
        ],
        "tf.image.ssim": [{"img1": big, "img2": m.floats(1, 32, 32, 3), "max_val": 1.0}],
        "tf.image.ssim_multiscale": [
            {"img1": big, "img2": m.floats(1, 32, 32, 3), "max_val": 1.0, "power_factors": (0.5, 0.5), "filter_size": 4}
        ],
        "tf.image.extract_glimpse": [{"input": batch, "size": [3, 3], "offsets": m.floats(2, 2)}],
    }


def _boxes(m: Maker) -> Recipes:
    boxes = m.array([[0.1, 0.1, 0.6, 0.7], [0.2, 0.15, 0.8, 0.9]])
    chosen = {"boxes": boxes, "scores": m.floats(2), "max_output_size": 2}
    crops = {
        "image": m.floats(2, 8, 8, 3),
        "boxes": boxes,
        "box_indices": m.array([0, 1], "int32"),
        "crop_size": [4, 4],
    }
    return {
        "tf.image.crop_and_resize": [crops, crops | {"method": "nearest"}],
        "tf.image.draw_bounding_boxes": [
            {"images": m.floats(1, 8, 8, 3), "boxes": boxes.reshape(1, 2, 4), "colors": m.floats(2, 3)}
        ],
        "tf.image.non_max_suppression": [chosen],
        "tf.image.non_max_suppression_with_scores": [chosen, chosen | {"soft_nms_sigma": 0.5}],
        "tf.image.non_max_suppression_padded": [chosen | {"pad_to_max_output_size": True}],
        "tf.image.combined_non_max_suppression": [
            {
                "boxes": boxes.reshape(1, 2, 1, 4),
                "scores": m.floats(1, 2, 1),
                "max_output_size_per_class": 2,
                "max_total_size": 2,
            }
        ],
    }
