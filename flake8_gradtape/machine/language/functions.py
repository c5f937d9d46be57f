"""Calling: functions of the module run with the real arguments, everything else is unseen code.

What functions of libraries do is in `libraries`, methods of containers in `containers`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace

import libcst as cst

from flake8_gradtape.machine.assumptions.new_values import called, makes_something_new
from flake8_gradtape.machine.assumptions.taking import NO_VARIABLES
from flake8_gradtape.machine.domain.contents import MappingContents, SequenceContents
from flake8_gradtape.machine.domain.graph import Kind, UnseenCall
from flake8_gradtape.machine.domain.values import (
    NONE,
    Api,
    Class,
    DictValue,
    Function,
    Instance,
    KerasLayer,
    ListValue,
    Opaque,
    Value,
    Variable,
    node_of,
    options,
)
from flake8_gradtape.machine.language.classes import class_attribute, inherits_from_enum
from flake8_gradtape.machine.language.traced_calls import (
    may_have_signature,
    traced_arguments,
    traced_once,
    traced_result,
)
from flake8_gradtape.machine.language.unseen import unseen_code
from flake8_gradtape.machine.state.run import Run
from flake8_gradtape.machine.state.scopes import Arguments, CallFrame, Scope
from flake8_gradtape.reading.syntax import annotation_names, declared_names, is_stub, parameter_names, parameters

_LIBRARIES = ("tensorflow.", "tf.", "keras.", "builtins.", "tensorflow_probability.")
"""Whose functions do not freeze a model that they get."""
MOST_DEPTH = 8
"""How many call frames may be nested."""
MOST_RECURSION = 4
"""How many call frames of one function may be nested; what lies deeper is unseen."""


def call_object(run: Run, callee: Instance, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`object(...)`: its `__call__`, or what the object has from a class of a library."""
    method = class_attribute(run, callee.cls, "__call__")
    if isinstance(method, Function):
        return call_function(run, method.bound_to(callee), arguments, at)
    made = run.registry.inherited.call(run, callee, arguments, at)
    return made if made is not None else unseen_call(run, callee, arguments, at)


def unseen_call(run: Run, callee: Value, arguments: Arguments, at: cst.CSTNode) -> Value:
    """A call of code that the machine cannot see: it may do anything with what it is given or already has."""
    handed = [node for value in arguments.all() for node in run.heap.nodes(value)]
    nodes = [*run.heap.nodes(callee), *handed]
    run.sharing.escape(callee)
    for value in arguments.all():
        run.sharing.escape(value)
    if not (isinstance(callee, Api) and callee.path.startswith(_LIBRARIES)):
        _may_change_models(run, arguments)
    run.sharing.unseen_code_runs()
    local = any(isinstance(option, (Function, Class)) for option in options(callee))
    call = _call_of(run, callee, at) if handed and len(options(callee)) == 1 else None
    return Opaque(run.recorder.unknown(nodes, at=at, may_hold_anything=local, call=call))


def _call_of(run: Run, callee: Value, at: cst.CSTNode) -> UnseenCall:
    """What is known of a call of unseen code by what is called, and what follows for the tapes that are recording."""
    if not isinstance(at, cst.Call):
        return UnseenCall(node_of(callee))
    of_model = called(at) in run.facts.asked_for_variables
    if of_model:
        run.recorder.note_record()
    why_new = makes_something_new(at, of_model)
    new = why_new is not None and run.taking.takes(why_new, called(at))
    no_variable = run.taking.takes(NO_VARIABLES)
    return UnseenCall(node_of(callee), of_model and no_variable, new, no_variable)


def _may_change_models(run: Run, arguments: Arguments) -> None:
    """A function that gets a model may set its `trainable`, and put variables into it that it gets as well."""
    given = [leaf for value in arguments.all() for leaf in run.heap.leaves(value)]
    variables = [leaf.node for leaf in given if isinstance(leaf, Variable)]
    for leaf in given:
        if not isinstance(leaf, KerasLayer):
            continue
        if variables:
            added = Opaque(run.recorder.unknown(variables))
            run.sharing.put(
                leaf.cell, SequenceContents((*run.heap.items(ListValue(leaf.cell)).items, added), exact=False)
            )
        for node in run.heap.nodes(leaf):
            if node.kind is Kind.VARIABLE and run.node_states.trainable(node) is True:
                run.node_states.freeze(node)


