"""Rows K of the truth table of `tf.GradientTape`: Keras models and optimizers, mainly those rows that give None or raise."""
# ruff: noqa

import keras as K
import numpy as np
import tensorflow as tf

X = tf.ones([4, 3])
Y = tf.zeros([4, 1])


def mdl():
    return K.Sequential([K.layers.Dense(2, kernel_initializer="ones"), K.layers.Dense(1, kernel_initializer="ones")])


def k02():
    m = mdl()
    m(X)
    with tf.GradientTape() as t:
        l = tf.reduce_mean((m.predict(X, verbose=0) - Y) ** 2)
    return t.gradient(l, m.trainable_variables)  # None: TAP105


def k03():
    m = mdl()
    o = m(X)
    with tf.GradientTape() as t:
        l = tf.reduce_mean((o - Y) ** 2)
    return t.gradient(l, m.trainable_variables)  # None: TAP103


def k08():
    m = mdl()
    with tf.GradientTape() as t:
        l = tf.reduce_mean((m(X) - Y) ** 2)
    g = t.gradient(l, m.trainable_variables)
    return K.optimizers.SGD().apply_gradients(zip(m.trainable_variables, g))  # raises: TAP208


def k09():
    m = mdl()
    with tf.GradientTape() as t:
        l = tf.reduce_mean((m(X) - Y) ** 2)
    g = t.gradient(l, m.trainable_variables)
    return K.optimizers.SGD().apply_gradients(g)  # raises: TAP208


def k10():
    v = tf.Variable(2.0)
    with tf.GradientTape() as t:
        l = v * v
    g = t.gradient(l, v)
    return K.optimizers.SGD().apply_gradients(zip(g, [v]))  # raises: no code


def k12():
    m = K.Sequential([K.layers.Dense(2), K.layers.BatchNormalization(), K.layers.Dense(1)])
    with tf.GradientTape() as t:
        l = tf.reduce_mean((m(X, training=True) - Y) ** 2)
    return t.gradient(l, m.variables)  # None: TAP108


def k15():
    m = mdl()
    with tf.GradientTape() as t:
        l = tf.reduce_mean((m(X) - Y) ** 2)
    return t.gradient(l, m.get_weights())  # raises: TAP204


def k16():
    m = mdl()
    m(X)
    with tf.GradientTape() as t:
        o = m(X)
    a = t.gradient(o, X)  # None: TAP101
    with tf.GradientTape() as t:
        t.watch(X)
        o = m(X)
    return a, t.gradient(o, X)


def k17():
    m = mdl()
    x = np.ones([4, 3], np.float32)
    with tf.GradientTape() as t:
        t.watch(x)  # raises: TAP205
        o = m(x)


def k20():
    e = K.layers.Embedding(5, 2)
    ids = tf.constant([[1, 2]])
    with tf.GradientTape() as t:
        t.watch(ids)
        o = tf.reduce_sum(e(ids))
    return t.gradient(o, ids)  # None: TAP111


def k22():
    i = K.Input([3])
    h = K.layers.Dense(2, kernel_initializer="ones")(i)
    o = K.layers.Dense(1, kernel_initializer="ones")(h)
    m1 = K.Model(i, h)
    m = K.Model(i, o)
    with tf.GradientTape() as t:
        a = m1(X)
        t.watch(a)
        b = m(X)
    return t.gradient(b, a)  # None: TAP109


def k23():
    i = K.Input([3])
    h = K.layers.Dense(2)(i)
    m = K.Model(i, K.layers.Dense(1)(h))
    with tf.GradientTape() as t:
        b = m(X)
    return t.gradient(b, m.layers[1].output)  # raises: TAP204


def k25_round():
    m = mdl()
    with tf.GradientTape() as t:
        l = tf.reduce_mean(tf.round(m(X)) - Y)
    return t.gradient(l, m.trainable_variables)  # None: TAP106


def k25_binary_accuracy():
    m = mdl()
    with tf.GradientTape() as t:
        l = K.metrics.BinaryAccuracy()(Y, m(X))
    return t.gradient(l, m.trainable_variables)  # None: TAP114


def k25_squared_error():
    m = mdl()
    with tf.GradientTape() as t:
        l = K.metrics.MeanSquaredError()(Y, m(X))
    return t.gradient(l, m.trainable_variables)  # None: TAP114


def k25_accuracy_function():
    m = mdl()
    with tf.GradientTape() as t:
        l = tf.reduce_mean(K.metrics.binary_accuracy(Y, m(X)))
    return t.gradient(l, m.trainable_variables)  # None: TAP106


def k26():
    a, b = K.layers.Dense(1), K.layers.Dense(1)
    a(X)
    b(X)
    with tf.GradientTape() as t:
        l = tf.reduce_mean(a(X))
    return t.gradient(l, a.trainable_variables + b.trainable_variables)  # None: TAP112


