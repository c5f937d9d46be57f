"""Parts of Keras beside models: optimizers, losses, metrics, settings of layers, `compile` and `train_step`."""

from __future__ import annotations

from tests.random_programs.language.snippet import family

PARTS = family(
    "keras parts",
    [
        """
$opt = <<tf.keras.optimizers.SGD(0.1, clipnorm=1.0)||tf.keras.optimizers.Adam(learning_rate=0.01)||
tf.optimizers.SGD(0.1)||
tf.keras.optimizers.get("sgd")||
tf.keras.optimizers.SGD(tf.keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9))>>
$vars = [?v, tf.Variable(1.0)]
with ?Tape as $t:
    $loss = ?op(?v) * <<1.0||$vars[0]||tf.square($vars[1])>>
$gs = $t.gradient($loss, $vars)
<<$opt.apply_gradients(zip($gs, $vars))||
$opt.apply_gradients([($gr, $va) for $gr, $va in zip($gs, $vars) if $gr is not None])||
$opt.apply($gs, $vars)||$gs, $norm = tf.clip_by_global_norm($gs, 1.0)
$opt.apply_gradients(zip($gs, $vars))||$opt.apply_gradients([($gs[0], $vars[0])])||
$opt.apply_gradients(list(zip($gs, $vars))[:1])||
$opt.learning_rate = 0.01
$opt.build($vars)||for $gr, $va in zip($gs, $vars):
    if $gr is not None:
        $va.assign_sub(0.1 * $gr)||$pairs = [(-$gr, $va) for $gr, $va in zip($gs, $vars) if $gr is not None]
$opt.apply_gradients($pairs)>>
""",
        """
$metric = tf.keras.metrics.<<Mean()||MeanSquaredError()||Sum()>>
$metric.update_state(<<k#?t||[?t], [?t]||?t>>)
=> <<$metric.result()||$metric.result() * ?t||$metric(?t)>>
""",
        """
$fn = tf.keras.losses.<<MeanSquaredError()||mse||Huber()||MeanAbsoluteError(reduction="sum")||
BinaryCrossentropy(from_logits=True)>>
=> tf.reduce_sum($fn(tf.stack([[?c]]), tf.stack([[?t]])))
""",
        """
$model = tf.keras.Sequential()
$model.add(tf.keras.Input([2]))
$model.add(tf.keras.layers.Dense(2, name="first", <<activation=tf.nn.relu||kernel_regularizer="l2"||use_bias=False||
trainable=False>>))
$model.add(tf.keras.layers.<<Dense(1)||Dropout(0.1)||Activation("tanh")||Flatten()||Dense(1, activation="softmax")>>)
<<$model.trainable = False||$model.layers[0].trainable = False||$model.get_layer("first").trainable = False||
for $part in $model.layers:
    $part.trainable = <<True||False>>||$model.set_weights($model.get_weights())||$model.pop()||
$model.summary(print_fn=print)||
$other = tf.keras.models.clone_model($model)||$model.layers[0].kernel.assign(tf.ones([2, 2]))||pass>>
with ?Tape as $t:
    $loss = tf.reduce_sum($model(tf.ones([3, 2])<<||, training=True>>)) <<||+ tf.add_n([0.0, *$model.losses])>>
$gs = $t.gradient($loss, <<$model.trainable_variables||$model.get_layer("first").trainable_variables||
$model.layers[-1].variables||
$model.layers[0].kernel||$model.get_layer(index=0).weights||$model.weights>>)
""",
        """
class $Net(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = tf.keras.layers.Dense(1)
        self.seen = tf.keras.metrics.Mean()
    def call(self, x<<||, training=None>>):
        return self.dense(x)
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(self(x, training=True) - y))
        <<pass||self.last = loss>>
        gs = tape.gradient(loss, self.<<trainable_variables||trainable_weights||dense.trainable_variables>>)
        self.optimizer.apply_gradients(zip(gs, self.trainable_variables))
        self.seen.update_state(loss)
        return {"loss": self.seen.result()}
$net = $Net()
$net.compile(<<optimizer="sgd"||tf.keras.optimizers.SGD(0.1), loss="mse"||"adam", run_eagerly=True>>)
$net.<<fit(tf.ones([2, 2]), tf.ones([2, 1]), verbose=0)||train_on_batch(tf.ones([2, 2]), tf.ones([2, 1]))||built>>
""",
        """
class $Block(tf.keras.layers.Layer):
    def __init__(self, units=2, **options):
        super().__init__(**options)
        self.units = units
        self.inner = <<tf.keras.layers.Dense(units)||[tf.keras.layers.Dense(2), tf.keras.layers.Dense(2)]||
{"a": tf.keras.layers.Dense(2)}||tf.keras.Sequential([tf.keras.layers.Dense(2)])||(tf.keras.layers.Dense(2), None)>>
    def call(self, x):
        <<y = x||y = tf.keras.activations.relu(x)>>
        for part in <<self._flat()||self._flat()[:1]>>:
            y = part(y)
        return y
    def _flat(self):
        return [part for part in tf.nest.flatten(<<self.inner||[self.inner]>>) if part is not None]
$block = $Block(<<||2||units=2||name="b"||dtype="float32">>)
with ?Tape as $t:
    $loss = tf.reduce_sum($block(tf.ones([1, 2])))
$gs = $t.gradient($loss, <<$block.trainable_variables||$block.trainable_weights||$block.variables||
[*$block.weights, ?v]||
[v for v in $block.trainable_variables if "bias" in v.name]||$block._flat()[0].kernel||
$block._flat()[-1].trainable_variables>>)
""",
        """
class $Holder(tf.Module):
    def __init__(self, name=None):
        super().__init__(name=name)
        self.w = tf.Variable(2.0)
        self.part = <<None||$Part()||[tf.Variable(1.0, trainable=False)]>>
    <<@tf.Module.with_name_scope
    ||>>def __call__(self, p0):
        return p0 * self.w
class $Part(tf.Module):
    def __init__(self):
        self.v = tf.Variable(3.0)
$holder = $Holder()
with ?Tape as $t:
    $y = $holder(?t)
$gs = $t.gradient($y, <<$holder.trainable_variables||$holder.variables||$holder.w||[*$holder.trainable_variables]>>)
""",
    ],
)
SNIPPETS = PARTS
