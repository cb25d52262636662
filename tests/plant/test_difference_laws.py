"""Laws of the comparison of plants."""

from collections import Counter
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from linewright.plant import Address, Plant
from linewright.plant.difference import Difference, difference
from linewright.plant.difference.pairs import pair_up
from linewright.plant.frozen import FrozenMap
from linewright.plant.model.behaviour import AlarmLimit, Duration, FailureMode, Lifetime
from linewright.plant.model.enterprise import Site
from linewright.plant.model.equipment import Area, Buffer, Cycle, Line, Station, WorkCentre
from linewright.plant.model.markers import Bounds
from linewright.plant.model.products import Product, Route, Step
from linewright.plant.model.signals import Command, Tag

T = TypeVar("T")
NAMES = st.sampled_from(["a", "b", "c"])
FORMER = st.lists(NAMES, max_size=2, unique=True).map(tuple)
PLACES = st.sampled_from(["a", "b", "a/a/a/a", "a/a/b/a", "b/a/a/b"])
FORMER_PLACES = st.lists(PLACES, max_size=2, unique=True).map(tuple)
SECONDS = st.sampled_from([30.0, 48.0, 90.0])


@st.composite
def _made(draw: st.DrawFn, /, make: Callable[..., T], **parts: st.SearchStrategy[Any]) -> T:
    """An object of parts; unlike `st.builds` it is quick to print when it is deep."""
    return make(**{name: draw(part) for name, part in parts.items()})


def _named(values: st.SearchStrategy[T], least: int = 0) -> st.SearchStrategy[FrozenMap[str, T]]:
    return st.dictionaries(NAMES, values, min_size=least, max_size=2).map(FrozenMap)


DURATIONS = _made(Duration, mean_s=SECONDS, cv=st.sampled_from([None, 0.5]))
LABELS = st.dictionaries(st.sampled_from(["", "en", "es"]), NAMES, max_size=2).map(FrozenMap)


TAGS = _made(
    Tag,
    unit=st.sampled_from([None, "degC", "bar"]),
    high=st.none() | _made(AlarmLimit, limit=st.sampled_from([80.0, 90.0])),
    range=st.none() | st.sampled_from([Bounds(0.0, 99.0), Bounds(1.0, 99.0)]),
    was=FORMER,
)
COMMANDS = _made(
    Command, via=st.just("node"), target=NAMES, readback=st.booleans() | NAMES, label=LABELS
)
STATIONS = _made(
    Station,
    does=_named(_made(Cycle, time=DURATIONS, pieces=st.integers(1, 3))),
    fails=_named(_made(FailureMode, every=st.none() | _made(Lifetime, mean_s=SECONDS))),
    tags=_named(TAGS),
    commands=_named(COMMANDS),
    manual=st.booleans(),
    was=FORMER_PLACES,
)
BUFFERS = st.dictionaries(
    st.sampled_from(["a-b", "b-c", "a-c"]),
    _made(Buffer, places=st.none() | st.integers(0, 9)),
    max_size=2,
).map(FrozenMap)
LINES = _made(
    Line,
    flow=st.permutations(["a", "b", "c"]).map(tuple),
    stations=_named(STATIONS),
    buffers=BUFFERS,
    was=FORMER,
)
CENTRES = st.dictionaries(
    st.sampled_from(["d", "e"]), _made(WorkCentre, stations=_named(STATIONS)), max_size=2
).map(FrozenMap)
AREAS = _made(Area, lines=_named(LINES), work_centres=CENTRES, was=FORMER)
SITES = _made(
    Site, timezone=st.just("UTC"), currency=st.just("USD"), areas=_named(AREAS), was=FORMER
)
STEPS = _made(
    Step, operation=NAMES, at=st.lists(PLACES, max_size=1).map(tuple), program=st.none() | NAMES
)
PRODUCTS = _made(
    Product,
    routes=_named(_made(Route, steps=st.lists(STEPS, max_size=3).map(tuple))),
    was=FORMER,
)
PLANTS = _made(
    Plant,
    linewright=st.just(1),
    enterprise=st.just("acme"),
    sites=_named(SITES, least=1),
    products=_named(PRODUCTS),
)


def _exchanged(found: Difference) -> tuple[Counter[object], Counter[object]]:
    """What the difference would be in the other direction, as far as names go."""
    turned = {"added": "removed", "removed": "added"}
    elements = Counter[object](
        (turned.get(each.kind, each.kind), each.what, each.after, each.before)
        for each in found.elements
    )
    values = Counter[object]((each.attribute, each.new, each.old) for each in found.values)
    return elements, values


