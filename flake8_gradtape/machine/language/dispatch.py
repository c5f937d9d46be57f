"""Python's part of the tables: what each kind of syntax node does, and each kind of value that Python itself has."""

from __future__ import annotations

from dataclasses import replace

from flake8_gradtape.machine.domain.values import (
    Api,
    Class,
    Const,
    DictValue,
    ExitStack,
    Function,
    Instance,
    ListValue,
    Number,
    Opaque,
    SuperProxy,
)
from flake8_gradtape.machine.language import (
    attributes,
    calls,
    containers,
    expressions,
    functions,
    methods,
    special_methods,
    subscripts,
    with_blocks,
)
from flake8_gradtape.machine.language import statements as statements_
from flake8_gradtape.machine.state.registry import Behaviour

EXPRESSIONS = expressions.EXPRESSIONS
STATEMENTS = statements_.STATEMENTS
CALM = expressions.CALM | statements_.CALM

ANYTHING_ELSE = Behaviour(
    call=functions.unseen_call,
    method=calls.call_attribute,
    attribute=attributes.attribute_of_another,
    set_attribute=attributes.set_on_another,
    item=subscripts.item_of_another,
    slice=subscripts.slice_of_another,
    set_item=containers.set_in_another,
    delete_item=containers.delete_in_another,
    iterate=subscripts.elements_of_another,
    augment=containers.augment_another,
    enter=with_blocks.enter_another,
    exit=with_blocks.leave_another,
    swallows=with_blocks.may_swallow,
    operate=special_methods.no_methods,
)
"""What is done with a value of which nothing is known but what it is made of."""
_NUMBER = replace(
    ANYTHING_ELSE,
    item=subscripts.item_of_a_number,
    iterate=subscripts.elements_of_a_number,
    exit=None,
    swallows=with_blocks.never_swallows,
)

PYTHON: dict[type, Behaviour] = {
    Const: replace(_NUMBER, attribute=attributes.attribute_of_a_literal),
    Number: _NUMBER,
    Opaque: replace(
        ANYTHING_ELSE,
        attribute=attributes.attribute_of_unknown,
        item=subscripts.item_of_unknown,
        slice=subscripts.slice_of_unknown,
        iterate=subscripts.elements_of_unknown,
        operate=special_methods.methods_of_unknown,
    ),
    Api: replace(ANYTHING_ELSE, attribute=attributes.attribute_of_a_name, set_attribute=attributes.set_on_a_name),
    Function: replace(ANYTHING_ELSE, call=functions.call_function),
    Class: replace(
        ANYTHING_ELSE,
        call=functions.instantiate,
        attribute=attributes.attribute_of_a_class,
        set_attribute=attributes.set_on_class,
    ),
    Instance: replace(
        ANYTHING_ELSE,
        call=functions.call_object,
        method=methods.object_method,
        attribute=attributes.instance_attribute,
        set_attribute=attributes.set_on_object,
        item=subscripts.item_of_an_object,
        set_item=containers.set_in_object,
        delete_item=containers.delete_in_object,
        iterate=subscripts.elements_of_an_object,
        operate=special_methods.methods_of_object,
    ),
    SuperProxy: replace(ANYTHING_ELSE, method=methods.super_method, attribute=attributes.attribute_of_super),
    ListValue: replace(
        ANYTHING_ELSE,
        method=containers.list_method,
        attribute=attributes.attribute_of_a_sequence,
        item=subscripts.item_of_a_sequence,
        slice=subscripts.slice_of_a_sequence,
        set_item=containers.set_in_sequence,
        delete_item=containers.delete_in_sequence,
        iterate=subscripts.elements_of_a_sequence,
        augment=containers.augment_sequence,
    ),
    DictValue: replace(
        ANYTHING_ELSE,
        method=containers.mapping_method,
        item=subscripts.item_of_a_mapping,
        set_item=containers.set_in_mapping,
        delete_item=containers.delete_in_mapping,
        iterate=subscripts.elements_of_a_mapping,
    ),
    ExitStack: replace(
        ANYTHING_ELSE,
        method=containers.stack_method,
        enter=containers.enter_stack,
        exit=containers.leave_stack,
        swallows=containers.stack_may_swallow,
    ),
}
