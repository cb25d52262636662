"""One source as it connects, is heard, and is lost: what of that becomes rows and gaps.

Every value that the server sent between the first and the last stored sample is a sample, once,
or stands inside a gap of its source.

>>> saw = Source(
...     name="saw", address=Address("nogales/machining/bracket/saw"),
...     endpoint=Endpoint(url="opc.tcp://127.0.0.1:4840"),
...     points=(Point(tag=Address("nogales/machining/bracket/saw#kw"), node="ns=2;s=Power"),),
... )
>>> box = Outbox(Numbering(site="nogales", source="saw", epoch=5, n=0))
>>> feed = Feed(saw, box, plant_rev="r1", marks=Quality.GOOD)
>>> feed.connected((), asked_ns=10**18, now=Now(plant_ns=10**18 + 1, seen_ns=10**18, steady_ns=0))
>>> feed.heard(0, Raw(value=4.2), Now(plant_ns=10**18 + 2, seen_ns=10**18, steady_ns=1), first=True)
>>> feed.flush()
>>> [row.quality == Quality.INITIAL for row in box.head().rows]
[True]
"""

from collections.abc import Collection

import msgspec

from linewright.connectors.feeding.gaps import Window, gap_of, margin_ns, not_before
from linewright.connectors.feeding.outbox import Numbering, Outbox
from linewright.connectors.sources import Endpoint, Point, Source
from linewright.connectors.values import (
    OFFSET_MAX_NS,
    Raw,
    Row,
    SourceClock,
    missing_row,
    row_of,
)
from linewright.plant import Address
from linewright.plant.records import Gap, GapReason, Quality

__all__ = ["Address", "Endpoint", "Feed", "Now", "Numbering", "Point"]


class Now(msgspec.Struct, frozen=True, kw_only=True):
    """One moment on three clocks: of the plant, of the wall, and the steady one.

    Examples
    --------
    >>> Now(plant_ns=1, seen_ns=2, steady_ns=3).speed
    1.0
    """

    plant_ns: int
    seen_ns: int
    steady_ns: int
    speed: float = 1.0
    is_steady: bool = True
    """Whether plant time is good enough to judge a source's clock by it."""

    def near(self, source_ns: int | None) -> int:
        """Return a source's own time while it is near plant time, else plant time.

        While plant time itself is in doubt, the source's own is taken.

        Examples
        --------
        >>> Now(plant_ns=10**12, seen_ns=2, steady_ns=3).near(10**12 - 5)
        999999999995
        >>> Now(plant_ns=10**12, seen_ns=2, steady_ns=3).near(5)
        1000000000000
        """
        bound_ns = round(OFFSET_MAX_NS * max(1.0, self.speed))
        if source_ns is None:
            return self.plant_ns
        is_near = abs(source_ns - self.plant_ns) <= bound_ns
        return source_ns if is_near or not self.is_steady else self.plant_ns


