"""What a module as a whole says of the meaning of its code: for each word what means it, and what only looks so."""

from __future__ import annotations

import time

import pytest

from flake8_gradtape.checking.check import check
from flake8_gradtape.machine.state.module_facts import ModuleFacts, module_facts
from flake8_gradtape.reading.source import read_module

TF = "import tensorflow as tf\n"


def facts(text: str) -> ModuleFacts:
    """The facts of a module."""
    return module_facts(read_module(text))


COMMENTS = '''
# globals() exec() sys.modules __dict__ setattr() metaclass mock tf.Graph().as_default() strategy
# mock.patch("tensorflow.add") enable_numpy_behavior() model.trainable_variables
def f(x):
    """setattr(x, "y", 1); vars(x); tf.compat.v1.disable_eager_execution(); tf.distribute.MirroredStrategy();
    mock.patch("tensorflow.add"); enable_numpy_behavior()"""
    return f"__dict__ {x} tf.Session() eval(x)", "sys.modules is a dict of modules", "a placeholder here"
'''


def test_comments_and_strings_decide_nothing() -> None:
    found = facts(TF + COMMENTS)
    assert not found.uses_attribute_reflection
    assert not found.uses_name_reflection
    assert not found.uses_graph_mode
    assert not found.uses_strategies
    assert not found.replaces_tensorflow
    assert found.asked_for_variables == frozenset()


# --- attributes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code",
    [
        "setattr(x, name, 1)",
        "object.__setattr__(self, 'x', 1)",
        "super().__setattr__(name, value)",
        "from library import rsetattr\nrsetattr(Model, 'head.units', 3)",
        "exec('x.y = 1')",
        "eval(code)",
        "import builtins\nbuiltins.exec(code)",
        "monkeypatch.setattr(obj, 'x', 1)",
        "list(map(setattr, xs, names, values))",
        "class A:\n    def __setattr__(self, name, value): pass",
        "class A:\n    def __getattr__(self, name): return 1",
        "class A:\n    def __getattribute__(self, name): return 1",
        "class A:\n    def __set__(self, obj, value): pass",
        "class A:\n    def __init_subclass__(cls): pass",
        "x.__dict__['y'] = 1",
        "x.__dict__.update(y=1)",
        "getattr(x, '__dict__')['y'] = 1",
        "vars(x)['y'] = 1",
        "vars(self).update(options)",
        "for one in map(vars, xs): one.clear()",
        "import builtins\nbuiltins.vars(x)['y'] = 1",
        "import builtins as b\nb.vars(x)['y'] = 1",
        "from builtins import vars as members\nmembers(x)['y'] = 1",
        "for name in dir(x): use(name)",
        "def vars_of(x): return vars(x)",
        "def f(vars): return vars(x)",
        "def f(dir): return dir(x)",
        "def f():\n    from library import vars\ndef g(x):\n    vars(x)['y'] = 1",
        "vars(x)['y'] = 1\ndef vars(x): return {}",
        "class A(metaclass=Meta): pass",
        "class A(Base, metaclass=abc.SomethingElse): pass",
        "class Meta(type): pass",
        "A = six.with_metaclass(Meta, Base)",
        "@six.add_metaclass(Meta)\nclass A: pass",
        "A = types.new_class('A', (Base,), {'metaclass': Meta})",
        "A = type('A', (Base,), {'x': 1})",
        "A = type(name, (Base,), {})",
        "A = type(f'A{n}', (Base,), {})",
        "A = type(*parts)",
        "import builtins\nA = builtins.type('A', (), {})",
        "x.__class__ = Other",
        "self.__class__.count = 1",
        "x.__class__(1)",
        "class A:\n    def f(self): return __class__",
        "super(self.__class__, self).__init__()",
        "setattr(x.__class__, 'y', 1)",
        "from unittest import mock",
        "from unittest import mock as m",
        "import unittest.mock",
        "import unittest.mock as um",
        "from unittest.mock import MagicMock",
        "from unittest.mock import patch as p",
        "import mock",
        "from mock import patch",
        "def test(mocker): mocker.patch.object(A, 'f')",
        "def test(mock_tape): use(mock_tape)",
        "from library import mock_tape\nwith mock_tape(): pass",
        "from library.mocks import tape",
        "library.mock_tape()",
        "@mock_tape()\ndef test(): pass",
        "import importlib\nimportlib.import_module('unittest.mock')",
        "def test(mock): mock.patch.object(A, 'f')",
        "self.mock.patch.object(A, 'f')",
        TF + "tf.test.mock.patch.object(A, 'f')",
        TF + "m = tf.test.mock",
    ],
)
def test_attributes_that_may_be_written_behind_the_machines_back(code: str) -> None:
    assert facts(code).uses_attribute_reflection


