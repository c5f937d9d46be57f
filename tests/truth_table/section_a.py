"""Rows A of the truth table of `tf.GradientTape`: what disconnects a source from a target, and what does not."""
# ruff: noqa

import tensorflow as tf
import numpy as np


def a01():
    x = tf.constant(3.0)
    with tf.GradientTape() as t:
        y = x * x
    return t.gradient(y, x)  # None: TAP101


def a02():
    x = tf.constant(3.0)
    with tf.GradientTape() as t:
        t.watch(x)
        y = x * x
    return t.gradient(y, x)


def a03():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    return t.gradient(y, x)


def a04():
    x = 3.0
    with tf.GradientTape() as t:
        y = tf.square(x)
    return t.gradient(y, x)  # raises: TAP204


def a05():
    x = np.array([1.0, 2.0], np.float32)
    with tf.GradientTape() as t:
        y = tf.reduce_sum(tf.square(x))
    return t.gradient(y, x)  # raises: TAP204


def a06():
    x = [1.0, 2.0]
    with tf.GradientTape() as t:
        y = tf.reduce_sum(tf.square(x))
    return t.gradient(y, x)  # raises: TAP204


def a07():
    x = 3.0
    with tf.GradientTape() as t:
        t.watch(x)  # raises: TAP205
        y = tf.square(x)
    return t.gradient(y, x)


def a08():
    x = np.array([1.0, 2.0], np.float32)
    with tf.GradientTape() as t:
        t.watch(x)  # raises: TAP205
        y = tf.reduce_sum(tf.square(x))
    return t.gradient(y, x)


def a09():
    x = np.array([1.0, 2.0], np.float32)
    with tf.GradientTape() as t:
        t.watch(tf.convert_to_tensor(x))
        y = tf.reduce_sum(tf.square(x))
    return t.gradient(y, tf.convert_to_tensor(x))  # None: TAP109


def a10():
    x = tf.constant(3.0)
    with tf.GradientTape() as t1:
        t1.watch(x)
        with tf.GradientTape() as t2:
            y = x * x
    inner = t2.gradient(y, x)  # None: TAP101
    return inner, t1.gradient(y, x)


def a11():
    x = tf.constant(3.0)
    with tf.GradientTape() as t1:
        t1.watch(x)
        y = x * x
    with tf.GradientTape() as t2:
        z = x * x * x
    return t2.gradient(z, x)  # None: TAP102


def a12():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t1:
        y = x * x
    with tf.GradientTape() as t2:
        z = y * y
    return t2.gradient(z, y)  # None: TAP102


def a13():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t1:
        y = x * x
    with tf.GradientTape() as t2:
        z = y * y
    by_second = t2.gradient(z, x)  # None: TAP102
    return by_second, t1.gradient(z, x)  # None: TAP103


def a14():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t1:
        y = x * x
    with tf.GradientTape() as t2:
        t2.watch(y)
        z = y * y
    return t2.gradient(z, y) * t1.gradient(y, x)


def a15():
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as t1:
        y = x * x
    with tf.GradientTape() as t2:
        t2.watch(y)
        z = tf.reduce_sum(y * y)
    return t1.gradient(y, x, output_gradients=t2.gradient(z, y))


def a16():
    x = tf.Variable(3.0)
    y = x * x
    with tf.GradientTape() as t:
        pass
    return t.gradient(y, x)  # None: TAP103


def a17():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    z = y * 2.0
    return t.gradient(z, x)  # None: TAP103


def a18():
    w = tf.Variable([[1.0], [2.0]])
    with tf.GradientTape() as t:
        pred = tf.ones([4, 2]) @ w
    loss = tf.reduce_mean((pred - 1.0) ** 2)
    return t.gradient(loss, w)  # None: TAP103


def a19():
    x = tf.constant(3.0)
    with tf.GradientTape() as t:
        y = x * x
        t.watch(x)
    return t.gradient(y, x)  # None: TAP104


def a20():
    x = tf.constant(3.0)
    with tf.GradientTape() as t:
        a = x * x
        t.watch(x)
        y = a + 5.0 * x
    return t.gradient(y, x)  # wrong value: TAP501


def a21():
    x = tf.constant(3.0)
    t = tf.GradientTape()
    t.watch(x)  # raises: TAP202
    with t:
        y = x * x
    return t.gradient(y, x)


def a22():
    x = tf.constant(3.0)
    with tf.GradientTape() as t:
        y = x * x
    t.watch(x)
    return t.gradient(y, x)  # None: TAP104


