"""What of a scenario no machine plays, by name."""

import pytest

from linewright.emulate import unplayed
from tests.emulate.faulty import EVENTS, plant, scenario

ONE = "reno/shop/lathes/one"


def test_what_is_played_is_not_named() -> None:
    """All faults of signals and links that the tests play are played."""
    assert unplayed(scenario(EVENTS), plant(), "reno") == ()


@pytest.mark.parametrize(
    ("events", "words"),
    [
        ("people: {p: {reasons: missing}, q: {jobs: missing}}", "p (reasons: missing) is played"),
        ("orders: {w: {due: -6 d}}", "orders.w (due) is not played: machines show no dates"),
        ("services: {k: {kill: history}}", "services.k (kill: history) is not played"),
        (f"machines: {{m: {{fails: jam, at: {ONE}, shows: {{good: 3}}}}}}", "not show on good"),
    ],
)
def test_what_no_machine_plays_is_named(events: str, words: str) -> None:
    """Each with its name, what it is, and why it is not played."""
    (found,) = unplayed(scenario(events), plant(), "reno")
    assert words in found
    assert unplayed(scenario(events), plant(), "reno") == (found,)
