"""Imports: names that hold something of a library, or of a module that nobody sees."""

from __future__ import annotations

import sys

import libcst as cst

from flake8_gradtape.machine.domain.values import Api, options
from flake8_gradtape.machine.language.assignment import assign
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Scope
from flake8_gradtape.reading.syntax import dotted

_KNOWN_NAMES = sys.stdlib_module_names | {"tensorflow", "keras", "tf_keras", "numpy"}
"""Modules whose `import *` brings names that programs know: not those that they have given something else."""


def import_modules(run: Run, scope: Scope, node: cst.Import) -> None:
    """`import a.b as c`."""
    for alias in node.names:
        path = dotted(alias.name)
        if alias.asname is not None:
            assign(run, scope, alias.asname.name, Api(path))
        else:
            top = path.partition(".")[0]
            assign(run, scope, cst.Name(top), Api(top))


def import_names(run: Run, scope: Scope, node: cst.ImportFrom) -> None:
    """`from a import b as c`, `from a import *`."""
    module = "." * len(node.relative) + dotted(node.module)
    if isinstance(node.names, cst.ImportStar):
        if module.partition(".")[0] not in _KNOWN_NAMES:
            _rebind_all(run, scope)
        return
    for alias in node.names:
        name = dotted(alias.name)
        target = alias.asname.name if alias.asname is not None else cst.Name(name)
        path = f"{module}.{name}" if module else name
        if module == "__future__":
            continue
        assign(run, scope, target, Api(path))


def _rebind_all(run: Run, scope: Scope) -> None:
    """`from project import *`: any name may be another thing from now on, builtins too; imported libraries stay."""
    for name, value in run.sharing.names_of(scope.number):
        if not all(isinstance(option, Api) for option in options(value)):
            run.sharing.write(scope, name, run.sharing.join([value, run.anything(run.heap.nodes(value), name)]))
    run.sharing.patched.update(dict.fromkeys(f"builtins.{name}" for name in run.registry.builtins))