def a23():
    x = tf.Variable(3.0)
    with tf.GradientTape(watch_accessed_variables=False) as t:
        y = x * x
    return t.gradient(y, x)  # None: TAP108


def a24():
    x = tf.Variable(3.0)
    with tf.GradientTape(watch_accessed_variables=False) as t:
        t.watch(x)
        y = x * x
    return t.gradient(y, x)


def a25():
    d = tf.keras.layers.Dense(1)
    with tf.GradientTape(watch_accessed_variables=False) as t:
        t.watch(d.trainable_variables)
        y = d(tf.ones([2, 3]))
    return t.gradient(y, d.trainable_variables)  # None: TAP108


def a26():
    x = tf.Variable(3.0, trainable=False)
    with tf.GradientTape() as t:
        y = x * x
    return t.gradient(y, x)  # None: TAP108


def a27():
    x = tf.Variable(3.0, trainable=False)
    with tf.GradientTape() as t:
        t.watch(x)
        y = x * x
    return t.gradient(y, x)


def a28():
    x = tf.Variable(3)
    with tf.GradientTape() as t:
        y = tf.cast(x * x, tf.float32)
    return t.gradient(y, x)  # None: TAP111


def a29():
    x = tf.Variable(3)
    with tf.GradientTape() as t:
        y = x * x
    return t.gradient(y, x)  # None: TAP111


def a30():
    x = tf.constant(3)
    with tf.GradientTape() as t:
        t.watch(x)
        y = x * x
    return t.gradient(y, x)  # None: TAP111


def a31():
    x = tf.Variable(3)
    with tf.GradientTape() as t:
        t.watch(x)
        y = x * x
    return t.gradient(y, x)  # None: TAP111


def a32():
    b = tf.constant(True)
    s = tf.constant("a")
    with tf.GradientTape() as t:
        t.watch(b)
        t.watch(s)
        y = tf.where(b, 1.0, 2.0)
    return t.gradient(y, [b, s])  # None: TAP111


def a33():
    x = tf.constant([1, 2, 3])
    with tf.GradientTape() as t:
        t.watch(x)
        y = tf.reduce_sum(tf.cast(x, tf.float32) ** 2)
    return t.gradient(y, x)  # None: TAP111


def a34():
    xi = tf.constant([1, 2, 3])
    x = tf.cast(xi, tf.float32)
    with tf.GradientTape() as t:
        t.watch(x)
        y = tf.reduce_sum(x**2)
    return t.gradient(y, x)


def a35():
    r = {}
    for d in (tf.complex64, tf.bfloat16, tf.float64, tf.float16):
        x = tf.Variable(tf.cast(3.0, d))
        with tf.GradientTape() as t:
            y = x * x
        r[d.name] = str(t.gradient(y, x))[:60]
    return r


def a36():
    x = tf.Variable(2.0)
    out = []
    for _ in range(2):
        with tf.GradientTape() as t:
            y = x + 1
        out.append(t.gradient(y, x))  # None: TAP107
        x = x + 1
    return out


def a37():
    w = tf.Variable(2.0)
    out = []
    for _ in range(2):
        with tf.GradientTape() as t:
            l = w * w
        g = t.gradient(l, w)  # None: TAP107
        out.append(g)
        w = w - 0.1 * g  # raises: no code
    return out


def a38():
    w = tf.Variable(2.0)
    out = []
    for _ in range(2):
        with tf.GradientTape() as t:
            l = w * w
        g = t.gradient(l, w)
        out.append(g)
        if g is not None:
            w -= 0.1 * g  # raises: TAP207
    return out + [type(w).__name__]


def a39():
    w = tf.Variable(2.0)
    out = []
    for _ in range(2):
        with tf.GradientTape() as t:
            l = w * w
        g = t.gradient(l, w)
        out.append(g)
        w.assign_sub(0.1 * g)
    return out


def a40():
    x = tf.constant(2.0)
    out = []
    for _ in range(2):
        with tf.GradientTape() as t:
            t.watch(x)
            y = x * x
        g = t.gradient(y, x)
        out.append(g)
        x = x - 0.1 * g
    return out


def a41():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        x = x * 2.0
        y = x * x
    return t.gradient(y, x)


def a42():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
        x = x * 2.0
    return t.gradient(y, x)  # None: TAP107