def call_function(run: Run, function: Function, arguments: Arguments, at: cst.CSTNode) -> Value:
    """Run the body of a function or lambda with these arguments; unseen if it is a stub, recursive or too deep."""
    definition = function.definition
    if function.first_arguments or function.named_arguments:
        named = {**dict(function.named_arguments), **dict(arguments.keywords)}
        positional = (*function.first_arguments, *arguments.positional)
        arguments = Arguments(positional, tuple(named.items()), arguments.open, arguments.extra)
    if function.instance is not None:
        arguments = Arguments(
            (function.instance, *arguments.positional), arguments.keywords, arguments.open, arguments.extra
        )
    nested = run.stack.functions.count(definition) >= MOST_RECURSION or len(run.stack.functions) >= MOST_DEPTH
    if nested and run.observer is not None:
        run.observer.not_followed(definition)
    if (
        function.opaque
        or run.facts.alters_functions
        or (function.partial and _may_get_others(run, definition))
        or definition in run.budget.over_budget_recursion
        or nested
        or is_stub(definition)
        or declared_names(definition).generator
        or (isinstance(definition, cst.FunctionDef) and definition.asynchronous is not None)
    ):
        return unseen_call(run, function, arguments, at)
    outer, began = run.stack.context, run.recorder.now()
    run.stack.context = (*outer, at)
    entering = function.graph and not (run.stack.call_frames and run.stack.call_frames[-1].graph)
    if entering:
        arguments = traced_arguments(run, function.signed or may_have_signature(definition), arguments)
    try:
        with traced_once(run, definition) if entering else nullcontext():
            result = run_body(run, function, lambda scope: bind_arguments(run, function, arguments, scope))
    finally:
        run.stack.context = outer
    return traced_result(run, result, at, began) if function.graph else result


def _may_get_others(run: Run, definition: cst.CSTNode) -> bool:
    """The arguments of a `functools.partial` may be others by now: somebody has its `keywords`, or asks for some."""
    return definition in run.sharing.opened_partials or "keywords" in run.facts.names_read_by_functions


def run_body(run: Run, function: Function, bind: Callable[[Scope], None]) -> Value:
    """Run a function body in a new scope; gives what it returns. Every path raising ends the caller as well."""
    definition = function.definition
    declared = declared_names(definition)
    scope = run.scopes.new_scope(
        run.scopes.by_number[function.scope],
        declared.locals,
        declared.globals,
        declared.nonlocals,
        definition=definition,
    )
    run.definitions.entered_functions[definition] = None
    run.definitions.entered_by_root[definition] = None
    run.stack.functions.append(definition)
    outer_visit, run.stack.visit = run.stack.visit, None
    call_frame = CallFrame(
        run.store.mark(),
        graph=function.graph or (bool(run.stack.call_frames) and run.stack.call_frames[-1].graph),
        instance=function.instance,
    )
    run.stack.call_frames.append(call_frame)
    try:
        bind(scope)
        if run.observer is not None:
            given = [(one.name, run.sharing.read(scope, one.name.value)) for one in parameters(definition.params)]
            run.observer.called(definition, [(name, value) for name, value in given if value is not None])
        if isinstance(definition, cst.Lambda):
            return run.evaluate(scope, definition.body)
        run.execute(scope, [definition.body])
        end = run.store.take(call_frame.mark)
        exits = list(call_frame.returns)
        if end is not None:
            exits.append((end, NONE))
        run.merge([delta for delta, _ in exits])
        if not exits and run.observer is not None:
            run.observer.never_returned()
        return run.sharing.join([value for _, value in exits]) if exits else run.anything()
    finally:
        run.stack.call_frames.pop()
        run.stack.functions.pop()
        run.stack.visit = outer_visit


def bind_arguments(run: Run, function: Function, arguments: Arguments, scope: Scope) -> None:
    """Assign the arguments of a call to the parameters; what cannot be matched for sure is unknown."""
    params = function.definition.params
    positional = [param.name.value for param in (*params.posonly_params, *params.params)]
    keyword_only = [param.name.value for param in params.kwonly_params]
    left = list(arguments.positional)
    given: dict[str, Value] = dict(arguments.keywords)
    defaults = dict(function.defaults)
    unsure = (
        run.anything([node for value in arguments.extra for node in run.heap.nodes(value)]) if arguments.open else None
    )
    for name in positional:
        if left:
            value = left.pop(0)
        elif name in given:
            value = given.pop(name)
        elif unsure is not None:
            value = unsure
        else:
            value = defaults.get(name) or _missing(run, arguments)
        run.sharing.bind(scope, name, value)
    for name in keyword_only:
        value = given.pop(name, None) or unsure or defaults.get(name) or _missing(run, arguments)
        run.sharing.bind(scope, name, value)
    if (left and not isinstance(params.star_arg, cst.Param)) or (given and params.star_kwarg is None):
        _missing(run, arguments)
    if isinstance(params.star_arg, cst.Param):
        rest = run.heap.new_cell(
            SequenceContents((*left, *([unsure] if unsure else [])), unsure is None, immutable=True)
        )
        run.sharing.bind(scope, params.star_arg.name.value, ListValue(rest))
    if params.star_kwarg is not None:
        named = DictValue(run.heap.new_cell(MappingContents(tuple(given.items()), unsure is None)))
        run.sharing.bind(scope, params.star_kwarg.name.value, named)


def _missing(run: Run, arguments: Arguments) -> Value:
    """A call that does not fit the parameters raises TypeError: that run ends."""
    if not arguments.open:
        run.end_all_paths()
    return run.anything()


