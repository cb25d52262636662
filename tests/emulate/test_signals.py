"""What one machine shows, from what happened to it."""

from pathlib import Path

import pytest

from linewright.emulate.gauges import Showing
from linewright.emulate.machines import Raw, Sample
from linewright.emulate.signals import (
    GRID_NS,
    Happening,
    Memory,
    Override,
    Seen,
    Voice,
    What,
    voices,
)
from linewright.plant import Address, load
from linewright.plant.language import load_text
from tests.emulate.playing import Bracket, S

LINE = "nogales/machining/bracket"
FRESH = Seen(used={"end_mill": 0.0}, failing={})
WORN = Seen(used={"end_mill": 0.7}, failing={})
SHORT = GRID_NS // 5


def voice(bracket: Bracket, station: str) -> Voice:
    """Return the voice of a station of the bracket line."""
    address = Address(f"{LINE}/{station}")
    return voices(load_text(bracket.plant), [address], 7)[address]


def at(station: str, t_s: float, what: What, value: Raw, name: str = "") -> Happening:
    """Return a happening, time in seconds."""
    address = Address(f"{LINE}/{station}")
    return Happening(t_ns=round(t_s * S), station=address, what=what, value=value, name=name)


def shown(samples: tuple[Sample, ...], tag: str) -> list[tuple[float, Raw]]:
    """Return what one tag shows: seconds and value."""
    return [(one.t_ns / S, one.value) for one in samples if one.tag.tag == tag]


