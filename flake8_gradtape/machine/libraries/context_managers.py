"""Context managers of libraries that swallow no exception, and change nothing that a program sees: a table of them.

Only these, tapes and files are modelled. Any other one is unseen code when it is made, entered and left.
"""

from __future__ import annotations

import libcst as cst

from flake8_gradtape.machine.domain.values import Api, Opaque, Value
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Arguments

_PLAIN = frozenset(
    "tf.device tf.name_scope tf.control_dependencies tf.compat.v1.device tf.compat.v1.name_scope "
    "tf.compat.v1.variable_scope tf.compat.v1.control_dependencies tf.summary.record_if tf.keras.backend.name_scope "
    "tf.profiler.experimental.Profile tf.profiler.experimental.Trace contextlib.nullcontext threading.Lock "
    "threading.RLock tqdm.tqdm tqdm.auto.tqdm tqdm.notebook.tqdm".split()
)
"""Functions that give one."""
_MAKERS = {
    "tf.summary.create_file_writer": frozenset({"as_default"}),
    "tf.summary.create_noop_writer": frozenset({"as_default"}),
    "tf.distribute.MirroredStrategy": frozenset({"scope"}),
    "tf.distribute.MultiWorkerMirroredStrategy": frozenset({"scope"}),
    "tf.distribute.OneDeviceStrategy": frozenset({"scope"}),
    "tf.distribute.TPUStrategy": frozenset({"scope"}),
    "tf.distribute.get_strategy": frozenset({"scope"}),
}
"""Functions that give something with methods that give one."""


def call_of_manager(run: Run, path: str, callee: Api, arguments: Arguments, at: cst.CSTNode) -> Value | None:
    """`tf.device(...)`, `tf.summary.create_file_writer(...)` and the like."""
    if path in _PLAIN and not (path.startswith("tqdm.") and arguments.get(0, "iterable") is not None):
        return plain_manager(run, arguments, at)
    methods = _MAKERS.get(path)
    if methods is None:
        return None
    made = _made(run, arguments, at)
    run.heap.makers_of_managers[made.node] = methods
    return made


def plain_manager(run: Run, arguments: Arguments, at: cst.CSTNode) -> Value:
    """A context manager that swallows nothing and changes nothing."""
    made = _made(run, arguments, at)
    run.heap.plain_managers[made.node] = None
    return made


def _made(run: Run, arguments: Arguments, at: cst.CSTNode) -> Opaque:
    for value in arguments.all():
        run.sharing.escape(value)
    return run.anything([node for value in arguments.all() for node in run.heap.nodes(value)], at=at)
