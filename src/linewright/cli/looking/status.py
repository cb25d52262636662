"""`linewright status`: what runs, how the machines are reached, and what history holds."""

import asyncio
import contextlib
import datetime as dt
import re
import time
from collections import Counter
from collections.abc import Coroutine
from contextlib import aclosing
from typing import Any, TypeVar

import click
import msgspec

from linewright.bus import Bus, BusUnavailable
from linewright.cli.ending import Code, Failed, counted
from linewright.cli.looking import words
from linewright.cli.looking.drawing import print_rows
from linewright.cli.looking.place import Place, asked, data_option, place_of, reached, run
from linewright.cli.terminal import as_json, example, safe, say
from linewright.connectors.link import NOT_TOLD, link_state
from linewright.server import SERVICES

__all__ = ["command"]

LISTEN_S = 2.2
"""How long signs of life are listened for: each service speaks once a second.

When all have spoken it is over; nobody who is asked has longer either.
"""

MISSING_SHOWN = 3
"""Missing nodes of a source that are named."""

SECRET = re.compile(r"the secret (\S+) is missing")

SHORT_NS = 1_000_000_000
"""Longest gap that is only counted in words: a service that was started again leaves one."""

NS_PER_S = 1_000_000_000
DAY_NS = 86_400 * NS_PER_S

GAPS_MAX = 500
"""Most gaps that one answer holds: the earliest ones of a span, so a full one is asked shorter."""

GAP_SPANS = ((DAY_NS, "day"), (3600 * NS_PER_S, "hour"), (60 * NS_PER_S, "minute"))
"""How far back gaps are looked for: the longest of these that one answer holds."""

LINKS_SHOWN = 40
"""Most links in words, the worst first; JSON has all."""

WORST_FIRST = ("refused", "untrusted", "lost", NOT_TOLD, "connecting", "connected")

UNKNOWN: tuple[None, str] = (None, "")
"""What is said of the gaps where history does not answer."""

Plain = dict[str, Any]

T = TypeVar("T")


@click.command("status", epilog=example("linewright status", "linewright status --json"))
@click.option("--json", "wants_json", is_flag=True, help="Print JSON.")
@data_option
def command(*, wants_json: bool, data: str | None) -> None:
    """Tell what runs, how the machines are reached, what history holds.

    Works when nothing runs, too, and says so. Ends with 1 where something is
    not as it should be: a service or a machine that is away, or a plant that
    does not run.
    """
    place = place_of(data)
    found = run(_look, place) if place.running is not None else _stopped(place)
    if wants_json:
        say(as_json(found))
    else:
        _tell(found, place.zone())
    if not found["ok"]:
        raise click.exceptions.Exit(Code.FOUND)


def _stopped(place: Place) -> Plain:
    """Return what is known of a plant that does not run."""
    size = _size(place)
    return {
        "data": str(place.data), "site": place.site, "emulated": place.emulated, "running": False,
        "ok": False, "services": [], "links": [], "gaps": None, "history": {"bytes": size},
        "links_old": "", "forecasts": [],
    }  # fmt: skip


async def _look(place: Place) -> Plain:
    """Ask everybody at once; whoever does not answer is told, and the rest is shown."""
    running = place.running
    assert running is not None, "it was asked before"
    names = [name for name in SERVICES if name != "emulate" or place.emulated]
    found: Plain = {
        "data": str(place.data), "site": place.site, "emulated": place.emulated, "running": True,
        "url": running.url, "pid": running.pid, "up_s": time.time() - running.started_ns / NS_PER_S,
        "bus": "", "services": [], "links": [], "gaps": None, "history": {"bytes": _size(place)},
        "gaps_of": "", "forecasts": [],
    }  # fmt: skip
    heard: set[str] = set()
    try:
        async with reached(place) as bus:
            found["links"], gaps, counts, found["forecasts"], _ = await asyncio.gather(
                _soon(_links(bus), []), _soon(_gaps(bus), UNKNOWN), _soon(_counts(bus), {}),
                _soon(_forecasts(bus), []), _hear(bus, heard, set(names)),
            )  # fmt: skip
            found["gaps"], found["gaps_of"] = gaps
            found["history"] |= counts
    except Failed as error:
        found["bus"] = error.message
    found["services"] = [
        {"name": name, "state": "up" if name in heard else "down", "pid": running.pids.get(name)}
        for name in names
    ]
    found["links_old"] = _old(found["links"], is_told="connect" in heard)
    is_well = not found["bus"] and all(each["state"] == "up" for each in found["services"])
    now_ns = time.time_ns()
    reached_all = all(link_state(link, now_ns) == "connected" for link in found["links"])
    found["ok"] = is_well and reached_all and not found["links_old"]
    return found


