"""A station's samples as whole cycles: the unit in which the loop sees a machine.

A cycle is one value of the tag with role ``cycle_time``. It carries what the other signals were
while it ran, as means over its time, the speed, and the life that the machine's own counters say
was used. `whole` says that nothing else happened in it: no other speed, no other state.

>>> CycleSeen(t_ns=60, seen_ns=61, cycle_s=60.0, speed=100.0, whole=True).levels
{}
"""

from collections.abc import Mapping, Sequence

import msgspec

from linewright.correct.watch.stations import NS_PER_S, StationView, state_in
from linewright.plant.records import Quality, Severity, severity

__all__ = ["CycleReader", "CycleSeen", "ReaderState", "Sample", "expected_s"]

EDGE_S = 1.5
"""How near to the ends of a cycle a state may change and still belong to its neighbour."""

SPEED_STEP = 0.5
"""Percent of speed; smaller moves are noise of the reading."""

KEPT_MAX = 256
"""Samples kept of one signal while a cycle runs; beyond, every second one is dropped."""

STOPS_MAX = 20
"""Stops kept per station: those of the last hours, which is all that a case looks at."""

REPEAT_SHARE = 0.5
"""A cycle cannot end sooner after another than this share of its own time: it is a re-reading."""


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """One value of one tag."""

    tag: str
    t_ns: int
    seen_ns: int
    value: float
    text: str | None = None
    quality: int = 0


class CycleSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A cycle that ended at `t_ns` and took `cycle_s`, and what the signals were meanwhile."""

    t_ns: int
    seen_ns: int
    cycle_s: float
    speed: float
    whole: bool
    booked: Mapping[str, float] = {}
    """Life used by the machine's own count, per wear, as a share."""
    levels: Mapping[str, float] = {}
    """Mean of each signal over the cycle, by its tag."""

    @property
    def began_ns(self) -> int:
        """When it began."""
        return self.t_ns - round(self.cycle_s * NS_PER_S)