def _straight(found: Difference) -> tuple[Counter[object], Counter[object]]:
    elements = Counter[object](
        (each.kind, each.what, each.before, each.after) for each in found.elements
    )
    return elements, Counter[object]((each.attribute, each.old, each.new) for each in found.values)


@given(PLANTS)
def test_a_plant_does_not_differ_from_itself(plant: Plant) -> None:
    """Compared with itself, or with a copy, a plant has no difference."""
    copy = msgspec.structs.replace(plant)
    assert difference(plant, plant).empty
    assert difference(plant, copy) == Difference()


@pytest.mark.laws
@given(PLANTS, PLANTS)
@settings(max_examples=400)
def test_empty_exactly_when_equal(one: Plant, two: Plant) -> None:
    """There is no difference if and only if the plants are equal."""
    assert difference(one, two).empty == (one == two)


def _with_station(plant: Plant, place: Address, station: Station) -> Plant:
    """The plant with another station in one place."""
    site_name, area_name, line_name, name = place.split("/")
    site = plant.sites[site_name]
    area = site.areas[area_name]
    line = area.lines[line_name]
    replace = msgspec.structs.replace
    line = replace(line, stations=FrozenMap({**line.stations, name: station}))
    area = replace(area, lines=FrozenMap({**area.lines, line_name: line}))
    site = replace(site, areas=FrozenMap({**site.areas, area_name: area}))
    return replace(plant, sites=FrozenMap({**plant.sites, site_name: site}))


ATTRIBUTES = st.sampled_from(["does", "fails", "tags", "commands", "manual", "was"])


@given(PLANTS, STATIONS, ATTRIBUTES, st.integers(0, 99))
def test_one_edit_is_seen(plant: Plant, other: Station, attribute: str, which: int) -> None:
    """A plant in which one attribute of one station is another differs, in that station only."""
    places = [
        address
        for address, _ in plant.stations()
        if address.split("/")[2] in plant.sites[address.site].areas[address.split("/")[1]].lines
    ]
    assume(places)
    place = places[which % len(places)]
    station = dict(plant.stations())[place]
    edited = msgspec.structs.replace(station, **{attribute: getattr(other, attribute)})
    found = difference(plant, _with_station(plant, place, edited))
    assert found.empty == (station == edited)
    if attribute != "was":
        assert {each.where.partition("#")[0] for each in found.values} <= {place}
        assert all((each.before or each.after).startswith(place) for each in found.elements)


@pytest.mark.laws
@given(PLANTS, PLANTS)
@settings(max_examples=400)
def test_the_other_direction_is_the_mirror_image(one: Plant, two: Plant) -> None:
    """What was added one way is removed the other way; old and new values change places."""
    there, back = difference(one, two), difference(two, one)
    elements, values = _exchanged(there)
    assert elements == _straight(back)[0]
    if not there.of_kind("renamed") and not there.of_kind("moved"):
        assert values == _straight(back)[1]


@given(PLANTS, PLANTS)
def test_changes_are_the_numbers_at_addresses(one: Plant, two: Plant) -> None:
    """Every change says an address, an attribute and the number it has in the second plant."""
    found = difference(one, two)
    wanted = [v for v in found.values if v.number is not None and v.address is not None]
    changes = found.changes(at_ns=5, until_ns=9)
    assert [(c.address, c.parameter, c.value) for c in changes] == [
        (v.address, v.attribute, v.number) for v in wanted
    ]
    assert {(c.at_ns, c.until_ns) for c in changes} <= {(5, 9)}


KEYS = st.dictionaries(NAMES, FORMER, max_size=3)


@given(KEYS, KEYS)
@settings(max_examples=300)
@example({"a": (), "b": ()}, {"a": ("b",), "b": ("a",)})
def test_pairs_are_one_to_one_and_mirrored(
    before: dict[str, tuple[str, ...]], after: dict[str, tuple[str, ...]]
) -> None:
    """No key is paired twice, and both directions give the same pairs."""
    pairs = pair_up(before, after, {"": ""})
    assert len(set(pairs.values())) == len(pairs)
    assert set(pairs) <= set(before)
    assert set(pairs.values()) <= set(after)
    assert {(new, old) for old, new in pairs.items()} == set(
        pair_up(after, before, {"": ""}).items()
    )


@given(KEYS)
def test_unchanged_keys_are_themselves(names: dict[str, tuple[str, ...]]) -> None:
    """Where nothing changed, former names that stand there rename nothing."""
    assert pair_up(names, names, {"": ""}) == {name: name for name in names}
