"""An independent simulation of plants in simpy, against which the twin is compared.

It is written from the conventions of the twin, and shares nothing with it: only the types of the
plant and its calendars. Clear rather than fast: some 10,000 cycles in a second.

>>> from linewright.plant import PlantBuilder
>>> plant = PlantBuilder("acme")
>>> site = plant.site("reno", timezone="UTC", currency="USD")
>>> line = site.area("shop").line("pump", flow=["turn", 4, "test"])
>>> _ = line.station("turn", does={"turn": "48 s"})
>>> _ = line.station("test", does={"test": "30 s"})
>>> sum(simulate(plant.done(), "reno/shop/pump", horizon_s=3600, seed=1).good.values())
74
"""

from collections.abc import Sequence

from linewright.plant import Plant
from linewright.plant.records import Order
from tests.twin.oracles.simpy_plant.draws import NS, ns
from tests.twin.oracles.simpy_plant.shop import Shop
from tests.twin.oracles.simpy_plant.telling import FOR_CREW, STATES, Counts, Result, energy_kwh

__all__ = ["STATES", "Result", "simulate"]


def simulate(  # noqa: PLR0913  # all but two are named, and most have a usual value
    plant: Plant,
    at: str,
    *,
    horizon_s: float,
    seed: int,
    warm_up_s: float = 0.0,
    at_ns: int = 0,
    product: str | None = None,
    orders: Sequence[Order] = (),
) -> Result:
    """Return what comes of a place from `at_ns + warm_up_s` to `at_ns + horizon_s`.

    Parameters
    ----------
    plant, at
        A checked plant; a line, a work centre, an area or a site of it.
    horizon_s, warm_up_s
        When it ends and from when on it counts, since it began empty.
    seed
        Equal seeds give equal runs.
    at_ns
        When it begins.
    product
        The only product that is made; left out: all that can be made there.
    orders
        What is made, and nothing else; left out: as the plant releases.
    """
    shop = Shop(plant, at, seed=seed, at_ns=at_ns, until_s=horizon_s)
    shop.run(orders, product)
    floor = shop.floor
    if warm_up_s > 0:
        floor.env.run(until=ns(warm_up_s))
        _forget(shop)
    floor.env.run(until=ns(horizon_s))
    return _told(shop, horizon_s - warm_up_s)


def _forget(shop: Shop) -> None:
    now = shop.floor.now
    shop.floor.counts = Counts()
    for queue in shop.queues:
        queue.level.forget(now)
    for server in shop.servers:
        server.times.forget(now)
        server.for_crew.forget(now)
    for pool in shop.routes.crews.values():
        pool.busy.forget(now)
        pool.capacity.forget(now)


def _told(shop: Shop, seconds: float) -> Result:
    now, counts, whole = shop.floor.now, shop.floor.counts, ns(seconds)
    levels: dict[str, float] = {}
    for queue in shop.queues:
        queue.level.settle(now)
        levels[queue.name] = levels.get(queue.name, 0.0) + queue.level.area / whole
    shares: dict[str, dict[str, float]] = {}
    for spot in shop.routes.spots:
        for server in spot.servers:
            server.times.tell(now, server.times.state)
            server.for_crew.settle(now)
        total = whole * len(spot.servers)
        shares[spot.address] = {
            state: sum(server.times.ns[state] for server in spot.servers) / total
            for state in STATES
        }
        without = sum(server.for_crew.area for server in spot.servers)
        shares[spot.address][FOR_CREW] = without / total
    busy = {}
    for name, pool in shop.routes.crews.items():
        pool.busy.settle(now)
        pool.capacity.settle(now)
        busy[name] = pool.busy.area / max(pool.capacity.area, 1.0)
    return Result(
        hours=seconds / 3600.0,
        good={name: counts.good[name] for name in shop.leaving()},
        scrap=dict(counts.scrap),
        reworked=counts.reworked,
        escaped=counts.escaped,
        levels=levels,
        shares=shares,
        lead_s={name: sum_ / counts.good[name] / NS for name, sum_ in counts.lead_ns.items()},
        busy=busy,
        energy_kwh=sum(
            energy_kwh(server.station.power, server.times.ns) for server in shop.servers
        ),
    )
