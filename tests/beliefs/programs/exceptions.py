"""What is raised, who catches it, and what is done on the way."""

import contextlib

log = []


def fails(kind, after=None):
    state = "begun"
    try:
        state = "tried"
        raise kind("no")
    except ValueError as error:
        state = "value", str(error)
    except (KeyError, IndexError):
        state = "key or index"
    else:
        state = "fine"
    finally:
        log.append(state)
        if after is not None:
            return after
    return state


class Quiet:
    """Swallows what is raised in its block."""

    def __init__(self, answer=True):
        self.answer = answer
        self.left = 0

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self.left += 1
        self.kind = kind
        return self.answer


@contextlib.contextmanager
def quiet(what):
    try:
        yield what
    except what:
        log.append("caught")
    finally:
        log.append("left")


def uncaught():
    done = []
    try:
        try:
            done.append(1)
            raise KeyError("k")
        finally:
            done.append(2)
            finished = True
    except KeyError:
        done.append(3)
    return done, finished


def memo(table, key):
    try:
        return table[key]
    except KeyError:
        table[key] = value = len(table)
        return value


def retries(times):
    tries = 0
    while True:
        try:
            tries += 1
            if tries < times:
                raise OSError(tries)
            break
        except OSError as error:
            kept = error.args
    return tries, kept


results = fails(ValueError), fails(KeyError), fails(TypeError, "after"), uncaught(), retries(3), retries(5)
table = {}
keys = memo(table, "a"), memo(table, "b"), memo(table, "a"), len(table)
with Quiet() as held:
    before = 1
    raise RuntimeError
    before = 2
with quiet(ZeroDivisionError) as what:
    before = before / 0
with contextlib.suppress(IndexError):
    before = [][0]
    before = "never"
left = held.left, held.kind, before, what, log[-1]
with contextlib.ExitStack() as stack:
    inner = stack.enter_context(Quiet())
    stack.callback(log.append, "last")
    raise KeyError
ended = inner.left, log[-1]
try:
    with Quiet(False):
        before = 3
        raise LookupError
except LookupError:
    before = before, 4
try:
    int("x")
except ValueError:
    number = 0
else:
    number = 1
try:
    assert number, "zero"
    number = 2
except AssertionError as error:
    message = error.args[0]
try:
    next(iter([]))
    number = 3
except StopIteration:
    pass
for attempt in range(3):
    try:
        if attempt == 0:
            continue
        if attempt == 1:
            raise KeyError
        break
    except KeyError:
        number = -attempt
    finally:
        log.append(attempt)
last = number, log[-3:], attempt
