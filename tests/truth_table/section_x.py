"""Rows X of the truth table of `tf.GradientTape`: further patterns, most of them right."""
# ruff: noqa

import copy
import math

import numpy as np
import tensorflow as tf


def x01_array_times_variable():
    a = np.ones([2, 2], np.float32)
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = tf.reduce_sum(a * x)
    return t.gradient(y, x)


def x01_array_matmul_tensor():
    a = np.ones([2, 2], np.float32)
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = tf.reduce_sum(a @ (x * tf.ones([2, 1])))
    return t.gradient(y, x)


def x01_scalars():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = np.float32(2) * x + np.pi * x + np.float64(2) * (x * 1.0)
    return t.gradient(y, x)


def x02_target():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = math.sin(x)
    return t.gradient(y, x)  # raises: TAP204


def x02_rewrapped():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = tf.constant(math.sin(x))
    return t.gradient(y, x)  # None: TAP105


def x03():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = sum([x * x, x]) + max(x * x, x) + abs(x) + pow(x, 2)
    return t.gradient(y, x)


def x03_round():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = round(x * x)  # raises: no code
    return t.gradient(y, x)


def x04_add_n():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        ls = [x * float(i) for i in range(3)]
        l = tf.add_n(ls)
    return t.gradient(l, x)


def x04_reduce_mean():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        ls = [x * float(i) for i in range(3)]
        l = tf.reduce_mean(ls)
    return t.gradient(l, x)


def x04_builtins():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        ls = [x * float(i) for i in range(3)]
        l = sum(ls) / len(ls)
    return t.gradient(l, x)


def x04_convert_to_tensor():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        ls = [x * float(i) for i in range(3)]
        l = tf.reduce_sum(tf.convert_to_tensor(ls))
    return t.gradient(l, x)


def x04_list_as_target():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        ls = [x * float(i) for i in range(3)]
    return t.gradient(ls, x)


def x04_np_mean():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        ls = [x * float(i) for i in range(3)]
        l = np.mean(ls)
    return t.gradient(l, x)  # raises: TAP204


def x04_constant():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        ls = [x * float(i) for i in range(3)]
        l = tf.reduce_sum(tf.constant(ls))  # raises: no code
    return t.gradient(l, x)


def x04_np_array():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        ls = [x * float(i) for i in range(3)]
        l = tf.reduce_mean(np.array(ls))
    return t.gradient(l, x)  # None: TAP105


def x05_float64():
    x = tf.constant([1.0, 2.0], tf.float64)
    with tf.GradientTape() as t:
        t.watch(tf.cast(x, tf.float32))
        y = tf.reduce_sum(x * x)
    return t.gradient(y, x)  # None: TAP101


def x05_float32():
    x = tf.constant([1.0, 2.0], tf.float32)
    with tf.GradientTape() as t:
        t.watch(tf.cast(x, tf.float32))
        y = tf.reduce_sum(x * x)
    return t.gradient(y, x)


def x06_copy():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    return t.gradient(y, copy.copy(x))


def x06_deepcopy():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    return t.gradient(y, copy.deepcopy(x))  # None: TAP109


def x06_variable():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    return t.gradient(y, tf.Variable(x))  # None: TAP109


def x07():
    a, b = tf.Variable(3.0), tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = a * b
    return t.gradient(y, tf.stack([a, b]))  # None: TAP109


def x08_zero():
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as t:
        y = x * x
    return t.gradient(y, x, "zero")  # raises: no code


def x08():
    x = tf.Variable([1.0, 2.0])
    u = tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as t:
        y = x * x
    return t.gradient(y, x, tf.ones_like(y)), t.jacobian(y, u, "zero")


def x09_module():
    a = tf.constant(1.0)
    with tf.GradientTape() as t:
        t.watch(tf.Module())  # raises: TAP205
        y = a * a
    return t.gradient(y, a)


def x09_generator():
    a = tf.constant(1.0)
    with tf.GradientTape() as t:
        t.watch(v for v in [a])  # raises: TAP205
        y = a * a
    return t.gradient(y, a)


