"""The line that everyone runs: ten stations, buffers of ten, exponential, with failures.

Cycle times of mean 1 s, one failure in 100 s of work, repairs of mean 10 s, blocking after service,
always material in front and always room behind.
"""

import math

from linewright.plant import PlantBuilder
from linewright.twin import Model, compile_line

STATIONS = 10
PLACES = 10
LIFE_S = 100.0
REPAIR_S = 10.0
THROUGHPUT = 0.64077
"""Parts a second, from 30 runs of 1,000,000 parts."""
HALF_WIDTH = 0.00043
"""Of the 95 % interval of that number."""
DEVIATION = 0.00115
"""Of the throughput of one run of 1,000,000 parts."""
SIGMAS = 3.29
"""Half-width of an interval of 99.9 %, in deviations."""

WHERE = "reno/shop/line"


def ten_stations(stations: int = STATIONS) -> Model:
    """Return the line, compiled; or a longer one of the same kind."""
    plant = PlantBuilder("acme")
    shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    flow: list[str | int] = []
    for k in range(stations):
        flow += [f"m{k}", PLACES]
    line = shop.line("line", flow=flow[:-1])
    fails = {"every": f"{LIFE_S:g} s", "repair": f"{REPAIR_S:g} s"}
    for k in range(stations):
        line.station(f"m{k}", does={f"do{k}": "1 s exponential"}, fails=fails)
    return compile_line(plant.done(), WHERE)


def is_right(throughput: float, parts: float) -> bool:
    """Whether the throughput of so many parts agrees with the reference.

    Both have an error: the reference its interval, and this one what so many parts leave open.
    """
    allowed = HALF_WIDTH + SIGMAS * DEVIATION * math.sqrt(1e6 / parts)
    return abs(throughput - THROUGHPUT) <= allowed
