"""`tf.function` in its forms, with Python state read while tracing; Keras layers, models, optimizers; data sets."""

from __future__ import annotations

from tests.random_programs.language.snippet import family

TRACED = family(
    "tf.function",
    [
        (
            8,
            """
$frozen = <<False||True>>
@tf.function<<||()||(reduce_retracing=True)||(autograph=False)>>
def $features(p0):
    y = p0 * <<?t||?n>>
    <<if $frozen:
        y = tf.stop_gradient(y)
    return y||return tf.stop_gradient(y) if $frozen else y||return ?op(y)>>
<<$features(?t)||$features(tf.constant(3.0))||pass>>
$frozen = <<True||False||not $frozen>>
=> fn $features
""",
        ),
        (
            6,
            """
$traces = 0
@tf.function
def $forward(p0):
    ?scope $traces
    $traces += 1
    return <<p0 * ?v||?op(p0)>> if $traces == <<1||2>> else <<tf.stop_gradient(p0)||p0 * 1.0>>
<<$forward(tf.constant(1.0))||pass>>
=> fn $forward
""",
        ),
        (
            6,
            """
class $Net(<<tf.Module||object>>):
    def __init__(self):
        self.w = tf.Variable(2.0)
        self.training, self.calls = True, 0
    @tf.function
    def __call__(self, p0):
        <<self.calls += 1||self.last = p0||pass>>
        if self.training:
            return p0 * self.w
        return <<tf.stop_gradient(p0)||p0>>
$net = $Net()
<<$net(?t)||$net(tf.constant(1.0))||pass>>
<<$net.training = False||$net.old = $net.w
$net.w = tf.Variable(5.0)||pass>>
=> fn $net
""",
        ),
        (
            6,
            """
$old = tf.Variable(2.0)
$w = $old
@tf.function
def $scale(p0):
    return p0 * $w
<<$scale(tf.constant(1.0))||pass>>
$w = <<tf.Variable(5.0)||tf.constant(2.0)||$old>>
with ?Tape as $t:
    $y = $scale(<<tf.constant(4.0)||?t>>)
$g = $t.gradient($y, <<$old||$w>>)
=> grad $g
""",
        ),
        (
            6,
            """
def $slope(p0, double=True):
    with ?Tape as $t:
        $t.watch(p0)
        $y = ?op(p0)
    <<if double:
        g = 2.0 * $t.gradient($y, p0)
    else:
        g = $t.gradient($y, p0)
    return g||return $t.gradient($y, p0)>>
<<$fast = tf.function($slope)||$fast = tf.function($slope, input_signature=[tf.TensorSpec([], tf.float32)])||
$fast = tf.function(input_signature=[tf.TensorSpec([], tf.float32)])($slope)||
$fast = tf.function(lambda p0: $slope(p0, p0 > 0.0))||$slope = tf.function($slope)
$fast = $slope||$fast = functools.partial(tf.function($slope), double=<<tf.constant(True)||False>>)>>
$g = $fast(<<3.0||?t||tf.constant(2.0)>>)
=> grad $g
""",
        ),
        """
@tf.function
def $choose(p0):
    if <<p0 > 0.0||tf.reduce_sum(p0) > 100.0>>:
        y = <<p0 * ?t||?c||tf.stop_gradient(p0)||?op(p0)>>
    else:
        y = <<?c||?op(p0)||p0>>
    return y
=> fn $choose
""",
        """
@tf.function
def $repeat(p0):
    y = p0
    for $i in <<tf.range(3)||range(3)>>:
        <<y = y * ?n||y = ?op(y)
        if y > 100.0:
            break||y = y + p0>>
    return y
=> fn $repeat
""",
        """
@tf.function
def $while_it(p0):
    k = tf.constant(0)
    y = <<p0||?c>>
    while k < 2:
        y = <<y * p0||?op(y)>>
        k += 1
    return y
=> fn $while_it
""",
        """
=> <<tf.cond(?t > 0.0, lambda: ?e, lambda: ?c)||
tf.while_loop(lambda i, y: i < 2, lambda i, y: (i + 1, y * 2.0), [0, ?t])[1]||
tf.scan(lambda a, b: a * b, tf.stack([?t, ?t]))[-1]||
tf.switch_case(tf.constant(1), [lambda: ?c, lambda: ?t * 2.0])||
tf.case([(?t > 100.0, lambda: ?t)], default=lambda: ?t * 1.0)||tf.vectorized_map(?f, tf.stack([?t, ?t]))[0]||
tf.recompute_grad(?f)(?t)||tf.numpy_function(lambda a: a, [?t], tf.float32)||
tf.py_function(lambda a: a * 2.0, [?t], tf.float32)>>
""",
        """
$memo = {}
@tf.function
def $cached(p0):
    $memo["last"] = p0
    return p0 * ?v
$out = $cached(?t)
<<$memo.clear()||pass>>
=> $out
""",
        """
@tf.function
def $train(p0):
    with ?Tape as $t:
        $y = ?op(?v) * p0
    g = $t.gradient($y, ?v)
    <<?v.assign_sub(0.01 * g)||pass>>
    return g
for $i in range(2):
    $g = $train(<<tf.constant(1.0)||?t>>)
=> grad $g
""",
    ],
)