@pytest.mark.parametrize(
    "code",
    [
        "import os\nfor name in os.listdir('.'): use(name)",
        "def count_vars(xs): return len(xs)\ncount_vars(model.trainable_variables)",
        "def f(dir): return dir",
        "import os\nos.makedirs(log_dir(x))",
        "parser.dir('x')",
        "vars = model.trainable_variables\nuse(vars)",
        "def vars(model): return model.trainable_variables\nuse(vars(model))",
        "from library import vars\nuse(vars(model))",
        "self.vars(x)",
        "x.set_attribute(1)",
        "use(setattr=1)",
        "class A(Base, tag='x'): pass",
        "import abc\nclass A(metaclass=abc.ABCMeta): pass",
        "from abc import ABCMeta\nclass A(metaclass=ABCMeta): pass",
        "x = type(y)",
        "x = type(y).__name__",
        "self.type('float', 2)",
        "print(self.__class__.__name__)",
        "name = type(self).__name__ + self.__class__.__qualname__",
        "name = self.__class__.__module__",
        "print(self.__class__.__doc__)",
        "mock_images = load()\nuse(mock_images)",
        "if args.mock: use(1)",
        "mock = True\nif mock: use(1)",
        "train(mock=True)",
        "def mock_batch(): return 1\nuse(mock_batch())",
        "class A:\n    def mock(self): pass\n    def f(self): self.mock()",
        "model.eval()",
        "getattr(x, 'dirname')",
    ],
)
def test_what_only_looks_like_reflection_on_attributes(code: str) -> None:
    assert not facts(code).uses_attribute_reflection


# --- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code",
    [
        "globals()['x'] = 1",
        "globals().update(x=1)",
        "vars()['x'] = 1",
        "g = globals\ng()['x'] = 1",
        "exec('x = 1')",
        "eval(code, globals())",
        "import builtins\nbuiltins.exec('x = 1')",
        "import builtins as b\nb.exec('x = 1')",
        "from builtins import exec as run\nrun('x = 1')",
        "__builtins__.exec('x = 1')",
        "import sys\nsys.modules[__name__].x = 1",
        "import sys as s\nsetattr(s.modules[__name__], 'x', 1)",
        "from sys import modules\nmodules[__name__].x = 1",
        "from sys import modules as m\nm[__name__].x = 1",
        "import sys\ngetattr(sys, 'modules')[__name__].x = 1",
        "mock.patch.dict('sys.modules', x=1)",
        "import importlib\nimportlib.import_module(__name__).x = 1",
        "import importlib as il\nil.import_module(__name__).x = 1",
        "from importlib import import_module\nimport_module(__name__).x = 1",
        "from importlib import import_module as load\nload(__name__).x = 1",
        "__import__(__name__).x = 1",
        "f.__closure__[0].cell_contents = 1",
        "f.__globals__['x'] = 1",
        "getattr(f, '__globals__')['x'] = 1",
        "inspect.currentframe().f_back.f_globals['x'] = 1",
        "from library import update_globals\nupdate_globals(x=1)",
        "library.set_globals(1)",
        "eval('x')\ndef eval(x): pass",
        "def f(eval): eval('x')",
    ],
)
def test_names_that_may_be_written_behind_the_machines_back(code: str) -> None:
    assert facts(code).uses_name_reflection


@pytest.mark.parametrize(
    "code",
    [
        "model.eval()",
        "loss.eval(session=s)",
        "cursor.exec('x')",
        "def eval(model): return model\neval(model)",
        "from library import eval\neval(model)",
        "def f(eval=False): return eval",
        "exec_time = 1\nuse(exec_time)",
        "vars(x)",
        "subsys.modules(x)",
        "for module in model.modules(): use(module)",
        "def import_module_of(x): return x\nimport_module_of(1)",
        "class A:\n    def import_module(self): pass\n    def f(self): self.import_module()",
        "def import_module(x): return x\nimport_module(1)",
        "settings.globals(x)",
        "def update_globals(x): return x\nupdate_globals(1)",
        "use(globals=1)",
        "import sys\nsys.path.append('x')",
    ],
)
def test_what_only_looks_like_reflection_on_names(code: str) -> None:
    assert not facts(code).uses_name_reflection


