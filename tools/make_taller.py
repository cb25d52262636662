"""The items and open orders of `plants/taller`: `python tools/make_taller.py [FOLDER]`.

Writes `items.yaml` (1,000 products and 200 materials, with their standard times) and
`records/orders.jsonl` (300 open orders), byte for byte the same on every machine; a test makes
them again and compares. All numbers, customers and prices are invented; the proportions are those
of a job shop: many small repeat parts, few assemblies, late orders, everything urgent.
"""

import datetime as dt
import json
import math
import random
import re
import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from linewright.plant.address import Address
from linewright.plant.money import Money
from linewright.plant.records import How, Order, OrderKind, OrderStatus, encode

SEED = 20261123
NOW = dt.datetime(2026, 11, 23, 6, 0, tzinfo=dt.timezone(dt.timedelta(hours=-7)))
"""Monday morning in Hermosillo; Sonora has no daylight saving time."""
MATERIALS = 200
ORDERS = 300
SECOND_NS = 10**9
LOTS, FEW = (1, 4, 6, 10, 12, 20, 24, 30, 50, 60, 100), (1, 2, 4, 6)
STATUSES = [*["planned"] * 2, *["released"] * 3, *["started"] * 2, "on_hold"]

T = TypeVar("T")
Plain = dict[str, object]


class Family(NamedTuple):
    """Products that are made alike."""

    items: int
    prefix: str
    names: tuple[str, str]
    """Spanish and English."""
    size_mm: tuple[int, int]
    """Least and greatest diameter or width."""
    long_mm: tuple[int, int]
    grades: tuple[str, ...]
    minutes: dict[str, float]
    """Operations with standard times, and the minutes of a middling piece."""


class Grade(NamedTuple):
    """A grade of metal: kg per cubic metre, price of a kilogram, who supplies it, from where."""

    density: float
    price: float
    currency: str
    supplier: str
    origin: str


_FAMILIES = """
shafts | 130 FL | Flecha, Shaft | 19 102 80 400 | 1045 4140 304 | turn_cnc 7 mill_3x 5 grind_round 11
hard_shafts | 60 FT | Flecha templada, Hardened shaft | 19 76 80 300 | 4140 8620 | turn_cnc 8 grind_round 15
bushings | 150 BJ | Buje, Bushing | 19 102 10 80 | C932 1018 6061 | turn_cnc 4.5 turn_bar 3
pins | 90 PE | Perno, Pin | 12 32 20 120 | 8620 4140 | turn_bar 2 grind_round 6
flanges | 110 BR | Brida, Flange | 76 140 15 60 | 1045 304 1018 | turn_cnc 8 mill_3x 9
discs | 50 DE | Disco, Gear blank | 64 140 15 50 | 8620 4140 | turn_cnc 9 grind_flat 12
plates | 120 PL | Placa, Plate | 50 140 80 400 | A36 1045 6061 | mill_3x 14 grind_flat 16
brackets | 90 SP | Soporte, Bracket | 32 102 60 250 | A36 6061 304 | mill_3x 8
housings | 40 CA | Carcasa, Housing | 57 140 60 180 | 6061 | mill_5x 38 inspect_cmm 15
inserts | 35 IM | Inserto, Mould insert | 38 102 40 160 | D2 H13 | mill_3x 45 wire_edm 110 sink_edm 150
spacers | 65 SE | Separador, Spacer | 12 44 5 60 | 1018 6061 304 | turn_bar 1.6
weldments | 20 SO | Bastidor, Weldment | 50 127 200 400 | A36 | weld 48
assemblies | 40 EN | Ensamble, Assembly | 50 140 80 400 | A36 | assemble 22
"""  # noqa: E501  # a table
_GRADES = """
1018 7850 24.0 MXN aceros_hermosillo MX
1045 7850 26.5 MXN aceros_hermosillo MX
4140 7850 38.0 MXN aceros_hermosillo MX
8620 7850 36.0 MXN metales_monterrey MX
A36 7850 21.0 MXN aceros_hermosillo MX
304 7930 4.9 USD tucson_alloys US
6061 2700 6.2 USD tucson_alloys US
C932 8900 16.5 USD tucson_alloys US
D2 7700 9.8 USD tucson_alloys US
H13 7800 11.4 USD tucson_alloys US
"""
_SUPPLIES = """
CON-CINTA-27 | Cinta de sierra 27 mm | Band saw blade | 1450 MXN | phoenix_tooling
CON-CNMG-432 | Inserto CNMG 432 | CNMG 432 insert | 9.4 USD | phoenix_tooling
CON-CORT-12 | Cortador de 12 mm | 12 mm end mill | 72 USD | phoenix_tooling
CON-CORT-ESF-8 | Cortador esférico 8 mm | 8 mm ball mill | 96 USD | phoenix_tooling
CON-ALAMBRE-025 | Alambre de latón 0.25 | Brass wire 0.25 | 1900 MXN | phoenix_tooling
CON-PIEDRA-46J | Piedra 46J | Wheel 46J | 2300 MXN | phoenix_tooling
REF-BALERO-7014 | Balero de husillo 7014 | Spindle bearing 7014 | 240 USD | phoenix_tooling
REF-RESIST-H | Resistencia de horno | Furnace element | 3100 MXN | metales_monterrey
REF-TERMOPAR-K | Termopar tipo K | Thermocouple type K | 780 MXN | metales_monterrey
EMP-CAJA-30 | Caja de cartón 30 | Carton 30 | 14 MXN | aceros_hermosillo
EMP-TARIMA | Tarima | Pallet | 180 MXN | aceros_hermosillo
"""
_BOUGHT = """
TOR Tornillo: M6X20 M6X30 M6X50 M8X20 M8X30 M8X50 M10X20 M10X30 M10X50 M12X20 M12X30 M12X50
BAL Balero: 6202 6204 6206 6305 7014
ORG O-ring: 112 210 218 230 238 242 250
SEG Seguro: 20 25 32 38
"""
BAR_GRADES = ("1018", "1045", "4140", "8620", "304", "6061", "C932")
BAR_MM = (12, 16, 19, 25, 32, 38, 44, 50, 57, 64, 76, 89, 102, 127, 140, 152)
PLATE_GRADES = ("A36", "1045", "304", "6061", "D2", "H13")
PLATE_MM = (6, 9, 12, 19, 25, 32, 38, 50)
ROUND = frozenset({"shafts", "hard_shafts", "bushings", "pins", "flanges", "discs", "spacers"})
FLAT = frozenset({"plates", "brackets", "housings", "inserts"})
MXN_PER_USD = 18.2


