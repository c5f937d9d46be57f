"""Arguments to try for functions of tf, tf.math, tf.linalg, tf.random, tf.signal and tf.strings, written by hand."""

from __future__ import annotations

from tests.knowledge.recipes import Maker, Recipes


def recipes(m: Maker) -> Recipes:
    """Give the recipes by public name; the first of each is the most usual call."""
    return {**_arrays(m), **_math(m), **_linalg(m), **_random(m), **_signal(m), **_strings(m)}


def _arrays(m: Maker) -> Recipes:
    x, y = m.floats(3), m.floats(3)
    chosen = m.array([True, False, True], "bool")
    pairs = m.array([[0, 1], [1, 0]], "int32")
    update = {"tensor": m.floats(4, 3), "indices": m.array([[0], [2]], "int32"), "updates": m.floats(2, 3)}
    return {
        "tf.constant": [
            {"value": [1.5, 2.0]},
            {"value": x},
            {"value": [1, 2], "dtype": "int64"},
            {"value": [1, 2], "dtype": "float64"},
            {"value": 1.5, "shape": [2, 2]},
        ],
        "tf.convert_to_tensor": [
            {"value": [1.5, 2.0]},
            {"value": x},
            {"value": [1, 2], "dtype": "int64"},
            {"value": [1, 2], "dtype": "float64"},
            {"value": [m.floats(), m.floats()]},
            {"value": [[m.floats(), 1.0], [2.0, m.floats()]]},
            {"value": m.complexes(3)},
        ],
        "tf.range": [
            {"start": 3},
            {"start": 1.0, "limit": 5.0, "delta": 1.5},
            {"start": m.floats(), "limit": m.floats() + 5},
            {"start": 1, "limit": 5, "dtype": "float64"},
            {"start": 1, "limit": 5, "dtype": "int64"},
            {"start": 1.0, "limit": 5.0, "delta": m.floats()},
        ],
        "tf.fill": [{"dims": [2, 3], "value": 1.5}, {"dims": [2, 3], "value": m.floats()}],
        "tf.linspace": [
            {"start": 0.5, "stop": 2.0, "num": 4},
            {"start": m.floats(), "stop": m.floats(), "num": 4},
            {"start": x, "stop": y, "num": 4, "axis": 0},
        ],
        "tf.where": [
            {"condition": chosen, "x": x, "y": y},
            {"condition": chosen, "x": x, "y": 0.5},
            {"condition": chosen, "x": 0.5, "y": y},
            {"condition": m.bools(2, 3), "x": m.floats(2, 3), "y": m.floats(3)},
            {"condition": chosen, "x": m.complexes(3), "y": m.complexes(3)},
            {"condition": chosen},
        ],
        "tf.experimental.numpy.where": [
            {"condition": chosen, "x": x, "y": y},
            {"condition": m.floats(3), "x": x, "y": y},
            {"condition": m.bools(2, 3), "x": m.floats(2, 3), "y": m.floats(3)},
        ],
        "tf.one_hot": [
            {"indices": m.ints(3), "depth": 3},
            {"indices": m.ints(3), "depth": 3, "dtype": "int32"},
            {"indices": m.ints(3), "depth": 3, "dtype": "float64"},
            {"indices": m.ints(3), "depth": 3, "on_value": m.floats(), "off_value": m.floats()},
        ],
        "tf.gather": [
            {"params": m.floats(4, 3), "indices": m.ints(2)},
            {"params": m.floats(4, 3), "indices": m.ints(2), "axis": 1},
            {"params": m.floats(4, 3), "indices": m.ints(4, 2), "batch_dims": 1},
            {"params": m.complexes(4, 3), "indices": m.ints(2)},
        ],
        "tf.gather_nd": [
            {"params": m.floats(4, 3), "indices": pairs},
            {"params": m.floats(4, 3), "indices": m.ints(2, 1)},
            {"params": m.floats(2, 4, 3), "indices": m.ints(2, 3, 1), "batch_dims": 1},
        ],
        "tf.scatter_nd": [
            {"indices": m.array([[0], [2]], "int32"), "updates": m.floats(2, 3), "shape": [4, 3]},
            {"indices": pairs, "updates": m.floats(2), "shape": [4, 3]},
        ],
        "tf.tensor_scatter_nd_add": [update],
        "tf.tensor_scatter_nd_sub": [update],
        "tf.tensor_scatter_nd_max": [update],
        "tf.tensor_scatter_nd_min": [update],
        "tf.tensor_scatter_nd_update": [update],
        "tf.dynamic_partition": [
            {"data": x, "partitions": m.array([0, 1, 0], "int32"), "num_partitions": 2},
            {"data": m.floats(3, 2), "partitions": m.array([0, 1, 0], "int32"), "num_partitions": 3},
        ],
        "tf.strided_slice": [
            {"input_": m.floats(4, 3), "begin": [1, 0], "end": [3, 2]},
            {"input_": m.floats(4, 3), "begin": [0, 0], "end": [4, 3], "strides": [2, 1]},
            {"input_": m.floats(4, 3), "begin": [1], "end": [2], "shrink_axis_mask": 1},
        ],
        "tf.pad": [
            {"tensor": x, "paddings": [[1, 2]]},
            {"tensor": m.floats(2, 3), "paddings": [[1, 0], [1, 1]], "mode": "REFLECT"},
            {"tensor": m.floats(2, 3), "paddings": [[1, 0], [1, 1]], "mode": "SYMMETRIC"},
            {"tensor": x, "paddings": [[1, 2]], "constant_values": m.floats()},
            {"tensor": x, "paddings": m.array([[1, 2]], "int32"), "constant_values": 0.5},
        ],
        "tf.reverse_sequence": [
            {"input": m.floats(2, 4), "seq_lengths": m.array([2, 3], "int32"), "seq_axis": 1, "batch_axis": 0}
        ],
        "tf.batch_to_space": [{"input": m.floats(4, 2, 2, 3), "block_shape": [2, 2], "crops": [[0, 0], [0, 0]]}],
        "tf.space_to_batch": [{"input": m.floats(1, 4, 4, 3), "block_shape": [2, 2], "paddings": [[0, 0], [0, 0]]}],
        "tf.space_to_batch_nd": [{"input": m.floats(1, 4, 4, 3), "block_shape": [2, 2], "paddings": [[0, 0], [0, 0]]}],
        "tf.bitcast": [{"input": x, "type": "int32"}, {"input": x, "type": "float32"}, {"input": x, "type": "uint8"}],
        "tf.cast": [
            {"x": x, "dtype": "float32"},
            {"x": x, "dtype": "float64"},
            {"x": x, "dtype": "float16"},
            {"x": x, "dtype": "complex64"},
            {"x": m.complexes(3), "dtype": "float32"},
            {"x": x, "dtype": "int32"},
            {"x": x, "dtype": "bool"},
            {"x": m.ints(3), "dtype": "float32"},
        ],
        "tf.histogram_fixed_width": [{"values": x, "value_range": m.array([0.0, 1.0]), "nbins": 4}],
        "tf.histogram_fixed_width_bins": [{"values": x, "value_range": m.array([0.0, 1.0]), "nbins": 4}],
        "tf.boolean_mask": [
            {"tensor": x, "mask": chosen},
            {"tensor": m.floats(3, 2), "mask": chosen},
            {"tensor": m.floats(2, 3), "mask": m.bools(2, 3)},
            {"tensor": m.floats(2, 3), "mask": chosen, "axis": 1},
        ],
        "tf.debugging.check_numerics": [{"tensor": x, "message": "not finite"}],
        "tf.debugging.assert_all_finite": [{"x": x, "message": "not finite"}],
        "tf.debugging.assert_near": [{"x": x, "y": x}],
        "tf.debugging.assert_negative": [{"x": -x}],
        "tf.debugging.assert_non_positive": [{"x": -x}],
        "tf.debugging.assert_rank": [{"x": x, "rank": 1}],
        "tf.debugging.assert_rank_at_least": [{"x": x, "rank": 1}],
        "tf.debugging.assert_type": [{"tensor": x, "tf_type": "float32"}],
        "tf.Assert": [{"condition": True, "data": [x]}],
        "tf.experimental.numpy.moveaxis": [{"a": m.floats(2, 3), "source": 0, "destination": 1}],
        "tf.experimental.numpy.swapaxes": [{"a": m.floats(2, 3), "axis1": 0, "axis2": 1}],
        "tf.experimental.numpy.average": [{"a": x}, {"a": m.floats(2, 3), "axis": 0}],
    }


