"""Laws of the check: whatever stands in the file, it ends, says where, and never raises."""

import random
from pathlib import Path

import pytest

from benchmarks.plant_load.mutant_runs import Tally, run_mutants
from benchmarks.plant_load.plant_text import plant_text
from linewright.plant.language.load import check_text
from linewright.testing import every_key_text
from linewright.testing.mutating.entry_mutations import inline_password
from linewright.testing.mutating.marked import Marked
from linewright.testing.mutating.mutants import nth

NAMED_SHARE_MIN = 0.99
MUTANTS_SUITE = 500
MUTANTS_LAWS = 10_000


@pytest.fixture(scope="module")
def texts(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """Valid plants: generated, with every key of the language, and the example's."""
    example: Path = request.config.rootpath / "plants" / "bracket" / "plant.yaml"
    generated = plant_text(stations=12, tags=60, seed=2)
    return (generated, every_key_text(), example.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def tally(texts: tuple[str, ...]) -> Tally:
    """What came of some hundred mutants, each checked in a process that may hang or die."""
    return run_mutants(texts, MUTANTS_SUITE, seed=20)


def judge(tally: Tally, count: int) -> None:
    """Assert everything that a check of broken files must keep."""
    said = "\n".join(tally.lines())
    assert tally.done == count, said
    assert (tally.raised, tally.hung) == (0, 0), said
    assert (tally.flawed, tally.taken) == (0, 0), said
    assert tally.invalid > count // 2, "most mutants are invalid by construction"
    assert tally.named >= NAMED_SHARE_MIN * tally.invalid, said


def test_the_sources_are_valid(texts: tuple[str, ...]) -> None:
    """Each text that is broken has no problem before."""
    for text in texts:
        assert check_text(text).problems == ()


def test_a_check_of_any_file_ends_and_names_the_line(tally: Tally) -> None:
    """500 broken files: no traceback, no hang, no flaw in a report, the right line named."""
    judge(tally, MUTANTS_SUITE)


@pytest.mark.laws
def test_a_check_of_ten_thousand_files_ends_and_names_the_line(texts: tuple[str, ...]) -> None:
    """10,000 broken files: as above."""
    judge(run_mutants(texts, MUTANTS_LAWS, seed=21), MUTANTS_LAWS)


def test_a_check_says_the_same_again(texts: tuple[str, ...]) -> None:
    """Two checks of one file give the same report, in the same order."""
    sources = [Marked(text) for text in texts]
    for index in range(90):
        raw = nth(sources, 22, index).raw
        if b"9**9" not in raw:  # its bound has its own test
            assert check_text(raw).problems == check_text(raw).problems


def test_no_password_is_ever_shown(texts: tuple[str, ...]) -> None:
    """However a password got into the file, no problem repeats it, and the plant is refused."""
    source = Marked(texts[1])
    rng = random.Random(3)  # noqa: S311  # no secret hangs on it
    for _ in range(60):
        mutant = inline_password(source, rng)
        assert mutant is not None, "the text has a connection with a password"
        checked = check_text(mutant.raw)
        assert checked.plant is None, mutant.what
        assert mutant.secret not in " ".join(map(str, checked.problems)), mutant.what
