"""nagasim: processes with buffers between; its failures count clock time, so repairs are folded in.

The number of repairs of a part is geometric, and each stretch of work between two of them
exponential with both rates together; an expression draws up to five of them.
"""

import importlib
from typing import Any

from benchmarks.twin.foreign.same import (
    ARRIVALS,
    FEED,
    LIFE,
    PLACES,
    REPAIR,
    SERVICES,
    STATIONS,
    THROUGHPUT,
    WARM_SHARE,
    Answer,
    answer,
)

nb: Any = importlib.import_module("nagasim.build")
STRETCH = 1.0 / (1.0 + 1.0 / LIFE)
"""Mean work until the part is done or the machine fails."""
FAILS = STRETCH / LIFE
"""Chance that it is the failure."""
REPAIRS_MAX = 5
"""More than that has one part in 10,000,000,000."""


def service() -> str:
    """Return the expression of one part's time, repairs included."""
    text = f"EXPO({STRETCH!r})"
    for _ in range(REPAIRS_MAX):
        text = f"EXPO({STRETCH!r}) + IF(RAND() < {FAILS!r}, EXPO({REPAIR!r}) + {text}, 0)"
    return text


def queue(count: int, seed: int) -> Answer:
    """Run the queue."""
    model = nb.Model(time_limit=count / ARRIVALS, replications=1, record_logs=False)
    model.add_resource(name="server")
    arrive = model.create(distribution=nb.Exponential(rate=ARRIVALS))
    serve = model.process(resource_name="server", distribution=nb.Exponential(rate=SERVICES))
    arrive >> serve >> model.dispose()
    found = told(model, seed)
    return int(found["resource/server/Total Seizes"]), found["resource/server/Time in Queue Avg"]


def line(count: int, seed: int) -> Answer:
    """Run the line."""
    end = count / THROUGHPUT
    warm = WARM_SHARE * end
    model = nb.Model(time_limit=end, warmup=warm, replications=1, record_logs=False)
    before = model.create(distribution=nb.Exponential(rate=FEED))
    for number in range(STATIONS):
        model.add_resource(name=f"m{number}")
        if number:
            buffer = model.buffer(capacity=PLACES)
            before >> buffer
            before = buffer
        times = nb.CustomExpression(expression=service())
        station = model.process(resource_name=f"m{number}", distribution=times)
        before >> station
        before = station
    before >> model.dispose()
    made = told(model, seed)["system/Total Entities Completed"]
    return int(made / (1.0 - WARM_SHARE)), made / (end - warm)


def told(model: Any, seed: int) -> dict[str, float]:  # noqa: ANN401  # of the peer
    """Return the figures of one run, by name."""
    figures = model.run(seed=seed).kpis()
    return dict(zip(figures["metric"], figures["mean"], strict=True))


if __name__ == "__main__":
    answer(queue, line)
