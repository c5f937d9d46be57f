"""What functions of imported libraries do to values: TensorFlow by the knowledge base, NumPy, a little of the rest.

A function that is not known here is unseen code.
"""

from __future__ import annotations

from collections.abc import Callable

import libcst as cst

from flake8_gradtape.machine import knowledge
from flake8_gradtape.machine.arrays import floating_dtype, floating_value, gives_back, numpy_call
from flake8_gradtape.machine.calls import call_value, unseen_call
from flake8_gradtape.machine.datasets import make_dataset
from flake8_gradtape.machine.events import CallRaised, Misuse
from flake8_gradtape.machine.frames import Arguments
from flake8_gradtape.machine.metrics import LOSS_FUNCTIONS, make_metric, metric_path
from flake8_gradtape.machine.networks import clone_network, make_network, network_path
from flake8_gradtape.machine.operations import floating_of, view
from flake8_gradtape.machine.optimizers import optimizer_path
from flake8_gradtape.machine.raising import raises, surely_eager
from flake8_gradtape.machine.run import Run
from flake8_gradtape.machine.tape_methods import make_tape
from flake8_gradtape.machine.values import (
    NONE,
    Api,
    Bend,
    Const,
    Edge,
    ExitStack,
    Flow,
    Function,
    Items,
    Kind,
    Mapping,
    Node,
    Number,
    Opaque,
    Optimizer,
    Pure,
    Sequence,
    TapeValue,
    Tensor,
    Tri,
    Value,
    Variable,
    bound,
    options,
)

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
_BILINEAR = frozenset({"tf.math.multiply", "tf.linalg.matmul", "tf.linalg.matvec", "tf.tensordot", "tf.einsum"})
_INTEGERS_THAT_FLOW = frozenset({"tf.argsort", "keras.ops.argsort"})
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
    if name == "DistributedGradientTape" and arguments.positional and isinstance(arguments.positional[0], TapeValue):
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


def known_operation(run: Run, facts: knowledge.FunctionFacts, arguments: Arguments, at: cst.CSTNode) -> Value:
    """An operation of TensorFlow as the knowledge base has it."""
    if facts.result == "none":
        return NONE
    given = _by_parameter(facts, arguments)
    run.use(value for name, value in given if name in facts.tensors)
    if any(isinstance(option, Function) for _, value in given for option in options(value)):
        return unseen_call(run, Api(facts.name), arguments, at)
    if any(isinstance(value, Const) and value.value is None and name in facts.tensors for name, value in given[:1]):
        run.die()
        return run.anything()
    if facts.result == "python":
        edges = [edge for _, value in given for edge in run.edges(value, Flow.LEFT)]
        return Number(run.recorder.number(edges, facts.name, at))
    if facts.name in _INTEGERS_THAT_FLOW:
        nodes = [node for _, value in given for node in run.nodes(value)]
        return Tensor(_unknown_integer(run, nodes, facts.name, at))
    made = [_output(run, facts, output, given, at) for output in facts.outputs]
    if facts.result == "tensor":
        return Tensor(made[0])
    if facts.result == "tensors":
        return run.sequence([Tensor(node) for node in made], exact=False)
    names = tuple(output.name for output in facts.outputs) if facts.result == "named" else ()
    return Sequence(run.new_cell(Items(tuple(Tensor(node) for node in made), True, True, names)))


def _unknown_integer(run: Run, nodes: list[Node], op: str, at: cst.CSTNode) -> Node:
    """An integer result that is connected all the same, as a target by itself (measured: zeros)."""
    made = run.recorder.unknown(nodes, at=at)
    made.op, made.floating, made.trainable = op, False, False
    return made


def _by_parameter(facts: knowledge.FunctionFacts, arguments: Arguments) -> list[tuple[str, Value]]:
    """The arguments under their parameter names; those that do not fit under a name that no fact speaks of."""
    given = [
        (facts.parameters[position] if position < len(facts.parameters) else facts.variadic or "?", value)
        for position, value in enumerate(arguments.positional)
    ]
    given.extend(arguments.keywords)
    given.extend(("?", value) for value in arguments.extra)
    return given


