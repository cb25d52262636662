"""Ciw: blocking after service as ours; no failures, so repairs are part of the service."""

import importlib
import random
from typing import Any

from benchmarks.twin.foreign.same import (
    ARRIVALS,
    FEED,
    PLACES,
    SERVICES,
    STATIONS,
    THROUGHPUT,
    WARM_SHARE,
    Answer,
    answer,
    work_and_repairs,
)

ciw: Any = importlib.import_module("ciw")


def queue(count: int, seed: int) -> Answer:
    """Run the queue."""
    ciw.seed(seed)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate=ARRIVALS)],
        service_distributions=[ciw.dists.Exponential(rate=SERVICES)],
        number_of_servers=[1],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(count)
    waits = [one.waiting_time for one in simulation.get_all_records()]
    return len(waits), sum(waits) / len(waits)


def line(count: int, seed: int) -> Answer:
    """Run the line."""
    chance = random.Random(seed)  # noqa: S311  # a simulation, no secret
    ciw.seed(seed)

    def sample(_self: object, t: float | None = None, ind: object = None) -> float:  # noqa: ARG001  # the peer says both
        return work_and_repairs(chance)

    service = type("WorkAndRepairs", (ciw.dists.Distribution,), {"sample": sample})
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate=FEED)] + [None] * (STATIONS - 1),
        service_distributions=[service() for _ in range(STATIONS)],
        number_of_servers=[1] * STATIONS,
        queue_capacities=[float("inf")] + [PLACES] * (STATIONS - 1),
        routing=[[float(k == i + 1) for k in range(STATIONS)] for i in range(STATIONS)],
    )
    simulation = ciw.Simulation(network)
    end = count / THROUGHPUT
    simulation.simulate_until_max_time(end)
    out = [one.exit_date for one in simulation.get_all_records() if one.node == STATIONS]
    counted = sum(1 for one in out if one > WARM_SHARE * end)
    return len(out), counted / (end * (1.0 - WARM_SHARE))


if __name__ == "__main__":
    answer(queue, line)
