"""When which fault is in force where: the strikes of a scenario, arranged by place.

>>> series = Series(event="links.cable", happens="link: cut", begins=(100, 500), ends=(200, None))
>>> series.at(150), series.at(300), series.at(10**9)
((100, 200), None, (500, None))
"""

import bisect
import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from linewright.emulate.machines import Machine
from linewright.plant import Address, Plant
from linewright.plant.model import Duration
from linewright.plant.scenario import Occurrence, Scenario, occurrences

__all__ = ["RESTART_NS", "Faults", "Series", "faults_of", "uniform"]

NS_PER_S = 1_000_000_000

RESTART_NS = 5 * NS_PER_S
"""How long a server is away that restarts, where the scenario does not say; plant time."""

RESTARTS = "server: restarts"

_FROM_STATION = frozenset({"samples: silent", "server: freezes", RESTARTS})


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """All strikes of one event at one place, none beginning before the one before has ended.

    `by` is in the unit of the tag; `rate` is how fast a clock gains; `beyond` the highest count.
    """

    event: str
    happens: str
    begins: tuple[int, ...]
    ends: tuple[int | None, ...]
    by: float = 0.0
    rate: float = 0.0
    beyond: int = 0
    share: float | None = None
    delay: Duration | None = None
    renumbered: bool = False

    def at(self, t_ns: int) -> tuple[int, int | None] | None:
        """Return begin and end of the strike that is in force, or None."""
        index = bisect.bisect_right(self.begins, t_ns) - 1
        if index < 0:
            return None
        end_ns = self.ends[index]
        return None if end_ns is not None and t_ns >= end_ns else (self.begins[index], end_ns)

    def within(self, after_ns: int, until_ns: int) -> tuple[int, ...]:
        """Return the times at which it struck after one time and up to another."""
        first = bisect.bisect_right(self.begins, after_ns)
        return self.begins[first : bisect.bisect_right(self.begins, until_ns)]

    def hits(self, seed: int, tag: Address, t_ns: int) -> bool:
        """Return whether it is this sample that it hits, where it hits a share of them."""
        return self.share is None or uniform(seed, self.event, tag, t_ns) < self.share


class Faults(msgspec.Struct, frozen=True, kw_only=True):
    """What strikes at each tag, and on the way to each station."""

    tags: Mapping[Address, tuple[Series, ...]]
    links: Mapping[Address, tuple[Series, ...]]

    def at_tag(self, tag: Address) -> tuple[Series, ...]:
        """Return what ever strikes at a tag or at its station."""
        return self.tags.get(tag, ())

    def at_station(self, station: Address) -> tuple[Series, ...]:
        """Return what ever strikes at the link or server of a station."""
        return self.links.get(station, ())


def uniform(seed: int, *names: object) -> float:
    """Return a number in [0, 1) that seed and names choose, whatever was drawn before.

    Examples
    --------
    >>> uniform(1, "a", 2) == uniform(1, "a", 2) != uniform(2, "a", 2)
    True
    """
    text = "/".join((str(seed), *map(str, names)))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) / 2.0**64


def faults_of(scenario: Scenario | None, plant: Plant, machines: Sequence[Machine]) -> Faults:
    """Return the faults of signals, links and servers of a scenario, at the machines played.

    Parameters
    ----------
    scenario, plant
        The scenario, checked against the plant; None: nothing strikes.
    machines
        Who is played; what strikes elsewhere is left out.

    Returns
    -------
    Faults
        Strikes at a whole station stand at each of its tags too, where they withhold samples.
    """
    if scenario is None:
        return Faults(tags={}, links={})
    of_station = {one.address: tuple(point.address for point in one.points) for one in machines}
    known = {tag for tags in of_station.values() for tag in tags} | set(of_station)
    grouped: dict[tuple[str, Address], list[Occurrence]] = defaultdict(list)
    for strike in occurrences(scenario, plant):
        if strike.event.startswith(("signals.", "links.")) and strike.address in known:
            grouped[strike.event, strike.address].append(strike)
    tags: dict[Address, list[Series]] = defaultdict(list)
    links: dict[Address, list[Series]] = defaultdict(list)
    for (event, place), strikes in grouped.items():
        series = _series(scenario, event, strikes)
        if event.startswith("links."):
            links[place].append(series)
        for tag in _concerned(series, place, of_station):
            tags[tag].append(series)
    return Faults(
        tags={tag: tuple(found) for tag, found in tags.items()},
        links={place: tuple(found) for place, found in links.items()},
    )


def _concerned(
    series: Series, place: Address, of_station: Mapping[Address, tuple[Address, ...]]
) -> Iterator[Address]:
    """Yield the tags whose samples a fault at a place can change, hold back or lose."""
    if place.tag is not None:
        yield place
    elif not series.event.startswith("links.") or series.happens in _FROM_STATION:
        yield from of_station[place]


def _series(scenario: Scenario, event: str, strikes: Sequence[Occurrence]) -> Series:
    name = event.partition(".")[2]
    happens = strikes[0].happens
    begins = tuple(one.at_ns for one in strikes)
    lasting = RESTART_NS if happens == RESTARTS else None
    ends = tuple(
        one.at_ns + lasting if one.until_ns is None and lasting is not None else one.until_ns
        for one in strikes
    )
    series = Series(event=event, happens=happens, begins=begins, ends=ends)
    if event.startswith("links."):
        link = scenario.links[name]
        return msgspec.structs.replace(series, renumbered=bool(link.renumbered))
    signal = scenario.signals[name]
    by = signal.clock_s if signal.clock_s is not None else 0.0
    return msgspec.structs.replace(
        series,
        by=by if signal.by is None else signal.by.value,
        rate=signal.clock_drift_share or 0.0,
        beyond=signal.beyond or 0,
        share=signal.share,
        delay=signal.delay,
    )
