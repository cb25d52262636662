"""How many parts stood in a buffer, from what the stations on both sides counted and said.

What went in less what came out is known but for a constant. A starved station behind means an
empty buffer, a blocked one before it a full one: each sets the constant anew, so that a part
whose count is missing does harm only until then.
"""

from collections.abc import Iterator
from typing import Protocol

from linewright.plant.records import StationState
from linewright.twin.calibrate.seeing.timeline import Timeline

__all__ = ["Window", "level_at", "mean_level"]

UNHEARD, OTHER, LOADED, BLOCKED, STARVED = range(5)
MEANINGS = {
    StationState.UNKNOWN: UNHEARD,
    StationState.RUNNING: LOADED,
    StationState.DOWN: LOADED,
    StationState.BLOCKED: BLOCKED,
    StationState.STARVED: STARVED,
}
"""What a state says of the parts on a station; loaded: it holds the one that it has taken."""

Event = tuple[int, int, str, int]
"""Time, order at one time, what, and how many."""


class Window(Protocol):
    """From when to when."""

    @property
    def since_ns(self) -> int:
        """Begin, ns."""

    @property
    def until_ns(self) -> int:
        """End, ns."""


def mean_level(up: Timeline, down: Timeline, places: int | None, window: Window) -> float | None:
    """Return the mean level of a buffer; None where it was never known to be empty or full.

    Parameters
    ----------
    up, down
        The stations before and behind it.
    places
        Places of the buffer; None: without limit.
    window
        From when to when.

    Notes
    -----
    Time before the first moment at which the level is known, and unknown time of either
    station, is left out. Cost: n log n in the records.
    """
    level = _Level(places)
    total = time = 0
    last_ns = window.since_ns
    end: Event = (window.until_ns, 2, "end", 0)
    for t_ns, _, what, count in sorted([*_events(up, down), end]):
        low, high = max(last_ns, window.since_ns), min(t_ns, window.until_ns)
        now = level.now()
        if now is not None and high > low:
            total += now * (high - low)
            time += high - low
        last_ns = t_ns
        level.hear(what, count)
    return total / time if time else None


def level_at(up: Timeline, down: Timeline, places: int | None, t_ns: int) -> int | None:
    """Return the parts in a buffer at a moment; None where they are not known.

    Parameters
    ----------
    up, down
        The stations before and behind it.
    places
        Places of the buffer; None: without limit.
    t_ns
        The moment.
    """
    level = _Level(places)
    for _, _, what, count in sorted(each for each in _events(up, down) if each[0] < t_ns):
        level.hear(what, count)
    return level.now()


class _Level:
    """The parts in one buffer, told by the events on both sides."""

    def __init__(self, places: int | None) -> None:
        self._places = places
        self._counts = {"made": 0, "used": 0}
        self._states = {"up": UNHEARD, "down": UNHEARD}
        self._offset: int | None = None

    def _raw(self) -> int:
        held = int(self._states["up"] == BLOCKED)
        loaded = int(self._states["down"] == LOADED)
        return self._counts["made"] - held - self._counts["used"] - loaded

    def hear(self, what: str, count: int) -> None:
        """Take in one event."""
        if what in self._counts:
            self._counts[what] += count
        if what not in self._states:
            return
        self._states[what] = count
        if what == "up" and count == BLOCKED and self._places is not None:
            self._offset = self._places - self._raw()
        elif what == "down" and count == STARVED:
            self._offset = -self._raw()

    def now(self) -> int | None:
        """Return the parts in it; None where they are not known."""
        if self._offset is None or UNHEARD in self._states.values():
            return None
        level = max(0, self._raw() + self._offset)
        return level if self._places is None else min(self._places, level)


def _events(up: Timeline, down: Timeline) -> Iterator[Event]:
    """Yield the counts and states of both sides; of one moment counts first, then downstream."""
    for one in up.made:
        yield one.t_ns, 0, "made", one.good
    for one in down.made:
        yield one.t_ns, 0, "used", one.parts
    for what, line in (("down", down), ("up", up)):
        for stretch in line.stretches:
            yield stretch.since_ns, 1, what, MEANINGS.get(stretch.state, OTHER)
