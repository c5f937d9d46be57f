"""Notebooks: their cells as one module, and the way back from a line of it to a cell."""