def x09_values():
    a = tf.constant(1.0)
    with tf.GradientTape() as t:
        t.watch({"a": a}.values())
        y = a * a
    return t.gradient(y, a)


def x09_tuple():
    a = tf.constant(1.0)
    with tf.GradientTape() as t:
        t.watch((a,))
        y = a * a
    return t.gradient(y, a)


def x10():
    x = tf.Variable(3)
    with tf.GradientTape() as t:
        y = x / 2
    return t.gradient(y, x)  # None: TAP111


def x10_times_float():
    x = tf.Variable(3)
    with tf.GradientTape() as t:
        y = x * 2.0  # raises: no code
    return t.gradient(y, x)


def x11():
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as t:
        z = tf.unique(x)[0]
        y = x * x
    try:
        t.gradient([z, y], x)  # raises: no code
    except LookupError:
        pass
    return t.gradient(y, x)  # raises: no code


def x12_unused():
    x = tf.Variable([1.0, 2.0])
    w = tf.Variable([1.0, 1.0])
    with tf.GradientTape() as t:
        z = tf.unique(x)[0]
        y = tf.reduce_sum(w * w)
    return t.gradient(y, w)


def x12_on_the_path():
    x = tf.Variable([1.0, 2.0])
    w = tf.Variable([1.0, 1.0])
    with tf.GradientTape() as t:
        z = tf.unique(x)[0]
        q = tf.reduce_sum(z * w)
    return t.gradient(q, w)  # raises: TAP206


def x12_asked():
    x = tf.Variable([1.0, 2.0])
    w = tf.Variable([1.0, 1.0])
    with tf.GradientTape() as t:
        z = tf.unique(x)[0]
        q = tf.reduce_sum(z * w)
    return t.gradient(q, x)  # raises: TAP206


def x13():
    c = tf.constant([1.0, 2.0])
    w = tf.Variable([1.0, 1.0])
    with tf.GradientTape() as t:
        y = tf.reduce_sum(tf.unique(c)[0] * w)
    return t.gradient(y, w)


def x14_where_log():
    x = tf.Variable(0.0)
    with tf.GradientTape() as t:
        y = tf.where(x > 0, tf.math.log(x), 0.0)
    return t.gradient(y, x)  # wrong value: TAP507


def x14_where_reciprocal():
    x = tf.Variable(0.0)
    with tf.GradientTape() as t:
        y = tf.where(x > 0, 1.0 / x, 0.0)
    return t.gradient(y, x)  # wrong value: TAP507


def x14_others():
    r = []
    for f in (tf.sqrt, lambda x: tf.norm(tf.stack([x, x])), lambda x: tf.math.divide_no_nan(x, x), tf.abs):
        x = tf.Variable(0.0)
        with tf.GradientTape() as t:
            y = f(x)
        r.append(t.gradient(y, x))
    return r


def x15():
    x = tf.Variable(3.0)

    @tf.function
    def f():
        with tf.GradientTape(persistent=True) as t:
            y = x * x
        s = 0.0
        for i in tf.range(2):
            s += t.gradient(y, x)
        return s

    return f()


def x16():
    x = tf.Variable(3.0)

    @tf.function
    def f():
        with tf.GradientTape() as t:
            y = x * x
        s = 0.0
        for i in tf.range(3):
            s += t.gradient(y, x)
        return s

    return f()


def x17():
    x = tf.Variable(2.0)

    @tf.function
    def f():
        for i in tf.range(2):
            with tf.GradientTape() as t:
                y = x * x
            x.assign_sub(0.1 * t.gradient(y, x))
        return x.read_value()

    return f()


def x18():
    x = tf.Variable(2.0)

    @tf.function
    def f():
        for i in tf.range(2):  # raises: no code
            with tf.GradientTape() as t:
                y = x * x
        return t.gradient(y, x)

    return f()


def x19():
    x = tf.Variable(2.0)

    @tf.function
    def f():
        with tf.GradientTape() as t:
            y = 1.0
            for i in tf.range(3):
                y *= x
        return t.gradient(y, x)

    return f()