def _output(
    run: Run, facts: knowledge.FunctionFacts, output: knowledge.OutputFacts, given: list[tuple[str, Value]],
    at: cst.CSTNode,
) -> Node:  # fmt: skip
    sure = output.flows if facts.name in _BILINEAR else output.bends | output.linear | facts.missing
    edges: list[Edge] = []
    carrying: list[Value] = []
    for name, value in given:
        if name in output.flows or name not in facts.tensors:
            new = run.edges(value, Flow.GRADIENT, sure=name in sure)
            if new and name in facts.tensors:
                carrying.append(value)
        else:
            stopped = facts.name.endswith("stop_gradient")
            new = run.edges(value, Flow.STOPPED if stopped else Flow.NO_GRADIENT)
        edges.extend(new)
    bend = Bend.CURVED
    if output.flows and output.flows <= output.linear:
        bend = Bend.LINEAR
    elif facts.name in _BILINEAR:
        bend = Bend.BILINEAR
    bends = any(name in output.bends and run.nodes(value) for name, value in given)
    same = (option for name, value in given if name == facts.same for option in options(value))
    return run.recorder.operation(
        facts.name, edges, at, floating=_output_floating(run, facts, output, given, carrying), bend=bend,
        surely_bends=bends and len(output.flows) == 1,
        surely_tensors=True,
        no_gradient=any(name in facts.missing and run.nodes(value) for name, value in given),
        transparent=facts.name in _MAY_DO_NOTHING or any(isinstance(option, (Tensor, Opaque)) for option in same),
    )  # fmt: skip


_MAY_DO_NOTHING = frozenset(
    "tf.nn.dropout tf.nn.experimental.stateless_dropout tf.nn.experimental.general_dropout tf.image.rot90 "
    "tf.keras.backend.dropout keras.random.dropout tf.keras.random.dropout tf.keras.ops.expand_dims "
    "keras.ops.expand_dims "
    "tf.experimental.numpy.diff tf.experimental.numpy.rot90 tf.keras.ops.diff keras.ops.diff tf.keras.ops.rot90 "
    "keras.ops.rot90".split()
)
"""Functions that give back their input where they are told to do nothing (dropout of 0, no turn)."""
_FLOATING_OF_INTEGERS = ("tf.math.divide", "tf.divide", "tf.math.truediv", "tf.linspace", "tf.keras.ops.", "keras.ops.",
                         "tf.experimental.numpy.", "tf.keras.backend.", "tf.math.reduce_mean")  # fmt: skip
"""Functions that make floating numbers of integers, or do so in some modes."""


def _output_floating(
    run: Run, facts: knowledge.FunctionFacts, output: knowledge.OutputFacts, given: list[tuple[str, Value]],
    carrying: list[Value],
) -> Tri:  # fmt: skip
    if output.dtype in ("float",):
        return True
    if output.dtype in ("int", "bool", "string"):
        return False
    if output.dtype == "by_argument":
        named = [value for name, value in given if name == facts.dtype_parameter]
        if named:
            return floating_dtype(named[0])
        if facts.without_dtype == "like":
            known = {floating_value(run, value) for name, value in given if name in facts.tensors}
            return True if True in known and None not in known else known.pop() if len(known) == 1 else None
        return {"float": True, "int": False}.get(facts.without_dtype)
    if output.dtype == "like":
        found = _floating_like(run, carrying)
        return None if found is False and facts.name.startswith(_FLOATING_OF_INTEGERS) else found
    return None


def _floating_like(run: Run, carrying: list[Value]) -> Tri:
    """What the inputs tell of an output that has their dtype."""
    tensors = [value for value in carrying if all(isinstance(leaf, (Tensor, Variable)) for leaf in run.leaves(value))]
    of_tensors = floating_of(run, tensors)
    if of_tensors is not None:
        return of_tensors
    known = {floating_value(run, value) for value in carrying}
    return known.pop() if len(known) == 1 else None


