"""Tests of plants/corridor: the example of three sites is whole, consistent and realistic."""

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product as every_choice
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from linewright.plant import Address, Plant, check, to_text
from linewright.plant.calendar.work import compile_calendar, open_at, working_ns
from linewright.plant.expressions.evaluation import evaluate
from linewright.plant.expressions.text import parse
from linewright.plant.frozen import FrozenMap
from linewright.plant.language.load import check_text
from linewright.plant.model.equipment import Line, Station, WorkCentre
from linewright.plant.model.markers import Element
from linewright.plant.model.products import Route, StandardTime, Step
from linewright.plant.setups.matrix import UNKNOWN, triangle_violations
from linewright.plant.setups.tables import setup_matrix

FOLDER = Path(__file__).parents[2] / "plants" / "corridor"
NS_PER_S = 1_000_000_000
NS_PER_H = 3600 * NS_PER_S
TODAY = dt.date(2026, 6, 15)
"""The day at which standard times and approvals are looked up."""

QUIET = dt.datetime(2026, 2, 9)  # noqa: DTZ001  # wall time, the same at every site
"""A Monday with two weeks after it in which no site has a holiday."""

WEEKLY: Mapping[str, int] = {
    "gb_150": 550,
    "gb_220": 300,
    "gb_220v": 300,
    "gb_320": 20,
    "shaft_in_150": 550,
    "shaft_in_220": 620,
    "shaft_mid": 1170,
    "gear_mid": 1170,
    "gear_final": 1170,
    "housing_150": 550,
    "housing_220": 620,
    "manifold_320": 120,
}
"""Pieces a week behind the plant's takt times, as its first comment says."""


@cache
def _plant() -> Plant:
    plant = check(FOLDER).plant
    assert plant is not None, "the plant has errors"
    return plant


def _ns(site: str, wall: dt.datetime) -> int:
    zone = ZoneInfo(_plant().sites[site].timezone)
    return int(wall.replace(tzinfo=zone).timestamp()) * NS_PER_S


def _open_s_per_week(site: str, shifts: tuple[str, ...]) -> float:
    """Working time of a quiet week, the mean of two because some shifts take turns."""
    calendar = _plant().sites[site].calendar(shifts)
    start_ns, end_ns = _ns(site, QUIET), _ns(site, QUIET + dt.timedelta(days=14))
    return working_ns(calendar, start_ns, end_ns) / 2 / NS_PER_S


def _group(address: str) -> Line | WorkCentre:
    return dict(_plant().groups())[Address(address)]


def _first_route(product: str) -> Route:
    """Return the preferred route of a product among those that are approved."""
    approved = [route for route in _plant().routes_of(product).values() if route.approved]
    return min(approved, key=lambda route: route.preference)


def _in_force(standard: StandardTime) -> bool:
    return (standard.since or dt.date.min) <= TODAY <= (standard.until or dt.date.max)


def _piece_s(product: str, step: Step, place: Address, station: Station) -> float:
    """Seconds that a station is busy for one piece, by the standard time if there is one."""
    cycle = station.does[step.operation]
    time_s = cycle.time.expected_s
    for standard in _plant().standard_times:
        fits = standard.operation == step.operation and standard.product in (None, product)
        if fits and standard.at in (None, place) and _in_force(standard):
            time_s = standard.time.expected_s
    pieces = station.batch or cycle.pieces_per_cycle
    return time_s / (pieces * station.places)


def _work(address: str) -> Iterator[tuple[str, Address, float]]:
    """Yield product, station and seconds a piece for each step that a line or centre may do."""
    for product in WEEKLY:
        for step in _first_route(product).steps:
            for name, station in _group(address).stations.items():
                place = Address(f"{address}/{name}")
                here = not step.at or any(f"{place}/".startswith(f"{at}/") for at in step.at)
                if here and step.operation in station.does:
                    yield product, place, _piece_s(product, step, place, station)


def test_the_plant_has_no_error_and_no_warning() -> None:
    """The folder is read without a single remark."""
    checked = check(FOLDER)
    assert [str(problem) for problem in checked.problems] == []
    assert len(checked.files) == 7


