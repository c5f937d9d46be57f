"""Values of which nobody knows what they are: what a method means by its name, and data sets among them."""

from __future__ import annotations

import libcst as cst

from flake8_gradtape.machine.domain.contents import SequenceContents
from flake8_gradtape.machine.domain.graph import Flow, Kind, Op
from flake8_gradtape.machine.domain.values import NONE, Const, Number, Opaque, Value, Variable, node_of
from flake8_gradtape.machine.language.containers import keep_tapes
from flake8_gradtape.machine.language.functions import unseen_call
from flake8_gradtape.machine.language.subscripts import elements_of_unknown
from flake8_gradtape.machine.libraries.context_managers import plain_manager
from flake8_gradtape.machine.libraries.keras.layer_parts import METHODS_RETURNING_NUMPY, numbers_from, run_callbacks
from flake8_gradtape.machine.libraries.plain_python import plain_method
from flake8_gradtape.machine.libraries.tensorflow.data import dataset_element, dataset_method, is_dataset
from flake8_gradtape.machine.libraries.tensorflow.tensor import WRITING, tensor_method
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Arguments

_STEPPING = frozenset({"apply_gradients"})
"""Methods that take gradients and change variables, and give nothing back that was computed from them."""


def method_of_unknown(run: Run, receiver: Opaque, name: str, arguments: Arguments, node: cst.Call) -> Value:
    """`unknown.name(...)`: what methods of that name do in TensorFlow and Keras, where that is all they can be."""
    if receiver.node.kind is Kind.VARIABLE and name in WRITING:
        tensor_method(run, Variable(receiver.node), name, arguments, node)
        return run.anything([receiver.node])  # a variable of Keras 3 gives what was assigned
    if receiver.node.op is Op.OBJECT:
        made = plain_method(run, receiver, name, arguments, node)
        if made is not None:
            return made
    if receiver.node.op is Op.LOADED_MODEL and name in METHODS_RETURNING_NUMPY:
        run_callbacks(run, arguments)
        return numbers_from(run, receiver, name, arguments, node)
    if name in _STEPPING:
        return run.anything(at=node)
    if name in run.heap.makers_of_managers.get(receiver.node, ()):
        return plain_manager(run, arguments, node)
    if name == "take" and arguments.positional[:1] == (Const(1),):
        return _one_of(run, receiver, arguments, node)
    if is_dataset(receiver.node):
        return dataset_method(run, receiver.node, name, arguments, node)
    if name == "numpy" and not run.definitions.defines_method(name):
        return Number(run.recorder.number(run.heap.edges(receiver, Flow.LEFT), ".numpy()", node))
    if name == "append" and len(arguments.positional) == 1:
        run.sharing.escape(arguments.positional[0])
        keep_tapes(run, arguments.positional[0])
        return NONE
    return unseen_call(run, receiver, arguments, node)


def _one_of(run: Run, receiver: Opaque, arguments: Arguments, node: cst.Call) -> Value:
    """`dataset.take(1)`: a loop over it makes one pass."""
    if is_dataset(receiver.node):
        taken = dataset_method(run, receiver.node, "take", arguments, node)
    else:
        taken = run.anything([receiver.node], at=node)
    made = node_of(taken)
    if made is not None:
        run.heap.single_element_iterables[made] = None
    return taken


def elements_of_data(run: Run, value: Opaque, at: cst.CSTNode) -> SequenceContents:
    """What a loop over it gives: elements of a data set that the module makes, or views of it."""
    if is_dataset(value.node):
        return SequenceContents((dataset_element(run, value.node, at),), exact=False)
    return elements_of_unknown(run, value, at)
