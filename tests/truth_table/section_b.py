"""Rows B of the truth table of `tf.GradientTape`: what raises, and what is allowed although it looks wrong."""
# ruff: noqa

import tensorflow as tf
import numpy as np


def b01():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
        z = y * y
    t.gradient(y, x)
    return t.gradient(z, x)  # raises: TAP201


def b02_jacobian():
    x = tf.Variable([[1.0, 2.0]])
    with tf.GradientTape() as t:
        y = x * x
    t.gradient(y, x)
    return t.jacobian(y, x)  # raises: TAP201


def b02_batch_jacobian():
    x = tf.Variable([[1.0, 2.0]])
    with tf.GradientTape() as t:
        y = x * x
    t.gradient(y, x)
    return t.batch_jacobian(y, x)  # raises: TAP201


def b03():
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as t:
        y = x * x
    t.jacobian(y, x)
    return t.gradient(y, x)  # raises: TAP201


def b04():
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as t:
        y = x * x
    t.jacobian(y, x)
    return t.jacobian(y, x)  # raises: TAP201


def b05():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    if float(x) > 0:
        g = t.gradient(y, x)
    else:
        g = t.gradient(y * 1.0, x)  # not reached: TAP103 would be right here
    return g


def b06():
    xs = [tf.Variable(3.0), tf.Variable(3.0)]
    with tf.GradientTape() as t:
        y = xs[0] * xs[1]
    return [t.gradient(y, x) for x in xs]  # raises: TAP201


def b07():
    xs = [tf.Variable(3.0), tf.Variable(3.0)]
    with tf.GradientTape(persistent=True) as t:
        y = xs[0] * xs[1]
    return [t.gradient(y, x) for x in xs]


def b08():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    try:
        t.gradient(y, 3.0)  # raises: no code
    except AttributeError:
        pass
    return t.gradient(y, x)


def b09():
    x = tf.Variable(3.0)
    c = tf.constant(1.0)
    with tf.GradientTape() as t:
        y = x * x
    g = t.gradient(y, c)  # None: TAP112
    return g, t.gradient(y, x)  # raises: TAP201


def b10():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    g = t.gradient(y, [])
    return g, t.gradient(y, x)  # raises: TAP201


def b11():
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as t:
        y = x * x
        j = t.jacobian(y, x)
    return j


def b12():
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape(persistent=True) as t:
        y = x * x
        j = t.jacobian(y, x)  # warns: TAP401
    return j


def b13():
    x = tf.Variable([[1.0, 2.0]])
    with tf.GradientTape(persistent=False) as t:
        y = x * x
        return t.batch_jacobian(y, x)


def b13_persistent():
    x = tf.Variable([[1.0, 2.0]])
    with tf.GradientTape(persistent=True) as t:
        y = x * x
        return t.batch_jacobian(y, x)  # warns: TAP401


def b14_rank_1():
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as t:
        y = x * x
    return t.batch_jacobian(y, x)  # raises: no code


def b14_scalar():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    return t.batch_jacobian(y, x)  # raises: no code


def b14_batches_differ():
    x = tf.Variable([[1.0], [2.0]])
    with tf.GradientTape() as t:
        y = tf.concat([x, x], 0)
    return t.batch_jacobian(y, x)  # raises: no code


def b15():
    x = tf.Variable([[1.0], [2.0]])
    with tf.GradientTape(persistent=True) as t:
        y = x * tf.reduce_sum(x)
    b = t.batch_jacobian(y, x)  # wrong value: no code
    return b, t.jacobian(y, x)


def b16_sources():
    x = tf.Variable([[1.0, 2.0]])
    with tf.GradientTape() as t:
        y = x * x
    return t.batch_jacobian(y, [x])  # raises: TAP210


def b16_target():
    x = tf.Variable([[1.0, 2.0]])
    with tf.GradientTape() as t:
        y = x * x
    return t.batch_jacobian([y], x)  # raises: TAP210


def b17():
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as t:
        y = x * x
    return t.jacobian([y, y], x)  # raises: no code


def b18_dict():
    x = tf.Variable([1.0, 2.0])
    u = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    return t.jacobian(y, {"a": x, "b": u})  # None: TAP112


def b18_float():
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as t:
        y = x * x
    return t.jacobian(1.0, x)  # raises: TAP204


def b18_numpy():
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as t:
        y = x * x
    return t.jacobian(y.numpy(), x)  # None: TAP105


def b19():
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as t:
        y = x * x
    return t.jacobian(y, x, experimental_use_pfor=False)  # raises: TAP210


def b19_persistent():
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape(persistent=True) as t:
        y = x * x
    return t.jacobian(y, x, experimental_use_pfor=False)


def b19_function():
    x = tf.Variable([1.0, 2.0])

    @tf.function
    def f():
        with tf.GradientTape() as t:
            y = x * x
        return t.jacobian(y, x, experimental_use_pfor=False)

    return f()


def b20():
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as t:
        y = x * x
    return t.jacobian(y, x, parallel_iterations=1)  # raises: no code


def b21_parallel():
    x = tf.Variable([[1.0, 2.0, 3.0]])
    with tf.GradientTape() as t:
        y = x * x
    return t.batch_jacobian(y, x, parallel_iterations=1)  # raises: no code


def b21_no_pfor():
    x = tf.Variable([[1.0, 2.0, 3.0]])
    with tf.GradientTape() as t:
        y = x * x
    return t.batch_jacobian(y, x, experimental_use_pfor=False)  # raises: TAP210


def b22():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        with t:  # raises: TAP203
            y = x * x
    return t.gradient(y, x)