def _family(cells: list[str]) -> Family:
    count, prefix = cells[1].split()
    spanish, english = cells[2].split(", ")
    thin, thick, short, long = map(int, cells[3].split())
    times = cells[5].split()
    minutes = dict(zip(times[::2], map(float, times[1::2]), strict=True))
    return Family(
        items=int(count),
        prefix=prefix,
        names=(spanish, english),
        size_mm=(thin, thick),
        long_mm=(short, long),
        grades=tuple(cells[4].split()),
        minutes=minutes,
    )


def _rows(table: str, mark: str | None = " | ") -> list[list[str]]:
    return [line.split(mark) for line in table.strip().splitlines()]


FAMILIES = {cells[0]: _family(cells) for cells in _rows(_FAMILIES)}
GRADES = {
    name: Grade(float(density), float(price), currency, supplier, origin)
    for name, density, price, currency, supplier, origin in _rows(_GRADES, None)
}
BOUGHT = {
    f"{prefix}-{kind}": f"{word.removesuffix(':')} {kind}"
    for prefix, word, *kinds in _rows(_BOUGHT, None)
    for kind in kinds
}
SCREWS, BEARINGS = ([name for name in BOUGHT if name.startswith(kind)] for kind in ("TOR", "BAL"))


class Dice:
    """Chance from a seed: only `random()`, whose numbers are the same in every Python."""

    def __init__(self, seed: int) -> None:
        self._next = random.Random(seed).random  # noqa: S311  # chance, not secrecy

    def under(self, share: float) -> bool:
        """Whether a chance of this share comes true."""
        return self._next() < share

    def whole(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self._next() * (high - low + 1))

    def pick(self, choices: Sequence[T]) -> T:
        """One of the choices."""
        return choices[int(self._next() * len(choices))]

    def around(self, middle: float) -> float:
        """A number from half to twice the middle, as often below as above it."""
        return float(middle * 2.0 ** (2.0 * self._next() - 1.0))


# --- Materials ------------------------------------------------------------------------------


