"""The bracket plant: free of problems, equal to its hand sheet, and complete enough to copy."""

import datetime as dt
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from linewright.plant import Plant, check
from linewright.plant.calendar.work import working_ns
from linewright.plant.kpi import Counts, Ledger, TimeCategory, Times, flow_line, kpis, waterfall
from linewright.plant.language.load import load_text
from linewright.plant.language.writing import to_text
from linewright.plant.model.equipment import Line, Station
from linewright.plant.scenario import load_scenario

FOLDER = Path(__file__).parents[2] / "plants" / "bracket"
LINE = "nogales/machining/bracket"
MINUTE_NS = 60_000_000_000
SHIFT_MIN = 510
PERMITS = {"remote_enabled", "automatic", "maintenance", "set_up", "guard_open", "locked_out"}
Rows = list[list[str]]


@pytest.fixture(scope="module")
def plant() -> Plant:
    """Return the plant."""
    found = check(FOLDER).plant
    assert found is not None
    return found


@pytest.fixture(scope="module")
def sheet() -> dict[str, Rows]:
    """Return the tables of the hand sheet by section, each without its head."""
    found: dict[str, Rows] = {}
    section = ""
    for line in (FOLDER / "kpis.md").read_text("utf-8").splitlines():
        if line.startswith("## "):
            section = line.removeprefix("## ")
        elif line.startswith("|"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            found.setdefault(section, []).append(cells)
    return {name: [rows[0], *rows[2:]] for name, rows in found.items()}


def line_of(plant: Plant) -> Line:
    """Return the one line."""
    return plant.sites["nogales"].areas["machining"].lines["bracket"]


def cycle_s(station: Station) -> float:
    """Return the cycle time of a station that does one operation, per piece."""
    (cycle,) = station.does.values()
    return cycle.time.expected_s / cycle.pieces_per_cycle


def worked_min(plant: Plant, date: dt.date, *shifts: str) -> int:
    """Return the working minutes of these shifts on one date, asked of the calendar."""
    site = plant.sites["nogales"]
    midnight = dt.datetime.combine(date, dt.time(), ZoneInfo(site.timezone))
    start_ns = int(midnight.timestamp()) * 10**9
    return working_ns(site.calendar(shifts), start_ns, start_ns + 1440 * MINUTE_NS) // MINUTE_NS


def ledgers(plant: Plant, sheet: dict[str, Rows]) -> dict[str, Ledger]:
    """Return the ledger of each station and of the line, standard times from the plant file."""
    head, *rows = sheet["Ledger"]
    found = {}
    for column, name in enumerate(head[1:], 1):
        counted = next(row for row in sheet["Counts"] if row[0] == name)
        produced, good, scrap, rework = map(int, counted[1:])
        row = Counts(
            product="bracket-a",
            standard_ns=round(cycle_s(line_of(plant).stations[name]) * 1e9),
            produced=produced,
            good=good,
            scrap=scrap,
            rework=rework,
        )
        times = {TimeCategory(r[0]): int(r[column]) * MINUTE_NS for r in rows}
        found[name] = Ledger(
            address=f"{LINE}/{name}",
            calendar_ns=SHIFT_MIN * MINUTE_NS,
            times=Times.of(times),
            counts=(row,),
        )
    return {**found, "line": flow_line(list(found.values()), LINE)}


def test_the_example_has_no_problem_and_no_warning() -> None:
    """What newcomers copy is clean: neither an error nor a warning."""
    assert check(FOLDER).problems == ()


def test_the_example_reads_back_equal(plant: Plant) -> None:
    """Written as one text and read again, the plant is the same."""
    assert load_text(to_text(plant)) == plant


def test_shift_and_bottleneck_of_the_sheet_follow_from_the_plant_file(
    plant: Plant, sheet: dict[str, Rows]
) -> None:
    """Planned time, bottleneck, standard rate and takt of the sheet are those of the file."""
    given = {row[0]: row[1] for row in sheet["What the plant file gives"][1:]}
    line = line_of(plant)
    cycles = {name: cycle_s(line.stations[name]) for name in line.flow}
    slowest = max(cycles, key=lambda name: cycles[name])
    monday = dt.date(2026, 11, 23)
    (meal,) = plant.sites["nogales"].shifts["day"].breaks
    planned_min = worked_min(plant, monday, "day")
    assert line.takt_s is not None
    assert given == {
        "shift_min": str(planned_min + (meal.end_s - meal.start_s) // 60),
        "meal_min": str((meal.end_s - meal.start_s) // 60),
        "planned_min": str(planned_min),
        "bottleneck": slowest,
        "standard_rate_per_h": f"{3600 / cycles[slowest]:g}",
        "most_per_shift": f"{planned_min * 60 / cycles[slowest]:g}",
        "needed_per_shift": f"{planned_min * 60 / line.takt_s:g}",
        "evening_min": str(worked_min(plant, monday, "evening")),
        "holiday_min": str(worked_min(plant, dt.date(2026, 12, 25), "day", "evening")),
    }


def test_every_indicator_of_the_sheet_is_met_to_the_last_bit(
    plant: Plant, sheet: dict[str, Rows]
) -> None:
    """An indicator equals the exact fraction of the sheet, rounded once."""
    of = ledgers(plant, sheet)
    rows = sheet["Expected"][1:]
    wrong = {
        (which, name): (found, value)
        for which, name, value in rows
        if (found := getattr(kpis(of[which]), name)) != float(Fraction(value))
    }
    assert len(rows) == 22
    assert wrong == {}


def test_throughput_of_the_line_and_the_losses_of_its_bottleneck(
    plant: Plant, sheet: dict[str, Rows]
) -> None:
    """The line gives what the sheet says in an hour, and the mill's losses add up to the shift."""
    of = ledgers(plant, sheet)
    line = {row[0]: Fraction(row[1]) for row in sheet["Line"][1:]}
    planned_h = Fraction(of["line"].times.planned_busy_ns, 3600 * 10**9)
    takt_s = line_of(plant).takt_s
    assert takt_s is not None
    good = of["line"].pieces.good
    assert line["good"] == good
    assert line["good_per_h"] == good / planned_h
    assert line["missing_to_takt"] == planned_h * 3600 / Fraction(takt_s) - good
    bars = {row[0]: int(row[1]) * MINUTE_NS for row in sheet["Losses of the mill"][1:]}
    assert {bar.code: bar.ns for bar in waterfall(of["mill"]).bars if bar.ns} == bars
    assert sum(bars.values()) == SHIFT_MIN * MINUTE_NS


def test_every_machine_says_whether_it_may_be_written_to(plant: Plant) -> None:
    """Every station with a connection has its state, its counts and all six permits."""
    for name, station in line_of(plant).stations.items():
        roles = {tag.role for tag in station.tags.values()}
        assert station.connected, name
        assert {f"permit.{permit}" for permit in PERMITS} <= roles, name
        assert {"state", "parts.good", "parts.scrap", "power"} <= roles, name


def test_two_causes_of_one_symptom_can_be_told_apart(plant: Plant) -> None:
    """Worn tool and low coolant both heat the spindle, and each has a symptom of its own."""
    mill = line_of(plant).stations["mill"]
    worn, dry = mill.wears["end_mill"].symptoms, mill.fails["coolant_low"].symptoms
    assert worn["spindle_temp"].kind == dry["spindle_temp"].kind == "rises"
    assert worn["cycle"].by == mill.wears["end_mill"].slows_share
    assert dry["coolant_level"].kind == "falls"
    assert {"cycle", "coolant_level"} - set(worn) - set(dry) == set()
    assert set(worn) & set(dry) == {"spindle_temp"}
    causes = {cause.mode for cause in mill.fails["spindle_trip"].causes}
    assert causes == {"end_mill", "coolant_low"}
    assert mill.fails["tool_break"].every is None


def test_slowing_down_is_a_command_within_its_ceiling_and_a_tool_change_a_call(
    plant: Plant,
) -> None:
    """The remedies of the worn tool: a value that range, window and ceiling allow, and a person."""
    mill = line_of(plant).stations["mill"]
    slow, change = mill.wears["end_mill"].remedies.values()
    speed, ceiling = mill.commands["speed"], plant.authority["slow_the_mill"]
    assert slow.command == "speed"
    assert slow.value is not None
    for bounds in (speed.range, speed.validated, ceiling.range):
        assert bounds is not None
        assert bounds.low <= slow.value <= bounds.high
    assert speed.step is not None
    assert 100 - slow.value <= speed.step
    assert change.call == "maintenance"
    assert change.command is None


def test_the_hidden_wear_begins_in_working_time_and_leaves_time_to_act(plant: Plant) -> None:
    """In `worn-tool` the end mill wears out within working time, before the scenario ends."""
    scenario = load_scenario(FOLDER / "scenarios" / "worn-tool.yaml", plant)
    fault = scenario.machines["end_mill"]
    assert fault.wears == "end_mill"
    assert fault.used_share is not None
    assert fault.faster is not None
    life_s = line_of(plant).stations["mill"].wears["end_mill"].life_s
    assert life_s is not None
    left_s = life_s * (1 - fault.used_share) / fault.faster
    start_ns = scenario.start_ns(plant)
    begins_ns = scenario.begins_ns(fault, plant)
    calendar = plant.sites["nogales"].calendar()
    ends_ns = start_ns + round(scenario.lasts_s * 1e9)
    assert working_ns(calendar, begins_ns, ends_ns) > left_s * 1e9
    assert 1800 < left_s < 7200
