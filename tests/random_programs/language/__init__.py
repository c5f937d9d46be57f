"""Snippets of the whole language for random programs, by topic; what happens to their holes is in `writing`."""
