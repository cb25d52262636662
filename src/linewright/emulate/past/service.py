"""The shell of a past: plays it once, before any service of a new data folder runs.

What came is put where it would be had the house run all the time: samples into the history,
records on their stream, what `live` knows into its snapshot, up to when each source is accounted
for into the bucket of `connect`, and the play itself into its own folder, from which it goes on.
The last step is a mark. A past that was killed before it is begun anew: samples and play are
thrown away, and of the records, which are the same in every run, those that are stored already are
passed over.
"""

import asyncio
import contextlib
import logging
import shutil
import threading
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from linewright.bus import Applied, Bus, Stream
from linewright.emulate.folder import Folder
from linewright.emulate.machines import Sample
from linewright.emulate.paper import PEOPLE, Habits
from linewright.emulate.past.people import People
from linewright.emulate.past.recording import Recorder
from linewright.emulate.play import Play, Setup
from linewright.emulate.service import setup_of
from linewright.history import Writer
from linewright.live import attending, encode_fold
from linewright.plant.records import Record
from linewright.plant.samples import Frame

__all__ = ["MARK", "run"]

MARK = "past.json"
"""File in the own folder that says how far a past is."""

PLAY = "emulate"
"""Folder of the play."""

HISTORY = "history"
"""Folder of the history."""

STRETCH_NS = 15 * 60 * 1_000_000_000
"""Plant time of one frame of a source: some hundreds of values."""

ROWS = 40_000
"""Rows of one transaction of the history."""

STRETCHES_AHEAD = 8
"""Stretches that are played ahead of what is published: the play never waits for the bus for long,
nor grows without a bound."""

BEFORE_NS = 1_000_000
"""So long before the play is shown its past ends, so that no sample of it has a time that a first
value has too."""

LOOK_S = 0.1
"""How often it is looked whether the play has ended, where nothing comes of it."""

SAY_S = 1.0
"""From one word on how far it is to the next."""

_log = logging.getLogger(__name__)


class _Mark(msgspec.Struct, frozen=True, kw_only=True):
    """How far a past is: what it is of, and the end of the stream of records before it."""

    play: str
    records_after: int
    done: bool = False


class _Stretch(msgspec.Struct, frozen=True):
    """What a stretch of the past brought."""

    t_ns: int
    frames: tuple[Frame, ...]
    records: tuple[Record, ...]


async def run(bus: Bus, folder: Path, stop: asyncio.Event) -> None:
    """Give the applied plant its past, where it has none yet; ends by itself, or with `stop`.

    Parameters
    ----------
    bus
        As the user `up`, before any service runs.
    folder
        Its own folder, beside those of the play and of the history in the data folder.
    stop
        Ends it early; the next call begins anew.

    Raises
    ------
    PlayInvalid
        The plant or the options cannot be played.
    BusUnavailable
        The server did not answer for a minute.
    HistoryUnusable
        Another process writes the history.
    """
    path, play = folder / MARK, folder.parent / PLAY
    applied = await bus.applied()
    setup = await asyncio.to_thread(setup_of, applied, play)
    if setup.past_ns is None or not applied.emulated:
        return
    mark = _read(path)
    if mark.done if mark is not None else _is_used(play):
        _log.info("the plant has a past already")
        return
    stored = await bus.end_seq(Stream.RECORDS)
    name = f"{setup.fingerprint} {applied.rev} {setup.past_ns} {setup.from_ns}"
    if mark is None or mark.play != name:
        mark = _Mark(play=name, records_after=stored)
    await asyncio.to_thread(_begin, play, path, mark)
    past = await asyncio.to_thread(_Past, setup, applied, play)
    try:
        await _recorded(past, bus, stop, passed=stored - mark.records_after)
        if stop.is_set():
            return
        await asyncio.to_thread(past.finish)
        await _hand_over(past, bus)
    finally:
        await asyncio.to_thread(past.close)
    _write(path, msgspec.structs.replace(mark, done=True))


class _Past:
    """A play that is gone through once, and what is kept of it."""

    def __init__(self, setup: Setup, applied: Applied, folder: Path) -> None:
        assert setup.past_ns is not None, "it has a past"
        self.setup = setup
        self.rows = 0
        self._applied = applied
        self._ends_ns = setup.from_ns - BEFORE_NS
        self._folder = Folder(folder)
        self._writer = Writer.open(folder.parent / HISTORY)
        self._waiting: list[Frame] = []
        self._waits = 0
        self.play = Play(setup, self._folder, has_broker=True)
        self.recorder = Recorder(
            setup.plant,
            applied.rev,
            applied.site,
            machines=self.play.machines,
            reached=self.play.is_reached,
        )
        self._people = People(
            setup.plant,
            applied.rev,
            applied.site,
            span_ns=(setup.past_ns, self._ends_ns),
            seed=setup.seed,
            strikes=self.play.strikes,
            habits=Habits(setup.scenario, setup.plant),
        )

    def stretches(self) -> Iterator[_Stretch]:
        """Yield the past, one stretch after the other; samples are on disk when it ends."""
        past_ns = self.setup.past_ns
        assert past_ns is not None, "it has a past"
        for _ in self.play.forward(past_ns):
            pass
        entered = deque(self._people.signed_on())
        done_ns = self.play.t_ns
        samples: list[Sample] = []
        for t_ns, shown in self.play.past(self._ends_ns):
            samples += shown
            failing = self.play.kernels.failing()
            if t_ns % STRETCH_NS and t_ns < self._ends_ns:
                self._people.see(failing)
                continue
            heard = self.recorder.take(samples, t_ns)
            samples = []
            own = self._people.take(heard.records, failing, t_ns)
            signed = [entered.popleft() for _ in range(len(entered)) if entered[0].t_ns <= t_ns]
            ordered = self._ordered(done_ns, t_ns)
            done_ns = t_ns
            self._keep(heard.frames)
            yield _Stretch(t_ns, heard.frames, (*signed, *ordered, *heard.records, *own))
        self._store()

    def finish(self) -> None:
        """Put the play where its first samples are told, and on disk."""
        self.play.enter()
        self.play.begin()
        self.play.save()

    def close(self) -> None:
        """Close the files."""
        self._writer.close()
        self._folder.close()

    def _ordered(self, after_ns: int, until_ns: int) -> tuple[Record, ...]:
        came = [one for one in self.setup.book.orders if after_ns < one.t_ns <= until_ns]
        return self._people.ordered(came, self.setup.book.orders, self.play.kernels.done(after_ns))

    def _keep(self, frames: tuple[Frame, ...]) -> None:
        self._waiting += frames
        self._waits += sum(one.rows for one in frames)
        if self._waits >= ROWS:
            self._store()

    def _store(self) -> None:
        """Put the frames that wait into the history."""
        appended = self._writer.store(self._waiting, plant_rev=self._applied.rev)
        self.rows += appended.rows
        self._waiting.clear()
        self._waits = 0


