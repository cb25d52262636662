"""`linewright show`: the tree of a plant, and one thing in detail."""

from collections.abc import Callable
from pathlib import Path

import pytest

from linewright.cli.show.flow import drawn, rate_of, rates, side_buffers
from linewright.plant import Address, Plant
from linewright.plant.language import load_text
from linewright.plant.model import Line
from linewright.plant.standard import StandardTimes
from tests.cli.conftest import SMALL, Ran, environment, on_terminal, spawn

Run = Callable[..., Ran]

PUMP = Address("reno/shop/pump")


def _line(text: str) -> tuple[Plant, Line]:
    plant = load_text(text)
    return plant, plant.sites["reno"].areas["shop"].lines["pump"]


def _told(text: str) -> str:
    plant, line = _line(text)
    return rate_of(rates(plant, PUMP, line, StandardTimes(plant)))


def test_the_tree(plant: Path, run: Run) -> None:
    """Sites, areas and lines, each line with its flow, its speed and its connections."""
    assert run("show", plant).out.splitlines() == [
        f"acme  1 site, 1 line, 3 stations, 1 tag, 1 product ({plant})",
        "└── reno  America/Los_Angeles, USD, no shifts",
        "    └── shop",
        "        └── pump  saw -(12)- mill -(rack)- wash",
        "            ├── standard rate 60/h, bottleneck mill (60 s a piece)",
        "            └── connections: not connected",
    ]


def test_no_line_is_wrapped_in_a_pipe(plant: Path, run: Run) -> None:
    """A long flow stays in one line where no terminal is."""
    names = [f"station_with_a_long_name_{number}" for number in range(20)]
    stations = ", ".join(f"{name}: {{does: {{cut: 1 s}}}}" for name in names)
    text = SMALL.replace("[saw, 12, mill, rack, wash]", f"[{', '.join(names)}]")
    start, end = text.index("              saw:"), text.index("products:")
    plant.write_text(
        text[:start] + f"              {{{stations}}}\n" + text[end:], encoding="utf-8"
    )
    plant.write_text(plant.read_text("utf-8").replace("[cut, mill, wash]", "[cut]"), "utf-8")
    assert " --- ".join(names) in run("show", plant).out


@pytest.mark.parametrize("columns", [20, 40])
def test_a_narrow_terminal(columns: int, plant: Path) -> None:
    """On a narrow terminal every line fits, and every station is still there."""
    ran = on_terminal("show", plant, columns=columns, NO_COLOR="1")
    assert ran.code == 0
    assert max(len(line) for line in ran.out.splitlines()) <= columns
    assert "-(12)-" in ran.out


def test_lines_of_letters_where_there_is_no_more(plant: Path) -> None:
    """A terminal without UTF-8 gets a tree of signs that it has."""
    out = spawn("show", plant, env=environment(PYTHONIOENCODING="latin-1")).out
    assert "`-- reno" in out
    assert "└" not in out


def test_flows_are_drawn() -> None:
    """Places stand between the stations; side feeds are told apart."""
    _, line = _line(SMALL.replace("12, mill, rack", "mill, 0"))
    assert drawn(line) == "saw --- mill --- wash"
    buffers = "            buffers: {saw-wash: 3, mill-wash: {travel: 9 s}}\n            stations:"
    _, line = _line(SMALL.replace("            stations:", buffers))
    assert drawn(line) == "saw -(12)- mill -(rack)- wash"
    assert list(side_buffers(line)) == ["saw -(3)- wash"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("60 s", "90 s", "standard rate 40/h, bottleneck mill (90 s a piece)"),
        ("mill: 60 s", "mill: {time: 4 min, pieces: 4, blocked: 1}", "bottleneck mill (80 s a p"),
        ("{mill: 60 s}", "{mill: 60 s}, places: 3", "standard rate 72/h, bottleneck wash (50 s"),
        ("{wash: 50 s}", "{wash: 5 min}, batch: 10", "standard rate 60/h, bottleneck mill"),
        ("{wash: 50 s}", "{wash: 50 s, mill: 60 s}", "standard rate 65.5/h, bottleneck wash"),
        ("products:", "standard_times: [{operation: cut, time: 70 s}]\nproducts:", "saw (70 s"),
        ("{wash: 50 s}", "{wash: 70 s, mill: 60 s}", "standard rate 51.4/h, bottleneck wash"),
        ("wash]}", "wash]}\n  p2: {route: [cut]}", "60 to 75/h for 2 products, bottleneck mill ("),
        ("wash]}", "wash]}\n  p2: {route: [mill]}", "standard rate 60/h, bottleneck mill (60 s"),
        ("products:\n  p1: {route: [cut, mill, wash]}\n", "", "rate 60/h, bottleneck mill"),
    ],
)  # fmt: skip
def test_rates_by_hand(old: str, new: str, told: str) -> None:
    """The rate is what the station makes that needs longest for a piece of the product."""
    assert SMALL.count(old) == 1
    text = _told(SMALL.replace(old, new))
    assert told in text