# --- graphs ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code",
    [
        "tf.compat.v1.disable_eager_execution()",
        "tf.disable_eager_execution()",
        "from tensorflow.python.framework.ops import disable_eager_execution as off\noff()",
        "getattr(tf.compat.v1, 'disable_eager_execution')()",
        "if args.disable_eager: switch()",
        "train(disable_eager=True)",
        "tf.compat.v1.disable_v2_behavior()",
        "import tensorflow.compat.v1 as v1\nv1.disable_v2_behavior()",
        "with tf.Graph().as_default(): pass",
        "g = tf.Graph()",
        "Graph = tf.Graph\ng = Graph()",
        "from tensorflow import Graph\ng = Graph()",
        "from tensorflow import Graph as G\ng = G()",
        "from library import *\ng = Graph()",
        "from library import compat\ng = compat.Graph()",
        "g = self.tf.Graph()",
        "g = getattr(tf, 'Graph')()",
        "import operator\ng = operator.attrgetter('compat.v1.Graph')(tf)()",
        "with graph.as_default(): pass",
        "def f(writer):\n    with writer.as_default(): pass",
        "graph = tf.summary.create_file_writer(d)\ngraph = other()\nwith graph.as_default(): pass",
        "for w in ws:\n    with w.as_default(): pass\nw = tf.summary.create_file_writer(d)",
        "with tf.Session() as s: pass",
        "s = tf.compat.v1.InteractiveSession()",
        "from tensorflow.compat.v1 import Session\ns = Session()",
        "from library import TrainingSession\ns = TrainingSession()",
        "from library import *\ns = TFSession()",
        "class Mine(tf.compat.v1.Session): pass",
        "Session = make()\ns = Session()",
        "def f(Session): return Session()",
        "x = tf.placeholder(tf.float32)",
        "x = tf.compat.v1.placeholder_with_default(1.0, [])",
        "x = tf.compat.v1.sparse_placeholder(tf.float32)",
        "import operator\nx = operator.methodcaller('placeholder', tf.float32)(tf.compat.v1)",
        "make = tf.compat.v1.placeholder\nx = make(tf.float32)",
        "from tensorflow.keras import backend as K\nx = K.placeholder([])",
        "from tensorflow.compat.v1 import placeholder as ph\nx = ph(tf.float32)",
        "from library import *\nx = placeholder(tf.float32)",
        "x = model.x_placeholder",
        "def f(x_placeholder): return x_placeholder",
        "from library import make_placeholders\nx = make_placeholders()",
        "x = getattr(tf.compat.v1, 'placeholder')(tf.float32)",
        "exec(code)",
        "f = tf.compat.v1.wrap_function(g, [])",
        "from library import wrap_function\nf = wrap_function(g)",
    ],
)
def test_code_that_may_run_in_graphs(code: str) -> None:
    assert facts(TF + code).uses_graph_mode


WRITER_OF_AN_OBJECT = """
class A:
    writer = None
    def f(self):
        self.writer = tf.summary.create_noop_writer()
        with self.writer.as_default(): pass
"""


@pytest.mark.parametrize(
    "code",
    [
        "import networkx as nx\ng = nx.Graph()",
        "from networkx import Graph\ng = Graph()",
        "class Graph: pass\ng = Graph()",
        "import requests\nwith requests.Session() as s: pass",
        "from requests import Session\ns = Session()",
        "import onnxruntime as ort\ns = ort.InferenceSession(path)",
        "class TrainingSession: pass\ns = TrainingSession()",
        "class A:\n    def wrap_function(self): pass\n    def f(self): self.wrap_function()",
        "class A:\n    def wrap_function(cls): pass\n    f = classmethod(lambda cls: cls.wrap_function())",
        "tf.summary.create_file_writer(d).set_as_default()",
        "box(placeholder='your name')",
        "use({'placeholder': 1})",
        "def wrap_function(f): return f\n@wrap_function\ndef g(): pass",
        "def f():\n    def wrap_function(f): return f\n    return wrap_function(g)",
        "with tf.summary.create_file_writer(d).as_default(): pass",
        "writer = tf.summary.create_file_writer(d)\nwith writer.as_default(): pass",
        "w = tf.summary.create_file_writer(d) if log else None\nwith w.as_default(): pass",
        WRITER_OF_AN_OBJECT,
        "enable_eager_execution()",
    ],
)
def test_what_only_looks_like_graphs(code: str) -> None:
    assert not facts(TF + code).uses_graph_mode


