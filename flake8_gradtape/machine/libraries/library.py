"""What functions of imported libraries do to values: TensorFlow by the knowledge base, NumPy, a little of the rest.

A function that is not known here is unseen code.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import libcst as cst

from flake8_gradtape import knowledge
from flake8_gradtape.events import CallRaised, Misuse
from flake8_gradtape.machine.domain.values import (
    LOADED_MODEL,
    NONE,
    Api,
    Const,
    ExitStack,
    Flow,
    Function,
    Items,
    Mapping,
    Number,
    Opaque,
    Optimizer,
    Pure,
    Sequence,
    TapeValue,
    Tensor,
    Value,
    Variable,
    bound,
    options,
)
from flake8_gradtape.machine.language.functions import call_value, unseen_call
from flake8_gradtape.machine.libraries.keras.layers import clone_network, make_network, network_path
from flake8_gradtape.machine.libraries.keras.metrics import LOSS_FUNCTIONS, make_metric, metric_path
from flake8_gradtape.machine.libraries.keras.optimizers import optimizer_path
from flake8_gradtape.machine.libraries.numpy import floating_dtype, gives_back, numpy_call
from flake8_gradtape.machine.libraries.tensorflow.creation import cast, convert_to_tensor, make_constant, make_variable
from flake8_gradtape.machine.libraries.tensorflow.data import make_dataset
from flake8_gradtape.machine.libraries.tensorflow.functions import known_operation
from flake8_gradtape.machine.libraries.tensorflow.tape import make_tape
from flake8_gradtape.machine.state.call_endings import raises, surely_eager
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Arguments

_TAPES = frozenset(
    {
        "tf.GradientTape", "tf.autodiff.GradientTape", "tf.compat.v1.GradientTape", "tf.compat.v2.GradientTape",
        "tf.python.eager.backprop.GradientTape", "tf.python.eager.backprop.GradientTape.GradientTape",
    }
)  # fmt: skip
_PREFIXES = (
    ("tensorflow.compat.v2.", "tf."), ("tensorflow.python.keras.", "tf.keras."), ("tensorflow.", "tf."),
    ("tf_keras.", "tf.keras."), ("numpy.", "np."),
)  # fmt: skip
_TAPE_SPELLINGS = frozenset({"gradienttape", "gradienttapes", "gradientstape", "gradtape"})
_GRAPH_ONLY = frozenset({"tf.gradients", "tf.hessians", "tf.compat.v1.gradients", "tf.keras.backend.gradients"})
HARMLESS = frozenset(
    "time os sys math random datetime logging json re pathlib string textwrap argparse warnings gc platform "
    "subprocess shutil glob tempfile uuid hashlib matplotlib absl tqdm pprint cmath statistics decimal "
    "fractions".split()
)
"""Modules whose functions give plain Python and keep nothing that is handed to them, but for some (`gives_back`)."""
_PASSING = frozenset({"tf.function", "tf.autograph.experimental.do_not_convert", "tf.autograph.to_graph"})


def canonical(path: str) -> str:
    """The short public name: `tf.math.sin` for `tensorflow.math.sin`, `np.sum` for `numpy.sum`."""
    for long, short in _PREFIXES:
        if path.startswith(long):
            return short + path[len(long) :]
    return path


def is_tape_class(path: str) -> bool:
    """The name is `tf.GradientTape`, under any of its paths."""
    return canonical(path) in _TAPES


def library_call(run: Run, callee: Api, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`tf.something(...)`, `np.something(...)` and the like."""
    path = canonical(callee.path)
    if callee.path in run.patched:
        return unseen_call(run, callee, arguments, at)
    if path in _TAPES:
        return make_tape(run, arguments, at)
    special = _SPECIAL.get(path)
    if special is not None:
        return special(run, arguments, at)
    name = path.rpartition(".")[2]
    wraps = path.startswith("horovod.") and name == "DistributedGradientTape"
    if wraps and arguments.positional and isinstance(arguments.positional[0], TapeValue):
        return _distributed(run, arguments.positional[0])
    if path.startswith(("tf.keras.losses.", "keras.losses.", "tf.losses.")) and name[:1].isupper():
        # MSE, KLD … are functions, MeanSquaredError … classes
        return call_value(run, Pure(path), arguments, at) if name in LOSS_FUNCTIONS else Pure(path)
    if optimizer_path(path):
        return Optimizer(path)
    if path in _GRAPH_ONLY or _misspelt_tape(path):
        return _raising_call(run, path, arguments, at)
    if metric_path(path):
        return make_metric(run, path, arguments, at)
    network = network_path(path)
    if network:
        return make_network(run, network, arguments, at)
    if path in _PASSING:
        return _function_in_graph(run, callee, arguments, at)
    facts = knowledge.lookup(path)
    if facts is not None and facts.result != "other":
        return known_operation(run, facts, arguments, at)
    top = path.partition(".")[0]
    if top == "np":
        return numpy_call(run, path, arguments, at)
    if top == "tqdm":
        shown = arguments.get(0, "iterable")
        return shown if shown is not None and name == "tqdm" else unseen_call(run, callee, arguments, at)
    if top in HARMLESS and not gives_back(run, name, arguments):
        edges = [edge for value in arguments.all() for edge in run.edges(value, Flow.LEFT)]
        return Number(run.recorder.number(edges, path, at))
    if path.startswith("tf.data."):
        return make_dataset(run, path, arguments, at)
    if path.startswith("tf.summary."):
        return run.anything(at=at)
    if path.startswith(("tf.print", "tf.debugging.", "tf.assert")):
        return NONE
    return unseen_call(run, callee, arguments, at)


