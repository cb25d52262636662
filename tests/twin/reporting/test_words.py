"""The table of words."""

import string

from linewright.twin.reporting.words import TABLE, words_of


def test_every_word_is_there_in_english_and_spanish() -> None:
    """No word of either language is missing or empty."""
    assert [key for key, row in TABLE.items() if len(row) < 2 or not all(row)] == []


def test_translations_take_the_same_values() -> None:
    """What stands in braces is the same in every language."""

    def fields(text: str) -> set[str | None]:
        return {field for _, field, _, _ in string.Formatter().parse(text)} - {None}

    assert [key for key, row in TABLE.items() if len({*map(frozenset, map(fields, row))}) > 1] == []


def test_a_language_without_words_is_told_in_english() -> None:
    """French and Chinese are known and still given in English."""
    assert words_of("fr")("down") == words_of("xx")("down") == "Down"
    assert words_of("es-MX")("down") == "Averiada"
