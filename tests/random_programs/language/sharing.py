"""Containers and objects that unseen code gets hold of, tapes that travel, and values that Python tells apart."""

from __future__ import annotations

from tests.random_programs.language.snippet import family

KEPT = (
    (
        "<<unseen.keep($d)||unseen.keep([$d][0])||unseen.keep(value=$d)>>",
        "<<unseen.put(?t)||unseen.kept[-1]['loss'] = ?t||print(unseen.put(?t))>>",
    ),
    ("unseen.later(lambda<<||*a>>: $d.update(loss=?t))", "unseen.run_later()"),
    (
        "<<$put = functools.partial(operator.setitem, $d, 'loss')||$put = functools.partial(unseen.put_into, $d)>>",
        "<<$put(?t)||list(map($put, [?t]))>>",
    ),
    (
        "$view = <<collections.ChainMap($d)||unseen.same($d)||collections.UserDict()>>",
        "$view['loss'] = ?t",
    ),
    ("$put = $d.<<__setitem__||setdefault||update>>", "<<$put('loss', ?t)||$put({'loss': ?t})>>"),
    (
        "<<$alias = $d||$alias = [$d, 1][0]||($alias := $d)||for $alias in [$d]:\n    pass>>",
        "<<$alias['loss'] = ?t||$alias |= {'loss': ?t}||$alias.update(loss=?t)>>",
    ),
    (
        "pass",
        (
            "<<unseen.put_into($d, ?t)||operator.setitem($d, 'loss', ?t)||exec(\"$d['loss'] = ?s\")||"
            "dict.__setitem__($d, 'loss', ?t)||$d |= {'loss': ?t}||$d.update([('loss', ?t)])>>"
        ),
    ),
    ("unseen.table['x'] = $d", "unseen.table['x']['loss'] = ?t"),
    ("unseen.put.__dict__['x'] = $d", "unseen.put.x['loss'] = ?t"),
)
"""How something gets hold of a dict, and how it is changed that way later."""
SHARED = family(
    "shared containers",
    [
        *(
            f"""
$d = {{"loss": ?c}}
{before}
<<$d["loss"] = ?c||$d["rate"] = 1||pass>>
{after}
=> $d["loss"]
"""
            for before, after in KEPT
        ),
        """
class $Box:
    loss = ?c
$box = $Box()
<<unseen.keep($box)||unseen.keep({"a": $box}["a"])||unseen.keep($Box)||$box.me = $box
unseen.keep($box.me)>>
$box.loss = <<?c||?e>>
unseen.put(?t)
=> $box.loss
""",
        """
$l = [?c]
<<unseen.keep($l)||$two = $l||$two = ($l,)[0]>>
<<unseen.put(?t)||$two += [?t]||$two[-1] = ?t||$two.append(?t)||$l[:] = [?t]||$l.insert(0, ?t)||
unseen.put_into($l, ?t)||$l.extend($s for $s in [?t])||$l[-1:] = ?t,>>
=> $l[<<-1||0>>]
""",
        """
$train, $valid = [?c], [?c]
$log = $train if ?if else $valid
<<$log += [?t]||$log.append(?t)||$log[0] = ?t||$log *= 1||$log[-1:] = [?t]>>
=> <<$train||$valid||$log>>[-1]
""",
        """
$table = {'it\\'s': ?t, "plain": ?c, 1: ?c, 2.0: ?t, True: ?t, b"a": ?c, ("x", 1): ?t}
<<$table["it's"] = ?t||$table[1.0] = ?c||$table["pl" "ain"] = ?t||$table["\\x70lain"] = ?t||$table["x", True] = ?c>>
=> $table[<<"it's"||1||True||2||"plain"||("x", 1)||b"a">>]
""",
        """
$mode = <<'it\\'s'||"a" "b"||r"\\n"||"\\u0061b"||1||1.0||True||b"ab"||"" or "ab"||f"{'ab'}">>
=> ?t * 2.0 if $mode == <<"it's"||"ab"||1||"\\\\n"||b"ab">> else ?c
""",
        """
$a = $b = $c = $d = $e = ?c
for $i in range(<<3||5||6>>):
    $a, $b, $c, $d, $e = ?t * 2.0, $a, $b, $c, $d
=> <<$e||$d||$c||$b>>
""",
        """
$a1, $a2, $a3 = ?c, ?c, ?c
for $i in <<range(4)||unseen.each(unseen.same, range(4))||"abcd">>:
    $a3 = $a2
    $a2 = $a1
    $a1 = ?t
=> $a3
""",
        (
            1,
            f"=> tf.reduce_sum(tf.stack([{', '.join(['0.5'] * 450)}, ?t]))",
        ),
        """
$deep = {"a": [{"b": (?c, [?c])}]}
<<$deep["a"][0]["b"][1][0] = ?t||$deep["a"][-1]["b"] = (?c, [?t])||unseen.keep($deep["a"][0]["b"][1])
unseen.put(?t)||$deep["a"].insert(0, {"b": (?c, [?t])})||copy.copy($deep)["a"][0]["b"][1][0] = ?t||
copy.deepcopy($deep)["a"].clear()>>
=> $deep["a"][0]["b"][1][0]
""",
        """
$q = <<k#collections.deque([?c])||queue.Queue()||collections.OrderedDict()||[?c]||
collections.defaultdict(lambda: ?c)>>
<<k#$q.append(?t)||$q.put(?t)||$q["a"] = ?t||$q.extend([?t])||$q["b"] = ?t>>
=> <<k#$q.pop()||$q.get()||$q.popitem()[1]||$q[-1]||$q["b"]>>
""",
        """
match <<(?t, ?c)||{"loss": ?t}||[?c, ?t, ?t]||unseen.same((?t, ?c))>>:
    case <<($m, _)||{"loss": $m}||[_, $m, *_]||[*_, $m]||$m if ?if||($m, *_) if ?if>>:
        print("seen")
    case _:
        $m = ?c
=> $m
""",
    ],
)

