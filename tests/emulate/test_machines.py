"""Which machines are played, and what their nodes hold."""

import pytest

from linewright.emulate import machines
from linewright.emulate.machines import Kind, Raw, raw_of
from linewright.plant.language import load_text
from linewright.plant.model import Tag
from tests.emulate.playing import Bracket


def test_the_bracket_line_has_four_machines(bracket: Bracket) -> None:
    """Each station of the line is one machine, with every node that the plant file names."""
    plant = load_text(bracket.plant)
    found = machines(plant)
    assert [one.address.name for one in found] == ["saw", "mill", "wash", "inspect"]
    mill = dict(plant.stations())[found[1].address]
    wanted = {tag.source for tag in mill.tags.values()} | {"ns=2;s=SpeedSet"}
    assert {point.node for point in found[1].points} == wanted
    assert [point.node for point in found[1].points if point.writable] == ["ns=2;s=SpeedSet"]


def test_data_types_follow_type_and_role(bracket: Bracket) -> None:
    """Types come from the plant file, and else from what the tag is for."""
    mill = machines(load_text(bracket.plant))[1]
    kinds: dict[str, Kind] = {point.node.split("=")[-1]: point.kind for point in mill.points}
    assert kinds["State"] == "int32"
    assert kinds["Good"] == "uint32"
    assert kinds["CycleTime"] == kinds["SpindleTemp"] == kinds["SpeedSet"] == "float64"
    assert kinds["RemoteEnabled"] == "bool"
    assert kinds["Program"] == "text"


def test_a_command_has_its_range(bracket: Bracket) -> None:
    """What may be written is bounded as the plant file says, and begins at full speed."""
    speed = next(
        one for one in machines(load_text(bracket.plant))[1].points if one.node.endswith("SpeedSet")
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
