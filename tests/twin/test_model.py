"""A compiled place: its working times and its names."""

from array import array
from itertools import pairwise

import msgspec

from linewright.plant.calendar import WorkCalendar, parse_shift
from linewright.twin.kernel import layout as at
from linewright.twin.model import WINDOW_NS, Crew, Model, is_open, shift_at, turns_of
from tests.twin.lines import NS, SIX_NS, bracket, minutes

NIGHT = WorkCalendar(
    timezone="America/Hermosillo", shifts=(parse_shift("night", "daily 22:00-06:00"),)
)


def of_calendar(model: Model, calendar: int, window: int) -> list[tuple[int, int]]:
    """Return when a working time begins (1) or ends (0) in a window."""
    return _turns(model, window, (at.OF_CALENDAR, calendar))


def _turns(model: Model, window: int, of: tuple[int, int]) -> list[tuple[int, int]]:
    flat = array("q", turns_of(model, window))
    rows = [flat[1 + k * at.TURN_WIDTH :][: at.TURN_WIDTH] for k in range(flat[0])]
    return [(t, value) for t, what, number, value in rows if (what, number) == of]


def test_shifts_without_a_gap_are_one_working_time() -> None:
    """The bracket line turns at its breaks and at night, not where the shifts meet at 14:30."""
    model = bracket()
    turns = of_calendar(model, 0, SIX_NS // WINDOW_NS)
    found = [t - SIX_NS for t, _ in turns if 0 <= t - SIX_NS < 86400 * NS]
    assert [t // minutes(1) for t in found] == [0, 240, 270, 720, 750, 960]


def test_windows_join() -> None:
    """A night over the end of a window has no turn there."""
    model = msgspec.structs.replace(bracket(), calendars=(NIGHT,))
    turns = [t for k in range(700, 704) for t, _ in of_calendar(model, 0, k)]
    lengths = {(b - a) // minutes(60) for a, b in pairwise(turns)}
    assert lengths == {8, 16}


def test_open_at_an_instant() -> None:
    """Open from the first instant of a shift, closed from the first of a break."""
    calendar = bracket().calendars[0]
    assert is_open(calendar, SIX_NS)
    assert not is_open(calendar, SIX_NS - 1)
    assert not is_open(calendar, SIX_NS + minutes(240))
    assert shift_at(calendar, SIX_NS + minutes(240)) == "day"
    assert shift_at(calendar, SIX_NS - 1) is None
    assert shift_at(None, SIX_NS) is None


def test_elements_of_a_trace() -> None:
    """Stations first, then buffers, then the line."""
    model = bracket()
    assert [each.name for each in model.elements()][3:] == [
        "inspect",
        "saw-mill",
        "mill-wash",
        "wash-inspect",
        "bracket",
    ]


def test_people_stay_through_the_breaks_of_their_shift() -> None:
    """A crew comes at the first instant of its shift, in the number of that shift, and goes."""
    crew = Crew(name="night", kind="crew", count=3, calendar=NIGHT, by_shift={"night": 2})
    model = msgspec.structs.replace(bracket(), calendars=(), crews=(crew,))
    turns = _turns(model, 700, (at.OF_POOL, 0))
    assert {value for _, value in turns} == {0, 2 * at.MILLI}
    assert crew.present("night") == 2 * at.MILLI
    assert crew.present(None) == 0
    assert Crew(name="all", kind="crew", count=3).present(None) == 3 * at.MILLI


def test_the_numbers_are_not_printed() -> None:
    """A model says which place it is of."""
    assert repr(bracket()).startswith("Model('nogales/machining/bracket', stations=4, shape=")
