"""Room for deep recursion: code nested hundreds of levels deep is valid Python, and must not end the process."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")

STACK_BYTES = 512 * 1024 * 1024
"""Address space, not memory: only what is touched is used."""
RECURSION_LIMIT = 50_000


def with_room(work: Callable[[], Result]) -> Result:
    """Call `work` where it may recurse deeply: in a thread with a large stack and a recursion limit to match.

    Raises whatever `work` raises; RecursionError if even this room is too small.
    """
    results: list[Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # raised again where it belongs
            errors.append(error)

    stack_size = _stack_size(STACK_BYTES)
    limit = sys.getrecursionlimit()
    try:
        thread = threading.Thread(target=run, name="gradtape")
        sys.setrecursionlimit(max(limit, RECURSION_LIMIT))
        thread.start()
        thread.join()
    finally:
        sys.setrecursionlimit(limit)
        threading.stack_size(stack_size)
    if errors:
        raise errors[0]
    return results[0]


def _stack_size(wanted: int) -> int:
    """Ask for a stack size for new threads, half as much where it is refused; give back the former size."""
    while True:
        try:
            return threading.stack_size(wanted)
        except ValueError:
            wanted //= 2
