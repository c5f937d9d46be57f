"""Loops, what is left when they end, and what goes through them."""


def countdown(n):
    seen = []
    while n:
        seen.append(n)
        n -= 1
    else:
        seen.append("end")
    return seen


def first(rows, wanted):
    for place, row in enumerate(rows):
        if row == wanted:
            break
    else:
        place = None
    return place


def delayed(steps):
    a = b = c = d = 0
    for step in range(steps):
        d = c
        c = b
        b = a
        a = step + 1
    return a, b, c, d


def skipping(rows):
    kept = []
    for row in rows:
        if row is None:
            continue
        if row == "stop":
            return kept
        kept.append(row)
    return kept, "all"


found = countdown(3), countdown(0), countdown(9), first("abc", "b"), first([1, 2], 3), delayed(2), delayed(7)
kept = skipping([1, None, 2]), skipping([1, "stop", 2])
pairs = zip([1, 2, 3], "ab")
once, again = list(pairs), list(pairs)
turned = reversed([1, 2, 3])
head = next(turned)
rest = list(turned)
numbered = enumerate(["a", "b"], start=1)
for place, letter in numbered:
    pass
gone = list(numbered)
growing = [1]
for each in growing:
    if len(growing) < 9:
        growing.append(each + 1)
shrinking = [1, 2, 3, 4]
for each in shrinking:
    shrinking.remove(each)
table = {"a": 1, "b": 2}
keys, values, items = table.keys(), table.values(), table.items()
table["c"] = 3
shown = list(keys), list(values), list(items), "c" in keys, len(items), keys & {"a"}
number = 5
while number > 1:
    number = number // 2 if number % 2 == 0 else 3 * number + 1
flag = True
while flag:
    flag = not flag
squares = [x * x for x in range(4) if x % 2], {x: -x for x in range(3)}, {x % 2 for x in range(5)}
nested = [(x, y) for x in range(3) for y in range(x)], [[y for y in range(x)] for x in range(3)]
lazily = (x + 1 for x in squares[0])
taken = next(lazily), list(lazily), list(lazily), sum(x for x in range(4)), max(range(9)), any(x > 2 for x in range(4))
x = "outer"
inner = [x for x in "ab"], x
first_name, *others = "a b c".split()
(one, two), three = [1, 2], 3
*start, last = range(8)
