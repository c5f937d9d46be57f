"""What there is: the data-flow graph, the values that names hold, and the store they live in."""
