"""What TensorFlow's functions, tensors, variables, data sets and tapes do."""
