"""A recording as a machine: its rows are heard when they are due, and each of them once.

What is due, and under which time, is a function of the files, the moment of the first row (kept in
a private file) and the pace; so a restart goes on exactly where it was.
"""

import asyncio
import hashlib
import logging
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import msgspec

from linewright.connectors.feeding.feed import Feed, Now
from linewright.connectors.link import Around, Device, LinkReport, LinkState, wait_any
from linewright.connectors.replay.rows import BAD, Row, columns_of, rows_of, value_of
from linewright.connectors.sources import TIME_COLUMN, Endpoint
from linewright.connectors.values import Heard, Spoken
from linewright.plant import Address

__all__ = ["ReplayLink", "link"]

STEP_S = 0.05
"""How often it is looked what is due."""

CELLS_MAX = 20_000
"""Most cells that are heard at once, some tens of milliseconds of work."""

SKIPPED_MAX = 500
"""Rows that are passed over at once."""

WAITING_MAX = 50_000
"""Samples of a source that may wait for the bus; while there are more, no row is read."""

AGAIN_S = 2.0
"""How often it is looked whether missing files are there by now."""

FILES_MAX = 10_000
"""Most files of a pattern."""

LATE_NS = 1_000_000_000
"""Age from which a row is told late on purpose, 1 s: it is no sign of a wrong clock."""

FOLDER = "replay"
NAME_CHARS = 16

_log = logging.getLogger(__name__)


def link(endpoint: Endpoint, feeds: Sequence[Feed], around: Around) -> "ReplayLink":
    """Link to a recording.

    Parameters
    ----------
    endpoint
        Its files.
    feeds
        The sources that are recorded there.
    around
        Clocks, and where the plant file and private files are.

    Returns
    -------
    ReplayLink
        It does nothing before `keep`.
    """
    return ReplayLink(endpoint, feeds, around)


class _Begun(msgspec.Struct, frozen=True, kw_only=True):
    """When the first row was played, on the clock of the plant."""

    anchor_ns: int


class _Due(msgspec.Struct, frozen=True):
    """A row, how long after the first one it is due, and the time that it bears."""

    row: Row
    after_ns: int
    t_ns: int


class _Part:
    """One source of a recording: which cells are its, and what is to be heard of them."""

    def __init__(self, feed: Feed, names: Sequence[str]) -> None:
        self.feed = feed
        self._places = [names.index(point.item) for point in feed.source.points]
        self._told = (-1, -1) if feed.told_to is None else feed.told_to
        self._begin()

    def has(self, t_ns: int) -> bool:
        """Whether all cells of a row of this time were told."""
        return (t_ns, len(self._places) - 1) <= self._told

    def add(self, row: Row, t_ns: int) -> None:
        """Take in a row, but for cells that were told and those that are empty."""
        points = self.feed.source.points
        for number, place in enumerate(self._places):
            cell = row.cells[place]
            if cell is None or (t_ns, number) <= self._told:
                continue
            value: Spoken = None
            status = row.status
            if status != BAD:
                if cell == "":
                    continue
                value, found = value_of(cell, points[number])
                status = found or status
            self._points.append(number)
            self._values.append(value)
            self._statuses.append(status)
            self._t_ns.append(t_ns)

    def tell(self, now: Now) -> None:
        """Have the feed hear what was taken in."""
        if not self._points:
            self.feed.alive(now)
            return
        heard = Heard(
            points=self._points,
            values=self._values,
            statuses=self._statuses,
            source_ns=list(self._t_ns),
            # What is due for longer, or keeps its own time, says nothing of a clock.
            is_historical=now.plant_ns - self._t_ns[0] > LATE_NS,
        )
        self.feed.told_to = self._t_ns[-1], len(self._places) - 1
        self._begin()
        self.feed.take(heard, now)

    def _begin(self) -> None:
        self._points: list[int] = []
        self._values: list[Spoken] = []
        self._statuses: list[int] = []
        self._t_ns: list[int] = []


