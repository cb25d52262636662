"""Plants for the anchors, written as a user would write them."""

from typing import Any

from linewright.plant import Plant, PlantBuilder
from tests.twin.oracles.markov import Line, Station

Made = tuple[Plant, str]
"""A plant, and the address of the part of it that is played."""

SHOP = "reno/shop"
LINE = f"{SHOP}/line"
CREW = "fitters"
AGAIN_MAX = 100
"""Times that a part may be done again: with the shares of the tests, without end."""


def shop(**site: Any) -> tuple[PlantBuilder, Any]:  # noqa: ANN401  # the file's keys
    """Return a plant and its one area."""
    plant = PlantBuilder("acme")
    return plant, plant.site("reno", timezone="UTC", currency="USD", **site).area("shop")


def exponential(mean_s: float) -> str:
    """Return an exponential duration as the file spells it."""
    return f"{mean_s:.15g} s exponential"


def percent(share: float) -> str:
    """Return a share as the file spells it."""
    return f"{100.0 * share:.12g} %"


def plant_of(line: Line) -> Made:
    """Return the plant that a line of the Markov oracle describes, in seconds."""
    crews = {} if line.people is None else {"crews": {CREW: {"people": line.people}}}
    plant, area = shop(**crews)
    keys: dict[str, Any] = {} if line.wip is None else {"release": "conwip", "wip": line.wip}
    flow: list[str | int] = ["m0"]
    for k, places in enumerate(line.places):
        flow += [places, f"m{k + 1}"]
    made = area.line("line", flow=flow, **keys)
    for k, one in enumerate(line.stations):
        made.station(f"m{k}", **_station(k, one, crew=line.people is not None))
    product: dict[str, Any] = {}
    if line.arrives is not None:
        product["arrives"] = exponential(1.0 / line.arrives)
    plant.product("piece", route=[_step(k, one) for k, one in enumerate(line.stations)], **product)
    return plant.done(), LINE


def _station(k: int, one: Station, *, crew: bool) -> dict[str, Any]:
    cycle: dict[str, Any] = {"time": exponential(1.0 / one.rate)}
    if one.scrap:
        cycle["scrap"] = percent(one.scrap)
    keys: dict[str, Any] = {"does": {f"do{k}": cycle}}
    if one.servers > 1:
        keys["places"] = one.servers
    if one.before:
        keys["blocking"] = "before_service"
    if one.priority > 1:
        keys["priority"] = one.priority
    if one.fails:
        keys["fails"] = {
            "every": exponential(1.0 / one.fails),
            "repair": exponential(1.0 / one.repairs),
            "clock": "calendar" if one.calendar else "operation",
        }
        if crew:
            keys["fails"]["crew"] = CREW
    return keys


def _step(k: int, one: Station) -> str | dict[str, Any]:
    if not one.again:
        return f"do{k}"
    again = {"rework": percent(one.again), "rework_to": f"do{k}", "rework_limit": AGAIN_MAX}
    return {"operation": f"do{k}", **again}


def queue_of(work: str, *, every: str, **station: Any) -> Made:  # noqa: ANN401  # the file's keys
    """Return one station to which parts come by themselves."""
    plant, area = shop()
    area.line("line", flow=["m0"]).station("m0", does={"do": work}, **station)
    plant.product("piece", route=["do"], arrives=every)
    return plant.done(), LINE


def network(rates: tuple[float, float], arrives: float, again: float) -> Made:
    """Return two stations with unbounded queues, where the second sends a share back."""
    plant, area = shop()
    line = area.line("line", flow=["m0", "rack", "m1"])
    for k, rate in enumerate(rates):
        line.station(f"m{k}", does={f"do{k}": exponential(1.0 / rate)})
    back = {"rework": percent(again), "rework_to": "do0", "rework_limit": AGAIN_MAX}
    route = ["do0", {"operation": "do1", **back}]
    plant.product("piece", route=route, arrives=exponential(1.0 / arrives))
    return plant.done(), LINE


def classes(*each: tuple[float, float, int]) -> Made:
    """Return one station and products with arrival rate, mean work and priority."""
    plant, area = shop()
    does = {f"do{k}": exponential(mean) for k, (_, mean, _) in enumerate(each)}
    area.line("line", flow=["m0"]).station("m0", does=does)
    for k, (rate, _, priority) in enumerate(each):
        every = exponential(1.0 / rate)
        plant.product(f"p{k}", route=[f"do{k}"], arrives=every, priority=priority)
    return plant.done(), LINE


