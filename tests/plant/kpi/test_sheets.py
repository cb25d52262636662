"""Three sheets computed by hand, each step shown in `sheets/`, equal to the last bit."""

import math
from fractions import Fraction
from pathlib import Path

import msgspec
import pytest

from linewright.plant.kpi import (
    Counts,
    Ledger,
    Span,
    TimeCategory,
    Window,
    findings,
    flow_line,
    kpis,
    ledger_from_intervals,
    roll_up,
    waterfall,
)
from linewright.plant.kpi.intervals import Stretch

SHEETS = ("bracket_line", "press", "benches")
MINUTE_NS = 60_000_000_000
DAY_NS = 1440 * MINUTE_NS
Rows = list[list[str]]


def tables(name: str) -> dict[str, Rows]:
    """Return the cells of each section's table, without its head."""
    found: dict[str, Rows] = {}
    section = ""
    for line in (Path(__file__).parent / "sheets" / f"{name}.md").read_text("utf-8").splitlines():
        if line.startswith("## "):
            section = line.removeprefix("## ")
            found[section] = []
        elif line.startswith("|"):
            found[section].append([cell.strip() for cell in line.strip("|").split("|")])
    return {section: rows[2:] for section, rows in found.items()}


def clock_ns(text: str) -> int:
    """Return a time of the day, in ns since midnight."""
    hours, minutes = text.split(":")
    return (int(hours) * 60 + int(minutes)) * MINUTE_NS


def stretches(rows: Rows, what: str) -> list[Stretch]:
    """Return the stretches of one kind; ``-`` says that there is none."""
    return [
        Stretch(start_ns=clock_ns(row[2]), end_ns=clock_ns(row[3]))
        for row in rows
        if row[1] == what and row[2] != "-"
    ]


def station_ledger(station: str, sheet: dict[str, Rows]) -> Ledger:
    """Return the ledger of one station from the sheet's intervals, counts and energy."""
    rows = [row for row in sheet["Intervals"] if row[0] in {station, "all"}]
    kinds = {row[1] for row in rows}
    spans = [
        Span(start_ns=one.start_ns, end_ns=one.end_ns, category=TimeCategory(kind))
        for kind in sorted(kinds - {"shift", "order", "sign_on"})
        for one in stretches(rows, kind)
    ]
    ledger = ledger_from_intervals(
        Window(address=station, start_ns=0, end_ns=DAY_NS),
        stretches(rows, "shift"),
        spans,
        scheduled=stretches(rows, "order") if "order" in kinds else None,
        signed_on=stretches(rows, "sign_on") if "sign_on" in kinds else None,
    )
    used_kwh = [float(kwh) for name, kwh in sheet["Energy"] if name == station]
    return msgspec.structs.replace(
        ledger,
        counts=tuple(counts(row) for row in sheet["Counts"] if row[0] == station),
        energy_kwh=used_kwh[0] if used_kwh else None,
    )


def counts(row: list[str]) -> Counts:
    """Return the counts of a row; `20/4` is a cycle of 20 s with 4 cavities."""
    standard_ns = None if row[2] == "-" else Fraction(row[2].split("/")[0]) * 10**9
    if standard_ns is not None and "/" in row[2]:
        standard_ns /= int(row[2].split("/")[1])
    produced, good, scrap, rework = map(int, row[3:])
    return Counts(
        product=row[1],
        standard_ns=None if standard_ns is None else int(standard_ns),
        produced=produced,
        good=good,
        scrap=scrap,
        rework=rework,
    )


def ledgers(name: str) -> dict[str, Ledger]:
    """Return every ledger a sheet speaks of: stations, their roll-up, some of them, the line."""
    sheet = tables(name)
    stations = {row[0]: station_ledger(row[0], sheet) for row in sheet["Counts"]}
    found = stations | {"roll-up": roll_up(stations.values(), "roll-up")}
    for row in sheet["Expected"]:
        if " + " in row[0]:
            found[row[0]] = roll_up([stations[one] for one in row[0].split(" + ")], row[0])
        if row[0] == "flow line":
            found["flow line"] = flow_line(list(stations.values()), "flow line")
    return found


@pytest.mark.parametrize("name", SHEETS)
def test_every_indicator_of_a_hand_sheet_is_met_to_the_last_bit(name: str) -> None:
    """An indicator equals the exact fraction of the sheet, rounded once."""
    of = ledgers(name)
    wrong = {}
    expected = tables(name)["Expected"]
    for which, indicator, value, _ in expected:
        found = getattr(kpis(of[which]), indicator)
        if value == "nan":
            right = math.isnan(found)
        else:
            above, _, below = value.partition("/")
            right = found == float(Fraction(int(above), int(below or 1)))
        if not right:
            wrong[which, indicator] = (found, value)
    assert expected
    assert wrong == {}


@pytest.mark.parametrize("name", SHEETS)
def test_every_bar_of_a_hand_sheet_is_met_to_the_nanosecond(name: str) -> None:
    """The bars that a sheet lists have its minutes, and every other bar is zero."""
    of = ledgers(name)
    listed: dict[str, dict[str, Fraction]] = {}
    for which, bar, minutes in tables(name)["Waterfall"]:
        listed.setdefault(which, {})[bar] = Fraction(minutes) * MINUTE_NS
    for which, bars in listed.items():
        found = {bar.code: Fraction(bar.ns) for bar in waterfall(of[which]).bars if bar.ns}
        assert found == bars, which
        assert sum(bars.values()) == of[which].calendar_ns


@pytest.mark.parametrize("name", SHEETS)
def test_a_hand_sheet_raises_its_findings_and_no_other(name: str) -> None:
    """Each ledger of a sheet has exactly the findings that the sheet lists."""
    listed: list[tuple[str, str]] = [(which, code) for which, code in tables(name)["Findings"]]
    found = [
        (which, one.code.value)
        for which, ledger in ledgers(name).items()
        for one in findings(ledger)
        if " + " not in which
    ]
    assert found == listed


def test_the_percentages_of_the_press_print_to_a_hundred() -> None:
    """The press's waterfall prints its gain as a negative bar and still sums to 100.0."""
    falls = waterfall(ledgers("press")["press"])
    texts = {bar.code: str(part) for bar, part in zip(falls.bars, falls.percents(), strict=True)}
    # 460/14.4 = 31.944, 30 -> 2.083, 60 -> 4.167, 20 -> 1.389, 10 -> 0.694, 90 -> 6.25,
    # -111 -> -7.708 (down to -7.8, remainder 0.917), 17 -> 1.181, 5 -> 0.347, 829 -> 57.569
    shown = {code: text for code, text in texts.items() if text != "0.0"}
    assert shown == {
        "no_shift": "31.9",
        "meal": "2.1",
        "maintenance": "4.2",
        "approval": "1.4",
        "quality": "2.1",
        "micro_stop": "0.7",
        "set_up": "6.2",
        "speed_loss": "-7.7",
        "scrap": "1.2",
        "rework": "0.3",
        "fully_productive": "57.6",
    }
