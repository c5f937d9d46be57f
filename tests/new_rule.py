"""Scaffolds a rule: `python -m tests.new_rule TAP213 unknown-option`.

It writes the module of the rule, four bad and four good fixtures, and the entries in the list of rules, in the test of
names, in the README and in the catalogue. What is to be written by hand says `FILL IN`; tests fail until nothing does.
"""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
MARK = "FILL IN"

_CLAIMS = {
    "1": "GRADIENT_IS_NONE",
    "2": "CALL_RAISES",
    "3": "RECORDING_KEPT",
    "4": "WORK_UNUSED",
    "5": "VALUE_IS_WRONG",
}
"""The claim that the rules of a family make; of TAP3 and TAP4 the one that most of them make."""

_MODULE = '''\
"""{code}: FILL IN what the rule finds, in half a line."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_gradtape.events import Claim, Event
from flake8_gradtape.rules.base import Finding, Rule


class {name}(Rule):
    """FILL IN the misuse in one sentence, for the table of rules.

    FILL IN why it is bad: what TensorFlow does with it, and what a user sees of that, or does not.

    Example:
        x = tf.constant(0.0)  # FILL IN: a program that shows it; TensorFlow runs it

    Use instead:
        x = tf.constant(1.0)  # FILL IN: the same program without the misuse

    TensorFlow says:
        FILL IN the error, in double quotes and word for word, or what the example gives.

    Known limits:
        FILL IN what looks like the misuse and is not reported.
    """

    code = "{code}"
    name = "{kebab}"
    claim = Claim.{claim}

    def judge(self, event: Event) -> Iterator[Finding]:
        yield from ()  # FILL IN: a finding with its message if `event` is this misuse; see the neighbours
'''

_FIXTURES = {
    "bad_at_module_level": "the misuse at module level",
    "bad_in_a_function": "the misuse in a function or method",
    "bad_with_a_model": "the misuse with a Keras model, or in a loop",
    "bad_hard": "the misuse where it is hard to see",
    "good_cured": "what a reader of the message will write",
    "good_looks_like_it": "a program that looks like the misuse and is right",
    "good_expected": "code that expects the outcome: an error that is caught, a None that is asserted",
    "good_unknown": "the misuse where it depends on what nobody can see, so nothing is certain",
}

_FIXTURE = '''\
"""FILL IN: {what}. TensorFlow runs it; rename the file for what it shows."""

import tensorflow as tf

raise NotImplementedError("FILL IN")
'''

_TO_DO = """\
Now, until `python -m pytest -m "not tensorflow"` is green:
1. tests/truth_table/section_*.py: a row that shows what TensorFlow does.
2. fixtures/{folder}: programs as users write them; the line of the misuse ends in `# expect: {code}`.
   `python -m pytest tests/test_fixtures.py -k {code}` runs them alone, and asks TensorFlow.
3. If no event tells of the misuse yet: a word for it in flake8_gradtape/events.py, and what emits it in
   flake8_gradtape/machine, beside what emits its neighbours (`grep -rn Misuse.UNWATCHABLE flake8_gradtape/machine`).
   Claim only what happens in every run that reaches the line.
4. flake8_gradtape/rules/{module}.py: documentation, judgement, message.
5. In tests/test_rules_*.py, a hand-made event with its message; and if it is a `CallRaised`, one without names.
6. `python -m tests.catalogue` and `python -m tests.golden`; look at both diffs.
7. A line in CHANGELOG.md. At last the whole of `python -m pytest`: TensorFlow has the last word.
"""


@dataclass(frozen=True)
class NewRule:
    """What a rule is called in all its places."""

    code: str
    kebab: str

    @property
    def snake(self) -> str:
        return self.kebab.replace("-", "_")

    @property
    def module(self) -> str:
        return f"{self.code.lower()}_{self.snake}"

    @property
    def class_name(self) -> str:
        return "".join(word.capitalize() for word in self.kebab.split("-"))

    @property
    def folder(self) -> str:
        return f"{self.code}_{self.snake}"


class Refused(Exception):
    """The rule cannot be made; the text says why."""


