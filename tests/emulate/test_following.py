"""What a trace means for a machine."""

import pytest

from linewright.emulate.following import Track, Watched, follow
from linewright.emulate.signals import Happening
from linewright.plant import Address
from linewright.plant.records import Trace, TraceKind

ADDRESS = Address("nogales/machining/bracket/mill")
MILL = Watched(address=ADDRESS)
TWO = Watched(address=ADDRESS, places=2)
S = 1_000_000_000

Row = tuple[float, TraceKind, float] | tuple[float, TraceKind, float, str]


def trace(*rows: Row) -> list[Trace]:
    """Return events of the mill, times in seconds, each with a unit where a row names one."""
    return [
        Trace(
            t_ns=round(row[0] * S),
            kind=row[1],
            element=ADDRESS,
            value=row[2],
            unit=row[3] if len(row) > 3 else None,
        )
        for row in rows
    ]


def told(found: tuple[Happening, ...]) -> list[tuple[float, str, object]]:
    """Return what is compared: seconds, what, value."""
    return [(one.t_ns / S, one.what, one.value) for one in found]


def heard(watched: Watched, rows: list[Trace]) -> list[tuple[float, str, object]]:
    """Return what a fresh station shows by a trace."""
    return told(follow(Track(), watched, rows)[1])


def test_a_cycle_is_a_state_a_time_and_a_part() -> None:
    """A cycle of 60 s that ends in starvation shows running, its time, a good part, starved."""
    rows = trace((1, TraceKind.BEGAN, 60), (61, TraceKind.ENDED, 1), (61, TraceKind.STARVED, 0))
    assert heard(MILL, rows) == [
        (1, "state", "running"),
        (61, "state", "idle"),
        (61, "ended", 60.0),
        (61, "good", 1.0),
        (61, "state", "starved"),
    ]


def test_repairs_do_not_count_as_cycle_time() -> None:
    """A cycle of 60 s with a repair of 100 s in its middle took 60 s, and the mode failed."""
    mill = Watched(address=ADDRESS, modes=("spindle_trip", "tool_break"))
    rows = trace((0, TraceKind.BEGAN, 60), (20, TraceKind.FAILED, 1))
    track, _ = follow(Track(), mill, rows)
    assert track.state == "down"
    assert track.failing == {"tool_break": 20 * S}
    rows = trace(
        (120, TraceKind.REPAIRED, 1), (120, TraceKind.GOES_ON, 40), (160, TraceKind.ENDED, 0)
    )
    track, found = follow(track, mill, rows)
    assert told(found) == [
        (120, "failing", ""),
        (120, "state", "idle"),
        (120, "state", "running"),
        (160, "state", "idle"),
        (160, "ended", 60.0),
        (160, "bad", 1.0),
    ]
    assert not track.failing


def test_two_modes_hold_until_each_is_repaired() -> None:
    """What strikes a station that is down waits for its own repair; its alarm stays until then."""
    mill = Watched(address=ADDRESS, modes=("trip", "jam"))
    rows = trace(
        (0, TraceKind.FAILED, 0),
        (5, TraceKind.FAILED, 1),
        (20, TraceKind.REPAIRED, 0),
        (30, TraceKind.REPAIRED, 1),
    )
    track, _ = follow(Track(), mill, rows[:3])
    assert track.failing == {"jam": 5 * S}
    assert heard(mill, rows)[-3:] == [
        (20, "failing", "jam"),
        (30, "failing", ""),
        (30, "state", "idle"),
    ]


@pytest.mark.parametrize(("why", "shows"), [(0, "idle"), (1, "idle"), (2, "planned_stop")])
def test_a_cycle_stands_and_goes_on(why: int, shows: str) -> None:
    """From 20 s to 50 s it stands, closed or for want of somebody; its 60 s are work alone."""
    rows = trace(
        (0, TraceKind.BEGAN, 60),
        (20, TraceKind.STANDS, why),
        (50, TraceKind.GOES_ON, 40),
        (90, TraceKind.ENDED, 1),
    )
    assert heard(MILL, rows) == [
        (0, "state", "running"),
        (20, "state", shows),
        (50, "state", "running"),
        (90, "state", "idle"),
        (90, "ended", 60.0),
        (90, "good", 1.0),
    ]


def test_a_station_without_a_part_stands_too() -> None:
    """A starved one is idle from the end of working time on, and starved again afterwards."""
    rows = trace((0, TraceKind.STARVED, 0), (60, TraceKind.STANDS, 0), (90, TraceKind.STARVED, 0))
    assert heard(MILL, rows) == [
        (0, "state", "starved"),
        (60, "state", "idle"),
        (90, "state", "starved"),
    ]