def a43():
    ps = [tf.Variable(1.0), tf.Variable(2.0)]
    out = []
    for _ in range(2):
        with tf.GradientTape() as t:
            l = ps[0] * ps[1]
        gs = t.gradient(l, ps)  # None: TAP107
        out.append(gs)
        if gs[0] is not None:
            ps = [p_ - 0.1 * g for p_, g in zip(ps, gs)]
    return out


def a50():
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as t:
        y = tf.reduce_sum(tf.constant((x * x).numpy()))
    return t.gradient(y, x)  # None: TAP105


def a51():
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as t:
        y = np.sum(x * x)
        z = tf.convert_to_tensor(np.square(x * x))
    return y, t.gradient(z, x)  # None: TAP105


def a52():
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as t:
        y = np.sum(x * x)
    return t.gradient(y, x)  # raises: TAP204


def a53():
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as t:
        y = np.mean(x)
    return t.gradient(y, x)  # raises: TAP204


def a54():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = tf.constant(float(x * x))
    return t.gradient(y, x)  # None: TAP105


def a55():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = float(x) * x
    return t.gradient(y, x)  # wrong value: TAP505


def a56():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = tf.constant(float(int(x))) * 2.0
    return t.gradient(y, x)  # None: TAP105


def a57():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = float(x * x)
    return t.gradient(y, x)  # raises: TAP204


def a58():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        loss = 0.0
        for _ in []:
            loss += x * x
    return t.gradient(loss, x)  # raises: TAP204


def a59():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = (x * x).numpy()
    return t.gradient(y, x)  # raises: TAP204


def a60():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        a = x * x
        y = tf.convert_to_tensor(a) * 2.0
    return t.gradient(y, x), tf.convert_to_tensor(a) is a


def a61():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        a = x * x
        b = tf.constant(a)
        y = b * 2.0
    return t.gradient(y, x), b is a


def a62():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = tf.constant(x) * x
    return t.gradient(y, x)  # wrong value: TAP505


def a63():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = tf.convert_to_tensor(x) * x
    return t.gradient(y, x)


def a64_constant():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = tf.reduce_sum(tf.constant([x * x, x * 2.0]))  # raises: no code
    return t.gradient(y, x)


def a64_convert_to_tensor():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = tf.reduce_sum(tf.convert_to_tensor([x * x, x * 2.0]))
    return t.gradient(y, x)


def a64_stack():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = tf.reduce_sum(tf.stack([x * x, x * 2.0]))
    return t.gradient(y, x)


def a65():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = tf.reduce_sum(np.array([x * x, x * 2.0]))
    return t.gradient(y, x)  # None: TAP105


def a66():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        v = tf.Variable(x * x)
        y = v * 2.0
    return t.gradient(y, [x, v])  # None: TAP114


def a67():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = tf.identity(x) * x
    return t.gradient(y, x)


def a68():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
        xi = tf.identity(x)
    return t.gradient(y, xi)  # None: TAP109


def a69():
    x = tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as t:
        y = tf.stop_gradient(x * x)
        z = tf.stop_gradient(x) * x
    full = t.gradient(y, x)  # None: TAP115
    return full, t.gradient(z, x)


def a70():
    x = tf.Variable(3.0)
    r = {}
    for n, f in (
        ("value()", lambda v: v.value()),
        ("read_value()", lambda v: v.read_value()),
        ("+0", lambda v: v + 0.0),
    ):
        with tf.GradientTape() as t:
            y = f(x) ** 2
        r[n] = t.gradient(y, x)
    return r


def a71():
    x = tf.Variable(3.0)
    s = x.value()
    with tf.GradientTape() as t:
        y = x * x
    return t.gradient(y, s)  # None: TAP109


def a72():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        s = x.value()
        y = s * s
    return t.gradient(y, [s, x])


def a73():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
        _ = f"{y.numpy():.2f}"
        h = [float(y)]
    return t.gradient(y, x)


def a74():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
        tf.print("", end="", output_stream="file:///dev/null")
        tf.debugging.assert_greater(y, 0.0)
        tf.debugging.check_numerics(y, "m")
    return t.gradient(y, x)


def a75():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x if x > 0 else x
    return t.gradient(y, x)


def a76():
    x = tf.Variable([3.0, -1.0])
    with tf.GradientTape() as t:
        y = tf.where(x > 0, x * x, 0.0)
    return t.gradient(y, x)