async def _recorded(past: _Past, bus: Bus, stop: asyncio.Event, *, passed: int) -> None:
    """Play in a thread, and publish beside it; the first `passed` records are stored already."""
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[_Stretch | None] = asyncio.Queue(STRETCHES_AHEAD)
    is_over = threading.Event()

    def play() -> None:
        try:
            for stretch in past.stretches():
                if is_over.is_set():
                    break
                asyncio.run_coroutine_threadsafe(queue.put(stretch), loop).result()
        finally:
            asyncio.run_coroutine_threadsafe(queue.put(None), loop).result()

    progress = _Progress(past.setup, loop.time)
    playing = asyncio.ensure_future(asyncio.to_thread(play))
    stretch: _Stretch | None = None
    try:
        while not stop.is_set() and (stretch := await queue.get()) is not None:
            records = stretch.records[min(passed, len(stretch.records)) :]
            passed -= len(stretch.records) - len(records)
            # One connection, in this order: the server stores them in the order in which they come.
            await asyncio.gather(*(bus.publish(one) for one in records))
            progress.tell(stretch)
    finally:
        is_over.set()
        while not playing.done() or not queue.empty():  # the thread may wait for room
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(queue.get(), LOOK_S)
    await playing
    progress.end(past.rows)


async def _hand_over(past: _Past, bus: Bus) -> None:
    """Leave what is known now to the services that go on from here."""
    folds = await bus.bucket("folds")
    fold = past.recorder.fold
    # Nothing of the past was heard on the wall clock, by which freshness is judged.
    unheard = tuple(msgspec.structs.replace(each, seen_ns=0) for each in fold.stations)
    kept = {
        "seq": 0,
        "fold": msgspec.Raw(encode_fold(msgspec.structs.replace(fold, stations=unheard))),
        "attention": msgspec.Raw(attending.encode_attention(past.recorder.attention)),
    }
    await folds.put("live", msgspec.json.encode(kept))
    for source, stored_ns in past.recorder.marks().items():
        await folds.put(f"connect.{source}", msgspec.json.encode({"stored_ns": stored_ns}))


class _Progress:
    """Says now and then how far a past is; whoever starts it reads it in the log's last line."""

    def __init__(self, setup: Setup, clock: Callable[[], float]) -> None:
        self._clock = clock
        assert setup.past_ns is not None, "it has a past"
        self._begin_ns = setup.past_ns
        self._total_ns = max(1, setup.from_ns - setup.past_ns)
        self._said_s = self._began_s = self._clock()
        self._records = 0

    def tell(self, stretch: _Stretch) -> None:
        self._records += len(stretch.records)
        if self._clock() - self._said_s > SAY_S:
            self._said_s = self._clock()
            share = (stretch.t_ns - self._begin_ns) / self._total_ns
            _log.info("%.0f %% of the past is played", 100.0 * share)

    def end(self, rows: int) -> None:
        took_s = self._clock() - self._began_s
        _log.info("the past has %d samples and %d records, in %.1f s", rows, self._records, took_s)


def _is_used(play: Path) -> bool:
    """Return whether something was played or stored here before."""
    stored = play.parent / HISTORY
    return (play / "state").exists() or (stored.is_dir() and any(stored.iterdir()))


def _begin(play: Path, path: Path, mark: _Mark) -> None:
    """Say that a past is begun, and throw away what one that was killed has left."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write(path, mark)
    play.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.rmtree(play.parent / HISTORY, ignore_errors=True)
    for name in ("state", "truth.jsonl", "truth-before.jsonl", "orders.jsonl", PEOPLE):
        (play / name).unlink(missing_ok=True)


def _read(path: Path) -> _Mark | None:
    with contextlib.suppress(OSError, msgspec.MsgspecError):
        return msgspec.json.decode(path.read_bytes(), type=_Mark)
    return None


def _write(path: Path, mark: _Mark) -> None:
    new = path.with_suffix(".new")
    new.write_bytes(msgspec.json.encode(mark))
    new.replace(path)
