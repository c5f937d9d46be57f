"""What a module as a whole does to the meaning of its code: questions to its clues, each answered from syntax alone.

Comments and the text of strings decide nothing, but for strings that name something (`getattr(tf, "Session")`). Where
an answer is not certain, it is the one that leaves more open: reflection is used, a graph may be.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from flake8_gradtape.reading.clues import (
    GETTERS,
    GRAPH_WORDS,
    LISTINGS,
    MOCK_FIXTURES,
    NAMESPACES,
    SESSION,
    VARIABLES,
    Clues,
    Dotted,
    dotted,
)
from flake8_gradtape.reading.mentions import walk

_TENSORFLOW = frozenset({"tf", "keras", "tf_keras"})
_FOREIGN = frozenset(
    "aiohttp authlib boto3 botocore dgl graphviz httpx igraph networkx onnxruntime ort pydot rdflib requests "
    "requests_html requests_oauthlib snowflake sqlalchemy sqlmodel".split()
)
"""Libraries whose sessions and graphs have nothing to do with TensorFlow's."""
_NO_MODELS = frozenset({"re", "regex"})
"""Modules whose `compile` compiles no model."""
_WRITERS = frozenset({"create_file_writer", "create_noop_writer"})
"""Functions of `tf.summary` that make something with a method `as_default` that has nothing to do with graphs."""
_OBJECTS = frozenset({"self", "cls"})
_REFLECTING = frozenset(
    "__dict__ setattr __setattr__ __init_subclass__ __getattr__ __getattribute__ __set__ with_metaclass "
    "add_metaclass".split()
)
"""Words that show that attributes may be written, or found, otherwise than by name."""
_INFORMATION = frozenset({"__name__", "__qualname__", "__module__", "__doc__"})
"""What may be asked of a class without the class getting to anybody."""
_NAMESPACE_WORDS = frozenset({"__closure__", "__globals__", "f_globals", "__builtins__"})


def is_tensorflow(path: str) -> bool:
    """The dotted name leads to TensorFlow or Keras, perhaps through another module that has it under its usual name."""
    return any(part in _TENSORFLOW or part.startswith("tensorflow") for part in path.split("."))


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
    return any("trategy" in word for words in (clues.words, strings) for word in words) or any(
        is_tensorflow(path)
        for name in clues.names()
        if "distribute" in name.attributes
        for path in clues.full_names(name)
    )


def uses_graph_mode(clues: Clues) -> bool:
    """The module makes, enters or turns on graphs somewhere."""
    if any("disable_eager" in word or "disable_v2_behavior" in word for word in clues.words):
        return True
    if any(_means_graph(path.rpartition(".")[2]) and not _is_foreign(path) for path in clues.paths):
        return True
    if any(_means_graph(word) or "disable_eager" in word for word in names_in_strings(clues)):
        return True
    called = (dotted(call.func) for call in clues.calls())
    return any(_enters_graph(clues, name) for names in (clues.names(), called) for name in names)


def _means_graph(word: str) -> bool:
    return word in GRAPH_WORDS or word.endswith(SESSION)


def _is_foreign(path: str) -> bool:
    return path.partition(".")[0] in _FOREIGN


def _enters_graph(clues: Clues, name: Dotted) -> bool:
    """It names a graph, a session or something else that only graphs have; what is imported was asked before."""
    called = name.node in clues.called
    if not name.attributes:
        known = not _means_graph(name.start) or name.start in clues.imported or name.start in clues.defined
        return not known and (called or name.start not in clues.bound)
    for place, word in enumerate(name.attributes):
        if not _means_graph(word):
            continue
        owner = name.before(place)
        paths = clues.full_names(owner)
        if word == "as_default":
            if not _is_summary_writer(clues, name.node):
                return True
        elif any(is_tensorflow(path) for path in paths):
            return True
        elif name.start in clues.imported:
            if not all(_is_foreign(path) for path in paths):
                return True
        elif called and not (owner.start in _OBJECTS and not owner.attributes and word in clues.defined):
            return True
    return False