def a77():
    x = tf.Variable([3.0, -1.0])
    with tf.GradientTape() as t:
        y = tf.where(x > 0, 1.0, 0.0)
    return t.gradient(y, x)  # None: TAP106


def a78():
    x = tf.Variable([4.0, 0.0])
    with tf.GradientTape() as t:
        y = tf.where(x > 0, tf.sqrt(x), 0.0)
    return t.gradient(y, x)


def a80():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    return t.gradient(x, y)  # None: TAP113


def a81():
    x = tf.Variable(3.0)
    w = tf.Variable(1.0)
    with tf.GradientTape() as t:
        y = x * w
    return t.gradient([x, w], y)  # None: TAP113


def a82():
    x = tf.constant(3.0)
    with tf.GradientTape() as t:
        t.watch(x)
        y = x * x
    return t.gradient(x, y)  # None: TAP113


def a83():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    return t.gradient(None, x)  # raises: TAP204


def a84():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    return t.gradient(y, None)  # raises: TAP204


def a85():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    return t.gradient(y, [x, None])  # raises: TAP204


def a86():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
        z = x * 5.0
    return t.gradient([y, z], x)


def a87():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    return t.gradient([y, tf.constant(1.0)], x)


def a88_none():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    return t.gradient([y, None], x)  # raises: TAP204


def a88_float():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    return t.gradient([y, 1.0], x)  # raises: TAP204


def a89():
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as t:
        y = tf.stack([x[0] * x[1], x[0]])
    return t.gradient(y, x)


def a90():
    x = tf.Variable(3.0)
    w = tf.Variable(2.0)
    with tf.GradientTape() as t:
        y = x * w
    return t.gradient(y, {"a": x, "b": (w, [x])})


def a91():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    return t.gradient(y, [])


def a92():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    return t.gradient([], x)  # None: TAP112


def a93():
    x = tf.Variable([3.0, 1.0])
    w = tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as t:
        y = w * 2.0
    zeros = t.gradient(y, x, unconnected_gradients="zero")
    return zeros, t.gradient(y, x, unconnected_gradients=tf.UnconnectedGradients.ZERO)


def a93_upper_case():
    x = tf.Variable([3.0, 1.0])
    w = tf.Variable(2.0)
    with tf.GradientTape() as t:
        y = w * 2.0
    return t.gradient(y, x, unconnected_gradients="ZERO")  # raises: TAP213


def a93_boolean():
    x = tf.Variable([3.0, 1.0])
    w = tf.Variable(2.0)
    with tf.GradientTape() as t:
        y = w * 2.0
    return t.gradient(y, x, unconnected_gradients=True)  # raises: TAP213


def a93_none():
    x = tf.Variable([3.0, 1.0])
    with tf.GradientTape() as t:
        y = x * 2.0
    return t.gradient(y, x, None, None)  # raises: TAP213


def a93_without_sources():
    x = tf.Variable([3.0, 1.0])
    with tf.GradientTape() as t:
        y = x * 2.0
    return t.gradient(y, [], unconnected_gradients="None")  # raises: TAP213


def a93_before_a_missing_gradient_function():
    x = tf.Variable([3.0, 1.0])
    with tf.GradientTape() as t:
        y = tf.unique(x)[0]
    return t.gradient(y, x, unconnected_gradients="zeros")  # raises: TAP213


def a93_jacobian():
    x = tf.Variable([3.0, 1.0])
    with tf.GradientTape() as t:
        y = x * 2.0
    return t.jacobian(y, x, False)  # raises: TAP213


def a93_jacobian_without_pfor():
    x = tf.Variable([3.0, 1.0])
    with tf.GradientTape() as t:
        y = x * 2.0
    return t.jacobian(y, x, "ZERO", experimental_use_pfor=False)  # raises: TAP210


def a93_jacobian_of_nothing_without_pfor():
    x = tf.Variable([3.0, 1.0])
    with tf.GradientTape(persistent=True) as t:
        y = x[:0] * 2.0
    return t.jacobian(y, x, "ZERO", experimental_use_pfor=False)  # raises: no code


def a93_batch_jacobian():
    x = tf.Variable([[3.0, 1.0]])
    with tf.GradientTape() as t:
        y = x * 2.0
    return t.batch_jacobian(y, x, unconnected_gradients=0)  # raises: TAP213


def a93_in_a_traced_function():
    @tf.function
    def f(x):
        with tf.GradientTape() as t:
            t.watch(x)
            y = x * 2.0
        return t.gradient(y, x, unconnected_gradients="ZERO")  # raises: TAP213

    return f(tf.constant([3.0, 1.0]))


