"""The catalogue of the rules, `flake8_gradtape/rules/README.md`, and the table of them in the README.

`python -m tests.catalogue` writes both from the docstrings of the rules; `tests/test_catalogue.py` compares.
"""

from __future__ import annotations

import contextlib
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from flake8_gradtape.cli.main import main as run_command
from flake8_gradtape.rules import all_rules
from flake8_gradtape.rules.base import Rule
from flake8_gradtape.rules.documentation import documentation
from flake8_gradtape.rules.markdown import FAMILIES, claim

PROJECT = Path(__file__).resolve().parents[1]
FILE = PROJECT / "flake8_gradtape" / "rules" / "README.md"
README = PROJECT / "README.md"
TABLE = re.compile(r"(<!-- rules: begin.*?-->\n).*?(<!-- rules: end -->)", re.DOTALL)

_HEAD = """\
<!-- Written by `python -m tests.catalogue` from the docstrings of the rules: change those. -->

# The rules

One rule is one module of this folder. Its docstring is its documentation: it is printed here and by
`gradtape explain CODE`, and the tests run both of its programs in TensorFlow. A rule holds no analysis; it reads events
(`flake8_gradtape/events.py`) and words a finding. Its *claim* is what TensorFlow must show on the line of the finding.
Rules marked *optional* are off unless `--gradtape-enable` names them.
"""


def table() -> str:
    """The table of the README, as `gradtape rules --markdown` prints it."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        run_command(["rules", "--markdown"])
    return printed.getvalue()


def with_table(readme: str) -> str:
    """The text of the README with the table as it is now."""
    return TABLE.sub(lambda found: found[1] + table() + found[2], readme)


def catalogue() -> str:
    """The text of the catalogue as the rules are now."""
    parts = [_HEAD]
    for family, what in FAMILIES.items():
        rules = [rule for rule in all_rules() if rule.code.startswith(family)]
        parts.append(f"## {family}: {what}\n\n| code | name | what it finds |\n| --- | --- | --- |")
        parts.extend(_row(rule) for rule in rules)
        parts.append("")
        parts.extend("\n".join(_section(rule)) for rule in rules)
    return "\n".join(parts)


def _row(rule: Rule) -> str:
    name = f"{rule.name} *(optional)*" if rule.optional else rule.name
    return f"| [{rule.code}](#{_anchor(rule)}) | {name} | {documentation(rule).summary} |"


def _anchor(rule: Rule) -> str:
    return f"{rule.code} {rule.name}".lower().replace(" ", "-")


def _section(rule: Rule) -> Iterator[str]:
    documented = documentation(rule)
    module = type(rule).__module__.rpartition(".")[2]
    fixtures = f"{rule.code}_{rule.name.replace('-', '_')}"
    more = f"[Module]({module}.py)"
    if (PROJECT / "fixtures" / fixtures).is_dir():
        more += f", [fixtures](../../fixtures/{fixtures}). Claim: {claim(rule)}"
    yield from (f"### {rule.code} {rule.name}", "", documented.summary, "", f"{more}.", "", documented.why, "")
    yield from ("```python", documented.example, "```", "")
    yield from ("**Use instead**", "", "```python", documented.use_instead, "```", "")
    yield from ("**TensorFlow says**", "", documented.tensorflow_says, "")
    yield from ("**Known limits**", "", documented.known_limits, "")


def main() -> int:
    """Write the catalogue and the table, and say which of them became different."""
    for file, text in ((FILE, catalogue()), (README, with_table(README.read_text(encoding="utf-8")))):
        before = file.read_text(encoding="utf-8") if file.exists() else ""
        file.write_text(text, encoding="utf-8")
        print(f"{file.relative_to(PROJECT)}: {'as it was' if before == text else 'written'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