# --- TensorFlow itself -----------------------------------------------------------------------------------------------

MOCK = TF + "from unittest import mock\nfrom unittest.mock import patch\n"


@pytest.mark.parametrize(
    "code",
    [
        "@patch('tensorflow.GradientTape')\ndef test(tape): pass",
        "@mock.patch('tensorflow.math.add', fake)\ndef test(): pass",
        "with patch('tf.add'): pass",
        "patch(target='tensorflow.add').start()",
        "with patch('library.tf.add'): pass",
        "with patch('keras.Model.fit'): pass",
        "with patch('tf_keras.Model.fit'): pass",
        "with patch(TARGET): pass",
        "with patch(f'{MODULE}.add'): pass",
        "with patch('tensor' + 'flow.add'): pass",
        "with patch(*targets): pass",
        "mock.patch.object(tf, 'add', fake).start()",
        "patch.object(tf.math, 'add', fake).start()",
        "patch.object(target=tf, attribute='add').start()",
        "from tensorflow import math as m\npatch.object(m, 'add').start()",
        "from tensorflow import keras\npatch.object(keras.Model, 'fit').start()",
        "patch.object(sys.modules['tensorflow'], 'add').start()",
        "patch.object(importlib.import_module('tensorflow.math'), 'add').start()",
        "patch.object(__import__('tensorflow'), 'add').start()",
        "patch.object(getattr(tf, 'math'), 'add').start()",
        "patch.object(self.tf, 'add').start()",
        "patch.multiple('tensorflow', add=fake).start()",
        "patch.multiple(tf, add=fake).start()",
        "patch.dict('tensorflow.__dict__', add=fake).start()",
        "patch.dict(tf.__dict__, {'add': fake}).start()",
        "patch.dict('sys.modules', tensorflow=fake).start()",
        "import sys\npatch.dict(sys.modules, {'tensorflow': fake}).start()",
        "import sys\npatch.dict(sys.modules, fakes).start()",
        "patch.dict('sys.modules').start()",
        "import unittest.mock as um\num.patch('tensorflow.add').start()",
        "from unittest.mock import patch as p\np('tensorflow.add').start()",
        "start = mock.patch.object\nstart(tf, 'add')",
        "use(patch)",
        "tf.test.mock.patch.object(tf, 'add').start()",
        "def test(mocker): mocker.patch('tensorflow.add')",
        "def test(mocker): mocker.patch.object(tf, 'add')",
        "def test(self): self.mocker.patch.object(tf, 'add')",
        "class T(testtools.TestCase):\n    def test(self): self.patch(tf, 'add', fake)",
        "from library import apply_patch\napply_patch(tf.math)",
        "gorilla.patch(tf)",
        "def test(mocker): mocker.patch(target)",
        "def test(class_mocker): class_mocker.patch(target)",
        "def test(module_mocker): module_mocker.patch(target)",
        "def test(package_mocker): package_mocker.patch(target)",
        "def test(session_mocker): session_mocker.patch(target)",
        "def test(monkeypatch): monkeypatch.setattr(tf, 'add', fake)",
        "def test(monkeypatch): monkeypatch.setattr(tf.math, 'add', fake)",
        "def test(monkeypatch): monkeypatch.setattr('tensorflow.add', fake)",
        "def test(monkeypatch): monkeypatch.delattr('tensorflow.add')",
        "import sys\ndef test(monkeypatch): monkeypatch.setitem(sys.modules, 'tensorflow', fake)",
        "import sys\ndef test(monkeypatch): monkeypatch.setitem(sys.modules, name, fake)",
        "import sys\ndef test(monkeypatch): monkeypatch.delitem(sys.modules, 'tensorflow')",
        "def test(mp): mp.setattr(tf, 'add', fake)",
        "setattr(tf, 'add', fake)",
        "setattr(tf.math, name, fake)",
        "tf.experimental.numpy.experimental_enable_numpy_behavior()",
        "from tensorflow.python.ops.numpy_ops import np_config\nnp_config.enable_numpy_behavior()",
        "from tensorflow.python.ops.numpy_ops.np_config import enable_numpy_behavior as on\non()",
        "getattr(np_config, 'enable_numpy_behavior')()",
    ],
)
def test_functions_of_tensorflow_that_may_be_replaced(code: str) -> None:
    assert facts(MOCK + code).replaces_tensorflow


