"""What the knowledge base says is what the installed TensorFlow does; how the machine uses it is tested elsewhere."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from flake8_gradtape import knowledge
from flake8_gradtape.knowledge import FunctionFacts

FIRST = """
abs add add_n argmax argsort boolean_mask broadcast_to cast clip_by_norm clip_by_value concat constant
convert_to_tensor cos cumsum divide dynamic_partition einsum equal exp expand_dims fill floor gather gather_nd greater
identity linspace matmul maximum multiply norm one_hot ones_like pad pow random.normal random.uniform range rank
reduce_max reduce_mean reduce_sum repeat reshape reverse roll round scatter_nd shape sigmoid sign sin slice sort split
sqrt square squeeze stack stop_gradient subtract tanh tensor_scatter_nd_update tile transpose truncatemod unique
unstack where zeros zeros_like
math.ceil math.erf math.floordiv math.floormod math.log math.reduce_logsumexp math.reduce_std math.reduce_variance
math.rint math.segment_sum math.softplus math.top_k math.zero_fraction
nn.batch_normalization nn.bias_add nn.conv2d nn.dropout nn.elu nn.embedding_lookup nn.gelu nn.leaky_relu nn.log_softmax
nn.max_pool2d nn.moments nn.relu nn.sigmoid_cross_entropy_with_logits nn.softmax
nn.softmax_cross_entropy_with_logits nn.sparse_softmax_cross_entropy_with_logits
linalg.cholesky linalg.det linalg.diag linalg.eigh linalg.inv linalg.lu linalg.qr linalg.solve linalg.trace
image.adjust_contrast image.crop_and_resize image.hsv_to_rgb image.resize image.rgb_to_grayscale
image.total_variation random.categorical random.gamma random.shuffle random.stateless_normal signal.fft
strings.as_string
keras.losses.binary_crossentropy keras.losses.categorical_crossentropy keras.losses.huber keras.losses.kld
keras.losses.mae keras.losses.mse keras.losses.sparse_categorical_crossentropy keras.activations.relu
keras.activations.softmax keras.ops.argmax keras.ops.cast keras.ops.floor keras.ops.matmul keras.ops.mean
keras.ops.one_hot keras.ops.relu keras.ops.where experimental.numpy.floor experimental.numpy.sum
""".split()
"""Functions that tape code uses most; each is probed again."""


def facts(name: str) -> FunctionFacts:
    found = knowledge.lookup(name)
    assert found is not None, name
    return found


def stored() -> dict[str, Any]:
    from tests.knowledge.probe import FACTS

    data: dict[str, Any] = json.loads(FACTS.read_text(encoding="utf-8"))
    return data


# --- what the facts say, by rows of the truth table -------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    "argmax argmin argsort round floor math.ceil math.rint greater equal not_equal shape size rank zeros_like "
    "ones_like math.is_nan math.is_finite histogram_fixed_width_bins searchsorted random.categorical "
    "random.shuffle math.in_top_k math.invert_permutation math.confusion_matrix math.count_nonzero "
    "math.floordiv strings.as_string range linalg.matrix_rank stop_gradient image.non_max_suppression one_hot "
    "math.reduce_any".split(),
)
def test_no_gradient_flows_through_what_the_truth_table_found_none_for(name: str) -> None:
    function = facts(f"tf.{name}")
    required = {parameter for parameter in function.parameters if parameter in function.tensors}
    assert required
    assert all(not output.flows - {"weights"} for output in function.outputs)


@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        ("sign", "x"),  # A2-sign: zeros, not None
        ("sort", "values"),
        ("boolean_mask", "tensor"),
        ("math.floormod", "x"),
        ("clip_by_value", "t"),
        ("nn.relu", "features"),
        ("random.normal", "mean"),
        ("random.gamma", "alpha"),
        ("random.stateless_normal", "mean"),
        ("nn.dropout", "x"),
        ("math.igamma", "a"),
        ("math.betainc", "x"),
        ("linspace", "start"),
        ("fill", "value"),
        ("gather", "params"),
        ("dynamic_partition", "data"),
        ("dynamic_stitch", "data"),
        ("image.resize", "images"),
        ("image.crop_and_resize", "image"),
        ("image.rot90", "image"),
        ("linalg.pinv", "a"),
        ("nn.softmax_cross_entropy_with_logits", "labels"),
        ("math.nextafter", "x1"),
    ],
)
def test_a_gradient_flows_where_the_truth_table_found_one(name: str, parameter: str) -> None:
    assert any(parameter in output.flows for output in facts(f"tf.{name}").outputs)


@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        ("truncatemod", "x"),
        ("unique", "x"),
        ("unique_with_counts", "x"),
        ("random.poisson", "lam"),
        ("linalg.lu", "input"),
        ("image.adjust_hue", "image"),
        ("image.adjust_contrast", "images"),
        ("image.adjust_saturation", "image"),
    ],
)
def test_a_gradient_raises_where_the_truth_table_found_no_registered_gradient(name: str, parameter: str) -> None:
    assert parameter in facts(f"tf.{name}").missing


def test_only_the_values_of_top_k_are_differentiable() -> None:
    values, indices = facts("tf.math.top_k").outputs
    assert (values.name, values.flows, values.dtype) == ("values", frozenset({"input"}), "like")
    assert (indices.name, indices.flows, indices.dtype) == ("indices", frozenset(), "int")


def test_the_condition_of_where_is_cut_and_both_branches_flow() -> None:
    where = facts("tf.where")
    assert where.outputs[0].flows == {"x", "y"}
    assert "condition" in where.tensors


def test_sparse_labels_are_cut_and_logits_flow() -> None:
    for name, labels, logits in (
        ("tf.nn.sparse_softmax_cross_entropy_with_logits", "labels", "logits"),
        ("tf.keras.losses.sparse_categorical_crossentropy", "y_true", "y_pred"),
    ):
        assert facts(name).outputs[0].flows == {logits}
        assert labels in facts(name).tensors


def test_cast_leaves_the_dtype_to_its_argument_and_may_return_its_own_input() -> None:
    cast = facts("tf.cast")
    assert (cast.dtype_parameter, cast.outputs[0].dtype, cast.same) == ("dtype", "by_argument", "x")
    assert cast.outputs[0].flows == {"x"}


def test_conversions_may_return_the_tensor_they_are_given() -> None:
    assert facts("tf.convert_to_tensor").same == "value"
    assert facts("tf.constant").same == "value"
    assert facts("tf.identity").same == ""
    assert facts("tf.reshape").same == ""


def test_floor_division_cuts_and_division_flows() -> None:
    for name in ("__floordiv__", "__rfloordiv__"):
        operator = knowledge.method(name)
        assert operator is not None and operator.outputs[0].flows == frozenset()
    division = knowledge.method("__truediv__")
    assert division is not None and division.outputs[0].flows == {"x", "y"}


def test_numpy_and_float_leave_tensorflow() -> None:
    for name in ("numpy", "__float__", "__int__", "__array__", "__bool__"):
        method = knowledge.method(name)
        assert method is not None and method.result == "python"


def test_second_derivatives_exist_where_the_first_is_not_constant() -> None:
    assert facts("tf.sin").outputs[0].bends == {"x"}
    assert facts("tf.reduce_sum").outputs[0].linear == {"input_tensor"}
    product = facts("tf.multiply").outputs[0]
    assert product.bends == frozenset()  # d(x*y)/dx does not depend on x ...
    assert product.linear == frozenset()  # ... but on y.


def test_fresh_tensors_and_random_ones_are_known() -> None:
    for name in ("tf.zeros", "tf.ones", "tf.random.normal", "tf.random.uniform", "tf.eye", "tf.range"):
        assert facts(name).creates, name
    assert not facts("tf.zeros_like").creates
    assert facts("tf.random.normal").random
    assert not facts("tf.random.stateless_normal").random


def test_a_function_has_the_same_facts_under_all_its_names() -> None:
    for alias in ("tf.sin", "tf.compat.v2.math.sin", "tensorflow.math.sin"):
        assert knowledge.lookup(alias) is knowledge.lookup("tf.math.sin")
    assert knowledge.lookup("keras.ops.relu") is knowledge.lookup("tf.keras.ops.relu")
    assert facts("tf.keras.losses.mse") is facts("tf.keras.losses.mean_squared_error")


def test_functions_that_run_the_users_code_are_unknown() -> None:
    for name in "map_fn while_loop cond py_function numpy_function custom_gradient function scan".split():
        assert knowledge.lookup(f"tf.{name}") is None
    assert knowledge.lookup("tf.no_such_function") is None
    assert knowledge.method("no_such_method") is None


def test_the_facts_are_consistent() -> None:
    everything = [facts(name) for name in knowledge.functions()]
    everything += [one for name in knowledge.methods() if (one := knowledge.method(name))]
    assert len(everything) > 1000
    for function in everything:
        names = {*function.parameters, *function.keywords, function.variadic}
        flows = frozenset().union(*(output.flows for output in function.outputs))
        assert flows <= function.tensors <= names, function.name
        assert function.missing <= flows, function.name
        assert function.same == "" or function.same in function.tensors, function.name
        for output in function.outputs:
            assert output.bends <= output.flows and output.linear <= output.flows, function.name
            assert not output.bends & output.linear, function.name
            assert output.flows == frozenset() or output.dtype not in ("int", "bool", "string"), function.name


def test_looking_facts_up_does_not_import_tensorflow() -> None:
    script = (
        "import sys; from flake8_gradtape import knowledge; assert knowledge.lookup('tf.sin');"
        "sys.exit('tensorflow' in sys.modules or 'numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


# --- the facts against the installed TensorFlow -----------------------------------------------------------------


def contradictions(entry: dict[str, Any], probed: dict[str, Any]) -> Iterator[str]:
    """What a new probe with fewer calls found that the stored entry denies."""
    known = [set(output.get("flows", ())) for output in entry.get("outputs", ())]
    found = [set(output.get("flows", ())) for output in probed.get("outputs", ())]
    if entry["result"] != probed["result"] or len(known) != len(found):
        yield f"gives {probed['result']} of {len(found)}, stored {entry['result']} of {len(known)}"
        return
    for place, (stored_flows, flows) in enumerate(zip(known, found, strict=True)):
        if flows - stored_flows:
            yield f"output {place} has a gradient for {sorted(flows - stored_flows)}, stored as cut"
    if not set(entry.get("missing", ())) & _given(probed) <= set(probed.get("missing", ())):
        yield f"raises for {probed.get('missing')}, stored {entry['missing']}"


def _given(probed: dict[str, Any]) -> set[str]:
    return {name for output in probed.get("outputs", ()) for name in output.get("flows", ())}


@pytest.fixture(scope="module")
def subjects() -> list[Any]:
    pytest.importorskip("tensorflow")
    from tests.knowledge.subjects import subjects

    return subjects()


@pytest.mark.tensorflow
def test_the_stored_flows_hold_in_the_installed_tensorflow(subjects: list[Any]) -> None:
    data = stored()
    wanted = {facts(f"tf.{name}").name for name in FIRST if knowledge.lookup(f"tf.{name}")}
    wanted |= set(knowledge.functions()[::2])
    found, probed = [], 0
    for subject in subjects:
        name = subject.name.removeprefix("method ")
        entry = data["methods"].get(name) if name != subject.name else data["functions"].get(name)
        if entry is None or not (name in wanted or name != subject.name):
            continue
        again = subject.probe(quick=True)
        if "left_out" not in again:
            probed += 1
            found += [f"{subject.name}: {line}" for line in contradictions(entry, again)]
    assert found == []
    assert probed > 400


@pytest.mark.tensorflow
def test_the_functions_used_most_are_probed_to_the_same_facts(subjects: list[Any]) -> None:
    import tensorflow as tf

    if tf.__version__ != knowledge.tensorflow_version():
        pytest.skip("the facts were measured with another TensorFlow")
    data = stored()
    wanted = {facts(f"tf.{name}").name for name in "cast where argmax matmul unique split math.top_k one_hot".split()}
    again = {subject.name: subject.probe() for subject in subjects if subject.name in wanted}
    assert again == {name: data["functions"][name] for name in wanted}


@pytest.mark.tensorflow
def test_a_wrong_fact_is_noticed(subjects: list[Any]) -> None:
    entry = copy.deepcopy(stored()["functions"]["tf.math.sin"])
    again = next(subject for subject in subjects if subject.name == "tf.math.sin").probe(quick=True)
    assert list(contradictions(entry, again)) == []
    entry["outputs"][0]["flows"] = []
    assert list(contradictions(entry, again)) == ["output 0 has a gradient for ['x'], stored as cut"]


def test_every_common_function_is_known() -> None:
    assert [name for name in FIRST if knowledge.lookup(f"tf.{name}") is None] == []


def test_the_file_is_as_the_generator_writes_it() -> None:
    from tests.knowledge.probe import FACTS, render

    assert render(stored()) == FACTS.read_text(encoding="utf-8")


def test_the_check_tells_a_difference_in_one_line() -> None:
    from tests.knowledge.probe import compare

    before, after = stored(), stored()
    assert list(compare(before, after)) == []
    after["functions"]["tf.math.sin"]["result"] = "other"
    del after["functions"]["tf.math.cos"]
    assert list(compare(before, after)) == [
        "tf.math.cos: not probed any more",
        "tf.math.sin.result: stored tensor, probed other",
    ]
