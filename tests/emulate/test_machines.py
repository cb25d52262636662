"""Which machines are played, and what their nodes hold."""

from pathlib import Path

import pytest

from linewright.emulate import machines
from linewright.emulate.machines import Kind, Raw, kind_of, limits_of, raw_of
from linewright.plant import PlantBuilder, load
from linewright.plant.language import load_text
from linewright.plant.model import Tag
from tests.emulate.faulty import ONE, RIG, played
from tests.emulate.playing import Bracket


def test_the_bracket_line_has_four_machines(bracket: Bracket) -> None:
    """Each station of the line is one machine, with every node that the plant file names."""
    plant = load_text(bracket.plant)
    found = machines(plant)
    assert [one.address.name for one in found] == ["saw", "mill", "wash", "inspect"]
    mill = dict(plant.stations())[found[1].address]
    wanted = {tag.source for tag in mill.tags.values()} | {"ns=2;s=SpeedSet"}
    assert {point.item for point in found[1].points} == wanted
    assert [point.item for point in found[1].points if point.writable] == ["ns=2;s=SpeedSet"]


def test_data_types_follow_type_and_role(bracket: Bracket) -> None:
    """Types come from the plant file, and else from what the tag is for."""
    mill = machines(load_text(bracket.plant))[1]
    kinds: dict[str, Kind] = {point.item.split("=")[-1]: point.kind for point in mill.points}
    assert kinds["State"] == "int32"
    assert kinds["Good"] == "uint32"
    assert kinds["CycleTime"] == kinds["SpindleTemp"] == kinds["SpeedSet"] == "float64"
    assert kinds["RemoteEnabled"] == "bool"
    assert kinds["Program"] == "text"


def test_a_command_has_its_range(bracket: Bracket) -> None:
    """What may be written is bounded as the plant file says, and begins at full speed."""
    speed = next(
        one for one in machines(load_text(bracket.plant))[1].points if one.item.endswith("SpeedSet")
    )
    assert (speed.low, speed.high, speed.first) == (50.0, 120.0, 100.0)


@pytest.mark.parametrize(
    ("tag", "value", "raw"),
    [
        (Tag(role="state", map={"0": "off", "1": "running", "5": "blocked"}), "blocked", 5),
        (Tag(role="state", map={"0": "off", "1": "running"}), "starved", 0),
        (Tag(role="state", map={"RUN": "running", "STOP": "idle"}), "blocked", "STOP"),
        (Tag(role="parts.good", rolls_over=100), 205, 5),
        (Tag(type="int16", scale=0.1, offset=5.0), 20.0, 150),
        (Tag(type="int16"), 1e9, 32767),
        (Tag(role="permit.automatic"), 1, True),
        (Tag(role="program"), "O1204", "O1204"),
    ],
)
def test_values_are_held_as_the_machine_holds_them(tag: Tag, value: Raw, raw: Raw) -> None:
    """States, factors, types and counters that roll over are gone through backwards."""
    found = raw_of(tag, value)
    assert (found, type(found)) == (raw, type(raw))


def test_every_connected_station_is_a_machine(checkout: Path) -> None:
    """Whatever protocol the plant file says, all of its connected stations are played."""
    shop = load(checkout / "plants" / "taller")
    found = machines(shop)
    assert len(found) == sum(station.connected for _, station in shop.stations()) == 34
    assert {one.protocol for one in found} == {"opcua"}
    assert {one.spoken for one in found} == {"opcua", "gateway", "haas", "s7"}
    lathe = next(one for one in found if one.address.name == "mill_1")
    assert "ns=2;s=status" in {point.item for point in lathe.points}


def test_sparkplug_stations_are_edge_nodes_where_there_is_a_broker() -> None:
    """With a broker they have metrics, without one nodes; commands are items to be written."""
    rig = next(one for one in played() if one.address == RIG)
    assert (rig.protocol, rig.root) == ("sparkplug", "acme/rigs/rig")
    assert [point.item for point in rig.points] == ["Drag", "Pass", "Limit"]
    assert [point.is_signal for point in rig.points] == [True, True, False]
    served = next(one for one in played(has_broker=False) if one.address == RIG)
    assert [point.item for point in served.points] == ["ns=2;s=drag", "ns=2;s=pass", "ns=2;s=limit"]


def test_a_method_is_one_and_has_its_range() -> None:
    """What is called takes the values of its command."""
    lathe = next(one for one in played() if one.address == ONE)
    (feed,) = [point for point in lathe.points if point.writable]
    assert (feed.item, feed.is_method, feed.low, feed.high) == ("ns=2;s=SetFeed", True, 50.0, 120.0)


def test_a_command_may_be_written_where_its_tag_shows() -> None:
    """One node is signal and command at once: it is written as the command, shown as the tag."""
    builder = PlantBuilder("acme")
    shop = builder.site("reno", timezone="UTC", currency="USD").area("shop")
    shop.work_centre("lathes").station(
        "one",
        does={"turn": "40 s"},
        connect={"opcua": "opc.tcp://one:4840"},
        tags={"heat": {"node": "ns=2;s=Heat", "unit": "degC"}},
        commands={
            "to": {"node": "ns=2;s=Heat", "unit": "degC", "range": [20, 60], "readback": "heat"}
        },
    )
    (point,) = machines(builder.done())[0].points
    assert (point.address.tag, point.command and point.command.tag) == ("heat", "to")
    assert (point.is_signal, point.writable, point.high) == (True, True, 60.0)


def test_kinds_have_limits_where_they_are_whole_numbers() -> None:
    """Alarm words and counters are unsigned; words and measured values have no limits."""
    assert kind_of(Tag(role="alarm")) == "uint16"
    assert limits_of("uint16") == (0, 65535)
    assert limits_of("float64") is None


@pytest.mark.parametrize(
    ("tag", "value", "raw"),
    [
        (Tag(role="lot", type="int32"), "p1-0042", 42),
        (Tag(role="program", type="uint16"), "", 0),
        (Tag(role="state", type="bool", map={"true": "running", "false": "idle"}), "idle", False),
        (Tag(role="state", type="float64", map={"1": "running", "2": "idle"}), "idle", 2.0),
        (Tag(role="speed"), "fast", 0.0),
        (Tag(unit="bar", type="float32"), 0.1, 0.10000000149011612),
    ],
)
def test_whatever_is_shown_fits_its_type(tag: Tag, value: Raw, raw: Raw) -> None:
    """A text on a number, a state on a bit: what the item holds is of its type, always."""
    found = raw_of(tag, value)
    assert found == raw
    assert type(found) is type(raw)
