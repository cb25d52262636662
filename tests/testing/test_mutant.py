"""What is known about a broken file."""

from linewright.testing.mutating.mutant import Mutant, invalid


def test_a_mutant_names_its_lines() -> None:
    """Only the lines of its spans may be blamed, both ends included."""
    mutant = invalid("x", "a\nb\nc\nd", ((1, 1), (3, 4)), "x")
    assert [line for line in range(6) if mutant.names(line)] == [1, 3, 4]
    assert mutant.verdict == "invalid"


def test_a_mutant_may_be_anything() -> None:
    """Where nothing is known, no line is named."""
    assert not Mutant(kind="x", raw=b"").names(1)
