"""What lines and stations say of now is held against the rows, and a page cannot get out of it."""

from datetime import date
from pathlib import Path

import pytest

from tools.recompute import compare
from tools.recompute.calendar import Calendar
from tools.recompute.day import Course, Plan
from tools.recompute.fold import Made
from tools.recompute.now import Now, judge_counts, judge_now
from tools.recompute.plantfile import read, site_of

ROOT = Path(__file__).resolve().parents[2]
LINE = "nogales/machining/bracket"
S = 10**9
SITE = site_of(read(ROOT / "plants" / "bracket"))
CALENDAR = Calendar(SITE, date(2026, 11, 24), date(2026, 11, 24))
(BEGIN, END) = next(
    (one.from_ns, one.until_ns) for one in CALENDAR.windows() if one.name == "2026-11-24/day"
)
KNOWN = BEGIN + 3600 * S


def courses() -> dict[str, Course]:
    """An hour in which 40 good parts left the line; nothing else is known of it."""
    return {
        address: Course(
            station=station,
            plan=Plan(operation=[(BEGIN, END)], breaks=[], working=[(BEGIN, END)]),
            pieces=[],
            events=[],
            booked=[],
            made=[Made(t_ns=BEGIN + 60 * S, good=40)],
            whole=(BEGIN, END),
        )
        for address, station in SITE.stations.items()
    }


def differences(address: str, page: dict[str, float]) -> list[str]:
    """What the script finds wrong with a page."""
    return judge_now(SITE, CALENDAR, courses(), Now(address=address, page=page)).differences


def test_a_line_is_held_against_the_shift_so_far() -> None:
    """60 parts an hour are due of the bottleneck; another number of each figure is found."""
    right = {"watermark_ms": KNOWN // 10**6, "good": 40, "target": 60.0}
    known = [each.split(":")[0] for each in differences(LINE, right)]
    assert not {f"{LINE} now good", f"{LINE} now target"} & set(known)
    for name, wrong in (("good", 41), ("target", 59.0)):
        assert any(f"now {name}:" in each for each in differences(LINE, right | {name: wrong}))


def test_an_indicator_of_a_station_that_differs_is_found() -> None:
    """A page that says more than the rows give is a difference."""
    page = {"watermark_ms": KNOWN // 10**6, "oee": 2.0}
    assert any("now oee:" in each for each in differences(f"{LINE}/mill", page))


@pytest.mark.parametrize("page", [{"oee": 0.5}, {"good": 3}, {"error": 500}])
def test_figures_that_do_not_say_where_they_end_are_found(page: dict[str, float]) -> None:
    """Without a watermark nothing could be compared: that is a difference, not silence."""
    assert len(differences(LINE, page)) == 1


def test_between_shifts_there_is_nothing_to_compare() -> None:
    """A line without figures is right without a watermark."""
    assert differences(LINE, {}) == []


@pytest.mark.parametrize(("shown", "differ"), [(39, 1), (40, 0), (43, 0), (44, 1)])
def test_a_station_has_made_what_is_stored_up_to_the_watermark_or_more(
    shown: int, differ: int
) -> None:
    """40 pieces up to it and 3 after: less is lost, and more was never made."""
    known = courses()
    known[f"{LINE}/mill"].made.append(Made(t_ns=KNOWN + S, good=3))
    mark = {"watermark_ms": KNOWN // 10**6}
    one: dict[str, object] = {"good": shown}
    pages: dict[str, dict[str, object]] = {
        LINE: {"stations": {"mill": one}},
        f"{LINE}/mill": {"now": one},
    }
    for address, page in pages.items():
        account = compare.Account()
        judge_counts(account, CALENDAR, known, Now(address=address, page={**mark, **page}))
        assert (account.compared, len(account.differences)) == (2, differ)
