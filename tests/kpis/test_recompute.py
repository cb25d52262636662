"""The independent script by itself: it meets the sheet computed by hand, clocks and counters."""

import ast
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from tools.recompute import fold
from tools.recompute.calendar import Calendar
from tools.recompute.day import Plan, events_of, pieces_of
from tools.recompute.derived import derived
from tools.recompute.fold import State
from tools.recompute.history import Sample
from tools.recompute.ledger import Ledger, indicators, percents, waterfall
from tools.recompute.plantfile import Site, Tag, read, site_of

ROOT = Path(__file__).resolve().parents[2]
SHEET = ROOT / "plants" / "bracket" / "kpis.md"
S = 10**9
MINUTE = 60 * S


def rows(title: str) -> list[list[str]]:
    """The table under a title of the sheet, without its head."""
    text = SHEET.read_text("utf-8").split(f"## {title}\n")[1].split("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def sheet_ledger(station: str) -> Ledger:
    """The ledger of a station as the sheet has it."""
    column = ("saw", "mill", "wash", "inspect").index(station) + 1
    site = site_of(read(ROOT / "plants" / "bracket"))
    (standard,) = site.stations[f"nogales/machining/bracket/{station}"].standard_ns.values()
    ledger = Ledger()
    for row in rows("Ledger"):
        ledger.ns[row[0]] = int(row[column]) * MINUTE
    counts = next(row for row in rows("Counts") if row[0] == station)
    ledger.count(standard, map(int, counts[1:]))
    return ledger


def test_it_imports_nothing_of_linewright() -> None:
    """What checks the product shares no code with it."""
    for file in (ROOT / "tools" / "recompute").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            names = [alias.name for alias in getattr(node, "names", [])]
            origin = getattr(node, "module", None) or ""
            assert not any(name.startswith("linewright") for name in [*names, origin]), file


@pytest.mark.parametrize("station", ["saw", "mill", "wash", "inspect"])
def test_indicators_are_those_of_the_sheet(station: str) -> None:
    """Every expected figure of the sheet is met to the last bit."""
    found = indicators(sheet_ledger(station))
    for of, name, value in rows("Expected"):
        if of == station:
            assert found[name] == float(Fraction(value)), name


def test_bars_of_the_mill_are_those_of_the_sheet() -> None:
    """The waterfall has the minutes of the sheet, and its printed shares sum to 100.0."""
    bars = waterfall(sheet_ledger("mill"))
    assert {n: ns for n, ns in bars.items() if ns} == {
        name: int(minutes) * MINUTE for name, minutes in rows("Losses of the mill")
    }
    assert sum(Fraction(share) for share in percents(bars).values()) == 100


def chicago() -> Site:
    """A site that works around the clock in Chicago."""
    return Site(
        name="x",
        timezone="America/Chicago",
        day_starts="06:00",
        shifts={"day": "daily 06:00-22:00", "night": "daily 22:00-06:00"},
        holidays={},
        stations={},
        groups={},
        trees={},
    )


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 10, 31), 25), (date(2027, 3, 13), 23), (date(2027, 3, 14), 24)]
)
def test_a_day_has_the_hours_between_its_clocks(day: date, hours: int) -> None:
    """A production day over a change of the clocks is an hour longer or shorter."""
    window = Calendar(chicago(), day, day).day(day)
    assert window.until_ns - window.from_ns == hours * 3600 * S


@pytest.mark.parametrize(
    ("night", "pause", "from_utc", "minutes"),
    [
        (date(2026, 10, 31), "01:30-02:30", "2026-11-01T06:30", 60),
        (date(2026, 10, 31), "02:00-02:30", "2026-11-01T08:00", 30),
        (date(2027, 3, 13), "01:30-02:30", "2027-03-14T07:30", 60),
        (date(2027, 3, 13), "02:15-02:45", "2027-03-14T08:00", 30),
        (date(2027, 3, 13), "03:00-03:30", "2027-03-14T08:00", 30),
    ],
)
def test_a_break_keeps_its_length_in_the_night_of_the_change(
    night: date, pause: str, from_utc: str, minutes: int
) -> None:
    """The script reads breaks as docs/plant-file.md says, not as the product does."""
    site = replace(chicago(), shifts={"night": f"daily 22:00-06:00 break {pause}"})
    (shift,) = [one for one in Calendar(site, night, night).shifts if one.day == night]
    ((begin, end, _),) = shift.breaks
    assert begin == int(datetime.fromisoformat(f"{from_utc}+00:00").timestamp()) * S
    assert end - begin == minutes * MINUTE


@pytest.mark.parametrize(
    ("readings", "over", "pieces"),
    [
        ([5, 7, 0, 3], None, 5),  # set back: what it shows was counted since
        ([254, 255, 1], 256, 3),  # rolls over
        ([120, 2], 256, 2),  # set back, for 138 pieces cannot be made in a minute
        ([9, 500], None, 491),
    ],
)
def test_counters_are_read_by_what_could_be_made(
    readings: list[int], over: int | None, pieces: int
) -> None:
    """Resets and roll-overs give the pieces that were made, at most twice the planned pace."""
    tag = Tag(name="good", role="parts.good", rolls_over=over)
    samples = [
        Sample(t_ns=n * MINUTE, value=float(value), quality=0, order=(0, n, 0))
        for n, value in enumerate(readings)
    ]
    assert sum(step for _, step in fold.increments(tag, samples, 10 * S)) == pieces


def test_a_stop_ends_with_operation_and_goes_on_in_a_break() -> None:
    """Idle and down side by side are one stop, cut where operation begins and ends."""
    plan = Plan(operation=[(10, 50)], breaks=[(20, 30, "meal")], working=[(10, 20), (30, 50)])
    states = [
        State(t_ns=0, state="idle"),
        State(t_ns=15, state="down"),
        State(t_ns=40, state="running"),
        State(t_ns=45, state="idle"),
    ]
    pieces = pieces_of(states, [(46, 48)], (0, 60))
    found = [
        (e.from_ns, e.until_ns, e.state, e.working_ns) for e in events_of(pieces, plan, (0, 60))
    ]
    assert found == [
        (0, 10, "idle", 0),
        (10, 40, "down", 20),
        (45, 46, "idle", 1),
        (46, 48, "unknown", 2),
        (48, 50, "idle", 2),
        (50, 60, "idle", 0),
    ]


def test_lamps_tell_a_state_that_holds_long_enough() -> None:
    """A state is derived from its tags, bad ones are unknown, and a blink is none."""

    def lamp(*changes: tuple[int, float, int]) -> list[Sample]:
        return [Sample(t_ns=t * S, value=v, quality=q, order=(0, t, 0)) for t, v, q in changes]

    tag = Tag(
        name="state",
        role="state",
        derive="'down' if red else ('running' if green else 'idle')",
        debounce_ns=5 * S,
    )
    lamps = {
        "red": lamp((0, 0.0, 0), (50, 1.0, 0), (52, 0.0, 0), (90, 1.0, 2)),
        "green": lamp((0, 0.0, 0), (10, 1.0, 0)),
    }
    found = [(one.t_ns // S, one.state) for one in derived(tag, lamps)]
    assert found == [(0, "idle"), (10, "running"), (90, "unknown")]
