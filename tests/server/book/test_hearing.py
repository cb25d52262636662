"""The book of a running site: what history has, what the bus brings, older windows, trends."""

import asyncio
import csv
import datetime as dt
import io
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import pytest

from linewright.bus import Stream
from linewright.plant.samples import Frame
from linewright.server.book.days import hours_view, losses_view, stops_view
from linewright.server.book.lines import line_view
from linewright.server.book.signals import values_view
from linewright.server.desk import Refusal
from tests.server.book.onbus import Scene, scene, state, until
from tests.server.book.played import BEGIN_NS, H_NS, LINE, S_NS, Run, kept_of, run

HOURS = 1.5
HOUR_MS = 3_600_000
MS = 10**6


def play(folder: Path, story: Callable[[Scene], Awaitable[None]]) -> None:
    """Play a story on a site with its history."""

    async def told() -> None:
        async with scene(folder, with_history=True) as found:
            await story(found)

    asyncio.run(told())


async def brought(found: Scene, played: Run) -> None:
    """Publish all that a play gave: frames and records."""
    numbers: dict[str, int] = {}
    for _, each in played.frames:
        n = numbers[each.header.source] = numbers.get(each.header.source, -1) + 1
        header = msgspec.structs.replace(each.header, n=n)
        await found.bus.publish_frame(Frame(header, each.batch))
    await asyncio.gather(*(found.bus.publish(each) for each in played.records))


async def in_history(found: Scene) -> None:
    """Wait until history has everything that lies on the bus."""

    async def counts() -> tuple[int, int]:
        told = msgspec.json.decode(
            await found.bus.ask(f"lw.ask.{LINE.site}.history.counts", b"{}", timeout_s=20.0)
        )
        return told["samples"], told["records"]

    ends = [await found.bus.end_seq(each) for each in (Stream.SAMPLES, Stream.RECORDS)]
    before = None
    while (now := await counts()) != before or now[1] < ends[1]:
        before = now
        await asyncio.sleep(0.3)


def test_what_came_before_the_start_and_what_comes_later_give_the_pages_of_a_replay(
    tmp_path: Path,
) -> None:
    """A book that begins in the middle shows to the last bit what one shows that heard it all."""
    played = run(HOURS)

    async def story(found: Scene) -> None:
        await brought(found, played)
        await found.at(played.until_ns)
        for line in played.lines:
            found.known.hear_line(line)
        kept = found.book.kept
        await until(lambda: kept.is_whole and kept.version("day", LINE) >= len(played.records))
        await until(lambda: len(kept.newest) == len(kept_of(played).newest))
        now = found.book.moment()
        offline = kept_of(played)
        offline.until_ns = played.until_ns
        kept.until_ns = played.until_ns
        for page in (hours_view, losses_view, stops_view):
            assert page(kept, now, LINE, "shift") == page(offline, now, LINE, "shift")
        tags = [f"{LINE}/mill#spindle_temp", f"{LINE}/mill#good"]
        for tag, view in values_view(offline, now, tags).values.items():
            assert values_view(kept, now, tags).values[tag].value == view.value
        assert line_view(kept, now, LINE).good == line_view(offline, now, LINE).good

    play(tmp_path, story)


def test_an_older_window_is_read_from_history_once_and_late_records_reach_it(
    tmp_path: Path,
) -> None:
    """Five days later the shift is asked of history; a late record raises its revision."""
    played = run(HOURS)
    window = "2026-11-23/day"

    async def story(found: Scene) -> None:
        await brought(found, played)
        await in_history(found)
        await found.at(BEGIN_NS + 5 * 24 * H_NS)
        found.book.kept.forget(BEGIN_NS + 3 * 24 * H_NS)
        past = await found.book.of(window)
        assert past is not found.book.kept
        assert await found.book.of(window) is past
        now = found.book.moment()
        good = [each.good or 0 for each in hours_view(past, now, LINE, window).hours]
        period = msgspec.structs.replace(now, t_ns=played.until_ns)
        expected = hours_view(kept_of(played), period, LINE, window).hours
        assert good[:2] == [each.good for each in expected[:2]]
        before = hours_view(past, now, LINE, window).window.revision
        await found.bus.publish(state(5400 + 60, "down", seen_ns=BEGIN_NS))
        await until(lambda: hours_view(past, now, LINE, window).window.revision == before + 1)

    play(tmp_path, story)


