"""Examples of linewright.live.counters."""

import pytest

from linewright.live.counters import movement
from linewright.live.layout import Pace

S = 10**9
MINUTE = Pace(piece_s=60.0)


@pytest.mark.parametrize(
    ("before", "now", "elapsed_s", "modulus", "parts", "restarted"),
    [
        (7, 7, 60, None, 0, False),
        (7, 9, 120, None, 2, False),
        (0, 480, 8 * 3600, None, 480, False),
        (65_535, 0, 60, 2**16, 1, False),
        (65_530, 4, 600, 2**16, 10, False),
        (170, 0, 60, 2**32, 0, True),
        (170, 2, 120, None, 2, True),
        (170, 169, 60, None, 0, True),
        (600, 0, 60, 1000, 0, True),
        (7, 4_000_000_000, 60, None, 0, True),
    ],
)
def test_movement(
    before: int, now: int, elapsed_s: int, modulus: int | None, parts: int, *, restarted: bool
) -> None:
    """Forward, around, back to zero, one taken back, a false jump: each is told apart."""
    moved = movement(before, now, elapsed_s * S, MINUTE, modulus)
    assert (moved.parts, moved.restarted) == (parts, restarted)


def test_without_a_pace_everything_forward_is_believed() -> None:
    """Where the plant file gives no cycle time there is nothing to judge a jump by."""
    assert movement(0, 10**9, 0, Pace()).parts == 10**9
    assert movement(990, 5, 0, Pace(), 1000).parts == 15
    assert movement(10**9, 10**6, 0, Pace()).parts == 0


def test_pieces_of_one_cycle_come_at_once() -> None:
    """After a reset a whole load may be there without any time having passed."""
    load = Pace(piece_s=5.0, pieces=12)
    assert movement(500, 12, 0, load).parts == 12
    assert movement(500, 13, 0, load).parts == 0