@pytest.mark.parametrize(
    "code",
    [
        "@patch('tensorflow.__version__', '2.0')\ndef test(): pass",
        "mock.patch.object(tf, '__version__', '2.0').start()",
        "patch.object(tf, '__git_version__', 'v2').start()",
        "patch.object(tf, '__compiler_version__', '9').start()",
        "patch.object(tf.version, 'VERSION', '2.0').start()",
        "patch.object(tf.version, 'GIT_VERSION', 'v2').start()",
        "patch.object(tf.version, 'COMPILER_VERSION', '9').start()",
        "def test(monkeypatch): monkeypatch.setattr(tf, '__version__', '2.0')",
        "def test(monkeypatch): monkeypatch.setattr('tensorflow.__version__', '2.0')",
        "@patch('library.train')\ndef test(train): pass",
        "@patch.object(Trainer, 'save')\ndef test(save): pass",
        "patch.dict('os.environ', TF_CPP_MIN_LOG_LEVEL='3').start()",
        "patch.dict('sys.modules', {'wandb': fake}).start()",
        "patch.dict('sys.modules', wandb=fake).start()",
        "import sys\ndef test(monkeypatch): monkeypatch.setitem(sys.modules, 'wandb', fake)",
        "patch.stopall()",
        "def extract_patch(x): return x\nextract_patch(tf.ones([3]))",
        "y = self.patch(tf.ones([3]))",
        "def patch_of(self): pass\ny = self.patch_of(tf.float32)",
        "class A:\n    def patch(self, dtype): pass\n    def f(self): self.patch(tf.float32)",
        "import requests\nrequests.patch('tensorflow')",
        "client.patch('tensorflow/models', data)",
        "setattr(model, 'w', tf.Variable(1.0))",
        "object.__setattr__(self, 'w', tf.ones([]))",
        "tf.add = fake",
    ],
)
def test_what_leaves_the_functions_of_tensorflow_alone(code: str) -> None:
    assert not facts(MOCK + code).replaces_tensorflow


@pytest.mark.parametrize(
    "code",
    [
        "def f(patch, x): return patch(x)",
        "for patch in patches: use(patch)",
        "def f(patch): return patch(tf.ones([3]))",
    ],
)
def test_a_patch_of_an_image_is_no_mock(code: str) -> None:
    assert not facts(TF + code).replaces_tensorflow


