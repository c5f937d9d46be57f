"""Rows C of the truth table of `tf.GradientTape`: tapes inside tapes."""
# ruff: noqa

import contextlib

import tensorflow as tf


def c01():
    x = tf.Variable(3.0)
    with tf.GradientTape() as o:
        with tf.GradientTape() as i:
            y = x**3
        g = i.gradient(y, x)
    return o.gradient(g, x)


def c02():
    x = tf.Variable(3.0)
    with tf.GradientTape() as o:
        with tf.GradientTape() as i:
            y = x**3
    g = i.gradient(y, x)
    return g, o.gradient(g, x)  # None: TAP110


def c03():
    x = tf.Variable(3.0)
    with tf.GradientTape() as o:
        with tf.GradientTape() as i:
            y = x**3
            g = i.gradient(y, x)
    return o.gradient(g, x)


def c04():
    x = tf.constant(3.0)
    with tf.GradientTape() as o:
        with tf.GradientTape() as i:
            i.watch(x)
            y = x**3
        g = i.gradient(y, x)
    return g, o.gradient(g, x)  # None: TAP101


def c05():
    x = tf.constant(3.0)
    with tf.GradientTape() as o:
        o.watch(x)
        with tf.GradientTape() as i:
            y = x**3
        g = i.gradient(y, x)  # None: TAP101
    return g


def c06():
    x = tf.constant(3.0)
    with tf.GradientTape() as o:
        with tf.GradientTape() as i:
            i.watch(x)
            y = x**3
        o.watch(x)
        g = i.gradient(y, x)
    return o.gradient(g, x)


def c07():
    x = tf.constant(3.0)
    with tf.GradientTape() as o:
        with tf.GradientTape() as i:
            i.watch(x)
            y = x * x * x
        o.watch(x)
        g = i.gradient(y, x)
    return o.gradient(g, x)  # wrong value: TAP501


def c08():
    x = tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as t:
        y = x**3
        g = t.gradient(y, x)  # warns: no code
    return t.gradient(g, x)


def c09():
    x = tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as t:
        y = x**3
    g = t.gradient(y, x)
    return t.gradient(g, x)  # None: TAP110


def c10():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x**3
        g = t.gradient(y, x)
    return t.gradient(g, x)  # raises: TAP201


def c11():
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as o:
        with tf.GradientTape() as i:
            y = tf.reduce_sum(x**3)
        g = i.gradient(y, x)
    return o.jacobian(g, x)


def c12():
    x = tf.Variable(3.0)
    o = tf.GradientTape()
    i = tf.GradientTape()
    o.__enter__()
    i.__enter__()
    y = x**3
    o.__exit__(None, None, None)
    g = i.gradient(y, x)
    i.__exit__(None, None, None)
    return g, o.gradient(g, x)  # None: TAP110


def c13():
    x = tf.Variable(3.0)
    o = tf.GradientTape()
    i = tf.GradientTape()
    o.__enter__()
    i.__enter__()
    y = x**3
    g = i.gradient(y, x)
    o.__exit__(None, None, None)
    i.__exit__(None, None, None)
    return g, o.gradient(g, x)


def c14():
    x = tf.Variable(3.0)
    with contextlib.ExitStack() as s:
        o = s.enter_context(tf.GradientTape())
        i = s.enter_context(tf.GradientTape())
        y = x**3
        g = i.gradient(y, x)
    return o.gradient(g, x)


def c15():
    x = tf.Variable(3.0)
    with tf.GradientTape() as o, tf.GradientTape() as i:
        y = x**3
    g = i.gradient(y, x)
    return g, o.gradient(g, x)  # None: TAP110


def c16():
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as t1, tf.GradientTape() as t2:
        l1 = a * b
        l2 = a * a + b
    return t1.gradient(l1, a), t2.gradient(l2, b)


def c17():
    w = tf.Variable(2.0)
    x = tf.constant(3.0)
    with tf.GradientTape() as o:
        with tf.GradientTape() as i:
            i.watch(x)
            y = w * x * x
        g = i.gradient(y, x)
        loss = (g - 1.0) ** 2
    return o.gradient(loss, w)


def c18():
    w = tf.Variable(2.0)
    x = tf.constant(3.0)
    with tf.GradientTape() as i:
        i.watch(x)
        y = w * x * x
    g = i.gradient(y, x)
    with tf.GradientTape() as o:
        loss = (g - 1.0) ** 2
    return o.gradient(loss, w)  # None: TAP110


def c19():
    w = tf.Variable(2.0)
    x = tf.constant(3.0)
    with tf.GradientTape() as i:
        i.watch(x)
        y = w * x * x
    g = i.gradient(y, x)
    with tf.GradientTape() as o:
        loss = w * 1.0 + (g - 1.0) ** 2
    return o.gradient(loss, w)  # wrong value: TAP504


