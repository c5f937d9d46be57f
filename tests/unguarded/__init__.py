"""Which mechanisms of the machine no program guards: `python -m tests.unguarded` takes one out at a time.

Taken out are: each entry of each list of names (`frozenset`, tuple or dict of a module), each alternative of each
regular expression, each function with a plain stand-in for what it gives (nothing, no, yes, an empty list), and the
mechanisms declared in `mechanisms`. The findings of all programs of the repository are compared with those before. The
table names the first program whose findings change, or says "none": then a program is missing, or the mechanism is
dead. A developers' script, of minutes; nothing here runs a program.
"""