def bind_unknown(
    run: Run, function: Function, scope: Scope, instance: Value | None, not_before: int | None = None
) -> None:
    """Parameters of a function that anybody may call.

    `not_before` is when the object of a method was made, if its attributes are known.
    Nobody is taken to hand over an attribute of the object to its own method as it is.
    """
    for position, name in enumerate(parameter_names(function.definition.params)):
        if position == 0 and instance is not None:
            value = instance
        else:
            node = run.recorder.unknown(name=name, may_hold_anything=True, time=not_before)
            if not_before is not None:
                node = replace(node, handed_over_at=run.recorder.now())
            value = Opaque(node)
        run.sharing.bind(scope, name, value)


def blur_closure(run: Run, function: Function) -> None:
    """A callback may run at any time: names around it that are assigned more than once may hold any of the values."""
    scope: Scope | None = run.scopes.by_number[function.scope]
    names = run.claims.free_names(function.definition)
    while scope is not None:
        for name in names:
            value = run.store.get((scope.number, name))
            if value is not None and not isinstance(value, Api) and run.facts.times_bound(scope, name) > 1:
                run.store.set((scope.number, name), run.sharing.joins.blur(value))
        scope = scope.parent


def instantiate(run: Run, cls: Class, arguments: Arguments, at: cst.CSTNode) -> Value:
    """`SomeClass(...)`: a new object, its `__init__` run with the arguments."""
    run.budget.step(3)
    if inherits_from_enum(cls):
        return unseen_call(run, cls, arguments, at)  # it looks for a member
    node = run.recorder.unknown(
        [node for value in arguments.all() for node in run.heap.nodes(value)] if not cls.closed else [], cls.name, at
    )
    made = Instance(run.heap.new_cell(MappingContents((), exact=cls.closed)), cls, node, own=True)
    run.heap.created_objects.append(made)
    constructor = class_attribute(run, cls, "__init__")
    if isinstance(constructor, Function):
        call_function(run, constructor.bound_to(made), arguments, at)
    elif constructor is not None or _has_generated_constructor(cls):
        _fill_fields(run, made, arguments, at)
    else:
        fields = _field_names(cls)
        if fields and not arguments.open:
            entries = MappingContents(tuple(zip(fields, arguments.positional, strict=False)))
            for name, value in arguments.keywords:
                entries = entries.put(name, value)
            run.sharing.put(made.cell, entries)
        finish = class_attribute(run, cls, "__post_init__")
        if isinstance(finish, Function):
            for name in fields:
                default = class_attribute(run, cls, name)
                if default is not None and run.heap.entry(made.cell, name) is None:
                    run.sharing.put(made.cell, run.heap.entries(made.cell).put(name, default))
            given = Arguments(open=True, extra=tuple(arguments.all())) if not fields else Arguments()
            call_function(run, finish.bound_to(made), given, at)
        for value in arguments.all() if not fields else ():
            run.sharing.escape(value)
    if class_attribute(run, cls, "__del__") is not None:
        # who knows when it goes
        run.sharing.escape(made)
        run.sharing.restless = True
    if class_attribute(run, cls, "__new__") is not None:
        run.sharing.escape(made)
        return run.anything(run.heap.nodes(made), at=at)
    return made


_NOT_PLAIN = frozenset({"InitVar", "KW_ONLY"})


def _annotated(cls: Class) -> list[cst.AnnAssign]:
    """The annotated assignments in the body of a class."""
    if cls.definition is None:
        return []
    lines = (line for line in cls.definition.body.body if isinstance(line, cst.SimpleStatementLine))
    return [part for line in lines for part in line.body if isinstance(part, cst.AnnAssign)]


def _has_generated_constructor(cls: Class) -> bool:
    """It has fields, and which of them its constructor takes, in which order, is more than their names tell."""
    if cls.bases and any(_annotated(one) for one in cls.line):
        return True
    return any(
        isinstance(part.value, cst.Call) or any(annotation_names(part.annotation, name) for name in _NOT_PLAIN)
        for part in _annotated(cls)
    )


def _fill_fields(run: Run, made: Instance, arguments: Arguments, at: cst.CSTNode) -> None:
    """A constructor that nobody can see: each field may be anything, and `__post_init__` gets who knows what."""
    given = unseen_code(run, arguments.all(), at)
    entries = run.heap.entries(made.cell)
    for cls in made.cls.line:
        for part in _annotated(cls):
            if isinstance(part.target, cst.Name):
                entries = entries.put(part.target.value, given)
    run.sharing.put(made.cell, entries)
    finish = class_attribute(run, made.cls, "__post_init__")
    if isinstance(finish, Function):
        call_function(run, finish.bound_to(made), Arguments(open=True, extra=tuple(arguments.all())), at)


def _field_names(cls: Class) -> list[str]:
    """The annotated names of a class body, in order: the fields of a dataclass or NamedTuple; none if not all are."""
    definition = cls.definition
    if definition is None or cls.bases:
        return []
    annotated = _annotated(cls)
    if any(annotation_names(part.annotation, "ClassVar") for part in annotated):
        return []
    return [part.target.value for part in annotated if isinstance(part.target, cst.Name)]
