"""Whether a module has to do with graphs: it makes or enters one, or turns eager execution off.

Answered from syntax alone, and yes where that cannot be told.
"""

from __future__ import annotations

import ast

from flake8_gradtape.reading.clues import GRAPH_WORDS, OBJECTS, SESSION, Clues, Dotted, dotted, is_tensorflow
from flake8_gradtape.reading.mentions import walk

_FOREIGN = frozenset(
    "aiohttp authlib boto3 botocore dgl graphviz httpx igraph networkx onnxruntime ort pydot rdflib requests "
    "requests_html requests_oauthlib snowflake sqlalchemy sqlmodel".split()
)
"""Libraries whose sessions and graphs have nothing to do with TensorFlow's."""
_WRITERS = frozenset({"create_file_writer", "create_noop_writer"})
"""Functions of `tf.summary` that make something with a method `as_default` that has nothing to do with graphs."""
_SWITCHES = ("disable_eager", "disable_v2_behavior")
"""Parts of words that turn eager execution off, whatever they name: a function, or a setting that asks for it."""
_PLACEHOLDER = "placeholder"
"""Part of the names of what stands for the input of a graph, in whatever module that was made."""


def uses_graph_mode(clues: Clues) -> bool:
    """The module makes, enters or turns on graphs somewhere, has something of one, or runs code that is not seen."""
    if clues.runs_strings or any(_PLACEHOLDER in word for word in clues.words):
        return True
    said = (*clues.words, *clues.keywords, *clues.names_in_strings)
    if any(switch in word for word in said for switch in _SWITCHES):
        return True
    if any(_means_graph(path.rpartition(".")[2]) and not _is_foreign(path) for path in clues.paths):
        return True
    if any(_means_graph(word) or _PLACEHOLDER in word for word in clues.names_in_strings):
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
        known = not _means_graph(name.start) or name.start in clues.imported or clues.is_own(name)
        return not known and (called or name.start not in clues.bound)
    for place, word in enumerate(name.attributes):
        if not _means_graph(word):
            continue
        paths = clues.full_names(name.before(place))
        if word == "as_default":
            if not _is_summary_writer(clues, name.node):
                return True
        elif any(is_tensorflow(path) for path in paths):
            return True
        elif name.start in clues.imported:
            if not all(_is_foreign(path) for path in paths):
                return True
        elif called and not clues.is_own(name):
            return True
    return False


def _is_summary_writer(clues: Clues, node: ast.AST) -> bool:
    """What is entered by `node`, which ends on `.as_default`, surely is a writer of `tf.summary`."""
    receiver = node.value if isinstance(node, ast.Attribute) else node
    if _makes_writer(receiver):
        return True
    name = dotted(receiver)
    own = name.start in OBJECTS and len(name.attributes) == 1
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
