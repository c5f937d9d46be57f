"""What Keras' layers, models, optimizers and metrics do."""