def a93_does_not_spend_the_tape():
    x = tf.Variable([3.0, 1.0])
    with tf.GradientTape() as t:
        y = x * 2.0
    try:
        t.gradient(y, x, unconnected_gradients="ZERO")  # raises: no code
    except ValueError:
        pass
    return t.gradient(y, x)


def a94():
    x = tf.constant([3.0, 1.0])
    i = tf.Variable(2)
    with tf.GradientTape(persistent=True) as t:
        y = x * 2.0
    unwatched = t.gradient(y, x, unconnected_gradients="zero")
    return unwatched, t.gradient(y, i, unconnected_gradients="zero")


def a95():
    x = tf.Variable(3.0)
    w = tf.Variable(2.0)
    d = {"a": x, "b": w}
    r = {}
    for n, mk in (("dict", lambda: d), ("values", lambda: d.values()), ("tuple", lambda: (x, w))):
        with tf.GradientTape() as t:
            y = x * w
        r[n] = t.gradient(y, mk())
    return r


def a95_generator():
    x = tf.Variable(3.0)
    w = tf.Variable(2.0)
    with tf.GradientTape() as t:
        y = x * w
    return t.gradient(y, (v for v in [x, w]))  # raises: TAP204


def a95_map():
    x = tf.Variable(3.0)
    w = tf.Variable(2.0)
    with tf.GradientTape() as t:
        y = x * w
    return t.gradient(y, map(lambda v: v, [x, w]))  # raises: TAP204


def a96():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    return t.gradient(x, x)


def a97():
    x = tf.constant(3.0)
    with tf.GradientTape() as t:
        t.watch(x)
    return t.gradient(x, x)


def a98():
    x = tf.Variable([[1.0, 2.0]])
    with tf.GradientTape() as t:
        y = tf.reduce_mean(tf.cast(tf.equal(tf.argmax(x, 1), [1]), tf.float32))
    return t.gradient(y, x)  # None: TAP106


def a99():
    w = tf.Variable(2.0)
    m = tf.keras.metrics.Mean()
    with tf.GradientTape() as t:
        m.update_state(w * w)
        y = m.result()
    return t.gradient(y, w)  # None: TAP114


def a110():
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as t:
        y = tf.reduce_sum(x * x)
    return t.gradient(y, x[0])  # None: TAP109


def a111():
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as t:
        t.watch(x)
        y = tf.reduce_sum(x * x)
    return t.gradient(y, x[0])  # None: TAP109


def a112():
    x = tf.constant([[1.0, 2.0]])
    with tf.GradientTape() as t:
        t.watch(x)
        y = tf.reduce_sum(x[:, 0] ** 2)
    return t.gradient(y, x[:, 0])  # None: TAP109


def a113():
    x = tf.constant([[1.0, 2.0]])
    with tf.GradientTape() as t:
        t.watch(x)
        a = x[:, 0]
        y = tf.reduce_sum(a**2)
    return t.gradient(y, a)


def a114():
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape(persistent=True) as t:
        y = tf.reduce_sum(x * x)
    return [t.gradient(y, xi) for xi in x]  # None: TAP109


def a115():
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as t:
        y = tf.reduce_sum(x * x)
    return t.gradient(y, tf.unstack(x))  # None: TAP109


def a116():
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as t:
        a, b = tf.unstack(x)
        y = a * b
    return t.gradient(y, [a, b, x])


def a117():
    x = tf.constant([1.0, 2.0])
    a = x[0]
    with tf.GradientTape() as t:
        t.watch(x)
        y = a * a
    return t.gradient(y, x)  # None: TAP103


def a118():
    x = tf.constant([1.0, 2.0])
    a = x[0]
    with tf.GradientTape() as t:
        t.watch(a)
        y = a * a
    return t.gradient(y, a)


def a119():
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape(persistent=True) as t:
        y = tf.reduce_sum(x * x)
    return [
        t.gradient(y, tf.reshape(x, [2, 1])),  # None: TAP109
        t.gradient(y, tf.expand_dims(x, 0)),  # None: TAP109
        t.gradient(y, tf.cast(x, tf.float64)),  # None: TAP109
        t.gradient(y, tf.cast(x, tf.float32)),
    ]


def a120():
    x = tf.Variable(3.0)
    z = x
    with tf.GradientTape() as t:
        y = x * x
    return t.gradient(y, z)


