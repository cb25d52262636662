"""A plant file as a company of some size has one, of any number of stations and tags.

Flow lines of six to twelve stations and work centres of three to five, on several sites; each
station with its cycle, its failures, its power, its connection and its own tags. The text is
valid: a check finds no problem, not even a warning.

>>> text = plant_text(stations=12, tags=60, seed=1)
>>> text.splitlines()[:2]
['linewright: 1', 'enterprise: borderline']
"""

import random
from typing import NamedTuple

from benchmarks.plant_load.station_text import Who, likely, station_lines

KINDS: dict[str, tuple[str, ...]] = {
    "bracket": ("saw", "mill", "drill", "deburr", "wash", "inspect", "mark", "pack"),
    "shaft": ("cut_bar", "turn", "mill", "harden", "grind", "wash", "inspect", "pack"),
    "housing": ("cast", "trim", "mill", "bore", "wash", "leak_test", "inspect", "pack"),
    "harness": ("cut_wire", "crimp", "route_wire", "tape", "test_wire", "label", "pack"),
    "cover": ("mould", "trim", "print", "assemble", "screw", "inspect", "mark", "pack"),
}
"""What the lines of a kind do, in the order of their flow."""

SHOPS: dict[str, str] = {"turning": "turn", "grinding": "grind", "furnaces": "harden"}
"""Kinds of work centres, and the one operation of their stations."""

ZONES = ("America/Hermosillo", "America/Chicago", "Europe/Berlin", "Asia/Kolkata", "Asia/Tokyo")
COUNTRIES = ("MX", "US", "DE", "IN", "JP")
CURRENCIES = ("MXN", "USD", "EUR", "INR", "JPY")
SITE_NAMES = ("nogales", "reno", "ulm", "pune", "nagoya")
STATIONS_PER_SITE = 400
AREAS = ("machining", "assembly", "finishing", "moulding")
LINE_STATIONS = (6, 12)
SHOP_STATIONS = (3, 5)
SHOP_EVERY = 5
"""Every so many groups one is a work centre."""


class Group(NamedTuple):
    """A flow line or a work centre: its name, its kind and what each station does, in order."""

    name: str
    kind: str
    operations: tuple[str, ...]

    @property
    def is_line(self) -> bool:
        """Whether its stations stand in a flow."""
        return self.kind in KINDS


class Placed(NamedTuple):
    """A group and where it stands."""

    site: str
    area: str
    group: Group


def plant_text(*, stations: int, tags: int, seed: int) -> str:
    """Return a plant file with exactly so many stations and tags; equal seeds, equal text.

    Cost: linear in stations and tags, some 20 us each.
    """
    rng = random.Random(seed)  # noqa: S311  # no secret hangs on it
    placed = _placed(_groups(rng, stations), stations)
    lines = ["linewright: 1", "enterprise: borderline", "currency: USD", "sites:"]
    counts = _spread(tags, stations)
    for site in dict.fromkeys(place.site for place in placed):
        here = [place for place in placed if place.site == site]
        lines += _site_lines(rng, site, here, counts)
    lines += _tables(rng, placed, stations)
    return "\n".join(lines) + "\n"


def _spread(tags: int, stations: int) -> list[int]:
    """How many tags each station has, the last station first."""
    least, more = divmod(tags, stations)
    return [least + (index < more) for index in range(stations)]