class Feed:
    """Turns what a session says about one source into rows and gaps in its outbox.

    Parameters
    ----------
    source
        What is read.
    box
        Where it goes.
    plant_rev
        Revision of the plant in force.
    marks
        Quality bits of every sample: `SIMULATED` on an emulated plant.
    stored_gap
        Newest gap of the station that is stored.
    """

    def __init__(
        self,
        source: Source,
        box: Outbox,
        *,
        plant_rev: str,
        marks: Quality,
        stored_gap: Gap | None = None,
    ) -> None:
        self.source = source
        self.box = box
        self.is_connected = False
        self._plant_rev = plant_rev
        self._marks = marks
        self._stored_gap = stored_gap
        self._clock = SourceClock()
        self._reason = GapReason.STOPPED
        self._told_lost = False
        self._lost_ns = -1
        self._asked_ns = 0
        self._rows: list[Row] = []
        self._heard_ns: dict[int, int] = {}
        self._is_first = False
        self._changed_ns: int | None = None

    def connected(self, missing: Collection[int], *, asked_ns: int, now: Now) -> None:
        """Begin anew: a gap since what was heard last, and one bad sample per missing node.

        Parameters
        ----------
        missing
            Points that the device does not have.
        asked_ns
            Time just before the subscription was asked for, on the source's own clock where that
            is right; first values bear it, so that every change heard later is later.
        now
            The moment of the answer.
        """
        margin = margin_ns(self.source.endpoint.publish_s, now.speed)
        # The loss was told as of a moment on another clock: what is read now is later.
        asked_ns = max(asked_ns, self._lost_ns + 1)
        self._is_first = self.box.taken_ns is None
        if self.box.taken_ns is None:
            self.box.taken_ns = asked_ns
        else:
            window = Window(
                from_ns=self.box.taken_ns - margin,
                until_ns=max(now.plant_ns, asked_ns) + margin,
                reason=self._reason,
            )
            self._gap(window, now.seen_ns)
        self._asked_ns, self._told_lost, self.is_connected = asked_ns, False, True
        self._reason = GapReason.DISCONNECTED
        self._clock = SourceClock()
        self._heard_ns = {}
        self.box.add(
            [
                missing_row(
                    self.source.points[index].tag,
                    Quality.CONFIGURATION | self._marks,
                    t_ns=asked_ns,
                    seen_ns=now.seen_ns,
                )
                for index in sorted(missing)
            ]
        )

    def heard(self, index: int, raw: Raw, now: Now, *, first: bool) -> None:
        """Take a value in; `flush` hands on what one message brought."""
        point, marks = self.source.points[index], self._marks
        t_ns = now.plant_ns
        if first:
            t_ns, marks = self._asked_ns, marks | Quality.INITIAL
            if self._is_first and raw.source_ns is not None:
                self._note_change(raw.source_ns, now)
        elif raw.source_ns is not None:
            t_ns, corrected = self._clock.time_of(
                raw.source_ns,
                now_ns=now.plant_ns,
                monotonic_ns=now.steady_ns,
                speed=now.speed,
                is_steady=now.is_steady,
            )
            marks |= Quality.CLOCK if corrected else Quality.GOOD
        if raw.lost_older and not first:
            self._overflow(point, index, t_ns, now)
        self._heard_ns[index] = t_ns
        self._rows.append(row_of(point, raw, t_ns=t_ns, seen_ns=now.seen_ns, marks=marks))

    def flush(self) -> None:
        """Hand on what was heard.

        At the very first connection nothing is missing but what changed while it was made; only
        where something did, a gap says so.
        """
        if self._rows and self._changed_ns is not None:
            window = Window(
                from_ns=self._asked_ns,
                until_ns=self._changed_ns,
                reason=GapReason.DISCONNECTED,
            )
            self._changed_ns = None
            self._gap(window, self._rows[-1].seen_ns)
        if self._rows:
            rows, self._rows = self._rows, []
            self.box.add(rows)

    def lost(self, now: Now) -> None:
        """Say once, for each tag, that the source is not reached.

        Parameters
        ----------
        now
            The moment of its last sign of life, or of the first try that failed.
        """
        self.flush()
        self.is_connected = False
        if self._told_lost:
            return
        self._told_lost = True
        # After whatever was heard, also where the plant clock is behind the source's.
        t_ns = self._lost_ns = max(now.plant_ns, self._asked_ns, *self._heard_ns.values()) + 1
        if self.box.taken_ns is None:
            # Never connected so far: the account begins with these samples.
            self.box.taken_ns, self._reason = t_ns, GapReason.DISCONNECTED
        self.box.add(
            [
                missing_row(
                    point.tag,
                    Quality.NOT_CONNECTED | self._marks,
                    t_ns=t_ns,
                    seen_ns=now.seen_ns,
                )
                for point in self.source.points
            ]
        )

    def settle(self, now: Now) -> None:
        """Account for rows that found no room, as soon as there is some again."""
        over = self.box.overrun()
        if over is not None:
            window = Window(
                from_ns=over.from_ns,
                until_ns=over.until_ns,
                reason=GapReason.OVERRUN,
                count=over.count,
            )
            self._gap(window, now.seen_ns)

    def to_publish(self, gap: Gap) -> Gap:
        """Gap as it is to be published: a later revision where the stored one is the same.

        The caller publishes it, and says so by `gap_published`.
        """
        return not_before(gap, self._stored_gap)

    def gap_published(self, gap: Gap) -> None:
        """Remember the newest stored gap."""
        self._stored_gap = gap

    def _note_change(self, source_ns: int, now: Now) -> None:
        """Remember the newest change between question and answer; a wrong clock shows none."""
        latest_ns = now.plant_ns + margin_ns(self.source.endpoint.publish_s, now.speed)
        if self._asked_ns <= source_ns <= latest_ns:
            self._changed_ns = max(source_ns, self._changed_ns or 0)

    def _overflow(self, point: Point, index: int, t_ns: int, now: Now) -> None:
        self.flush()
        window = Window(
            from_ns=self._heard_ns.get(index, self._asked_ns),
            until_ns=t_ns,
            reason=GapReason.OVERRUN,
            tags=(point.tag,),
        )
        self._gap(window, now.seen_ns)

    def _gap(self, window: Window, seen_ns: int) -> None:
        gap = gap_of(
            self.source,
            window,
            epoch=self.box.epoch,
            seen_ns=seen_ns,
            plant_rev=self._plant_rev,
        )
        self.box.add_gap(gap)