KERAS = family(
    "keras",
    [
        (
            6,
            """
$model = tf.keras.Sequential([<<tf.keras.layers.Input([2]), ||>>tf.keras.layers.Dense(2<<||, activation="tanh"||
, trainable=False>>), tf.keras.layers.Dense(1)])
$opt = tf.keras.optimizers.<<SGD||Adam>>(0.01)
for $step in range(2):
    with ?Tape as $t:
        $loss = tf.reduce_mean(<<tf.square($model(tf.ones([3, 2])))||$model(tf.ones([3, 2])) * ?v||
$model.predict(tf.ones([3, 2]), verbose=0)>>)
    $gs = $t.gradient($loss, $model.<<trainable_variables||trainable_weights||variables||weights>>)
    <<$opt.apply_gradients(zip($gs, $model.trainable_variables))||
$opt.apply_gradients([($gr, $va) for $gr, $va in zip($gs, $model.trainable_variables) if $gr is not None])||
print(len($gs))>>
""",
        ),
        """
$x = tf.keras.Input([2])
$shared = tf.keras.layers.Dense(2)
$h = $shared($x)
$o = tf.keras.layers.Dense(1)(<<$shared($h)||$h||tf.keras.layers.Concatenate()([$h, $x])>>)
$model = tf.keras.Model($x, <<$o||[$h, $o]||{"h": $h, "o": $o}>>)
with ?Tape as $t:
    $out = $model(tf.ones([3, 2]))
    $loss = tf.reduce_sum(tf.nest.flatten($out)[<<0||-1>>])
$gs = $t.gradient($loss, <<$model.trainable_variables||$shared.trainable_variables||$model.layers[1].kernel>>)
""",
        (
            6,
            """
class $Scale(tf.keras.layers.Layer):
    def __init__(self<<||, **options>>):
        super().__init__(<<||trainable=False>>)
        <<self.w = self.add_weight(shape=(), initializer="ones")||self.w = tf.Variable(2.0)||
self.w = self.add_weight(shape=(), initializer="ones", trainable=False)>>
    def call(self, x):
        return x * <<self.w||2.0||tf.stop_gradient(self.w)>>
class $Net(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.scale = $Scale()
        self.gain = self.add_weight(shape=(), initializer="ones")
        <<self.inner = tf.keras.Sequential([$Scale()])||self.parts = [$Scale(), $Scale()]||pass>>
    def call(self, x<<||, training=False>>):
        <<if hasattr(self, "inner"):
            x = self.inner(x)||pass||for part in getattr(self, "parts", []):
            x = part(x)>>
        return <<self.scale(x) * self.gain||x * self.gain||self.scale(x)>>
$net = $Net()
with ?Tape as $t:
    $loss = tf.reduce_sum($net(tf.ones([2])))
$gs = $t.gradient($loss, <<$net.trainable_variables||[$net.gain, $net.scale.w]||$net.scale.w||
$net.trainable_weights>>)
""",
        ),
        """
$act = tf.keras.layers.<<PReLU||LeakyReLU||ReLU>>()
$dense = tf.keras.layers.Dense(2, activation=<<$act||lambda s: $act(s) * ?t||"relu">>)
$act.build((None, 2))
with ?Tape as $t:
    $loss = tf.reduce_mean($dense(tf.ones([3, 2])))
$gs = $t.gradient($loss, <<$dense.trainable_variables||$act.trainable_variables + $dense.trainable_variables||
[$dense.kernel, $dense.bias]>>)
""",
        """
$layer = tf.keras.layers.<<Dense(1)||BatchNormalization()||Dropout(0.5)||LayerNormalization()||Embedding(4, 2)||
Lambda(lambda s: s * 2.0)||Rescaling(2.0)>>
with ?Tape as $t:
    $out = $layer(tf.ones([2, 3])<<||, training=True>>)
    <<$layer.trainable = False||pass>>
    $loss = tf.reduce_sum($out) * <<?v||1.0>>
$gs = $t.gradient($loss, <<$layer.trainable_variables||[*$layer.trainable_variables, ?v]||$layer.variables>>)
""",
        """
$opt = tf.keras.optimizers.<<SGD||Adam||RMSprop>>(0.01)
$var = tf.Variable(2.0)
with ?Tape as $t:
    $loss = ?op($var) * <<?t||1.0>>
$g = $t.gradient($loss, $var)
<<$opt.apply_gradients([($g, $var)])||$opt.apply([$g], [$var])>>
=> grad $g
""",
        """
class $Double(tf.keras.layers.Layer):
    def build(self, shape):
        self.k = self.add_weight(name="k", shape=(int(shape[-1]),), initializer="ones")
    def call(self, x):
        <<self.add_loss(tf.reduce_sum(self.k))||pass>>
        return x * self.k
$layer = $Double()
<<$layer.build((None, 2))||$layer(tf.ones([1, 2]))||pass>>
with ?Tape as $t:
    $loss = <<tf.reduce_sum($layer(tf.ones([1, 2])))||
tf.add_n([*$layer.losses, tf.reduce_sum($layer(tf.ones([1, 2])))])>>
$gs = $t.gradient($loss, <<$layer.k||$layer.trainable_variables>>)
""",
    ],
)

