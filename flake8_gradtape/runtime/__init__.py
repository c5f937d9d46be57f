"""The real TensorFlow: recording what tapes do, and confirming findings; all that imports it."""
