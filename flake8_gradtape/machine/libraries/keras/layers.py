"""Keras layers and models that are built visibly: what they are made of, and what calling them connects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import libcst as cst

from flake8_gradtape.machine.assumptions.variables import VARIABLES
from flake8_gradtape.machine.domain.contents import SequenceContents
from flake8_gradtape.machine.domain.graph import Curvature, Edge, Flow, Kind, Node, Op, OperationTraits, Tri
from flake8_gradtape.machine.domain.values import (
    NONE,
    Api,
    Const,
    Function,
    Instance,
    KerasLayer,
    ListValue,
    Number,
    Opaque,
    Tensor,
    Value,
    node_of,
)
from flake8_gradtape.machine.domain.walks import ancestors
from flake8_gradtape.machine.language.functions import unseen_call
from flake8_gradtape.machine.libraries.keras.functional import call_outputs, outputs_of
from flake8_gradtape.machine.libraries.keras.layer_parts import (
    METHODS_RETURNING_NUMPY,
    SILENT,
    freeze,
    mark_built,
    numbers_from,
    open_up,
    parts,
    run_callbacks,
    setting,
    variables_of,
)
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Arguments

_ROOTS = ("tf.keras.", "keras.")
_WEIGHTED = frozenset(
    "Dense Conv1D Conv2D Conv3D Conv1DTranspose Conv2DTranspose DepthwiseConv2D SeparableConv2D LSTM GRU "
    "SimpleRNN EinsumDense".split()
)
"""Layers with trainable floating weights of their own, whose backward pass reads their input."""
_ALSO_WEIGHTED = frozenset(
    "Embedding PReLU MultiHeadAttention ConvLSTM2D SeparableConv1D DepthwiseConv1D application".split()
)
"""What surely has trainable floating weights as well."""
_PLAIN_LAYERS = frozenset(
    "Flatten Reshape Dropout Activation ReLU LeakyReLU ELU Softmax MaxPooling1D MaxPooling2D AveragePooling2D "
    "AveragePooling1D GlobalAveragePooling1D GlobalAveragePooling2D GlobalMaxPooling2D Add Concatenate Multiply "
    "Average Subtract Maximum Permute RepeatVector ZeroPadding2D UpSampling2D Cropping2D Rescaling InputLayer "
    "GaussianNoise Dot GaussianDropout SpatialDropout2D MaxPool2D MaxPool1D AvgPool2D GlobalAvgPool2D "
    "Normalization".split()
)
"""Layers without trainable weights that give one floating tensor, surely computed from what they get."""
_OTHER_LAYERS = frozenset(
    "BatchNormalization LayerNormalization GroupNormalization UnitNormalization Embedding PReLU "
    "MultiHeadAttention Attention AdditiveAttention Bidirectional TimeDistributed ConvLSTM2D Masking "
    "SeparableConv1D DepthwiseConv1D".split()
)
"""The others: they may have weights, may give several values, and what they give need not lead to their input."""
_SHAPES = frozenset({"input_shape", "input_dim", "batch_input_shape"})
ANY_LAYER = "a layer"
"""The name of some layer of a model, not known which."""
_MAY_DO_NOTHING = frozenset("Dropout SpatialDropout2D GaussianNoise GaussianDropout Activation Sequential".split()) | {
    ANY_LAYER
}
"""What may hand its input back, the same object, so that calling it outside of a block may lose nothing."""


def layer_constructor(run: Run, path: str, callee: Api, arguments: Arguments, at: cst.CSTNode) -> Value | None:
    """A call that makes a Keras layer, a model, or a symbolic tensor."""
    name = layer_path(path)
    return make_layer(run, name, arguments, at) if name else None


def layer_path(path: str) -> str:
    """The class name of a Keras layer or model constructor that is known here; empty if it is none."""
    for root in _ROOTS:
        if not path.startswith(root):
            continue
        rest = path[len(root) :]
        name = rest.rpartition(".")[2]
        if rest in ("Sequential", "Model", "models.Sequential", "models.Model"):
            return name
        if rest in ("Input", "layers.Input"):
            return "Input"
        if rest.startswith("layers.") and (name in _WEIGHTED or name in _PLAIN_LAYERS or name in _OTHER_LAYERS):
            return name
        if rest.startswith("applications.") and name[:1].isupper():
            return "application"
    return ""


def make_layer(run: Run, name: str, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`tf.keras.layers.Dense(8)`, `tf.keras.Sequential([...])`, `tf.keras.Model(inputs, outputs)` and their kin."""
    if name == "Input":
        return _symbolic(run, [], at)
    given_name = arguments.get(-1, "name")
    called = str(given_name.value) if isinstance(given_name, Const) and given_name.value else name.lower()
    made: dict[Node, None] = {}
    if name not in _PLAIN_LAYERS and name not in ("Sequential", "Model"):
        trainable = setting(arguments, "trainable")
        if trainable is False and run.facts.keras != 2:
            trainable = None  # its variables are trainable to a tape around Keras 3, and not in its lists
        sure = name in _WEIGHTED | _ALSO_WEIGHTED and trainable is True and not arguments.open
        made[_weights(run, True if sure else trainable, True if sure else None, called, at)] = None
    if name == "BatchNormalization":
        # the moving averages (truth table K12)
        made[_weights(run, False, True, called, at)] = None
    if name not in _WEIGHTED and name != "application":
        for value in arguments.all():
            for leaf in run.heap.leaves(value):
                made.update(dict.fromkeys(_parts_of(run, leaf, symbolic=name == "Model")))
    borrowed = False
    for value in arguments.all():
        for leaf in run.heap.leaves(value):
            borrowed = borrowed or isinstance(leaf, (Function, Instance, KerasLayer))
            if name in _WEIGHTED and isinstance(leaf, KerasLayer):
                # a layer as activation: its variables are on the way
                made.update(dict.fromkeys(_parts_of(run, leaf, symbolic=False)))
            if isinstance(leaf, (Function, Instance)):
                # an activation or a regularizer of the user's own
                run.sharing.escape(leaf)
                nodes = run.heap.nodes(leaf)
                if isinstance(leaf, Function):
                    nodes.extend(node for item in run.sharing.captured(leaf) for node in run.heap.nodes(item))
                made[run.recorder.unknown(nodes, may_hold_anything=True)] = None
    own = [node for node in made if node.kind is Kind.VARIABLE]
    if name in ("Sequential", "Model") and _keyword_given(arguments, "trainable"):
        for node in own:
            if run.node_states.trainable(node):
                run.node_states.freeze(node)
    content = SequenceContents(tuple(Opaque(node) for node in made), exact=False)
    inner = [leaf for value in arguments.positional for leaf in run.heap.leaves(value)]
    nested = name == "Sequential" and all(
        _is_symbolic(leaf) or (isinstance(leaf, KerasLayer) and leaf.smooth) for leaf in inner
    )
    made_layer = KerasLayer(run.heap.new_cell(content), name, False)
    if any(keyword in _SHAPES for keyword, _ in arguments.keywords):
        run.store.set(("shaped", made_layer.cell), True)
    if name in ("Model", "application") or _knows_its_input(run, inner[:1]) or _is_built(run, inner):
        mark_built(run, made_layer)
    several = _keyword_given(arguments, "return_state")
    smooth = (
        (name in _WEIGHTED and not several and not borrowed) or name in _PLAIN_LAYERS or (nested and not arguments.open)
    )
    run.heap.created_objects.append(made_layer)
    outputs = outputs_of(run, arguments.get(1, "outputs")) if name == "Model" and not arguments.open else None
    if outputs is not None:
        run.heap.outputs[made_layer.cell] = outputs
    return KerasLayer(made_layer.cell, name, smooth, part=name == "Model" and _ends_inside(run, arguments))


