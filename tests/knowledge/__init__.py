"""Probes the installed TensorFlow for what the knowledge base says of it: `python -m tests.knowledge`."""