def a121():
    x = tf.constant(3.0)
    with tf.GradientTape() as t:
        t.watch(x)
        y = x * x
    return t.gradient(y, tf.convert_to_tensor(x))


def a122():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    return t.gradient(y, tf.convert_to_tensor(x))  # None: TAP109


def a123():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    return t.gradient(y, x.value())  # None: TAP109


def a124():
    x = tf.constant(3.0)
    with tf.GradientTape() as t:
        t.watch(x)
        y = x * x
    return t.gradient(y, tf.constant(3.0))  # None: TAP109


def a125():
    x = tf.constant([1.0, 2.0], tf.float64)
    x0 = x
    with tf.GradientTape(persistent=True) as t:
        t.watch(x)
        x = tf.cast(x, tf.float32)
        y = tf.reduce_sum(x * x)
    return t.gradient(y, x), t.gradient(y, x0)


def a127():
    x = tf.constant([1.0, 2.0])
    f = lambda v: tf.reduce_sum(tf.constant(v) ** 2)
    with tf.GradientTape() as t:
        t.watch(x)
        y = f(x)
    return t.gradient(y, x)


def a128():
    with tf.GradientTape() as t:
        x = tf.constant(3.0)
        y = x * x
    return t.gradient(y, x)  # None: TAP101


def a129():
    with tf.GradientTape() as t:
        x = tf.constant(3.0)
        t.watch(x)
        y = x * x
    return t.gradient(y, x)


def a130():
    with tf.GradientTape() as t:
        x = tf.Variable(3.0)
        y = x * x
    return t.gradient(y, x)


def a131():
    v = tf.Variable(3.0)
    with tf.GradientTape() as t:
        h = v * 2.0
        y = h * h
    return t.gradient(y, h)


def a132():
    x = tf.constant(3.0)
    with tf.GradientTape() as t:
        h = x * 2.0
        y = h * h
    return t.gradient(y, h)  # None: TAP101


def a133():
    x = tf.constant(3.0)
    w = tf.Variable(2.0)
    with tf.GradientTape() as t:
        h = w * x
        y = h * h
    return t.gradient(y, [h, x, w])  # None: TAP101


def a134():
    w = tf.Variable(2.0)
    with tf.GradientTape() as t:
        h = w * 3.0
        y = w * w
    return t.gradient(y, h)  # None: TAP112


def a135():
    w = tf.Variable(2.0)
    with tf.GradientTape() as t:
        y = w * w
        z = y * 3.0
    return t.gradient(y, z)  # None: TAP113


def a136():
    class M:
        pass

    m = M()
    m.x = tf.constant(3.0)
    with tf.GradientTape() as t:
        y = m.x**2
    a = t.gradient(y, m.x)  # None: TAP101
    with tf.GradientTape() as t:
        t.watch(m.x)
        y = m.x**2
    return [a, t.gradient(y, m.x)]


def a137():
    class M(tf.Module):
        def __init__(s):
            s.w = tf.Variable(2.0)
            s.n = tf.Variable(1.0, trainable=False)

    m = M()
    with tf.GradientTape() as t:
        y = m.w * m.n
    return t.gradient(y, m.trainable_variables)


def a138():
    class M(tf.Module):
        def __init__(s):
            s.w = tf.Variable(2.0)
            s.n = tf.Variable(1.0, trainable=False)

    m = M()
    with tf.GradientTape() as t:
        y = m.w * m.n
    gradients = t.gradient(y, m.variables)  # None: TAP108
    return [(v.trainable, g) for v, g in zip(m.variables, gradients)]


def a139():
    w = tf.Variable(2.0)
    u = tf.Variable(1.0)
    with tf.GradientTape() as t:
        y = w * w
    return t.gradient(y, [w, u])  # None: TAP112


def a140():
    w = tf.Variable(2.0)
    with tf.GradientTape() as t:
        y = w * 0.0
    return t.gradient(y, w)


def a141():
    w = tf.Variable(2.0)
    k = w * 3.0
    with tf.GradientTape() as t:
        y = k * k
    return t.gradient(y, w)  # None: TAP103


def a142():
    w = tf.Variable(2.0)
    reg = w * w
    with tf.GradientTape() as t:
        y = w * 3.0 + reg
    return t.gradient(y, w)  # wrong value: TAP504


def a143():
    w = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = w * w
        w.assign(5.0)
    return t.gradient(y, w)


