"""People, vehicles, fixtures and tools that are counted."""

from linewright.plant import Address
from linewright.twin import Model, compile_plant
from linewright.twin.compiling.pools import covers
from tests.twin.small import LINE, SHOP, Keys, plant_of

CREWS = {
    "near": {"people": 2, "skills": ["run"], "serves": [LINE]},
    "far": {"people": 1, "skills": ["run"], "serves": [f"{SHOP}/c"]},
    "fixers": {"people": 1},
}


def _model(cycle: object = "10 s", *, site: Keys | None = None, **station: object) -> Model:
    plant = plant_of(
        ["a"],
        stations={"a": {"cycle": cycle, **station}},
        centres={"c": {"stations": {"x": "1 s"}}},
        site={"crews": CREWS, **(site or {})},
        skills={"run": {}, "weld": {}},
    )
    return compile_plant(plant, LINE)


def test_who_serves_a_place() -> None:
    """A place, what is below it, and not what only begins alike."""
    station = Address(f"{LINE}/a")
    assert covers((), station)
    assert covers((LINE,), station)
    assert not covers(("reno/shop/lin",), station)


def test_only_crews_that_are_waited_for_are_counted() -> None:
    """A crew with the skill that serves the place; the others are no part of the model."""
    assert [one.name for one in _model(operators={"run": 1}).crews] == ["near"]
    assert _model().crews == ()


def test_a_mode_names_its_crew() -> None:
    """Whoever repairs is counted once, for however many modes."""
    mode = {"every": "9 h", "repair": "9 s", "crew": "fixers"}
    model = _model(fails={"jam": mode, "trip": mode})
    assert [(one.name, one.kind, one.count) for one in model.crews] == [("fixers", "crew", 1)]


def test_fixtures_and_tools_are_counted() -> None:
    """Any one of the fixtures, and each of the tools."""
    site = {"fixtures": {"v1": {"count": 2}, "v2": {}}, "tools": {"drill": {"count": 3}}}
    model = _model({"time": "9 s", "fixture": ["v1", "v2"], "tools": ["drill"]}, site=site)
    assert [(one.name, one.kind, one.count) for one in model.crews] == [
        ("v1", "fixture", 2),
        ("v2", "fixture", 1),
        ("drill", "tool", 3),
    ]


def test_a_skill_of_nobody_is_told() -> None:
    """It limits nothing."""
    model = _model(operators={"weld": 1})
    assert model.crews == ()
    told = f"{LINE}/a: no crew of the site offers skill weld; it never waits for them"
    assert model.notes == (told,)
