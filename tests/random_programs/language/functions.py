"""Generators, closures, default arguments, decorators, comprehensions and callbacks."""

from __future__ import annotations

from tests.random_programs.language.snippet import family

GENERATORS = family(
    "generators",
    [
        """
def $terms(p0):
    for $k in range(3):
        <<yield p0 * $k||yield ?op(p0)||yield from (p0, ?op(p0))>>
=> <<sum($terms(?t))||list($terms(?t))[-1]||max($terms(?t))||next(iter($terms(?t)))||
functools.reduce(operator.add, $terms(?t))>>
""",
        """
$state = {"loss": ?c}
def $steps():
    $state["loss"] = ?e
    yield 1
    $state["loss"] = $state["loss"] * ?t
$run = $steps()
<<next($run)||list($run)||for $i in $run:
    print($i)||$first, *$rest = $run||sum($run)||[*$run]||print(*$run)>>
=> $state["loss"]
""",
        """
def $echo():
    $got = ?c
    while True:
        $got = yield <<$got||$got * ?t||?op($got)>>
$co = $echo()
next($co)
=> $co.send(?t)
""",
        """
$gen = (?op($s) for $s in <<[?t, ?t]||(?c, ?t)>>)
=> <<sum($gen)||next($gen)||functools.reduce(operator.mul, $gen)||tf.add_n(list($gen))>>
""",
        """
$it = iter([?c, ?t, ?c])
<<next($it)||$first = next($it)||for $s in $it:
    break||pass>>
=> <<next($it)||next($it, ?t)>>
""",
        """
$taken = []
=> [$taken.append(?t) for $i in <<range(2)||"a"||iter(lambda: unseen.yes(), True)||[1]>>] and $taken[0]
""",
    ],
)

CLOSURES = family(
    "closures and defaults",
    [
        """
$total = ?c
def $add(p0):
    ?scope $total
    $total = <<$total + p0||p0||p0 * ?t>>
    return $total
<<$add(?t)||map($add, [?t])||list(map($add, [?t]))||unseen.each($add, [?t])||unseen.twice($add, ?t)||
unseen.later($add)
unseen.run_later(?t)||functools.reduce(lambda p1, p2: $add(p2), [?t, ?t])>>
=> $total
""",
        """
def $store(p0, seen=<<[]||[?c]>>):
    seen.append(p0)
    return seen[<<0||-1||0>>]
<<$store(?t)||$store(?c)||unseen.each($store, [?t])>>
=> fn $store
""",
        """
$place = {"loss": ?c}
def $put(value, place=$place<<||, *, scale=?n>>):
    place["loss"] = value * 2.0
    return value
<<$put(?t)||functools.reduce(lambda p1, p2: $put(p2), [?t, ?t])||unseen.each($put, [?t])||unseen.later($put)
unseen.run_later(?t)||list(map($put, [?t]))||threading.Timer(0, $put, (?t,)).run()||
$put.__defaults__[0]["loss"] = ?t>>
=> $place["loss"]
""",
        """
def $make(k):
    held = [k]
    def change(p0):
        held[0] = p0
        return p0
    def apply(p0):
        return p0 * held[0]
    return change, apply
$change, $apply = $make(?c)
<<$change(?t)||unseen.each($change, [?t])||pass||unseen.same($change)(?t)>>
=> fn $apply
""",
        """
$fns = []
for $k in (?c, ?t):
    $fns.append(lambda p0<<||, k=$k>>: p0 * $k)
=> fn $fns[<<0||1>>]
""",
        """
def $outer(p0):
    x = p0
    def inner():
        nonlocal x
        x = <<x * ?t||?t||tf.stop_gradient(x)>>
    <<inner()||unseen.each(lambda p1: inner(), [1])||pass>>
    return x
=> fn $outer
""",
        """
def $many(*args, **options):
    return <<sum(args)||args[0] * options.get("scale", ?n)||args[-1] * options["scale"]>>
$opts = {"scale": ?t}
=> $many(<<?t, ?t, scale=?n||*[?t, ?c], **$opts||?c, **{"scale": ?t}>>)
""",
    ],
)

