"""Patches the class `tf.GradientTape`, and what it calls, so that an `Observer` learns of every call; undoes it all.

What the patched functions do is in `patched_tape` and `patched_gradient`.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from flake8_gradtape.runtime.recording.lines import ProgramLines
from flake8_gradtape.runtime.recording.observer import Observer
from flake8_gradtape.runtime.recording.patched_gradient import PatchedGradient
from flake8_gradtape.runtime.recording.patched_tape import PatchedTape


@contextlib.contextmanager
def instrumented(observer: Observer, lines: ProgramLines) -> Iterator[None]:
    """Tell `observer` about every tape while the block runs; restore TensorFlow afterwards, whatever happens.

    The class itself is patched: aliases, subclasses, Keras and traced functions are covered, and library code gets the
    same tape. Raises RuntimeError if TensorFlow is instrumented already.
    """
    tape_class = import_module("tensorflow.python.eager.backprop").GradientTape
    imperative_grad = import_module("tensorflow.python.eager.imperative_grad")
    record = import_module("tensorflow.python.eager.record")
    if "__del__" in vars(tape_class):
        raise RuntimeError("tf.GradientTape is being recorded already")
    tape, gradient = PatchedTape(observer, lines), PatchedGradient(observer, lines)
    with contextlib.ExitStack() as stack:
        for name, patched in {**tape.methods(tape_class), **gradient.methods(tape_class)}.items():
            stack.enter_context(_replaced(tape_class, name, patched))
        asked = gradient.imperative_grad(imperative_grad.imperative_grad)
        stack.enter_context(_replaced(imperative_grad, "imperative_grad", asked))
        eager_tape = import_module("tensorflow.python.eager.tape")
        watched = tape.watch_variable(eager_tape.watch_variable)
        stack.enter_context(_replaced(eager_tape, "watch_variable", watched))
        for name in ("record_operation", "record_operation_backprop_only"):
            stack.enter_context(_replaced(record, name, tape.record_operation(getattr(record, name))))
        stack.enter_context(_operations_told(tape))
        stack.enter_context(_warnings_told(observer))
        yield


@contextlib.contextmanager
def _replaced(owner: Any, name: str, value: Any) -> Iterator[None]:
    missing = object()
    before = vars(owner).get(name, missing)
    setattr(owner, name, value)
    try:
        yield
    finally:
        if before is missing:
            delattr(owner, name)
        else:
            setattr(owner, name, before)


@contextlib.contextmanager
def _operations_told(tape: PatchedTape) -> Iterator[None]:
    op_callbacks = import_module("tensorflow.python.framework.op_callbacks")
    tape.follow_this_thread()
    try:
        yield
    finally:
        with contextlib.suppress(KeyError):  # the program may have cleared all callbacks
            op_callbacks.remove_op_callback(tape.operation)


class _Handler(logging.Handler):
    def __init__(self, observer: Observer) -> None:
        super().__init__(logging.WARNING)
        self._observer = observer

    def emit(self, record: logging.LogRecord) -> None:
        self._observer.warn(record.getMessage())


@contextlib.contextmanager
def _warnings_told(observer: Observer) -> Iterator[None]:
    logger = import_module("tensorflow.python.platform.tf_logging").get_logger()
    handler = _Handler(observer)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