def test_a_trend_keeps_the_outline_and_tells_what_the_station_did(tmp_path: Path) -> None:
    """Least and greatest of the raw rows are there, with as many rows as were stored."""
    played = run(HOURS)
    tag = f"{LINE}/mill#spindle_temp"

    async def story(found: Scene) -> None:
        await brought(found, played)
        await in_history(found)
        await found.at(played.until_ns)
        await until(lambda: found.book.kept.is_whole)
        from_ms, until_ms = BEGIN_NS // MS, played.until_ns // MS
        view = await found.book.trend(tag, from_ms, until_ms, 200)
        told = [one for one in played.samples if one.tag == tag]
        raw = [float(one.value) for one in told if one.t_ns < played.until_ns]
        values = [each for each in view.value if each is not None]
        assert (min(values), max(values)) == (min(raw), max(raw))
        assert (view.unit, view.rows) == ("degC", len(raw))
        assert len(view.t_ms) <= 200
        assert view.decimated == (view.rows > 200)
        assert view.states[0][0] == from_ms
        assert all(one[1] == two[0] for one, two in zip(view.states, view.states[1:], strict=False))
        kept_ms = from_ms - 48 * HOUR_MS
        across = await found.book.trend(tag, kept_ms - HOUR_MS, kept_ms + HOUR_MS, 200)
        assert across.states[0][0] == kept_ms, "from the kept days on"
        for bad, status in ((f"{LINE}/mill#nothing", 404), ("no tag", 422), (LINE, 404)):
            with pytest.raises(Refusal) as refusal:
                await found.book.trend(bad, from_ms, until_ms, 200)
            assert refusal.value.status == status

    play(tmp_path, story)


def test_rows_as_csv_are_those_that_were_sent(tmp_path: Path) -> None:
    """Every row of two tags, with times to the ms, read back by another program."""
    played = run(HOURS)
    tags = [f"{LINE}/mill#good", f"{LINE}/saw#good"]

    async def story(found: Scene) -> None:
        await brought(found, played)
        await in_history(found)
        await found.at(played.until_ns)
        lines = await found.book.csv(tags, BEGIN_NS // MS, played.until_ns // MS)
        text = b"".join([each async for each in lines]).decode()
        rows = list(csv.DictReader(io.StringIO(text)))
        raw = [
            (str(one.tag), one.t_ns, float(one.value))
            for tag in tags
            for one in played.samples
            if one.tag == tag and one.t_ns < played.until_ns
        ]
        assert [(r["tag"], int(r["t_ns"]), float(r["value"])) for r in rows] == raw
        first = dt.datetime.fromisoformat(rows[0]["time"])
        assert round(first.timestamp() * 1000) == raw[0][1] // MS
        with pytest.raises(Refusal):
            await found.book.csv(tags, played.until_ns // MS, BEGIN_NS // MS)

    play(tmp_path, story)


def test_what_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    """A damaged record on the bus does not keep the next one from the book."""

    async def story(found: Scene) -> None:
        place = f"{LINE}/mill".replace("/", ".")
        await found.bus.tell(f"lw.state.{place}", b'{"class":"state"}')
        await found.heard([state(60, "running")])
        assert len(found.book.kept.day.station(f"{LINE}/mill").states) == 1

    async def told() -> None:
        async with scene(tmp_path) as found:
            await found.at(BEGIN_NS + 100 * S_NS)
            await story(found)

    asyncio.run(told())