def _distributed(run: Run, value: TapeValue) -> TapeValue:
    """`hvd.DistributedGradientTape(tape)` has the recording of the tape; when that is spent nobody can tell."""
    tape = run.recorder.tapes[value.tape]
    tape.persistent = None
    tape.mentioned = tape.wrapped = True
    return value


def _misspelt_tape(path: str) -> bool:
    """`tf.keras.GradientTape`, `tf.gradientTape`: TensorFlow has no such name."""
    name = path.rpartition(".")[2]
    place = path[: -len(name)]
    return place in ("tf.", "tf.keras.", "keras.", "tf.nn.", "tf.math.") and name.lower() in _TAPE_SPELLINGS


def _raising_call(run: Run, path: str, arguments: Arguments, at: cst.CSTNode) -> Value:
    """A call that raises for its name: no such attribute, or symbolic gradients in eager code (B47)."""
    if path in _GRAPH_ONLY and (not surely_eager(run) or run.uses_graphs):
        return unseen_call(run, Api(path), arguments, at)
    visit = run.new_visit()
    run.outcomes.visit(at, run.context, visit)
    misuse = Misuse.GRAPH_GRADIENTS if path in _GRAPH_ONLY else Misuse.UNKNOWN_ATTRIBUTE
    raises(run, at, visit, CallRaised(at, "", "call", misuse, "", path))
    return run.anything()