def _groups(rng: random.Random, stations: int) -> list[Group]:
    groups: list[Group] = []
    left = stations
    kinds, shops = list(KINDS), list(SHOPS)
    while left:
        index = len(groups)
        if index % SHOP_EVERY == SHOP_EVERY - 1:
            kind = shops[index // SHOP_EVERY % len(shops)]
            size = min(left, rng.randint(*SHOP_STATIONS))
            operations = (SHOPS[kind],) * size
        else:
            kind = kinds[index % len(kinds)]
            size = min(left, rng.randint(*LINE_STATIONS))
            operations = _along(KINDS[kind], size)
        groups.append(Group(f"{kind}_{index + 1:03d}", kind, operations))
        left -= size
    return groups


def _along(operations: tuple[str, ...], size: int) -> tuple[str, ...]:
    """Spread the operations over a flow of so many stations, in order, all where they fit."""
    return tuple(operations[index * len(operations) // size] for index in range(size))


def _placed(groups: list[Group], stations: int) -> list[Placed]:
    sites = max(1, min(len(SITE_NAMES), stations // STATIONS_PER_SITE))
    placed = []
    for index, group in enumerate(groups):
        site = SITE_NAMES[index * sites // len(groups)]
        area = AREAS[list(KINDS).index(group.kind) % len(AREAS)] if group.is_line else "machining"
        placed.append(Placed(site, area, group))
    return placed


def _site_lines(
    rng: random.Random, site: str, placed: list[Placed], counts: list[int]
) -> list[str]:
    index = SITE_NAMES.index(site)
    lines = [
        f"  {site}:",
        f"    label: {{en: Plant {site.title()}, es: Planta {site.title()}}}",
        f"    timezone: {ZONES[index]}",
        f"    currency: {CURRENCIES[index]}",
        '    day_starts: "06:00"',
        f"    location: {{latitude: {rng.uniform(-60, 60):.4f}, country: {COUNTRIES[index]}}}",
        "    shifts:",
        "      day: Mon-Fri 06:00-14:30 break 10:00-10:30",
        "      evening: Mon-Fri 14:30-22:00 break 18:00-18:30",
        "      saturday: Sat 06:00-12:00",
        "    holidays: {2026-05-01: Labour Day, 2026-12-25: Christmas}",
        "    crews:",
        "      repair: {people: 3, skills: [mechanic], shifts: [day, evening]}",
        "      set_up: {people: 2, skills: [setter], rate: 38 USD/h}",
        "    transport:",
        "      carts: {kind: cart, count: 4, carries: 20, speed: 1.1 m/s}",
        "    gateways:",
        "      cell:",
        f"        mqtt: mqtt://10.{index + 1}.0.2:1883",
        "        user: cell",
        "        password: {secret: CELL_PASSWORD}",
        "        budget: {connections: 2, batch: 60, gap: 20 ms}",
        "    tariff: grid",
        "    areas:",
    ]
    for area in dict.fromkeys(place.area for place in placed):
        lines.append(f"      {area}:")
        here = [place.group for place in placed if place.area == area]
        for level, wanted in (("lines", True), ("work_centres", False)):
            groups = [group for group in here if group.is_line is wanted]
            if groups:
                lines.append(f"        {level}:")
            for group in groups:
                lines += _group_lines(rng, group, index, counts)
    return lines


def _group_lines(rng: random.Random, group: Group, site: int, counts: list[int]) -> list[str]:
    names = _names(group)
    lines = [f"          {group.name}:"]
    if group.is_line:
        lines.append(f"            label: {group.kind.title()} line {group.name[-3:]}")
        lines.append(f"            flow: [{_flow(rng, names)}]")
        lines.append(f"            takt: {rng.randint(110, 150)} s")
        lines.append("            shifts: [day, evening]")
        if len(names) > 1:
            lines.append("            buffers:")
            link = f"{names[0]}-{names[1]}"
            lines.append(f"              {link}: {{travel: {rng.randint(5, 30)} s, by: carts}}")
    else:
        lines.append(f"            queue: {rng.randint(10, 80)}")
        lines.append(f"            dispatch: {rng.choice(('fifo', 'edd', 'setup'))}")
    lines.append("            stations:")
    for name, operation in zip(names, group.operations, strict=True):
        lines.append(f"              {name}:")
        who = Who(group=group.name, name=name, operation=operation, site=site, number=len(counts))
        lines += station_lines(rng, who, counts.pop())
    return lines


def _names(group: Group) -> list[str]:
    return [f"{operation}_{index + 1}" for index, operation in enumerate(group.operations)]


def _flow(rng: random.Random, names: list[str]) -> str:
    parts = [names[0]]
    for name in names[1:]:
        parts += [rng.choice(("4", "8", "12", "20", "rack")), name]
    return ", ".join(parts)


def _tables(rng: random.Random, placed: list[Placed], stations: int) -> list[str]:
    lines = _product_lines(rng, placed, max(len(KINDS) * 2, stations // 5))
    done = dict.fromkeys(operation for place in placed for operation in place.group.operations)
    lines.append("operations:")
    for index, operation in enumerate(done):
        label, skill = operation.replace("_", " ").capitalize(), SKILLS[index % len(SKILLS)]
        lines.append(f"  {operation}: {{label: {label}, skill: {skill}}}")
    lines.append("types:")
    lines.append("  machine:")
    lines.append("    micro_stop: 5 min")
    lines.append("    reasons: floor")
    lines.append("    power: {running: 4 kW, idle: 0.6 kW, off: 0 kW}")
    lines.append("    rate: 45 USD/h")
    lines += FIXED
    return lines


SKILLS = ("machinist", "assembler", "setter", "mechanic")

FIXED = """\
skills:
  machinist: {label: Machinist, training: 160 h}
  assembler: {label: Assembler, training: 40 h}
  setter: {label: Setter, certificate: CNC level 2, renew_months: 24}
  mechanic: {label: Mechanic}
reasons:
  floor:
    breakdown:
      bucket: unplanned
      reasons:
        mechanical: {label: {en: Mechanical, es: Mecanico}}
        electrical: {label: {en: Electrical, es: Electrico}}
    material: {bucket: unplanned, comment: true}
    change_over: {bucket: planned/change_over}
    no_order: {bucket: unscheduled/no_order}
setups:
  change_over: {by: family, same: 2 min, default: 30 min, first: 40 min}
tariffs:
  grid:
    price: 0.11 USD/kWh
    periods: {peak: {hours: Mon-Fri 18:00-22:00, price: 0.19 USD/kWh}}
    demand: 12 USD/kW
    carbon: 0.38 kg/kWh
materials:
  bar: {label: Steel bar, unit: m, cost: 8.40 USD/m, supplier: north, carbon: 2.1 kg}
  bearing: {label: Bearing 6204, cost: 6.10 USD, supplier: [north, south], spare: true}
  resin: {label: ABS resin, unit: kg, cost: 2.35 USD/kg, supplier: south, hs: "3903.30"}
suppliers:
  north: {label: North Steel, lead: 5 d, on_time: 96 %, certificates: [ISO 9001]}
  south: {label: South Plastics, lead: 12 d gamma cv 0.3, on_time: 91 %}
""".splitlines()


def _product_lines(rng: random.Random, placed: list[Placed], count: int) -> list[str]:
    """Write products along the lines of each kind and the families they belong to."""
    lines = ["products:"]
    families: dict[str, None] = {}
    groups = [place for place in placed if place.group.is_line]
    for number in range(count):
        place = groups[number % len(groups)]
        kind = place.group.kind
        family = f"{kind}-{'abc'[number // len(groups) % 3]}"
        families[family] = None
        lines += [
            f"  {kind}-{number + 1:04d}:",
            f"    label: {kind.title()} {number + 1}",
            f"    family: {family}",
            f"    route: [{_steps(rng, place)}]",
            f"    bom: {{bar: {rng.uniform(0.1, 2):.2f} m, bearing: {rng.randint(1, 4)}}}",
            f"    price: {rng.uniform(4, 90):.2f} USD",
            f"    weight: {rng.uniform(0.1, 9):.2f} kg",
            "    characteristics:",
            f"      bore: {rng.randint(8, 40)}.000 mm +/- 0.0{rng.randint(10, 50)} mm",
            f"      length: {rng.uniform(20, 300):.1f} mm +0.2 -0.1",
            f"      roughness: <= {rng.choice((0.8, 1.6, 3.2))} um",
        ]
    shops = dict.fromkeys(p.group.operations[0] for p in placed if not p.group.is_line)
    for operation in shops:
        lines += [f"  service-{operation}:", f"    route: [{operation}]"]
    lines.append("families:")
    return lines + [f"  {family}: {{label: Family {family}}}" for family in families]


def _steps(rng: random.Random, place: Placed) -> str:
    operations = list(dict.fromkeys(place.group.operations))
    steps = list(operations)
    if likely(rng, 0.3):  # some products are bound to their line
        address = f"{place.site}/{place.area}/{place.group.name}"
        steps[0] = f"{{operation: {steps[0]}, at: {address}, scrap: 1.5 %}}"
    if operations[1:-1] and likely(rng, 0.2):  # some are reworked
        steps[-1] = f"{{operation: {operations[-1]}, rework_to: {operations[1]}, rework_limit: 2}}"
    return ", ".join(steps)
