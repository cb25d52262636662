"""Plants with known answers, and how often intervals hold them."""

from linewright.plant import Plant, PlantBuilder
from linewright.twin.experiment import (
    Precision,
    RunResult,
    Runs,
    Scenario,
    Setting,
    Workers,
    experiment,
    model_of,
    run,
)

AT = "reno/shop/pair"
HERE = Workers(over="here")
ONE_HOUR = 3600.0
ROOM = Scenario(name="room", settings=(Setting("one-two.places", "20"),))


def pair(*, buffer: int = 5, second: str = "1 s", **keys: str) -> Plant:
    """Two exponential machines with a buffer between them, one part a second on the mean."""
    plant = PlantBuilder("acme")
    shop = plant.site("reno", timezone="UTC", currency="USD", **keys).area("shop")
    line = shop.line("pair", flow=["one", buffer, "two"])
    line.station("one", does={"turn": "1 s exponential"})
    line.station("two", does={"test": f"{second} exponential"})
    return plant.done()


def exact(buffer: int = 5, ratio: float = 1.0) -> float:
    """Throughput of `pair` an hour: anchor 4, mu1 (1 - rho^(C+2)) / (1 - rho^(C+3))."""
    if ratio == 1.0:
        return ONE_HOUR * (buffer + 2) / (buffer + 3)
    return ONE_HOUR * (1 - ratio ** (buffer + 2)) / (1 - ratio ** (buffer + 3))


def runs(seconds: float = 2000.0, warm_s: float = 200.0, **keys: object) -> Runs:
    """Runs of so many seconds."""
    return Runs(hours=seconds / ONE_HOUR, warm_up=warm_s / ONE_HOUR, **keys)  # type: ignore[arg-type]  # keys of Runs


def coverage(
    intervals: int = 1000, *, replications: int = 10, precision: Precision | None = None
) -> int:
    """Of so many 95 % intervals of the throughput of `pair`, how many hold the exact one.

    Each has streams of its own; the same on every machine.
    """
    model, true = model_of(pair(), AT), exact()
    held = 0
    for seed in range(1, intervals + 1):
        how = runs(seed=seed, replications=replications, precision=precision)
        held += holds(run(model, "", how, workers=HERE), true)
    return held


def same_bits(workers: int) -> bool:
    """Whether so many processes give what this one gives, warm-up and precision included."""
    asked = Precision(relative=0.05, first=9, most=30)
    how = Runs(hours=400 / ONE_HOUR, warm_up="mser5", precision=asked)
    alone = experiment(pair(), AT, [ROOM], how, workers=HERE)
    return experiment(pair(), AT, [ROOM], how, workers=Workers(count=workers)) == alone


def holds(found: RunResult, true: float) -> bool:
    """Whether the interval of the throughput holds a value."""
    one = found.measured.at("throughput")
    assert one is not None
    return one.low <= true <= one.high
