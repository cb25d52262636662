"""A compiled line: its calendar and its names."""

from itertools import pairwise

from linewright.plant.calendar import WorkCalendar, parse_shift
from linewright.twin.model import WINDOW_NS, edges, is_open
from tests.twin.lines import NS, SIX_NS, bracket, minutes

NIGHT = WorkCalendar(
    timezone="America/Hermosillo", shifts=(parse_shift("night", "daily 22:00-06:00"),)
)


def test_shifts_without_a_gap_are_one_working_time() -> None:
    """The bracket line turns at its breaks and at night, not where the shifts meet at 14:30."""
    model = bracket()
    assert model.calendar is not None
    found = [t for t in edges(model.calendar, SIX_NS // WINDOW_NS) if 0 <= t - SIX_NS < 86400 * NS]
    assert [(t - SIX_NS) // minutes(1) for t in found] == [0, 240, 270, 720, 750, 960]


def test_windows_join() -> None:
    """A night over the end of a window has no turn there."""
    turns = [t for k in range(700, 704) for t in edges(NIGHT, k)]
    lengths = {(b - a) // minutes(60) for a, b in pairwise(turns)}
    assert lengths == {8, 16}


def test_open_at_an_instant() -> None:
    """Open from the first instant of a shift, closed from the first of a break; always without."""
    calendar = bracket().calendar
    assert is_open(calendar, SIX_NS)
    assert not is_open(calendar, SIX_NS - 1)
    assert not is_open(calendar, SIX_NS + minutes(240))
    assert is_open(None, 0)


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
