"""Classes: where an attribute comes from, and what runs when it is read."""

import functools


class Meta(type):
    made = []

    def __new__(kind, name, bases, body, **options):
        cls = super().__new__(kind, name, bases, body)
        kind.made.append(name)
        cls.options = options
        return cls

    def __len__(cls):
        return len(cls.made)


class Base(metaclass=Meta, color="red"):
    shared = []
    count = 0

    def __init_subclass__(cls, **options):
        super().__init_subclass__()
        cls.registered = cls.__name__

    def __new__(cls, *given, **named):
        made = super().__new__(cls)
        made.born = True
        return made

    def __init__(self, start=1, *rest, **named):
        self.start = start
        self.rest = rest
        type(self).count += 1

    @property
    def twice(self):
        return self.start * 2

    @twice.setter
    def twice(self, value):
        self.start = value // 2

    @classmethod
    def build(cls, *given):
        return cls(*given)

    @staticmethod
    def plain(value):
        return value

    @functools.cached_property
    def costly(self):
        self.counted = getattr(self, "counted", 0) + 1
        return self.counted

    def who(self):
        return "base"

    def __getattr__(self, name):
        if name.startswith("any_"):
            return name[4:]
        raise AttributeError(name)

    both = property(lambda self: (self.start, self.count))


class Left(Base):
    def who(self):
        return "left", super().who()


class Right(Base):
    start = "of the class"

    def who(self):
        return "right", super().who()


class Both(Left, Right):
    __slots__ = ()

    def who(self):
        return "both", super().who()


class Positive:
    """A descriptor."""

    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, instance, owner=None):
        return self if instance is None else getattr(instance, self.name, None)

    def __set__(self, instance, value):
        setattr(instance, self.name, abs(value))


class Uses:
    size = Positive()
    table = {"a": 1}
    label: str = "none"

    def __setattr__(self, name, value):
        super().__setattr__(name, (value,) if name == "wrapped" else value)


base, both = Base(3), Both.build(4, 5)
read = base.twice, both.who(), both.start, both.rest, Both.start, both.any_thing, base.both, base.born
base.twice = 9
again = base.start, base.twice, base.costly, base.costly, base.counted, Base.count, Both.count, both.count
kinds = type(both), both.__class__, isinstance(both, Right), type(both).registered, Base.options, len(Base), Meta.made
Base.shared.append(1)
both.shared = [2]
shared = Left.shared, both.shared, Right().shared, Base.plain(7), both.plain(8), Base.twice
uses = Uses()
uses.size = -3
uses.wrapped = 1
uses.label += "!"
held = uses.size, uses._size, uses.wrapped, uses.label, Uses.label, vars(uses), Uses.size, getattr(uses, "size")
del uses.label
gone = uses.label, hasattr(uses, "nothing"), getattr(uses, "nothing", "default")
setattr(Uses, "added", lambda self: self.size)
added = uses.added(), Uses.added(uses)
Uses.size = 5
uses.size = -6
changed = uses.size, Uses.size
bound = base.who
Base.who = lambda self: "patched"
patched = bound(), base.who(), both.who()
