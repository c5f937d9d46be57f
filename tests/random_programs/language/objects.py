"""Classes: what Python runs when an attribute is read or set, or when an object is printed, compared or freed."""

from __future__ import annotations

from tests.random_programs.language.snippet import family

ATTRIBUTES = family(
    "attributes",
    [
        """
class $Circle:
    def __init__(self, w):
        self.w = w
    <<@property||@functools.cached_property>>
    def area(self):
        return ?op(self.w) * <<?n||?t>>
$circle = $Circle(?t)
=> $circle.area
""",
        """
class $Ring:
    <<area = property(lambda self: ?op(self.w))||def _area(self):
        return ?op(self.w)
    area = property(_area)||def _area(self):
        return ?op(self.w)
    area = functools.cached_property(_area)
    area.__set_name__(None, "area")>>
    def __init__(self, w):
        self.w = w
$ring = $Ring(?t)
=> $ring.area
""",
        """
class $Part:
    def __init__(self):
        self._w = ?c
    @property
    def loss(self):
        return self._w
    @loss.setter
    def loss(self, value):
        self._w = <<?op(value)||value||value * ?t>>
$part = $Part()
$part.loss = ?e
=> $part.loss
""",
        """
class $Squared:
    def __init__(self, name):
        self.name = name
    def __get__(self, obj, owner=None):
        return <<getattr(obj, self.name) ** 2||obj.__dict__[self.name] * ?n>>
    <<def __set__(self, obj, value):
        obj.__dict__[self.name] = value * 2.0||def __set_name__(self, owner, name):
        self.public = name>>
class $Params:
    energy = $Squared("w")
    def __init__(self):
        self.w = ?t
$params = $Params()
=> $params.energy
""",
        """
class $Lazy:
    def <<__getattr__||__getattribute__>>(self, name):
        return <<?t * 2.0||?op(?t)>>
    loss = ?c
=> $Lazy().<<loss||other>>
""",
        """
class $Kept:
    <<__slots__ = ("loss",)
    ||>>def __setattr__(self, name, value):
        object.__setattr__(self, name, <<value * ?t||value>>)
$kept = $Kept()
$kept.loss = <<?c||?e>>
=> $kept.loss
""",
        """
class $Counter:
    total = ?c
    def add(self, p0):
        <<self.total||type(self).total||$Counter.total>> = self.total + p0
        return self.total
$one, $two = $Counter(), $Counter()
$one.add(?t)
=> <<$one||$two||$Counter>>.total
""",
        """
class $Owner:
    pass
$owner = $Owner()
setattr(<<$owner||$Owner>>, <<"loss"||"lo" + "ss">>, ?e)
=> $owner.loss
""",
        """
class $Field:
    loss = ?c
$field = $Field()
<<$field.__dict__["loss"] = ?e||vars($field)["loss"] = ?e||$field.__dict__.update(loss=?e)||type($field).loss = ?e>>
=> $field.loss
""",
    ],
)