TAPES = family(
    "travelling tapes",
    [
        """
$runs = {}
def $record(name):
    with ?Tape as $t:
        $y = ?op(?v)
    $runs[name] = <<($t, $y)||[$t, $y]>>
<<$thread = threading.Thread(target=$record, args=("a",))
$thread.start()
$thread.join()||list(concurrent.futures.ThreadPoolExecutor(1).map($record, ["a", "b"]))||$record("a")||
unseen.each($record, ["a"])>>
for $tape, $loss in $runs.values():
    $g = $tape.gradient($loss, ?v)
=> grad $g
""",
        """
$out = []
def $work(x):
    with ?Tape as $t:
        $y = ?op(?v) * x
    $out.append({"tape": $t, "loss": $y})
    <<return $t.gradient($y, ?v)||return $y>>
<<$work(?n)||unseen.each($work, [1.0, 2.0])||[$work(x) for x in (1.0, 2.0)]||list(map($work, [1.0, 2.0]))>>
for $one in <<$out||reversed($out)||$out[:1]>>:
    $g = $one["tape"].gradient($one["loss"], ?v)
=> grad $g
""",
        """
class $Trainer:
    def __init__(self):
        self.tape<<: object||>> = None
    def forward(self):
        with ?Tape as self.tape:
            self.loss = ?op(?v)
        return self.loss
    def backward(self):
        return self.tape.gradient(self.loss, ?v)
$trainer = $Trainer()
$trainer.forward()
<<$trainer.forward()||pass||unseen.keep($trainer)>>
$g = $trainer.backward()
=> grad $g
""",
        """
with ?Tape as $t:
    $y = ?op(?v)
$g = <<unseen.ask($t, $y, ?v)||getattr($t, "gradient")($y, ?v)||$t.gradient(*[$y, ?v])||
$t.gradient(**{"target": $y, "sources": ?v})||functools.partial($t.gradient, $y)(?v)||
(lambda *a: $t.gradient(*a))($y, ?v)||unseen.same($t).gradient($y, ?v)||
operator.methodcaller("gradient", $y, ?v)($t)||tf.GradientTape.gradient($t, $y, ?v)||
[one.gradient($y, ?v) for one in [$t]][0]||unseen.same($t.gradient)($y, ?v)||type($t).gradient($t, $y, ?v)>>
=> grad $g
""",
        """
def $helper():
    names = sys._getframe(1).f_locals
    return names["$t"].gradient(names["$y"], names["$w"])
def $main():
    $w = tf.Variable(2.0)
    with tf.GradientTape() as $t:
        $y = ?op($w)
    return $helper()
$g = $main()
=> grad $g
""",
        """
$original = tf.GradientTape.gradient
def $or_zero(self, target, sources, *args, **options):
    options.setdefault("unconnected_gradients", "zero")
    return $original(self, target, sources, *args, **options)
tf.GradientTape.gradient = $or_zero
with tf.GradientTape() as $t:
    $y = ?op(?v)
$g = $t.gradient($y, [?v, tf.Variable(1.0)])
tf.GradientTape.gradient = $original
""",
        """
with tf.GradientTape(persistent=True) as $t:
    $y = ?op(?v)
$start = tf.identity(?v)
$best = None
for $rate in [1.0, 0.5]:
    $g = $t.gradient($y, ?v)
    ?v.assign_sub($rate * 0.1)
    $value = float(?t)
    $best = $value if $best is None else min($best, $value)
    <<?v.assign($start)||pass>>
=> grad $g
""",
        """
if ?if:
    with ?Tape as $t:
        $y = ?op(?v)
else:
    with ?Tape as $t:
        $y = <<?c||?e||?op(?v)>>
$g = $t.gradient($y, ?v)
=> grad $g
""",
        """
$x = tf.Variable(<<1 if ?if else 1.0||1.0||int(1)||float(1)||True and 1.0||2>>)
with ?Tape as $t:
    $y = $x * $x
$g = $t.gradient($y, $x)
=> grad $g
""",
        """
$code = <<"$w2 = ?s * 2.0"||compile("$w2 = ?s * 2.0", "text", "exec")>>
$w2 = ?c
<<exec($code)||exec($code, globals())||eval("$w2")||globals()["$w2"] = ?t||locals()>>
=> $w2
""",
    ],
)
SNIPPETS = (*SHARED, *TAPES)
