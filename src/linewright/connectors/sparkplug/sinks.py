"""Where the values of a node go: the feeds that read it, and what each of them knows of it."""

import logging
from collections.abc import Mapping, Sequence

from linewright.connectors.feeding.feed import Feed, Now
from linewright.connectors.link import LinkState
from linewright.connectors.sparkplug.datatypes import ARRAYS, DataType
from linewright.connectors.sparkplug.node import (
    BAD_NO_DATA,
    Born,
    Known,
    Missed,
    Node,
    Reading,
    Scope,
    flat,
)
from linewright.connectors.sparkplug.payload import DataSet, Template
from linewright.connectors.sparkplug.topics import Spot
from linewright.connectors.values import Heard, Raw, Spoken
from linewright.plant.records import GapReason

__all__ = ["Place", "Sample", "Samples", "Sink", "routed", "samples_of"]

GAP_NS = 1_000_000_000
"""Least time between two gaps that one source tells of lost messages; those between are one."""

_NS_PER_MS = 1_000_000
_MS_MAX = (2**63 - 1) // _NS_PER_MS
_PARTED = (Template, DataSet, list, bytes)
_TREES = frozenset(
    {DataType.TEMPLATE, DataType.DATASET, DataType.BOOLEAN_ARRAY, DataType.STRING_ARRAY, *ARRAYS}
)

_log = logging.getLogger(__name__)

Sample = tuple[str, Spoken, int, int | None]
"""Name, value, status and time in ns."""

Samples = list[Sample]


class Sink:
    """One feed: which of its points are which metrics of a node or device.

    Parameters
    ----------
    feed
        Of a source whose root names the node or device.
    spot
        The node or device.
    """

    def __init__(self, feed: Feed, spot: Spot) -> None:
        self.feed = feed
        self.spot = spot
        self.state: LinkState = "connecting"
        self.why = "its birth was not heard yet"
        self.since_ns = 0
        self._routes: dict[str, list[int]] = {}
        self._last: dict[str, Raw] = {}
        self._lived: Now | None = None
        self._gap_ns: int | None = None
        self._names: dict[str, str] = {}
        self._owed_ns: list[int | None] = []
        self._owed_why = ""
        self._owed_reason = GapReason.DISCONNECTED

    def born(self, event: Born, scope: Scope, now: Now) -> None:
        """Begin, or go on after a birth that missed nothing."""
        missing = self._route(scope)
        feed = self.feed
        if not feed.is_connected or not event.goes_on:
            if not event.goes_on:
                self._last = {}
            asked_ns = now.near(_ns(event.timestamp_ms))
            feed.connected(missing, asked_ns=asked_ns, now=now)
        self._lived = now
        is_adopted = scope.phase == "adopted"
        why = "dead by its own rules: it goes on without a birth, and its data are uncertain"
        self.say("connected", why if is_adopted else "", now)

    def told(self, samples: Samples, now: Now, *, is_first: bool, is_historical: bool) -> None:
        """Hand on what a message brought."""
        routes, last, feed = self._routes, self._last, self.feed
        points: list[int] = []
        values: list[Spoken] = []
        statuses: list[int] = []
        times: list[int | None] = []
        for name, value, status, t_ns in samples:
            if not is_historical:
                last[name] = Raw(value=value, status=status, source_ns=t_ns)
            for point in routes.get(name, ()):
                points.append(point)
                values.append(value)
                statuses.append(status)
                # A first value is as of the birth, whenever it changed.
                times.append(None if is_first else t_ns)
        self._lived = now
        feed.take(
            Heard(
                points=points,
                values=values,
                statuses=statuses,
                source_ns=times,
                is_first=is_first,
                is_historical=is_historical,
            ),
            now,
        )

    def died(self, why: str, now: Now) -> None:
        """Know that the node or device is gone, as of its last sign of life."""
        self.settle(now, is_due=True)
        self.feed.lost(self._lived or now)
        self._lived = None
        self.say("lost", why, now)

    def missed(self, event: Missed, now: Now) -> None:
        """Account for what was lost: at once, and what follows within a second together."""
        if not self.feed.is_connected:
            return
        # On the plant's clock where the node's own is wrong: a gap of hours would say nothing.
        from_ns = _ns(event.from_ms)
        self._owed_ns.append(None if from_ns is None else now.near(from_ns))
        self._owed_why = event.why
        self._owed_reason = GapReason.REFUSED if event.refused else GapReason.DISCONNECTED
        self.settle(now)

    def settle(self, now: Now, *, is_due: bool = False) -> None:
        """Tell the gap that is owed, where it is time to."""
        waits = self._gap_ns is not None and now.steady_ns - self._gap_ns < GAP_NS
        if not self._owed_ns or (waits and not is_due):
            return
        known = [each for each in self._owed_ns if each is not None]
        from_ns = min(known) if len(known) == len(self._owed_ns) else None
        _log.warning("%s: %s", self.feed.source.root, self._owed_why)
        self.feed.missed(from_ns, now, self._owed_reason)
        self._owed_ns, self._gap_ns = [], now.steady_ns

    def read(self, item: str) -> Raw:
        """Last known value of an item."""
        return self._last.get(self._names.get(item, item), Raw(value=None, status=BAD_NO_DATA))

    def say(self, state: LinkState, why: str, now: Now) -> None:
        """Remember the state."""
        if (state, why) != (self.state, self.why):
            self.state, self.why, self.since_ns = state, why, now.seen_ns

    def _route(self, scope: Scope) -> list[int]:
        """Find each point among the metrics of a birth; those that it has not."""
        self._routes, self._names = {}, {}
        missing: list[int] = []
        for index, point in enumerate(self.feed.source.points):
            name = routed(point.item, scope.names)
            if name is None:
                name = point.item
                if scope.phase == "born":
                    missing.append(index)
            self._names[point.item] = name
            self._routes.setdefault(name, []).append(index)
        return missing


def routed(item: str, names: Mapping[str, Known]) -> str | None:
    """Name under which the values of an item come; None where the birth has no such metric.

    Examples
    --------
    >>> motor = Known(name="motor", datatype=DataType.TEMPLATE)
    >>> routed("motor/rpm", {"motor": motor}), routed("fan", {"motor": motor})
    ('motor/rpm', None)
    """
    if item in names:
        return names[item].name
    before, slash, after = item.rpartition("/")
    while slash:
        known = names.get(before)
        if known is not None and known.datatype in _TREES:
            return f"{known.name}/{after}"
        before, slash, rest = before.rpartition("/")
        after = f"{rest}/{after}"
    return None


def samples_of(readings: Sequence[Reading]) -> Samples:
    """Samples of readings, their templates, tables and arrays taken apart.

    Examples
    --------
    >>> samples_of([Reading(name="a", value=1, timestamp_ms=5)])
    [('a', 1, 0, 5000000)]
    """
    found: Samples = []
    for reading in readings:
        value = reading.value
        if isinstance(value, _PARTED):
            found += [(name, one, status, _ns(ms)) for name, one, status, ms in flat(reading)]
        else:
            found.append((reading.name, value, reading.status, _ns(reading.timestamp_ms)))
    return found


def _ns(moment_ms: int | None) -> int | None:
    """Nanoseconds of a time on the wire; None where no sample can bear it."""
    return None if moment_ms is None or moment_ms > _MS_MAX else moment_ms * _NS_PER_MS


class Place:
    """One node: what is known of it now, and the sinks of it (None) and of its devices."""

    def __init__(self) -> None:
        self.node = Node()
        self.sinks: dict[str | None, list[Sink]] = {}