def test_a_line_that_makes_nothing() -> None:
    """A line that no product passes has no rate."""
    text = SMALL.replace("[cut, mill, wash]", "[pack]").replace(
        "products:", "        work_centres: {b: {stations: {c: {does: {pack: 9 s}}}}}\nproducts:"
    )
    assert _told(text) == ""


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("reno", ["reno  site", "plant.yaml:4", "holds shop", "timezone: America/Los_Angeles"]),
        ("reno/shop", ["reno/shop  area", "plant.yaml:8", "holds pump"]),
        ("reno/shop/pump", ["pump  line", "plant.yaml:10", "saw -(12)- mill -(rack)- wash"]),
        ("reno/shop/pump/saw", ["saw  station", "plant.yaml:13", "feeds mill (12 places)"]),
        ("reno/shop/pump/mill", ["fed by saw (12 places)", "works on p1", "label: Fräse 铣床"]),
        ("reno/shop/pump/saw-mill", ["saw-mill  buffer", "plant.yaml:11", "12 places between"]),
        ("reno/shop/pump/mill-wash", ["a rack without bounds between mill and wash"]),
        ("reno/shop/pump/saw#temp", ["saw#temp  tag", "plant.yaml:13", "unit: degC", "high: 80"]),
        ("p1", ["p1  product", "plant.yaml:17", "route standard:", "cut: reno/shop/pump/saw"]),
        ("pump", ["reno/shop/pump  line"]),
        ("saw#temp", ["reno/shop/pump/saw#temp  tag"]),
        ("temp", ["reno/shop/pump/saw#temp  tag"]),
        ("saw-mill", ["reno/shop/pump/saw-mill  buffer"]),
    ],
)
def test_one_thing(name: str, said: list[str], plant: Path, run: Run) -> None:
    """A thing is found by its address or the end of it, and told with its place in the file."""
    ran = run("show", plant, name)
    assert ran.code == 0
    for words in said:
        assert words in ran.out


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("reno/shop/pump/swa", "did you mean `reno/shop/pump/saw`?"),
        ("reno/shop/pmp", "did you mean `reno/shop/pump`?"),
        ("p1x", "did you mean `p1`?"),
        ("mil", "did you mean `mill`?"),
        ("xyzzy", "lists what there is"),
        ("", "there is no ``"),
        ("a/b/c/d/e#f#g", "there is no"),
        ("../etc", "there is no"),
    ],
)
def test_what_is_not_there(name: str, said: str, plant: Path, run: Run) -> None:
    """What does not exist ends with 2 and the nearest name that does."""
    ran = run("show", plant, name)
    assert ran.code == 2
    assert said in ran.err
    assert ran.out == ""


def test_a_name_that_is_not_enough(plant: Path, run: Run) -> None:
    """Where several things end with the name, they are listed instead of one being chosen."""
    centre = "        work_centres: {bench: {stations: {saw: {does: {cut: 9 s}}}}}\nproducts:"
    plant.write_text(SMALL.replace("products:", centre), encoding="utf-8")
    ran = run("show", plant, "saw")
    assert ran.code == 2
    assert "there is more than one `saw`" in ran.err
    assert "write one of `reno/shop/pump/saw`, `reno/shop/bench/saw`" in ran.err


def test_an_operation_is_shown_where_it_is_done(plant: Path, run: Run) -> None:
    """An operation need not be written out to be shown; a path tells it from others of its name."""
    ran = run("show", plant, "cut")
    assert ran.code == 0
    assert "done at reno/shop/pump/saw" in ran.out
    assert run("show", plant, "operations.cut").out == ran.out


def test_a_plant_with_errors_is_not_shown(plant: Path, run: Run) -> None:
    """Half a plant is not drawn: the first error is told, and where the others are."""
    plant.write_text(SMALL.replace("48 s", "48"), encoding="utf-8")
    ran = run("show", plant)
    assert ran.code == 2
    assert ran.out == ""
    assert "unit-missing" in ran.err
    assert f"linewright check {plant}" in ran.err
