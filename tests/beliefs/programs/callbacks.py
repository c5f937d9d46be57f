"""Functions that the program calls with one thing, and unseen code with others."""

import functools

ones = lambda a, b=0: [a]  # noqa: E731
ones(1)
functools.reduce(ones, "abc")


def defined_inside():
    def pair(a, b):
        return [a, b]

    def helper(x):
        return [x, 1]

    class Kept:
        def method(self, x):
            return helper(x)

    def through_another():
        return helper("other")

    pair(1, 2)
    helper(3)
    kept = Kept()
    kept.method(5)
    functools.reduce(pair, "abc")
    functools.reduce(lambda a, b: kept.method(b), "abc")
    functools.reduce(lambda a, b: through_another(), "abc")
    raise ValueError(helper("last"))


def lambdas_inside(function):
    first = lambda a, b=0: [a, function]  # noqa: E731
    first(1)

    def made(c):
        return lambda q: [q, c]

    made(1)(2)
    functools.reduce(lambda a, b: made(b)(a), "abc")
    return functools.reduce(first, "abc")


try:
    defined_inside()
except ValueError as error:
    print(error)
print(lambdas_inside(1), lambdas_inside.__call__("x"))
numbers = [len(ones(one)) for one in (1, "a", None)]
print(sorted("cab", key=lambda one: ones(one)), list(map(lambda one: [one, 1], [3, 4])), list(filter(None, numbers)))
by_name = {"ones": ones, "inside": lambdas_inside}
print({name: functools.reduce(one, [1, 2]) if name == "ones" else one(2) for name, one in by_name.items()})