DATA = family(
    "data sets",
    [
        """
$data = tf.data.Dataset.<<from_tensor_slices([1.0, 2.0])||range(2).map(lambda s: tf.cast(s, tf.float32))||
from_tensor_slices(([1.0, 2.0], [0.5, 1.0])).map(lambda s, k: s * k)||
from_generator(lambda: iter([1.0]), tf.float32)>><<||.repeat(1)||.shuffle(2)||.take(1)>>
$loss = ?c
for <<$x in $data||$i, $x in enumerate($data)||$x in iter($data)||$x in list($data)>>:
    with ?Tape as $t:
        <<$t.watch($x)||pass>>
        $loss = ?op(?v) * $x
    $g = $t.gradient($loss, <<?v||?v||$x>>)
""",
        """
with ?Tape as $t:
    $total = <<0.0||?c>>
    for $x in tf.data.Dataset.from_tensor_slices([1.0, 2.0])<<||.map(lambda s: s * 2.0)>>:
        $total += $x * ?v
$g = $t.gradient($total, ?v)
=> grad $g
""",
        """
$it = iter(tf.data.Dataset.from_tensors(?t).repeat())
$x = next($it)
=> $x * ?v
""",
        """
$data = tf.data.Dataset.from_tensor_slices([1.0, 2.0])
=> $data.reduce(<<0.0||?c>>, lambda a, b: a + b * ?v)
""",
    ],
)
SNIPPETS = (*TRACED, *KERAS, *DATA)