def x20():
    x = tf.Variable(2.0)

    @tf.function
    def f(c):
        with tf.GradientTape() as t:
            y = x * x
        if c > 0.0:
            g = t.gradient(y, x)
        else:
            g = t.gradient(y, x) * 2.0  # raises: TAP201
        return g

    return f(tf.constant(1.0))


def x21():
    x = tf.Variable(2.0)
    u = tf.Variable(1.0)

    @tf.function
    def f(c):
        with tf.GradientTape() as t:
            y = x * x
        g = t.gradient(y, u)  # None: TAP112
        return 0.1 * g  # raises: no code

    return f(tf.constant(1.0))


def x22():
    x = tf.Variable(2.0)

    @tf.function
    def f():
        with tf.GradientTape() as t:
            y = x * x
        g = t.gradient(y, x)
        return g + t.gradient(y, x)  # raises: TAP201

    return f()


def x23():
    w = tf.Variable(2.0)

    def inside(x):
        with tf.GradientTape() as t:
            y = w * x
        return t.gradient(y, w)

    return tf.vectorized_map(inside, tf.constant([1.0, 2.0])), tf.map_fn(inside, tf.constant([1.0, 2.0]))


def x24():
    w = tf.Variable(2.0)
    f = tf.recompute_grad(lambda x: x * w * w)
    with tf.GradientTape() as t:
        y = f(tf.constant(3.0))
    return t.gradient(y, w)


def x25():
    x = tf.Variable(3.0)

    def f():
        with tf.GradientTape() as t:
            y = x * x
            return t.gradient(y, x)

    return f()


def x26():
    x, v = tf.Variable(3.0), tf.Variable(0.0)

    @tf.function
    def f():
        v.assign(x * x)
        return v * 2.0

    with tf.GradientTape() as t:
        y = f()
    return t.gradient(y, [x, v])  # None: TAP114


def x27():
    x = tf.constant(3.0)
    with tf.GradientTape() as t:
        x = tf.Variable(x)
        y = x * x
    return t.gradient(y, x)


def x28():
    r = []
    for x in tf.data.Dataset.from_tensor_slices([1.0, 2.0]):
        with tf.GradientTape() as t:
            t.watch(x)
            y = x * x
        r.append(t.gradient(y, x))
    return r


def x29():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    return t.gradient(y, [x, x])


def x30():
    x = tf.Variable([1.0, 2.0])

    @tf.function
    def f():
        with tf.GradientTape() as o:
            with tf.GradientTape() as i:
                y = tf.reduce_sum(x**3)
            g = i.gradient(y, x)
        return o.jacobian(g, x)

    return f()


def x31_string():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    return t.gradient(y, "x")  # raises: TAP204


def x31_integer():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    return t.gradient(y, 3)  # raises: TAP204


def x31_boolean():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    return t.gradient(y, True)  # raises: TAP204


def x31_list():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    return t.gradient(y, [1])  # raises: TAP204


def x31_callable():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    return t.gradient(y, lambda: x)  # raises: TAP204


def x31_np_float():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    return t.gradient(y, np.float32(1))  # raises: TAP204


def x31_np_array():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    return t.gradient(y, np.array(1.0))  # raises: TAP204


def x31_keras_input():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    return t.gradient(y, tf.keras.Input([1]))  # raises: TAP204


def x32():
    x = tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as t:
        y = x * x
        acc = tf.constant(0.5)
    return t.gradient((y, acc), x), t.gradient((y, tf.constant(1)), x), t.gradient({"l": y}, x)


def x32_string():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    return t.gradient("x", x)  # raises: TAP204


def x32_list_of_floats():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    return t.gradient([1.0], x)  # raises: TAP204


def x32_callable():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    return t.gradient(lambda: y, x)  # raises: TAP204


def x32_np_array():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    return t.gradient(np.array([1.0]), x)  # raises: TAP204


def x33():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x + 0.5
    return t.gradient(y, x)


