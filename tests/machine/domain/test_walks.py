"""One bounded walk for every question about the graph: what it meets, in which order, what follows past its bound."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

import pytest

import flake8_gradtape
from flake8_gradtape.machine.assumptions.variables import stands_for_variables
from flake8_gradtape.machine.domain.aliasing import MOST_SAME, same_as, sees
from flake8_gradtape.machine.domain.graph import Edge, Flow, Kind, Node
from flake8_gradtape.machine.domain.limits import GiveUp
from flake8_gradtape.machine.domain.node_states import NodeStates
from flake8_gradtape.machine.domain.walks import (
    MOST_NODES,
    Walk,
    ancestors,
    gradient_inputs,
    inputs,
    leading_to,
    shortest_way,
    sure_inputs,
    users_of,
    within,
)


def made_of(*nodes: Node, kind: Kind = Kind.TENSOR, flow: Flow = Flow.GRADIENT, transparent: bool = False) -> Node:
    """A node with these inputs."""
    time = 1 + max((node.time for node in nodes), default=0)
    return Node(kind, time, edges=tuple(Edge(node, flow) for node in nodes), transparent=transparent)


def chain(length: int, start: Node, transparent: bool = False, kind: Kind = Kind.TENSOR) -> Node:
    """The last of that many nodes, each made of the one before."""
    for _ in range(length):
        start = made_of(start, kind=kind, transparent=transparent)
    return start


def names(nodes: Iterable[Node]) -> list[str]:
    return [node.name for node in nodes]


@pytest.fixture
def diamond() -> dict[str, Node]:
    r"""`bottom` made of `left` and `right`, both made of `top`; and `left` of `far`, which is made of `top` too."""
    found: dict[str, Node] = {"top": made_of()}
    found["far"] = made_of(found["top"])
    found["left"] = made_of(found["top"], found["far"])
    found["right"] = made_of(found["top"])
    found["bottom"] = made_of(found["left"], found["right"])
    for name, node in found.items():
        node.name = name
    return found


def test_a_walk_meets_each_node_once_the_one_come_upon_last_first(diamond: dict[str, Node]) -> None:
    assert names(Walk([diamond["bottom"]])) == ["bottom", "right", "top", "left", "far"]


def test_a_walk_may_go_to_the_nearest_nodes_first(diamond: dict[str, Node]) -> None:
    assert names(Walk([diamond["bottom"]], nearest_first=True)) == ["bottom", "left", "right", "top", "far"]


def test_whoever_walks_may_stop_before_the_walk_goes_on(diamond: dict[str, Node]) -> None:
    asked: list[str] = []

    def onward(node: Node) -> list[Node]:
        asked.append(node.name)
        return inputs(node)

    assert next(node for node in Walk([diamond["bottom"]], onward) if node is diamond["right"])
    assert asked == ["bottom"]


def test_a_walk_ends_in_a_graph_that_leads_back_to_itself() -> None:
    """The summary of a loop is made of what was made of it."""
    summary = made_of()
    later = made_of(summary)
    summary.take_in([later])
    assert set(Walk([later])) == {summary, later}


def test_edges_are_followed_by_what_they_hand_on() -> None:
    sure, sometimes, stopped = made_of(), made_of(), made_of()
    node = Node(
        Kind.TENSOR, 2,
        edges=(Edge(sure, Flow.GRADIENT, True), Edge(sometimes, Flow.GRADIENT), Edge(stopped, Flow.STOPPED)),
    )  # fmt: skip
    assert inputs(node) == [sure, sometimes, stopped]
    assert gradient_inputs(node) == [sure, sometimes]
    assert sure_inputs(node) == [sure]


def test_past_its_bound_a_walk_says_that_it_was_cut() -> None:
    last = chain(9, made_of())
    whole, cut = Walk([last], most=10), Walk([last], most=9)
    assert (len(whole.finish().met), whole.cut) == (10, False)
    assert (len(cut.finish().met), cut.cut) == (9, True)


def test_who_needs_all_nodes_gives_up_past_the_bound() -> None:
    last = chain(MOST_NODES, made_of())
    assert len(ancestors(inputs(last))) == MOST_NODES
    with pytest.raises(GiveUp):
        ancestors([last])


def test_a_walk_may_be_bounded_in_steps(diamond: dict[str, Node]) -> None:
    assert names(within([diamond["bottom"]], 1)) == ["bottom", "left", "right"]
    assert names(within([diamond["bottom"]], 2)) == ["bottom", "left", "right", "top", "far"]


def test_the_users_of_a_node_are_those_computed_from_it(diamond: dict[str, Node]) -> None:
    users = users_of(Walk([diamond["bottom"]]))
    assert sorted(names(users[diamond["top"]])) == ["far", "left", "right"]
    assert diamond["bottom"] not in users


def test_what_leads_to_a_node_is_told_within_the_nodes_that_are_given(diamond: dict[str, Node]) -> None:
    within = [diamond["bottom"], diamond["left"], diamond["right"]]
    assert sorted(names(leading_to([diamond["far"]], within))) == ["bottom", "far", "left"]


def test_the_shortest_way_is_told_with_both_ends(diamond: dict[str, Node]) -> None:
    assert names(shortest_way([diamond["bottom"]], diamond["top"])) == ["bottom", "left", "top"]
    assert names(shortest_way([diamond["far"], diamond["top"]], diamond["top"])) == ["top"]
    assert shortest_way([diamond["top"]], diamond["far"]) == []


def test_an_unknown_value_that_is_made_of_too_much_may_have_seen_anything() -> None:
    tensor = made_of()
    unseen = made_of(kind=Kind.UNKNOWN)
    nothing = NodeStates(lambda key: None)
    assert not sees(nothing, chain(10, unseen, kind=Kind.UNKNOWN), tensor)
    assert sees(nothing, chain(MOST_NODES, unseen, kind=Kind.UNKNOWN), tensor)


def test_a_list_of_variables_made_of_too_much_is_not_surely_one() -> None:
    variables = made_of(made_of(kind=Kind.UNKNOWN), kind=Kind.UNKNOWN)
    variables.name = "trainable_variables"
    assert stands_for_variables(chain(10, variables, kind=Kind.UNKNOWN))
    assert not stands_for_variables(chain(MOST_NODES, variables, kind=Kind.UNKNOWN))


def test_too_many_operations_that_may_do_nothing_are_given_up() -> None:
    x = made_of()
    assert same_as(chain(3, x, transparent=True))[-1] is x
    with pytest.raises(GiveUp):
        same_as(chain(MOST_SAME, x, transparent=True))


def test_no_other_module_walks_the_graph_by_hand() -> None:
    """A `while` loop that looks at edges is a walk; the one in `walks` has a bound, and no edges in it."""
    by_hand = [
        f"{path.name}:{loop.lineno}"
        for path in Path(flake8_gradtape.__file__).parent.rglob("*.py")
        for loop in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(loop, ast.While)
        and any(isinstance(one, ast.Attribute) and one.attr == "edges" for one in ast.walk(loop))
    ]
    assert by_hand == []