def test_the_plant_is_as_large_as_it_says() -> None:
    """Three sites, twelve products in three families, about sixty stations in both forms."""
    plant = _plant()
    stations = dict(plant.stations())
    groups = [group for _, group in plant.groups()]
    assert list(plant.sites) == ["clarksville", "nogales", "phoenix"]
    assert (len(plant.products), len(plant.families)) == (12, 3)
    assert {made.family for made in plant.products.values()} == set(plant.families)
    assert 55 <= len(stations) <= 65
    assert sum(isinstance(group, Line) for group in groups) == 7
    assert sum(isinstance(group, WorkCentre) for group in groups) >= 10
    assert sum(station.manual for station in stations.values()) >= 6
    assert sum(station.batch is not None for station in stations.values()) >= 6
    assert sum(station.places > 1 for station in stations.values()) >= 2
    spoken = {station.connect.protocol for station in stations.values() if station.connect}
    assert spoken >= {"opcua", "mtconnect", "modbus", "gateway", "sparkplug", "s7", "mqtt"}
    assert sum(station.connect is None for station in stations.values()) >= 10


def test_writing_and_reading_again_gives_the_same_plant() -> None:
    """One file written from the folder reads back equal, without a remark, and is stable."""
    text = to_text(_plant())
    again = check_text(text)
    assert again.problems == ()
    assert again.plant == _plant()
    assert to_text(again.plant) == text


def labels_below(element: object) -> Iterator[FrozenMap[str, str]]:
    """Yield every label of an element and of all that is below it."""
    if isinstance(element, Mapping | tuple):
        for value in element.values() if isinstance(element, Mapping) else element:
            yield from labels_below(value)
    elif isinstance(element, Element):
        for field in element.__struct_fields__:
            value = getattr(element, field)
            if field == "label":
                yield value
            else:
                yield from labels_below(value)


def test_every_label_speaks_both_languages() -> None:
    """Whatever has a label has it in English and Spanish."""
    labels = list(labels_below(_plant()))
    assert len(labels) > 400
    assert {tuple(sorted(label)) for label in labels if label} == {("en", "es")}
    for _, station in _plant().stations():
        assert station.label, "operators read the labels of stations"


