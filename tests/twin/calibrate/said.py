"""Records of one station, written short."""

from collections.abc import Sequence

from linewright.plant import Address, Plant, PlantBuilder
from linewright.plant.records import (
    How,
    Maintenance,
    MaintenanceKind,
    Parts,
    State,
    StationState,
    WorkStatus,
)

NS = 10**9
LINE = "reno/shop/line"
WORDS = {
    "R": StationState.RUNNING,
    "S": StationState.STARVED,
    "B": StationState.BLOCKED,
    "D": StationState.DOWN,
    "I": StationState.IDLE,
    "U": StationState.SET_UP,
}


def head(t_s: float, station: str = "a") -> dict[str, object]:
    """Return the header of a record."""
    return {
        "address": Address(f"{LINE}/{station}"),
        "t_ns": round(t_s * NS),
        "seen_ns": round(t_s * NS),
        "plant_rev": "r1",
        "how": How.MACHINE,
        "source": "live",
    }


def states(text: str, station: str = "a", reason: str | None = None) -> list[State]:
    """Return states of `R0 D10 R15`: running from 0 s, down from 10 s, running from 15 s."""
    return [
        State(
            **head(float(word[1:]), station),  # type: ignore[arg-type]  # fields
            state=WORDS[word[0]],
            reason=reason if word[0] == "D" else None,
        )
        for word in text.split()
    ]


def parts(times: Sequence[float], station: str = "a", **more: object) -> list[Parts]:
    """Return one good part at each time, with the reading of its counter."""
    return [
        Parts(**head(t, station), good=1, reading=k + 1, counter="good", **more)  # type: ignore[arg-type]  # fields
        for k, t in enumerate(times)
    ]


def work(t_s: float, status: str, mode: str | None = None) -> Maintenance:
    """Return a repair order that is started or done."""
    return Maintenance(
        **head(t_s),  # type: ignore[arg-type]  # fields
        work_order="M-1",
        status=WorkStatus(status),
        kind=MaintenanceKind.CORRECTIVE,
        failure_mode=mode,
    )


def plant_of(*flow: str | int, **keys: object) -> Plant:
    """Return a line with stations that all do the same: `time`, 10 s when left out."""
    time = keys.pop("time", "10 s")
    plant = PlantBuilder("acme")
    site = plant.site("reno", timezone="UTC", currency="USD", crews={"fitters": 1})
    shop = site.area("shop")
    line = shop.line("line", flow=list(flow))
    for name in flow:
        if isinstance(name, str):
            line.station(name, does={"make": time}, **keys)
    return plant.done()
