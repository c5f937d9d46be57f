"""TAP207: an augmented assignment to a variable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flake8_gradtape.events import CallRaised, Claim, Event, Misuse
from flake8_gradtape.rules.base import Finding, Rule
from flake8_gradtape.rules.wording import one_line, quoted

_IN_PLACE: Mapping[str, str] = {
    "+=": "assign_add(...)",
    "-=": "assign_sub(...)",
    "*=": "assign({0} * ...)",
    "/=": "assign({0} / ...)",
    "**=": "assign({0} ** ...)",
}
"""What changes a variable in place, for each operator that raises."""


class VariableAugmented(Rule):
    """An augmented assignment to a `tf.Variable`.

    `w -= 0.1 * grad` looks like a change in place, but Python would bind the name to a new tensor. TensorFlow refuses:
    the operators `+=`, `-=`, `*=`, `/=` and `**=` raise. `assign_sub` and its kin change the variable itself.

    Example:
        w = tf.Variable(2.0)
        with tf.GradientTape() as tape:
            loss = w * w
        w -= 0.1 * tape.gradient(loss, w)

    Use instead:
        w = tf.Variable(2.0)
        with tf.GradientTape() as tape:
            loss = w * w
        w.assign_sub(0.1 * tape.gradient(loss, w))

    TensorFlow says:
        "RuntimeError: `variable -= value` with `tf.Variable`s is not supported. Use `variable.assign_sub(value)` to
        modify the variable, or `out = variable * value` if you need to get a new output Tensor."
        (the last sign is TensorFlow's).

    Known limits:
        A `keras.Variable` (the weights of a Keras 3 model) does not raise, but binds the name to a tensor; nor do
        `//=`, `%=` and `@=` raise. They are not reported here.
    """

    code = "TAP207"
    name = "variable-augmented"
    claim = Claim.CALL_RAISES

    def judge(self, event: Event) -> Iterator[Finding]:
        if not isinstance(event, CallRaised) or event.misuse is not Misuse.VARIABLE_AUGMENTED:
            return
        variable = one_line(event.what) or "variable"
        change = f"{variable}.{_IN_PLACE.get(event.method, 'assign(...)').format(variable)}"
        operator = quoted(event.method, "this operator")
        yield Finding(
            self.code,
            event.where,
            f"{quoted(event.what, 'the target')} is a tf.Variable, and {operator} raises RuntimeError for it; update "
            f"it in place with {quoted(change)}",
        )