def make_variable(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`tf.Variable(initial_value, trainable=None, ..., dtype=None)`: a copy of the value, with no path to it (A66)."""
    initial = arguments.get(0, "initial_value")
    if arguments.open or initial is None:
        return Variable(run.recorder.variable(None, None, at))
    trainable = arguments.get(1, "trainable")
    kept: Tri = True
    if trainable is not None:
        kept = bool(trainable.value) if isinstance(trainable, Const) and trainable.value is not None else None
        if isinstance(trainable, Const) and trainable.value is None:
            kept = True
    if any(name == "synchronization" for name, _ in arguments.keywords):
        kept = None
    dtype = arguments.get(-1, "dtype")
    floating = floating_dtype(dtype) if dtype is not None else None
    if floating is None:
        floating = floating_value(run, initial) if dtype is None else None
    edges = run.edges(initial, Flow.STATE)
    return Variable(run.recorder.variable(kept, floating, at, edges))


def make_constant(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`tf.constant(value, dtype=None)`: an eager tensor itself (A61), a copy of a variable's value (A62)."""
    return _converted(run, arguments, at, "tf.constant", Flow.LEFT)


def convert_to_tensor(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`tf.convert_to_tensor(value, dtype=None)`: a tensor itself (A60), a new one of a variable (A122)."""
    return _converted(run, arguments, at, "tf.convert_to_tensor", Flow.GRADIENT)


def _converted(run: Run, arguments: Arguments, at: cst.CSTNode, op: str, flow: Flow) -> Value:
    value = arguments.get(0, "value")
    if value is None or arguments.open:
        return unseen_call(run, Api("tensorflow." + op[3:]), arguments, at)
    dtype = arguments.get(1, "dtype")
    floating = floating_dtype(dtype) if dtype is not None else None
    hinted = any(name == "dtype_hint" for name, _ in arguments.keywords)

    def act(option: Value) -> Value:
        if isinstance(option, Tensor):
            return option
        if isinstance(option, Opaque) and option.node.kind is Kind.UNKNOWN:
            return Tensor(_maybe_same(run, option, op, at, floating))
        if isinstance(option, Opaque):
            return option
        known = floating
        if known is None and dtype is None and not hinted:
            known = floating_value(run, option)
        edges = run.edges(option, flow)
        return Tensor(run.recorder.operation(op, edges, at, floating=known, bend=Bend.LINEAR))

    return run.each(bound(value), act)


def _maybe_same(run: Run, value: Opaque, op: str, at: cst.CSTNode, floating: Tri) -> Node:
    """A tensor that may be the very tensor that the unknown value is, but surely is no variable."""
    node = run.recorder.unknown([view(run, value.node, op)], value.node.name, at)
    node.op, node.trainable, node.floating = op, False, floating
    node.sees_all = value.node.sees_all
    return node


def cast(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`tf.cast(x, dtype)`: the same object if it has that dtype already (A126), else an operation."""
    value, dtype = arguments.get(0, "x"), arguments.get(1, "dtype")
    if value is None or dtype is None or arguments.open:
        return unseen_call(run, Api("tensorflow.cast"), arguments, at)
    floating = floating_dtype(dtype)

    def act(option: Value) -> Value:
        if isinstance(option, Opaque) and option.node.kind is Kind.UNKNOWN and floating is not False:
            node = _maybe_same(run, option, "tf.cast", at, floating)
            node.trainable = None  # a variable of that dtype is given back as it is
            return Tensor(node)
        known = option.node.floating if isinstance(option, (Tensor, Opaque, Variable)) else None
        flow = Flow.GRADIENT if floating is not False and known is not False else Flow.NO_GRADIENT
        edges = run.edges(option, flow, sure=known is True and floating is True)
        differs = known is not None and floating is not None and known is not floating
        same = isinstance(option, (Tensor, Opaque, Variable)) and floating is not False and not differs
        made = run.recorder.operation(
            "tf.cast", edges, at, floating=floating, bend=Bend.LINEAR, transparent=same,
            surely_tensors=isinstance(option, (Tensor, Variable)) or flow is Flow.NO_GRADIENT,
        )  # fmt: skip
        return Tensor(made)

    return run.each(bound(value), act)


def _function_in_graph(run: Run, callee: Api, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`tf.function(f)` is `f`, traced; without a function it is a decorator."""
    given = arguments.get(0, "func")
    if given is None:
        return Api("tensorflow.function")
    if isinstance(given, Function):
        return Function(
            given.definition, given.frame, given.name, given.opaque, True, given.instance, given.owner, given.defaults
        )
    return given if not isinstance(given, Const) else unseen_call(run, callee, arguments, at)


def _exit_stack(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    return ExitStack(run.new_cell(Items(())))


def _partial(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`functools.partial(f, ...)`: unknown, but not a call of `f` yet."""
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
    "contextlib.ExitStack": _exit_stack,
    "functools.partial": _partial,
    "copy.deepcopy": _deep_copy,
    "tf.nest.flatten": _one_dimensional,
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
