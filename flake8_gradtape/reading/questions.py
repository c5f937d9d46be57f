"""What a module as a whole does to the meaning of its code: questions to its clues, each answered from syntax alone.

Comments and the text of strings decide nothing, but for strings that name something (`getattr(tf, "Session")`). Where
an answer is not certain, it is the one that leaves more open: reflection is used, a graph may be.
"""

from __future__ import annotations

import ast

from flake8_gradtape.reading.clues import LISTINGS, MOCK, NAMESPACES, VARIABLES, Clues, Dotted, dotted, is_tensorflow

_NO_MODELS = frozenset({"re", "regex"})
"""Modules whose `compile` compiles no model."""
_REFLECTING = frozenset({"__dict__", "__init_subclass__", "__getattr__", "__getattribute__", "__set__"})
"""Words that show that attributes may be written, or found, otherwise than by name."""
_PARTS_OF_REFLECTING = ("setattr", "metaclass")
"""Parts of such words: a helper like `rsetattr` does what `setattr` does."""
_INFORMATION = frozenset({"__name__", "__qualname__", "__module__", "__doc__"})
"""What may be asked of a class without the class getting to anybody."""
_NAMESPACE_WORDS = frozenset({"__closure__", "__globals__", "f_globals", "__builtins__"})
"""Words that show that names of a module may be written otherwise than by name."""

_FRAME_WORDS = frozenset(
    "_getframe currentframe f_locals tb_frame gi_frame cr_frame ag_frame getargvalues getgeneratorlocals "
    "getcoroutinelocals getclosurevars cell_contents setprofile settrace get_objects get_referrers "
    "get_referents".split()
)
"""Words that show that what functions hold in local names may be got, and perhaps replaced, by others."""
_INSIDES = frozenset({"__code__", "__defaults__", "__kwdefaults__"})
"""What is put into functions to make others of them."""


def alters_functions(clues: Clues) -> bool:
    """What functions of the module do may be changed after they were defined."""
    return not clues.words.union(clues.strings).isdisjoint(_INSIDES)


def asked_for_variables(clues: Clues) -> frozenset[str]:
    """What is asked for its variables somewhere: `self.model`, where `self.model.trainable_variables` stands."""
    return frozenset(
        ".".join((name.start, *name.attributes[:place]))
        for name in clues.names()
        if name.start
        for place, word in enumerate(name.attributes)
        if word in VARIABLES
    )


def uses_strategies(clues: Clues) -> bool:
    """The module has to do with distribution strategies (or with something else of that name)."""
    strings = (string for string in clues.strings if string.isidentifier())
    if any("trategy" in word for words in (clues.words, clues.keywords, strings) for word in words):
        return True
    distributed = (name for name in clues.names() if "distribute" in name.attributes)
    return any(is_tensorflow(path) for name in distributed for path in clues.full_names(name))


def uses_name_reflection(clues: Clues) -> bool:
    """Names of the module may be written otherwise than by assignments that are seen."""
    words = clues.words.union(clues.strings)
    if clues.runs_strings or not words.isdisjoint(_NAMESPACE_WORDS) or "sys.modules" in words:
        return True
    if not clues.names_in_strings.isdisjoint(NAMESPACES | {"modules", "import_module"}):
        return True
    if "sys.modules" in clues.paths or any(f"builtins.{word}" in clues.paths for word in NAMESPACES):
        return True
    if any("import_module" in path.rpartition(".")[2] for path in clues.paths):
        return True
    return any(_gives_names(clues, call) for call in clues.calls()) or any(
        _writes_names(clues, name) for name in clues.names()
    )


def uses_frames(clues: Clues) -> bool:
    """What functions hold in local names may be got otherwise than by code that says these names."""
    return not _FRAME_WORDS.isdisjoint(clues.words.union(clues.strings))


def _gives_names(clues: Clues, call: ast.Call) -> bool:
    """`vars()` without an argument, or somebody's own `update_globals(...)`."""
    name = dotted(call.func)
    if name.last == "vars":
        return not call.args and clues.is_builtin(name)
    return name.last.endswith("globals") and name.last != "globals" and not clues.is_own(name)


def _writes_names(clues: Clues, name: Dotted) -> bool:
    """It is `exec`, `globals` and the like, `sys.modules` or `import_module`; what is imported was asked before."""
    if not name.attributes:
        if name.start == "import_module":
            return name.start not in clues.imported and not clues.is_own(name)
        return name.start in NAMESPACES and clues.is_builtin(name)
    for place, word in enumerate(name.attributes):
        owner = name.before(place)
        if word in NAMESPACES and "builtins" in clues.full_names(owner):
            return True
        if word == "modules" and (owner.last == "sys" or "sys" in clues.full_names(owner)):
            return True
        if word == "import_module" and not clues.is_own(name):
            return True
    return False