def a144():
    x0 = tf.Variable(3.0)
    x1 = tf.Variable(0.0)
    with tf.GradientTape() as t:
        x1.assign_add(x0)
        y = x1**2
    return t.gradient(y, [x0, x1])  # None: TAP114


def a145():
    x = tf.Variable(3.0)
    v = tf.Variable(0.0)
    with tf.GradientTape() as t:
        y = v.assign(x * x) * 2.0
    return t.gradient(y, [x, v])  # None: TAP114


def a146():
    x = tf.Variable(3.0)
    v = tf.Variable(0.0)
    with tf.GradientTape() as t:
        y = v.assign_add(x)
    return t.gradient(y, [x, v])  # None: TAP114


def a147():
    w = tf.Variable(3.0)
    with tf.GradientTape() as t:
        a = w * w
        w.assign(10.0)
        y = a + w * w
    return t.gradient(y, w)


def a148():
    x = tf.Variable([1.0, 2.0])
    u = tf.Variable([5.0])
    with tf.GradientTape() as t:
        z = tf.tensor_scatter_nd_update(x, [[0]], u)
        y = tf.reduce_sum(z * z)
    return t.gradient(y, [x, u])


def a149():
    v = tf.Variable([1.0, 2.0])
    x = tf.Variable(5.0)
    with tf.GradientTape() as t:
        v[0].assign(x * 2.0)
        y = tf.reduce_sum(v * v)
    return t.gradient(y, [x, v])  # None: TAP114


def a160():
    v = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = tf.py_function(lambda: v * v, [], tf.float32)
    return t.gradient(y, v)  # None: TAP105


def a161():
    v = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = tf.py_function(lambda a: a * a, [v], tf.float32)
    return t.gradient(y, v)


def a162():
    v = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = tf.numpy_function(lambda a: a * a, [v], tf.float32)
    return t.gradient(y, v)  # None: TAP105


def a163():
    v = tf.Variable(3.0)

    @tf.function
    def f():
        return tf.py_function(lambda: v * v, [], tf.float32)

    with tf.GradientTape() as t:
        y = f()
    return t.gradient(y, v)  # None: TAP105


def a170():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        with t.stop_recording():
            y = x * x
    return t.gradient(y, x)  # None: TAP103


def a171():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        with t.stop_recording():
            h = x * x
        y = h * x
    return t.gradient(y, x)  # wrong value: TAP505


def a172():
    x = tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as t:  # cost: TAP403 asked once (a173 does without)
        y = x * x
        with t.stop_recording():
            g = t.gradient(y, x)
    return g


def a173():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
        with t.stop_recording():
            g = t.gradient(y, x)
        z = x * x * x
    return g, t.gradient(z, x)


def a174():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        l = x * x
        t.reset()
        l += x
    return t.gradient(l, x)


def a175():
    x = tf.constant(3.0)
    with tf.GradientTape() as t:
        t.watch(x)
        t.reset()
        y = x * x
    return t.gradient(y, x)  # None: TAP101


def a176():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    t.reset()  # raises: no code


def a177():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    with t.stop_recording():  # raises: no code
        pass


def a178():
    t = tf.GradientTape()
    with t.stop_recording():  # raises: TAP202
        pass


def a180_while_loop():
    v = tf.Variable(2.0)
    with tf.GradientTape() as t:
        y = tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * v), (0, 1.0))[1]
    return t.gradient(y, v)


def a180_cond():
    v = tf.Variable(2.0)
    with tf.GradientTape() as t:
        y = tf.cond(v > 1.0, lambda: v * v, lambda: v)
    return t.gradient(y, v)


def a180_function():
    v = tf.Variable(2.0)
    f = tf.function(lambda a: a * a)
    with tf.GradientTape() as t:
        y = f(v)
    return t.gradient(y, v)


def a180_tape_in_function():
    v = tf.Variable(2.0)

    @tf.function
    def step():
        with tf.GradientTape() as t:
            y = v * v
        return t.gradient(y, v)

    return step()


def a181():
    v = tf.Variable(2.0)

    @tf.function
    def f(x):
        return v * x

    with tf.GradientTape() as t:
        y = f(3.0)
    return t.gradient(y, v)


def a182():
    @tf.function
    def f(x):
        with tf.GradientTape() as t:
            t.watch(x)  # raises: TAP205
            y = x * x
        return t.gradient(y, x)

    return f(3.0)


