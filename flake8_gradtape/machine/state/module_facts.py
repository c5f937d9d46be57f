"""What is known of the whole module before it runs: asked once, never changed, the same for every function of it."""

from __future__ import annotations

from dataclasses import dataclass, field

import libcst as cst

from flake8_gradtape.machine.state.scopes import Scope
from flake8_gradtape.reading.binding_counts import BindingCounts
from flake8_gradtape.reading.graph_mode import uses_graph_mode
from flake8_gradtape.reading.questions import (
    alters_functions,
    asked_for_variables,
    has_plain_losses,
    uses_attribute_reflection,
    uses_frames,
    uses_name_reflection,
    uses_strategies,
)
from flake8_gradtape.reading.reachability import Use
from flake8_gradtape.reading.replacements import replaces_tensorflow
from flake8_gradtape.reading.source import ModuleSource
from flake8_gradtape.reading.syntax import captured_names


@dataclass(frozen=True)
class ModuleFacts:
    """What the code of one module says as a whole, and what the user says of it; `Run.facts` for all who run it.

    The syntax tree is reduced to what tapes reach; the other facts are about all of the module, also about what is
    left out there. Where one cannot be told for sure, it is the answer that claims less.
    """

    module: cst.Module = field(default_factory=lambda: cst.Module(()))
    """What is run: the code that tapes reach."""
    line_count: int = 0
    """The length of the whole module, which bounds the work."""
    keras: int | None = None
    """The version of Keras, if only that one matters; else only what happens with both is claimed."""
    tape_functions: frozenset[str] | None = None
    """The names of the functions that a tape may reach (all, if None): others are not run by themselves."""
    tape_names: frozenset[str] | None = None
    """The names and attributes that may hold a tape, or something that makes, holds or asks one (any, if None)."""
    attribute_uses: tuple[Use, ...] = ()
    """What each function, class body and statement reads and writes, of all the module or of nothing."""
    handed_out: frozenset[tuple[str, str]] = frozenset()
    """What functions that no tape reaches hand to others: a module-level name, or an attribute of what it holds."""
    inherited_classes: frozenset[str] = frozenset()
    """The names of classes that other classes of the module inherit from."""
    written_attributes: frozenset[str] = frozenset()
    """The attributes that some code of the module assigns, on whatever object."""
    names_read_by_functions: frozenset[str] = frozenset()
    """The module-level names that some function reads, or may read."""
    asked_for_variables: frozenset[str] = frozenset()
    """What is asked for its variables somewhere: `self.model`, where `self.model.variables` stands."""
    uses_attribute_reflection: bool = False
    """Attributes may be written behind the machine's back: one that is known may have been replaced."""
    uses_name_reflection: bool = False
    """Module-level names may be: one that is known may have been replaced."""
    uses_frames: bool = False
    """Local names may be read and written by code that finds the frames of functions, or their objects."""
    alters_functions: bool = False
    """Functions may do something else than their definitions say."""
    uses_graph_mode: bool = False
    """The module has to do with graph mode somewhere, so its code need not run eagerly."""
    uses_strategies: bool = False
    """The module has to do with distribution strategies, whose variables can do more."""
    has_plain_losses: bool = False
    """The loss that Keras computes depends on labels and predictions only."""
    replaces_tensorflow: bool = False
    """Functions of TensorFlow itself are replaced, or changed in what they do: nothing is known of them then."""
    _binding_counts: BindingCounts = field(default_factory=BindingCounts)

    def times_bound(self, scope: Scope, name: str) -> int:
        """How many bindings a name has in a scope; two if that cannot be told."""
        definition = self.module if scope.locals is None else scope.definition
        return 2 if definition is None else self._binding_counts.of(definition, name)


def module_facts(source: ModuleSource, keras: int | None = None, *, every_function: bool = False) -> ModuleFacts:
    """What is known of a module that was read, and is going to run with this version of Keras.

    With `every_function` all functions count as reached by a tape.
    """
    uses, clues = source.uses, source.clues
    return ModuleFacts(
        module=source.module,
        line_count=source.line_count,
        keras=keras,
        tape_functions=None if every_function else source.tape_functions,
        tape_names=None if every_function else source.tape_names,
        attribute_uses=uses,
        handed_out=source.handed_out,
        inherited_classes=frozenset(clues.bases),
        written_attributes=frozenset(name for use in uses for name in use.writes),
        names_read_by_functions=captured_names(source.module).union(*(use.mentions for use in uses if use.name)),
        asked_for_variables=asked_for_variables(clues),
        uses_attribute_reflection=uses_attribute_reflection(clues),
        uses_name_reflection=uses_name_reflection(clues),
        uses_frames=uses_frames(clues),
        alters_functions=alters_functions(clues),
        uses_graph_mode=uses_graph_mode(clues),
        uses_strategies=uses_strategies(clues),
        has_plain_losses=has_plain_losses(clues),
        replaces_tensorflow=replaces_tensorflow(clues),
    )