def c20():
    x = tf.constant([[0.5], [1.0]])
    w = tf.Variable(2.0)
    with tf.GradientTape() as tt:
        with tf.GradientTape() as t2:
            t2.watch(x)
            with tf.GradientTape() as t1:
                t1.watch(x)
                u = tf.sin(w * x)
            ux = t1.gradient(u, x)
        uxx = t2.gradient(ux, x)
        loss = tf.reduce_mean(uxx**2)
    return tt.gradient(loss, w)


def c21():
    x = tf.constant([[0.5], [1.0]])
    w = tf.Variable(2.0)
    with tf.GradientTape() as t1:
        t1.watch(x)
        u = tf.sin(w * x)
    ux = t1.gradient(u, x)
    with tf.GradientTape() as tt:
        loss = tf.reduce_mean(ux**2)
    return tt.gradient(loss, w)  # None: TAP110


def c22():
    x = tf.Variable(2.0)
    with tf.GradientTape() as a:
        with tf.GradientTape() as b:
            with tf.GradientTape() as c:
                y = x**4
            g = c.gradient(y, x)
        g2 = b.gradient(g, x)
    return a.gradient(g2, x)


def c23():
    w = tf.Variable(2.0)
    with tf.GradientTape() as o:
        with tf.GradientTape() as i:
            l = w**3
        g = i.gradient(l, w)
        w2 = w - 0.1 * g
        L = w2**2
    return o.gradient(L, w)


def c24():
    w = tf.Variable(2.0)
    with tf.GradientTape() as o:
        with tf.GradientTape() as i:
            l = w**3
        g = i.gradient(l, w)
        w.assign_sub(0.1 * g)
        L = w**2
    return o.gradient(L, w)  # wrong value: TAP506


def c25():
    w = tf.Variable(2.0)
    with tf.GradientTape() as o:
        with tf.GradientTape() as i:
            l = w**3
        with o.stop_recording():
            g = i.gradient(l, w)
        w2 = w - 0.1 * g
        L = w2**2
    return o.gradient(L, w)


def c26():
    x = tf.Variable(2.0)
    with tf.GradientTape() as o:
        with tf.GradientTape() as i:
            y = 3.0 * x
        g = i.gradient(y, x)
    return g, o.gradient(g, x)  # None: TAP112


def c27():
    x = tf.constant([[1.0, 2.0]])
    w = tf.constant([[1.0], [1.0]])
    with tf.GradientTape() as o:
        o.watch(x)
        with tf.GradientTape() as i:
            i.watch(x)
            y = tf.nn.relu(x @ w)
        g = i.gradient(y, x)
    return g, o.gradient(g, x)


def c28():
    x = tf.Variable(2.0)
    with tf.GradientTape() as o:
        with tf.GradientTape(persistent=True) as i:
            y = x**3
            z = x**2
        g = i.gradient(y, x) + i.gradient(z, x)
    return o.gradient(g, x)


def c29():
    x = tf.Variable(2.0)
    with tf.GradientTape() as t:
        with tf.GradientTape() as t:
            y = x**3
        g = t.gradient(y, x)
    return t.gradient(g, x)  # raises: TAP201


def c30():
    x = tf.Variable(2.0)
    with tf.GradientTape() as o:
        y = x**3
        with tf.GradientTape() as i:
            pass
        g = i.gradient(y, x)  # None: TAP102
    return g


def c31():
    x = tf.Variable(2.0)
    with tf.GradientTape() as o:
        with tf.GradientTape() as i:
            y = x**3
            g = o.gradient(y, x)
    return g, i.gradient(g, x)


def c32():
    x = tf.Variable([1.0, 2.0])
    with tf.autodiff.ForwardAccumulator(x, tf.constant([1.0, 0.0])) as a:
        with tf.GradientTape() as t:
            y = tf.reduce_sum(x**3)
        g = t.gradient(y, x)
    return a.jvp(g)


def c33():
    x = tf.Variable([1.0, 2.0])
    with tf.autodiff.ForwardAccumulator(x, tf.constant([1.0, 0.0])) as a:
        with tf.GradientTape() as t:
            y = tf.reduce_sum(x**3)
    g = t.gradient(y, x)
    return a.jvp(g)


def c34():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t1:
        y = x * x
    with tf.GradientTape() as t2:
        z = y * y
    g = t2.gradient(z, y)  # None: TAP102
    return g, t1.gradient(y, x, output_gradients=g)  # wrong value: TAP502


def c35():
    x = tf.Variable([[1.0, 2.0]])
    with tf.GradientTape() as o:
        with tf.GradientTape() as i:
            y = x**3
        j = i.batch_jacobian(y, x)
    return o.gradient(j, x)


def c36():
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as o:
        with tf.GradientTape() as i:
            y = x**3
            j = i.jacobian(y, x)
    return o.gradient(j, x)
