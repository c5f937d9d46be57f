"""TAP502: a gradient that is None is given as `output_gradients`, and counts as ones."""

from __future__ import annotations

from flake8_gradtape.events import Flaw, WrongValue
from flake8_gradtape.rules.wording import named
from flake8_gradtape.rules.wrong_value import WrongValueRule


class NoneAsOutputGradients(WrongValueRule):
    """A gradient that is None is given as `output_gradients`, and counts as ones.

    A chain rule over two tapes hands the gradient of the second to the first. If that gradient is None, because the
    second tape never watched the tensor in between, the first call can't tell it from an argument that was left out:
    it gives the derivative of the middle of the chain, as if the rest had a derivative of one.

    Example:
        x = tf.Variable(3.0)
        with tf.GradientTape() as first:
            y = x * x
        with tf.GradientTape() as second:
            z = y * y
        dz_dy = second.gradient(z, y)
        dz_dx = first.gradient(y, x, output_gradients=dz_dy)

    Use instead:
        x = tf.Variable(3.0)
        with tf.GradientTape() as first:
            y = x * x
        with tf.GradientTape() as second:
            second.watch(y)
            z = y * y
        dz_dy = second.gradient(z, y)
        dz_dx = first.gradient(y, x, output_gradients=dz_dy)

    TensorFlow says:
        6.0, without an error or a warning. The derivative, and what the second program gives, is 108.0.

    Known limits:
        Only claimed if the gradient is None in every run. The call that gave it is reported too, with the reason.
    """

    code = "TAP502"
    name = "none-as-output-gradients"
    flaw = Flaw.NONE_AS_WEIGHTS

    def explain(self, event: WrongValue) -> str:
        what = named(event.what, "'output_gradients'")
        return (
            f"{what} is None, and None as 'output_gradients' counts as ones, so the rest of the chain is left out; "
            f"make the call that gave {what} give a gradient"
        )
