"""The rules that every link keeps, as one story of a device: it comes, changes, goes, returns."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from functools import partial

import msgspec

from linewright.connectors.link import Around
from linewright.connectors.manifest import Manifest, unmet
from linewright.plant.records import GapReason, Quality
from linewright.testing.connecting.bench import Bench, Heard, Listening, listening

__all__ = ["GENERIC", "Checked", "check_link", "check_manifest"]

FIRST_S = 15.0
"""Longest wait for a device to be connected."""

CHANGE_S = 5.0
"""Longest wait for a change."""

LOSS_S = 8.0
"""Longest wait until a device that is gone is said to be lost; the promise itself is measured by
the benchmark, not here."""

RETURN_S = 20.0
"""Longest wait for a device that came back."""

FLOOD = 6_000
"""Changes of a flood: three times what the outbox of a check holds."""

VALUES = (2.0, 3.0, 4.0, 5.0)


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule came to; without a problem it is kept."""

    rule: str
    problem: str = ""


def check_manifest(manifest: Manifest) -> list[str]:
    """Say what is wrong with a manifest, one line each; nothing where it is whole.

    Examples
    --------
    >>> from linewright.connectors.manifest import QUALITY
    >>> good = dict.fromkeys(QUALITY, "done")
    >>> bare = Manifest(
    ...     name="x", protocol="x", title="X", reads=(), writes=(), listens=True,
    ...     source_time=True, library="", quality=good,
    ... )
    >>> check_manifest(bare)
    ['reads: it reads no kind of tag']
    """
    lines = unmet(manifest)
    if not manifest.reads:
        lines.append("reads: it reads no kind of tag")
    if manifest.name != manifest.protocol:
        lines.append("name: the folder is not called as the protocol")
    return lines


async def check_link(
    bench: Bench, given: Around, rules: Collection[str] | None = None
) -> list[Checked]:
    """Play the story of a device, and say of each rule whether its link keeps it.

    Parameters
    ----------
    bench
        The device; it is started and stopped here.
    given
        What the link gets, see `bench.around`.
    rules
        Those that are looked at; left out: all of `GENERIC`. Later ones build upon earlier
        ones: leave none out in between.

    Returns
    -------
    list[Checked]
        In the order of `GENERIC`.

    Examples
    --------
    >>> async def problems_of(bench: Bench, given: Around) -> list[str]:
    ...     return [one.rule for one in await check_link(bench, given) if one.problem]
    """
    wanted = set(GENERIC if rules is None else rules)
    found: list[Checked] = []
    await bench.start()
    try:
        async with listening(bench.source, given) as heard:
            for rule, check in GENERIC.items():
                if rule in wanted:
                    found.append(Checked(rule=rule, problem=await check(bench, heard)))
    finally:
        await bench.stop()
    return found


async def _first(bench: Bench, heard: Listening) -> str:
    count = len(bench.source.points)

    def all_read() -> bool:
        return len({one.point for one in heard.samples if _is_reading(one)}) == count

    if await heard.until(all_read, FIRST_S):
        return ""
    points = sorted({one.point for one in heard.samples if _is_reading(one)})
    return f"only points {points} of {count} had a first reading marked as one"


async def _changes(bench: Bench, heard: Listening) -> str:
    begin = len(heard.samples)
    for value in VALUES:
        await bench.change(value)
        if not await heard.until(partial(_holds, heard, begin, value), CHANGE_S):
            break
    told = [value for value in _values(heard, begin) if value in VALUES]
    return "" if told == list(VALUES) else f"{list(VALUES)} came as {told}"


async def _quality(bench: Bench, heard: Listening) -> str:
    begin = len(heard.samples)
    await bench.spoil()

    def is_bad() -> bool:
        return any(one.point == 0 and one.quality & Quality.BAD for one in heard.samples[begin:])

    return "" if await heard.until(is_bad, CHANGE_S) else "a bad value made no bad sample"


async def _report(bench: Bench, heard: Listening) -> str:
    report = heard.link.report(bench.source.name)
    if (report.source, report.state) != (bench.source.name, "connected"):
        return f"while it is connected the report says {report.state}"
    if report.points != len(bench.source.points) or report.heard_ns is None:
        return "the report does not say how many points there are, or when it was heard"
    msgspec.json.encode(report, enc_hook=str)
    return ""


async def _loss(bench: Bench, heard: Listening) -> str:
    begin = len(heard.samples)
    await bench.stop()
    count = len(bench.source.points)

    def all_lost() -> bool:
        lost = [one for one in heard.samples[begin:] if one.quality & Quality.NOT_CONNECTED]
        return len({one.point for one in lost}) == count

    if not await heard.until(all_lost, LOSS_S):
        return "not every point was said to be lost"
    report = heard.link.report(bench.source.name)
    if report.state == "connected" or not report.why:
        return f"while it is lost the report says {report.state}, {report.why!r}"
    return ""


async def _return(bench: Bench, heard: Listening) -> str:
    begin = len(heard.samples)
    await bench.start()
    await bench.change(VALUES[0])

    def is_back() -> bool:
        good = [one for one in heard.samples[begin:] if not one.quality & Quality.BAD]
        return any(one.point == 0 and one.value == VALUES[0] for one in good)

    return (
        "" if await heard.until(is_back, RETURN_S) else "what it said after its return is missing"
    )


async def _gap(bench: Bench, heard: Listening) -> str:
    lost = [one.t_ns for one in heard.samples if one.quality & Quality.NOT_CONNECTED]
    back = [one.t_ns for one in heard.samples if lost and one.t_ns > max(lost)]
    if not lost or not back:
        return "it was not lost and back before"
    for gap in heard.gaps:
        if gap.t_ns <= min(lost) and gap.until_ns >= min(back):
            return "" if gap.of_source == bench.source.name else "the gap is another source's"
    return "no gap reaches from the loss to the return"


async def _bounded(bench: Bench, heard: Listening) -> str:
    heard.is_draining = False
    await bench.flood(FLOOD)
    await heard.until(lambda: heard.feed.box.is_overrun, CHANGE_S)
    waiting, is_overrun = heard.feed.box.waiting, heard.feed.box.is_overrun
    heard.is_draining = True

    def is_told() -> bool:
        return any(gap.reason is GapReason.OVERRUN for gap in heard.gaps)

    if not is_overrun:
        return f"only {waiting} rows of a flood waited: nothing was lost, or nothing came"
    return "" if await heard.until(is_told, CHANGE_S) else "what found no room is in no gap"


async def _writes(bench: Bench, _heard: Listening) -> str:
    count = bench.writes()
    return f"{count} writes reached a device that was only to be read" if count else ""


def _is_reading(one: Heard) -> bool:
    return bool(one.quality & Quality.INITIAL) and not one.quality & Quality.BAD


def _values(heard: Listening, begin: int) -> list[float]:
    """Good values of the first point since `begin`, readings left out."""
    bits = Quality.BAD | Quality.INITIAL
    return [one.value for one in heard.samples[begin:] if one.point == 0 and not one.quality & bits]


def _holds(heard: Listening, begin: int, value: float) -> bool:
    return value in _values(heard, begin)


Check = Callable[[Bench, Listening], Awaitable[str]]

GENERIC: Mapping[str, Check] = {
    "first": _first,
    "changes": _changes,
    "report": _report,
    "loss": _loss,
    "return": _return,
    "gap": _gap,
    "quality": _quality,
    "bounded": _bounded,
    "writes": _writes,
}
"""Rules of the quality scale that are the same for every protocol, in the order of the story."""
