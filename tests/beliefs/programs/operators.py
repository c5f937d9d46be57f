"""Operators of numbers, texts, lists and objects."""

name, count = "x", 3
told = "%s has %d" % (name, count), "%r" % [name], "a" * count, count * "b"
numbers = 1, 1.0, True, 1 == 1.0, 1 is True, -0.0, 0.0, not 0.0
divided = 7 // 2, -7 // 2, 7 % -3, 7 / 2, 2**10, 2**-1, 1 << 4, 6 & 3, 6 | 3, 6 ^ 3, ~5
compared = 1 < 2 < 3, 3 > 2 < 1, "a" < "b", [1, 2] < [1, 3], (1,) == [1], None is None
row = [0] * count
row += "ab"
row *= 2
same = row
same += [1]
other = row + [2]
other.append(3)
united = {1, 2} | {3}, {1, 2} & {2, 3}, {"a": 1} | {"b": 2}
table = {"a": 1}
alias = table
table |= {"b": 2}
taken = table["b"], alias["b"], len(alias)


class Money:
    """An amount whose operators give something else each."""

    zero = 0

    def __init__(self, amount):
        self.amount = amount

    def __add__(self, more):
        return self if more is None else Money(self.amount + getattr(more, "amount", more))

    def __radd__(self, more):
        return self.amount + more

    def __iadd__(self, more):
        self.amount += more
        return self

    def __neg__(self):
        return -self.amount

    def __mul__(self, times):
        return [self] * times

    def __matmul__(self, what):
        return what

    def __mod__(self, what):
        return what, self

    def __eq__(self, what):
        return "perhaps"

    def __contains__(self, what):
        self.zero = what
        return what == 1

    def __getitem__(self, place):
        return place

    def __len__(self):
        return 0

    def __bool__(self):
        return True

    def __call__(self, *given, **named):
        return given, named


money = Money(2)
kept = money
results = money + None, money + 3, 4 + money, -money, money * 2, money @ "what", money % 5, money == 1, 1 in money
kept += 5
after = money.amount, money is kept, money.zero, money[1], money[1:2], money[1, ...], len(money), bool(money)
called = money(1, a=2), sum([money, 1], 0), "yes" if money else "no"
