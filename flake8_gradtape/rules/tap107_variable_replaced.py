"""TAP107: the name held a variable and now holds a plain tensor."""

from __future__ import annotations

from flake8_gradtape.events import AskedSource, Cause, CauseKind, GradientAsked
from flake8_gradtape.rules.gradient_none import NoGradientRule, names
from flake8_gradtape.rules.wording import listed, quoted, the_tape


class VariableReplaced(NoGradientRule):
    """The name of the source held a variable and now holds a plain tensor.

    `w = w - 0.1 * grad` does not change the variable: the name is bound to the tensor that the subtraction made. Tapes
    watch variables by themselves but not tensors, so the first step works and the second one gets None.

    Example:
        w = tf.Variable(2.0)
        for step in range(2):
            with tf.GradientTape() as tape:
                loss = w * w
            grad = tape.gradient(loss, w)
            w = w - 0.1 * grad

    Use instead:
        w = tf.Variable(2.0)
        for step in range(2):
            with tf.GradientTape() as tape:
                loss = w * w
            grad = tape.gradient(loss, w)
            w.assign_sub(0.1 * grad)

    TensorFlow says:
        `grad` is 4.0 in the first pass and None in the second, where the update ends in
        "TypeError: unsupported operand type(s) for *: 'float' and 'NoneType'". With `assign_sub`: 4.0, then 3.2.

    Known limits:
        In a loop that may run once only, nothing is claimed.
    """

    code = "TAP107"
    name = "variable-replaced"
    cause = CauseKind.VARIABLE_REPLACED

    def explain(self, asked: GradientAsked, sources: list[AskedSource], cause: Cause) -> str:
        called = names(sources)
        first = called[0] if called[0].isidentifier() else "variable"
        were = "was a variable and is now a plain tensor" if len(called) == 1 else "were variables and are now tensors"
        return (
            f"{listed(called)} {were} because of an assignment, and {the_tape(asked.tape)} does not watch tensors; "
            f"update in place with {quoted(f'{first}.assign(...)')} or {quoted(f'{first}.assign_sub(...)')}"
        )
