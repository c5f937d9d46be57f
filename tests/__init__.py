"""Tests of flake8-gradtape; a package, so that `python -m tests.random_programs` works from the project."""