def _weights(run: Run, trainable: Tri, floating: Tri, name: str, at: cst.CSTNode) -> Node:
    """The variables of a layer, as one."""
    return replace(run.recorder.variable(trainable, floating, at), name=name, weights=True)


def _ends_inside(run: Run, arguments: Arguments) -> bool:
    """`Model(inputs, model.get_layer(...).output)`: not known which of the variables it has."""
    ends = {node for value in arguments.all() for leaf in run.heap.leaves(value) if (node := node_of(leaf)) is not None}
    sure = {node for end in ends for node in _behind(end, surely=True)}
    return any(node not in sure for end in ends for node in _behind(end, surely=False))


def _keyword_given(arguments: Arguments, name: str) -> bool:
    return arguments.open or any(keyword == name for keyword, _ in arguments.keywords)


def clone_layer(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`tf.keras.models.clone_model(model)`: the same layers with variables of their own."""
    model = arguments.get(0, "model")
    if not isinstance(model, KerasLayer) or model.part or len(arguments.all()) != 1 or arguments.open:
        return unseen_call(run, Api("tensorflow.keras.models.clone_model"), arguments, at)
    made = []
    for node in parts(run, model):
        fresh = node
        if node.kind is Kind.VARIABLE:
            fresh = run.recorder.variable(run.node_states.trainable(node), node.floating, at)
            fresh = replace(fresh, name=node.name, weights=node.weights)
        made.append(Opaque(fresh))
    clone = KerasLayer(run.heap.new_cell(SequenceContents(tuple(made), exact=False)), model.name, model.smooth)
    run.heap.created_objects.append(clone)
    return clone


def _is_symbolic(leaf: Value) -> bool:
    return isinstance(leaf, Opaque) and leaf.node.op is Op.INPUT


def _knows_its_input(run: Run, first: list[Value]) -> bool:
    """A Sequential model that begins with an `Input`, or a layer that was told its `input_shape`, is built at once."""
    return any(
        _is_symbolic(leaf) or (isinstance(leaf, KerasLayer) and run.store.get(("shaped", leaf.cell)) is True)
        for leaf in first
    )


def _is_built(run: Run, leaves: list[Value]) -> bool:
    """Made of layers that all are built."""
    return bool(leaves) and all(isinstance(leaf, KerasLayer) and run.heap.is_built(leaf.cell) for leaf in leaves)


def _symbolic(run: Run, nodes: list[Node], at: cst.CSTNode, certain: bool = True) -> Value:
    """A symbolic Keras tensor, behind which these variables lie; only some of them if that is not `certain`."""
    edges = [Edge(node, Flow.GRADIENT, certain=certain) for node in nodes]
    return Opaque(run.recorder.operation(Op.INPUT, edges, at, OperationTraits(floating=None, surely_tensors=False)))


def _parts_of(run: Run, leaf: Value, symbolic: bool) -> list[Node]:
    """The variables that come with a layer, or lie behind a symbolic output; unknown values stand for themselves."""
    if isinstance(leaf, KerasLayer):
        return parts(run, leaf)
    node = node_of(leaf)
    if node is None:
        return [] if isinstance(leaf, (Const, Number)) else run.heap.nodes(leaf)
    if not symbolic:
        return [node] if node.kind in (Kind.VARIABLE, Kind.UNKNOWN) else []
    return _behind(node, surely=False)


def _behind(node: Node, surely: bool) -> list[Node]:
    """The variables and unknown values behind a symbolic tensor; only those that surely are there, if asked so."""
    above = ancestors([node], lambda one: [edge.node for edge in one.edges if edge.certain or not surely])
    return [one for one in above if one.kind in (Kind.VARIABLE, Kind.UNKNOWN)]


def call_layer(run: Run, layer: KerasLayer, arguments: Arguments, at: cst.CSTNode) -> Value:
    """The forward pass: differentiable in the inputs and in the variables."""
    given = [node for value in arguments.all() for node in run.heap.nodes(value)]
    own = parts(run, layer)
    if not layer.part:
        mark_built(run, layer)
    flow = Flow.NO_GRADIENT if layer.name == "Embedding" else Flow.GRADIENT  # it takes the input for integers
    single = len(given) == 1 and len(arguments.positional) == 1 and run.heap.definite(arguments.positional[0])
    edges = [Edge(node, flow, layer.smooth and single, single) for node in given]
    whole = not layer.part
    edges.extend(Edge(node, Flow.GRADIENT, whole and run.node_states.trainable(node) is True, whole) for node in own)
    if any(node.kind is Kind.UNKNOWN for node in own):
        for value in arguments.all():
            run.sharing.escape(value)
        run.sharing.unseen_code_runs()
        return Opaque(run.recorder.unknown([*given, *own], at=at))
    outputs = run.heap.outputs.get(layer.cell) if whole else None
    if outputs is not None:
        return call_outputs(run, outputs, given, at)
    node = run.recorder.operation(
        Op.LAYER,
        edges,
        at,
        OperationTraits(
            floating=None,
            curvature=Curvature.CURVED,
            transparent=layer.name in _MAY_DO_NOTHING and not own,
        ),
    )
    # layers that are known give one tensor, models may give several
    return Tensor(node) if layer.smooth and whole else Opaque(node)


def layer_attribute(run: Run, layer: KerasLayer, name: str, at: cst.CSTNode) -> Value:
    """Variables of a layer, or a view of it."""
    if name in VARIABLES:
        return variables_of(run, layer, only_trainable=name.startswith("trainable"))
    if name in ("input", "output", "inputs", "outputs"):
        behind = parts(run, layer) if name.startswith("output") or layer.part else []
        tensor = _symbolic(run, behind, at, not layer.part)
        if not name.endswith("s"):
            return tensor
        sure = int(run.heap.is_built(layer.cell))
        return ListValue(run.heap.new_cell(SequenceContents((tensor,), exact=False, sure=sure)))
    if name == "layers":
        return run.heap.sequence([KerasLayer(layer.cell, ANY_LAYER, part=True)], exact=False)
    return run.anything(parts(run, layer), at=at)


def layer_method(run: Run, layer: KerasLayer, name: str, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`model.predict(...)` leaves TensorFlow; what is not known is unseen code."""
    if name in ("__call__", "call"):
        return call_layer(run, layer, arguments, at)
    if name == "build" or (name in METHODS_RETURNING_NUMPY and name != "get_weights"):
        mark_built(run, layer)
    if name in METHODS_RETURNING_NUMPY:
        run_callbacks(run, arguments)
        return numbers_from(run, layer, name, arguments, at)
    if name == "add" and arguments.positional:
        first = run.heap.leaves(arguments.positional[0])[:1]
        if _knows_its_input(run, first) and not run.heap.items(ListValue(layer.cell)).items:
            run.store.set(("built", layer.cell), True)
        new = [
            Opaque(node) for leaf in run.heap.leaves(arguments.positional[0]) for node in _parts_of(run, leaf, False)
        ]
        content = run.heap.items(ListValue(layer.cell))
        run.sharing.put(layer.cell, SequenceContents((*content.items, *new), exact=False))
        return NONE
    if name == "get_layer":
        return KerasLayer(layer.cell, "a layer", part=True)
    if name == "compile":
        for value in arguments.all():
            run.sharing.escape(value)  # the model will call its loss
    if name in SILENT:
        return NONE
    freeze(run, layer)  # `pop` leaves a layer out, another method may do more
    return unseen_call(run, layer, arguments, at)


def set_on_layer(run: Run, layer: KerasLayer, name: str, new: Value, surely: bool) -> None:
    """`model.trainable = ...`, `layer.kernel = ...`: what the layer computes, or trains, is no longer known."""
    if name == "trainable":
        freeze(run, layer)
        return
    run.sharing.escape(new)
    open_up(run, layer, new)


def load_model(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`load_model(path)`: a Keras model that nobody can see into."""
    found = unseen_call(run, Api("tensorflow.keras.models.load_model"), arguments, at)
    return Opaque(replace(found.node, op=Op.LOADED_MODEL)) if isinstance(found, Opaque) else found


CALLS: dict[str, Callable[[Run, Arguments, cst.CSTNode], Value]] = {
    "tf.keras.models.clone_model": clone_layer,
    "keras.models.clone_model": clone_layer,
    "tf.keras.models.load_model": load_model,
    "keras.models.load_model": load_model,
    "tf.keras.saving.load_model": load_model,
    "keras.saving.load_model": load_model,
}
