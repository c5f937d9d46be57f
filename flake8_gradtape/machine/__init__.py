"""The abstract TensorFlow: interprets a module over values without numbers, and keeps what tapes would keep."""
