"""The text search that decides whether a file is worth any analysis; nothing heavy is imported here."""

from __future__ import annotations

MARKER = "GradientTape"
"""Every spelling of a tape contains this word: `tf.GradientTape`, `backprop.GradientTape`, an import of it."""


def mentions_tape(text: str) -> bool:
    """Say whether `text` contains the name of the tape class anywhere, comments and strings included."""
    return MARKER in text