BY_PYTHON = (
    ("__bool__(self)", "return True", "<<if $budget:\n    print(1)||bool($budget)||not $budget||any([$budget])>>"),
    ("__bool__(self)", "return float(self.loss) < 9.0", "<<while $budget:\n    break||print(1 if $budget else 2)>>"),
    ("__len__(self)", "return 3", "<<len($budget)||if not $budget:\n    print(0)||list(filter(None, [$budget]))>>"),
    ("__contains__(self, key)", "return True", "<<3 in $budget||if 3 not in $budget:\n    print(0)>>"),
    ("__eq__(self, other)", "return True", "<<$budget == 1||1 != $budget||[0] == [$budget]||1 in [$budget]>>"),
    ("__lt__(self, other)", "return True", "<<sorted([$budget, $budget])||$budget < 1||min($budget, $budget)>>"),
    ("__gt__(self, other)", "return True", "<<max([$budget, $budget])||1 < $budget||$budget > 1>>"),
    ("__hash__(self)", "return 1", "<<{$budget: 1}||set([$budget])||hash($budget)||{}.get($budget)>>"),
    ("__index__(self)", "return 0", "<<[1, 2][$budget]||range($budget)||hex($budget)||[1, 2][$budget:]>>"),
    ("__float__(self)", "return 1.0", "<<float($budget)||math.sqrt($budget)||'%f' % $budget||tf.constant($budget)>>"),
    ("__int__(self)", "return 1", "<<int($budget)||'%d' % $budget>>"),
    ("__iter__(self)", "return iter([1])", "<<for $i in $budget:\n    print($i)||print(*$budget)||$i, = $budget>>"),
    ("__call__(self, key=None)", "return 1", "<<$budget()||list(map($budget, [1]))||sorted([2, 1], key=$budget)>>"),
    ("__getitem__(self, key)", "return [1, 2][key]", "<<$budget[0]||list($budget)||1 in $budget||$i, $j = $budget>>"),
    ("__setitem__(self, key, value)", "pass", "<<$budget[0] = 1||$budget[:] = 1||print($budget.__setitem__(0, 1))>>"),
    ("__delitem__(self, key)", "pass", "del $budget[0]"),
    ("__neg__(self)", "return self", "-$budget"),
    ("__radd__(self, other)", "return other", "<<1 + $budget||sum([$budget])>>"),
    ("__iadd__(self, other)", "return self", "$budget += 2.0"),
    ("__enter__(self)", "pass\n    def __exit__(self, *error):\n        pass", "with $budget:\n    pass"),
    ("__exit__(self, *error)", "pass\n    def __enter__(self):\n        pass", "with $budget:\n    pass"),
    ("__reversed__(self)", "return iter([1])", "list(reversed($budget))"),
    ("__next__(self)", "raise StopIteration", "<<next($budget, None)||list(iter($budget.__next__, 1))>>"),
    ("__round__(self)", "return 1", "round($budget)"),
    ("__dir__(self)", "return []", "dir($budget)"),
    ("__copy__(self)", "return self", "copy.copy($budget)"),
    ("__array__(self, *args, **options)", "return np.ones(1)", "<<np.asarray($budget)||tf.constant($budget)>>"),
)
"""Special methods, what they give, and what makes Python call them."""
CALLED = tuple(
    (
        1,
        f"""
class $Budget:
    def __init__(self, w):
        self.w, self.loss = w, ?c
    def {method}:
        self.loss = ?op(self.w)
        {ending}
$budget<<|| = $alias>> = $Budget(?t)
{use}
=> $budget.loss
""",
    )
    for method, ending, use in BY_PYTHON
)
SPECIAL = family(
    "special methods",
    [
        (
            10,
            """
class $Report:
    def __init__(self, w):
        self.w, self.loss = w, ?c
    <<def __str__(self):
        self.loss = ?op(self.w)
        return "report"||def __repr__(self):
        self.loss = ?op(self.w)
        return "report"||def __format__(self, how):
        self.loss = self.w * ?n
        return "report">>
$report = $Report(?t)
<<print($report)||str($report)||print(f"{$report}")||"{}".format($report)||"%s" % ($report,)>>
=> $report.loss
""",
        ),
        *CALLED,
        """
class $Flush:
    def __init__(self, into):
        self.into = into
    def __del__(self):
        self.into["loss"] = ?e
$results = {"loss": ?c}
$flush = $Flush($results)
<<del $flush||$flush = None||$flush = $Flush($results)>>
=> $results["loss"]
""",
        """
class $Vector:
    def __init__(self, x):
        self.x = x
    def __<<add||mul||matmul||sub||truediv||and>>__(self, other):
        return $Vector(self.x * getattr(other, "x", other))
    __<<radd||rmul||rsub>>__ = __<<add||mul||sub>>__
=> ($Vector(?t) <<+||*||-||@||/||&>> <<$Vector(?t)||?n>>).x
""",
        """
class $Meta(type):
    def __<<call__(cls, *args):
        self = super().__call__(*args)
        self.loss = ?e
        return self||getattr__(cls, name):
        return ?e>>
class $Made(metaclass=$Meta):
    pass
=> $Made<<()||>>.loss
""",
        """
class $Table(dict):
    def __<<setitem__(self, key, value):
        super().__setitem__(key, value * ?t)||getitem__(self, key):
        return super().__getitem__(key) * ?t||missing__(self, key):
        return ?e>>
$table = $Table()
$table["loss"] = <<?c||?e>>
=> $table[<<"loss"||"loss"||"other">>]
""",
        """
class $Items(list):
    def append(self, value):
        super().append(<<value * ?t||value>>)
$items = $Items()
$items.append(<<?c||?e>>)
=> $items[<<0||-1>>]
""",
    ],
)