def played(one: Voice, memory: Memory, seen: Seen, until_s: float) -> tuple[Memory, list[Sample]]:
    """Let time go by from grid point to grid point."""
    found: list[Sample] = []
    while memory.t_ns < until_s * S:
        next_ns = min(round(until_s * S), (memory.t_ns // GRID_NS + 1) * GRID_NS)
        memory, samples = one.samples(memory, [], seen, next_ns)
        found += samples
    return memory, found


def test_a_cycle_moves_state_counter_and_cycle_time(bracket: Bracket) -> None:
    """A state becomes its code, a good part one more, a cycle its time within 2.5 %."""
    mill = voice(bracket, "mill")
    events = [
        at("mill", 0.5, "state", "running"),
        at("mill", 0.9, "ended", 60.0),
        at("mill", 0.9, "good", 1.0),
        at("mill", 0.9, "state", "starved"),
    ]
    _, found = mill.samples(mill.begin("idle", 0), events, FRESH, SHORT)
    assert shown(found, "state") == [(0.5, 1), (0.9, 6)]
    assert shown(found, "good") == [(0.9, 1)]
    (cycle,) = shown(found, "cycle_time")
    assert cycle[1] == pytest.approx(60.0, rel=0.025)
    assert [value for _, value in shown(found, "active_power")] == pytest.approx([9, 1.8], rel=0.1)


def test_states_without_duration_are_not_shown(bracket: Bracket) -> None:
    """A machine that ends a cycle and begins the next at once has run all the time."""
    mill = voice(bracket, "mill")
    events = [at("mill", 0.9, "state", "idle"), at("mill", 0.9, "state", "running")]
    _, found = mill.samples(mill.begin("running", 0), events, FRESH, SHORT)
    assert shown(found, "state") == []


def test_times_are_whole_microseconds_and_never_early(bracket: Bracket) -> None:
    """A time between two microseconds becomes the later one, which OPC UA can carry."""
    mill = voice(bracket, "mill")
    event = at("mill", 0, "state", "running")
    events = [Happening(t_ns=1_234_567, station=event.station, what="state", value="running")]
    _, found = mill.samples(mill.begin("idle", 0), events, FRESH, SHORT)
    assert {one.t_ns for one in found} == {1_235_000}


def test_tool_life_counts_operating_time_only(bracket: Bracket) -> None:
    """In 100 s of cutting the counter moves by 0.1 % each 28.8 s, and not while it stands."""
    mill = voice(bracket, "mill")
    memory, found = played(mill, mill.begin("running", 0), WORN, 100)
    assert shown(tuple(found), "tool_life") == [(28.8, 0.1), (57.6, 0.2), (86.4, 0.3)]
    stands, _ = mill.samples(memory, [at("mill", 100, "state", "blocked")], WORN, 101 * S)
    assert shown(tuple(played(mill, stands, WORN, 200)[1]), "tool_life") == []


def test_a_renewal_sets_the_counter_to_nothing(bracket: Bracket) -> None:
    """After a change of the tool the control counts from 0."""
    mill = voice(bracket, "mill")
    memory, _ = played(mill, mill.begin("running", 0), WORN, 100)
    _, found = mill.samples(memory, [at("mill", 101, "renewed", 0.7)], FRESH, 102 * S)
    assert shown(found, "tool_life") == [(101, 0)]


def test_wear_heats_the_spindle_in_proportion_to_speed(bracket: Bracket) -> None:
    """At 70 % of its life the spindle is 16.8 degC warmer, at 80 % of the speed 13.4."""
    mill = voice(bracket, "mill")
    levels = []
    for seen, speed in ((FRESH, 100.0), (WORN, 100.0), (WORN, 80.0)):
        order = at("mill", 0.5, "order", speed, "speed")
        memory, _ = mill.samples(mill.begin("running", 0), [order], seen, SHORT)
        memory, _ = played(mill, memory, seen, 900)
        levels.append(memory.levels[mill.address.with_tag("spindle_temp")])
    assert levels[1] - levels[0] == pytest.approx(0.7 * 24, abs=0.01)
    assert levels[2] - levels[0] == pytest.approx(0.7 * 0.8 * 24, abs=0.01)


def test_what_was_written_is_read_back(bracket: Bracket) -> None:
    """A written speed shows on its readback tag at the moment it takes hold."""
    mill = voice(bracket, "mill")
    order = at("mill", 0.25, "order", 80.0, "speed")
    _, found = mill.samples(mill.begin("running", 0), [order], FRESH, SHORT)
    assert shown(found, "speed_actual") == [(0.25, 80.0)]


def test_bad_parts_measure_outside_and_good_ones_inside(bracket: Bracket) -> None:
    """The gauge at the end tells a bad bore from a good one, part by part."""
    inspect = voice(bracket, "inspect")
    memory, t_ns = inspect.begin("running", 0), 0
    for k in range(60):
        t_ns += SHORT
        event = at("inspect", t_ns / S, "bad" if k % 10 == 0 else "good", 1.0)
        memory, found = inspect.samples(memory, [event], FRESH, t_ns)
        (bore,) = shown(found, "bore")
        assert (11.985 <= float(bore[1]) <= 12.015) == (k % 10 != 0)


def test_the_first_picture_says_all_but_cycles_and_parts(bracket: Bracket) -> None:
    """Permits allow what they should, and every tag but cycle time has a value."""
    mill = voice(bracket, "mill")
    speed = {mill.address.with_tag("speed"): 100.0}
    found = {one.tag.tag: one.value for one in mill.snapshot(mill.begin("idle", 0), speed)}
    assert set(mill.station.tags) - set(found) == {"cycle_time"}
    permits = {name: found[name] for name in ("remote_enabled", "automatic", "guard_open")}
    assert permits == {"remote_enabled": True, "automatic": True, "guard_open": False}
    assert (found["program"], found["speed_actual"], found["good"]) == ("O1204", 100.0, 0)


@pytest.fixture(scope="module")
def turner(checkout: Path) -> Voice:
    """Return a machine of the corridor that shakes, takes energy and obeys."""
    return one_with(checkout, {"vibration", "energy"}, "feed_override")


def one_with(checkout: Path, tags: set[str], command: str = "") -> Voice:
    """Return the voice of the first station of the corridor that has these tags."""
    plant = load(checkout / "plants" / "corridor")
    address = next(
        one
        for one, station in plant.stations()
        if tags <= set(station.tags) and (not command or command in station.commands)
    )
    return voices(plant, [address], 7)[address]


def of(one: Voice, t_s: float, what: What, value: Raw, name: str = "") -> Happening:
    """Return a happening at a voice's own station."""
    return Happening(t_ns=round(t_s * S), station=one.address, what=what, value=value, name=name)


def test_an_alarm_stands_while_its_failure_mode_holds(checkout: Path) -> None:
    """The mode's bit is set when it strikes, and cleared when it is repaired."""
    one = one_with(checkout, {"fault"})
    mode = one.modes[-1]
    events = [of(one, 0.5, "failing", mode), of(one, 0.9, "failing", "")]
    _, found = one.samples(one.begin("running", 0), events, FRESH, SHORT)
    assert shown(found, "fault") == [(0.5, 1 << (len(one.modes) - 1)), (0.9, 0)]


def test_energy_is_power_over_time_whatever_the_ticks(turner: Voice) -> None:
    """An hour at work takes what the plant file says, however the hour is cut."""
    power = turner.station.power
    assert power is not None
    assert power.running_kw is not None
    memory, found = played(turner, turner.begin("running", 0), FRESH, 3600)
    assert shown(tuple(found), "energy")[-1][1] == pytest.approx(power.running_kw, abs=0.01)
    assert memory.energy_kwh == 0.0
    _, ended = turner.samples(memory, [of(turner, 3600.5, "state", "idle")], FRESH, 3601 * S)
    assert [tag for tag in ended if tag.tag.tag == "energy"] == []


def test_vibration_moves_with_speed_and_rests_with_the_machine(turner: Voice) -> None:
    """At half the speed about half of it; a machine that stands hardly shakes."""
    levels = []
    for state, speed in (("running", 100.0), ("running", 50.0), ("idle", 100.0)):
        order = of(turner, 0.5, "order", speed, "feed_override")
        memory, _ = turner.samples(turner.begin(state, 0), [order], FRESH, SHORT)
        memory, _ = played(turner, memory, FRESH, 120)
        levels.append(memory.levels[turner.address.with_tag("vibration")])
    assert levels[1] == pytest.approx(levels[0] / 2, rel=0.01)
    assert levels[2] < 0.1 * levels[0]


def test_a_lot_changes_every_hundred_parts(checkout: Path) -> None:
    """A machine that shows its lot shows the next one with the part after the hundredth."""
    plant = load(checkout / "plants" / "corridor")
    address = next(
        a for a, one in plant.stations() if any(t.role == "lot" for t in one.tags.values())
    )
    one = voices(plant, [address], 7)[address]
    memory = one.begin("running", 0)
    lots = []
    for parts in (99, 1):
        memory, found = one.samples(memory, [of(one, 1, "good", float(parts))], FRESH, SHORT)
        lots.append([sample.value for sample in found if one.tags[sample.tag].role == "lot"][-1])
    assert [str(lot)[-4:] for lot in lots] == ["0001", "0002"]


def test_a_set_point_moves_the_value_that_follows_it(bracket: Bracket) -> None:
    """The bath of the washer goes to where its set point was moved, in its own time."""
    wash = voice(bracket, "wash")
    order = at("wash", 0.5, "order", 63.0, "bath_setpoint")
    memory, _ = wash.samples(wash.begin("running", 0), [order], FRESH, SHORT)
    bath = wash.address.with_tag("bath_temp")
    assert memory.levels[bath] == pytest.approx(60.0)
    memory, _ = played(wash, memory, FRESH, 600)
    assert memory.levels[bath] == pytest.approx(63.0, abs=0.01)


def test_a_scenario_may_say_how_far_a_cause_shows(bracket: Bracket) -> None:
    """What the scenario says replaces the plant file's symptom while it is in force."""
    mill = voice(bracket, "mill")
    temp = mill.address.with_tag("spindle_temp")
    said = Showing(cause="end_mill", is_wear=True, by=10.0)
    mill.overrides = (Override(tag=temp, showing=said, from_ns=0, until_ns=1000 * S),)
    begun = mill.begin("running", 0)
    levels = [played(mill, begun, seen, 900)[0].levels[temp] for seen in (FRESH, WORN)]
    assert levels[1] - levels[0] == pytest.approx(0.7 * 10.0, abs=0.01)
    assert not mill.overrides[0].holds(1000 * S)


def test_a_part_for_rework_is_neither_good_nor_bad() -> None:
    """It moves the counter of rework alone, and no other."""
    plant = load_text(REWORKED)
    address = Address("reno/shop/benches/one")
    one = voices(plant, [address], 7)[address]
    event = Happening(t_ns=S // 2, station=address, what="reworked", value=2.0)
    memory, found = one.samples(one.begin("idle", 0), [event], FRESH, SHORT)
    assert shown(found, "again") == [(0.5, 2)]
    assert shown(found, "good") == []
    assert (memory.rework, memory.good, memory.bad) == (2, 0, 0)


REWORKED = """
linewright: 1
enterprise: acme
sites:
  reno:
    timezone: UTC
    currency: USD
    areas:
      shop:
        work_centres:
          benches:
            stations:
              one:
                does: {fit: 40 s}
                tags: {again: {role: parts.rework}, good: {role: parts.good}}
operations: {fit: {}}
"""
