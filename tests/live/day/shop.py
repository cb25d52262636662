"""A small shop for the tests of the day: two stations in a flow, a reason tree, and records."""

import datetime as dt
import functools
from collections.abc import Iterable

from linewright.live.day import Book, Course, DayPlan, Entry, course_of, day_of, plan_of
from linewright.plant import Address, Plant, PlantBuilder
from linewright.plant.records import (
    Gap,
    GapReason,
    How,
    Parts,
    Reason,
    Record,
    State,
    StationState,
)

SITE = "reno"
LINE = Address("reno/shop/pump")
SAW, MILL = LINE.child("saw"), LINE.child("mill")
S = 10**9
MIN = 60 * S
H = 60 * MIN
DAYS = {
    "day": "daily 06:00-14:00 break 10:00-10:30",
    "evening": "daily 14:00-22:00 break 18:00-18:30",
}
NIGHTS = {**DAYS, "night": "daily 22:00-06:00 break 02:00-02:30"}
REASONS = {
    "stops": {
        "breakdown": {
            "bucket": "unplanned/breakdown",
            "reasons": {"jam": {"label": "Jam"}, "drive": {"label": "Drive"}},
        },
        "tool": {"bucket": "unplanned/tooling", "label": "Tool"},
        "no_material": {"bucket": "unplanned/material", "label": "No material"},
        "planned": {"reasons": {"cleaning": {"bucket": "planned/cleaning"}}},
        "nobody": {"bucket": "unscheduled/no_operator"},
    }
}
CODES = ("breakdown/jam", "breakdown/drive", "tool", "no_material", "planned/cleaning", "nobody")


@functools.cache
def plant(zone: str = "America/Chicago", *, nights: bool = False, micro: float = 120.0) -> Plant:
    """A saw of 30 s before a mill of 60 s; the mill limits."""
    made = PlantBuilder("acme", reasons=REASONS)
    site = made.site(
        SITE,
        timezone=zone,
        currency="USD",
        day_starts="06:00",
        shifts=NIGHTS if nights else DAYS,
    )
    line = site.area("shop").line("pump", flow=["saw", 5, "mill"], target_oee="80 %")
    shared: dict[str, object] = {"reasons": "stops"}
    if micro:
        shared["micro_stop"] = f"{micro} s"
    tags = {"state": {"node": "ns=2;s=S", "role": "state", "map": {1: "running", 3: "down"}}}
    saw, mill = ({"opcua": f"opc.tcp://{name}"} for name in ("saw", "mill"))
    line.station("saw", does={"cut": "30 s"}, connect=saw, rate="18 USD/h", tags=tags, **shared)
    line.station("mill", does={"mill": "60 s"}, connect=mill, rate="45 USD/h", tags=tags, **shared)
    made.product("p1", route=["cut", "mill"])
    return made.done()


@functools.cache
def plan(zone: str = "America/Chicago", *, nights: bool = False, micro: float = 120.0) -> DayPlan:
    """The plan of that plant."""
    return plan_of(plant(zone, nights=nights, micro=micro), "r1", SITE)


DAY = dt.date(2026, 3, 3)
"""A Tuesday without a clock change."""
SIX = day_of(plan().calendar, DAY).start_ns
"""06:00 in Chicago."""


def state(at_min: float, word: str, *, at: Address = MILL, code: str | None = None) -> State:
    """The station enters a state, so many minutes after six."""
    t_ns = SIX + round(at_min * MIN)
    return State(
        address=at,
        t_ns=t_ns,
        seen_ns=t_ns + 7,
        plant_rev="r1",
        how=How.MACHINE,
        source="live",
        state=StationState(word),
        raw_state=word,
        reason=code,
    )


def parts(at_min: float, good: int = 1, *, at: Address = MILL, **more: object) -> Parts:
    """The station counted parts."""
    t_ns = SIX + round(at_min * MIN)
    return Parts(
        address=at,
        t_ns=t_ns,
        seen_ns=t_ns + 7,
        plant_rev="r1",
        how=How.MACHINE,
        source="live",
        counter="good",
        good=good,
        **more,  # type: ignore[arg-type]  # fields of the record by name
    )


def reason(
    at_min: float,
    until_min: float | None,
    code: str,
    *,
    seen: int = 0,
    at: Address = MILL,
    **more: object,
) -> Reason:
    """A person, or who `how` says, gave a reason."""
    fields = {"how": How.PERSON, "by": "p7", "source": "server"} | more
    return Reason(
        address=at,
        t_ns=SIX + round(at_min * MIN),
        until_ns=None if until_min is None else SIX + round(until_min * MIN),
        code=code,
        seen_ns=SIX + seen,
        plant_rev="r1",
        **fields,  # type: ignore[arg-type]  # fields of the record by name
    )


def gap(at_min: float, until_min: float, *, at: Address = MILL, **more: object) -> Gap:
    """Data of the station is missing."""
    t_ns = SIX + round(at_min * MIN)
    return Gap(
        address=at,
        t_ns=t_ns,
        seen_ns=t_ns,
        plant_rev="r1",
        how=How.MACHINE,
        source="connect",
        of_source=at.name,
        epoch=1,
        until_ns=SIX + round(until_min * MIN),
        reason=GapReason.DISCONNECTED,
        **more,  # type: ignore[arg-type]  # fields of the record by name
    )


def book_of(records: Iterable[Record]) -> Book:
    """A book with these records."""
    book = Book()
    book.take_all(records)
    return book


def course(
    *records: Record,
    heard_min: float | None = None,
    of: DayPlan | None = None,
    at: Address = MILL,
) -> Course:
    """The course of a station from these records."""
    heard_ns = None if heard_min is None else SIX + round(heard_min * MIN)
    return course_of((of or plan()).stations[at], book_of(records).station(at), heard_ns)


def entry(seen: int = 0, by: str = "p7") -> Entry:
    """A person says something, so many ns after what is said in the tests before."""
    return Entry(by=by, seen_ns=SIX + 24 * H + seen, plant_rev="r1")


def minutes(ns: int) -> float:
    """Minutes after six of a time; of a length, minutes."""
    return (ns - SIX) / MIN if ns > SIX - 2 * 24 * H else ns / MIN
