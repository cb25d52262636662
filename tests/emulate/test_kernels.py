"""The lines behind the machines."""

import msgspec

from linewright.emulate.kernels import Kept, Kernels
from linewright.plant import Address, Plant, PlantBuilder
from linewright.plant.language import load_text
from linewright.plant.records import Change
from tests.emulate.playing import Bracket, S

LINE = "nogales/machining/bracket"
STATIONS = tuple(Address(f"{LINE}/{name}") for name in ("saw", "mill", "wash", "inspect"))
START_NS = 1795438800 * S


class Small(Kernels):
    """Lines that note few events in a step."""

    ring_events = 40


def kernels(
    bracket: Bracket,
    kept: dict[str, Kept] | None = None,
    *,
    at_ns: int = START_NS,
    kind: type[Kernels] = Kernels,
) -> Kernels:
    """Return the bracket line, with a wear of 90 % to come after an hour."""
    worn = Change(
        address=STATIONS[1], parameter="used_end_mill", value=0.9, at_ns=START_NS + 3600 * S
    )
    plant = load_text(bracket.plant)
    return kind(plant, STATIONS, kept=kept or {}, changes=[worn], at_ns=at_ns, seed=1)


def test_parts_go_down_the_line(bracket: Bracket) -> None:
    """In an hour from the beginning of the shift each station ends cycles, the mill some 55."""
    found = kernels(bracket).advance(START_NS + 3600 * S)
    ended = {one.name: sum(e.what == "ended" for e in found[one]) for one in STATIONS}
    assert 45 < ended["inspect"] <= ended["wash"] <= ended["mill"] <= 60
    times = [e.value for e in found[STATIONS[0]] if e.what == "ended"]
    assert set(times) == {48.0}


def test_changes_hold_from_their_time_on(bracket: Bracket) -> None:
    """The scenario's wear is not there a second before its time, and is there at it."""
    one = kernels(bracket)
    one.advance(START_NS + 3599 * S)
    assert one.seen()[STATIONS[1]].used["end_mill"] < 0.2
    one.advance(START_NS + 3600 * S)
    assert one.seen()[STATIONS[1]].used["end_mill"] >= 0.9


def test_a_kept_line_goes_on_as_the_one_that_was_not_interrupted(bracket: Bracket) -> None:
    """Kept to bytes and back in the middle of a cycle, the same things happen; no change twice."""
    whole = kernels(bracket)
    middle_ns, end_ns = START_NS + 3617 * S, START_NS + 7200 * S
    whole.advance(middle_ns)
    data = msgspec.msgpack.encode(whole.keep(), enc_hook=str)
    kept = msgspec.msgpack.decode(data, type=dict[str, Kept], dec_hook=lambda t, x: t(x))
    again = kernels(bracket, kept, at_ns=middle_ns)
    assert again.advance(end_ns) == whole.advance(end_ns)
    assert again.seen() == whole.seen()


def lathes(*, batch: int | None = None) -> Plant:
    """Return a plant with two equal lathes that belong to no line."""
    builder = PlantBuilder("acme")
    shop = builder.site("reno", timezone="UTC", currency="USD").area("shop")
    centre = shop.work_centre("lathes")
    fails = {"every": "20 min", "repair": "2 min"}
    for name in ("one", "two"):
        centre.station(name, does={"turn": "40 s"}, fails=fails, batch=batch)
    return builder.done()


LATHES = (Address("reno/shop/lathes/one"), Address("reno/shop/lathes/two"))


def test_machines_outside_a_line_are_played_without_flow() -> None:
    """Stations of a work centre cycle each by itself, fail each by chance of its own."""
    found = Kernels(lathes(), LATHES, kept={}, changes=[], at_ns=0, seed=1).advance(7200 * S)
    ended = [sum(e.what == "ended" for e in found[one]) for one in LATHES]
    assert all(120 < count < 180 for count in ended)
    failed = [[e.t_ns for e in found[one] if e.what == "failing" and e.value] for one in LATHES]
    assert failed[0] != failed[1]


def test_a_command_reaches_a_machine_that_is_played_alone() -> None:
    """At half the speed its cycles take twice as long; the other one goes on as before."""
    kernels = Kernels(lathes(), LATHES, kept={}, changes=[], at_ns=0, seed=1)
    kernels.change(Change(address=LATHES[0], parameter="speed", value=50.0, at_ns=0))
    found = kernels.advance(3600 * S)
    times = [{e.value for e in found[one] if e.what == "ended"} for one in LATHES]
    assert times == [{80.0}, {40.0}]