class ReplayLink:
    """The sources of one recording.

    Parameters
    ----------
    endpoint
        Its files.
    feeds
        The sources that are recorded there.
    around
        Clocks, and where the plant file and private files are.
    """

    def __init__(self, endpoint: Endpoint, feeds: Sequence[Feed], around: Around) -> None:
        self.endpoint = endpoint
        self.feeds = tuple(feeds)
        self._clocks = around.clocks
        self._files = around.files
        self._folder = around.folder / FOLDER
        self._state: LinkState = "connecting"
        self._why = self._next_step = ""
        self._since_ns = self._clocks.wall_ns()
        self._rows = 0

    def device(self, address: Address) -> Device | None:
        """None: a recording is neither asked nor written."""
        del address
        return None

    def report(self, source: str) -> LinkReport:
        """How one of its sources is played now."""
        (feed,) = (each for each in self.feeds if each.source.name == source)
        return LinkReport(
            source=source,
            address=feed.source.address,
            protocol=self.endpoint.protocol,
            endpoint=self.endpoint.url,
            state=self._state,
            since_ns=self._since_ns,
            why=self._why,
            next_step=self._next_step,
            heard_ns=feed.heard_ns,
            points=len(feed.source.points),
            missing=feed.missing,
            limits={"rows": self._rows},
        )

    async def keep(self, stop: asyncio.Event) -> None:
        """Play the recording to its end, then say that it is over, until `stop` is set."""
        while not stop.is_set():
            if not await self._clocks.plant.known(wait_s=AGAIN_S):
                continue
            try:
                if await self._play(stop):
                    self._say("lost", "the recording is over", "name another one to go on")
                    self._lost()
                    await wait_any((stop,), None)
            except (OSError, ValueError) as error:
                words = str(error)[:200]
                self._say("refused", words, "put the files there, or correct `replay:`")
                self._lost()
                await wait_any((stop,), AGAIN_S)

    async def _play(self, stop: asyncio.Event) -> bool:
        """Play what is not stored yet; whether the end was reached."""
        paths = self._paths()
        points = [point.item for feed in self.feeds for point in feed.source.points]
        names = list(dict.fromkeys(points))
        columns = {name for path in paths for name in columns_of(path)}
        time_column = self.endpoint.time_column or TIME_COLUMN
        if time_column not in columns:
            raise ValueError(f"{self.endpoint.url} has no column `{time_column}` for the time")
        parts = [_Part(feed, names) for feed in self.feeds]
        anchor_ns = self._anchor_ns()
        dues = self._dues(rows_of(paths, names, time_column), anchor_ns)
        held = await self._first_to_play(dues, parts, stop)
        if held is None:
            return not stop.is_set()
        now = self._clocks.now()
        is_shifted = self.endpoint.times == "shifted"
        base_ns = anchor_ns if is_shifted else now.plant_ns - held.after_ns
        self._connect(columns, held.t_ns - 1, now)
        most = max(1, CELLS_MAX // max(1, len(points)))
        while held is not None and not stop.is_set():
            is_full = any(part.feed.box.waiting > WAITING_MAX for part in parts)
            now, count = self._clocks.now(), 0
            while held is not None and not is_full and count < most:
                if base_ns + held.after_ns > now.plant_ns:
                    break
                for part in parts:
                    part.add(held.row, held.t_ns)
                count += 1
                held = next(dues, None)
            self._rows += count
            for part in parts:
                part.tell(now)
            await wait_any((stop,), 0.0 if count == most else STEP_S)
        return held is None

    async def _first_to_play(
        self, dues: Iterator[_Due], parts: Sequence[_Part], stop: asyncio.Event
    ) -> _Due | None:
        """First row that is not stored whole, None where all are, or when `stop` is set."""
        for count, due in enumerate(dues):
            if not all(part.has(due.t_ns) for part in parts):
                return due
            if count % SKIPPED_MAX == 0 and await wait_any((stop,), 0.0):
                break
        return None

    def _dues(self, rows: Iterator[Row], anchor_ns: int) -> Iterator[_Due]:
        """Rows with when they are due and what time they bear; the latter always rises."""
        first_ns: int | None = None
        before_ns = -1
        for row in rows:
            first_ns = row.t_ns if first_ns is None else first_ns
            after_ns = round((row.t_ns - first_ns) / self.endpoint.speed)
            bears_ns = anchor_ns + after_ns if self.endpoint.times == "shifted" else row.t_ns
            before_ns = max(bears_ns, before_ns + 1)
            yield _Due(row, after_ns, before_ns)

    def _connect(self, columns: set[str], asked_ns: int, now: Now) -> None:
        for feed in self.feeds:
            missing = [
                number
                for number, point in enumerate(feed.source.points)
                if point.item not in columns
            ]
            feed.connected(missing, asked_ns=asked_ns, now=now, is_complete=True)
        self._say("connected")

    def _paths(self) -> list[Path]:
        """Files of the recording, by name.

        Raises
        ------
        OSError
            There is none.
        """
        pattern = Path(self.endpoint.url)
        base = Path(pattern.anchor) if pattern.is_absolute() else self._files
        if base is None:
            raise FileNotFoundError("nothing says where the plant file is; write the whole path")
        relative = str(pattern.relative_to(pattern.anchor)) if pattern.anchor else str(pattern)
        found = sorted(islice((each for each in base.glob(relative) if each.is_file()), FILES_MAX))
        if not found:
            raise FileNotFoundError(f"{self.endpoint.url} is not there")
        return found

    def _anchor_ns(self) -> int:
        """Plant time of the first row, the same after every restart."""
        told = (self.endpoint.url, self.endpoint.time_column, self.endpoint.speed)
        name = hashlib.sha256(repr(told).encode()).hexdigest()[:NAME_CHARS]
        path = self._folder / f"{name}.json"
        try:
            return msgspec.json.decode(path.read_bytes(), type=_Begun).anchor_ns
        except FileNotFoundError:
            pass
        except msgspec.MsgspecError as error:
            _log.warning("%s is made anew: %s", path, error)
        begun = _Begun(anchor_ns=self._clocks.now().plant_ns)
        self._folder.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".new")
        draft.write_bytes(msgspec.json.encode(begun))
        draft.replace(path)
        return begun.anchor_ns

    def _say(self, state: LinkState, why: str = "", next_step: str = "") -> None:
        """Remember the state, and write a line where it is another one."""
        if (state, why) == (self._state, self._why):
            return
        self._state, self._why, self._next_step = state, why, next_step
        self._since_ns = self._clocks.wall_ns()
        _log.info("%s is %s%s", self.endpoint.url, state, f": {why}" if why else "")

    def _lost(self) -> None:
        now = self._clocks.now()
        for feed in self.feeds:
            feed.lost(now)
