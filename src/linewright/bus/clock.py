"""The plant clock: what time it is in the plant, real or emulated."""

import asyncio
import logging
from collections.abc import Callable

import msgspec

from linewright.bus.errors import BusUnavailable

__all__ = ["PlantClock", "Tick"]

HOLD_S = 2.0
"""For how long the time goes on without a tick; then it stands, as the emulated plant does."""

STEP_BACK_S = 1.0
"""A tick that is this much behind or less is late, and time stands; more is a new start."""

STEADY_S = 1.0
"""How long ticks must have come in their order, at their pace, before others are judged by them."""

UNEVEN_S = 0.5
"""How far the time between two ticks may be from what they say: beyond, something stood still."""

_S_NS = 1_000_000_000

log = logging.getLogger(__name__)


class Tick(msgspec.Struct, frozen=True):
    """What `emulate` says every 100 ms: plant time, and how fast it runs against the wall clock."""

    t_ns: int
    speed: float


class PlantClock:
    """Plant time: the wall clock, or that of an emulated plant, carried on between its ticks.

    Parameters
    ----------
    wall_ns
        Wall clock.
    steady_s
        A clock in seconds that nobody sets.

    Examples
    --------
    >>> seconds = 0.0
    >>> clock = PlantClock(wall_ns=lambda: 7, steady_s=lambda: seconds)
    >>> clock.now_ns()
    7
    >>> clock.use(emulated=True)
    >>> clock.hear(b'{"t_ns": 100, "speed": 20.0}')
    >>> seconds = 0.5
    >>> clock.now_ns(), clock.speed
    (10000000100, 20.0)
    """

    def __init__(self, *, wall_ns: Callable[[], int], steady_s: Callable[[], float]) -> None:
        self._wall_ns = wall_ns
        self._steady_s = steady_s
        self._tick: Tick | None = None
        self._heard_s = 0.0
        self._uneven_s = 0.0
        self._shown_ns = 0
        self._heard = asyncio.Event()
        self.is_emulated = False
        """Whether plant time comes from `emulate`."""

    @property
    def speed(self) -> float:
        """Plant seconds in a second of the wall clock; 1 on a real site, 0 before the first tick.

        Examples
        --------
        >>> PlantClock(wall_ns=lambda: 0, steady_s=lambda: 0.0).speed
        1.0
        """
        if not self.is_emulated:
            return 1.0
        return 0.0 if self._tick is None else self._tick.speed

    @property
    def is_steady(self) -> bool:
        """Whether the time is good enough to judge another clock by it.

        It is not while ticks stay away or come in a burst, and for a second after: plant time is
        then behind, and a source that is right would look as if it were ahead.

        Examples
        --------
        >>> PlantClock(wall_ns=lambda: 0, steady_s=lambda: 0.0).is_steady
        True
        """
        if not self.is_emulated:
            return True
        now_s = self._steady_s()
        is_heard = self._tick is not None and now_s - self._heard_s <= UNEVEN_S
        return is_heard and now_s - self._uneven_s >= STEADY_S

    def now_ns(self) -> int:
        """Plant time in nanoseconds since 1970, UTC.

        It does not step back, unless the emulated plant starts anew.

        Raises
        ------
        BusUnavailable
            The plant is emulated, and `emulate` was never heard.

        Examples
        --------
        >>> PlantClock(wall_ns=lambda: 5, steady_s=lambda: 0.0).now_ns()
        5
        """
        if not self.is_emulated:
            return self._wall_ns()
        if self._tick is None:
            raise BusUnavailable("lw.clock", "the emulated plant was not heard yet", "run emulate")
        since_s = min(max(self._steady_s() - self._heard_s, 0.0), HOLD_S)
        now_ns = self._tick.t_ns + int(since_s * self._tick.speed * _S_NS)
        late_ns = int(STEP_BACK_S * self._tick.speed * _S_NS)
        if not self._shown_ns - late_ns <= now_ns < self._shown_ns:
            self._shown_ns = now_ns
        return self._shown_ns

    async def known(self, *, wait_s: float) -> bool:
        """Whether the time is known; waits up to `wait_s` for the first tick."""
        if self.is_emulated and self._tick is None:
            try:
                async with asyncio.timeout(wait_s):
                    await self._heard.wait()
            except TimeoutError:
                return False
        return True

    def use(self, *, emulated: bool) -> None:
        """Take the time from ticks, or from the wall clock."""
        self.is_emulated = emulated

    def hear(self, data: bytes) -> None:
        """Take a tick; what is none is passed over and logged."""
        try:
            tick = msgspec.json.decode(data, type=Tick)
        except msgspec.MsgspecError as error:
            log.warning("a tick of the plant clock is damaged: %s", error)
            return
        before, before_s = self._tick, self._heard_s
        self._tick, self._heard_s = tick, self._steady_s()
        if before is None or self._is_uneven(before, before_s):
            self._uneven_s = self._heard_s
        self._heard.set()

    def _is_uneven(self, before: Tick, before_s: float) -> bool:
        """Whether the newest tick came at another time than the one before it lets expect."""
        assert self._tick is not None, "it was just heard"
        told_s = (self._tick.t_ns - before.t_ns) / _S_NS / max(before.speed, 1e-9)
        passed_s = self._heard_s - before_s
        return passed_s > UNEVEN_S or abs(told_s - passed_s) > UNEVEN_S