def materials() -> dict[str, Plain]:
    """Bars by the metre, plates by the kilogram, tubes, bought parts, consumables: 200 items."""
    found: dict[str, Plain] = {}
    for name, spanish, english, cost, supplier in _rows(_SUPPLIES):
        label = {"es": spanish, "en": english}
        found[name] = {"label": label, "cost": cost, "supplier": [supplier]}
        if not name.startswith("EMP"):
            found[name]["spare"] = True
    for name, spanish in BOUGHT.items():
        price = 2.5 + sum(map(ord, name)) % 40
        found[name] = {"label": spanish, "cost": f"{price} MXN", "supplier": ["tornillos_pacifico"]}
    for grade in PLATE_GRADES:
        for thick in PLATE_MM:
            label = {"es": f"Placa {grade} de {thick} mm", "en": f"{grade} plate, {thick} mm"}
            found[f"PLC-{grade}-{thick:02d}"] = _metal(grade, label, "kg", 1.0)
    for size in (25, 38, 50, 64, 76):
        label = {"es": f"PTR A500 {size} x {size}", "en": f"A500 square tube {size} x {size}"}
        found[f"PTR-A500-{size}"] = _metal("A36", label, "m", size * 0.055)
    for size, grade in ((size, grade) for size in BAR_MM for grade in BAR_GRADES):
        if len(found) < MATERIALS:
            label = {"es": f"Barra {grade} Ø{size}", "en": f"{grade} bar, {size} mm"}
            found[bar_name(grade, size)] = _metal(grade, label, "m", bar_kg_per_m(grade, size))
    return found


def _metal(grade: str, label: dict[str, str], unit: str, kg: float) -> Plain:
    metal = GRADES[grade]
    return {
        "label": label,
        "unit": unit,
        "cost": f"{metal.price * kg:.2f} {metal.currency}/{unit}",
        "supplier": [metal.supplier],
        "origin": metal.origin,
    }


def bar_name(grade: str, size_mm: int) -> str:
    """The item number of a round bar."""
    return f"BAR-{grade}-{size_mm:03d}"


def bar_kg_per_m(grade: str, size_mm: int) -> float:
    """Mass of one metre of round bar."""
    return GRADES[grade].density * math.pi / 4 * (size_mm / 1000) ** 2


# --- Products -------------------------------------------------------------------------------


class Part(NamedTuple):
    """A product on its way into the file, with what orders need of it."""

    name: str
    family: str
    body: Plain
    price: Decimal
    currency: str
    customer: str
    lot_size: int


