"""What a program says of the TensorFlow or Keras that it needs is read to the letter."""

from __future__ import annotations

import pytest

from tests import needs
from tests.needs import read_needs, unmet


def test_a_need_is_a_name_and_versions_at_the_end_of_any_line() -> None:
    text = (
        "import tensorflow as tf  # needs: keras>=3\n"
        "#needs:tensorflow >=2.16,<2.20\n"
        "print('# needs: numpy')  # expect: TAP101 # needs: keras<4\n"
        "x = 1  # what it needs, we do not know\n"
    )
    assert list(map(str, read_needs(text))) == ["keras>=3", "tensorflow<2.20,>=2.16", "keras<4"]


@pytest.mark.parametrize(
    "comment",
    [
        "# needs keras>=3",
        "# need: keras>=3",
        "# Needs: keras>=3",
        "# NEEDS keras 3",
        "# needs:",
        "# needs: keras",
        "# needs: keras 3",
        "# needs: keras=>3",
        "# needs: numpy>=2",
        "# needs: keras>=3; python_version > '3'",
        "# needs: keras>=3 because of predict",
        "# needs: keras>=3  # why",
        "# only Keras 3; needs: keras",
    ],
)
def test_a_comment_that_is_nearly_a_need_is_an_error(comment: str) -> None:
    with pytest.raises(ValueError, match="line 2"):
        read_needs(f"x = 1\ny = 2  {comment}\n")


def test_a_need_that_is_not_met_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needs, "_version", {"keras": "2.15.0", "tensorflow": "2.16.0rc1"}.get)
    assert unmet(read_needs("x = 1  # needs: keras<3\n# needs: tensorflow>=2.15,<2.17\n")) == ""
    told = unmet(read_needs("x = 1  # needs: tensorflow>=2.15\n# needs: keras>=3\n"))
    assert told == "needs keras>=3, and this is keras 2.15.0"
    assert unmet([]) == ""


@pytest.mark.tensorflow
def test_the_versions_that_are_here_are_found() -> None:
    assert unmet(read_needs("# needs: tensorflow>=2.15\n# needs: keras>=2.15\n")) == ""
    assert unmet(read_needs("# needs: tensorflow<1\n")).startswith("needs tensorflow<1, and this is tensorflow 2.")
    assert unmet(read_needs("# needs: keras<1\n")).startswith("needs keras<1, and this is keras ")
