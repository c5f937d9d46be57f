"""Find misuse of `tf.GradientTape`: a flake8 plugin and the `gradtape` command. Only the version lives here."""

__version__ = "0.1.0"
