"""Tables that a screen reader can follow."""

from linewright.twin.reporting.study import Series
from linewright.twin.reporting.tables import series_table, stations_table, stores_table, table
from linewright.twin.reporting.words import words_of
from tests.twin.reporting.studies import study

EN = words_of("en")


def test_a_table_has_caption_and_headings() -> None:
    """Each table says what it is; rows and columns have headings."""
    made = table("Stations", ["Station", "Good"], [["mill", "3"]])
    assert "<caption>Stations</caption>" in made
    assert '<th scope="col">Good</th>' in made
    assert '<th scope="row">mill</th>' in made


def test_columns_without_a_number_are_left_out() -> None:
    """Nobody's failures are known here, so there is no such column; energy is."""
    made = stations_table(study(), EN, "en")
    assert "Failures" not in made
    assert "Energy, kWh" in made
    assert "88.0\u202f% to 92.0\u202f%" in made


def test_levels_have_their_interval() -> None:
    """A buffer's level, interval and places stand in one row."""
    assert "<td" in stores_table(study(), EN, "en")
    assert "5.00 to 6.80" in stores_table(study(), EN, "en")


def test_long_series_are_thinned() -> None:
    """A table of a series has a bounded number of rows."""
    hours = tuple(float(k) for k in range(5000))
    long = Series(name="throughput", unit="1/h", hours=hours, mean=hours)
    assert series_table(long, EN, "en").count("<tr>") <= 401
