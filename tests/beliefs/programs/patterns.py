"""Matching, and names that come and go."""

from dataclasses import dataclass, field


@dataclass
class Point:
    x: int
    y: int = 0
    tags: list = field(default_factory=list)
    total: int = field(init=False)

    def __post_init__(self):
        self.total = self.x + self.y


def told(what):
    match what:
        case None:
            return "nothing"
        case 0 | 1 as bit:
            return "bit", bit
        case str() as text if text:
            return "text", text
        case [first, *rest]:
            return "row", first, rest
        case {"kind": kind, **others}:
            return "table", kind, others
        case Point(x=0, y=y):
            return "on the axis", y
        case Point(x, y):
            return "point", x, y
        case _:
            other = "other"
    return other, what


results = told(None), told(1), told("t"), told(""), told([1, 2, 3]), told({"kind": "k", "more": 1}), told(2.5)
points = told(Point(0, 5)), told(Point(1)), Point(2, 3).total, Point(1).tags is Point(1).tags, Point(1) == Point(1)
value = 1
del value
try:
    value
except NameError:
    value = "again"


def local():
    if not results:
        inner = 1
    try:
        return inner
    except UnboundLocalError:
        return "unbound"


def outer():
    def later():
        return defined

    defined = "late"
    first = later()
    defined = "later"
    return first, later()


class Body:
    here = "class"
    copied = here
    for here in range(3):
        last = here

    def method(self):
        return here


here = "module"
names = local(), outer(), Body.copied, Body.here, Body.last, Body().method(), value
import os.path as paths, sys

joined = paths.join("a", "b"), sys.maxsize > 1, __name__
if (length := len(names)) > 3:
    known = length
both = [known := 5, known + 1]
