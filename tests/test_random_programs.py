"""Random programs judged by TensorFlow, and the judge judged by hand; `random_programs` makes the programs."""

from __future__ import annotations

import ast
import sys
from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from flake8_gradtape.checking.check import Report
from flake8_gradtape.events import Answer, AskedSource, CallRaised, Event, GradientAsked, Misuse, TapeEnded
from tests.random_programs import statements
from tests.random_programs.chooser import Picker, RandomChooser
from tests.random_programs.coverage import report
from tests.random_programs.generator import numbered, programs, write
from tests.random_programs.language.families import FAMILIES, SNIPPETS
from tests.random_programs.language.snippet import Snippet
from tests.random_programs.language.writing import write as write_snippet
from tests.random_programs.oracle import Kind, Run, Verdict, compare, judge, observe, verdict
from tests.random_programs.reducing import reduce
from tests.random_programs.scope import Program, Scope
from tests.random_programs.stream import judge_stream
from tests.random_programs.tally import Tally, keep, kept, summed

SEED = 20
PROGRAMS = 1000


def asked(line: int, *answers: Answer, warned: bool = False) -> GradientAsked:
    sources = tuple(AskedSource(f"s{number}", answer) for number, answer in enumerate(answers))
    return GradientAsked(line, "t", "gradient", "y", sources, in_own_block=warned)


def run(*events: Event, error: str = "", raised: frozenset[int] = frozenset(), ended_at: int | None = None) -> Run:
    return Run(events, error, frozenset(range(1, 10)), raised, ended_at)


def claim(code: str, line: int = 4, message: str = "a message") -> Report:
    return Report(code=code, line=line, column=0, message=message)


@pytest.mark.tensorflow
@pytest.mark.parametrize(
    ("language", "least"), [("tapes", (("NONE", 150), ("SPENT", 10), ("WARNING", 10))), ("whole", ())]
)
def test_tensorflow_contradicts_no_claim_on_a_thousand_programs(
    language: str, least: tuple[tuple[str, int], ...], capsys: pytest.CaptureFixture[str]
) -> None:
    tally = judge_stream(SEED, PROGRAMS // 2, language=language)
    with capsys.disabled():
        print("", f"seed {SEED}, {language}", *tally.lines(), sep="\n")
    command = (
        f"python -m tests.random_programs --seed {SEED} --programs {PROGRAMS // 2} --language {language} --show 20"
    )
    shown = f"{command}; {tally.failures[:20]}"
    assert tally.programs == PROGRAMS // 2
    assert tally.false_claims() == 0, shown
    assert not [failure for failure in tally.failures if failure[1] == "no finding"], shown
    for kind, count in least:
        assert tally.expected[kind] >= count, "too few to say anything about recall"
        assert tally.recall(kind) >= 0.98, (kind, shown)


def false_claims(text: str) -> list[Report]:
    return [report for report, said in judge(text).findings if said is Verdict.REFUTED]


# Deleting lines is a hundred times faster than Hypothesis' own shrinking, which takes its five minutes here.
@pytest.mark.tensorflow
@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
@given(programs())
def test_tensorflow_contradicts_no_claim_on_the_programs_of_hypothesis(text: str) -> None:
    if false_claims(text):
        small = reduce(text, lambda candidate: bool(false_claims(candidate)))
        pytest.fail(f"{false_claims(small)} in\n{small}")


def test_a_program_is_the_same_each_time_and_is_python() -> None:
    texts = [numbered(SEED, index) for index in range(200)]
    assert texts == [numbered(SEED, index) for index in range(200)]
    assert len(set(texts)) > 190
    for text in texts:
        ast.parse(text)
        assert "GradientTape" in text


def test_programs_of_tapes_alone_are_what_they_were_before_there_were_snippets() -> None:
    for index in (0, 2, 4):
        assert numbered(SEED, index) == numbered(SEED, index, "tapes")
    assert "import tests.random_programs.unseen" not in "".join(numbered(SEED, index, "tapes") for index in range(60))
    first = sha256("".join(numbered(1, index, "tapes") for index in range(200)).encode()).hexdigest()
    assert first == "1861b2d0df58f6da985e331dfab5b8256c1a4123e1519e24cd4cc200f5d5247e"


def test_every_family_of_snippets_is_in_a_thousand_programs_and_they_compile() -> None:
    found: Counter[str] = Counter()
    for index in range(1, PROGRAMS, 2):
        text, used = write(RandomChooser(f"{SEED}:{index}"), whole=True)
        compile(text, "program", "exec")
        found.update(set(used))
    assert set(found) == set(FAMILIES)
    assert min(found.values()) >= 10


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda snippet: snippet.text.split()[1])
def test_a_snippet_compiles_in_all_its_spellings(snippet: Snippet) -> None:
    texts = {_alone(snippet, seed) for seed in range(12)}
    for text in texts:
        compile(text, "program", "exec")
        assert "<<" not in text and "||" not in text and "?" not in text.replace('"?"', "")


