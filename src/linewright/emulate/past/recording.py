"""What a house with these machines has heard: samples of a play as frames, folded by `live`.

Nothing here knows a clock or a disk. Every value arrives at the instant at which it is shown, since
a past has no network; `seen_ns` is therefore the time of the plant, in every run the same. Values
come in the order in which they are shown: one that a fault held back is seen no earlier than what
came before it, of any machine.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from linewright.connectors import Source, sources_of
from linewright.emulate.machines import Machine, Raw, Sample
from linewright.live import LiveFold, attending, begin, step
from linewright.plant import Address, Plant
from linewright.plant.records import Gap, GapReason, How, Quality, Record, order_of
from linewright.plant.samples import Columns, Frame, FrameHeader, frame

__all__ = ["EPOCH", "Heard", "Recorder"]

EPOCH = 0
"""Epoch of every source in the past: below that of any connector, which counts from the seconds
since 1970."""

CONNECT = "connect"
"""Who tells of a gap."""

HERE = "opc.tcp://127.0.0.1"
"""Endpoint of a machine of the past: any will do, since only the names of its points are wanted."""

OWN = "own"
"""Endpoint of an edge node on our own listener."""

CLOCK_NS = 2 * 1_000_000_000
"""A clock that is off by more is known for it since long: its times are corrected."""

_LOST = int(Quality.BAD | Quality.NOT_CONNECTED | Quality.SIMULATED)
_FIRST = int(Quality.INITIAL | Quality.SIMULATED)

Reached = Callable[[Address, int], bool]
"""Whether a station is reached at an instant."""


class Heard(msgspec.Struct, frozen=True):
    """One stretch of the past: the frames that came, and the records that follow from them."""

    frames: tuple[Frame, ...]
    records: tuple[Record, ...]


class _Row(NamedTuple):
    """One value as it came; None: nothing came but that the machine is not reached."""

    tag: str
    t_ns: int
    seen_ns: int
    value: Raw | None
    quality: int
    means: float | None = None
    raw_ns: int | None = None


class _Link:
    """What has come of one source."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.bounds = {point.tag: (point.low, point.high) for point in source.points}
        self.n = 0
        self.told_ns = 0
        self.lost_ns: int | None = None
        self.tags: dict[str, None] = {}
        self.held: dict[Address, Sample] = {}

    def row(self, sample: Sample, seen_ns: int, marks: int) -> _Row:
        """Return a sample as a connector brings it.

        Beyond the range of its sensor it is bad; the time of a clock that is off is corrected.
        """
        number = sample.means if sample.means is not None else sample.value
        if not isinstance(number, str):
            low, high = self.bounds.get(sample.tag, (None, None))
            if (low is not None and number < low) or (high is not None and number > high):
                marks |= int(Quality.BAD | Quality.OUT_OF_RANGE)
        t_ns, raw_ns = sample.t_ns, None
        if abs(t_ns - sample.really_ns) > CLOCK_NS:
            t_ns, raw_ns = sample.really_ns, t_ns
            marks |= int(Quality.CLOCK)
        return _Row(str(sample.tag), t_ns, seen_ns, sample.value, marks, sample.means, raw_ns)


