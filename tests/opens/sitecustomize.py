"""Python imports this at its start if this folder is on PYTHONPATH; `conftest` puts it there for the tests."""

import os

import no_tensorflow
import opens_guard

if opens_guard.VARIABLE in os.environ:
    opens_guard.install(os.environ[opens_guard.VARIABLE].split(os.pathsep))
if no_tensorflow.VARIABLE in os.environ:
    no_tensorflow.install()