INHERITED = family(
    "inheritance",
    [
        """
class $Base:
    def __init__(self, w):
        self.w = w
        <<self.setup()||pass>>
    def setup(self):
        self.scale = ?c
    def forward(self, p0):
        return self.hook(p0) * self.w
    def hook(self, p0):
        return <<p0||?op(p0)||tf.stop_gradient(p0)>>
class $Child($Base):
    <<def setup(self):
        self.scale = ?t||def hook(self, p0):
        return super().hook(p0) + self.w||def forward(self, p0):
        return $Base.forward(self, p0) * 2.0||@property
    def scale(self):
        return self.w
    @scale.setter
    def scale(self, value):
        self.w = value>>
$child = $Child(?t)
=> fn $child.forward
""",
        """
class $Net(unseen.Base):
    def hook(self, x):
        <<self.loss = x * ?t||self.loss = x||pass>>
        return ?op(x)
$net = $Net(?v)
$out = $net.forward(?t)
=> <<$out||$net.loss||$net.value>>
""",
        """
class $Left:
    def loss(self, p0):
        return p0 * ?n
class $Right:
    def loss(self, p0):
        return tf.stop_gradient(p0)
class $Both(<<$Left, $Right||$Right, $Left>>):
    <<pass||def loss(self, p0):
        return super().loss(p0)||loss = $Right.loss||loss = staticmethod(tf.square)>>
=> fn $Both().loss
""",
        """
class $Maker:
    made = []
    def __new__(cls, w):
        self = super().__new__(cls)
        self.loss = w * 2.0
        <<cls.made.append(self)||cls.last = self>>
        return <<self||self||self>>
    @classmethod
    def build(cls, w):
        return cls(w)
    @staticmethod
    def plain(p0):
        return ?op(p0)
=> <<$Maker(?t).loss||$Maker.build(?t).loss||$Maker.plain(?t)>>
""",
        """
class $Scale:
    <<apply = functools.partial(tf.multiply, ?t)||apply = functools.partialmethod(lambda self, k, p0: p0 * k, ?t)||
apply = tf.sin||apply = staticmethod(lambda p0: p0 * ?t)||apply = classmethod(lambda cls, p0: p0 * ?t)>>
=> fn $Scale().apply
""",
        """
class $Plugin:
    known = {}
    def __init_subclass__(cls, **options):
        <<$Plugin.known[cls.__name__] = cls||cls.scale = ?t>>
class $Square($Plugin):
    scale = ?c
    def __call__(self, p0):
        return p0 * self.scale
<<$Plugin.known["Square"] = $Square
$Plugin.known["Square"].scale = ?t||$Plugin.__subclasses__()[0].scale = ?t>>
=> fn $Square()
""",
    ],
)

DATACLASSES = family(
    "dataclasses",
    [
        """
@dataclasses.dataclass<<||(frozen=True)||(slots=True)||(eq=False)>>
class $State:
    loss: object
    rate: float = 0.5
    parts: list = dataclasses.field(default_factory=<<list||lambda: [?t]>>)
$state = $State(<<?t||loss=?t||?c, 0.1>>)
<<$state = dataclasses.replace($state, loss=?t)||$state.loss = ?t||$state.parts.append(?t)||
object.__setattr__($state, "loss", ?t)>>
=> <<$state.loss||$state.parts[-1]||dataclasses.astuple($state)[0]>>
""",
        """
@dataclasses.dataclass
class $Start:
    start: dataclasses.InitVar[float]
    loss: object = dataclasses.field(init=False<<||, default=None>>)
    _: dataclasses.KW_ONLY = None
    def __post_init__(self, start):
        self.loss = <<tf.Variable(start) * ?t||?op(start)||start>>
=> $Start(?t).loss
""",
        """
$Pair = collections.namedtuple("Pair", <<"loss rate"||["loss", "rate"]>>)
$pair = $Pair(?t, rate=?c)
<<$pair = $pair._replace(<<loss||rate>>=?t)||$first, $second = $pair>>
=> $pair.<<loss||rate>>
""",
        """
$space = types.SimpleNamespace(loss=?c, w=?v)
<<$space.loss = $space.w * 2.0||$space.__dict__.update(loss=?t)||$other = $space
$other.loss = ?e>>
=> $space.loss
""",
    ],
)
SNIPPETS = (*ATTRIBUTES, *SPECIAL, *INHERITED, *DATACLASSES)