def test_of_two_places_one_stands() -> None:
    """The other runs on, and so does the machine; each cycle has the work done on it alone."""
    rows = trace(
        (0, TraceKind.BEGAN, 60, "1"),
        (0, TraceKind.BEGAN, 60, "2"),
        (10, TraceKind.STANDS, 1, "1"),
        (40, TraceKind.GOES_ON, 50, "1"),
        (60, TraceKind.ENDED, 1, "2"),
        (90, TraceKind.ENDED, 1, "1"),
    )
    found = heard(TWO, rows)
    assert [(t_s, value) for t_s, what, value in found if what == "ended"] == [(60, 60), (90, 60)]
    assert [(t_s, value) for t_s, what, value in found if what == "state"] == [
        (0, "running"),
        (90, "idle"),
    ]


def test_two_places_run_while_one_of_them_does() -> None:
    """Cycles that overlap are one time of running, each with its own time and part."""
    rows = trace(
        (0, TraceKind.BEGAN, 60, "1"),
        (20, TraceKind.BEGAN, 60, "2"),
        (60, TraceKind.ENDED, 1, "1"),
        (60, TraceKind.STARVED, 0),
        (80, TraceKind.ENDED, 1, "2"),
        (80, TraceKind.STARVED, 0),
    )
    assert heard(TWO, rows) == [
        (0, "state", "running"),
        (60, "ended", 60.0),
        (60, "good", 1.0),
        (80, "state", "idle"),
        (80, "ended", 60.0),
        (80, "good", 1.0),
        (80, "state", "starved"),
    ]


def test_a_place_that_is_down_leaves_the_other_running() -> None:
    """Of two places that run one fails: the alarm is there, and the station runs on."""
    rows = trace(
        (0, TraceKind.BEGAN, 60, "1"),
        (0, TraceKind.BEGAN, 60, "2"),
        (10, TraceKind.FAILED, 0, "1"),
        (60, TraceKind.ENDED, 1, "2"),
        (70, TraceKind.REPAIRED, 0, "1"),
        (70, TraceKind.GOES_ON, 50, "1"),
    )
    states = [(t_s, value) for t_s, what, value in heard(TWO, rows) if what == "state"]
    assert states == [(0, "running"), (60, "down"), (70, "idle"), (70, "running")]


def test_a_load_ends_one_cycle_and_many_parts() -> None:
    """Three parts of a load end at once: one cycle time, three parts, one of them bad."""
    rows = trace(
        (0, TraceKind.BEGAN, 600, "4"),
        (600, TraceKind.ENDED, 1, "4"),
        (600, TraceKind.ENDED, 0, "5"),
        (600, TraceKind.ENDED, 1, "6"),
    )
    assert [(what, value) for _, what, value in heard(MILL, rows)] == [
        ("state", "running"),
        ("state", "idle"),
        ("ended", 600.0),
        ("good", 1.0),
        ("bad", 1.0),
        ("good", 1.0),
    ]


def test_what_becomes_of_a_part_is_counted_once() -> None:
    """A part for rework is no good one, one that inspection finds is bad, of a lot some are."""
    rows = trace(
        (1, TraceKind.ENDED, 1, "1"),
        (1, TraceKind.REWORKED, 0, "1"),
        (2, TraceKind.ENDED, 1, "2"),
        (2, TraceKind.SCRAPPED, 0, "2"),
        (3, TraceKind.ENDED, 8, "3"),
        (3, TraceKind.SCRAPPED, 2, "3"),
    )
    assert heard(MILL, rows) == [
        (1, "reworked", 1.0),
        (2, "bad", 1.0),
        (3, "good", 8.0),
        (3, "bad", 2.0),
    ]


def test_a_failure_during_a_tool_change_stays_a_failure() -> None:
    """When a set-up ends because a failure strikes, the station is down and not idle."""
    rows = trace(
        (0, TraceKind.SET_UP_BEGAN, 360),
        (5, TraceKind.FAILED, 0),
        (5, TraceKind.SET_UP_ENDED, 0),
    )
    track, _ = follow(Track(), Watched(address=ADDRESS, modes=("trip",)), rows)
    assert track.state == "down"


def test_pieces_of_a_trace_tell_what_the_whole_tells() -> None:
    """Following a trace event by event gives the same as following it at once."""
    rows = trace(
        (0, TraceKind.BEGAN, 60),
        (10, TraceKind.FAILED, 0),
        (30, TraceKind.RENEWED, 0.7),
        (30, TraceKind.REPAIRED, 0),
        (30, TraceKind.GOES_ON, 50),
        (80, TraceKind.ENDED, 1),
        (80, TraceKind.BLOCKED, 0),
        (90, TraceKind.BEGAN, 60),
    )
    mill = Watched(address=ADDRESS, modes=("trip",))
    whole, at_once = follow(Track(), mill, rows)
    track, pieces = Track(), list[Happening]()
    for row in rows:
        track, found = follow(track, mill, [row])
        pieces += found
    assert (track, tuple(pieces)) == (whole, at_once)