def _alone(snippet: Snippet, seed: int) -> str:
    """A program of one snippet, inside a function that has a variable."""
    program = Program(Picker(RandomChooser(str(seed))), 20)
    scope = Scope(program)
    scope.top = False
    program.write("def main():")
    program.indent += 1
    statements.variable(scope)
    write_snippet(scope, snippet, lambda inside: bool(statements.compute(inside)))
    return "\n".join(program.text)


def test_a_tied_alternative_chooses_the_same_place() -> None:
    for seed in range(20):
        text = _alone(Snippet("tied", 1, "<<k#a||b||c>> = <<k#1||2||3>>"), seed)
        assert text.splitlines()[-1].strip() in ("a = 1", "b = 2", "c = 3")


def test_tallies_of_ranges_are_kept_and_summed_and_none_of_another_version(tmp_path: Path) -> None:
    file = tmp_path / "tallies"
    one = Tally(25, 30, expected=Counter(NONE=4), missed=Counter(NONE=1))
    one.verdicts["TAP112", "CONFIRMED"] = 2
    one.failures.append((7, "missed", "NONE"))
    keep(file, 1, "mixed", (0, 25), one)
    keep(file, 1, "mixed", (25, 50), one)
    with file.open("a") as stream:
        stream.write('{"version": "another", "seed": 1}\n{"version": "cut o')
    assert kept(file, 1, "mixed") == {(0, 25): one, (25, 50): one}
    assert kept(file, 2, "mixed") == kept(file, 1, "whole") == {}
    assert (summed(file).programs, summed(file).recall("NONE")) == (50, 0.75)
    assert summed(file).verdicts["TAP112", "CONFIRMED"] == 4


def test_coverage_names_lines_that_no_program_enters() -> None:
    if sys.version_info < (3, 12):
        with pytest.raises(RuntimeError, match=r"needs Python 3\.12"):
            list(report(SEED, 0, 3, "tapes"))
        return
    *lines, total = report(SEED, 0, 3, "tapes")
    assert total.endswith("(machine/trace is for `gradtape trace`)")
    assert any(line.startswith("libraries/keras/") for line in lines)
    assert not any(line.startswith("trace/") for line in lines)


@pytest.mark.tensorflow
def test_both_values_of_a_flag_are_run() -> None:
    text = (
        "import os\nimport tensorflow as tf\nFLAG = os.environ['TAPE_PROGRAM_FLAG'] == '1'\nx = tf.Variable(2.0)\n"
        "with tf.GradientTape() as t:\n    y = x * x if FLAG else tf.round(x)\ng = t.gradient(y, x)\n"
    )
    answers = [
        source.answer
        for one in observe(text)
        for event in one.events
        if isinstance(event, GradientAsked) and event.where == 7
        for source in event.sources
    ]
    assert answers == [Answer.NONE, Answer.CONNECTED]


