"""The mutations and what is asked of a check's answer."""

import random

import msgspec
import pytest

from linewright.plant.language.load import Checked, check_text
from linewright.plant.language.syntax.problems import Problem
from linewright.testing import every_key_text
from linewright.testing.mutating.entry_mutations import ENTRY_MUTATIONS, Mutation
from linewright.testing.mutating.marked import Marked
from linewright.testing.mutating.mutant import Mutant, invalid
from linewright.testing.mutating.mutants import flaws, named, nth
from linewright.testing.mutating.text_mutations import TEXT_MUTATIONS

GOOD = Problem(code="key-missing", severity="error", message="x", file="f", line=1, column=1)


@pytest.fixture(scope="module")
def source() -> Marked:
    """A text that has something to change for every mutation."""
    return Marked(every_key_text())


def answer(**changes: object) -> Checked:
    """Return a check's answer of one problem."""
    problem = msgspec.structs.replace(GOOD, **changes)
    checked = check_text("")
    return msgspec.structs.replace(checked, problems=(problem,))


@pytest.mark.parametrize("mutation", [*ENTRY_MUTATIONS, *TEXT_MUTATIONS])
def test_every_mutation_changes_something(source: Marked, mutation: Mutation) -> None:
    """Each mutation makes a mutant of its own name, with lines of the file when invalid."""
    rng = random.Random(1)  # noqa: S311  # no secret hangs on it
    made = [mutant for _ in range(40) if (mutant := mutation(source, rng)) is not None]
    assert made, "it never finds anything to change"
    assert {mutant.kind for mutant in made} == {mutation.__name__}
    assert all(mutant.raw != source.text.encode() for mutant in made)
    for mutant in made:
        lines = mutant.raw.count(b"\n") + 1
        assert bool(mutant.spans) == (mutant.verdict == "invalid")
        assert all(1 <= low <= high <= lines + 1 for low, high in mutant.spans)


def test_a_number_gives_the_same_mutant_in_every_run(source: Marked) -> None:
    """A mutant can be looked at again by its seed and its number."""
    first = [nth([source], 7, index) for index in range(30)]
    assert first == [nth([source], 7, index) for index in range(30)]
    assert first != [nth([source], 8, index) for index in range(30)]


def test_the_right_line_is_asked_for() -> None:
    """Only an error counts, and only on a line that the mutant may be blamed for."""
    mutant = invalid("x", "a\nb\nc", ((2, 3),), "x")
    assert [named(mutant, answer(line=line)) for line in (1, 2, 3, 4)] == [False, True, True, False]
    assert not named(mutant, answer(line=2, severity="warning"))


@pytest.mark.parametrize(
    ("change", "flaw"),
    [
        ({"code": "no-such-code"}, "the code"),
        ({"line": 0}, "the line"),
        ({"line": 3}, "the line"),
        ({"column": 5}, "the column"),
        ({"file": ""}, "there is no file"),
        ({"message": "two\nlines"}, "it is not one line"),
        ({"hint": "\x1b[31m"}, "it is not one line"),
        ({"message": "x" * 301}, "it is 301"),
        ({"message": "it is hunter2"}, "the password"),
    ],
)
def test_every_flaw_of_an_answer_is_seen(change: dict[str, object], flaw: str) -> None:
    """A report that a person could not use is a flaw, of its own kind."""
    mutant = Mutant(kind="x", raw=b"abc\nabc", secret="hunter2")  # noqa: S106  # no one's
    assert flaws(mutant, answer()) == []
    found = flaws(mutant, answer(**change))
    assert len(found) == 1
    assert found[0].startswith(flaw)


def test_a_wrong_verdict_is_a_flaw() -> None:
    """To take what is invalid, and to refuse what is valid, are flaws."""
    taken = check_text(every_key_text())
    assert taken.plant is not None
    mutant = Mutant(kind="x", raw=every_key_text().encode(), verdict="invalid", spans=((1, 1),))
    assert flaws(mutant, taken) == ["a plant that must be refused was taken"]
    refused = flaws(Mutant(kind="x", raw=b"abc", verdict="valid"), answer())
    assert len(refused) == 1
    assert refused[0].startswith("a valid plant was refused")
