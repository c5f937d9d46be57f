"""What is written, and what it means."""

escaped = "a\tb", r"a\tb", b"\x41", "\N{BULLET}", "\u00e9" == "é", "tab\
joined", 'it''s', "a" "b" 'c', """two
lines"""
width, value = 8, 3.14159
formatted = f"{value:.2f}", f"{value:{width}.1f}", f"{value!r}", f"{{}}", f"{width=}", f"{'nested'}" "tail", rf"\{width}"
numbers = 0x10, 0b11, 0o17, 1_000, 1e3, 1j, .5, 10**20, 0xFF, 1E-2
keys = {1: "int", 1.0: "float", True: "bool"}, {"a": 1, "a": 2}, {0: 1, False: 2}, {(1, 2): 3}, {"\x61": 1}["a"]
rows = [], (), {}, set(), (1,), [1, [2, [3]]], [*"ab", *[1]], (*(), 1), {**{"a": 1}, "b": 2}, {*[1], 2}
sliced = "hello"[1:3], "hello"[::-1], [1, 2, 3][-2:], (1, 2, 3)[:1], [1, 2, 3][5:], b"ab"[0], "ab"[0]
nothing = None, ..., NotImplemented, not None, None or 0, 0 or [], [] and 1, 1 and 2, "" or "default"
chosen = "yes" if [] else "no", (lambda: 1)(), [x := 5, x + 1], x
texts = "a,b".split(","), "-".join(["a", "b"]), "x".upper(), " x ".strip(), "abc".replace("b", ""), len("abc"), "b" in "abc"
converted = int("12"), float("1.5"), str(1), bool("False"), list("ab"), tuple([1]), dict(a=1), set("aa"), int(2.9), round(2.5)
changed = [3, 1, 2]
changed[0], changed[1] = changed[1], changed[0]
changed[1:2] = ["a", "b"]
del changed[-1]
changed.insert(1, "c")
popped = changed.pop(0), changed, changed.index("c"), changed.count("a")
changed.sort(key=str)
changed.reverse()
copied = changed.copy(), changed[:]
copied[0].append("only here")
ends = changed, copied
store = {"a": 1}
got = store.get("a"), store.get("b"), store.get("b", 2), store.setdefault("c", 3), store.pop("a"), store.pop("z", None)
store.update({"d": 4}, e=5)
del store["c"]
left = store, list(store), "d" in store, sorted(store.values()), dict.fromkeys("ab", 0)
deep = {"row": [{"x": 1}]}
deep["row"][0]["x"] += 1
deep["row"].append(deep["row"][0])
inside = deep["row"][1]["x"], deep["row"][0] is deep["row"][-1]
one = other = []
one.append(1)
twice = other, one is other
