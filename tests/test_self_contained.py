"""Every program that the tests run in TensorFlow is self-contained; how that is read is in `self_contained`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from flake8_gradtape.rules import all_rules
from flake8_gradtape.rules.documentation import documentation, program
from tests.fixture_reader import FOLDER
from tests.self_contained import complaints, extra_imports
from tests.truth_table import read_rows


def programs() -> Iterator[tuple[str, str, list[str]]]:
    """Name and text of each program, and the modules beside it."""
    for path in sorted(FOLDER.rglob("*.py")):
        beside = [neighbour.stem for neighbour in path.parent.glob("*.py")]
        yield f"{path.parent.name}/{path.name}", path.read_text(encoding="utf-8"), beside
    for row in read_rows():
        yield f"truth table {row.name}", row.text, []
    for rule in all_rules():
        if rule.code != "TAP900":
            yield f"{rule.code} example", program(documentation(rule).example), []
            yield f"{rule.code} use instead", program(documentation(rule).use_instead), []


def test_every_program_is_self_contained() -> None:
    extra = extra_imports("test")
    read = list(programs())
    assert len(read) > 900
    assert [f"{name}:{why}" for name, text, beside in read for why in complaints(text, extra, beside)] == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("import torch\n", "imports torch"),
        ("from torch.nn import Linear\n", "imports torch.nn.Linear"),
        ("from . import neighbour\n", "imports ..neighbour"),
        ("import importlib\nimportlib.import_module('torch')\n", "imports torch"),
        ("import urllib.request\n", "network"),
        ("from http import client\n", "network"),
        ("import sys\nsys.path.append('site')\n", "searched"),
        ("import sys as system\nsystem.path[:0] = ['site']\n", "searched"),
        ("from sys import path\npath.append('site')\n", "searched"),
        ("import site\nsite.addsitedir('site')\n", "searched"),
        ("open('/data/train.csv')\n", "path of one machine"),
        ("name = 'x'\nopen(f'/data/{name}.csv')\n", "path of one machine"),
        ("open(b'/data/train.csv')\n", "path of one machine"),
        ("open('~/train.csv')\n", "path of one machine"),
        ("open('C:/train.csv')\n", "path of one machine"),
        ("open(r'C:\\train.csv')\n", "path of one machine"),
        ("open('file:///data/train.csv')\n", "path of one machine"),
        ("from pathlib import Path\nprint(Path.home())\n", "home"),
        ("import os\nprint(os.path.expanduser('x'))\n", "home"),
        ("read('https://host/train.csv')\n", "address"),
        ("read('gs://bucket/train.csv')\n", "address"),
        ("import tensorflow as tf\ntf.keras.datasets.mnist.load_data()\n", "downloads"),
        ("from tensorflow.keras.datasets import mnist\nmnist.load_data()\n", "downloads"),
        ("from keras.utils import get_file\nget_file('x')\n", "downloads"),
        ("import keras\nkeras.applications.ResNet50()\n", "downloads"),
        ("from keras.applications.resnet50 import ResNet50\nResNet50(weights='imagenet')\n", "downloads"),
    ],
)
def test_what_is_somebodys_own_is_told(text: str, why: str) -> None:
    (told, *_) = complaints(text)
    assert why in told


@pytest.mark.parametrize(
    "text",
    [
        '"""Told at https://host/page, kept in /data."""\n',
        "import os, tempfile\nimport numpy as np\nimport tensorflow as tf\nfrom keras import layers\n",
        "from urllib.parse import quote\n",
        "import tensorflow as tf\nwith tf.device('/CPU:0'):\n    pass\n",
        "print('/', '1/2', 'a~b', file=open('/dev/null', 'w'))\n",
        "import tempfile\nprint(f'{tempfile.mkdtemp()}/weights')\n",
        "import sys, types\nsys.modules['horovod'] = types.ModuleType('horovod')\nimport horovod\n",
        "import keras\nkeras.applications.ResNet50(weights=None)\nkeras.applications.resnet50.preprocess_input(1)\n",
        "def load_data():\n    pass\nload_data()\n",
        "import os\nprint(os.path.join('a', 'b'), os.sys.modules)\n",
    ],
)
def test_what_every_machine_has_is_not_told(text: str) -> None:
    assert complaints(text) == []


def test_neighbours_and_the_packages_of_an_extra_may_be_imported(tmp_path: Path) -> None:
    text = "import bad_x, tqdm.auto, some_package\n"
    pyproject = tmp_path / "pyproject.toml"
    pyproject.write_text(
        '[project]\nname = "p"\n[project.optional-dependencies]\n'
        'inner = ["some-package>=2; python_version > \'3\'"]\ntest = ["p[inner]", "tqdm"]\n'
    )
    extra = extra_imports("test", pyproject)
    assert extra == {"p", "some_package", "tqdm"}
    assert complaints(text, extra, ["bad_x"]) == []
    assert len(complaints(text)) == 3
    assert len(complaints(text, extra_imports("inner", pyproject), ["bad_x"])) == 1
