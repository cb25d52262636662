"""Standard times: the most telling entry that holds on the day."""

import datetime as dt

import pytest

from linewright.plant import Address, Plant
from linewright.plant.language.load import load_text
from linewright.plant.standard import StandardTimes

TEXT = """
linewright: 1
enterprise: acme
sites:
  reno:
    timezone: America/Los_Angeles
    currency: USD
    areas:
      shop:
        work_centres:
          lathes: {stations: {one: {does: {turn: 60 s}}, two: {does: {turn: 50 s}}}}
products: {p1: {route: [turn]}, p2: {route: [turn]}}
standard_times:
  - {operation: turn, time: 58 s, since: 2026-01-01}
  - {operation: turn, product: p1, time: 57 s}
  - {operation: turn, at: reno/shop/lathes, time: 56 s}
  - {operation: turn, at: reno/shop/lathes/two, time: 49 s, until: 2026-06-30}
  - {operation: turn, product: p2, at: reno/shop, time: 55 s}
"""
ONE = Address("reno/shop/lathes/one")
TWO = Address("reno/shop/lathes/two")


@pytest.fixture(scope="module")
def plant() -> Plant:
    """Return a shop with two lathes and five standard times."""
    return load_text(TEXT)


@pytest.mark.parametrize(
    ("product", "address", "day", "seconds"),
    [
        ("p1", ONE, "2026-03-01", 56.0),  # the place tells more than the product
        ("p2", ONE, "2026-03-01", 55.0),  # product and place tell most, even a wide place
        ("p1", TWO, "2026-06-30", 49.0),  # the nearer place; the last day counts
        ("p1", TWO, "2026-07-01", 56.0),  # then the wider one again
    ],
)
def test_the_most_telling_standard_time_holds(
    plant: Plant, product: str, address: Address, day: str, seconds: float
) -> None:
    """Place and product before place before product; a near place before a wide one."""
    found = StandardTimes(plant).cycle("turn", product, address, dt.date.fromisoformat(day))
    assert found is not None
    assert found.expected_s == seconds


def test_without_an_entry_the_station_speaks() -> None:
    """A plant without standard times has those of its stations."""
    plant = load_text(TEXT.partition("standard_times")[0])
    found = StandardTimes(plant).cycle("turn", "p1", TWO, dt.date(2026, 1, 1))
    assert found is not None
    assert found.expected_s == 50.0


def test_what_a_station_cannot_do_has_no_standard_time(plant: Plant) -> None:
    """An operation that the station does not do gives None."""
    assert StandardTimes(plant).cycle("mill", "p1", ONE, dt.date(2026, 1, 1)) is None


def test_a_time_per_piece_counts_for_all_pieces_of_a_cycle() -> None:
    """Where a cycle gives several pieces, a standard time per piece is that often."""
    text = TEXT.replace("{turn: 60 s}", "{turn: {time: 60 s, pieces: 4, blocked: 1}}")
    text = text.replace("time: 56 s}", "time: 56 s, per: piece}")
    found = StandardTimes(load_text(text)).cycle("turn", "p1", ONE, dt.date(2026, 3, 1))
    assert found is not None
    assert found.expected_s == 3 * 56.0
