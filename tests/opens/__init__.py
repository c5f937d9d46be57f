"""Modules for processes that run programs under test; alone, because this folder is put on PYTHONPATH."""