def x34():
    x = tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as t:
        y = x * x
    t.stop_recording().__enter__()  # raises: no code


def x35():
    q = tf.Variable(2.0)
    with tf.GradientTape() as t:
        l = (q * 1.5 - tf.stop_gradient(q * 0.9)) ** 2
    return t.gradient(l, q)


def x36():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = tf.debugging.assert_greater(x, 0.0)
    return t.gradient(y, x)  # raises: TAP204


def x38():
    v = tf.Variable(lambda: 2.0)
    with tf.GradientTape() as t:
        y = v * v
    return tf.Variable(3).trainable, tf.Variable(True).trainable, tf.Variable("a").trainable, t.gradient(y, v)


def x39():
    x = tf.Variable(3.0)
    with tf.device("/CPU:0"), tf.name_scope("a"), tf.GradientTape() as t:
        y = x * x
    return t.gradient(y, x)


def x40():
    x = tf.Variable(3.0)

    @tf.function
    def f():
        with tf.GradientTape() as t:
            with tf.init_scope():
                y = x * x
        return t.gradient(y, x)  # None: TAP103

    return f()


def x41():
    x = tf.Variable(3.0)
    with tf.compat.v1.GradientTape() as t1, tf.autodiff.GradientTape() as t2:
        y = x * x
    return t1.gradient(y, x), t2.gradient(y, x)


def x42():
    x = tf.Variable(3.0)
    t = tf.GradientTape(persistent=True)  # cost: TAP403 asked once (b23 does without)
    with t:
        a = x * x
    b = a * 2.0
    with t:
        c = a * b
    return t.gradient(c, x)


def x43():
    x = tf.Variable(3.0)

    def f():
        with tf.GradientTape() as t:
            y = x * x
        return t.gradient(y, x)

    return tf.py_function(f, [], tf.float32)


def x44():
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as t:
        l = tf.reduce_sum(x * x) / tf.cast(tf.shape(x)[0], tf.float32)
    return t.gradient(l, x)


def x45():
    x = tf.Variable([[1.0, 5.0, 2.0]])
    with tf.GradientTape() as t:
        i = tf.argmax(x, 1)
        y = tf.reduce_sum(tf.gather(x, i, axis=1, batch_dims=1) if 0 else x[0, tf.cast(i[0], tf.int32)])
    return t.gradient(y, x)


def x46():
    x = tf.Variable([1.0, 5.0, 2.0])
    with tf.GradientTape() as t:
        acc = tf.reduce_mean(tf.cast(tf.round(x) == x, tf.float32))
        l = tf.reduce_sum(tf.one_hot(1, 3) * x)
    return t.gradient(l, x)


def x47_times_sign():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * tf.sign(x)
    return t.gradient(y, x)


def x47_times_round():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * tf.round(x)
    return t.gradient(y, x)


def x47_round_only():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = tf.round(x)
    return t.gradient(y, x)  # None: TAP106


def x48():
    x = tf.constant(3.0)
    with tf.GradientTape() as t:
        h = x * 2.0
        t.watch(h)
        y = h * h
    return t.gradient(y, h)


def x49():
    x = tf.constant(3.0)
    with tf.GradientTape() as t:
        h = x * 2.0
        y = h * h
        t.watch(h)
    return t.gradient(y, h)  # None: TAP104


def x50():
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as t:
        a = (x * x).numpy()
        a[0] = 0.0
        y = tf.reduce_sum(tf.constant(a) * x)
    return t.gradient(y, x)  # wrong value: TAP505


def x51_item():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = tf.constant((x * x).numpy().item())
    return t.gradient(y, x)  # None: TAP105


def x51_proto():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = tf.constant(tf.make_ndarray(tf.make_tensor_proto(x * x)))
    return t.gradient(y, x)  # None: TAP105


def x51_tensorflow_numpy():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = tf.experimental.numpy.array(x * x)
    return t.gradient(y, x)


def x51_tensorflow_numpy_asarray():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = tf.experimental.numpy.asarray(x * x)
    return t.gradient(y, x)