def a183():
    @tf.function
    def f(x):
        with tf.GradientTape() as t:
            y = x * x
        return t.gradient(y, x)  # None: TAP101

    return f(tf.constant(3.0))


def a184():
    v = tf.Variable(1.0)
    u = tf.Variable(2.0)

    @tf.function
    def f():
        with tf.GradientTape() as t:
            y = v * v
        return t.gradient(y, [v, u])  # None: TAP112

    return f()


def a185():
    v = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = v * v

    @tf.function
    def f():
        return t.gradient(y, v)

    return f()


def a186():
    v = tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as t:

        @tf.function
        def f():
            y = v * v
            return t.gradient(y, v)  # warns: TAP401

        r = f()
    return r


def a188():
    v = tf.Variable(3.0)

    @tf.function
    def f():
        with tf.GradientTape() as t:
            y = v * v
        return t, y

    t, y = f()  # raises: no code
    return t.gradient(y, v)


def a189():
    x = tf.constant(3.0)
    with tf.GradientTape() as t:

        @tf.function
        def f(a):
            t.watch(a)
            return a * a

        y = f(x)
    return t.gradient(y, x)  # None: TAP101


def a190():
    v = tf.Variable(2.0)
    with tf.GradientTape() as t:
        ta = tf.TensorArray(tf.float32, 3)
        for i in range(3):
            ta = ta.write(i, v * float(i + 1))
        y = tf.reduce_sum(ta.stack())
    return t.gradient(y, v)


def a191():
    v = tf.Variable([2.0])
    with tf.GradientTape() as t:
        ds = tf.data.Dataset.from_tensors(v * v)
        for b in ds:
            y = tf.reduce_sum(b)
    return t.gradient(y, v)  # None: TAP105


def a192():
    v = tf.Variable([2.0])
    with tf.GradientTape() as t:
        for b in tf.data.Dataset.from_tensors([1.0]).map(lambda b: b * v):
            y = tf.reduce_sum(b)
    return t.gradient(y, v)  # None: TAP105


def a193():
    v = tf.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape() as t:
        y = tf.reduce_sum(tf.gather(v, [0, 0, 2]))
    return t.gradient(y, v)


def a194():
    v = tf.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape() as t:
        y = tf.reduce_sum(tf.gather(v, [0, 0, 2]))
    g = t.gradient(y, v)
    return tf.norm(g), tf.reduce_sum(g), tf.clip_by_norm(g, 1.0)


def a195():
    import threading

    v = tf.Variable(2.0)
    box = {}
    with tf.GradientTape() as t:
        th = threading.Thread(target=lambda: box.update(y=v * v))
        th.start()
        th.join()
    return t.gradient(box["y"], v)  # None: TAP103


def a196():
    v = tf.Variable(2.0)
    with tf.GradientTape() as t:
        y = v * v
    t.gradient(y, v)
    return len(t.watched_variables())


def a197():
    v = tf.Variable(2.0)
    with tf.GradientTape() as t:
        y = v * v
    return t.gradient(y, t.watched_variables())


def a198_ragged():
    x = tf.ragged.constant([[1.0, 2.0], [3.0]])
    with tf.GradientTape() as t:
        t.watch(x)
        y = x * x
    return t.gradient(y, x)


def a198_sparse():
    s = tf.sparse.SparseTensor([[0, 0]], [3.0], [1, 1])
    with tf.GradientTape() as t:
        t.watch(s)
        y = tf.reduce_sum(tf.sparse.to_dense(s) ** 2)
    return t.gradient(y, s)  # raises: TAP204


def a198_sparse_values():
    s = tf.sparse.SparseTensor([[0, 0]], [3.0], [1, 1])
    with tf.GradientTape() as t:
        t.watch(s.values)
        y = tf.reduce_sum(tf.sparse.to_dense(s) ** 2)
    return t.gradient(y, s.values)


def a199():
    a, b = tf.constant(1.0), tf.constant(2.0)
    with tf.GradientTape() as t:
        t.watch([a, {"k": b}])
        y = a * b
    return t.gradient(y, [a, b])


def a199_mixed():
    a = tf.constant(1.0)
    with tf.GradientTape() as t:
        t.watch([a, 1.0])  # raises: TAP205


def a200():
    a, b = tf.constant(1.0), tf.constant(2.0)
    with tf.GradientTape() as t:
        t.watch(a, b)  # raises: no code


def a201():
    with tf.GradientTape() as t:
        t.watch([])
        t.watch(None)  # raises: TAP205
