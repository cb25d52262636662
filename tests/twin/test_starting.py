"""Runs that start in the middle."""

import statistics

import pytest

from linewright.plant import Address
from linewright.plant.records import BufferNow, LineState, StationNow, StationState, WearNow
from linewright.twin import Model, TwinFault, advance, begin, fork, from_line, outcome
from tests.twin.lines import BRACKET, MILL, NS, SIX_NS, bracket, line_of, minutes

NOW = SIX_NS + minutes(190)


def _line(*stations: StationNow) -> LineState:
    counts = {"saw-mill": 12, "mill-wash": 1, "wash-inspect": 99}
    return LineState(
        address=Address(BRACKET),
        as_of_ns=NOW,
        plant_rev="r1",
        stations=stations,
        buffers=tuple(
            BufferNow(address=Address(f"{BRACKET}/{name}"), count=count)
            for name, count in counts.items()
        ),
    )


def _mill(state: StationState, since_s: int, **keys: object) -> StationNow:
    return StationNow(
        address=Address(MILL),
        state=state,
        since_ns=NOW - since_s * NS,
        seen_ns=NOW,
        wear=(WearNow(part="end_mill", used_ratio=0.4),),
        **keys,  # type: ignore[arg-type]  # fields of the record
    )


def test_what_is_known_is_there() -> None:
    """Buffers, the cycle under way, wear and what others suppose; no count above its places."""
    model = bracket()
    mill = _mill(StationState.RUNNING, 900, cycle_began_ns=NOW - 36 * NS)
    state = from_line(model, _line(mill), seed=1, used={(Address(MILL), "end_mill"): 0.7})
    found = outcome(model, state)
    assert list(found.buffers.values()) == [12, 1, 8]
    assert found.at(MILL).used == {"end_mill": 0.7}
    plain = outcome(model, from_line(model, _line(mill), seed=1)).at(MILL)
    assert (plain.used["end_mill"], plain.state) == (0.4, StationState.RUNNING)
    ends = advance(model, state, NOW + round(34.5 * NS), jit=False)
    assert outcome(model, ends).at(MILL).last_cycle_s == pytest.approx(60 * 1.175)


def test_each_state_of_a_station() -> None:
    """Blocked holds a part, down is repaired later, set-up renews, starved starts at once."""
    model = bracket()
    for state, since_s, then in (
        (StationState.BLOCKED, 9, StationState.RUNNING),
        (StationState.DOWN, 9, StationState.DOWN),
        (StationState.SET_UP, 60, StationState.SET_UP),
        (StationState.STARVED, 9, StationState.RUNNING),
        (StationState.UNKNOWN, 9, StationState.RUNNING),
    ):
        begun = from_line(model, _line(_mill(state, since_s)), seed=1)
        found = outcome(model, advance(model, begun, NOW + NS, jit=False)).at(MILL)
        assert found.state == then
        assert sum(found.seconds.values()) == pytest.approx(1.0)


def test_a_set_up_goes_on_from_when_it_began() -> None:
    """A tool change of six minutes that began five minutes ago ends in one, and the tool is new."""
    model = bracket()
    state = from_line(model, _line(_mill(StationState.SET_UP, 300)), seed=1)
    found = outcome(model, advance(model, state, NOW + minutes(1), jit=False)).at(MILL)
    assert (found.state, found.used) == (StationState.RUNNING, {"end_mill": 0.0})


def _mean_down_s(model: Model, since_s: int) -> float:
    """Return the mean time that a repair still takes which has lasted so long."""
    now = LineState(
        address=model.address,
        as_of_ns=NOW,
        plant_rev="r1",
        stations=(
            StationNow(
                address=model.stations[0],
                state=StationState.DOWN,
                since_ns=NOW - since_s * NS,
                seen_ns=NOW,
            ),
        ),
    )
    found = []
    for run in range(400):
        state = from_line(model, now, seed=1, replication=run)
        end = outcome(model, advance(model, state, NOW + minutes(240), jit=False))
        found.append(end.stations[0].seconds[StationState.DOWN])
    return statistics.fmean(found)


def test_a_repair_under_way_is_drawn_given_its_age() -> None:
    """An exponential repair has no memory; one of two to twelve minutes is nearer to its end."""
    keys = {"every": "999 h", "repair": "10 min"}
    memoryless = line_of("20 min", fails=("9999 h", keys["repair"]))
    assert _mean_down_s(memoryless, 600) == pytest.approx(600, rel=0.15)
    bounded = line_of("20 min", fails=("9999 h", "2 min to 12 min"))
    assert _mean_down_s(bounded, 0) == pytest.approx(420, rel=0.05)
    assert _mean_down_s(bounded, 600) == pytest.approx(60, rel=0.1)


def test_a_fork_knows_only_the_present() -> None:
    """Forks of a worn mill break at different lives, none below the life used."""
    model = bracket()
    used = {(Address(MILL), "end_mill"): 0.9}
    state = from_line(model, _line(_mill(StationState.RUNNING, 9)), seed=1, used=used)
    lives = []
    for run in range(1, 60):
        end = advance(model, fork(model, state, run), NOW + minutes(20), jit=False)
        lives.append(outcome(model, end).at(MILL).failures["tool_break"])
    assert 0 < sum(lives) < len(lives)


def test_the_state_of_another_line_is_refused() -> None:
    """The addresses must agree."""
    model = line_of("9 s")
    with pytest.raises(TwinFault, match="not the state of reno/shop/line"):
        from_line(model, _line(), seed=1)


def test_forks_share_nothing_with_their_origin() -> None:
    """What a fork does leaves the state it came from as it was."""
    model = bracket()
    state = begin(model, at_ns=SIX_NS, seed=1)
    kept = state.to_bytes()
    advance(model, fork(model, state, 3), SIX_NS + minutes(60), jit=False)
    assert state.to_bytes() == kept