def _math(m: Maker) -> Recipes:
    x = m.floats(3)
    return {
        "tf.math.invert_permutation": [{"x": m.array([2, 0, 1], "int32")}],
        "tf.math.polyval": [
            {"coeffs": [m.floats(), m.floats(), m.floats()], "x": m.floats(3)},
            {"coeffs": [1.5, 0.5, 2.0], "x": m.floats(2, 3)},
        ],
        "tf.math.in_top_k": [{"targets": m.ints(2), "predictions": m.floats(2, 3), "k": 1}],
        "tf.math.sobol_sample": [{"dim": 2, "num_results": 4}],
        "tf.math.floormod": [
            {"x": m.signed(3), "y": x},
            {"x": m.signed(2, 3), "y": m.floats(3)},
            {"x": m.ints(3), "y": m.ints(3) + 1},
        ],
        "tf.math.bincount": [
            {"arr": m.ints(4)},
            {"arr": m.ints(4), "weights": m.floats(4)},
            {"arr": m.ints(2, 4), "weights": m.floats(2, 4), "axis": -1},
            {"arr": m.ints(4), "minlength": 2, "maxlength": 5},
            {"arr": m.ints(2, 4), "axis": -1, "binary_output": True},
        ],
        "tf.searchsorted": [
            {"sorted_sequence": m.array([0.1, 0.5, 0.9]), "values": x},
            {"sorted_sequence": m.array([0.1, 0.5, 0.9]), "values": x, "side": "right"},
        ],
        "tf.math.confusion_matrix": [
            {"labels": m.ints(4), "predictions": m.ints(4)},
            {"labels": m.ints(4), "predictions": m.ints(4), "weights": m.floats(4), "dtype": "float32"},
            {"labels": m.ints(4), "predictions": m.ints(4), "dtype": "float64"},
            {"labels": m.ints(4), "predictions": m.ints(4), "dtype": "int64", "num_classes": 5},
        ],
    }


