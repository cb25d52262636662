"""The tables of the mutations, against the plant that uses every key."""

from linewright.testing import every_key_text
from linewright.testing.mutating.marked import Marked
from linewright.testing.mutating.vocabulary import (
    CHOICES,
    NAMED,
    NUMERIC,
    REFERENCES,
    REFERRING,
    REQUIRED,
    words,
)


def test_words_are_told_apart_by_spaces() -> None:
    """Each word once, whatever stands between them."""
    assert words(" a b\n a ") == {"a", "b"}


def test_the_tables_name_keys_of_the_language() -> None:
    """A key that a table names is used as a key in the text that uses every key."""
    used = {entry.name for entry in Marked(every_key_text()).entries if entry.role == "key"}
    required = {key for keys in REQUIRED.values() for key in keys}
    assert CHOICES | NAMED | NUMERIC | REFERENCES | REFERRING | required <= used
