"""The way of a sample from the machine's control to what a client sees, with all faults on it.

A pure function of the samples and of the scenario's strikes: cut time where you like, the same
samples come out in the same order. Each sample comes out exactly once: shown, shown a second
time, or withheld; and with what is true where it says something else.
"""

import heapq
import math
from collections import deque
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from linewright.emulate.faults.series import RESTARTS, Faults, Series, uniform
from linewright.emulate.gauges import DIGITS, normal
from linewright.emulate.machines import Kind, Machine, Raw, Sample, fitting, limits_of
from linewright.plant import Address
from linewright.plant.model import Tag
from linewright.plant.scenario import draw_s

__all__ = ["STORED_MAX", "Carried", "Way"]

NS_PER_US = 1_000
NS_PER_MS = 1_000_000
NS_PER_S = 1_000_000_000
S_PER_H = 3600.0

STORED_MAX = 5_000
"""Samples that an edge node keeps while its link is cut, as small gateways do; the oldest go."""

_WITHHOLDING = frozenset({"value: stuck", "samples: silent", "server: freezes", RESTARTS})
_LATE = frozenset({"samples: late", "samples: out_of_order"})
_CUT = frozenset({"link: cut", "link: half_open"})


class Carried(msgspec.Struct, frozen=True, kw_only=True):
    """What is on the way between two ticks.

    `ahead` is the last sample of a tag, where it was not shown; `shown` the last one shown;
    `bases` what a counter had counted when it was reset; `waiting` what comes out later, with
    when; `caught` the newest withheld one of a tag, and until when; `t_ns` plant time.
    """

    t_ns: int
    shown: Mapping[Address, Sample] = {}
    ahead: Mapping[Address, Sample] = {}
    bases: Mapping[Address, float] = {}
    waiting: tuple[tuple[int, int, Sample], ...] = ()
    caught: Mapping[Address, tuple[int | None, Sample]] = {}
    taken: int = 0
    """Samples that have waited so far: ties are broken by it."""