class ReaderState(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader remembers between two samples; plain data, so that it can be stored."""

    speed: float | None = None
    speed_since_ns: int = 0
    state: str = ""
    changes_ns: tuple[int, ...] = ()
    stops_ns: tuple[int, ...] = ()
    booked: Mapping[str, float] = {}
    trails: Mapping[str, tuple[tuple[int, float], ...]] = {}
    ended_ns: int = 0


def expected_s(view: StationView, cycle: CycleSeen) -> float:
    """Time that a cycle should have taken: the standard, with the booked wear, at its speed."""
    share = sum(
        (cause.by("cycle") or 0.0) * cycle.booked.get(cause.name, 0.0)
        for cause in view.causes
        if cause.is_wear
    )
    return view.standard_s * (1.0 + share) * 100.0 / cycle.speed


class CycleReader:
    """Makes whole cycles of the samples of one station, in the order in which they come.

    Parameters
    ----------
    view
        The station.
    state
        What an earlier reader remembered.

    Examples
    --------
    >>> from linewright.plant import Address
    >>> mill = Address("a/b/c/mill")
    >>> view = StationView(
    ...     address=mill, label="Mill", standard_s=60.0, cycle_tag=mill.with_tag("cycle_time"),
    ...     speed_tag=None, state_tag=None, states={}, causes=(), units={},
    ... )
    >>> reader = CycleReader(view, ReaderState())
    >>> reader.add(
    ...     Sample(tag="a/b/c/mill#cycle_time", t_ns=60 * 10**9, seen_ns=0, value=61.0)
    ... ).cycle_s
    61.0
    """

    def __init__(self, view: StationView, state: ReaderState) -> None:
        self.view = view
        self.speed = state.speed
        """Speed in percent; None until it was read."""
        self.stops_ns = list(state.stops_ns)
        """When the station went down, the latest."""
        self._speed_since_ns = state.speed_since_ns
        self._state = state.state
        self._changes_ns = list(state.changes_ns)
        self._booked = dict(state.booked)
        self._trails = {tag: list(trail) for tag, trail in state.trails.items()}
        self._ended_ns = state.ended_ns
        self._counters = {c.counter: c.name for c in view.causes if c.counter is not None}

    def state(self) -> ReaderState:
        """What another reader needs to go on from here."""
        return ReaderState(
            speed=self.speed,
            speed_since_ns=self._speed_since_ns,
            state=self._state,
            changes_ns=tuple(self._changes_ns),
            stops_ns=tuple(self.stops_ns),
            booked=dict(self._booked),
            trails={tag: tuple(trail) for tag, trail in self._trails.items()},
            ended_ns=self._ended_ns,
        )

    def add(self, sample: Sample) -> CycleSeen | None:
        """Take one sample; the cycle that it ended, if it ended one. Bad values are left out."""
        view = self.view
        if severity(sample.quality) is Severity.BAD:
            return None
        if sample.tag == view.cycle_tag:
            return self._cycle(sample)
        if sample.tag == view.speed_tag:
            self._run_at(sample)
        elif sample.tag == view.state_tag:
            self._enter(sample)
        elif sample.tag in self._counters:
            self._booked[self._counters[sample.tag]] = max(0.0, sample.value / 100.0)
        if sample.tag in view.units:
            trail = self._trails.setdefault(sample.tag, [])
            trail.append((sample.t_ns, sample.value))
            if len(trail) > KEPT_MAX:
                del trail[1::2]
        return None

    def _run_at(self, sample: Sample) -> None:
        if sample.value <= 0.0:
            return
        if self.speed is None:
            self.speed = sample.value
        elif abs(sample.value - self.speed) > SPEED_STEP:
            self.speed, self._speed_since_ns = sample.value, sample.t_ns

    def _enter(self, sample: Sample) -> None:
        entered = state_in(self.view, sample.value if sample.text is None else sample.text)
        if entered == self._state:
            return
        if self._state:
            self._changes_ns = [*self._changes_ns[-STOPS_MAX:], sample.t_ns]
            if entered == "down":
                self.stops_ns = [*self.stops_ns[-STOPS_MAX:], sample.t_ns]
        self._state = entered

    def _cycle(self, sample: Sample) -> CycleSeen | None:
        cycle_ns = round(sample.value * NS_PER_S)
        reread = sample.t_ns < self._ended_ns + REPEAT_SHARE * cycle_ns
        if cycle_ns <= 0 or sample.quality & Quality.INITIAL or reread:
            return None
        began_ns = sample.t_ns - cycle_ns
        seen = CycleSeen(
            t_ns=sample.t_ns,
            seen_ns=sample.seen_ns,
            cycle_s=sample.value,
            speed=self.speed or 100.0,
            whole=self._is_whole(began_ns, sample.t_ns),
            booked=dict(self._booked),
            levels={
                tag: mean
                for tag, trail in self._trails.items()
                if (mean := _mean(trail, began_ns, sample.t_ns)) is not None
            },
        )
        self._ended_ns = sample.t_ns
        self._trails = {tag: trail[-1:] for tag, trail in self._trails.items()}
        return seen

    def _is_whole(self, began_ns: int, ended_ns: int) -> bool:
        edge_ns = round(EDGE_S * NS_PER_S)
        first_ns, last_ns = began_ns + edge_ns, ended_ns - edge_ns
        known = self.view.speed_tag is None or self.speed is not None
        steady = not first_ns < self._speed_since_ns <= ended_ns
        undisturbed = not any(first_ns < at_ns < last_ns for at_ns in self._changes_ns)
        booked = all(name in self._booked for name in self._counters.values())
        return known and steady and undisturbed and booked


def _mean(trail: Sequence[tuple[int, float]], from_ns: int, until_ns: int) -> float | None:
    """Mean over a time of a signal that holds each value until the next; None: never seen."""
    total = weight = 0.0
    ends = [*(t_ns for t_ns, _ in trail[1:]), until_ns]
    for (t_ns, value), end_ns in zip(trail, ends, strict=True):
        lasted = min(end_ns, until_ns) - max(t_ns, from_ns)
        if lasted > 0:
            total += lasted * value
            weight += lasted
    return total / weight if weight else None