def uses_attribute_reflection(clues: Clues) -> bool:
    """Attributes may be written, found or made otherwise than by code that says their names."""
    words = clues.words.union(clues.strings)
    if clues.runs_strings or not words.isdisjoint(_REFLECTING) or "type" in clues.bases:
        return True
    named = (*clues.words, *(string for string in clues.strings if string.isidentifier()))
    if any(part in word for word in named for part in _PARTS_OF_REFLECTING):
        return True
    if "__class__" in clues.strings or "__class__" in clues.defined or _uses_mocks(clues):
        return True
    if any(f"builtins.{word}" in clues.paths for word in LISTINGS):
        return True
    for node in clues.nodes:
        if isinstance(node, ast.keyword) and not _is_harmless_metaclass(clues, node.value):
            return True
        if isinstance(node, ast.Call) and _makes_class(clues, node):
            return True
    return any(_finds_attributes(clues, name) for name in clues.names())


def _uses_mocks(clues: Clues) -> bool:
    """The module has to do with `unittest.mock`, or with functions from elsewhere that replace something for a test.

    A fixture of pytest comes in as a parameter, what a decorator has replaced too.
    """
    imported = (part for path in (*clues.modules, *clues.paths) for part in path.split("."))
    if any(MOCK in word for words in (imported, clues.parameters) for word in words):
        return True
    if any(string.rpartition(".")[2] == MOCK for string in clues.strings):
        return True  # `import_module("unittest.mock")`
    called = (dotted(call.func) for call in clues.calls())
    return any(MOCK in name.last and not clues.is_own(name) for name in called)


def _is_harmless_metaclass(clues: Clues, value: ast.expr) -> bool:
    """`ABCMeta` leaves attributes alone."""
    return clues.full_names(dotted(value)) == ["abc.ABCMeta"]


def _makes_class(clues: Clues, call: ast.Call) -> bool:
    """`type("C", bases, attributes)` makes a class; `super(self.__class__, self)` may get to the wrong one."""
    name = dotted(call.func)
    if name.last == "super":
        return any("__class__" in dotted(argument).attributes for argument in call.args)
    starred = any(isinstance(argument, ast.Starred) for argument in call.args)
    return name.last == "type" and (starred or len(call.args) > 1) and clues.is_builtin(name)


def _finds_attributes(clues: Clues, name: Dotted) -> bool:
    """It is `vars` or `dir`, the class of an object, or `mock`."""
    words = (name.start, *name.attributes)
    for word, after in zip(words, (*words[1:], ""), strict=True):
        if word == "__class__" and after not in _INFORMATION:
            return True
        if word == MOCK and after:
            return True
    if name.last == MOCK and name.attributes:
        return name.start in clues.imported or any(is_tensorflow(path) for path in clues.full_names(name))
    return name.last in LISTINGS and clues.is_builtin(name)


def has_plain_losses(clues: Clues) -> bool:
    """Every model is compiled here, with a loss of Keras, and nothing else is added to its loss."""
    names = (string for string in clues.strings if string.isidentifier())
    said = (word for words in (clues.words, clues.keywords, names) for word in words)
    if any("egulariz" in word or word == "add_loss" for word in said):
        return False
    compiling = {name.node for name in clues.names() if name.last == "compile" and not _is_of_text(clues, name)}
    if "compile" in clues.names_in_strings or not compiling <= clues.called:
        return False  # somebody gets the method, and may call it anywhere
    calls = [call for call in clues.calls() if call.func in compiling]
    return bool(calls) and all(_has_plain_loss(clues, call) for call in calls)


def _is_of_text(clues: Clues, name: Dotted) -> bool:
    """It is the `compile` of regular expressions, or the builtin one."""
    return not name.attributes or any(path.partition(".")[0] in _NO_MODELS for path in clues.full_names(name))


def _has_plain_loss(clues: Clues, call: ast.Call) -> bool:
    """`compile` gets no loss, or one of Keras: by its name, or `keras.losses.SomeLoss` (called or not)."""
    if any(isinstance(one, ast.Starred) for one in call.args) or any(one.arg is None for one in call.keywords):
        return False
    given = [one.value for one in call.keywords if one.arg == "loss"] + call.args[1:2]
    return all(_is_loss_of_keras(clues, loss) for loss in given)


def _is_loss_of_keras(clues: Clues, loss: ast.expr) -> bool:
    if isinstance(loss, ast.Constant):
        return isinstance(loss.value, str)
    paths = clues.full_names(dotted(loss.func if isinstance(loss, ast.Call) else loss))
    return bool(paths) and all(
        is_tensorflow(path.partition(".")[0]) and ".losses." in path and path.rpartition(".")[2][:1].isupper()
        for path in paths
    )
