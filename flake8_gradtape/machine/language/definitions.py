"""Function and class definitions: what their names hold afterwards."""

from __future__ import annotations

import libcst as cst

from flake8_gradtape.machine.domain.contents import MappingContents
from flake8_gradtape.machine.domain.values import Api, Class, Function, Instance, Value, options
from flake8_gradtape.machine.language.classes import class_attribute
from flake8_gradtape.machine.language.unseen import unseen_code
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Arguments, Scope
from flake8_gradtape.reading.syntax import declared_names, dotted

_TRANSPARENT = frozenset(
    "tf.function staticmethod classmethod property functools.cached_property functools.wraps typing.override "
    "abc.abstractmethod tf.autograph.experimental.do_not_convert pytest.mark.parametrize "
    "tf.Module.with_name_scope typing.final tf.keras.utils.register_keras_serializable "
    "keras.saving.register_keras_serializable dataclasses.dataclass".split()
)


def _decorators(node: cst.FunctionDef | cst.ClassDef) -> list[str]:
    return [
        dotted(decorator.decorator.func if isinstance(decorator.decorator, cst.Call) else decorator.decorator)
        for decorator in node.decorators
    ]


def define_function(run: Run, scope: Scope, node: cst.FunctionDef) -> Value:
    """The function object; one with a decorator that is not known is unknown to its callers."""
    defaults = tuple(
        (param.name.value, run.evaluate(scope, param.default))
        for param in (*node.params.posonly_params, *node.params.params, *node.params.kwonly_params)
        if param.default is not None
    )
    names = [_full_name(run, scope, name) for name in _decorators(node)]
    opaque = any(name not in _TRANSPARENT and not name.endswith(".setter") for name in names)
    graph = "tf.function" in names
    function = Function(node, scope.number, node.name.value, opaque, graph, defaults=defaults)
    run.definitions.defined_functions.setdefault(node, function)
    if opaque:
        for decorator, name in zip(node.decorators, names, strict=True):
            if name not in _TRANSPARENT:
                _decorate(run, scope, decorator.decorator, function)
    return function


def _decorate(run: Run, scope: Scope, decorator: cst.BaseExpression, taken: Value) -> None:
    """An unknown decorator gets the function or class, and may keep it, call it, or put it anywhere it can reach."""
    if isinstance(decorator, cst.Attribute):
        run.sharing.escape(run.evaluate(scope, decorator.value))
    value = run.evaluate(scope, decorator)
    run.sharing.escape(value)
    run.sharing.escape(taken)
    for option in options(value):
        if isinstance(option, Function):
            run.sharing.escape(run.call(option, Arguments((taken,)), decorator))


def _full_name(run: Run, scope: Scope, name: str) -> str:
    """A decorator under the name that the tables use: the import alias resolved."""
    head, _, rest = name.partition(".")
    value = run.sharing.read(scope, head)
    if isinstance(value, Api):
        path = f"{value.path}.{rest}" if rest else value.path
        return "tf." + path.removeprefix("tensorflow.") if path.startswith("tensorflow.") else path
    if value is None:
        return name
    return f"own.{name}"  # the module's own, whatever its name


def _is_known_metaclass(value: Value) -> bool:
    """It makes a class like any other, and leaves it alone."""
    return isinstance(value, Api) and value.path in ("abc.ABCMeta", "builtins.type")


def define_class(run: Run, scope: Scope, node: cst.ClassDef) -> Value:
    """The class object, its body run in a scope of its own."""
    bases: list[Class] = []
    paths: list[str] = []
    above: list[Value] = []
    closed = True
    for argument in node.bases:
        value = run.evaluate(scope, argument.value)
        above.append(value)
        if isinstance(value, Class):
            bases.append(value)
            closed = closed and value.closed
        elif isinstance(value, Api) and value.path in ("builtins.object", "abc.ABC", "typing.NamedTuple"):
            continue
        else:
            closed = False
            paths.append(value.path if isinstance(value, Api) else "?")
    given = [run.evaluate(scope, one.value) for one in node.keywords]
    own_kind = "?" in paths or any(not _is_known_metaclass(value) for value in given)
    closed = closed and not node.keywords
    declared = declared_names(node.body)
    inner = run.scopes.new_scope(scope, declared.locals, is_class=True)
    run.execute(inner, [node.body])
    run.store.reachable = True
    closed = closed and inner.number not in run.sharing.open_classes
    found = ((name, run.sharing.read(inner, name)) for name in sorted(declared.locals))
    entries = tuple((name, value) for name, value in found if value is not None)
    names = [_full_name(run, scope, name) for name in _decorators(node)]
    made = Class(
        node.name.value, run.heap.new_cell(MappingContents(entries)), tuple(bases),
        closed and all(name in _TRANSPARENT for name in names), node, tuple(paths),
    )  # fmt: skip
    run.definitions.classes.append(made)
    for _, value in entries:
        if isinstance(value, Function):
            if value.definition in run.definitions.owners:
                run.definitions.shared_methods[value.definition] = None
            run.definitions.owners.setdefault(value.definition, made)
    for _, value in entries:
        for option in options(value):
            if isinstance(option, Instance) and class_attribute(run, option.cls, "__set_name__") is not None:
                unseen_code(run, [option, made])
    if own_kind or any(class_attribute(run, base, "__init_subclass__") is not None for base in bases):
        return unseen_code(run, [made, *above, *given], node)
    unknown = [one for one, name in zip(node.decorators, names, strict=True) if name not in _TRANSPARENT]
    for decorator in unknown:
        _decorate(run, scope, decorator.decorator, made)
    # it may have changed the class, or given something else
    return run.anything(at=node) if unknown else made