def _is_summary_writer(clues: Clues, node: ast.AST) -> bool:
    """What is entered by `node`, which ends on `.as_default`, surely is a writer of `tf.summary`."""
    receiver = node.value if isinstance(node, ast.Attribute) else node
    if _makes_writer(receiver):
        return True
    name = dotted(receiver)
    own = name.start in _OBJECTS and len(name.attributes) == 1
    if clues.words.isdisjoint(_WRITERS) or not (own or (name.start and not name.attributes)):
        return False
    # one more walk, where a module has both
    bound, writers = 0, 0
    for one in (part for statement in clues.body for part in walk(statement)):
        if name.last in _bound_by(one):
            bound += 1
        elif isinstance(one, (ast.Assign, ast.AnnAssign, ast.NamedExpr)) and _makes_writer(one.value):
            targets = one.targets if isinstance(one, ast.Assign) else [one.target]
            writers += sum(dotted(target).last == name.last for target in targets)
    return bound == writers > 0


def _makes_writer(node: ast.AST | None) -> bool:
    """It gives a writer of `tf.summary`, or None, on which nobody can enter anything."""
    if isinstance(node, ast.IfExp):
        return _makes_writer(node.body) and _makes_writer(node.orelse)
    if isinstance(node, ast.Constant):
        return node.value is None
    return isinstance(node, ast.Call) and dotted(node.func).last in _WRITERS


def _bound_by(node: ast.AST) -> tuple[str, ...]:
    """The names and attributes to which this very node gives a meaning."""
    if isinstance(node, (ast.Name, ast.Attribute)):
        stored = node.id if isinstance(node, ast.Name) else node.attr
        return (stored,) if isinstance(node.ctx, ast.Store) else ()
    if isinstance(node, ast.arg):
        return (node.arg,)
    if isinstance(node, ast.alias):
        return ((node.asname or node.name).partition(".")[0],)
    if isinstance(node, (ast.Global, ast.Nonlocal)):
        return tuple(node.names)
    name = getattr(node, "name", None) or getattr(node, "rest", None)
    return (name,) if isinstance(name, str) else ()


def names_in_strings(clues: Clues) -> Iterator[str]:
    """The attributes that are got by a name in a string: `getattr(tf, "Session")`, `attrgetter("compat.v1")(tf)`."""
    for call in clues.calls():
        if dotted(call.func).last in GETTERS:
            for argument in call.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield from argument.value.split(".")


def uses_name_reflection(clues: Clues) -> bool:
    """Names of the module may be written otherwise than by assignments that are seen."""
    words = clues.words.union(clues.strings)
    if not words.isdisjoint(_NAMESPACE_WORDS) or "sys.modules" in clues.strings:
        return True
    told = frozenset({"sys.modules", *(f"builtins.{name}" for name in NAMESPACES)})
    for path in clues.paths:
        if path in told or path.rpartition(".")[2] == "import_module":
            return True
    if any(name in NAMESPACES or name in ("modules", "import_module") for name in names_in_strings(clues)):
        return True
    if any(_is_builtin_call(clues, call, "vars") and not call.args for call in clues.calls()):
        return True
    return any(_writes_names(clues, name) for name in clues.names())


def _writes_names(clues: Clues, name: Dotted) -> bool:
    """It is `exec`, `globals` and the like, `sys.modules` or `import_module`; what is imported was asked before."""
    if not name.attributes:
        if name.start == "import_module":
            return name.start not in clues.imported and name.start not in clues.defined
        return name.start in NAMESPACES and _is_builtin(clues, name)
    for place, word in enumerate(name.attributes):
        owner = name.before(place)
        if word in NAMESPACES and "builtins" in clues.full_names(owner):
            return True
        if word == "modules" and (owner.last == "sys" or "sys" in clues.full_names(owner)):
            return True
        if word == "import_module" and not (owner.start in _OBJECTS and word in clues.defined):
            return True
    return False


