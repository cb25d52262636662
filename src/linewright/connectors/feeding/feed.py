"""One source as it connects, is heard, and is lost: what of that becomes rows and gaps.

Every value that the server sent between the first and the last stored sample is a sample, once,
or stands inside a gap of its source.

>>> saw = Source(
...     name="saw", address=Address("nogales/machining/bracket/saw"),
...     endpoint=Endpoint(url="opc.tcp://127.0.0.1:4840"),
...     points=(Point(tag=Address("nogales/machining/bracket/saw#kw"), item="ns=2;s=Power"),),
... )
>>> box = Outbox(Numbering(site="nogales", source="saw", epoch=5, n=0))
>>> feed = Feed(saw, box, plant_rev="r1", marks=Quality.GOOD)
>>> feed.connected((), asked_ns=10**18, now=Now(plant_ns=10**18 + 1, seen_ns=10**18, steady_ns=0))
>>> first = Heard(points=[0], values=[4.2], statuses=[0], source_ns=[None], is_first=True)
>>> feed.take(first, Now(plant_ns=10**18 + 2, seen_ns=10**18, steady_ns=1))
>>> box.head().rows.quality == [Quality.INITIAL]
True
"""

from collections.abc import Collection, Sequence

import msgspec

from linewright.connectors.feeding.gaps import Window, gap_of, margin_ns, not_before
from linewright.connectors.feeding.outbox import Numbering, Outbox
from linewright.connectors.feeding.repeats import Deadbands, Once
from linewright.connectors.feeding.rows import Rows
from linewright.connectors.feeding.shaping import Shaper
from linewright.connectors.sources import Endpoint, Point, Source
from linewright.connectors.values import (
    TIME_MAX_NS,
    Heard,
    SourceClock,
    bound_ns,
    loses_older,
    own_time_ns,
)
from linewright.plant import Address
from linewright.plant.records import Gap, GapReason, Quality

__all__ = ["Address", "Endpoint", "Feed", "Heard", "Now", "Numbering", "Point"]

OVERFLOWS_APART = 16
"""Most gaps of single tags that one message makes; more become one gap of all these tags."""

NUMBERED = frozenset({"opcua"})
"""Protocols that number their messages: within a connection none of them is told twice."""

HANDOVER_S = 10.0
"""How long a source may be between two links, 10 s, before it counts as lost."""

FIRST_S = 10.0
"""How long after the first connection values from before it may still come, 10 s."""

GAPS_REMEMBERED = 1_000
"""Beginnings of gaps of some tags that are known, so that no two of them are taken for one."""


_I64 = range(-(2**63), 2**63)
_Times = tuple[list[int], dict[int, int]]
"""Times of rows, and by row the ones that the source gave and that were not believed."""


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
        if source_ns is None:
            return self.plant_ns
        is_near = abs(source_ns - self.plant_ns) <= bound_ns(self.speed)
        return _fitting(source_ns) if is_near or not self.is_steady else self.plant_ns

    def is_ahead(self, t_ns: int) -> bool:
        """Whether a time is further ahead of plant time than a source's clock may be.

        Examples
        --------
        >>> Now(plant_ns=10**12, seen_ns=2, steady_ns=3).is_ahead(10**12 + 5)
        False
        """
        return self.is_steady and t_ns - self.plant_ns > bound_ns(self.speed)