class Recorder:
    """Goes through a play beside it, and holds what a house knows by then.

    Parameters
    ----------
    plant, plant_rev, site
        The plant as applied.
    machines
        Who is played.
    reached
        Whether a station is reached at an instant; what it shows in between is lost, and is
        accounted for by a gap.

    Attributes
    ----------
    fold
        What `live` knows by now.
    attention
        The alarms so far, for `live` to go on from; nobody has called.
    """

    def __init__(
        self,
        plant: Plant,
        plant_rev: str,
        site: str,
        *,
        machines: Iterable[Machine],
        reached: Reached,
    ) -> None:
        self.fold: LiveFold = begin(plant, plant_rev, site)
        self.attention = attending.attend(plant, plant_rev, site)
        self._site = site
        self._plant_rev = plant_rev
        self._reached = reached
        self._until_ns = 0
        self._now_ns = 0
        places = {one.address: OWN if one.protocol == "sparkplug" else HERE for one in machines}
        sources = sources_of(plant, site, {str(one): url for one, url in places.items()})
        self._links = {one.name: _Link(one) for one in sources}
        self._of = {point.tag: self._links[one.name] for one in sources for point in one.points}

    def marks(self) -> dict[str, int]:
        """Return up to when each source that has spoken is accounted for, by its name."""
        return {
            name: self._until_ns if link.lost_ns is None else link.told_ns
            for name, link in self._links.items()
            if link.tags
        }

    def take(self, samples: Sequence[Sample], until_ns: int) -> Heard:
        """Take what the machines showed up to an instant.

        Parameters
        ----------
        samples
            In the order in which they came out.
        until_ns
            Plant time; no earlier than that of any sample.

        Returns
        -------
        Heard
            At most one frame of each source; records in the order of `order_of`.
        """
        self._until_ns = until_ns
        gaps: list[Gap] = []
        rows: dict[str, list[_Row]] = {}
        for one in samples:
            link = self._of.get(one.tag)
            if link is None:  # no connector reads it
                continue
            own = rows.setdefault(link.source.name, [])
            now_ns = self._now_ns = max(self._now_ns, one.really_ns)
            if not self._reached(link.source.address, now_ns):
                own += self._lose(link, now_ns)
                link.held[one.tag] = one
                continue
            own += self._return(link, now_ns, gaps)
            own.append(link.row(one, now_ns, int(Quality.SIMULATED)))
            link.tags[str(one.tag)] = None
            link.told_ns = now_ns
        frames = tuple(self._frames(rows))
        records: list[Record] = [*gaps]
        for each in frames:
            before = self.fold
            self.fold, found = step(before, each, until_ns)
            records += found
            states = attending.news(before, self.fold, found)
            self.attention, raised = attending.heeding(self.attention, each, states)
            records += raised
        return Heard(frames, tuple(sorted(records, key=order_of)))

    def _lose(self, link: _Link, t_ns: int) -> Iterator[_Row]:
        """Say once, for each tag, that its machine is not reached."""
        if link.lost_ns is None:
            link.lost_ns = t_ns
            yield from (_Row(tag, t_ns, t_ns, None, _LOST) for tag in link.tags)

    def _return(self, link: _Link, t_ns: int, gaps: list[Gap]) -> Iterator[_Row]:
        """Tell what stands there when a machine is reached again, and of the gap before."""
        if link.lost_ns is None:
            return
        gaps.append(
            Gap(
                address=link.source.address,
                t_ns=link.told_ns,
                seen_ns=t_ns,
                plant_rev=self._plant_rev,
                how=How.MACHINE,
                source=CONNECT,
                of_source=link.source.name,
                epoch=EPOCH,
                until_ns=t_ns,
                reason=GapReason.DISCONNECTED,
            )
        )
        yield from (link.row(one, t_ns, _FIRST) for one in link.held.values())
        link.lost_ns = None
        link.held.clear()

    def _frames(self, rows: dict[str, list[_Row]]) -> Iterator[Frame]:
        """Yield a frame of each source that has rows."""
        for name, own in rows.items():
            if own:
                link = self._links[name]
                header = FrameHeader(site=self._site, source=name, epoch=EPOCH, n=link.n)
                link.n += 1
                yield frame(header, _columns(own))


def _columns(rows: Sequence[_Row]) -> Columns:
    return Columns(
        tag=[one.tag for one in rows],
        t_ns=[one.t_ns for one in rows],
        seen_ns=[one.seen_ns for one in rows],
        value=[_number(one) for one in rows],
        quality=[one.quality for one in rows],
        integer=[_integer(one) for one in rows],
        text=[one.value if isinstance(one.value, str) else None for one in rows],
        raw_ns=[one.raw_ns for one in rows] if any(one.raw_ns for one in rows) else None,
    )


def _number(row: _Row) -> float:
    if row.means is not None:
        return row.means
    if row.value is None or isinstance(row.value, str):
        return math.nan
    return float(row.value)


def _integer(row: _Row) -> int | None:
    """Return the exact form of a whole number, or of a yes or no, where nothing scales it."""
    is_whole = isinstance(row.value, int) and row.means is None
    return int(row.value) if is_whole and row.value is not None else None