# --- strategies, variables, losses -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("s = tf.distribute.MirroredStrategy()", True),
        ("from tensorflow.distribute import MirroredStrategy as S\ns = S()", True),
        ("def f(strategy):\n    with strategy.scope(): pass", True),
        ("train(distribution_strategy=None)", True),
        ("s = getattr(tf.distribute, 'OneDevice' + 'Strategy')()", True),
        ("s = getattr(library, 'MirroredStrategy')()", True),
        ("use(config['strategy'])", True),
        ("# strategy\nx = 'a strategy of mine'", False),
        ("s = torch.distribute(1)", False),
    ],
)
def test_strategies(code: str, expected: bool) -> None:
    assert facts(TF + code).uses_strategies is expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("v = model.trainable_variables", {"model"}),
        ("def f(self): return self.net.model.trainable_weights[0], self.encoder.variables.copy()",
         {"self.net.model", "self.encoder"}),
        ("import library\nv = library.model.weights", {"library.model"}),
        ("v = models[0].variables + make().variables", set()),
        ("model.variables_of(1)\nvariables = 1\nx = 'model.variables'  # other.variables", set()),
    ],
)  # fmt: skip
def test_what_is_asked_for_its_variables(code: str, expected: set[str]) -> None:
    assert facts(code).asked_for_variables == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("model.compile('sgd', 'mse')", True),
        ("model.compile(optimizer='sgd', loss='mse', metrics=['mae'])", True),
        ("model.compile(loss=tf.keras.losses.MeanSquaredError(reduction=f(g(h(1)))))", True),
        ("from tensorflow import keras\nmodel.compile(loss=keras.losses.MeanSquaredError)", True),
        ("from keras import losses\nmodel.compile(loss=losses.MeanSquaredError())", True),
        ("from keras.losses import MeanSquaredError\nmodel.compile('sgd', MeanSquaredError())", True),
        ("import re\nr = re.compile('x', flags)\nmodel.compile('sgd', 'mse')", True),
        ("import re as regex\nr = regex.compile('x', flags)\nmodel.compile('sgd', 'mse')", True),
        ("import regex\nr = regex.compile('x', flags)\nmodel.compile('sgd', 'mse')", True),
        ("# a regularizer and add_loss\nmodel.compile('sgd', 'mse')", True),
        ("code = compile(text, name, mode)\nmodel.compile('sgd', 'mse')", True),
        ("x = 1", False),
        ("# model.compile('sgd', 'mse')", False),
        ("model.compile('sgd', my_loss)", False),
        ("model.compile(loss=my_loss)", False),
        ("model.compile(loss=losses.Mine())", False),
        ("from library import losses\nmodel.compile(loss=losses.Mine())", False),
        ("from library.losses import Mine\nmodel.compile(loss=Mine())", False),
        ("model.compile(loss=lambda y, p: p)", False),
        ("model.compile(loss=[my_loss, 'mse'])", False),
        ("model.compile(loss=f(g(h(i(my_loss)))))", False),
        ("model.compile(**options)", False),
        ("model.compile(*options)", False),
        ("model.compile('sgd', 'mse')\nother.compile('sgd', my_loss)", False),
        ("model.compile('sgd', 'mse')\nprepare(other.compile)", False),
        ("model.compile('sgd', 'mse')\ngetattr(other, 'compile')('sgd', my_loss)", False),
        ("model.compile('sgd', 'mse')\nmodel.add_loss(x)", False),
        ("model.compile('sgd', 'mse')\nDense(3, kernel_regularizer='l2')", False),
        ("model.compile('sgd', 'mse')\nDense(3, **{'kernel_regularizer': 'l2'})", False),
        ("model.compile('sgd', 'mse')\nActivityRegularization(0.1)", False),
    ],
)
def test_losses_that_depend_on_labels_and_predictions_only(code: str, expected: bool) -> None:
    assert facts(TF + code).has_plain_losses is expected


# --- what comes of it ------------------------------------------------------------------------------------------------

MISSPELT = "with tf.GradientTape() as tape:\n    y = v * v\ntape.gradients(y, v)\n"
ROUNDED = "with tf.GradientTape() as tape:\n    y = tf.round(v)\ntape.gradient(y, v)\n"


def codes(text: str) -> list[str]:
    return [report.code for report in check(TF + "v = tf.Variable(1.0)\n" + text)]


@pytest.mark.parametrize(
    "word", ["import os\nnames = os.listdir('.')\n", "def count_vars(x): return 1\ncount_vars(v)\n"]
)
def test_a_misspelt_method_is_told_beside_what_only_looks_like_reflection(word: str) -> None:
    assert codes(word + MISSPELT) == ["TAP209"]


@pytest.mark.parametrize("word", ["vars(tape_class)\n", "from unittest import mock\n"])
def test_a_misspelt_method_is_not_told_beside_reflection(word: str) -> None:
    assert codes(word + MISSPELT) == []


def test_a_comment_silences_no_file() -> None:
    assert codes("# needs no enable_numpy_behavior()\n" + ROUNDED) == ["TAP106"]
    assert codes("np_config.enable_numpy_behavior()\n" + ROUNDED) == []


def test_another_version_silences_no_file() -> None:
    patched = "from unittest.mock import patch\n@patch('tensorflow.{}', '1')\ndef test(): pass\n"
    assert codes(patched.format("__version__") + ROUNDED) == ["TAP106"]
    assert codes(patched.format("GradientTape") + ROUNDED) == []


def test_long_strings_and_names_cost_nothing() -> None:
    dotted = "a." * 16_000 + "b"
    text = TF + f"x = '{dotted}'\ny = 'model.compile({dotted}'\nz = patch('{dotted}')\n# {dotted}\n" + MISSPELT
    start = time.process_time()
    check(text)
    assert time.process_time() - start < 2
