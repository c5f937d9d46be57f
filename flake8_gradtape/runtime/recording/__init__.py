"""Runs a program on the real TensorFlow and notes what its tapes do; judges nothing."""
