"""Methods of lists, dicts and strings, built-in functions, unpacking, slices, deletion, and tensors with dimensions."""

from __future__ import annotations

from tests.random_programs.language.snippet import family

METHODS = family(
    "methods of containers",
    [
        """
$l = [?c, ?t, ?c]
<<$l.reverse()||$l.insert(1, ?t)||$l.pop(0)||$l.pop()||$l.remove($l[0])||$l.clear() or $l.append(?t)||
$l.extend([?c])||
$l.sort(key=float)||$l = $l.copy()||$l *= 2||del $l[0]||del $l[:1]||$l[1:2] = [?t, ?c]||$l[::2] = [?t, ?t]||
$l[0], $l[1] = $l[1], $l[0]||$l = $l[::-1]||$l = $l + [?t]||$l = list(reversed($l))||$l = sorted($l, key=float)>>
=> $l[<<0||1||-1>>]
""",
        """
$d = <<{"a": ?c, "b": ?t}||dict(a=?c, b=?t)||dict([("a", ?c), ("b", ?t)])||dict(zip("ab", [?c, ?t]))||
{**{"a": ?t}, "b": ?c}||{key: ?t for key in "ab"}||dict.fromkeys("ab", ?t)>>
<<$d.update(a=?t)||$d.pop("a")||$d.setdefault("a", ?t)||$d.setdefault("c", ?t)||del $d["a"]||$d.clear()||
$d |= {"a": ?t}||$d["c"] = $d.pop("b")||$d = {**$d, "a": ?t}||$d.update({"a": ?t}, b=?c)||$d.popitem()||
$d = $d.copy()>>
=> $d<<.get("a", ?t)||["a"]||.get("b")||.pop("b", ?c)||.get("c", ?c)||.setdefault("z", ?t)>>
""",
        """
$d = {"a": ?t, "b": ?c}
$sum = ?c
for <<$k, $x in $d.items()||$x in $d.values()||$i, ($k, $x) in enumerate($d.items())||$k, $x in sorted($d.items())||
($k, $x), $y in zip($d.items(), "ab")||$k, $x in list($d.items())[:1]||$x in ($d[key] for key in $d)>>:
    <<$sum = $sum + $x||$sum = $x||$sum += ?op($x)>>
=> $sum
""",
        """
$first, <<*$rest||($mid, *$rest)||*_, $rest||$rest>> = <<?t, (?c, ?t)||[?t, [?c, ?t]]||(?c, (?t, ?t))>>
=> <<$first||?op($first)||$rest[0]||$rest[-1]||sum([$first])>>
""",
        """
$x = ?t
<<del $x
$x = ?c||$x = $y = ?c||($x) = ?c||$x: object = ?t||$x: object
$x = ?t||[$x, $y] = ?c, ?t||$x, = [?c]||for $x in (?c, ?t):
    pass||with unseen.section(?t) as $x:
    pass||$x = ($z := ?t) * 2.0||print($x := ?c)||$x = [$x for $x in [?c]][0]||import os as $x
$x = ?t>>
=> $x
""",
        """
class $Node:
    def __init__(self, x, then=None):
        self.x, self.then = x, then
$node = $Node(?c, $Node(?t))
<<$node.then.then = $node||$node, $node.then = $node.then, $node||del $node.then.then||$node.then.x = ?c||
$node.then, $node.x = $Node(?t), ?t||delattr($node, "x") or setattr($node, "x", ?t)||$node.x = $node.then.x>>
=> <<$node.x||$node.then.x||getattr($node, "x")||getattr($node, "other", ?t)||getattr($node, <<"x"||"then">>, ?t)||
vars($node)["x"]||$node.then.__dict__["x"]>>
""",
        """
def $visit(node):
    if <<isinstance(node, (list, tuple))||type(node) is list||hasattr(node, "append")||not tf.is_tensor(node)>>:
        return sum($visit(one) for one in node)
    return ?op(node)
=> $visit([?t, <<[?c]||(?t, [?t])||[?t, []]>>])
""",
        """
async def $later(p0):
    <<await asyncio.sleep(0)||pass>>
    return ?op(p0)
async def $all():
    <<return await $later(?t)||return (await asyncio.gather($later(?t), $later(?c)))[0]||async for $x in $many():
        return $x||async with $lock():
        return ?t>>
async def $many():
    yield ?t
@contextlib.asynccontextmanager
async def $lock():
    yield
=> asyncio.run($all())
""",
        """
$name = <<"loss"||"lo" + "ss"||f"{'loss'}"||"LOSS".lower()||"%s" % "loss"||" loss".strip()||"loss,a".split(",")[0]||
"lo{}".format("ss")||"-".join(["loss"])||"loss" * 1||str("loss")||"xloss"[1:]||b"loss".decode()>>
$d = {"loss": ?t, "other": ?c}
=> $d[$name] if $name in $d else ?c
""",
        """
$n = <<3 // 2||7 % 2||2 ** 0||-1||int("1")||len("a")||round(1.2)||abs(-1)||min(1, 2)||sum([1])||bool(3)||~-2||1 ^ 1||
divmod(3, 2)[0]||max([0, 1])||[0, 1].index(1)||"ab".find("b")||[1, 1].count(1) - 1||hash(1)||1 if ?if else 0||
ord("b") - 97>>
$l = [?c, ?t]
=> $l[$n]
""",
        """
while True:
    $x = ?t
    <<break||if ?if:
        break
    break||try:
        break
    finally:
        $x = ?c>>
<<else:
    $x = ?c
||>>$w = $x
=> $w
""",
        """
match <<?t, 1||{"a": ?t, "b": 1}||types.SimpleNamespace(x=?t)||[?t, ?c]||"text"||1.0||None||unseen.same(1)>>:
    case None | True | 2.0:
        $m = ?c
    case {"a": $m, **$rest}:
        pass
    case types.SimpleNamespace(x=$m):
        pass
    case [$m, (1 | 2) as $k]:
        pass
    case str() | float():
        $m = ?t
    case [$m, *$others]:
        pass
    case _:
        $m = ?c
=> $m
""",
    ],
)

