"""What a trace means for a machine."""

from linewright.emulate.following import Track, follow
from linewright.emulate.signals import Happening
from linewright.plant import Address
from linewright.plant.records import Trace, TraceKind

MILL = Address("nogales/machining/bracket/mill")
LINE = Address("nogales/machining/bracket")
S = 1_000_000_000


def trace(*rows: tuple[float, TraceKind, float]) -> list[Trace]:
    """Return events of the mill, times in seconds."""
    return [
        Trace(t_ns=round(t_s * S), kind=kind, element=MILL, value=value)
        for t_s, kind, value in rows
    ]


def told(found: tuple[Happening, ...]) -> list[tuple[float, str, object]]:
    """Return what is compared: seconds, what, value."""
    return [(one.t_ns / S, one.what, one.value) for one in found]


def test_a_cycle_is_a_state_a_time_and_a_part() -> None:
    """A cycle of 60 s that ends in starvation shows running, its time, a good part, starved."""
    _, found = follow(
        Track(),
        MILL,
        [],
        trace((1, TraceKind.BEGAN, 60), (61, TraceKind.ENDED, 1), (61, TraceKind.STARVED, 0)),
    )
    assert told(found) == [
        (1, "state", "running"),
        (61, "state", "idle"),
        (61, "ended", 60.0),
        (61, "good", 1.0),
        (61, "state", "starved"),
    ]


def test_repairs_do_not_count_as_cycle_time() -> None:
    """A cycle of 60 s with a repair of 100 s in its middle took 60 s, and the mode failed."""
    modes = ["spindle_trip", "tool_break"]
    track, _ = follow(
        Track(), MILL, modes, trace((0, TraceKind.BEGAN, 60), (20, TraceKind.FAILED, 1))
    )
    assert track.state == "down"
    assert track.failing == {"tool_break": 20 * S}
    track, found = follow(
        track, MILL, modes, trace((120, TraceKind.REPAIRED, 1), (160, TraceKind.ENDED, 0))
    )
    assert told(found) == [
        (120, "failing", ""),
        (120, "state", "running"),
        (160, "state", "idle"),
        (160, "ended", 60.0),
        (160, "bad", 1.0),
    ]
    assert not track.failing


def test_working_time_that_ends_leaves_starved_stations_idle() -> None:
    """At the end of the shift a starved station is idle, a running one goes on."""
    closed = [Trace(t_ns=9, kind=TraceKind.CALENDAR, element=LINE, value=0.0)]
    assert follow(Track(state="starved"), MILL, [], closed)[0].state == "idle"
    assert follow(Track(state="running"), MILL, [], closed)[0].state == "running"


def test_a_failure_during_a_tool_change_stays_a_failure() -> None:
    """When a set-up ends because a failure strikes, the station is down and not idle."""
    rows = trace(
        (0, TraceKind.SET_UP_BEGAN, 360),
        (5, TraceKind.FAILED, 0),
        (5, TraceKind.SET_UP_ENDED, 0),
    )
    track, _ = follow(Track(), MILL, ["spindle_trip"], rows)
    assert track.state == "down"


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
    whole, at_once = follow(Track(), MILL, ["trip"], rows)
    track, pieces = Track(), list[Happening]()
    for row in rows:
        track, found = follow(track, MILL, ["trip"], [row])
        pieces += found
    assert (track, tuple(pieces)) == (whole, at_once)
