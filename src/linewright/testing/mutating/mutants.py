"""Thousands of broken plant files, and what every check of one must keep.

The verbs: `draw` a mutant from a valid text, `flaws` of what a check said about it, and
whether the right line is `named`.

>>> import random
>>> from linewright.plant.language.load import check_text
>>> from linewright.testing import every_key_text
>>> from linewright.testing.mutating.marked import Marked
>>> mutant = draw(Marked(every_key_text()), random.Random(2))
>>> flaws(mutant, check_text(mutant.raw, "plant.yaml"))
[]
"""

import random
import re
from collections.abc import Sequence

from linewright.plant import Checked
from linewright.plant.language import CODES, Problem
from linewright.testing.mutating.entry_mutations import ENTRY_MUTATIONS
from linewright.testing.mutating.marked import Marked
from linewright.testing.mutating.mutant import Mutant
from linewright.testing.mutating.text_mutations import TEXT_MUTATIONS

__all__ = ["CHECK_S_MAX", "MESSAGE_MAX", "Mutant", "draw", "flaws", "named", "nth"]

MESSAGE_MAX = 300
"""Longest message of a problem, in characters."""

CHECK_S_MAX = 5.0
"""Longest check of one mutant; beyond it counts as a hang."""

TRIES_MAX = 1_000
"""Most mutations that are tried before a text is said to have nothing to change."""

# As YAML counts lines, which editors follow but for the last three.
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def draw(source: Marked, rng: random.Random) -> Mutant:
    """Return one mutant of a valid text; equal states of `rng` give equal mutants."""
    mutations = (*ENTRY_MUTATIONS, *TEXT_MUTATIONS)
    for _ in range(TRIES_MAX):
        mutant = rng.choice(mutations)(source, rng)
        if mutant is not None:
            return mutant
    raise ValueError("nothing in this text can be changed")


def nth(sources: Sequence[Marked], seed: int, index: int) -> Mutant:
    """Return the mutant of a number, the same in every run: so that one can be looked at again."""
    rng = random.Random(f"{seed}/{index}")  # noqa: S311  # no secret hangs on it
    return draw(sources[index % len(sources)], rng)


def named(mutant: Mutant, checked: Checked) -> bool:
    """Return whether at least one error stands on a line that the mutant may be blamed for."""
    return any(mutant.names(problem.line) for problem in checked.errors)


def flaws(mutant: Mutant, checked: Checked) -> list[str]:
    """Return what is wrong with a check's answer to a mutant; nothing when all is well.

    Whether the right line is named is asked apart, by `named`.
    """
    found = []
    if mutant.verdict == "invalid" and checked.plant is not None:
        found.append("a plant that must be refused was taken")
    if mutant.verdict == "valid" and checked.plant is None:
        found.append(f"a valid plant was refused: {_shown(checked.errors[0])}")
    if (checked.plant is None) != bool(checked.errors):
        found.append("there is no plant and no error, or both")
    lengths = _line_lengths(mutant.raw)
    for problem in checked.problems:
        found += [f"{flaw}: {_shown(problem)}" for flaw in _problem_flaws(problem, lengths)]
        if mutant.secret and mutant.secret in str(problem):
            found.append(f"the password is shown: {problem.code}")
    return found


def _line_lengths(raw: bytes) -> list[int]:
    text = raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    return [len(line) for line in _BREAK.split(text)]


def _problem_flaws(problem: Problem, lengths: list[int]) -> list[str]:
    found = []
    if problem.code not in CODES:
        found.append("the code is not listed")
    if not 1 <= problem.line <= len(lengths):
        found.append(f"the line is not in the file of {len(lengths)}")
    elif not 1 <= problem.column <= lengths[problem.line - 1] + 1:
        found.append(f"the column is not in the line of {lengths[problem.line - 1]}")
    if not problem.file:
        found.append("there is no file")
    for text, most in ((problem.message, MESSAGE_MAX), (problem.hint, None), (problem.where, None)):
        if _UNSEEN.search(text):
            found.append("it is not one line of visible text")
        if len(text) > (most or 2 * MESSAGE_MAX):
            found.append(f"it is {len(text)} characters long")
    return found


def _shown(problem: Problem) -> str:
    return ascii(str(problem))[:200]
