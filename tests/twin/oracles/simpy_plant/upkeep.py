"""What ages on a server: clocks of failure modes, wears, and the maintenance that renews them."""

from collections.abc import Sequence

import msgspec
import simpy

from linewright.plant.model import Duration, FailureMode, Maintenance, Wear
from linewright.plant.model.equipment import Tool
from tests.twin.oracles.simpy_plant.draws import NS
from tests.twin.oracles.simpy_plant.floor import Floor
from tests.twin.oracles.simpy_plant.people import Need
from tests.twin.oracles.simpy_plant.telling import MAINTENANCE

LIMIT_SHAPE, LIMIT_SCALE = 12.0, 1.05
"""Weibull of the share of life at which a wear strikes that causes a mode without `every`."""
NEARLY = 1e-12


class WearState:
    """The share of its life that a wear has used, and at which share it strikes."""

    def __init__(self, floor: Floor, element: str, wear: Wear, life_s: float) -> None:
        self.wear = wear
        self.life_ns = life_s * NS
        self.stream = floor.stream(element, "limit")
        self.renew()

    def renew(self) -> None:
        """Be as new."""
        self.used = 0.0
        self.limit = self.stream.weibullvariate(LIMIT_SCALE, LIMIT_SHAPE)


class ModeState:
    """A failure mode on one server: what is left until it strikes, while it works."""

    def __init__(
        self, floor: Floor, element: str, mode: FailureMode, wears: dict[str, WearState]
    ) -> None:
        self.mode = mode
        self.every = None if mode.every is None else floor.draw(mode.every, element, "every")
        self.repair = floor.draw(mode.repair, element, "repair")
        self.causes = [wears[one.mode] for one in mode.causes if one.mode in wears]
        self.effects: list[Effect] = []
        self.needs: tuple[Need, ...] = ()
        self.left = 0.0
        self.clock: simpy.Process
        self.mended: simpy.Event
        self.renew()

    @property
    def works(self) -> bool:
        """Whether it counts operating time."""
        return self.every is None or self.mode.clock == "operation"

    def renew(self) -> None:
        """Draw the time until it strikes anew."""
        if self.every is not None:
            self.left = float(max(1, self.every.ns()))

    def factor(self) -> float:
        """Return its failure rate now over that without wear."""
        return 1.0 + sum((one.wear.fails_factor - 1.0) * one.used for one in self.causes)

    def strikes_in(self) -> float:
        """Return the operating time in ns after which it strikes, as things are now."""
        if self.every is not None:
            return self.left / self.factor()
        return min(
            ((one.limit - one.used) * one.life_ns for one in self.causes), default=float("inf")
        )

    def repaired(self) -> None:
        """Be in order again: its clock starts anew, a wear that struck is renewed."""
        self.renew()
        if self.every is None:
            for wear in self.causes:
                if wear.used >= wear.limit - NEARLY:
                    wear.renew()


class Effect:
    """What a failure mode may bring on: another one, how likely, how long after."""

    def __init__(self, floor: Floor, element: str, mode: ModeState, number: int) -> None:
        self.mode = mode
        cause = mode.mode.causes[number]
        self.share = cause.probability_share
        self.chance = floor.stream(element, f"leads {cause.mode}")
        self.delay = floor.draw(cause.delay, element, f"delay {cause.mode}")


class Policy:
    """A maintenance of one server: when it is due, and what it renews."""

    def __init__(
        self,
        floor: Floor,
        element: str,
        maintenance: Maintenance,
        *,
        wears: Sequence[WearState],
        modes: Sequence[ModeState],
    ) -> None:
        self.floor = floor
        self.maintenance = maintenance
        self.takes = floor.draw(maintenance.takes, element, "maintenance")
        self.wears = wears
        self.modes = modes
        self.needs: tuple[Need, ...] = ()
        self.state = MAINTENANCE
        self.since_running = 0
        self.since = 0

    def used(self, running_ns: int) -> float:
        """Return the share used of what makes it due: at 1 it is due."""
        one, found = self.maintenance, 0.0
        if one.every_s is not None:
            operation = one.clock == "operation"
            passed = running_ns - self.since_running if operation else self.floor.now - self.since
            found = passed / (one.every_s * NS)
        if one.at_share is not None:
            found = max([found, *(wear.used / one.at_share for wear in self.wears)])
        return found + NEARLY

    def done(self, running_ns: int) -> None:
        """Make what it renews as new, and begin to count again."""
        self.since_running, self.since = running_ns, self.floor.now
        for wear in self.wears:
            wear.renew()
        for mode in self.modes:
            mode.renew()


def life_s(wear: Wear, tool: Tool | None, piece_s: float) -> float:
    """Return the life of a wear in operating seconds, its own or its tool's."""
    seconds, parts = wear.life_s, wear.life_parts
    if tool is not None and seconds is None and parts is None:
        seconds, parts = tool.life_s, tool.life_parts
    if seconds is not None:
        return seconds
    assert parts is not None, "a checked plant says how long a wear lasts"
    return parts * piece_s


def change_at_the_end(wear: Wear, tool: Tool | None) -> Maintenance:
    """Return what happens to a wear that nothing else renews: it is changed when it is used up."""
    takes = wear.change or (None if tool is None else tool.change) or Duration(mean_s=1e-9)
    return msgspec.structs.replace(Maintenance(takes=takes), at_share=1.0)
