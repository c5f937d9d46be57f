"""What may become true of nodes is undone with the branch in which it did; what was ever true is known all the same."""

from __future__ import annotations

import pytest

from flake8_gradtape.machine.domain.graph import Edge, Flow, Kind, Node
from flake8_gradtape.machine.domain.node_states import RunStates
from flake8_gradtape.machine.domain.store import Store
from flake8_gradtape.machine.domain.walks import MOST_NODES


@pytest.fixture
def store() -> Store:
    return Store()


def test_what_is_undone_with_a_branch_was_true_in_it(store: Store) -> None:
    states, node = RunStates(store), Node(Kind.TENSOR, 1, trainable=True)
    mark = store.mark()
    states.escape(node)
    states.put_within_reach(node)
    states.freeze(node)
    assert (states.escaped(node), states.within_reach(node), states.trainable(node)) == (True, True, None)
    store.rollback(mark)
    assert (states.escaped(node), states.within_reach(node), states.trainable(node)) == (False, False, True)
    ever = states.ever
    assert (ever.escaped(node), ever.within_reach(node), ever.trainable(node)) == (True, True, None)


def test_all_that_an_escaped_value_was_made_of_escapes_however_much_it_is(store: Store) -> None:
    states, first = RunStates(store), Node(Kind.TENSOR, 0)
    last = first
    for time in range(2 * MOST_NODES):
        last = Node(Kind.TENSOR, time + 1, edges=(Edge(last, Flow.LEFT),))
    states.escape(last)
    assert states.escaped(first)


def test_what_outlives_a_run_is_what_it_did_to_older_nodes(store: Store) -> None:
    states, older, before = RunStates(store), Node(Kind.VARIABLE, 1), Node(Kind.VARIABLE, 1)
    states.put_within_reach(before)
    count, mark = states.count, store.mark()
    newer = Node(Kind.VARIABLE, 2)
    states.escape(older)
    states.escape(newer)
    store.rollback(mark)
    states.outlive(count, 1)
    assert (states.escaped(older), states.escaped(newer), states.escaped(before)) == (True, False, False)