def _function_in_graph(run: Run, callee: Api, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`tf.function(f)` is `f`, traced; without a function it is a decorator."""
    given = arguments.get(0, "func")
    if given is None:
        return Api("tensorflow.function")
    if isinstance(given, Function):
        return replace(given, graph=True)
    return given if not isinstance(given, Const) else unseen_call(run, callee, arguments, at)


def _loaded(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`load_model(path)`: a Keras model that nobody can see into."""
    found = unseen_call(run, Api("tensorflow.keras.models.load_model"), arguments, at)
    if isinstance(found, Opaque):
        found.node.op = LOADED_MODEL
    return found


def _exit_stack(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    return ExitStack(run.new_cell(Items(())))


def _partial(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`functools.partial(f, ...)`: a function of the module with its first arguments; else unknown, but no call yet."""
    function = arguments.positional[0] if arguments.positional else None
    if isinstance(function, Function) and not arguments.open:
        named = {**dict(function.given_by_name), **dict(arguments.keywords)}
        return replace(function, given=(*function.given, *arguments.positional[1:]), given_by_name=tuple(named.items()))
    for value in arguments.all():
        run.escape(value)
    return run.anything([node for value in arguments.all() for node in run.nodes(value)], at=at)


def _deep_copy(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    """A new variable or tensor with the same value (truth table X06)."""
    value = arguments.get(0, "x")
    if isinstance(value, Variable):
        edges = run.edges(value, Flow.STATE)
        node = run.recorder.variable(value.node.trainable, value.node.floating, at, edges)
        node.op = "copy.deepcopy"
        return Variable(node)
    return unseen_call(run, Api("copy.deepcopy"), arguments, at)


def _one_dimensional(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`tf.nest.flatten(structure)` gives the same objects in a list."""
    value = arguments.get(0, "structure")
    if value is None:
        return unseen_call(run, Api("tensorflow.nest.flatten"), arguments, at)
    leaves = run.leaves(value)
    # TensorFlow goes through a dict in the order of its keys
    exact = len(options(value)) == 1 and isinstance(value, (Sequence, Tensor, Variable))
    exact = exact and not (isinstance(value, Sequence) and _has_mapping(run, value))
    return run.sequence(leaves, exact=exact and not any(isinstance(leaf, Opaque) for leaf in leaves))


def _map_structure(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`tf.nest.map_structure(f, structure, ...)`: the structure with what `f` gives for the leaves of each."""
    function, structures = arguments.get(0, "func"), arguments.positional[1:]
    if function is None or not structures or arguments.open or arguments.keywords:
        return unseen_call(run, Api("tensorflow.nest.map_structure"), arguments, at)

    def mapped(values: tuple[Value, ...]) -> Value:
        first = values[0]
        if isinstance(first, Sequence) and all(isinstance(one, Sequence) for one in values):
            rows = [run.items(one) for one in values if isinstance(one, Sequence)]
            if all(row.exact and len(row.items) == len(rows[0].items) for row in rows):
                return run.sequence(mapped(items) for items in zip(*(row.items for row in rows), strict=True))
        elif isinstance(first, Mapping) and len(values) == 1 and run.entries(first.cell).exact:
            return run.mapping((key, mapped((one,))) for key, one in run.entries(first.cell).entries)
        elif all(isinstance(one, (Tensor, Variable, Number, Const)) for one in values):
            return call_or_unseen(run, function, Arguments(values), at)
        return unseen_call(run, Api("tensorflow.nest.map_structure"), Arguments((function, *values)), at)

    return mapped(structures)


def _has_mapping(run: Run, value: Sequence) -> bool:
    return any(
        isinstance(item, Mapping) or (isinstance(item, Sequence) and _has_mapping(run, item))
        for item in run.items(value).items
    )


def _numpy_function(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`tf.numpy_function(f, inputs, dtype)`: what goes in leaves TensorFlow (truth table A162)."""
    return _through_python(run, arguments, at, "tf.numpy_function", Flow.LEFT)


def _py_function(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`tf.py_function(f, inputs, dtype)`: differentiable in the inputs, not in what `f` captures (A160, A161)."""
    return _through_python(run, arguments, at, "tf.py_function", Flow.GRADIENT)


def _through_python(run: Run, arguments: Arguments, at: cst.CSTNode, op: str, flow: Flow) -> Value:
    function, inputs = arguments.get(0, "func"), arguments.get(1, "inp")
    if function is None or inputs is None or arguments.open:
        return unseen_call(run, Api("tensorflow." + op[3:]), arguments, at)
    edges = run.edges(inputs, flow)
    for option in options(function):
        if isinstance(option, Function):
            edges.extend(edge for value in run.captured(option) for edge in run.edges(value, Flow.LEFT))
    run.escape(function)
    run.recorder.last_unknown_effect = run.recorder.now()
    dtype = arguments.get(2, "Tout")
    floating = floating_dtype(dtype) if dtype is not None else None
    return Opaque(run.recorder.operation(op, edges, at, floating=floating))


def _executing_eagerly(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    """True where the code surely runs eagerly."""
    if surely_eager(run) and not run.uses_graphs:
        return Const(True)
    return Number(run.recorder.number(at=at))


def _add_n(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    """A sum of one tensor is that tensor."""
    inputs = arguments.get(0, "inputs")
    facts = knowledge.lookup("tf.math.add_n")
    if isinstance(inputs, Sequence) and run.items(inputs).exact and len(run.items(inputs).items) == 1:
        return run.items(inputs).items[0]
    return known_operation(run, facts, arguments, at) if facts is not None else run.anything(at=at)


_SPECIAL: dict[str, Callable[[Run, Arguments, cst.CSTNode], Value]] = {
    "tf.Variable": make_variable,
    "tf.constant": make_constant,
    "tf.convert_to_tensor": convert_to_tensor,
    "tf.cast": cast,
    "tf.keras.models.clone_model": clone_network,
    "keras.models.clone_model": clone_network,
    "tf.dtypes.cast": cast,
    "tf.keras.models.load_model": _loaded,
    "keras.models.load_model": _loaded,
    "tf.keras.saving.load_model": _loaded,
    "keras.saving.load_model": _loaded,
    "contextlib.ExitStack": _exit_stack,
    "functools.partial": _partial,
    "copy.deepcopy": _deep_copy,
    "tf.nest.flatten": _one_dimensional,
    "tf.nest.map_structure": _map_structure,
    "tf.executing_eagerly": _executing_eagerly,
    "tf.numpy_function": _numpy_function,
    "tf.compat.v1.py_func": _numpy_function,
    "tf.py_function": _py_function,
    "tf.add_n": _add_n,
    "tf.math.add_n": _add_n,
}


def call_or_unseen(run: Run, callee: Value, arguments: Arguments, at: cst.CSTNode) -> Value:
    """Call any value, API functions too."""

    def act(option: Value) -> Value:
        if isinstance(option, Api):
            return library_call(run, option, arguments, at)
        return call_value(run, option, arguments, at)

    return run.each(bound(callee), act)