def test_a_load_gives_all_of_its_pieces() -> None:
    """A machine that works in loads of twelve gives twelve parts a cycle."""
    kernels = Kernels(lathes(batch=12), LATHES, kept={}, changes=[], at_ns=0, seed=1)
    found = kernels.advance(600 * S)[LATHES[0]]
    assert {e.value for e in found if e.what == "good"} == {12.0}


def test_a_step_with_more_events_than_the_ring_holds_is_made_in_halves(
    bracket: Bracket,
) -> None:
    """Nothing that happened is missing, however small the ring is."""
    whole = kernels(bracket).advance(START_NS + 3600 * S)
    small = kernels(bracket, kind=Small)
    assert small.advance(START_NS + 3600 * S) == whole


def test_the_mill_stands_idle_in_the_break(bracket: Bracket) -> None:
    """From 10:00 to 10:30 all stations are idle; the mill's cycle goes on where it stopped."""
    break_ns = START_NS + 4 * 3600 * S
    plant = load_text(bracket.plant)
    one = Kernels(plant, STATIONS, kept={}, changes=[], at_ns=START_NS, seed=1)
    one.advance(break_ns - S)
    found = one.advance(break_ns + 1800 * S)
    states = {each: [(e.t_ns, e.value) for e in found[each] if e.what == "state"] for each in found}
    assert all((break_ns, "idle") in states[each] for each in STATIONS)
    assert not [e for each in found for e in found[each] if e.what == "ended" and e.t_ns > break_ns]
    assert states[STATIONS[1]][-1] == (break_ns + 1800 * S, "running")
    ended = [e for e in one.advance(break_ns + 2000 * S)[STATIONS[1]] if e.what == "ended"]
    assert 60 <= float(ended[0].value) < 80


def test_two_places_are_one_machine_that_counts_both() -> None:
    """A station of two places ends two cycles of 40 s at a time, and runs all the time."""
    builder = PlantBuilder("acme")
    shop = builder.site("reno", timezone="UTC", currency="USD").area("shop")
    line = shop.line("pump", flow=["turn"])
    line.station("turn", does={"turn": "40 s"}, places=2)
    turn = Address("reno/shop/pump/turn")
    found = Kernels(builder.done(), (turn,), kept={}, changes=[], at_ns=0, seed=1).advance(3600 * S)
    assert sum(e.what == "good" for e in found[turn]) == 180
    assert {e.value for e in found[turn] if e.what == "ended"} == {40.0}
    lasting = {e.t_ns: e.value for e in found[turn] if e.what == "state"}
    assert set(lasting.values()) == {"running"}


def test_machines_that_share_an_operator_take_turns() -> None:
    """With one operator for two machines, one stands idle while the other one works."""
    builder = PlantBuilder("acme")
    crews = {"hands": {"people": 1, "skills": ["turning"]}}
    site = builder.site("reno", timezone="UTC", currency="USD", crews=crews)
    builder.add("skill", "turning")
    line = site.area("shop").line("pump", flow=["one", 1, "two"])
    for name in ("one", "two"):
        line.station(name, does={name: "60 s"}, operators={"turning": 1})
    both = tuple(Address(f"reno/shop/pump/{name}") for name in ("one", "two"))
    played = Kernels(builder.done(), both, kept={}, changes=[], at_ns=0, seed=1)
    running, ended = set[str](), dict.fromkeys(both, 0)
    for step in range(1, 721):
        for address, events in played.advance(step * 5 * S).items():
            for event in (each for each in events if each.what == "state"):
                (running.add if event.value == "running" else running.discard)(address)
            ended[address] += sum(each.what == "ended" for each in events)
        assert len(running) <= 1
    assert sum(ended.values()) == 60


def test_every_station_is_counted_shown_or_not(bracket: Bracket) -> None:
    """The counts are those of what happened, also at stations that nobody watches."""
    played = kernels(bracket)
    before = played.counts()
    found = played.advance(bracket.from_ns + 3600 * S)
    after = played.counts()
    made = {at: after[at][0] - before[at][0] for at in after}
    happened = {
        at: sum(float(one.value) for one in own if one.what == "good") for at, own in found.items()
    }
    assert {at: count for at, count in made.items() if count} == {
        at: count for at, count in happened.items() if count
    }