def k28():
    v = tf.Variable(2.0)
    return K.optimizers.SGD().minimize(v * v, [v])  # raises: TAP211


def k37():
    m = mdl()
    m.compile("sgd", "mse")
    with tf.GradientTape() as t:
        l = m.train_on_batch(X, Y)
    return t.gradient(l, m.trainable_variables)  # raises: TAP204


def k38():
    m = mdl()
    m.compile("sgd", "mse")
    with tf.GradientTape() as t:
        l = m.evaluate(X, Y, verbose=0)
    return t.gradient(l, m.trainable_variables)  # raises: TAP204


def k39():
    m = mdl()
    m(X)
    with tf.GradientTape() as t:
        l = tf.reduce_mean(m.predict_on_batch(X))
    return t.gradient(l, m.trainable_variables)  # None: TAP105


def k40():
    v = K.Variable(2.0)
    with tf.GradientTape() as t:
        l = v * v
    g = t.gradient(l, v)
    w = v - 0.1 * g
    with tf.GradientTape() as t:
        l = w * w
    return t.gradient(l, w)  # None: TAP101


def k41():
    q = tf.Variable(2.0)
    with tf.GradientTape() as t:
        l = q * q
    q /= t.gradient(l, q)  # raises: TAP207


def k41_floor_division():
    q = tf.Variable(2.0)
    with tf.GradientTape() as t:
        l = q * q
    q //= t.gradient(l, q)
    return type(q).__name__


def k42_not_trainable():
    v = K.Variable(2.0, trainable=False)
    with tf.GradientTape() as t:
        l = v * v
    return t.gradient(l, v)  # None: TAP108


def k42_watch():
    v = K.Variable(2.0, trainable=False)
    with tf.GradientTape() as t:
        t.watch(v)  # raises: TAP205
        l = v * v
    return t.gradient(l, v)


def k46():
    a, b = mdl(), mdl()
    b(X)
    with tf.GradientTape() as t:
        l = tf.reduce_mean(a(X))
    return t.gradient(l, b.trainable_variables)  # None: TAP112


def k47():
    G, D = mdl(), mdl()
    img = G(X)
    D(tf.ones([4, 1]))
    with tf.GradientTape() as t:
        l = tf.reduce_mean(D(img))
    return t.gradient(l, G.trainable_variables)  # None: TAP103


def k53_discretization():
    x = tf.constant([[0.2], [1.4]])
    layer = K.layers.Discretization(bin_boundaries=[0.0, 1.0])
    with tf.GradientTape() as t:
        t.watch(x)
        y = tf.cast(layer(x), tf.float32)
    return t.gradient(y, x)  # None: TAP106


def k55():
    class L(K.layers.Layer):
        def __init__(s):
            super().__init__()
            s.v = tf.Variable(2.0)

        def call(s, x):
            return x * s.v

    l = L()
    with tf.GradientTape() as t:
        y = tf.reduce_sum(l(X))
    return len(l.trainable_variables), t.gradient(y, l.v)


def k57():
    m = mdl()
    m(X)
    with tf.GradientTape(watch_accessed_variables=False) as t:
        t.watch(m.trainable_variables)  # raises: TAP205
        l = tf.reduce_mean((m(X) - Y) ** 2)
    return t.gradient(l, m.trainable_variables)


def k58():
    v = K.Variable(2.0)
    v.trainable = False
    with tf.GradientTape() as t:
        l = v * v
    return t.gradient(l, v)


def k59():
    m = mdl()
    M = K.metrics.Mean()
    with tf.GradientTape() as t:
        l = M(tf.reduce_mean((m(X) - Y) ** 2))
    return t.gradient(l, m.trainable_variables)  # None: TAP114


def k64():
    h = tf.Variable(2.0)
    d = K.layers.Dense(1, use_bias=False)
    d(X)
    with tf.GradientTape() as t:
        d.kernel.assign(tf.ones([3, 1]) * h)
        l = tf.reduce_mean(d(X))
    return t.gradient(l, h)  # None: TAP114


def k66():
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as t:
        l = a * b
    g = t.gradient(l, [[a], [b]])
    return K.optimizers.SGD().apply_gradients(zip(g, [[a], [b]]))  # raises: no code


def k67_model():
    m = mdl()
    with tf.GradientTape() as t:
        l = tf.reduce_mean((m(X) - Y) ** 2)
    return t.gradient(l, m)  # raises: TAP204


def k67_layers():
    m = mdl()
    with tf.GradientTape() as t:
        l = tf.reduce_mean((m(X) - Y) ** 2)
    return t.gradient(l, m.layers)  # raises: TAP204


def k67_name():
    m = mdl()
    with tf.GradientTape() as t:
        l = tf.reduce_mean((m(X) - Y) ** 2)
    return t.gradient(l, "w")  # raises: TAP204