def _linalg(m: Maker) -> Recipes:
    return {
        "tf.linalg.band_part": [{"input": m.floats(3, 3), "num_lower": 1, "num_upper": 0}],
        "tf.linalg.set_diag": [
            {"input": m.floats(3, 3), "diagonal": m.floats(3)},
            {"input": m.floats(2, 3, 3), "diagonal": m.floats(2, 2), "k": 1},
        ],
        "tf.linalg.logm": [{"input": m.complexes(3, 3)}],
        "tf.linalg.eigh_tridiagonal": [{"alpha": m.floats(4), "beta": m.floats(3)}],
        "tf.linalg.norm": [
            {"tensor": m.signed(3)},
            {"tensor": m.signed(2, 3), "axis": 1},
            {"tensor": m.signed(2, 3), "ord": 1},
            {"tensor": m.signed(3), "ord": float("inf")},
            {"tensor": m.signed(3), "ord": 3.0},
            {"tensor": m.signed(2, 3), "ord": "fro", "axis": [0, 1]},
            {"tensor": m.signed(2, 3, 3), "ord": 2, "axis": [1, 2]},
            {"tensor": m.complexes(3)},
        ],
        "tf.linalg.tensordot": [
            {"a": m.floats(2, 3), "b": m.floats(3, 4), "axes": 1},
            {"a": m.floats(2, 3), "b": m.floats(3, 2), "axes": [[1], [0]]},
            {"a": m.floats(3), "b": m.floats(3), "axes": 0},
        ],
        "tf.linalg.matmul": [
            {"a": m.floats(3, 3), "b": m.floats(3, 3)},
            {"a": m.floats(2, 3, 3), "b": m.floats(2, 3, 3)},
            {"a": m.complexes(3, 3), "b": m.complexes(3, 3)},
            {"a": m.floats(2, 3), "b": m.floats(3, 4)},
        ],
        "tf.linalg.einsum": [
            {"equation": "ij,jk->ik", "inputs": [m.floats(2, 3), m.floats(3, 4)]},
            {"equation": "i,i->", "inputs": [m.floats(3), m.floats(3)]},
            {"equation": "bij,bjk->bik", "inputs": [m.floats(2, 3, 3), m.floats(2, 3, 3)]},
        ],
    }


