"""The real TensorFlow: recording what tapes do, confirming findings, probing the API; all that imports it."""