SHAPES = family(
    "shapes of tensors",
    [
        """
$m = tf.stack([[?t, ?c], [?c, ?t]])
=> $m[<<0, 0||1, -1||0][1||..., 0][0||:, 1][0||tf.newaxis, 0, 0][0||0, :1][0||1][-1||-1, tf.constant(1)||::2, 0][0>>]
""",
        """
$m = tf.stack([?t, ?t, ?c])
=> <<tf.gather($m, 0)||tf.split($m, 3)[0][0]||tf.unstack($m)[1]||tf.concat([$m, $m], 0)[0]||
tf.reshape($m, [3, 1])[0, 0]||
tf.reduce_sum(tf.boolean_mask($m, [True, False, True]))||tf.sort($m)[0]||tf.cumsum($m)[1]||tf.tile($m, [2])[4]||
tf.pad($m, [[1, 1]])[1]||tf.where($m > 100.0, $m, $m * 2.0)[0]||tf.reduce_max($m)||tf.nn.softmax($m)[0]||
tf.roll($m, 1, 0)[0]||
tf.einsum("i,i->", $m, $m)||tf.expand_dims($m, 0)[0, 0]||tf.squeeze($m[:1])||tf.linalg.norm($m)||
tf.math.top_k($m, 1)[0][0]||
tf.one_hot(0, 3)[0] * $m[0]||tf.argsort($m) is None or $m[2]||next(iter($m))||[*$m][0]||max($m)||len($m) * $m[0]>>
""",
        """
$v = tf.Variable([1.0, 2.0])
<<$v[0].assign(?t)||$v.assign([?t, ?t])||$v.scatter_nd_update([[0]], [?t])||$v.assign_add($v)||pass||
$old = $v.value()||$v = $v * ?t||$v = tf.Variable($v * ?t)>>
with ?Tape as $t:
    $y = tf.reduce_sum(<<$v||$v.value()||$v.read_value()||tf.identity($v)||tf.convert_to_tensor($v)||$v[:1]||
$v.numpy()>> * ?t)
$g = $t.gradient($y, <<$v||[$v]||{"v": $v}||($v, [?v])>>)
""",
        """
$a = np.<<array([1.0, 2.0], np.float32)||ones(2, np.float32)||arange(2.0)||asarray([?t, ?t])||
random.rand(2).astype("float32")||
linspace(0.0, 1.0, 2)||zeros((2,), dtype="float32")||stack([?c, ?c])||array([1, 2])>>
=> <<tf.reduce_sum($a * ?t)||?t * $a[0]||tf.constant($a)[0]||tf.cast($a, tf.float32)[0] * ?t||
tf.reduce_sum(tf.convert_to_tensor($a))||
np.float32(2.0) * ?t||tf.constant($a.mean()) * 1.0||tf.reduce_sum(?t * tf.constant($a, tf.float32))>>
""",
        """
$nest = {"a": ?t, "b": [?c, (?t,)]}
$nest = <<tf.nest.map_structure(lambda s: s * ?t, $nest)||tf.nest.pack_sequence_as($nest, tf.nest.flatten($nest))||
tf.nest.map_structure(tf.identity, $nest)||tf.nest.map_structure(lambda s, k: s * k, $nest, $nest)||copy.copy($nest)>>
=> <<$nest["a"]||$nest["b"][0]||$nest["b"][1][0]||tf.nest.flatten($nest)[-1]||sum(tf.nest.flatten($nest))>>
""",
        """
$arr = tf.TensorArray(tf.float32, 2)
$arr = $arr.write(0, ?t)
$arr = $arr.write(1, <<?c||?t>>)
=> <<$arr.stack()[0]||$arr.read(1)||tf.reduce_sum($arr.stack())||$arr.concat()[0]>>
""",
    ],
)
SNIPPETS = (*METHODS, *SHAPES)