# --- time -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("date", "hours"),
    [("2026-03-07", 7), ("2026-03-14", 8), ("2026-10-31", 9), ("2027-03-13", 7), ("2027-11-06", 9)],
)
def test_the_night_of_the_clock_change_is_shorter_or_longer(date: str, hours: int) -> None:
    """In Clarksville the night from Saturday lasts 7 h in March and 9 h in November."""
    calendar = _plant().sites["clarksville"].calendar(("weekend_night",))
    ten = dt.datetime.fromisoformat(date) + dt.timedelta(hours=22)
    start_ns = _ns("clarksville", ten)
    found = compile_calendar(calendar, start_ns, start_ns + 12 * NS_PER_H)
    assert found[0].start_ns == start_ns
    assert found[-1].end_ns - start_ns == hours * NS_PER_H
    assert {interval.production_day for interval in found} == {date}
    pauses = [i.end_ns - i.start_ns for i in found if i.kind == "break"]
    assert pauses == [NS_PER_H // 2], "a break keeps its length also where 02:00 is skipped"


@pytest.mark.parametrize("site", ["nogales", "phoenix"])
def test_sonora_and_arizona_never_change_their_clocks(site: str) -> None:
    """A day lasts 24 h all year, and both sites keep the same time."""
    zone = ZoneInfo(_plant().sites[site].timezone)
    offsets = {
        (dt.datetime(2026, 1, 1, tzinfo=zone) + dt.timedelta(days=day)).utcoffset()
        for day in range(730)
    }
    assert offsets == {dt.timedelta(hours=-7)}


def test_the_whole_of_a_printing_weekend_is_open_at_the_clock_change() -> None:
    """Unattended printing in Phoenix has 24 h on the Sunday on which Tennessee has 23."""
    calendar = _plant().sites["phoenix"].calendar(("auto_weekend",))
    sunday = dt.datetime(2026, 3, 8)  # noqa: DTZ001  # wall time
    start_ns, end_ns = (_ns("phoenix", sunday + dt.timedelta(days=day)) for day in (0, 1))
    assert working_ns(calendar, start_ns, end_ns) == 24 * NS_PER_H
    start_ns, end_ns = (_ns("clarksville", sunday + dt.timedelta(days=day)) for day in (0, 1))
    assert end_ns - start_ns == 23 * NS_PER_H


@pytest.mark.parametrize(
    ("date", "open_sites"),
    [
        ("2026-07-03", {"nogales"}),  # Independence Day of the USA, observed
        ("2026-09-16", {"phoenix", "clarksville"}),  # Independence Day of Mexico
        ("2026-11-16", {"phoenix", "clarksville"}),
        ("2026-11-26", {"nogales"}),
        ("2026-12-25", set()),
        ("2027-02-01", {"phoenix", "clarksville"}),
        ("2027-05-31", {"nogales"}),
        ("2027-06-16", {"nogales", "phoenix", "clarksville"}),
    ],
)
def test_each_site_keeps_the_holidays_of_its_country(date: str, open_sites: set[str]) -> None:
    """At 08:00 people work where that day is no holiday."""
    eight = dt.datetime.fromisoformat(date) + dt.timedelta(hours=8)
    staffed = {"nogales": "day", "phoenix": "first", "clarksville": "day"}
    found = {
        name
        for name, shift in staffed.items()
        if open_at(_plant().sites[name].calendar((shift,)), _ns(name, eight)) is not None
    }
    assert found == open_sites


def test_furnaces_are_tended_on_a_holiday_night() -> None:
    """On Thanksgiving the day is closed in Clarksville and the night shift comes."""
    site = _plant().sites["clarksville"]
    thanksgiving = dt.datetime(2026, 11, 26)  # noqa: DTZ001  # wall time
    noon, night = (
        open_at(site.calendar(), _ns("clarksville", thanksgiving + dt.timedelta(hours=hour)))
        for hour in (12, 23)
    )
    assert noon is None
    assert night is not None
    assert night.shift == "night"


def test_saturday_teams_and_free_fridays_take_turns() -> None:
    """Two Saturday teams alternate in Nogales, and every other Friday is free in Phoenix."""
    nogales, phoenix = _plant().sites["nogales"], _plant().sites["phoenix"]
    for week in range(26):
        saturday = dt.date(2026, 1, 10) + dt.timedelta(weeks=week)
        friday = saturday - dt.timedelta(days=1)
        first = week % 2 == 0
        assert nogales.shifts["sat_a"].starts_on(saturday) is first
        assert nogales.shifts["sat_b"].starts_on(saturday) is not first
        assert phoenix.shifts["fri_first"].starts_on(friday) is first
        assert phoenix.shifts["auto_fri"].starts_on(friday) is not first


# --- capacity ---------------------------------------------------------------------------------

LINES = [
    "nogales/soft/shaft",
    "nogales/hard/finish",
    "nogales/assembly/axle",
    "phoenix/prismatic/case",
    "phoenix/additive/post",
    "clarksville/gears/gear",
    "clarksville/assembly/van",
]


@pytest.mark.parametrize("address", LINES)
def test_a_lines_takt_is_its_time_over_its_demand(address: str) -> None:
    """Takt is the working time of a week over the pieces that customers want in it."""
    line = _group(address)
    assert isinstance(line, Line)
    assert line.takt_s is not None
    pieces = sum(WEEKLY[product] for product in {product for product, _, _ in _work(address)})
    open_s = _open_s_per_week(Address(address).site, line.shifts)
    assert line.takt_s == pytest.approx(open_s / pieces, rel=0.005)


@pytest.mark.parametrize("address", LINES)
def test_a_lines_bottleneck_is_near_its_takt(address: str) -> None:
    """At its target OEE each line keeps its takt, with at most 12 % to spare."""
    line = _group(address)
    assert isinstance(line, Line)
    assert line.takt_s is not None
    assert line.target_oee_share is not None
    busy_s: dict[str, float] = {}
    for product, place, seconds in _work(address):
        busy_s[place] = busy_s.get(place, 0.0) + seconds * WEEKLY[product]
    pieces = sum(WEEKLY[product] for product in {product for product, _, _ in _work(address)})
    assert set(busy_s) == {f"{address}/{name}" for name in line.flow}
    bottleneck_s = max(busy_s.values()) / pieces
    assert 0.88 <= bottleneck_s / (line.takt_s * line.target_oee_share) <= 1.0


@pytest.mark.parametrize(
    ("address", "least"),
    [
        ("nogales/heat/carburizing", 0.7),
        ("nogales/heat/tempering", 0.7),
        ("nogales/heat/straightening", 0.7),
        ("nogales/hard/seat_grinding", 0.8),
        ("nogales/hard/tooth_grinding", 0.85),
        ("phoenix/prismatic/hmc", 0.85),
        ("phoenix/additive/printing", 0.5),
        ("clarksville/heat/carburizing", 0.45),  # the chamber furnace stands by
        ("clarksville/heat/tempering", 0.6),
        ("clarksville/hard/bore_grinding", 0.9),
        ("clarksville/hard/tooth_grinding", 0.9),
    ],
)
def test_a_work_centre_is_busy_and_not_overloaded(address: str, least: float) -> None:
    """Its demand fits into the hours of its shifts at its target OEE, and uses most of them."""
    centre = _group(address)
    rates: dict[str, list[float]] = {}
    for product, _, seconds in _work(address):
        rates.setdefault(product, []).append(1.0 / seconds)
    # A piece keeps one of the stations that may make it busy, for a time by their mean rate.
    busy_s = sum(WEEKLY[product] * len(each) / sum(each) for product, each in rates.items())
    open_s = _open_s_per_week(Address(address).site, centre.shifts) * len(centre.stations)
    target = centre.target_oee_share or 1.0
    assert least <= busy_s / (open_s * target) <= 1.0


def test_blocked_places_of_a_fixture_are_those_of_its_station() -> None:
    """The damaged tombstone gives one piece less in the cycle of the mill that uses it."""
    plant, blocked = _plant(), 0
    for address, station in plant.stations():
        for cycle in station.does.values():
            if cycle.fixtures and cycle.pieces > 1:
                fixture = plant.sites[address.site].fixtures[cycle.fixtures[0]]
                assert cycle.pieces == fixture.pieces
                assert cycle.blocked == len(fixture.blocked)
                blocked += cycle.blocked
    assert blocked == 1


def test_machines_fit_into_the_contracted_power() -> None:
    """All machines running need most of the contracted power and not more than it."""
    plant = _plant()
    for name, site in plant.sites.items():
        tariff = plant.tariffs[site.tariff or ""]
        assert tariff.demand is not None
        assert tariff.periods
        assert tariff.price.currency == site.currency
        running_kw = sum(
            station.power.running_kw or 0.0
            for _, station in plant.stations_in(Address(name))
            if station.power is not None
        )
        assert 0.5 <= running_kw / (tariff.limit_kw or 1.0) <= 1.0


# --- set-ups, options, materials --------------------------------------------------------------


def test_every_setup_matrix_compiles() -> None:
    """The six matrices have no hole and no detour, and their times are those of the file."""
    plant = _plant()
    matrices = {name: setup_matrix(plant, name) for name in plant.setups}
    assert len(matrices) == 6
    assert all(triangle_violations(matrix) == () for matrix in matrices.values())
    minute_ns = 60 * NS_PER_S
    hobbing = matrices["hobbing"]
    assert hobbing.between_ns("shaft_in_150", "shaft_in_220") == 12 * minute_ns
    assert hobbing.between_ns("shaft_in_150", "shaft_mid") == 45 * minute_ns
    assert hobbing.between_ns("gear_mid", "gear_final") == 70 * minute_ns
    assert hobbing.between_ns(UNKNOWN, "shaft_mid") == 75 * minute_ns
    assert hobbing.between_ns("shaft_mid", "shaft_mid") == 0
    assert set(matrices["measuring"].keys) == {"cases", "gearboxes"}
    assert matrices["measuring"].between_ns("cases", "cases") == minute_ns
    assert set(matrices["case_milling"].keys) == {"housing_150", "housing_220", "manifold_320"}


def _allowed(product: str, **chosen: str) -> bool:
    """Whether the constraints allow a choice; what is not chosen is at its default."""
    made = _plant().products[product]
    values = {name: option.default for name, option in made.options.items()} | chosen
    assert all(value in made.options[name].values for name, value in values.items())
    found = [evaluate(parse(text), values) for text in made.constraints]
    assert None not in found, "a constraint that cannot be decided would allow everything"
    return all(found)


@pytest.mark.parametrize(
    ("chosen", "allowed"),
    [
        ({}, True),
        ({"cooler": "plate"}, False),
        ({"cooler": "plate", "pump": "electric"}, True),
        ({"ratio": "11.8"}, False),
        ({"ratio": "11.8", "pump": "electric"}, True),
        ({"ratio": "11.8", "pump": "electric", "mount": "front"}, False),
        ({"park_lock": "cable"}, True),
        ({"park_lock": "cable", "mount": "front"}, False),
        ({"park_lock": "motor", "mount": "front"}, True),
    ],
)
def test_options_go_together_as_the_constraints_say(
    chosen: dict[str, str], *, allowed: bool
) -> None:
    """Each constraint of the configurable gearbox forbids what it should, and no more."""
    assert _allowed("gb_220", **chosen) is allowed


def test_half_of_all_combinations_can_be_ordered() -> None:
    """Of 72 combinations 36 are allowed: 2 ratios x 5 x 3 and, for 11.8, 3 x 2."""
    options = _plant().products["gb_220"].options
    choices = list(every_choice(*(option.values for option in options.values())))
    allowed = [c for c in choices if _allowed("gb_220", **dict(zip(options, c, strict=True)))]
    assert (len(choices), len(allowed)) == (72, 36)


def _materials(product: str) -> set[str]:
    plant = _plant()
    found: set[str] = set()
    for item in plant.products[product].bom:
        found |= _materials(item) if item in plant.products else {item}
    return found


def test_every_product_comes_down_to_bought_materials() -> None:
    """Each bill of material ends in materials that a supplier delivers and something uses."""
    plant = _plant()
    assert "bar_steel" in _materials("gb_150")
    assert "powder" in _materials("gb_320")
    assert all(_materials(product) for product in plant.products)
    used = {item for product in plant.products for item in _materials(product)}
    used |= {part for _, s in plant.stations() for mode in s.fails.values() for part in mode.parts}
    for _, station in plant.stations():
        remedies = [remedy for mode in station.fails.values() for remedy in mode.remedies.values()]
        remedies += [remedy for wear in station.wears.values() for remedy in wear.remedies.values()]
        used |= {part for remedy in remedies for part in remedy.parts}
    assert used == set(plant.materials)
    assert all(material.supplier for material in plant.materials.values())
    assert {s.location.country for s in plant.suppliers.values() if s.location} >= {"MX", "US"}


def test_a_lane_that_crosses_a_border_waits_there() -> None:
    """Lanes have a time at the border exactly where their ends are in two countries."""
    plant = _plant()
    places = {name: site.location for name, site in plant.sites.items()}
    places |= {name: supplier.location for name, supplier in plant.suppliers.items()}
    for name, lane in plant.lanes.items():
        ends = [places[lane.origin], places[lane.destination]]
        countries = {end.country for end in ends if end is not None}
        assert (lane.border_wait is not None) == (len(countries) > 1), name
    outside = {o.outside for o in plant.operations.values() if o.outside is not None}
    assert outside == {"coating_mx", "impregnation_us"}
    for supplier in outside:
        assert any(lane.destination == supplier for lane in plant.lanes.values())
        assert any(lane.origin == supplier for lane in plant.lanes.values())


# --- who may ----------------------------------------------------------------------------------


def test_routes_are_approved_by_machine_program_and_date() -> None:
    """Approvals name machine, program and revision; some end, and some routes have none."""
    plant = _plant()
    routes = plant.products["shaft_in_220"].routes
    assert list(routes) == ["nogales", "tg_3", "hard_in_clarksville"]
    assert routes["tg_3"].approved is False
    loan = routes["hard_in_clarksville"].approved
    assert isinstance(loan, tuple)
    assert loan[0].until == dt.date(2026, 6, 30)
    assert loan[0].revision != plant.programs["G1220"].revision, "signed for an older revision"
    for product, made in plant.products.items():
        for route in made.routes.values():
            for approval in route.approved if isinstance(route.approved, tuple) else ():
                assert approval.station is not None, product
                assert approval.program in plant.programs, product
                assert approval.since is not None, product
        if made.revisions:
            assert made.revision == max(made.revisions, key=made.revisions.__getitem__)


def test_what_the_controlled_gearbox_needs_stays_in_phoenix() -> None:
    """The marks of product, printed part, operations, programs and machines agree."""
    plant = _plant()
    marked = {name for name, made in plant.products.items() if made.controlled}
    assert marked == {"gb_320", "manifold_320"}
    mark = plant.products["gb_320"].controlled
    assert mark is not None
    assert mark.sites == ("phoenix",)
    programs = {name for name, program in plant.programs.items() if program.controlled}
    assert programs == {"B320", "O3210", "T320"}
    operations = {name for name, operation in plant.operations.items() if operation.controlled}
    routes = [route for name in marked for route in plant.products[name].routes.values()]
    steps = [step for route in routes for step in route.steps]
    assert operations <= {step.operation for step in steps}
    assert {step.program for step in steps if step.program} == programs
    for address, station in plant.stations():
        if operations & set(station.does):
            assert address.site == "phoenix"


def test_no_ceiling_leaves_the_window_that_quality_validated() -> None:
    """On real sites, what a grant may ever set lies inside the validated window of the command."""
    plant = _plant()
    met = 0
    for ceiling in plant.authority.values():
        for at in ceiling.at if ceiling.sites != "simulated" else ():
            for address, station in plant.stations_in(Address(at)):
                for name in set(ceiling.actions) & set(station.commands):
                    window = station.commands[name].validated
                    assert window is not None, address
                    assert ceiling.range is not None, address
                    assert window.low <= ceiling.range.low <= ceiling.range.high <= window.high
                    met += 1
    assert met == sum(len(station.commands) for _, station in plant.stations())


def test_every_command_has_a_permit_and_a_way_back() -> None:
    """Each command names a tag with a permit's role, a tag to read back, and how often at most."""
    for address, station in _plant().stations():
        for name, command in station.commands.items():
            where = address.with_tag(name)
            role = station.tags[command.permit or ""].role
            assert role is not None, where
            assert role.startswith("permit."), where
            assert command.readback in station.tags, where
            assert command.idempotent, where
            assert command.max_rate_per_h, where


# --- machines ---------------------------------------------------------------------------------


def test_types_build_on_each_other() -> None:
    """The hobber has its own power, the set-up power of `cnc`, and the tags of its control."""
    hob = dict(_plant().stations())[Address("nogales/soft/shaft/hob")]
    assert hob.use == ("hobber", "opcua_cnc")
    assert hob.power is not None
    assert (hob.power.running_kw, hob.power.set_up_kw) == (18.0, 3.5)
    assert hob.micro_stop_s == 180.0
    assert hob.reasons == "machining"
    assert {"spindle_load", "vibration", "chatter"} <= set(hob.tags)
    assert {"filter", "spindle", "hob"} == set(hob.wears)
    assert hob.fails["chip_jam"].remedies["slow"].command == "feed_override"
    grinder = dict(_plant().stations())[Address("nogales/hard/seat_grinding/og_1")]
    assert grinder.operators == {"grinding": 0.5}
    assert "chip_jam" not in grinder.fails
    assert list(grinder.commands) == ["size_offset"]


def test_a_failure_is_reached_along_its_causes() -> None:
    """A worn filter or a bad pump starves the tool of coolant, which ruins the spindle bearing."""
    lathe = dict(_plant().stations())[Address("nogales/soft/shaft/turn_1")]
    reached, todo = set[str](), ["spindle_bearing"]
    while todo:
        name = todo.pop()
        reached.add(name)
        if name in lathe.fails:
            todo += [cause.mode for cause in lathe.fails[name].causes]
    assert reached == {"spindle_bearing", "coolant_starved", "coolant_pump", "filter", "spindle"}
    assert lathe.fails["coolant_starved"].every is None, "it comes by its causes alone"
    assert lathe.fails["coolant_pump"].symptoms["coolant_flow"].kind == "falls"


def test_connected_machines_tell_their_state() -> None:
    """Each connected station has one state tag, mapped or derived with a debounce."""
    derived = set()
    for address, station in _plant().stations():
        states = [tag for tag in station.tags.values() if tag.role == "state"]
        assert len(states) == (1 if station.connect else 0), address
        assert all(tag.map or tag.debounce_s for tag in states), address
        derived |= {name for name, tag in station.tags.items() if tag.formula and tag.debounce_s}
    assert {"chatter", "off_atmosphere", "door_left_open", "overloaded", "state"} <= derived