def _random(m: Maker) -> Recipes:
    sampled = {"true_classes": m.int64s(2, 1), "num_true": 1, "num_sampled": 3, "unique": True, "range_max": 8}
    return {
        "tf.random.categorical": [{"logits": m.signed(2, 3), "num_samples": 4}],
        "tf.random.stateless_categorical": [{"logits": m.signed(2, 3), "num_samples": 4, "seed": [1, 2]}],
        "tf.random.fold_in": [{"seed": [1, 2], "data": 3}],
        "tf.random.uniform": [
            {"shape": [3]},
            {"shape": [3], "minval": m.floats(), "maxval": m.floats() + 1},
            {"shape": [3], "minval": 0, "maxval": 5, "dtype": "int32"},
            {"shape": [3], "dtype": "float64"},
        ],
        "tf.random.stateless_uniform": [
            {"shape": [3], "seed": [1, 2]},
            {"shape": [3], "seed": [1, 2], "minval": m.floats(), "maxval": m.floats() + 1},
            {"shape": [3], "seed": [1, 2], "minval": 0, "maxval": 5, "dtype": "int32"},
            {"shape": [3], "seed": [1, 2], "dtype": "float64"},
        ],
        "tf.random.uniform_candidate_sampler": [sampled],
        "tf.random.log_uniform_candidate_sampler": [sampled],
        "tf.random.learned_unigram_candidate_sampler": [sampled],
        "tf.keras.random.categorical": [{"logits": m.signed(2, 3), "num_samples": 4}],
        "tf.keras.random.randint": [{"shape": [3], "minval": 0, "maxval": 5}],
    }


def _signal(m: Maker) -> Recipes:
    wave, spectrum = m.floats(2, 16), m.complexes(2, 3, 5)
    windows = {
        f"tf.signal.{name}_window": [{"window_length": 8}]
        for name in ("hann", "hamming", "kaiser", "kaiser_bessel_derived", "vorbis")
    }
    return {
        **windows,
        "tf.signal.stft": [{"signals": wave, "frame_length": 8, "frame_step": 4}],
        "tf.signal.inverse_stft": [{"stfts": spectrum, "frame_length": 8, "frame_step": 4}],
        "tf.signal.frame": [{"signal": wave, "frame_length": 8, "frame_step": 4}],
        "tf.signal.overlap_and_add": [{"signal": m.floats(3, 8), "frame_step": 4}],
        "tf.signal.mdct": [{"signals": wave, "frame_length": 8}],
        "tf.signal.fft3d": [{"input": m.complexes(2, 3, 4)}],
        "tf.signal.ifft3d": [{"input": m.complexes(2, 3, 4)}],
    }


def _strings(m: Maker) -> Recipes:
    texts = m.strings("a b", "c")
    return {
        "tf.strings.format": [{"template": "{}", "inputs": [m.floats(3)]}],
        "tf.strings.regex_full_match": [{"input": texts, "pattern": "a.*"}],
        "tf.strings.regex_replace": [{"input": texts, "pattern": "a", "rewrite": "b"}],
        "tf.strings.substr": [{"input": texts, "pos": 0, "len": 1}],
        "tf.strings.to_hash_bucket": [{"input": texts, "num_buckets": 4}],
        "tf.strings.to_hash_bucket_fast": [{"input": texts, "num_buckets": 4}],
        "tf.strings.to_number": [{"input": m.strings("1.5", "2")}],
    }