def scaffold(rule: NewRule, project: Path = PROJECT) -> None:
    """Write all files and entries of `rule`; raise `Refused` if its code or name is taken or is none."""
    rules = project / "flake8_gradtape" / "rules"
    if not re.fullmatch(r"TAP[1-5]\d\d", rule.code) or not re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.kebab):
        raise Refused("a rule has a code such as TAP213 (TAP1 to TAP5) and a name such as unknown-option")
    taken = [path.stem for path in rules.glob("tap*.py")]
    same = [one for one in taken if one.startswith(f"{rule.code.lower()}_") or one.partition("_")[2] == rule.snake]
    if same:
        raise Refused(f"there is {same[0]} already; the next free code of its family is {_next_code(rule, taken)}")
    (rules / f"{rule.module}.py").write_text(
        _MODULE.format(code=rule.code, kebab=rule.kebab, name=rule.class_name, claim=_CLAIMS[rule.code[3]]),
        encoding="utf-8",
    )
    _insert_into_list(rule, rules / "__init__.py")
    _insert_name(rule, project / "tests" / "test_rules.py")
    fixtures = project / "fixtures" / rule.folder
    fixtures.mkdir()
    for name, what in _FIXTURES.items():
        (fixtures / f"{name}.py").write_text(_FIXTURE.format(what=what), encoding="utf-8")


def _next_code(rule: NewRule, taken: list[str]) -> str:
    """The code after the last of the family: a gap is that of a rule that was withdrawn, and stays."""
    family = rule.code[:4]
    numbers = [int(stem[4:6]) for stem in taken if stem.startswith(family.lower())]
    return f"{family}{max(numbers) + 1:02d}"


def _insert_into_list(rule: NewRule, file: Path) -> None:
    """The import and the entry, in the order of the codes."""
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    pattern = re.compile(r"from flake8_gradtape\.rules\.tap(\d{3})_\w+ import (\w+)\n")
    imports = [(place, found) for place, line in enumerate(lines) if (found := pattern.fullmatch(line))]
    place, follower = next((place, found) for place, found in imports if found[1] > rule.code[3:])
    lines.insert(place, f"from flake8_gradtape.rules.{rule.module} import {rule.class_name}\n")
    lines.insert(lines.index(f"    {follower[2]},\n"), f"    {rule.class_name},\n")
    file.write_text("".join(lines), encoding="utf-8")


def _insert_name(rule: NewRule, file: Path) -> None:
    """The name that the code keeps from now on."""
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    pattern = re.compile(r'    "(TAP\d{3})": "[a-z-]+",\n')
    place = next(at for at, line in enumerate(lines) if (found := pattern.fullmatch(line)) and found[1] > rule.code)
    lines.insert(place, f'    "{rule.code}": "{rule.kebab}",\n')
    file.write_text("".join(lines), encoding="utf-8")


def left_to_fill_in(project: Path = PROJECT) -> list[str]:
    """Where a scaffold still says `FILL IN`: path and line."""
    files = [
        *(project / "fixtures").rglob("*.py"),
        *(project / "flake8_gradtape" / "rules").iterdir(),
        project / "README.md",
        project / "CHANGELOG.md",
    ]
    return [
        f"{file.relative_to(project)}:{number}"
        for file in sorted(files)
        if file.is_file()
        for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if MARK in line
    ]


def main(arguments: list[str]) -> int:
    """Scaffold the rule that the arguments name, and say what is to be done; 2 if that cannot be."""
    if arguments in (["-h"], ["--help"]):
        print((__doc__ or "").strip())
        return 0
    if len(arguments) != 2:
        print("usage: python -m tests.new_rule TAP213 unknown-option", file=sys.stderr)
        return 2
    rule = NewRule(*arguments)
    try:
        scaffold(rule)
    except Refused as refused:
        print(f"error: {refused}", file=sys.stderr)
        return 2
    # another process, because this one may have read the list of rules before it was changed
    subprocess.run([sys.executable, "-m", "tests.catalogue"], cwd=PROJECT, check=True)
    print(_TO_DO.format(code=rule.code, folder=rule.folder, module=rule.module), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
