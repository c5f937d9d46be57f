"""What a node says of itself."""

from __future__ import annotations

import pytest

from flake8_gradtape.machine.domain.graph import Kind, Node, Op
from flake8_gradtape.machine.language.operators import BINARY


@pytest.mark.parametrize("sign", [*BINARY.values(), "~", "abs"])
def test_every_sign_is_an_operation_that_is_told_by_its_sign(sign: str) -> None:
    assert Node(Kind.TENSOR, 1, Op(sign)).text == sign


def test_a_function_of_a_library_is_told_by_its_path() -> None:
    assert Node(Kind.TENSOR, 1, path="tf.math.sin").text == "tf.math.sin"


def test_a_value_that_no_operation_made_has_nothing_to_say() -> None:
    assert Node(Kind.UNKNOWN, 1).text == ""
