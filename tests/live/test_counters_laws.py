"""Laws of linewright.live.counters."""

from hypothesis import given
from hypothesis import strategies as st

from linewright.live.counters import movement
from linewright.live.layout import Pace

S = 10**9
READINGS = st.integers(0, 2**53)
PACES = st.builds(
    Pace,
    piece_s=st.none() | st.floats(0.01, 1e5),
    pieces=st.integers(1, 100),
)


@given(READINGS, READINGS, st.integers(0, 2**60), PACES, st.none() | st.integers(1, 2**53))
def test_parts_are_never_negative(
    before: int, now: int, elapsed_ns: int, pace: Pace, modulus: int | None
) -> None:
    """Whatever a counter does, no part is unmade, and a fall without a roll-over is told."""
    moved = movement(before, now, elapsed_ns, pace, modulus)
    assert moved.parts >= 0
    assert moved.restarted or moved.parts == now - before or modulus is not None


@given(
    st.integers(0, 999),
    st.lists(st.integers(0, 400), min_size=1, max_size=20),
    st.integers(1000, 5000),
)
def test_movements_add_up_around(start: int, made: list[int], modulus: int) -> None:
    """At the planned pace the sum of parts is what was made, however often it rolls over."""
    reading, counted = start, 0
    for count in made:
        now = (reading + count) % modulus
        moved = movement(reading, now, count * 10 * S, Pace(piece_s=10.0), modulus)
        assert not moved.restarted
        counted += moved.parts
        reading = now
    assert counted == sum(made)
