"""Python without numbers: expressions, statements, calls, classes, loops."""
