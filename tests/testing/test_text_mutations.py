"""Changes to the text as a whole."""

import random

from linewright.plant.language.load import check_text, load_text
from linewright.testing import every_key_text
from linewright.testing.mutating.marked import Marked
from linewright.testing.mutating.text_mutations import no_text, same_text


def test_the_same_text_is_the_same_plant() -> None:
    """Other line ends, a byte order mark, blank lines and comments change nothing."""
    source = Marked(every_key_text())
    plant = load_text(source.text)
    rng = random.Random(1)  # noqa: S311  # no secret hangs on it
    for _ in range(20):
        assert check_text(same_text(source, rng).raw).plant == plant


def test_a_foreign_byte_is_named_with_its_line() -> None:
    """A byte that is no text is found where it stands."""
    source = Marked(every_key_text())
    rng = random.Random(2)  # noqa: S311  # no secret hangs on it
    for _ in range(40):
        mutant = no_text(source, rng)
        problem = check_text(mutant.raw).problems[0]
        assert problem.code == "not-text", mutant.what
        assert mutant.names(problem.line), mutant.what
