"""Refuses TensorFlow to a test that has no marker for it, in this process and in those that it starts.

Whoever imports TensorFlow while `VARIABLE` names a file gets an ImportError, and the file is made: so it is known even
where the error is swallowed. `importlib.util.find_spec` finds it all the same.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

VARIABLE = "GRADTAPE_TESTS_WITHOUT_TENSORFLOW"
"""The environment variable with the file that is made where TensorFlow is imported."""


class _Refusing(Loader):
    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        Path(os.environ[VARIABLE]).touch()
        raise ImportError("a test without the marker 'tensorflow' imports TensorFlow")


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != "tensorflow" or VARIABLE not in os.environ:
            return None
        return ModuleSpec(fullname, _Refusing())


def install() -> None:
    """Refuse TensorFlow in this process, whenever the variable is set."""
    sys.meta_path.insert(0, _Finder())