DECORATORS = family(
    "decorators",
    [
        """
def $logged(function):
    @functools.wraps(function)
    def inner(*args, **options):
        result = function(*args, **options)
        return <<result||result * 2.0||tf.stop_gradient(result)||?op(result)>>
    return inner
@$logged
def $net(p0):
    return ?op(p0) * ?t
=> fn $net<<||.__wrapped__>>
""",
        """
$REGISTRY = {}
def $register(name):
    def wrap(function):
        $REGISTRY[name] = function
        return <<function||None||unseen.counted(function)>>
    return wrap
@$register("square")
def $square(p0):
    return ?op(p0)
=> fn $REGISTRY["square"]
""",
        """
$KINDS = {}
def $note(cls):
    $KINDS[cls.__name__.lower()[:1]] = cls
    <<cls.scale = ?t||pass>>
    return cls
@$note
class $Zed:
    scale = ?c
    def __call__(self, p0):
        return p0 * self.scale
<<list($KINDS.values())[0].scale = ?t||$KINDS["z"].scale = ?t||for $kind in $KINDS.values():
    $kind.scale = ?t>>
=> fn $Zed()
""",
        """
@<<functools.lru_cache(None)||functools.lru_cache||functools.cache>>
def $weight(k):
    return <<tf.Variable(float(k))||?t * k||{"loss": ?c}>>
=> <<$weight(2) * ?t||$weight(2) * $weight(2)||$weight(3)>>
""",
        """
@<<unseen.counted||unseen.replaced||unseen.same||unseen.later||
functools.partial(unseen.scale, by=?t) and unseen.counted||staticmethod>>
def $wrapped(p0):
    return <<?op(p0)||tf.stop_gradient(p0)>>
=> fn $wrapped
""",
        """
@functools.singledispatch
def $apply(p0):
    return ?op(p0)
@$apply.register(<<float||tf.Tensor||int||tf.Variable>>)
def _(p0):
    return tf.stop_gradient(p0) * ?n
=> fn $apply
""",
        """
@tf.custom_gradient
def $clip(p0):
    def grad(upstream):
        return <<upstream * 0.5||None||upstream>>
    return <<p0 * p0||tf.identity(p0)||tf.round(p0)>>, grad
=> fn $clip
""",
    ],
)

CALLBACKS = family(
    "callbacks",
    [
        (
            12,
            """
$found = {"loss": ?c}
def $hook(*args, **options):
    $found["loss"] = ?e
    return <<"w"||1||0||"w"||None>>
<<re.sub("[0-9]", $hook, "3 + x")||json.loads("{}", object_hook=$hook)||sorted([2, 1], key=$hook)||
max([1, 2], key=$hook)||list(filter($hook, [1]))||list(map($hook, [1, 2]))||unseen.each($hook, [1])||
next(iter($hook, 5))||functools.reduce($hook, [1, 2])||list(itertools.starmap($hook, [(1, 2)]))||
json.dumps({"a": {1, 2}}, default=$hook)||collections.defaultdict($hook)["a"]||[1, 2].sort(key=$hook)||
threading.Thread(target=$hook).start()||contextlib.ExitStack().callback($hook)||np.vectorize($hook)([1.0])||
np.apply_along_axis($hook, 0, np.ones(2))||list(itertools.accumulate([1, 2], $hook))||
copy.deepcopy(1, {"x": $hook})||dict.fromkeys("ab", $hook)["a"]()||getattr(types.SimpleNamespace(f=$hook), "f")()||
operator.methodcaller("__call__")($hook)||tf.nest.map_structure($hook, [1])||list(itertools.takewhile($hook, [1]))||
tf.py_function($hook, [], [])||unittest.mock.Mock(side_effect=$hook)()>>
=> $found["loss"]
""",
        ),
        """
class $Keep(logging.Handler):
    def emit(self, record):
        $last[0] = record.args[0] * 1.0
$last = [?c]
$logger = logging.getLogger("losses$n")
$logger.handlers[:] = [$Keep()]
$logger.setLevel(logging.<<INFO||ERROR>>)
$logger.propagate = False
$logger.<<info||error||warning>>("loss %s", ?t)
=> $last[0]
""",
        """
$queue = sched.scheduler()
$box = {}
def $update(box):
    box["loss"] = ?e
$queue.enter(0, 1, $update, ($box,))
$box["loss"] = ?c
<<$queue.run()||$queue.run(blocking=False)||pass>>
=> $box["loss"]
""",
        """
=> <<functools.reduce(lambda p1, p2: p1 * p2, [?t, ?t])||sum(map(?f, [?t, ?c]))||max([?t, ?t], key=float)||
sorted([?t, ?c], key=lambda p1: -float(p1))[0]||list(map(?f, [?t]))[0]||unseen.twice(?f, ?t)||
sum(filter(None, [?t]))||functools.partial(?f, ?t)()||tf.map_fn(?f, tf.stack([?t, ?t]))[0]||
tf.nest.map_structure(?f, {'a': ?t})['a']||operator.mul(?t, ?t)||min(?t, ?t)||abs(?t)||pow(?t, 2)||
(lambda p1, *p2: p1)(?t)||unseen.each(?f, [?t])[0]||(?f)(?t)>>
""",
        """
$squares = np.vectorize(lambda s: s * s, otypes=[object])
$array = np.empty(2, dtype=object)
$array[0], $array[1] = ?t, <<?c||?t>>
=> <<np.sum($squares($array))||$array[0]||$array.sum()||$squares($array)[1]>>
""",
        """
$point = <<random.gauss(?t, ?t)||random.uniform(?t, ?t)||random.choice([?t])||random.triangular(?t, ?t)||
statistics.mean([?t, ?t])||copy.copy(?t)||math.fsum([1.0]) * ?t||random.sample([?t], 1)[0]||
next(itertools.cycle([?t]))||list(itertools.chain([?c], [?t]))[1]>>
=> $point
""",
        """
$order = [1, 0]
random.shuffle($order)
while $order[0] != <<0||1>>:
    random.shuffle($order)
$terms = [?t, ?c]
=> $terms[$order[0]]
""",
    ],
)
SNIPPETS = (*GENERATORS, *CLOSURES, *DECORATORS, *CALLBACKS)
