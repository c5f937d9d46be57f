"""What the machine knows of syntax, of kinds of values and of libraries: tables that are handed to a run.

`language` fills them for Python, `libraries` for the rest; neither a run nor `language` has to know who did. The first
argument of every function in a table is the run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flake8_gradtape.machine.domain.contents import SequenceContents
from flake8_gradtape.machine.domain.values import Value


@dataclass(frozen=True)
class Behaviour:
    """What Python does with a value of one kind; `replace` the one for unknown kinds by what is known of this one."""

    call: Callable[..., Value]
    """`value(...)`: takes the value, the arguments, and where."""
    method: Callable[..., Value]
    """`value.name(...)`: takes the value, the name, the arguments, and where."""
    attribute: Callable[..., Value]
    """`value.name`: takes the value, the name, and where."""
    set_attribute: Callable[..., None]
    """`value.name = new`: takes the value, the name, the new value, and whether it surely is this value's."""
    item: Callable[..., Value]
    """`value[index]`: takes the value, the index, and where."""
    slice: Callable[..., Value]
    """`value[a:b]`, `value[i, j]`: takes the value, the parts in the brackets, and where."""
    set_item: Callable[..., None]
    """`value[index] = new`: takes the value, the index, and the new value."""
    delete_item: Callable[..., None]
    """`del value[index]`: takes the value and the index."""
    iterate: Callable[..., SequenceContents]
    """What iterating gives: takes the value, and where."""
    augment: Callable[..., bool]
    """`value += other`: takes the value, the sign, the other value, and where; False if nothing is done in place."""
    enter: Callable[..., Value]
    """`with value:` begins: takes the value, the item of the `with`, and where; gives what `as` names."""
    exit: Callable[..., None] | None
    """The block ends: takes the value; None if nothing happens then."""
    swallows: Callable[..., bool]
    """Whether `with value:` may swallow an exception: takes the value, and whether its block was run already."""
    operate: Callable[..., None]
    """Python carries an operation out by methods of the value: takes the value and the names that they may have."""
    tells_raising: frozenset[str] = frozenset()
    """Methods that tell by themselves when they may raise."""


@dataclass(frozen=True)
class Inherited:
    """What an object of a class of the module has from a class of a library; each gives None where it has nothing."""

    call: Callable[..., Value | None]
    """`object(...)`: takes the object, the arguments, and where."""
    method: Callable[..., Value | None]
    """`object.name(...)`: takes the object, the name, the arguments, and where."""
    super_method: Callable[..., Value | None]
    """`super().name(...)`: takes what `super()` is, the name, the arguments, and where."""
    attribute: Callable[..., Value | None]
    """`object.name`: takes the object, the name, and where."""


@dataclass(frozen=True)
class Registry:
    """The tables of one machine."""

    expressions: Mapping[type, Callable[..., Value]]
    """What an expression gives, by its kind of node: takes the scope and the node."""
    statements: Mapping[type, Callable[..., None]]
    """What a statement does, by its kind of node: takes the scope and the node."""
    calm: frozenset[type]
    """The nodes that do not raise by themselves, or tell by themselves when they may."""
    behaviours: Mapping[type, Behaviour]
    """What is done with a value, by its kind; complete ones."""
    unknown: Behaviour
    """What is done with a value of any other kind."""
    inherited: Inherited
    builtins: frozenset[str]
    """The names that are there without an import."""
    judged: frozenset[str]
    """Methods and functions whose calls may be claimed to go wrong."""
