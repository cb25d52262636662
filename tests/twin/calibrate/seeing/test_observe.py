"""Clocks run when they should, and are cut off where they must."""

from linewright.plant import Address, Plant
from linewright.plant.records import Gap, GapReason, Parts, Record, StationState
from linewright.twin.calibrate.seeing.observe import Seen, mode_of, modes_of, observe, stations_at
from tests.twin.calibrate.said import LINE, NS, head, parts, plant_of, states, work

FAILS = {"every": "1 h", "repair": "60 s"}


def _seen(
    *records: Record, plant: Plant | None = None, since_s: float = 0, until_s: float = 100
) -> Seen:
    plant = plant or plant_of("a", fails=FAILS)
    found = observe(plant, LINE, records, round(since_s * NS), round(until_s * NS))
    return found.stations[0]


def _spells(seen: Seen, name: str = "failure") -> list[tuple[float | None, float, bool]]:
    return [(one.entry_s, one.until_s, one.ended) for one in seen.lives[name]]


def test_an_operation_clock_runs_only_while_it_runs() -> None:
    """Starved, blocked, idle and set-up time does not age a station."""
    seen = _seen(*states("D0 R5 S10 R20 B25 R30 I40 U50 R60 D70 R75"))
    assert _spells(seen) == [(0.0, 30.0, True), (0.0, 25.0, False)]


def test_a_calendar_clock_always_runs() -> None:
    """A calendar clock counts all time between repairs, closed time included."""
    plant = plant_of("a", fails={**FAILS, "clock": "calendar"})
    seen = _seen(*states("D0 R5 S10 R20 I40 R60 D70 R75"), plant=plant)
    assert _spells(seen) == [(0.0, 65.0, True), (0.0, 25.0, False)]


def test_the_start_is_truncated_and_the_end_censored() -> None:
    """The age at the start is known from earlier records, or not known at all."""
    told = states("D0 R5 D80 R90")
    assert _spells(_seen(*told, since_s=50))[0] == (45.0, 75.0, True)
    assert _spells(_seen(*states("R0 D80 R90"), since_s=50))[0] == (None, 30.0, True)
    assert _seen(*told, until_s=60).lives["failure"][-1].ended is False


def test_a_gap_cuts_a_clock() -> None:
    """Before a gap the clock is cut off, after it its age is unknown."""
    gap = Gap(
        **head(20),  # type: ignore[arg-type]  # fields
        of_source="a",
        epoch=1,
        until_ns=30 * NS,
        reason=GapReason.OVERRUN,
    )
    seen = _seen(*states("D0 R5 S40 R45 D60 R65"), gap)
    assert _spells(seen)[:2] == [(0.0, 15.0, False), (None, 15.0, True)]


def test_modes_have_clocks_of_their_own() -> None:
    """The failure of one mode does not stop the clock of another."""
    plant = plant_of("a", fails={"jam": FAILS, "belt": FAILS})
    jams = states("D0 R5 D50 R60", reason="jam")
    belts = states("D20 R30", reason="mechanical/belt")
    seen = _seen(*jams, *belts, plant=plant)
    assert _spells(seen, "jam")[0] == (0.0, 35.0, True)
    assert seen.explained == 1.0


def test_stops_of_an_unknown_mode_are_counted() -> None:
    """With several modes a stop without a reason cuts every clock and lowers what is explained."""
    plant = plant_of("a", fails={"jam": FAILS, "belt": FAILS})
    seen = _seen(*states("D0 R5", reason="jam"), *states("D50 R60"), plant=plant)
    assert _spells(seen, "jam") == [(0.0, 45.0, False), (None, 40.0, False)]
    assert seen.explained == 0.5


def test_repairs_and_waiting() -> None:
    """The time until a repair is started is waiting, where a record says so."""
    told = [*states("R0 D10 R40 D90"), work(25, "started"), work(40, "done")]
    seen = _seen(*told)
    assert [(one.until_s, one.ended) for one in seen.repairs["failure"]] == [
        (15.0, True),
        (10.0, False),
    ]
    assert seen.waits["failure"] == (15.0,)


def test_micro_stops() -> None:
    """A stop shorter than the threshold is no failure; its time is told with the cycle."""
    plant = plant_of("a", fails=FAILS, micro_stop="5 s")
    told = [*states("R0 D12 R15 D60 R70"), *parts([10, 23, 40])]
    seen = _seen(*told, plant=plant)
    assert seen.micro_stops == 1
    assert len([one for one in seen.lives["failure"] if one.ended]) == 1
    assert [(one.seconds, one.micro_s) for one in seen.cycles["make"]] == [(10.0, 3.0), (17.0, 0.0)]


def test_cycles_are_working_time() -> None:
    """The time of a cycle leaves out failures and waiting; unknown ones are left out."""
    told = [*states("R0 S10 R14 D20 R25 S30"), *parts([10, 29.5])]
    assert [one.seconds for one in _seen(*told).cycles["make"]] == [10.5]


def test_the_machine_may_tell_its_cycle() -> None:
    """A time of the cycle that comes with a part is taken as it is."""
    assert [
        one.seconds for one in _seen(*states("R0"), *parts([10, 20], cycle_s=9.5)).cycles["make"]
    ] == [9.5, 9.5]


def test_time_and_parts_add_up() -> None:
    """Seconds by state sum to the window, unknown time included; parts are those inside."""
    scrap = Parts(**head(30), scrap=2, counter="scrap")  # type: ignore[arg-type]  # fields
    seen = _seen(*states("R20 S50 R60"), *parts([10, 40, 90]), scrap, since_s=20)
    assert sum(seen.seconds.values()) == 80.0
    assert seen.seconds[StationState.STARVED] == 10.0
    assert (seen.good, seen.scrap) == (2, 2)


def test_repairs_that_may_have_waited() -> None:
    """Where the crew was busy elsewhere and nobody says more, a repair is left out."""
    plant = plant_of("a", "b", fails={**FAILS, "crew": "fitters"})
    busy = _seen(*states("R0 D10 R40"), *states("R0 D5 R30", "b"), plant=plant)
    free = _seen(*states("R0 D40 R60"), *states("R0 D5 R30", "b"), plant=plant)
    assert (len(busy.repairs["failure"]), len(free.repairs["failure"])) == (0, 1)
    assert busy.left["repairs that may have waited for a crew"] == 1


def test_modes_by_their_reasons() -> None:
    """A reason names a mode by its own reason, its name, or its last word."""
    station = plant_of("a", fails={"jam": FAILS, "belt": FAILS}).stations_in(Address(LINE))
    modes = modes_of(dict(station)[Address(f"{LINE}/a")])
    assert [mode_of(modes, code) for code in ("jam", "x/belt", "", "other")] == [
        "jam",
        "belt",
        "",
        "",
    ]


def test_stations_in_the_order_of_the_flow() -> None:
    """A line gives its stations as parts pass them; an address of nothing gives none."""
    plant = plant_of("b", 2, "a")
    assert [one.name for one in stations_at(plant, LINE)] == ["b", "a"]
    assert stations_at(plant, "reno/shop/none") == {}