class Catalogue:
    """All items, drawn one after the other."""

    def __init__(self, dice: Dice) -> None:
        self.dice = dice
        self.materials = materials()
        self.parts: dict[str, Part] = {}
        self.times: list[Plain] = []
        for family, made in FAMILIES.items():
            for index in range(made.items):
                self._add(family, index)

    def _add(self, family: str, index: int) -> None:
        dice = self.dice
        customer = f"C-{dice.whole(1, 48):03d}"
        made = FAMILIES[family]
        size = dice.pick([mm for mm in BAR_MM if made.size_mm[0] <= mm <= made.size_mm[1]])
        long = 5 * dice.whole(made.long_mm[0] // 5, made.long_mm[1] // 5)
        bom, weight, cost = self._content(family, index, size, long)
        name = self._number(family, index, customer)
        currency = "USD" if int(customer[2:]) % 3 == 0 else "MXN"
        price = cost * (1.8 + dice.around(0.9)) + sum(made.minutes.values()) * 9.0
        amount = Decimal(f"{price / (MXN_PER_USD if currency == 'USD' else 1.0):.2f}")
        revision = dice.pick("AAABBCCDE")
        lot = dice.pick(FEW if family == "assemblies" else LOTS)
        body: Plain = {
            "label": self._label(family, size, long),
            "family": family,
            "revision": revision,
            "customer": customer,
            "lot_size": lot,
            "price": f"{amount} {currency}",
            "scrap_cost": f"{float(amount) * 0.55:.2f} {currency}",
            "weight": f"{weight:.3f} kg",
            "bom": bom,
        }
        body |= self._quality(family, size, customer, revision)
        route = self._route(family, customer, index)
        if route:
            body["route"] = route
        self.parts[name] = Part(name, family, body, amount, currency, customer, lot)
        self._time(name, family, size, long)

    def _number(self, family: str, index: int, customer: str) -> str:
        """The shop's own number, or the customer's: no two customers write them alike."""
        dice = self.dice
        serial = 10_000 + 37 * index + dice.whole(0, 36)
        prefix = FAMILIES[family].prefix
        forms = (
            f"{prefix}-{serial}-{dice.whole(1, 6):02d}",
            f"{prefix}-{serial}",
            f"{customer[2:]}-{serial}{dice.pick('ABCDX')}",
            f"{dice.whole(1, 9)}J{serial}",
            f"A2C{serial}{dice.whole(10, 99)}",
            f"{dice.whole(10, 99)}-{dice.whole(100, 999)}-{serial}",
        )
        name = forms[0] if dice.under(0.6) else dice.pick(forms[1:])
        return name if name not in self.parts else f"{name}-B{index}"

    def _label(self, family: str, size: int, long: int) -> Plain:
        spanish, english = FAMILIES[family].names
        if family in ROUND:
            return {"es": f"{spanish} Ø{size} x {long}", "en": f"{english} {size} x {long} mm"}
        return {"es": f"{spanish} {long} x {size}", "en": f"{english} {long} x {size} mm"}

    def _content(self, family: str, index: int, size: int, long: int) -> tuple[Plain, float, float]:
        """Bill of material of one piece, its weight in kg and its material cost in MXN."""
        dice = self.dice
        if family in ROUND:
            grade = dice.pick(FAMILIES[family].grades)
            metres = (long + 4) / 1000
            kg = bar_kg_per_m(grade, size) * metres
            return {bar_name(grade, size): f"{metres:.3f} m"}, kg * 0.7, kg * _peso(grade)
        if family in FLAT:
            grade, thick = dice.pick(FAMILIES[family].grades), dice.pick(PLATE_MM[2:])
            kg = GRADES[grade].density * (long + 6) * (size + 20) * thick / 1e9
            return {f"PLC-{grade}-{thick:02d}": f"{kg:.3f} kg"}, kg * 0.6, kg * _peso(grade)
        if family == "weldments":
            tube, metres = dice.pick((38, 50, 64)), long * 6 / 1000
            plate_kg = dice.around(4.0)
            kg = metres * tube * 0.055 + plate_kg
            bom = {f"PTR-A500-{tube}": f"{metres:.2f} m", "PLC-A36-12": f"{plate_kg:.2f} kg"}
            return dict(bom), kg, kg * _peso("A36")
        return self._assembly(index)

    def _assembly(self, index: int) -> tuple[Plain, float, float]:
        """Parts, screws and bearings; a later assembly may hold an earlier one, never itself."""
        dice = self.dice
        parts = [part for part in self.parts.values() if part.family != "assemblies"]
        bom: Plain = {dice.pick(parts).name: dice.whole(1, 4) for _ in range(dice.whole(2, 6))}
        earlier = [part for part in self.parts.values() if part.family == "assemblies"]
        if index >= 25 and dice.under(0.6):  # noqa: PLR2004  # the first are plain
            bom[dice.pick(earlier).name] = 1
        bom[dice.pick(SCREWS)] = dice.pick((2, 4, 6, 8))
        if dice.under(0.5):
            bom[dice.pick(BEARINGS)] = dice.whole(1, 2)
        inside = [(self.parts[name], count) for name, count in bom.items() if name in self.parts]
        cost = sum(
            float(part.price) * (MXN_PER_USD if part.currency == "USD" else 1.0) * int(str(count))
            for part, count in inside
        )
        return bom, dice.around(3.0) * len(inside), cost * 0.4

    def _quality(self, family: str, size: int, customer: str, revision: str) -> Plain:
        dice = self.dice
        more: Plain = {}
        if dice.under(0.25):
            tight = dice.pick(("+/- 0.05 mm", "+/- 0.02 mm", "+0 -0.016", "+0.021 -0"))
            more["characteristics"] = {"d1": f"{size} mm {tight}"}
            if family in ("shafts", "hard_shafts", "pins"):
                more["characteristics"] = {"d1": f"{size} mm {tight}", "ra": "<= 0.8 um"}
            if dice.under(0.4):
                check = {"characteristic": "d1", "sample": 3, "every_parts": 25}
                more["control_plan"] = [{**check, "chart": "xbar_r", "gauge": "micrometer"}]
        if customer == "C-031":
            people = ["engineering", "quality"]
            more["controlled"] = {"regime": "NDA", "sites": ["hermosillo"], "people": people}
        if dice.under(0.1):
            year = dice.whole(2019, 2021)
            marks = "ABCDE"[: "ABCDE".index(revision) + 1]
            more["revisions"] = {
                mark: dt.date(year + step, dice.whole(1, 12), dice.whole(1, 28))
                for step, mark in enumerate(marks)
            }
        return more

    def _route(self, family: str, customer: str, index: int) -> Plain:
        """A route of its own for some: approved machines, another way, or a step more."""
        dice = self.dice
        if family == "housings" and customer in ("C-031", "C-044", "C-012", "C-027"):
            machine = "hermosillo/milling/mills_5x/five_axis_2"
            approval = {
                "customer": customer,
                "station": machine,
                "program": f"O{8000 + index}",
                "revision": "B",
                "since": dt.date(2026, 1 + index % 9, 15),
            }
            mill = {"operation": "mill_5x", "at": [machine], "scrap": "2 %"}
            steps = _steps("saw_cut * deburr wash inspect_cmm anodise inspect_bench pack", mill)
            return {"standard": {"steps": steps, "approved": [approval]}}
        if family == "flanges" and dice.under(0.25):
            mill = {"operation": "mill_3x", "alternatives": ["mill_5x"]}
            return {"standard": _steps("saw_cut turn_cnc * deburr wash inspect_bench pack", mill)}
        if family == "plates" and dice.under(0.2):
            bare = _steps("saw_cut mill_3x deburr inspect_bench pack")
            return {
                "standard": _steps("saw_cut mill_3x deburr zinc inspect_bench pack"),
                "black": {"steps": bare, "preference": 2, "approved": False},
            }
        if family == "shafts" and dice.under(0.12):
            steps = _steps("saw_cut turn_cnc mill_3x deburr grind_round zinc inspect_bench pack")
            return {"standard": steps}
        return {}

    def _time(self, name: str, family: str, size: int, long: int) -> None:
        """Standard times, quoted more often than measured, and not always both."""
        dice = self.dice
        scale = (size * long / (50 * 200)) ** 0.4
        for operation, minutes in FAMILIES[family].minutes.items():
            if dice.under(0.08):
                continue
            basis = dice.pick(("quoted", "quoted", "estimated", "estimated", "measured"))
            entry: Plain = {
                "operation": operation,
                "product": name,
                "time": f"{dice.around(minutes) * scale:.1f} min",
                "basis": basis,
            }
            if basis == "measured":
                entry["since"] = dt.date(dice.whole(2022, 2026), dice.whole(1, 10), 1)
            self.times.append(entry)


def _steps(text: str, star: object = None) -> list[object]:
    """Steps of a route from their names; `*` stands for a step with details."""
    return [star if word == "*" else word for word in text.split()]


def _peso(grade: str) -> float:
    metal = GRADES[grade]
    return metal.price * (MXN_PER_USD if metal.currency == "USD" else 1.0)


# --- items.yaml -----------------------------------------------------------------------------

HEAD = """\
# Made by tools/make_taller.py; change the tool, not this file.
# An invented job shop: {products:,} products, {materials} materials, {times:,} standard times.
"""

_PLAIN = re.compile(r"[A-Za-z0-9Ø][\w.+Ø/%() -]*|<= [\d.]+ um")


def items_text(catalogue: Catalogue) -> str:
    """The text of `items.yaml`: one item a line."""
    products = {part.name: part.body for part in catalogue.parts.values()}
    lines = [
        HEAD.format(
            products=len(products), materials=len(catalogue.materials), times=len(catalogue.times)
        ),
        "materials:",
        *(f"  {name}: {flow(body)}" for name, body in catalogue.materials.items()),
        "",
        "products:",
        *(f"  {name}: {flow(body)}" for name, body in products.items()),
        "",
        "standard_times:",
        *(f"  - {flow(entry)}" for entry in catalogue.times),
    ]
    return "\n".join(lines) + "\n"


def flow(value: object) -> str:
    """A value in YAML's flow style, with quotes only where they are needed."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)


# --- Orders ---------------------------------------------------------------------------------


def orders(catalogue: Catalogue, dice: Dice) -> list[Order]:
    """300 open orders as a system of many hands keeps them, in the order they were entered."""
    parts = list(catalogue.parts.values())
    # Eighty items, spread over the families, are ordered again and again.
    repeat = [parts[(index * 389) % len(parts)] for index in range(80)]
    found: list[Order] = []
    number, line = 4100, 0
    while len(found) < ORDERS:
        if line == 0:
            number += dice.whole(1, 3)
        line = line + 10 if dice.under(0.35) and line < 40 else 0  # noqa: PLR2004  # five lines
        part = dice.pick(repeat) if dice.under(0.55) else dice.pick(parts)
        found.append(_order(part, f"OT-26-{number:05d}", line + 10, dice))
        if part.family == "assemblies":
            found += _children(catalogue, found[-1], dice)
    found = found[:ORDERS]
    return sorted(found, key=lambda order: (order.t_ns, order.order, order.item))


def _order(part: Part, number: str, line: int, dice: Dice) -> Order:
    entered = NOW - dt.timedelta(days=dice.whole(1, 75), minutes=dice.whole(0, 480))
    quantity = part.lot_size * dice.whole(1, 3)
    status = dice.pick(STATUSES)
    due = _due(entered, dice)
    made = Decimal(dice.whole(0, quantity - 1)) if status == "started" else None
    return _imported(
        entered,
        kind=OrderKind.CUSTOMER,
        order=number,
        item=line,
        status=OrderStatus(status),
        product=part.name,
        product_rev=str(part.body["revision"]) if dice.under(0.9) else "A",
        quantity=Decimal(quantity),
        delivered=made,
        due_ns=due,
        promised_ns=due if due is not None and dice.under(0.7) else None,
        priority=dice.pick((0, 0, 3, 5, 5, 9, 9, 9)),
        partner=part.customer,
        partner_order=f"{dice.pick(('PO', '45', 'OC-'))}{dice.whole(10_000, 99_999)}",
        price=Money(part.price * quantity, part.currency),
        late_per_day=Money(Decimal(500), "MXN") if dice.under(0.05) else None,
        comment=dice.pick(
            (
                "",
                "",
                "",
                "",
                "URGENTE",
                "urge!!",
                "material del cliente",
                "entregar parcial",
                "preguntar a Calidad",
            )
        ),
    )


def _due(entered: dt.datetime, dice: Dice) -> int | None:
    """Due dates as people type them: some missing, some long past, some in the wrong year."""
    if dice.under(0.05):
        return None
    day = (entered + dt.timedelta(days=dice.whole(14, 110))).replace(hour=17, minute=0, second=0)
    if dice.under(0.12):
        day = day.replace(day=1)  # the first of the month: the field's default
    if dice.under(0.01):
        day = day.replace(year=day.year + 1, day=min(day.day, 28))
    return _ns(day)


def _children(catalogue: Catalogue, parent: Order, dice: Dice) -> list[Order]:
    """Production orders for the parts of an assembly; one of them was forgotten now and then."""
    bom = catalogue.parts[parent.product].body["bom"]
    assert isinstance(bom, dict), "an assembly has a bill of material"
    children = []
    for index, (name, count) in enumerate(bom.items(), 1):
        if name not in catalogue.parts or dice.under(0.1):
            continue
        entered = NOW - dt.timedelta(days=dice.whole(1, 20), minutes=dice.whole(0, 480))
        children.append(
            _imported(
                entered,
                kind=OrderKind.PRODUCTION,
                order=f"{parent.order}-{index:02d}",
                item=parent.item,
                status=OrderStatus(dice.pick(("planned", "released"))),
                product=name,
                product_rev=str(catalogue.parts[name].body["revision"]),
                quantity=parent.quantity * int(count),
                due_ns=None if parent.due_ns is None else parent.due_ns - 7 * 86_400 * SECOND_NS,
                priority=parent.priority,
                parent=parent.order,
            )
        )
    return children


def _imported(entered: dt.datetime, **fields: Any) -> Order:  # noqa: ANN401  # the fields of an order
    """Return an order of the nightly import: entered by day, seen here after 02:00."""
    night = (entered + dt.timedelta(days=1)).replace(hour=2, minute=0, second=0)
    return Order(
        address=Address("hermosillo"),
        t_ns=_ns(entered),
        seen_ns=_ns(night),
        plant_rev="taller",
        how=How.IMPORT,
        source="erp",
        **fields,
    )


def _ns(moment: dt.datetime) -> int:
    return round(moment.timestamp()) * SECOND_NS


def orders_text(found: Sequence[Order]) -> str:
    """The text of `orders.jsonl`: one record a line, in canonical JSON."""
    return "".join(encode(order).decode("utf-8") + "\n" for order in found)


def main(folder: Path) -> None:
    """Write both files below a folder."""
    catalogue = Catalogue(Dice(SEED))
    (folder / "items.yaml").write_text(items_text(catalogue), "utf-8")
    (folder / "records").mkdir(exist_ok=True)
    found = orders(catalogue, Dice(SEED + 1))
    (folder / "records" / "orders.jsonl").write_text(orders_text(found), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "plants/taller")