async def _soon(answer: Coroutine[Any, Any, T], without: T) -> T:
    """Return an answer, or what is told without it where it does not come soon."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LISTEN_S):
            return await answer
    return without


async def _hear(bus: Bus, heard: set[str], expected: set[str]) -> None:
    with contextlib.suppress(TimeoutError, BusUnavailable):
        subject = f"lw.alive.{bus.site}.*"
        async with asyncio.timeout(LISTEN_S), aclosing(bus.listen(subject)) as messages:
            async for message in messages:
                name = message.subject.rpartition(".")[2]
                heard.add(name)
                if heard >= expected:
                    return


async def _links(bus: Bus) -> list[Plain]:
    """Return how each source is reached, the worst first."""
    found = []
    with contextlib.suppress(BusUnavailable):
        bucket = await bus.bucket("links")
        for key in await bucket.keys():
            data = await bucket.get(key)
            if data is not None:
                with contextlib.suppress(msgspec.MsgspecError):
                    found.append(msgspec.json.decode(data, type=Plain))
    order = {state: number for number, state in enumerate(WORST_FIRST)}
    now_ns = time.time_ns()
    return sorted(
        found,
        key=lambda link: (order.get(link_state(link, now_ns), 0), str(link.get("source", ""))),
    )


async def _gaps(bus: Bus) -> tuple[list[Plain] | None, str]:
    """Return the gaps of the last day, hour or minute of plant time, and which of these.

    The latest ones are among them: a span with more gaps than one answer holds is asked shorter.
    """
    with contextlib.suppress(BusUnavailable, Failed, msgspec.MsgspecError):
        now_ns = await _now_ns(bus)
        for span_ns, of in GAP_SPANS:
            question = {
                "class": "gap", "from_ns": max(0, now_ns - span_ns), "until_ns": now_ns + DAY_NS,
                "limit": GAPS_MAX,
            }  # fmt: skip
            lines = (await asked(bus, "history", "records", question)).splitlines()
            if len(lines) < GAPS_MAX or of == GAP_SPANS[-1][1]:
                return _latest_first(lines), of
    return UNKNOWN


def _latest_first(lines: list[bytes]) -> list[Plain]:
    """Return gaps in their newest revision, the latest first."""
    latest: dict[str, Plain] = {}
    for line in lines:
        gap = msgspec.json.decode(line, type=Plain)
        if gap.get("rev", 0) >= latest.get(gap["id"], gap).get("rev", 0):
            latest[gap["id"]] = gap
    return sorted(latest.values(), key=lambda gap: -gap["t_ns"])


async def _now_ns(bus: Bus) -> int:
    """Return plant time; of a played plant it is heard within a moment."""
    with contextlib.suppress(BusUnavailable):
        await bus.applied(wait_s=LISTEN_S / 2)
        return bus.clock.now_ns()
    return time.time_ns()


async def _counts(bus: Bus) -> Plain:
    with contextlib.suppress(Failed, msgspec.MsgspecError):
        return msgspec.json.decode(await asked(bus, "history", "counts", {}), type=Plain)
    return {}


async def _forecasts(bus: Bus) -> list[Plain]:
    """Return how each line is forecast; nothing where nobody answers."""
    with contextlib.suppress(Failed, msgspec.MsgspecError):
        data = await asked(bus, "think", "forecasts", {})
        return list(msgspec.json.decode(data, type=Plain).get("lines", []))
    return []


def _size(place: Place) -> int:
    """Return the bytes of history on disk."""
    total = 0
    for path in (place.data / "history").rglob("*"):
        with contextlib.suppress(OSError):
            total += path.stat().st_size if path.is_file() else 0
    return total


def _old(links: list[Plain], *, is_told: bool) -> str:
    """Return why what is told of the links is old; empty where it is not.

    The newest time that they name says how old: no link was looked at before it.
    """
    if is_told or not links:
        return ""
    names = ("told_ns", "heard_ns", "since_ns")
    times = [link.get(name) for link in links for name in names]
    newest = max((each for each in times if each is not None), default=0)
    age_s = (time.time_ns() - newest) / NS_PER_S
    return f"connect is not running: links as of {words.age(age_s)} ago"


def _tell(found: Plain, zone: dt.tzinfo) -> None:
    kind = "an emulated plant" if found["emulated"] else "a real plant"
    say(safe(f"site     {found['site']}, {kind}"))
    say(safe(f"data     {found['data']}"))
    if not found["running"]:
        say("state    nothing runs here")
        say(f"history  {_bytes(found['history']['bytes'])}")
        return
    say(safe(f"page     {found['url'] or 'not up yet'}"))
    say(f"state    runs since {words.age(found['up_s'])}, pid {found['pid']}")
    say(safe(f"bus      {found['bus'] or 'up'}"))
    for each in found["services"]:
        pid = f", pid {each['pid']}" if each["pid"] else ""
        say(f"service  {each['name']:8} {each['state']}{pid}")
    _tell_history(found)
    if found["links_old"]:
        say(f"links    {found['links_old']}")
    _tell_links(found["links"])
    _tell_gaps(found["gaps"], zone, of=found["gaps_of"])
    _tell_forecasts(found["forecasts"], zone)


def _tell_forecasts(lines: list[Plain], zone: dt.tzinfo) -> None:
    """Tell of each line when it was forecast, how its forecasts did, or why there are none."""
    for line in lines[:LINKS_SHOWN]:
        if why := line.get("why"):
            said = f"none: {words.short(str(why))}"
        elif as_of_ns := line.get("as_of_ns"):
            said = f"at {words.local(as_of_ns, zone, digits=0)}"
            said += f", {line['standing']}" if line.get("standing") else ""
        else:
            said = "none yet"
        say(safe(f"forecast {line.get('address', '')}: {said}"))
    if len(lines) > LINKS_SHOWN:
        say(f"and {len(lines) - LINKS_SHOWN} more; --json tells all")


def _tell_history(found: Plain) -> None:
    history = found["history"]
    what = [_bytes(history["bytes"])]
    if "samples" in history:
        what += [counted(history["samples"], "sample"), counted(history.get("tags", 0), "tag")]
        what += [counted(history.get("records", 0), "record")]
    else:
        what.append("the service does not answer")
    say(f"history  {', '.join(what)}")


def _tell_links(links: list[Plain]) -> None:
    if not links:
        say("links    none is told")
        return
    now_ns = time.time_ns()
    states = Counter(link_state(link, now_ns) for link in links)
    say("links    " + ", ".join(f"{count} {safe(state)}" for state, count in states.items()))
    rows = []
    for link in links[:LINKS_SHOWN]:
        since, heard = link.get("since_ns"), link.get("heard_ns")
        offset = link.get("offset_ns")
        rows.append(
            [
                str(link.get("source", "")),
                link_state(link, now_ns),
                "" if not since else words.age((now_ns - since) / NS_PER_S),
                "" if heard is None else words.age((now_ns - heard) / NS_PER_S),
                "" if offset is None else f"{offset / NS_PER_S:+.2f} s",
                _step(link, now_ns),
            ]
        )
    print_rows(("source", "state", "since", "heard", "clock", "next step"), rows)
    if len(links) > LINKS_SHOWN:
        say(f"and {len(links) - LINKS_SHOWN} more; --json tells all")


def _step(link: Plain, now_ns: int) -> str:
    """Return what is wrong with a source and what to do; nothing where all is well."""
    state, why = str(link.get("state", "")), words.short(str(link.get("why", "")))
    name, missing = str(link.get("source", "")), list(link.get("missing", ()))
    if link_state(link, now_ns) == NOT_TOLD:
        told = words.age((now_ns - link["told_ns"]) / NS_PER_S)
        return f"not told since {told}, {state} then; {words.SEE_CONNECT}"
    to_do = words.to_do(link)
    if (secret := SECRET.search(why)) is not None:
        to_do = f"{words.advice(state, why)} LINEWRIGHT_SECRET_{secret[1]}"
    if state == "connected" and link.get("certificate") and to_do:
        to_do = f"look at its certificate: `linewright trust {name}`"
    advice = words.advice(state, why).replace(words.TRUST, words.trust(name))
    said = [part for part in (why, to_do or advice) if part]
    if missing:
        shown = ", ".join(str(item) for item in missing[:MISSING_SHOWN])
        more = f" and {len(missing) - MISSING_SHOWN:,} more" if len(missing) > MISSING_SHOWN else ""
        count = counted(len(missing), "node")
        said.append(f"it does not have {count} of the plant file: {shown}{more}")
        said.append(f"`linewright browse {name}` shows what it has; correct `node:`")
    return "; ".join(said)


def _tell_gaps(gaps: list[Plain] | None, zone: dt.tzinfo, *, of: str = "day") -> None:
    if gaps is None:
        say("gaps     not known: history does not answer")
        return
    more = "" if of == "day" else ", more before that"
    if not gaps:
        say(f"gaps     none in the last {of}{more}")
        return
    count = f"{GAPS_MAX} and more" if len(gaps) >= GAPS_MAX else f"{len(gaps)}"
    say(f"gaps     {count} in the last {of}{more}, the latest first")
    long = [gap for gap in gaps if gap["until_ns"] - gap["t_ns"] > SHORT_NS]
    if short := len(gaps) - len(long):
        say(f"         {counted(short, 'gap')} of a second or less, as a new start leaves")
    if not long:
        return
    rows = [
        [
            str(gap.get("of_source", "")),
            words.local(gap["t_ns"], zone, digits=0),
            words.age((gap["until_ns"] - gap["t_ns"]) / NS_PER_S),
            str(gap.get("reason", "")),
            "not known" if gap.get("count") is None else f"{gap['count']:,}",
        ]
        for gap in long[:10]
    ]
    print_rows(("source", "from", "lasted", "reason", "lost"), rows)


def _bytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size < 1e9 else f"{size / 1e9:.2f} GB"  # noqa: PLR2004  # a gigabyte, in bytes
