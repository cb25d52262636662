"""Columns become Arrow's."""

from linewright.connectors.feeding.arrays import column, tag_column, tag_names


def test_a_dictionary_holds_no_more_tags_than_are_needed() -> None:
    """One row of a large source does not carry all of its tags."""
    tags = tag_names([f"a#t{k}" for k in range(1000)])
    small = tag_column([700, 3, 700], tags)
    assert small.to_pylist() == ["a#t700", "a#t3", "a#t700"]
    assert len(small.dictionary) == 2
    assert len(tag_column([1] * 1000, tags).dictionary) == 1000


def test_missing_values_stay_missing() -> None:
    """None is null, of the column's own type."""
    assert column("text", [None, "x"]).null_count == 1
    assert str(column("quality", [1]).type) == "uint16"