def _is_builtin(clues: Clues, name: Dotted) -> bool:
    """A name of a builtin surely or perhaps stands for it: the module has not bound it before."""
    if f"builtins.{name.start}" in clues.imported.get(name.start, ()):
        return True
    line = clues.top_level.get(name.start)
    if line is not None and line < getattr(name.node, "lineno", 0):
        return False
    return name.node in clues.called or name.start not in clues.bound


def _is_builtin_call(clues: Clues, call: ast.Call, word: str) -> bool:
    name = dotted(call.func)
    if name.attributes:
        return name.last == word and f"builtins.{word}" in clues.full_names(name)
    return name.start == word and _is_builtin(clues, name)


def uses_attribute_reflection(clues: Clues) -> bool:
    """Attributes may be written, found or made otherwise than by code that says their names."""
    if not _REFLECTING.isdisjoint(clues.words) or not _REFLECTING.isdisjoint(clues.strings):
        return True
    if not clues.strings.isdisjoint({"__class__", "metaclass"}) or "__class__" in clues.defined:
        return True
    if "type" in clues.bases:
        return True
    if _uses_mocks(clues):
        return True
    if any(path == f"builtins.{word}" for path in clues.paths for word in LISTINGS):
        return True
    for node in clues.nodes:
        if isinstance(node, ast.keyword) and not _is_harmless_metaclass(clues, node.value):
            return True
        if isinstance(node, ast.Call) and _makes_class(clues, node):
            return True
    return any(_finds_attributes(clues, name) for name in clues.names())


def _uses_mocks(clues: Clues) -> bool:
    """The module has to do with `unittest.mock`, or with another one of that name."""
    parts = (part for module in clues.modules for part in module.split("."))
    if any("mock" in part for part in parts) or any(path.rpartition(".")[2] == "mock" for path in clues.paths):
        return True
    return not clues.words.isdisjoint(MOCK_FIXTURES)


def _is_harmless_metaclass(clues: Clues, value: ast.expr) -> bool:
    """`ABCMeta` leaves attributes alone."""
    return clues.full_names(dotted(value)) == ["abc.ABCMeta"]


def _makes_class(clues: Clues, call: ast.Call) -> bool:
    """`type("C", bases, attributes)` makes a class; `super(self.__class__, self)` may get to the wrong one."""
    called = dotted(call.func).last
    if called == "super":
        return any("__class__" in dotted(argument).attributes for argument in call.args)
    starred = any(isinstance(argument, ast.Starred) for argument in call.args)
    return called == "type" and (starred or len(call.args) > 1) and _is_builtin_call(clues, call, "type")


def _finds_attributes(clues: Clues, name: Dotted) -> bool:
    """It is `vars` or `dir`, the class of an object, or `mock`."""
    if not name.attributes:
        return name.start == "__class__" or (name.start in LISTINGS and _is_builtin(clues, name))
    words = (name.start, *name.attributes)
    for word, after in zip(words, (*words[1:], ""), strict=True):
        if word == "__class__" and after not in _INFORMATION:
            return True
        if word == "mock" and after:
            return True
    if name.last == "mock":
        return name.start in clues.imported or any(is_tensorflow(path) for path in clues.full_names(name))
    return name.last in LISTINGS and f"builtins.{name.last}" in clues.full_names(name)


def has_plain_losses(clues: Clues) -> bool:
    """Every model is compiled here, with a loss of Keras, and nothing else is added to its loss."""
    names = (string for string in clues.strings if string.isidentifier())
    if any("egulariz" in word or word == "add_loss" for words in (clues.words, names) for word in words):
        return False
    compiling = {name.node for name in clues.names() if name.last == "compile" and not _is_of_text(clues, name)}
    if "compile" in names_in_strings(clues) or not compiling <= clues.called:
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