class Way:
    """The ways of all machines; made once, everything that changes is `Carried`.

    Parameters
    ----------
    faults
        What strikes.
    machines
        Who is played.
    tags
        What the plant file says of each tag.
    seed
        Of everything that is drawn.
    stored_max
        Samples that an edge node keeps of a station.
    """

    def __init__(
        self,
        faults: Faults,
        machines: Sequence[Machine],
        tags: Mapping[Address, Tag],
        seed: int,
        *,
        stored_max: int = STORED_MAX,
    ) -> None:
        self.stored_max = stored_max
        self.faults = faults
        self.tags = tags
        self.seed = seed
        self.kinds: dict[Address, Kind] = {
            point.address: point.kind for one in machines for point in one.points
        }
        self.quanta = {one.address: NS_PER_MS for one in machines if one.protocol == "sparkplug"}
        self.quantum_ns = {
            point.address: self.quanta.get(one.address, NS_PER_US)
            for one in machines
            for point in one.points
        }
        self.stores = {one.address for one in machines if one.protocol == "sparkplug"}
        self.clocks = {
            one.address: point.address
            for one in machines
            for point in one.points[:1]
            if faults.at_tag(point.address)
        }
        self.resets = tuple(
            (tag, one)
            for tag, series in faults.tags.items()
            for one in series
            if one.happens == "counter: resets"
        )

    def ahead_ns(self, station: Address, t_ns: int) -> int:
        """Return how far the clock of a station is ahead at an instant."""
        tag = self.clocks.get(station)
        return 0 if tag is None else self._skew_ns(tag, t_ns)

    def _skew_ns(self, tag: Address, t_ns: int) -> int:
        found = 0.0
        for one in self.faults.at_tag(tag):
            if one.happens not in {"clock", "clock_drift"}:
                continue
            held = one.at(t_ns)
            if held is not None:
                found += one.by * NS_PER_S + one.rate * (t_ns - held[0])
        quantum_ns = self.quanta.get(tag.owner, NS_PER_US)
        return round(found / quantum_ns) * quantum_ns

    def carry(
        self, carried: Carried, samples: Sequence[Sample], until_ns: int
    ) -> tuple[Carried, tuple[Sample, ...]]:
        """Return what comes out up to an instant, and what is still on the way.

        Parameters
        ----------
        carried
            As the last call left it.
        samples
            What the machines have between then and `until_ns`; of equal times in their order.
        until_ns
            Plant time.

        Returns
        -------
        tuple
            What comes out, in the order in which it does.
        """
        if not samples and not carried.waiting and not carried.caught and not self.resets:
            return msgspec.structs.replace(carried, t_ns=until_ns), ()
        carrying = _Carrying(self, carried)
        merged = heapq.merge(
            sorted(self._reset(carried, until_ns), key=_time),
            sorted(samples, key=_time),
            key=_time,
        )
        for sample in merged:
            carrying.take(sample)
        return carrying.done(until_ns)

    def _reset(self, carried: Carried, until_ns: int) -> Iterator[Sample]:
        """Yield a sample without a value for each reset of a counter."""
        for tag, series in self.resets:
            for at_ns in series.within(carried.t_ns, until_ns):
                yield Sample(tag, -(-at_ns // NS_PER_US) * NS_PER_US, "", fate="again")


def _time(sample: Sample) -> int:
    return sample.t_ns


class _Carrying:
    """One stretch of the way; lives no longer than a call of `Way.carry`."""

    def __init__(self, way: Way, carried: Carried) -> None:
        self.way = way
        self.shown, self.ahead = dict(carried.shown), dict(carried.ahead)
        self.bases, self.caught = dict(carried.bases), dict(carried.caught)
        self.waiting = list(carried.waiting)
        self.taken = carried.taken
        self.out: list[Sample] = []
        self.kept: dict[Address, deque[tuple[int, int, Sample]]] = {}
        self.given_up: set[int] = set()

    def done(self, until_ns: int) -> tuple[Carried, tuple[Sample, ...]]:
        """Let out what is due up to an instant."""
        self.release(until_ns)
        carried = Carried(
            t_ns=until_ns,
            shown=self.shown,
            ahead=self.ahead,
            bases=self.bases,
            waiting=tuple(self.still_waiting()),
            caught=self.caught,
            taken=self.taken,
        )
        return carried, tuple(self.out)

    def take(self, sample: Sample) -> None:
        """Take the next sample of the machines, or the reset of a counter."""
        tag = sample.tag
        # what is due at the same time was there before
        self.release(sample.t_ns)
        last = self.ahead.get(tag, self.shown.get(tag))
        if sample.fate == "again":
            if last is None:
                return
            true = last.value if last.true is None else last.true
            self.bases[tag] = float(true) if not isinstance(true, str) else 0.0
            sample = Sample(tag, sample.t_ns, true)
        quantum_ns = self.way.quantum_ns.get(tag, NS_PER_US)
        one = self.altered(sample)
        if one.t_ns % quantum_ns:
            one = msgspec.structs.replace(one, t_ns=-(-one.t_ns // quantum_ns) * quantum_ns)
        if last is not None:
            if last.value == one.value:
                if last.true != one.true:
                    self.remember(msgspec.structs.replace(last, true=one.true))
                return
            last_ns = last.really_ns
            if one.t_ns <= last_ns:
                one = msgspec.structs.replace(one, t_ns=last_ns + quantum_ns)
        self.send(one)

    def remember(self, sample: Sample) -> None:
        """Keep what the machine has, where nothing of it is shown."""
        self.ahead[sample.tag] = sample

    def altered(self, sample: Sample) -> Sample:
        """Return a sample as the faults of counters and values make it."""
        series = self.way.faults.at_tag(sample.tag)
        if not series or isinstance(sample.value, str):
            return sample
        number = float(sample.value)
        base = self.bases.get(sample.tag)
        tag = self.way.tags[sample.tag]
        if base is not None:
            number -= base
            if number < 0.0:
                number += tag.rolls_over or 0.0
        for one in series:
            held = one.at(sample.t_ns)
            if held is not None:
                number = self.moved(one, number, sample, held[0])
        if number == float(sample.value):
            return sample
        value = _of_kind(number, self.way.kinds[sample.tag])
        means = sample.means
        if means is not None and not isinstance(value, str):
            means = value * (tag.scale or 1.0) + (tag.offset or 0.0)
        return msgspec.structs.replace(sample, value=value, means=means, true=sample.value)

    def moved(self, one: Series, number: float, sample: Sample, since_ns: int) -> float:
        """Return a number as one fault moves it, in the machine's own form."""
        by = one.by / (self.way.tags[sample.tag].scale or 1.0)
        match one.happens:
            case "counter: rolls_over":
                return number % (one.beyond + 1)
            case "value: jumps":
                return number + by
            case "value: drifts":
                return number + by * (sample.t_ns - since_ns) / NS_PER_S / S_PER_H
            case "value: noisy":
                return number + by * normal(self.way.seed, f"{one.event}/{sample.tag}", sample.t_ns)
            case _:
                return number

    def send(self, sample: Sample) -> None:
        """Send a sample on its way: out at once, later, twice or never."""
        t_ns, tag = sample.t_ns, sample.tag
        self.remember(sample)
        series = self.way.faults.at_tag(tag)
        skew_ns = self.way._skew_ns(tag, t_ns) if series else 0  # noqa: SLF001  # its own
        if skew_ns:
            sample = msgspec.structs.replace(sample, t_ns=t_ns + skew_ns, true_ns=t_ns)
        ends = [
            held[1]
            for one in series
            if one.happens in _WITHHOLDING and (held := one.at(t_ns)) is not None
        ]
        if ends:
            self.withhold(tag, _latest(ends), sample)
            return
        for one in series:
            if one.at(t_ns) is None or not one.hits(self.way.seed, tag, t_ns):
                continue
            if one.happens == "samples: lost":
                self.out.append(msgspec.structs.replace(sample, fate="withheld"))
                return
            if one.happens in _LATE and one.delay is not None:
                drawn = uniform(self.way.seed, one.event, "delay", tag, t_ns)
                delay_s = draw_s(one.delay, drawn)
                if one.happens == "samples: out_of_order":  # else equal delays would keep the order
                    delay_s *= uniform(self.way.seed, one.event, "place", tag, t_ns)
                self.wait(t_ns + round(delay_s * NS_PER_S), sample)
                return
            if one.happens == "samples: doubled":
                self.wait(t_ns, sample)
                self.wait(t_ns, msgspec.structs.replace(sample, fate="again"))
                return
        self.store(sample, t_ns)

    def withhold(self, tag: Address, until_ns: int | None, sample: Sample) -> None:
        """Keep a sample back; only the newest of a tag comes out, when the fault ends."""
        before = self.caught.pop(tag, None)
        if before is not None:
            self.out.append(msgspec.structs.replace(before[1], fate="withheld"))
        self.caught[tag] = until_ns, sample

    def store(self, sample: Sample, t_ns: int) -> None:
        """Let a sample out, or keep it on an edge node whose link is cut, until it is mended."""
        station = sample.tag.owner
        if station in self.way.stores:
            ends = [
                held[1]
                for one in self.way.faults.at_station(station)
                if one.happens in _CUT and (held := one.at(t_ns)) is not None
            ]
            if ends:
                self.keep(station, _latest(ends), msgspec.structs.replace(sample, historical=True))
                return
        self.wait(t_ns, sample)

    def keep(self, station: Address, end_ns: int | None, sample: Sample) -> None:
        """Store a sample on an edge node; of too many the oldest goes."""
        kept = self.kept.get(station)
        if kept is None:
            waiting = (one for one in self.still_waiting() if one[2].historical)
            own = (one for one in waiting if one[2].tag.owner == station)
            kept = self.kept[station] = deque(sorted(own, key=lambda one: one[1]))
        if len(kept) >= self.way.stored_max:
            oldest = kept.popleft()
            self.given_up.add(oldest[1])
            self.out.append(msgspec.structs.replace(oldest[2], fate="withheld"))
        kept.append(self.wait(FOREVER_NS if end_ns is None else end_ns, sample))

    def wait(self, until_ns: int, sample: Sample) -> tuple[int, int, Sample]:
        """Let a sample come out at an instant."""
        self.taken += 1
        found = until_ns, self.taken, sample
        heapq.heappush(self.waiting, found)
        return found

    def still_waiting(self) -> list[tuple[int, int, Sample]]:
        """Return what waits without what an edge node has given up, as a heap."""
        if not self.given_up:
            return self.waiting
        return sorted(one for one in self.waiting if one[1] not in self.given_up)

    def release(self, until_ns: int) -> None:
        """Let out everything that is due up to an instant, in order."""
        for tag in [tag for tag, one in self.caught.items() if (one[0] or FOREVER_NS) <= until_ns]:
            end_ns, sample = self.caught.pop(tag)
            assert end_ns is not None, "it has ended"
            self.wait(end_ns, sample)
        while self.waiting and self.waiting[0][0] <= until_ns:
            _, number, sample = heapq.heappop(self.waiting)
            if number not in self.given_up:
                if sample.historical:  # what is kept there is counted anew
                    self.kept.pop(sample.tag.owner, None)
                self.show(sample)

    def show(self, sample: Sample) -> None:
        """Let a sample out: shown, unless a server would not tell it, for nothing changed."""
        last = self.shown.get(sample.tag)
        is_same = last is not None and last.value == sample.value
        if is_same and not sample.fate and not sample.historical:
            self.out.append(msgspec.structs.replace(sample, fate="withheld"))
        else:
            self.out.append(sample)
            self.shown[sample.tag] = sample
            if last is not None and last.really_ns > sample.really_ns:
                self.ahead.setdefault(sample.tag, last)
        ahead = self.ahead.get(sample.tag)
        if ahead is not None and ahead.really_ns <= sample.really_ns:
            del self.ahead[sample.tag]


def _latest(ends: Sequence[int | None]) -> int | None:
    """Return the last of several ends; None: one of them never comes."""
    return None if None in ends else max(end for end in ends if end is not None)


FOREVER_NS = 2**62
"""Later than every end of a play."""


def _of_kind(number: float, kind: Kind) -> Raw:
    """Return a number in a data type, within its bounds."""
    if limits_of(kind) is None and math.isfinite(number):
        number = round(number, DIGITS)
    return fitting(kind, number)
