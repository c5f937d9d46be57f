"""The graph, the values, and the store."""
