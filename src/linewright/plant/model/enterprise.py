"""The top of the plant: enterprise, sites and what they share across the border."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Literal

from linewright.plant.address import Address
from linewright.plant.calendar.work import Holiday, Shift, WorkCalendar
from linewright.plant.frozen import EMPTY
from linewright.plant.model.behaviour import Duration
from linewright.plant.model.equipment import (
    Area,
    Crew,
    Fixture,
    Line,
    Placed,
    StationType,
    Tool,
    Transport,
    WorkCentre,
)
from linewright.plant.model.governance import Ceiling, Controlled, Obligation, Reason
from linewright.plant.model.markers import (
    Element,
    LabelText,
    Name,
    Number,
    Per,
    Quantity,
    Ref,
    Special,
    Text,
)
from linewright.plant.model.products import (
    Operation,
    Product,
    ProductFamily,
    Program,
    Route,
    SetupTable,
    StandardTime,
)
from linewright.plant.model.signals import Connection
from linewright.plant.money import Money


class Location(Element, frozen=True, kw_only=True):
    """Where something stands."""

    latitude: Annotated[float | None, Number(low=-90.0, high=90.0), "degrees north"] = None
    longitude: Annotated[float | None, Number(low=-180.0, high=180.0), "degrees east"] = None
    country: Annotated[str | None, Special("country"), "ISO 3166-1 code of two letters"] = None
    region: Annotated[Text | None, "state or province"] = None
    address: Annotated[Text | None, "postal address"] = None


class TariffPeriod(Element, frozen=True, kw_only=True):
    """Hours of the week at one energy price."""

    hours: Annotated[tuple[Shift, ...], Special("hours"), "for example `Mon-Fri 18:00-22:00`"]
    price: Annotated[Annotated[Money, Per("kWh")], "price of energy in these hours"]


class Tariff(Element, frozen=True, kw_only=True):
    """What energy costs and what it emits."""

    price: Annotated[Annotated[Money, Per("kWh")], "price outside the periods"]
    periods: Annotated[Mapping[str, TariffPeriod], "dearer or cheaper hours, by name"] = EMPTY
    demand: Annotated[
        Annotated[Money, Per("kW")] | None, "price of the highest 15-minute power in a month"
    ] = None
    limit_kw: Annotated[Annotated[float, Quantity("kW")] | None, "contracted power"] = None
    carbon_kg_per_kwh: Annotated[
        Annotated[float, Quantity("kg/kWh")] | None, "emission factor of the grid"
    ] = None
    carbon_source: Annotated[Text | None, "edition and date of the emission factor"] = None


class Skill(Element, frozen=True, kw_only=True):
    """Something people can be qualified for."""

    label: Annotated[LabelText, "what people read"] = EMPTY
    certificate: Annotated[Text | None, "certificate that is needed, where one is"] = None
    renew_months: Annotated[
        Annotated[int, Number(low=1, high=600)] | None, "how long the certificate holds"
    ] = None
    training_h: Annotated[Annotated[float, Quantity("h")] | None, "hours to learn it"] = None


class Material(Element, frozen=True, kw_only=True):
    """Something bought: raw material, purchased part, spare part, consumable."""

    label: Annotated[LabelText, "what people read"] = EMPTY
    unit: Annotated[str, Special("unit"), "unit it is counted in; empty for pieces"] = ""
    cost: Annotated[Annotated[Money, Per("=unit")] | None, "cost of one unit"] = None
    supplier: Annotated[
        tuple[Annotated[str, Ref("supplier")], ...], "who supplies it, first choice first"
    ] = ()
    lead: Annotated[Duration | None, "lead time, where it differs from the supplier's"] = None
    carbon_kg: Annotated[
        Annotated[float, Quantity("kg")] | None, "kg CO2e of one unit, cradle to gate"
    ] = None
    origin: Annotated[str | None, Special("country"), "country of origin, ISO 3166-1"] = None
    hs: Annotated[Text | None, "tariff heading (harmonised system)"] = None
    spare: Annotated[bool, "whether it is a spare part"] = False


class Supplier(Element, frozen=True, kw_only=True):
    """Who supplies material or does outside processing."""

    label: Annotated[LabelText, "what people read"] = EMPTY
    location: Annotated[Location | None, "where"] = None
    lead: Annotated[Duration | None, "lead time"] = None
    on_time_share: Annotated[
        Annotated[float, Quantity("1", high=1.0)] | None, "share delivered on time"
    ] = None
    currency: Annotated[str | None, Special("currency"), "currency of its prices"] = None
    certificates: Annotated[tuple[Text, ...], "for example `ISO 9001`, `IATF 16949`"] = ()
    capacity_per_week: Annotated[
        float | None, Number(low=0.0), "units a week that it can deliver"
    ] = None


class Lane(Element, frozen=True, kw_only=True):
    """A way for goods from one place to another."""

    origin: Annotated[Annotated[str, Ref("place")], "site or supplier it leaves"]
    destination: Annotated[Annotated[str, Ref("place")], "site it reaches"]
    mode: Annotated[Literal["truck", "rail", "sea", "air", "parcel", "own"], "how"] = "truck"
    transit: Annotated[Duration | None, "time on the way"] = None
    distance_km: Annotated[Annotated[float, Quantity("km")] | None, "distance"] = None
    border: Annotated[Text | None, "border crossing or port"] = None
    border_wait: Annotated[Duration | None, "time at the border"] = None
    cost_per_shipment: Annotated[Annotated[Money, Per("")] | None, "cost of one shipment"] = None
    cost_per_kg: Annotated[Annotated[Money, Per("kg")] | None, "cost of a kilogram"] = None
    departs: Annotated[Text | None, "days or times of departure, for people to read"] = None


class Site(Element, frozen=True, kw_only=True):
    """A factory (ISA-95: site) with its time zone, money, language and shifts."""

    label: Annotated[LabelText, "what people read"] = EMPTY
    timezone: Annotated[str, Special("timezone"), "IANA time zone, for example America/Hermosillo"]
    currency: Annotated[str, Special("currency"), "ISO 4217 code"]
    language: Annotated[str, Special("language"), "language of the floor, for example es-MX"] = "en"
    location: Annotated[Location | None, "where it stands"] = None
    day_starts_s: Annotated[
        int, Special("time_of_day"), "local time at which the production day starts"
    ] = 0
    shifts: Annotated[
        Mapping[str, Shift],
        Special("shifts"),
        "for example `Mon-Fri 06:00-14:30 break 10:00-10:30`",
    ] = EMPTY
    holidays: Annotated[
        tuple[Holiday, ...], Special("holidays"), "closed days: date and what it is"
    ] = ()
    areas: Annotated[Mapping[Annotated[str, Name("address")], Area], "areas, by name"] = EMPTY
    crews: Annotated[Mapping[str, Crew], "pools of people, by name"] = EMPTY
    transport: Annotated[Mapping[str, Transport], "what moves parts, by name"] = EMPTY
    fixtures: Annotated[Mapping[str, Fixture], "work holding, by name"] = EMPTY
    tools: Annotated[Mapping[str, Tool], "tools and moulds, by name"] = EMPTY
    gateways: Annotated[
        Mapping[str, Connection], "devices through which several stations are reached"
    ] = EMPTY
    tariff: Annotated[Annotated[str, Ref("tariff")] | None, "energy tariff"] = None
    obligations: Annotated[Mapping[str, Obligation], "duties of the site, by name"] = EMPTY
    controlled: Annotated[Controlled | None, "export control or customer restriction"] = None
    was: Annotated[tuple[Text, ...], "former names"] = ()

    def calendar(self, shifts: tuple[str, ...] = ()) -> WorkCalendar:
        """Return the work calendar of these shifts, or of all when none is named."""
        chosen = shifts or tuple(self.shifts)
        return WorkCalendar(
            timezone=self.timezone,
            day_starts_s=self.day_starts_s,
            shifts=tuple(self.shifts[name] for name in chosen),
            holidays=self.holidays,
        )


def _chosen(names: Mapping[str, object], wanted: str) -> Iterable[str]:
    """Return the wanted name if it is there, or all names when none is wanted."""
    if not wanted:
        return names
    return (wanted,) if wanted in names else ()


class Plant(Element, frozen=True, kw_only=True):
    """Everything one plant file says: the enterprise, its sites and what they make."""

    linewright: Annotated[int, Number(low=1, high=1), "version of the plant language: 1"]
    enterprise: Annotated[str, Name("address"), "name of the enterprise"]
    label: Annotated[LabelText, "what people read"] = EMPTY
    languages: Annotated[
        tuple[Annotated[str, Special("language")], ...], "languages that every label should have"
    ] = ()
    currency: Annotated[str | None, Special("currency"), "currency of reports"] = None
    sites: Annotated[Mapping[Annotated[str, Name("address")], Site], "factories, by name"]
    types: Annotated[Mapping[str, StationType], "station types, by name"] = EMPTY
    operations: Annotated[Mapping[str, Operation], "steps of work, by name"] = EMPTY
    families: Annotated[Mapping[str, ProductFamily], "product families, by name"] = EMPTY
    products: Annotated[Mapping[str, Product], "what is made, by name"] = EMPTY
    materials: Annotated[Mapping[str, Material], "what is bought, by name"] = EMPTY
    programs: Annotated[Mapping[str, Program], "machine programs, by name"] = EMPTY
    standard_times: Annotated[
        tuple[StandardTime, ...], "standard times that differ from the station's"
    ] = ()
    setups: Annotated[Mapping[str, SetupTable], "set-up matrices, by name"] = EMPTY
    skills: Annotated[Mapping[str, Skill], "what people can be qualified for"] = EMPTY
    reasons: Annotated[
        Mapping[str, Mapping[str, Reason]], "downtime reason trees, one per kind of station"
    ] = EMPTY
    suppliers: Annotated[Mapping[str, Supplier], "who supplies, by name"] = EMPTY
    lanes: Annotated[Mapping[str, Lane], "ways for goods, by name"] = EMPTY
    tariffs: Annotated[Mapping[str, Tariff], "energy tariffs, by name"] = EMPTY
    authority: Annotated[Mapping[str, Ceiling], "ceilings of authority, by name"] = EMPTY

    def groups(self) -> Iterator[tuple[Address, Line | WorkCentre]]:
        """Yield every line and work centre with its address."""
        for site_name, site in self.sites.items():
            for area_name, area in site.areas.items():
                for name, group in area.groups():
                    yield Address(f"{site_name}/{area_name}/{name}"), group

    def stations(self) -> Iterator[Placed]:
        """Yield every station with its address; cost linear in the number of stations."""
        for address, group in self.groups():
            for name, station in group.stations.items():
                yield Address(f"{address}/{name}"), station

    def stations_in(self, address: Address) -> Iterator[Placed]:
        """Yield the stations at or below an address; cost linear in what is yielded."""
        names = address.partition("#")[0].split("/")
        wanted = names + [""] * (4 - len(names))
        for site_name in _chosen(self.sites, wanted[0]):
            areas = self.sites[site_name].areas
            for area_name in _chosen(areas, wanted[1]):
                groups = dict(areas[area_name].groups())
                for name in _chosen(groups, wanted[2]):
                    stations = groups[name].stations
                    for station in _chosen(stations, wanted[3]):
                        place = Address(f"{site_name}/{area_name}/{name}/{station}")
                        yield place, stations[station]

    def routes_of(self, product: str) -> Mapping[str, Route]:
        """Return the routes of a product, its own or else those of its family."""
        made = self.products[product]
        family = self.families.get(made.family or "")
        return made.routes if made.routes or family is None else family.routes
