"""From text to the syntax that is worth interpreting; knows nothing of tapes but their name."""
