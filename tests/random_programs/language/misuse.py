"""Tapes by hand, and what people do to them by mistake: most of it raises or gives None."""

from __future__ import annotations

from tests.random_programs.language.snippet import family

BY_HAND = family(
    "tapes by hand",
    [
        """
$t = ?Tape
$t.__enter__()
$y = ?op(?v)
<<$t.__exit__(None, None, None)||$t.__exit__(*[None] * 3)>>
<<$other = $t||print($t)||$t.note = ?c||print($t.watched_variables())||print($t._persistent)>>
$g = $t.gradient($y, <<?v||$t.watched_variables()||list($t.watched_variables())||$t.watched_variables()[0]>>)
=> grad $g
""",
        """
class $Own(tf.GradientTape):
    <<def gradient(self, target, sources, *args, **options):
        return super().gradient(target, sources, *args, unconnected_gradients="zero")||pass||def __init__(self):
        super().__init__(persistent=True)>>
with $Own() as $t:
    $y = ?op(?v)
$g = $t.gradient($y, ?v)
=> grad $g
""",
        """
with tf.GradientTape(persistent=True) as $t:
    $w = [?v, ?t]
    $y = <<tf.stack($w)||tf.reshape($w[0] * ?n, [1])||tf.stack([$w[0]])>>
$j = $t.<<jacobian($y, $w[0])||jacobian($y, $w)||batch_jacobian($y, $w[0])||
gradient($y, $w, unconnected_gradients="none")||
jacobian($y, $w[0], experimental_use_pfor=False)>>
""",
        """
with contextlib.<<nullcontext()||closing(io.StringIO())||ExitStack()>> as $c, ?Tape as $t:
    $y = ?op(?v)
$g = $t.gradient($y, ?v)
=> grad $g
""",
        """
$tapes = <<[?Tape, ?Tape]||{"a": ?Tape, 0: ?Tape}||(?Tape,)>>
with $tapes[0]<<|| as $t>>:
    $y = ?op(?v)
$g = $tapes[0].gradient($y, ?v)
=> grad $g
""",
    ],
)

MISTAKES = family(
    "mistakes",
    [
        """
with ?Tape as $t:
    $y = ?op(?v)
try:
    $t.<<watch(<<1.0||"w"||None||[1.0]||[?v, 2]||np.ones(2)||tf.keras.layers.Dense(1)>>)||
gradient($y, <<2.0||"w"||[?v, "w"]||np.float32(1.0)||{"a": None}||tf.keras.layers.Dense(1)>>)||
gradient(<<2||None||"y"||np.ones(1)||[$y, None]>>, ?v)||gradient($y, ?v, unconnected_gradients="zeros")||
gradient($y, ?v, output_gradients=<<None||$y||[tf.ones([])]||1.0>>)||grad($y, ?v)||gradient($y)||jacobian($y, ?v, 3)||
stop_recording()||reset()||batch_jacobian($y, ?v)||gradient($y, sources=?v, target=$y)||watch(tf.constant([1, 2]))>>
except Exception as $error:
    print(type($error).__name__)
""",
        (
            2,
            """
with ?Tape as $t:
    $y = ?op(?v)
$g = <<$t.gradient(?v, $y)||$t.gradient($y, "w")||$t.gradient($y, 1.0)||tf.gradients($y, ?v)||$t.watch(2.0)||
$t.gradient($y, ?v, unconnected_gradients="zeros")||$t.slope($y, ?v)||$t.gradient(float($y), ?v)||
$t.gradient($y.numpy(), ?v)||
$t.jacobian($y, ?v)||$t.__enter__().gradient($y, ?v)||$t.gradient([], ?v)||$t.gradient($y, [])||
$t.gradient($y, None)>>
""",
        ),
        """
$x = <<?c||tf.constant(0.0)||tf.constant([0.0, 1.0])>>
with tf.GradientTape(persistent=True) as $t:
    $t.watch($x)
    $y = <<tf.reduce_sum(tf.where($x > 0.0, tf.math.log($x), 0.0))||tf.reduce_sum(tf.sqrt($x * $x))||tf.norm($x)||
$x * $x>>
    <<$t.watch($x)||$z = $x * 2.0
    $t.watch($z)||pass>>
$g = $t.gradient($y, $x)
with $t:
    $p = <<tf.reduce_sum($g * $g)||$y * 2.0||tf.reduce_mean($y)>>
$g2 = $t.gradient($p, $x)
=> grad $g2
""",
        """
$w = tf.Variable(<<2.0||2||[1, 2]||"w"||True||2.0, dtype=tf.float64||[[1.0]]||2 + 0j>>)
with ?Tape as $t:
    <<$t.watch($w)||pass>>
    $y = <<$w * $w||tf.cast($w, tf.float32) * 2.0||tf.identity($w)||$w + $w>>
$g = $t.gradient($y, $w)
""",
        """
$w = tf.Variable(2.0)
with ?Tape as $t:
    $y = <<$w * $w||tf.Variable($w * 2.0)||$w.assign_add(?t)||$w.assign(?t) * 2.0||($w := $w * 2.0)||
tf.stop_gradient($w) * $w>>
    <<$w.assign(3.0)||$w = $w - 0.1||$w += 1.0||pass||$w = tf.Variable(1.0)>>
$g = $t.gradient($y, $w)
""",
        """
$opt = tf.keras.optimizers.SGD(0.1)
$w = tf.Variable(2.0)
with ?Tape as $t:
    $loss = ?op($w)
try:
    <<$opt.minimize($loss, [$w])||$opt.minimize(lambda: ?op($w), [$w])||$opt.minimize($loss, [$w], tape=$t)||
$opt.apply_gradients(zip([$w], [$t.gradient($loss, $w)]))||$opt.apply_gradients([])||
$opt.apply_gradients([(None, $w)])||
$opt.apply_gradients($t.gradient($loss, [$w]))||$opt.apply_gradients(zip($t.gradient($loss, [?c]), [$w]))>>
except Exception as $error:
    print(type($error).__name__)
""",
        """
@tf.function
def $inside(p0):
    with tf.GradientTape(<<persistent=True||>>) as t:
        t.watch(p0)
        y = ?op(p0)
    for $i in <<tf.range(2)||range(1)>>:
        g = t.gradient(y, p0)
    return <<y||y * 2.0>>
try:
    print($inside(?t))
except Exception as $error:
    print(type($error).__name__)
""",
    ],
)
SNIPPETS = (*BY_HAND, *MISTAKES)