class Feed:
    """Turns what a link says about one source into rows and gaps in its outbox.

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
        Newest gap of the source that is stored.
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
        self.missing: tuple[str, ...] = ()
        """Items that the device did not have at the last connection."""
        self.heard_ns: int | None = None
        """Wall time of the last sign of life."""
        self.plant_rev = plant_rev
        """Revision of the plant in force."""
        self.told_to: tuple[int, int] | None = None
        """Newest time that was told, and the last point of that time: at the start what is
        stored. A link that can tell everything again goes on behind it, and sets it."""
        self._marks = int(marks)
        self._stored_gap = stored_gap
        self._clock = SourceClock()
        self._reason = GapReason.STOPPED
        self._told_lost = False
        self._is_silent = False
        self._lost_ns = -1
        self._asked_ns = 0
        self._read: set[int] = set()
        self._is_new = False
        self._alive: Now | None = None
        self._let_go_ns: int | None = None
        self._begun: dict[int, None] = {}
        self._once = Once(0)
        self.follow(source)

    def follow(self, source: Source) -> None:
        """Read the source as another plant describes it, from its next connection on."""
        self.source = source
        # The tags that stay go on behind the values that they have.
        self._lost_ns = max(self._lost_ns, self._once.newest_of_all_ns())
        self._shaper = Shaper(source.points)
        is_numbered = source.endpoint.protocol in NUMBERED
        self._once = Once(len(source.points), is_numbered=is_numbered)
        self._bands = Deadbands(source.points)
        self.box.names([point.tag for point in source.points])

    @property
    def is_silent(self) -> bool:
        """Whether the source says nothing for longer than it may, though its link stands."""
        return self._is_silent

    @property
    def has_lost(self) -> bool:
        """Whether it was told that the source is lost, and it did not come back since."""
        return self._told_lost

    @property
    def offset_ns(self) -> int | None:
        """Device's clock less plant time, None where it is not known."""
        return self._clock.offset_ns

    def connected(
        self, missing: Collection[int], *, asked_ns: int, now: Now, is_complete: bool = False
    ) -> None:
        """Begin anew: a gap since what was heard last, and one bad sample per missing item.

        Parameters
        ----------
        missing
            Points that the device does not have.
        asked_ns
            Time just before the values were asked for, on the source's own clock where that is
            right; first values bear it, so that every change heard later is later.
        now
            The moment of the answer.
        is_complete
            Whether the link goes on exactly where it was: then nothing is missing, and no gap.
        """
        # The loss was told as of a moment on another clock: what is read now is later.
        asked_ns = max(now.plant_ns if now.is_ahead(asked_ns) else asked_ns, self._lost_ns + 1)
        self._once.begin()
        self._live(now)
        # Only where first values bear their own times they say what changed meanwhile.
        is_told = self.source.endpoint.protocol in NUMBERED
        self._is_new, self._let_go_ns = self.box.taken_ns is None and is_told, None
        if self.box.taken_ns is None:
            # Nothing was ever heard of it: the account begins here.
            self.box.taken_ns = asked_ns
        elif not is_complete:
            self._account(max(now.plant_ns, asked_ns), now)
        self._asked_ns, self._told_lost, self.is_connected = asked_ns, False, True
        self._reason = GapReason.DISCONNECTED
        self._clock = SourceClock()
        self._read = set()
        self.missing = tuple(self.source.points[each].item for each in sorted(missing))
        rows = Rows()
        for index in sorted(missing):
            why = Quality.CONFIGURATION | self._marks
            rows.add_missing(index, why, t_ns=asked_ns, seen_ns=now.seen_ns)
        self._hand_on(rows)

    def alive(self, now: Now) -> None:
        """Take a sign of life that brought no value: a keep-alive, an answer."""
        if self._is_silent:
            self._return(now)
        self._live(now)

    def take(self, heard: Heard, now: Now) -> None:
        """Take in what one message brought; `heard.points` count the points of the source.

        Parameters
        ----------
        heard
            Columns of the message.
        now
            When it came.

        Notes
        -----
        Linear in the values, one to two microseconds each.
        """
        self.alive(now)
        if not heard.points:
            return
        if heard.is_first and self._is_new:
            self._begin_later(heard, now)
        times = self._times(heard, now)
        is_change = not (heard.is_first or heard.is_historical)
        if is_change and self._is_new:
            heard, times = self._since_begun(heard, times, now)
        if is_change and any(map(loses_older, set(heard.statuses))):
            self._overflow(heard, times[0], now)
        self._hold(heard, times, now)

    def lost(self, now: Now) -> None:
        """Say once, for each tag, that the source is not reached.

        Parameters
        ----------
        now
            The moment of its last sign of life, or of the first try that failed.
        """
        self._lose(now, Quality.NOT_CONNECTED)
        self.is_connected = self._is_silent = False
        self._let_go_ns = None

    def let_go(self, *, steady_ns: int) -> None:
        """Know that its link is ended on purpose, and that another one is to connect it soon."""
        if self.is_connected:
            self._let_go_ns = steady_ns

    def watch(self, now: Now) -> None:
        """Say that the source is lost where it is silent for longer than it may be.

        Its link may think otherwise; the next message takes it back. It is lost, too, where no
        other link has connected it since it was let go.
        """
        stale_s, alive, let_go_ns = self.source.stale_s, self._alive, self._let_go_ns
        if let_go_ns is not None and now.steady_ns - let_go_ns > HANDOVER_S * 1e9:
            self.lost(alive or now)
            return
        if stale_s is None or alive is None or not self.is_connected:
            return
        if now.steady_ns - alive.steady_ns > stale_s * 1e9:
            self._lose(alive, Quality.NOT_CONNECTED | Quality.STALE)
            self.is_connected, self._is_silent = False, True

    def missed(
        self, from_ns: int | None, now: Now, reason: GapReason = GapReason.DISCONNECTED
    ) -> None:
        """Account for values that the link knows to be lost, though it stands.

        Parameters
        ----------
        from_ns
            When the first of them may be from; None: since what was heard last.
        now
            When it was found out.
        reason
            Why they are lost.
        """
        if not self.is_connected or self.box.taken_ns is None:
            return  # the gap before the next connection covers it
        margin = margin_ns(self.source.endpoint.publish_s, now.speed)
        begun_ns = self.box.taken_ns if from_ns is None else min(from_ns, now.plant_ns)
        window = Window(from_ns=begun_ns - margin, until_ns=now.plant_ns + margin, reason=reason)
        self._gap(self._apart(window), now.seen_ns)

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
            self._gap(self._apart(window), now.seen_ns)

    def to_publish(self, gap: Gap) -> Gap:
        """Gap as it is to be published: a later revision where the stored one is the same.

        The caller publishes it, and says so by `gap_published`.
        """
        return not_before(gap, self._stored_gap)

    def gap_published(self, gap: Gap) -> None:
        """Remember the newest stored gap."""
        self._stored_gap = gap

    # --- one message

    def _hold(self, heard: Heard, times: _Times, now: Now) -> None:
        """Hand on the samples of a message, without repeats and changes that are too small."""
        t_ns, clocked = times
        marks = self._marks | (Quality.INITIAL if heard.is_first else 0)
        points = list(heard.points)
        shaped = self._shaper.shape(points, heard.values, heard.statuses, marks=marks)
        for row in clocked:
            shaped.quality[row] |= Quality.CLOCK
        raw_ns = {row: raw for row, raw in clocked.items() if raw in _I64} if clocked else {}
        t_ns, places = self._once.times(
            points, t_ns, heard.values, shaped.quality, late=heard.is_historical
        )
        if self._bands.are_any and not heard.is_historical:
            looked = range(len(points)) if places is None else places
            places = self._bands.kept(points, shaped.value, shaped.quality, looked)
        rows = Rows(
            raw_ns=raw_ns,
            tag=points,
            t_ns=t_ns,
            seen_ns=[now.seen_ns] * len(points),
            value=shaped.value,
            quality=shaped.quality,
            integer=shaped.integer,
            text=shaped.text,
        )
        if places is not None and len(places) < len(points):
            if not heard.is_historical:
                # What is dropped on purpose is accounted for.
                self.box.reach(rows.newest_timed_ns())
            rows = rows.at(places)
        self.box.add(rows)

    def _times(self, heard: Heard, now: Now) -> _Times:
        """Times of the values on the plant's clock, and the own ones that were not believed.

        A time near plant time is taken as it is, whatever the others say. One that is further
        ahead, after its correction too, becomes plant time: what is accounted for never runs
        ahead of what was heard. One that no sample can hold becomes the nearest that it can.
        """
        if heard.is_first:
            return self._times_of_first(heard, now), {}
        told = [source_ns for source_ns in heard.source_ns if source_ns is not None]
        if not told:
            return [now.plant_ns] * len(heard.points), {}
        # Late on purpose: it says nothing of the clock, and is corrected as the clock is.
        correction_ns = self._clock.used_ns
        if not heard.is_historical:
            correction_ns = self._clock.correction_ns(
                own_time_ns(told, now_ns=now.plant_ns, speed=now.speed),
                now_ns=now.plant_ns,
                monotonic_ns=now.steady_ns,
                speed=now.speed,
                is_steady=now.is_steady,
            )
        is_plain = not correction_ns and min(told) >= 0 and max(told) <= TIME_MAX_NS
        if is_plain and len(told) == len(heard.points) and not now.is_ahead(max(told)):
            return told, {}
        near_ns = bound_ns(now.speed) if now.is_steady else -1
        t_ns: list[int] = []
        clocked: dict[int, int] = {}
        for row, source_ns in enumerate(heard.source_ns):
            if source_ns is None:
                t_ns.append(_fitting(now.plant_ns))
                continue
            at_ns = source_ns
            if correction_ns and abs(at_ns - now.plant_ns) > near_ns:
                at_ns -= correction_ns
            if now.is_ahead(at_ns):
                at_ns = now.plant_ns
            at_ns = _fitting(at_ns)
            if at_ns != source_ns:
                clocked[row] = source_ns
            t_ns.append(at_ns)
        return t_ns, clocked

    def _times_of_first(self, heard: Heard, now: Now) -> list[int]:
        """Times of readings: of the question, of what is told again later those of the telling."""
        told_ns = heard.asked_ns or 0
        asked_ns = max(self._asked_ns, now.plant_ns if now.is_ahead(told_ns) else told_ns)
        t_ns = []
        for point in heard.points:
            if point in self._read:
                newest_ns = self._once.newest_ns(point) or 0
                t_ns.append(max(now.plant_ns, self._asked_ns, newest_ns + 1))
            else:
                self._read.add(point)
                t_ns.append(asked_ns)
        return t_ns

    def _begin_later(self, heard: Heard, now: Now) -> None:
        """Begin the account of a new source at the newest change that a first value shows.

        What changed while it was connected for the first time was before that. Where there are
        readings already it is told by a gap.
        """
        latest_ns = now.plant_ns + margin_ns(self.source.endpoint.publish_s, now.speed)
        changed = [
            source_ns
            for source_ns in heard.source_ns
            # A wrong clock shows none.
            if source_ns is not None and self._asked_ns < source_ns <= latest_ns
        ]
        if not changed:
            return
        if self._read:
            window = Window(
                from_ns=self._asked_ns, until_ns=max(changed), reason=GapReason.DISCONNECTED
            )
            self._gap(window, now.seen_ns)
        else:
            self._asked_ns = max(changed)
            self.box.reach(self._asked_ns)

    def _since_begun(self, heard: Heard, times: _Times, now: Now) -> tuple[Heard, _Times]:
        """Rest of a message of a new source, without values from before its account began.

        These are what the device held when it began: they come right behind their reading.
        """
        self._is_new = now.plant_ns - self._asked_ns <= FIRST_S * now.speed * 1e9
        t_ns, clocked = times
        if min(t_ns) > self._asked_ns:
            return heard, times
        rows = range(len(t_ns))
        before = [
            row for row in rows if t_ns[row] <= self._asked_ns and heard.points[row] in self._read
        ]
        behind_ns = [(self._once.newest_ns(heard.points[row]) or 0) + 1 for row in before]
        self._hold(_part(heard, before, is_first=True), (behind_ns, {}), now)
        kept = [row for row in rows if row not in set(before)]
        wrong = {place: clocked[row] for place, row in enumerate(kept) if row in clocked}
        return _part(heard, kept), ([t_ns[row] for row in kept], wrong)

    def _overflow(self, heard: Heard, t_ns: list[int], now: Now) -> None:
        """Account for values that the device lost: from the one before each of these on."""
        before_ns: dict[int, int] = {}
        windows: list[Window] = []
        for point, status, at_ns in zip(heard.points, heard.statuses, t_ns, strict=True):
            if loses_older(status):
                known_ns = before_ns.get(point, self._once.newest_ns(point))
                window = Window(
                    from_ns=self._asked_ns if known_ns is None else known_ns,
                    until_ns=at_ns,
                    reason=GapReason.OVERRUN,
                    tags=(self.source.points[point].tag,),
                )
                windows.append(window)
            before_ns[point] = at_ns
        for window in windows if len(windows) <= OVERFLOWS_APART else [_merged(windows)]:
            self._gap(self._apart(window), now.seen_ns)

    @property
    def alive_ns(self) -> int | None:
        """Last sign of life of the source on the steady clock; None before the first."""
        return None if self._alive is None else self._alive.steady_ns

    # --- loss and return

    def _live(self, now: Now) -> None:
        before, self._alive, self.heard_ns = self._alive, now, now.seen_ns
        taken_ns = self.box.taken_ns
        if taken_ns is not None and now.is_ahead(taken_ns - self._reach_ns(now)):
            # Plant time was put back: else every gap would end before it begins, for that long.
            since_ns = 0 if before is None else now.steady_ns - before.steady_ns
            self.box.rewind(now.plant_ns - round(since_ns * now.speed))

    def _reach_ns(self, now: Now) -> int:
        """By how much the end of a gap may be ahead of the moment in which it is told."""
        return bound_ns(now.speed) + margin_ns(self.source.endpoint.publish_s, now.speed)

    def _lose(self, now: Now, why: Quality) -> None:
        if self._told_lost:
            return
        self._told_lost = True
        # After whatever was heard, also where the plant clock is behind the source's.
        t_ns = max(now.plant_ns, self._asked_ns, self._once.newest_of_all_ns()) + 1
        self._lost_ns = t_ns
        rows = Rows()
        for index in range(len(self.source.points)):
            rows.add_missing(index, why | self._marks, t_ns=t_ns, seen_ns=now.seen_ns)
        self._hand_on(rows)

    def _return(self, now: Now) -> None:
        """A source that was silent for too long speaks again, its link having stayed."""
        self._account(max(now.plant_ns, self._lost_ns + 1), now)
        self._is_silent = self._told_lost = False
        self.is_connected = True

    def _account(self, until_ns: int, now: Now) -> None:
        """Account for all that may have been missed since what was heard last."""
        margin = margin_ns(self.source.endpoint.publish_s, now.speed)
        assert self.box.taken_ns is not None, "the account has begun"
        window = Window(
            from_ns=self.box.taken_ns - margin,
            until_ns=until_ns + margin + self._ahead_ns(now),
            reason=self._reason,
        )
        self._gap(window, now.seen_ns)

    def _ahead_ns(self, now: Now) -> int:
        """By how much the source's times may be ahead of plant time without being corrected."""
        offset_ns = self._clock.offset_ns
        if offset_ns is None or self._clock.used_ns:
            return 0
        return min(max(0, offset_ns), bound_ns(now.speed))

    def _hand_on(self, rows: Rows) -> None:
        """Hand on rows that say why there is no value."""
        t_ns, places = self._once.times(rows.tag, rows.t_ns, rows.value, rows.quality)
        rows.t_ns = t_ns
        self.box.add(rows if places is None else rows.at(places))

    def _apart(self, window: Window) -> Window:
        """Window that begins a little earlier where one of its reason began at the same time.

        The identity of a gap is its beginning and its reason, not its tags.
        """
        from_ns = max(0, window.from_ns)
        while from_ns in self._begun and from_ns > 0:
            from_ns -= 1
        self._begun[from_ns] = None
        if len(self._begun) > GAPS_REMEMBERED:
            del self._begun[next(iter(self._begun))]
        return msgspec.structs.replace(window, from_ns=from_ns)

    def _gap(self, window: Window, seen_ns: int) -> None:
        gap = gap_of(
            self.source,
            window,
            epoch=self.box.epoch,
            seen_ns=seen_ns,
            plant_rev=self.plant_rev,
        )
        self.box.add_gap(gap)


def _part(heard: Heard, rows: Sequence[int], *, is_first: bool = False) -> Heard:
    """Some rows of a message."""
    return Heard(
        points=[heard.points[row] for row in rows],
        values=[heard.values[row] for row in rows],
        statuses=[heard.statuses[row] for row in rows],
        source_ns=[heard.source_ns[row] for row in rows],
        is_first=is_first,
    )


def _fitting(t_ns: int) -> int:
    """Return a time that a sample, and what is added to it, can hold."""
    return min(max(0, t_ns), TIME_MAX_NS)


def _merged(windows: Sequence[Window]) -> Window:
    """One window over all of some tags."""
    return Window(
        from_ns=min(window.from_ns for window in windows),
        until_ns=max(window.until_ns for window in windows),
        reason=windows[0].reason,
        tags=tuple(dict.fromkeys(tag for window in windows for tag in window.tags)),
    )
