"""A milling machine in a few lines: the samples that the loop would get, with noise, by a seed."""

import random
from collections.abc import Iterator
from pathlib import Path

from linewright.correct.watch.cycles import Sample
from linewright.plant import Address, Plant, check

FOLDER = Path(__file__).parents[2] / "plants" / "bracket"
MILL = Address("nogales/machining/bracket/mill")
DAY_NS = 1_795_392_000 * 10**9  # 2026-11-23 00:00 UTC
START_NS = DAY_NS + 13 * 3600 * 10**9  # 06:00 at the plant, seven hours behind
NS = 10**9
LIFE_S = 8 * 3600.0
GRID_S = 5.0
SETTLING_S = 60.0


def bracket() -> Plant:
    """Return the plant of the bracket line."""
    plant = check(FOLDER).plant
    assert plant is not None
    return plant


class Mill:
    """Plays one machining centre cycle by cycle; what happens to it is set from outside."""

    def __init__(self, *, seed: int, noise: float = 0.01) -> None:
        self.rng = random.Random(seed)  # noqa: S311  # a simulation
        self.noise = noise
        self.t_ns = START_NS
        self.used = self.booked = 0.0
        self.faster = 1.0
        self.speed = 100.0
        self.coolant = 0.0
        self.begun = False
        self.heat: float | None = None

    def skip(self, seconds: float) -> None:
        """Work for a time that nobody sees."""
        self.t_ns += round(seconds * NS)
        self._wear(seconds)

    def run(self, seconds: float) -> Iterator[Sample]:
        """Samples of the cycles of a time."""
        until_ns = self.t_ns + round(seconds * NS)
        if not self.begun:
            self.begun = True
            yield self._sample("state", 1.0)
            yield self._sample("speed_actual", self.speed)
            yield self._sample("tool_life", 100.0 * self.booked)
        while self.t_ns < until_ns:
            yield from self._cycle()

    def set_speed(self, speed: float) -> Sample:
        """Change the speed now."""
        self.speed = speed
        return self._sample("speed_actual", speed)

    def _cycle(self) -> Iterator[Sample]:
        cycle_s = 60.0 * (1.0 + 0.25 * self.used) * 100.0 / self.speed
        cycle_s *= self.rng.gauss(1.0, self.noise)
        began_ns = self.t_ns
        for part in range(round(cycle_s / GRID_S)):
            self.t_ns = began_ns + round(part * GRID_S * NS)
            share = self.used * self.speed / 100.0
            wanted = 24.0 * share + 20.0 * self.coolant
            heat = wanted if self.heat is None else self.heat
            self.heat = heat + (wanted - heat) * GRID_S / SETTLING_S
            yield self._sample("spindle_temp", 38.0 + self.heat + self.rng.gauss(0.0, 0.3))
            yield self._sample("active_power", 9.0 + 1.8 * share + self.rng.gauss(0.0, 0.09))
            level = 80.0 - 40.0 * self.coolant
            yield self._sample("coolant_level", level + self.rng.gauss(0.0, 0.3))
        self.t_ns = began_ns + round(cycle_s * NS)
        self._wear(cycle_s)
        yield self._sample("tool_life", 100.0 * self.booked)
        yield self._sample("cycle_time", cycle_s)

    def _wear(self, seconds: float) -> None:
        worn = (self.speed / 100.0) ** 4 * seconds / LIFE_S
        self.booked += worn
        self.used += self.faster * worn

    def _sample(self, name: str, value: float) -> Sample:
        return Sample(tag=f"{MILL}#{name}", t_ns=self.t_ns, seen_ns=self.t_ns + 1, value=value)