def b23():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    with t:
        z = y * x
    return t.gradient(z, x)


def b24():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    g1 = t.gradient(y, x)
    with t:
        z = x * x * x
    return g1, t.gradient(z, x)


def b25():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    t.gradient(y, x)
    with t:
        z = y * y
    return t.gradient(z, x)  # None: TAP103


def b26():
    x = tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as t:
        y = x * x
    g1 = t.gradient(y, x)
    with t:
        z = y * x
    return g1, t.gradient(z, x), t.gradient(y, x)


def b27():
    x = tf.Variable(3.0)
    t = tf.GradientTape()
    out = []
    for _ in range(3):
        with t:
            y = x * x
        out.append(t.gradient(y, x))
    return out


def b28():
    x = tf.Variable(3.0)
    t = tf.GradientTape(persistent=True)
    out = []
    for _ in range(3):
        with t:
            y = x * x
        out.append(t.gradient(y, x))
    return out


def b28_sigmoid():
    x = tf.Variable(3.0)
    t = tf.GradientTape(persistent=True)
    out = []
    for _ in range(3):
        with t:  # cost: TAP302 each round adds to the recording, as the gradient needs the result (row D14)
            y = tf.sigmoid(x)
        out.append(t.gradient(y, x))
    return out


def b29():
    x = tf.Variable(3.0)
    t = tf.GradientTape()
    y = x * x
    return t.gradient(y, x)  # raises: TAP202


def b30():
    x = tf.constant(3.0)
    t = tf.GradientTape()
    t.watch(x)  # raises: TAP202


def b31():
    x = tf.Variable(3.0)
    with tf.GradientTape():
        y = x * x
    return tape.gradient(y, x)  # raises: no code


def b32():
    x = tf.Variable(3.0)
    with tf.GradientTape as t:  # raises: TAP202
        y = x * x


def b33():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    return tf.GradientTape.gradient(y, x)  # raises: no code


def b34():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
        with t.stop_recording():
            g = t.gradient(y, x)
    return g, t.gradient(y, x)  # None: TAP103


def b35():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
        g = t.gradient(y, x)
        z = x * x * x
    return g, t.gradient(z, x)  # raises: TAP201


def b36():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
        g = t.gradient(y, x)
        g2 = t.gradient(y, x)  # raises: TAP201


def b38():
    x = tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as t:
        y = x * x
    del t
    return t.gradient(y, x)  # raises: no code


def b39():
    x = tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as t:
        y = x * x
        g = t.gradient(y, x)  # warns: TAP401
        del t
    return g


def b40():
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as t:
        y = tf.reduce_sum(x * x)
    return t.jacobian(y, x)


def b42():
    x = tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as t:
        y = x * x
    return t.gradient(target=y, sources=x), t.jacobian(target=y, sources=x)


def b42_source():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    return t.gradient(y, source=x)  # raises: no code


def b42_loss():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    return t.gradient(loss=y, sources=x)  # raises: no code


def b43():
    x = tf.Variable(3.0)
    with tf.GradientTape(True) as t:
        y = x * x
    t.gradient(y, x)
    return t.gradient(y, x)


def b44():
    x = tf.Variable(3.0)
    try:
        with tf.GradientTape() as t:
            y = x * x
            raise KeyError("z")
    except KeyError:
        pass
    return t.gradient(y, x)


def b45():
    x = tf.Variable(3.0)
    t = tf.GradientTape()
    t.__enter__()
    y = x * x
    return t.gradient(y, x)


def b46():
    x = tf.Variable(3.0)
    t = tf.GradientTape(persistent=True)
    t.__enter__()
    y = x * x
    g = t.gradient(y, x)  # warns: TAP401
    t.__exit__(None, None, None)
    return g


def b47():
    x = tf.Variable(3.0)
    return tf.gradients(x * x, x)  # raises: TAP212


def b48():
    x = tf.Variable(3.0)

    @tf.function
    def f():
        return tf.gradients(x * x, x)

    return f()


def b49():
    inp = tf.keras.Input([2])
    with tf.GradientTape() as t:
        y = tf.square(inp)  # raises: no code
    return t.gradient(y, inp)


def b50():
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape(persistent=True) as t:
        y = x * x
    return (
        t.gradient(y, x, output_gradients=tf.constant([1.0, 10.0])),
        t.gradient(y, x, output_gradients=[1.0, 10.0]),  # wrong value: no code
        t.gradient(y, x, output_gradients=[tf.constant([1.0, 10.0])]),
        t.gradient(y, x, output_gradients=None),
        t.gradient(y, x, output_gradients=tf.constant(1.0)),
    )


def b50_bad_shape():
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as t:
        y = x * x
    return t.gradient(y, x, output_gradients=tf.ones([3]))  # raises: no code


def b51():
    v = tf.Variable(3.0)

    @tf.custom_gradient
    def f(x):
        def g(dy):
            return dy * v

        return x * v, g

    with tf.GradientTape() as t:
        y = f(tf.constant(2.0) * v)  # raises: no code
    return t.gradient(y, v)


def b52():
    @tf.custom_gradient
    def f(a, b):
        def g(dy):
            return dy

        return a * b, g

    x = tf.Variable(3.0)
    w = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = f(x, w)
    return t.gradient(y, [x, w])  # raises: no code


def b53():
    @tf.custom_gradient
    def f(a, b):
        def g(dy):
            return dy * b, None

        return a * b, g

    x = tf.Variable(3.0)
    w = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = f(x, w)
    return t.gradient(y, [x, w])  # None: TAP106


def b54():
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as t:
        y = tf.unique(x)[0]
    return t.gradient(y, x)  # raises: TAP206
