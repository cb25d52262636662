"""Lines for tests, made as a user would make them."""

from linewright.plant import PlantBuilder, load
from linewright.twin import Model, compile_line

NS = 10**9
BRACKET = "nogales/machining/bracket"
MILL = f"{BRACKET}/mill"
SIX_NS = 1_795_438_800 * NS
"""2026-11-23 06:00 in Nogales, a Monday."""


def minutes(number: float) -> int:
    """Return nanoseconds."""
    return round(number * 60 * NS)


def line_of(
    *times: str, places: int = 5, fails: tuple[str, str] | None = None, **keys: object
) -> Model:
    """Return a line of stations with these times, with equal buffers and equal failures."""
    plant = PlantBuilder("acme")
    shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    flow: list[str | int] = []
    for k in range(len(times)):
        flow += [f"m{k}", places]
    line = shop.line("line", flow=flow[:-1])
    if fails:
        keys["fails"] = {"every": fails[0], "repair": fails[1]}
    for k, time in enumerate(times):
        line.station(f"m{k}", does={f"do{k}": time}, **keys)
    return compile_line(plant.done(), "reno/shop/line")


def bracket() -> Model:
    """Return the bracket line of the example plant."""
    return compile_line(load("plants/bracket"), BRACKET)
