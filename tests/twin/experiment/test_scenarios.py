"""Scenarios in a file: what it may say, and what is said of slips."""

import pytest

from linewright.plant import load
from linewright.twin.experiment import Setting, SettingInvalid, read_scenarios, setting_of

PLANT = load("plants/bracket")
NS = 10**9
MILL = "nogales/machining/bracket/mill"

TEXT = """
scenarios:
  room:                       # a comment
    label: Room for 20
    set:
      saw-mill.places: 20
      mill.does.mill: {time: 55 s, scrap: 1 %}
  slow:
    changes:
      - {at: mill, parameter: speed, value: 80, from: 2 h, until: 1 d}
      - {at: mill, parameter: scrap_share, value: 3 %}
"""


def test_a_file_says_settings_and_changes() -> None:
    """Names, labels, settings in their order, and changes at instants after the start."""
    room, slow = read_scenarios(TEXT, PLANT, at_ns=100 * NS)
    assert (room.name, room.label) == ("room", "Room for 20")
    assert room.settings == (
        Setting("saw-mill.places", "20"),
        Setting("mill.does.mill", {"time": "55 s", "scrap": "1 %"}),
    )
    speed, scrap = slow.changes
    assert (speed.address, speed.parameter, speed.value) == (MILL, "speed", 80.0)
    assert (speed.at_ns, speed.until_ns) == (7300 * NS, 86_500 * NS)
    assert (scrap.value, scrap.at_ns, scrap.until_ns) == (0.03, 100 * NS, None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("scenario: {}", "write `scenarios:`"),
        ("- a", "a map of names"),
        ("", "a map of names"),
        ("scenarios: {a: {sett: {}}}", "did you mean `set`?"),
        ("scenarios: {a: {changes: [{at: mil, parameter: speed, value: 1}]}}", "`mill`?"),
        ("scenarios: {a: {changes: [{at: mill, parameter: speed}]}}", "`value` is missing"),
        ("scenarios: {a: {changes: [{at: mill, parameter: speed, value: 1, from: 2}]}}", "`2 h`"),
        ("scenarios: {a: {changes: {at: mill}}}", "begin each with `- `"),
        ("scenarios:\n  a: {}\n  a: {}\n", "x.yaml:3: `a` stands here twice"),
        ("scenarios:\n\ta: {}\n", "x.yaml:2: "),
        ("scenarios: " + "{a: " * 30 + "1" + "}" * 30, "nested too deep"),
        ("a: &a [1]\nb: *a\nscenarios: {x: {set: 3}}", "no key `a` here"),
        ("scenarios: {a: [1]}", "x.yaml, a: a map of names"),
    ],
)
def test_slips_are_told_with_their_place(text: str, said: str) -> None:
    """Each slip names the file and what would be right."""
    with pytest.raises(SettingInvalid) as caught:
        read_scenarios(text, PLANT, name="x.yaml")
    assert said in str(caught.value)
    assert str(caught.value).startswith("x.yaml")


def test_texts_stay_texts() -> None:
    """Nothing is guessed: 06:00, no and 01 are what they look like to people."""
    text = "scenarios: {a: {set: {a.b: 06:00, a.c: no, a.d: 01, a.e: ~, a.f: '~'}}}"
    values = [each.value for each in read_scenarios(text, PLANT)[0].settings]
    assert values == ["06:00", "no", "01", None, "~"]


def test_a_setting_on_the_command_line() -> None:
    """PATH=VALUE; a value in brackets or braces is one of those, `~` takes out."""
    assert setting_of("a.b=3") == Setting("a.b", "3")
    assert setting_of("a.b = {time: 3 s}").value == {"time": "3 s"}
    assert setting_of("a.b=[x, 4, y]").value == ["x", "4", "y"]
    assert setting_of("a.b=~").value is None
    with pytest.raises(SettingInvalid, match="PATH=VALUE"):
        setting_of("a.b")
