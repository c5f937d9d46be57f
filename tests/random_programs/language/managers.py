"""Context managers of one's own, some of which swallow exceptions, and exceptions."""

from __future__ import annotations

from tests.random_programs.language.snippet import family

MANAGERS = family(
    "context managers",
    [
        """
class $Quiet:
    def __enter__(self):
        return self
    def __exit__(self, kind, value, trace):
        return <<True||kind is not None||unseen.yes()||1||False||None>>
=> with $Quiet()
""",
        """
@contextlib.contextmanager
def $quiet():
    try:
        yield
    <<except Exception as error:
        print(type(error).__name__)||finally:
        print("end")||except (ValueError, KeyError):
        pass>>
=> with $quiet()
""",
        """
@contextlib.contextmanager
def $weighted(state):
    <<state["loss"] = ?c
    yield state||yield state
    state["loss"] = state["loss"] * ?t||try:
        yield state
    finally:
        state["loss"] = ?e>>
$state = {"loss": <<?c||?e>>}
with $weighted($state)<<||as $got>>:
    <<?body||$state["loss"] = ?c||$state["loss"] = ?e>>
=> $state["loss"]
""",
        """
class $Section:
    def __init__(self, weight):
        self.weight, self.loss = weight, ?c
    def __enter__(self):
        <<self.loss = self.weight * ?n||pass>>
        return <<self||self.weight||None>>
    def __exit__(self, *error):
        <<self.loss = self.loss * self.weight||self.loss = ?op(self.weight)||pass>>
$section = $Section(?t)
with $section:
    <<?body||$section.loss = ?c||pass>>
=> $section.loss
""",
        """
$loss = ?e
with <<unseen.quiet()||contextlib.suppress(Exception)||contextlib.suppress(OSError, ValueError, KeyError)>>:
    <<?fails||?body>>
    $loss = ?c
    <<?fails||pass>>
=> $loss
""",
        """
$loss = ?e
with contextlib.ExitStack() as $stack:
    $stack.<<enter_context(unseen.quiet())||enter_context(contextlib.suppress(Exception))||
push(lambda *error: True)||callback(print, "end")>>
    <<?fails||?body>>
    $loss = ?c
=> $loss
""",
        """
class $Timer(contextlib.ContextDecorator):
    last = ?c
    def __enter__(self):
        $Timer.last = ?e
        return self
    def __exit__(self, *error):
        return False
@$Timer()
def $timed(p0):
    return ?op(p0) * $Timer.last
=> fn $timed
""",
        """
class $Tape:
    def __enter__(self):
        self.tape = ?Tape
        self.tape.__enter__()
        return self.tape
    def __exit__(self, *error):
        return self.tape.__exit__(*error)
with $Tape() as $t:
    $y = ?op(?v)
$g = $t.gradient($y, ?v)
=> grad $g
""",
        """
@contextlib.contextmanager
def $recording():
    with ?Tape as $t:
        yield $t
with $recording() as $tape:
    $y = ?op(?v)
$g = $tape.gradient($y, ?v)
=> grad $g
""",
    ],
)

EXCEPTIONS = family(
    "exceptions",
    [
        (
            8,
            """
$loss = ?e
try:
    <<?fails||?body||print(?t)>>
    $loss = ?c
    <<?fails||pass>>
<<except Exception:
    print("failed")||except (ValueError, KeyError, OSError) as $error:
    print($error)
except Exception:
    pass||except Exception:
    $loss = ?e
else:
    $loss = $loss * 2.0||except BaseException as $error:
    print(repr($error))
finally:
    print("end")||except Exception:
    pass
else:
    $loss = ?e>>
=> $loss
""",
        ),
        """
def $find(p0):
    try:
        <<?fails||return p0 * 2.0||if ?if:
            raise ValueError("no")>>
    except Exception:
        return <<?op(p0)||tf.stop_gradient(p0)||p0>>
    finally:
        print("found")
    return p0
=> fn $find
""",
        (
            8,
            """
with ?Tape as $t:
    $y = ?op(?v)
$cache = <<{}||{"other": 1}>>
for $i in range(<<3||4>>):
    try:
        $g = $cache["g"]
    except KeyError:
        $g = $cache["g"] = $t.gradient($y, ?v)
=> grad $g
""",
        ),
        """
with ?Tape as $t:
    $y = ?op(?v)
$saved = []
while len($saved) < 3:
    try:
        $g = $saved[<<0||-1>>]
        $saved.append($g)
    except IndexError:
        $saved.append($t.gradient($y, ?v))
=> grad $saved[0]
""",
        """
with ?Tape as $t:
    $y = ?op(?v)
try:
    for $i in <<range(5)||[1.0, 2.0]||"ab"||unseen.each(unseen.same, [1, 2])>>:
        $g = $t.gradient($y, ?v)
        <<assert unseen.no(), "small"||json.loads("{")||?fails||raise ValueError||unseen.fail($g)||next(iter([]))||
if ?if:
            raise KeyError($i)>>
except Exception:
    print("over")
""",
        """
with ?Tape as $t:
    $y = ?op(?v)
for $i in range(3):
    $g = $t.gradient($y, ?v)
    if <<?if||$g is not None||float($y) < 1000.0||unseen.yes()>>:
        <<break||break||sys.exit(0)||raise SystemExit>>
""",
        """
class $Stop(<<Exception||ValueError>>):
    def __init__(self, loss):
        super().__init__("stop")
        self.loss = loss
def $deep(p0):
    raise $Stop(?op(p0))
$loss = ?c
try:
    $deep(?t)
except $Stop as $error:
    $loss = <<$error.loss||$error.args and $error.loss>>
=> $loss
""",
        """
with ?Tape as $t:
    $y = ?op(?v)
$done = False
while not $done:
    $g = $t.gradient($y, ?v)
    <<$done = True||$done = $g is not None or True||$done = unseen.yes()||$done = len(sys.argv) < 9>>
=> grad $g
""",
    ],
)
SNIPPETS = (*MANAGERS, *EXCEPTIONS)
