"""What one machine shows, from what happened to it."""

import pytest

from linewright.emulate.machines import Raw, Sample
from linewright.emulate.signals import GRID_NS, Happening, Memory, Seen, Voice, What, voices
from linewright.plant import Address
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
