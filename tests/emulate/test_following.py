"""What a trace means for a machine."""

import msgspec

from linewright.emulate.following import Track, Watched, follow, looked, started
from linewright.emulate.signals import Happening
from linewright.plant import Address
from linewright.plant.calendar import WorkCalendar, parse_shift
from linewright.plant.records import StationState, Trace, TraceKind

ADDRESS = Address("nogales/machining/bracket/mill")
MILL = Watched(address=ADDRESS)
TWO = Watched(address=ADDRESS, places=2)
S = 1_000_000_000

MONDAY_S = 1795996800
"""2026-11-30 00:00 UTC."""
SHIFT = parse_shift("day", "Mon-Fri 06:00-14:00 break 10:00-10:30")
DAY = msgspec.structs.replace(MILL, calendar=WorkCalendar(timezone="UTC", shifts=(SHIFT,)))
BREAK_S, AFTER_S = MONDAY_S + 36_000, MONDAY_S + 37_800

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
    return told(follow(Track(), watched, rows, rows[-1].t_ns)[1])


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
    track, _ = follow(Track(), mill, rows, 20 * S)
    assert track.state == "down"
    assert track.failing == {"tool_break": 20 * S}
    rows = trace((120, TraceKind.REPAIRED, 1), (160, TraceKind.ENDED, 0))
    track, found = follow(track, mill, rows, 160 * S)
    assert told(found) == [
        (120, "failing", ""),
        (120, "state", "running"),
        (160, "state", "idle"),
        (160, "ended", 60.0),
        (160, "bad", 1.0),
    ]
    assert not track.failing


def test_a_cycle_stops_in_the_break_and_goes_on_after_it() -> None:
    """A cycle that began 20 s before the break is idle in it, and its 60 s are work alone."""
    begun = trace((BREAK_S - 20, TraceKind.BEGAN, 60), (AFTER_S + 40, TraceKind.ENDED, 1))
    _, found = follow(started(DAY, (BREAK_S - 60) * S), DAY, begun, (AFTER_S + 40) * S)
    assert told(found) == [
        (BREAK_S - 20, "state", "running"),
        (BREAK_S, "state", "idle"),
        (AFTER_S, "state", "running"),
        (AFTER_S + 40, "state", "idle"),
        (AFTER_S + 40, "ended", 60.0),
        (AFTER_S + 40, "good", 1.0),
    ]


def test_an_unattended_station_finishes_what_it_began() -> None:
    """It shows running on into the break, and idle from the end of its cycle on."""
    alone = msgspec.structs.replace(DAY, unattended=True)
    rows = trace((BREAK_S - 20, TraceKind.BEGAN, 60), (BREAK_S + 40, TraceKind.ENDED, 1))
    _, found = follow(started(alone, (BREAK_S - 60) * S), alone, rows, (AFTER_S + 1) * S)
    assert [(t_s, value) for t_s, what, value in told(found) if what == "state"] == [
        (BREAK_S - 20, "running"),
        (BREAK_S + 40, "idle"),
    ]


def test_a_starved_station_is_idle_out_of_working_time() -> None:
    """A turn of working time is found where the trace has nothing at all; a repair goes on."""
    track = msgspec.structs.replace(
        started(DAY, (BREAK_S - 60) * S), state="starved", rests="starved"
    )
    after, found = follow(track, DAY, [], (BREAK_S + 5) * S)
    assert told(found) == [(BREAK_S, "state", "idle")]
    assert not after.is_open
    assert after.turn_ns == AFTER_S * S
    down = msgspec.structs.replace(started(DAY, (BREAK_S - 60) * S), state="down", down=1)
    assert follow(down, DAY, [], (BREAK_S + 5) * S)[0].state == "down"


def test_shifts_that_meet_are_one_working_time() -> None:
    """At the turn from one shift to the next a cycle goes on, and nothing is shown."""
    late = parse_shift("late", "Mon-Fri 14:00-22:00")
    calendar = WorkCalendar(timezone="UTC", shifts=(SHIFT, late))
    mill = msgspec.structs.replace(MILL, calendar=calendar)
    noon_s = MONDAY_S + 14 * 3600
    rows = trace((noon_s - 20, TraceKind.BEGAN, 60), (noon_s + 40, TraceKind.ENDED, 1))
    _, found = follow(started(mill, (noon_s - 60) * S), mill, rows, (noon_s + 40) * S)
    assert [what for _, what, _ in told(found)] == ["state", "state", "ended", "good"]
    assert told(found)[2] == (noon_s + 40, "ended", 60.0)


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
        (10, TraceKind.FAILED, 0),
        (60, TraceKind.ENDED, 1, "2"),
        (70, TraceKind.REPAIRED, 0),
    )
    states = [(t_s, value) for t_s, what, value in heard(TWO, rows) if what == "state"]
    assert states == [(0, "running"), (60, "down"), (70, "running")]


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
    track, _ = follow(Track(), Watched(address=ADDRESS, modes=("trip",)), rows, 5 * S)
    assert track.state == "down"


def test_waiting_for_people_is_seen_when_somebody_looks() -> None:
    """A cycle that stood from 20 s to 40 s shows idle at the looks, and takes its 60 s of work."""
    track, _ = follow(Track(), MILL, trace((0, TraceKind.BEGAN, 60)), 0)
    track, idle = looked(track, MILL, (StationState.IDLE, 20 * S), 25 * S)
    track, runs = looked(track, MILL, (StationState.RUNNING, 40 * S), 45 * S)
    _, found = follow(track, MILL, trace((80, TraceKind.ENDED, 1)), 80 * S)
    assert told((*idle, *runs, *found)) == [
        (25, "state", "idle"),
        (45, "state", "running"),
        (80, "state", "idle"),
        (80, "ended", 60.0),
        (80, "good", 1.0),
    ]


def test_a_look_changes_nothing_that_the_trace_has_told() -> None:
    """A look at what a station is known to do shows nothing; one of several places is left."""
    track, _ = follow(Track(), MILL, trace((0, TraceKind.BEGAN, 60)), 0)
    assert looked(track, MILL, (StationState.RUNNING, 0), 5 * S) == (track, ())
    assert looked(track, TWO, (StationState.IDLE, 0), 5 * S) == (track, ())
    stops, found = looked(Track(), MILL, (StationState.PLANNED_STOP, 2 * S), 5 * S)
    assert told(found) == [(5, "state", "planned_stop")]
    _, found = follow(stops, MILL, trace((9, TraceKind.SET_UP_BEGAN, 60)), 9 * S)
    assert told(found) == [(9, "state", "set_up")]


def test_pieces_of_a_trace_tell_what_the_whole_tells() -> None:
    """Following a trace event by event gives the same as following it at once."""
    rows = trace(
        (0, TraceKind.BEGAN, 60),
        (10, TraceKind.FAILED, 0),
        (30, TraceKind.RENEWED, 0.7),
        (30, TraceKind.REPAIRED, 0),
        (80, TraceKind.ENDED, 1),
        (80, TraceKind.BLOCKED, 0),
        (90, TraceKind.BEGAN, 60),
    )
    mill = Watched(address=ADDRESS, modes=("trip",))
    whole, at_once = follow(Track(), mill, rows, 95 * S)
    track, pieces = Track(), list[Happening]()
    for row in rows:
        track, found = follow(track, mill, [row], row.t_ns)
        pieces += found
    assert (track, tuple(pieces)) == (whole, at_once)
