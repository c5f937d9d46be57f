"""The functions and classes of the module that a run has come upon."""

from __future__ import annotations

import libcst as cst

from flake8_gradtape.machine.domain.values import Class, Function


class Definitions:
    """Functions and classes by their syntax, and which functions were entered."""

    def __init__(self) -> None:
        self.defined_functions: dict[cst.CSTNode, Function] = {}
        self.entered_functions: dict[cst.CSTNode, None] = {}
        self.entered_by_root: dict[cst.CSTNode, None] = {}
        """The functions that the present root has entered."""
        self.owners: dict[cst.CSTNode, Class] = {}
        """The class in whose body a method stands."""
        self.shared_methods: dict[cst.CSTNode, None] = {}
        """Methods that two classes have (`step = Other.step`)."""
        self.classes: list[Class] = []
        """All classes of the module so far."""
        self.module_cells = 0
        """The containers and objects up to this number were made by the body of the module, which is done."""

    def defines_method(self, name: str) -> bool:
        """Some class of the module has a method of this name, so an unknown object may be one of these."""
        return any(function.name == name for function in self.defined_functions.values())

    def clear(self) -> None:
        """Let go of everything."""
        for held in (self.defined_functions, self.owners, self.classes):
            held.clear()
