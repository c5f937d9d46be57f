"""Functions: parameters, closures, generators, decorators, and who calls them."""

import functools
import operator
import re


def takes(a, /, b, *rest, c=3, **named):
    return a, b, rest, c, named


def remembers(value, seen=[]):
    seen.append(value)
    return list(seen)


def counter(start):
    count = start

    def step(by=1):
        nonlocal count
        count += by
        return count

    return step


def traced(function):
    @functools.wraps(function)
    def wrapper(*given, **named):
        calls.append(function.__name__)
        return function(*given, **named)

    return wrapper


def options(prefix=""):
    def decorate(function):
        calls.append(prefix + function.__name__)
        return function

    return decorate


calls = []


@traced
def double(x):
    return x * 2


@options(prefix="-")
def triple(x):
    return x * 3


def numbers(limit):
    got = None
    for number in range(limit):
        got = yield number if got is None else got
    return "done"


def delegates():
    result = yield from numbers(2)
    yield result


def factorial(n):
    return 1 if n < 2 else n * factorial(n - 1)


def change():
    global level
    level = level + 1
    return level


level = 0
taken = takes(1, 2), takes(1, b=2, c=4, d=5), takes(1, 2, 3, 4), takes(*[1, 2], **{"c": 0})
kept = remembers(1), remembers(2), remembers(3, []), remembers(4)
step = counter(10)
stepped = step(), step(5), step(by=-1), counter(0)()
decorated = double(3), triple(4), calls, double.__name__
generator = numbers(3)
yielded = next(generator), generator.send("sent"), list(generator), list(delegates())
recursive = factorial(5), factorial(1)
levels = change(), level, change(), level
late = [lambda: index for index in range(3)]
bound = [lambda index=index: index for index in range(3)]
indices = [one() for one in late], [one() for one in bound]
add = functools.partial(takes, 1, c=9)
partial = add(2), add(2, c=1), add.args, add.func is takes
total = functools.reduce(lambda one, other: one + other, [1, 2, 3], 10), functools.reduce(operator.mul, [2, 3])
seen = []
replaced = re.sub("[ab]", lambda match: seen.append(match[0]) or match[0].upper(), "xaybz"), seen
ordered = sorted([3, -1, 2], key=abs), max("abc", key=lambda letter: seen.append(letter) or letter), seen[-1]
mapped = list(map(double, [1, 2])), list(filter(None, [0, 1, ""])), [*map(str, (1, 2))]
swapped = (lambda a, b: (b, a))(*"xy")
holder = {"call": double, "table": [triple]}
dispatched = holder["call"](5), holder["table"][0](6)
source = iter([1, 2, 0, 3])
until = list(iter(lambda: next(source), 0)), next(source)
exec("level = 'executed'")
executed = level