def test_a_claim_of_none_is_refuted_by_one_run_that_gives_only_tensors() -> None:
    gives, lacks = run(asked(4, Answer.CONNECTED)), run(asked(4, Answer.CONNECTED, Answer.NONE))
    assert verdict(claim("TAP102"), [lacks]) is Verdict.CONFIRMED
    assert verdict(claim("TAP102"), [lacks, gives]) is Verdict.REFUTED
    assert verdict(claim("TAP102", 5), [lacks]) is Verdict.UNPROVEN
    assert verdict(claim("TAP102", 50), [lacks]) is Verdict.NOT_REACHED


def test_one_none_among_the_answers_of_a_loop_is_enough() -> None:
    assert verdict(claim("TAP107"), [run(asked(4, Answer.CONNECTED), asked(4, Answer.NONE))]) is Verdict.CONFIRMED


def test_a_claim_that_names_the_wrong_source_is_refuted() -> None:
    shown = [run(asked(4, Answer.CONNECTED, Answer.NONE))]
    message = "gradient of 'y' with respect to '{}' is None: 'y' does not depend on it"
    assert verdict(claim("TAP112", message=message.format("s1")), shown) is Verdict.CONFIRMED
    assert verdict(claim("TAP112", message=message.format("s0")), shown) is Verdict.REFUTED


def test_a_claim_of_an_error_is_refuted_where_nothing_raises() -> None:
    assert verdict(claim("TAP201"), [run(asked(4, Answer.CONNECTED))]) is Verdict.REFUTED
    assert verdict(claim("TAP201"), [run(CallRaised(4, "t", "gradient", Misuse.SPENT))]) is Verdict.CONFIRMED
    assert verdict(claim("TAP202"), [run(raised=frozenset({4}))]) is Verdict.CONFIRMED


def test_a_claim_of_a_warning_is_refuted_without_the_warning() -> None:
    assert verdict(claim("TAP401"), [run(asked(4, Answer.CONNECTED))]) is Verdict.REFUTED
    assert verdict(claim("TAP401"), [run(asked(4, Answer.CONNECTED, warned=True))]) is Verdict.CONFIRMED


def test_needless_persistence_is_refuted_by_a_second_ask() -> None:
    once = TapeEnded(4, "t", True, True, asked=1, records=True)
    twice = TapeEnded(4, "t", True, True, asked=2, records=True)
    assert verdict(claim("TAP403"), [run(once)]) is Verdict.CONFIRMED
    assert verdict(claim("TAP403"), [run(once), run(twice)]) is Verdict.REFUTED


def test_a_sure_none_without_a_finding_is_missed() -> None:
    text = "t = 1\n" * 9
    none = run(asked(4, Answer.NONE))
    assert compare(text, [], [none]).missed == ((Kind.NONE, 4),)
    assert compare(text, [claim("TAP109")], [none]).missed == ()
    assert compare(text, [], [none, run(asked(4, Answer.CONNECTED))]).expected == ()


def test_an_error_that_the_program_catches_is_not_expected_to_be_found() -> None:
    spent = CallRaised(2, "t", "gradient", Misuse.SPENT)
    words = "A non-persistent GradientTape can only be used to compute one set of gradients (or jacobians)"
    caught = "try:\n    t.gradient(y, x)\nexcept RuntimeError:\n    pass\n"
    assert compare(caught, [], [run(spent, error=words, ended_at=2)]).expected == ()
    assert compare("x = 1\nt.gradient(y, x)\n", [], [run(spent, error=words, ended_at=2)]).missed == ((Kind.SPENT, 2),)
    assert compare("x = 1\nt.gradient(y, x)\n", [], [run(spent)]).expected == ()


def test_the_reducer_keeps_what_fails_and_drops_the_rest() -> None:
    text = "a = 1\nif a:\n    b = 2\n    for c in a:\n        keep = 3\nd = 4\n"
    assert reduce(text, lambda candidate: "keep" in candidate) == "keep = 3\n"