def slotted(shares: tuple[float, ...], places: int) -> Made:
    """Return a Bernoulli line with slots of a second; places without those on stations."""
    plant, area = shop()
    flow: list[str | int] = ["m0"]
    for k in range(1, len(shares)):
        flow += [places, f"m{k}"]
    line = area.line("line", flow=flow)
    for k, share in enumerate(shares):
        line.station(f"m{k}", does={f"do{k}": {"time": "1 s", "succeeds": percent(share)}})
    plant.product("piece", route=[f"do{k}" for k in range(len(shares))])
    return plant.done(), LINE


def maintained(life: str, every_s: float, repair_s: float, takes_s: float) -> Made:
    """Return one station with short cycles that is maintained after each so much work."""
    plant, area = shop()
    area.line("line", flow=["m0"]).station(
        "m0",
        does={"do": "0.1 s"},
        fails={
            "breaks": {
                "every": life,
                "repair": {"mean": f"{repair_s} s", "family": "constant"},
            }
        },
        maintenance={
            "service": {
                "every": f"{every_s} s",
                "clock": "operation",
                "takes": f"{takes_s} s",
                "renews": ["breaks"],
            }
        },
    )
    plant.product("piece", route=["do"])
    return plant.done(), LINE


def joint(feeders: tuple[float, float], joins: float, places: int) -> Made:
    """Return a station that joins the parts of two feeders, each behind its buffer."""
    plant, area = shop()
    line = area.line("line", flow=["m0", places, "join"], buffers={"m1-join": {"places": places}})
    for k, rate in enumerate(feeders):
        line.station(f"m{k}", does={f"do{k}": exponential(1.0 / rate)})
    line.station("join", does={"join": exponential(1.0 / joins)})
    plant.product("arm", route=["do1"])
    join = {"operation": "join", "takes": {"arm": 1}}
    plant.product("whole", route=["do0", join], bom={"arm": 1})
    return plant.done(), LINE


def in_turn(cycle_s: float, lot: int, there_s: float, back_s: float) -> Made:
    """Return one station that makes two products by turns, lot after lot."""
    plant, area = shop()
    area.line("line", flow=["m0"]).station("m0", does={"do": f"{cycle_s} s"}, setup="dies")
    times = {"p0": {"p1": f"{there_s} s"}, "p1": {"p0": f"{back_s} s"}}
    plant.add("setup", "dies", by="product", times=times)
    for k in range(2):
        plant.product(f"p{k}", route=["do"], lot_size=lot)
    return plant.done(), LINE


def conveyor(before_s: float, after_s: float, travel_s: float, places: int) -> Made:
    """Return two constant stations with a conveyor between."""
    plant, area = shop()
    belt = {"places": places, "travel": f"{travel_s} s"}
    line = area.line("line", flow=["m0", "m1"], buffers={"m0-m1": belt})
    line.station("m0", does={"do0": f"{before_s} s"})
    line.station("m1", does={"do1": f"{after_s} s"})
    plant.product("piece", route=["do0", "do1"])
    return plant.done(), LINE


def inspected(defects: float, detects: float, false_alarms: float) -> Made:
    """Return a station that makes some parts bad, and one that finds most of them."""
    plant, area = shop()
    line = area.line("line", flow=["m0", 5, "m1"])
    for k in range(2):
        line.station(f"m{k}", does={f"do{k}": "1 s"})
    finds = {"detects": percent(detects), "false_alarms": percent(false_alarms)}
    made = {"operation": "do0", "defects": percent(defects)}
    plant.product("piece", route=[made, {"operation": "do1", **finds}])
    return plant.done(), LINE


def repeated(share: float, limit: int) -> Made:
    """Return one station that does a share of its parts again, at most so many times."""
    plant, area = shop()
    area.line("line", flow=["m0"]).station("m0", does={"do": "1 s"})
    again = {"rework": percent(share), "rework_to": "do", "rework_limit": limit}
    plant.product("piece", route=[{"operation": "do", **again}])
    return plant.done(), LINE


def one_person(first: str, second: str) -> Made:
    """Return two lines of one station each that share one person; the area is played."""
    plant, area = shop(crews={"turners": {"people": 1, "skills": ["turning"]}})
    plant.add("skill", "turning")
    for k, work in enumerate((first, second)):
        line = area.line(f"line{k}", flow=[f"m{k}"])
        line.station(f"m{k}", does={f"do{k}": work}, operators={"turning": 1})
        plant.product(f"p{k}", route=[f"do{k}"])
    return plant.done(), SHOP
