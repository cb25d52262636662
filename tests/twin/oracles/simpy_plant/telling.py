"""What is counted and measured, and what a run tells at its end."""

from collections import Counter, defaultdict
from collections.abc import Mapping

import msgspec

from linewright.plant.model.behaviour import Power

STARVED = "starved"
BLOCKED = "blocked"
RUNNING = "running"
SET_UP = "set_up"
WAITING = "waiting"
DOWN = "down"
MAINTENANCE = "maintenance"
IDLE = "idle"
STATES = (RUNNING, STARVED, BLOCKED, DOWN, SET_UP, WAITING, IDLE, MAINTENANCE)
"""States of a server; `waiting` is for people or fixtures, `idle` outside working time."""
FOR_CREW = "for_crew"
"""Of the time down, that of waiting for who repairs it."""


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a run between the end of its warm-up and its end.

    By product: `good`, `scrap`, `lead_s`. By queue: `levels`, the mean number of parts. By
    station: `shares`, the share of time of its servers in each state. By crew: `busy`, the share
    of the time of its people who are there.
    """

    hours: float
    good: Mapping[str, int]
    scrap: Mapping[str, int]
    reworked: int
    escaped: int
    levels: Mapping[str, float]
    shares: Mapping[str, Mapping[str, float]]
    lead_s: Mapping[str, float]
    busy: Mapping[str, float]
    energy_kwh: float

    @property
    def per_hour(self) -> dict[str, float]:
        """Good parts an hour, by product."""
        return {product: made / self.hours for product, made in self.good.items()}


class Level:
    """A number that changes, and its sum over time."""

    def __init__(self, value: float = 0.0) -> None:
        self.value = value
        self.since = 0
        self.area = 0.0

    def settle(self, now: int) -> None:
        """Count until now."""
        self.area += self.value * (now - self.since)
        self.since = now

    def set(self, now: int, value: float) -> None:
        """Take a new value from now on."""
        self.settle(now)
        self.value = value

    def forget(self, now: int) -> None:
        """Begin to count anew: the warm-up is over."""
        self.settle(now)
        self.area = 0.0


class Times:
    """The time that a server spent in each state."""

    def __init__(self) -> None:
        self.state = STARVED
        self.since = 0
        self.ns: defaultdict[str, int] = defaultdict(int)

    def tell(self, now: int, state: str) -> None:
        """Be in a state from now on."""
        self.ns[self.state] += now - self.since
        self.state, self.since = state, now

    def forget(self, now: int) -> None:
        """Begin to count anew."""
        self.tell(now, self.state)
        self.ns.clear()


class Counts:
    """What is counted by the piece."""

    def __init__(self) -> None:
        self.good: Counter[str] = Counter()
        self.scrap: Counter[str] = Counter()
        self.lead_ns: Counter[str] = Counter()
        self.reworked = 0
        self.escaped = 0

    def left(self, product: str, lead_ns: int, *, bad: bool) -> None:
        """Count a piece that leaves as good, whatever nobody noticed about it."""
        self.good[product] += 1
        self.lead_ns[product] += lead_ns
        self.escaped += bad


def energy_kwh(power: Power | None, times_ns: Mapping[str, int]) -> float:
    """Return the energy of a server in kWh: of a state without its own power, none.

    Maintenance counts as down; outside working time it is off.
    """
    if power is None:
        return 0.0
    idle = power.idle_kw or 0.0
    kw = dict.fromkeys(STATES, idle)
    kw |= {RUNNING: power.running_kw or 0.0, SET_UP: power.set_up_kw or 0.0}
    kw[IDLE] = power.off_kw or 0.0
    kw |= {DOWN: power.down_kw or 0.0, MAINTENANCE: power.down_kw or 0.0}
    return sum(kw[state] * spent for state, spent in times_ns.items()) / (3600.0 * 1e9)
