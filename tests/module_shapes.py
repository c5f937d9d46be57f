"""Small modules of every shape that Python text can have; what is done with them is in `test_source.py`."""

from __future__ import annotations

import sys

SHAPES: dict[str, str] = {
    "non-ASCII text": """\
größe = 'äöü 漢字 🎉'; f(größe); g('é', h(1))
""",
    "non-ASCII identifiers and columns": """\
def f(é): return é
größe2 = f('漢字') + f('🎉🎉')  # 漢字
""",
    "tabs": """\
def f(x):
\tif x:
\t\treturn g(x)
\treturn\tg(\tx )
""",
    "form feed between functions": """\
a(1)
\f
def f(x):
    return g(x)
\f
b(2)
""",
    "form feed before code": """\
\fa(1)
\f  \fdef_ = b(2)
if 1:
  \f    c(3)
""",
    "form feed inside a line": """\
x = a(1) +\fb(2)
""",
    "decorators": """\
@d(1)
@e.f(
    2,
)

# between
@g
def f(x):
    return h(x)

@d(3)
class C(b(4)):
    @p(5)
    def m(self): q(6)
""",
    "multi-line string": """\
x = '''
def f():
  # no comment

\\
''' + g(1)
h(2)
""",
    "multi-line string in a stub": """\
def f():
    '''
# text

  '''
    return '''
x''' + g(1)
h(2)
""",
    "multi-line f-string": """\
x = f'''
{g(1)}

# {h(2)}
''' + k(3)
""",
    "multi-line statement": """\
x = f(
    1,

    # comment
    g(2),
)
y = (a(1)

     + b(2))
""",
    "backslashes": """\
x = f(1) + \\
    g(2) + \\
\\
  h(3)
if x and \\
   y(1):
    z(2)
v = 1 \\

w(3)
""",
    "one-line function": """\
def f(x): return g(x)
def h(a,
      b=i(1)): return j(2)
class C: x = k(3)
if 1: l(4)
else: m(5)
""",
    "nested functions": """\
def f():
    def g():
        def h(): return a(1)
        return h()
    return g()
""",
    "nested classes": """\
class A:
    class B:
        def m(self):
            return c(1)
        x = d(2)
    y = e(3)
""",
    "conditional definitions": """\
if a(1):
    def f(x):
        return b(2)
elif c(3):
    def f(x):
        return d(4)
else:
    # none
    f = e(5)
try:
    def g(): return 1

# comment at the left
except h(6):
    def g():
        return i(7)
finally:
    j(8)
""",
    "loops with definitions": """\
for i in a(1):
    def f(): return i

    b(2)
else:
    c(3)
while d(4): e(5)
else: f(6)
""",
    "semicolons": """\
a(1); b(2);
if c(3): d(4); e(5)
def f(): g(6); h(7)
i(8); j(9)
""",
    "async": """\
async def f(x):
    async with a(x) as b, c(x):
        await d(b)
    async for e in g(x): h(e)
    return [i(y) async for y in x]
""",
    "match": """\
match a(1):
    # first
    case [b, *c] if d(2):
        e(3)

    # second
    case {'k': K(x=1), **rest}: f(4)
    case _:
        def g():
            return h(5)
        i(6)
""",
    "exception handlers": """\
try:
    a(1)
except (b(2),
        c(3)) as e:
    d(4)
# why
else:
    e(5)
""",
    "with of several items": """\
with (
    a(1) as b,
    # comment
    c(2) as d,
):
    e(3)
with f(4), \\
     g(5):
    h(6)
""",
    "comments everywhere": """\
# first
if a(1):  # one
    # two
    b(2)  # three
  # four
# five
    c(3)
# six
def f():  # seven
# eight
    # nine
    return d(4)  # ten
    # eleven
# twelve
""",
    "stub whose body starts late": """\
def f(x,  # why
      y=(1,

         2)) -> a(1):

    # comment

    return b(2)
c(3)
""",
    "stub of a decorated inner function": """\
def f():
    @a(1)
    def g():
        return b(2)
    return g
c(3)
""",
    "no newline at the end": """\
a(1)
def f():
    return b(2)""",
    "only a stub": """\
def f():
    return b(2)
""",
    "blank lines with spaces": """\
a(1)
\x20\x20\x20
\t
def f():
    b(2)
\x20\x20\x20\x20\x20\x20
    c(3)
\x20\x20\x20
d(4)
""",
}

SHAPES_OF_PYTHON_3_12: dict[str, str] = {
    "type parameters": """\
def f[T: a](x: T) -> T:
    return b(2)
class C[**P, *Ts]:
    x = d(3)
type A[K] = dict[K, e]
f(4)
""",
    "nested f-strings": """\
x = f"{a(f"{b(1)!r:>{c(2)}}")}" + d(3)
y = f"{
    e(4)
}" + g(5)
""",
    "generic stub": """\
def f[
    T,
](x: T):
    return a(1)
b(2)
""",
}

ALL_SHAPES: dict[str, str] = {**SHAPES, **(SHAPES_OF_PYTHON_3_12 if sys.version_info >= (3, 12) else {})}
