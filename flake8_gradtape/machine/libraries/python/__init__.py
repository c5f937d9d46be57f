"""What the builtins and the standard library do."""
