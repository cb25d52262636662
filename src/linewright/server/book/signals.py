"""Newest values, trends and the namespace of tags; rows of a tag as CSV."""

import csv
import datetime as dt
import io
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from linewright.connectors import Source, sources_of
from linewright.connectors.link import link_state
from linewright.plant import Address
from linewright.plant.records import Gap, Quality, Severity, severity
from linewright.server.book.held.newest import Value
from linewright.server.book.keeping import SILENT_NS, Kept
from linewright.server.book.reckoning.plain import (
    NS_PER_MS,
    address_of,
    doubts,
    finite,
    ms,
    stations_in,
)
from linewright.server.desk import Refusal
from linewright.server.known import Moment
from linewright.server.views.line import ValueView
from linewright.server.views.signals import (
    NamespaceView,
    SourceView,
    TagNowView,
    TrendView,
    ValuesView,
)

__all__ = [
    "TAGS_ASKED_MAX",
    "Asked",
    "Columns",
    "csv_head",
    "csv_rows",
    "gap_concerns",
    "namespace_view",
    "source_of",
    "tag_of",
    "trend_view",
    "values_view",
    "with_places",
]

TAGS_ASKED_MAX = 2000
"""Most tags of one answer."""

CSV_HEAD = ("tag", "time", "t_ns", "value", "text", "quality")


class Columns(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of one tag as the history gives them."""

    t_ns: Sequence[int] = ()
    value: Sequence[float | None] = ()
    quality: Sequence[int] = ()
    rows: int = 0
    """Rows that the history has in the window, where these are the few that keep its outline."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a trend is about."""

    tag: str
    from_ns: int
    until_ns: int


def values_view(kept: Kept, moment: Moment, tags: Sequence[str]) -> ValuesView:
    """Return the newest values of some tags; a tag of which nothing came is left out.

    Raises
    ------
    Refusal
        More than `TAGS_ASKED_MAX` tags are asked for.
    """
    if len(tags) > TAGS_ASKED_MAX:
        what = f"{len(tags)} tags are asked for, at most {TAGS_ASKED_MAX}"
        raise Refusal(422, what, "tags", "ask for fewer at once")
    found = {tag: value_now(kept, moment, tag) for tag in tags}
    return ValuesView(values={tag: view for tag, view in found.items() if view is not None})


def value_now(kept: Kept, moment: Moment, tag: str) -> ValueView | None:
    """Return the newest value of a tag; stale while its source is silent. None: nothing came."""
    value = kept.newest.get(tag)
    if value is None:
        return None
    source = value.source
    if not source:  # it was read from history
        found = source_of(kept, Address(tag))
        source = "" if found is None else found.name
    is_silent = moment.wall_ns - kept.newest.heard(source).wall_ns > SILENT_NS
    return _value_view(value, is_silent=is_silent)


def _value_view(value: Value, *, is_silent: bool) -> ValueView:
    against = doubts(value.quality)
    if is_silent and "stale" not in against:
        against = (*against, "stale")
    usable = severity(value.quality) is not Severity.BAD
    return ValueView(
        t_ms=ms(value.t_ns),
        value=finite(value.value) if usable else None,
        text=value.text or "",
        doubts=against,
        seen_ms=ms(value.seen_ns),
    )


def tag_of(kept: Kept, moment: Moment, tag: str) -> tuple[Address, str]:
    """Return the address of a tag of the site, and its unit.

    Raises
    ------
    Refusal
        It is no tag, or neither the plant file nor what was heard has it.
    """
    try:
        address = Address(tag)
    except ValueError as error:
        raise Refusal(422, str(error), "tag", "write it as in /api/namespace") from error
    station = dict(moment.plant.stations_in(address.owner)).get(address.owner)
    named = station.tags.get(address.tag or "") if station is not None else None
    if address.site != moment.site or (named is None and tag not in kept.newest):
        raise Refusal(404, "there is no such tag", tag[:200], "/api/namespace lists the tags")
    return address, (named.unit or "") if named is not None else ""


def gap_concerns(kept: Kept, tag: Address, gap: Gap) -> bool:
    """Whether a gap is one in a tag: of its source, and of all tags or of this one too."""
    if gap.filled or not gap.address.contains(tag):
        return False
    source = source_of(kept, tag)
    is_source = source is None or gap.of_source == source.name or gap.address.station is None
    return is_source and (not gap.tags or tag in gap.tags)


def source_of(kept: Kept, tag: Address) -> Source | None:
    """Return where a tag is read, as the plant file says; None: nowhere."""

    def made() -> dict[Address, Source]:
        return {
            point.tag: each for each in sources_of(kept.plant, kept.site) for point in each.points
        }

    return kept.memo("sources", kept.rev, made).get(tag)


def namespace_view(kept: Kept, moment: Moment, address: str, limit: int) -> NamespaceView:
    """Return the tags at and below an address: value, source, subject and place in the plant file.

    Raises
    ------
    Refusal
        There is no such place.
    """
    place = address_of(address, moment)
    found: dict[str, TagNowView] = {}
    is_more = False
    for at, station in stations_in(place, moment):
        for name, tag in station.tags.items():
            if len(found) >= limit:
                is_more = True
                break
            whole = at.with_tag(name)
            source = source_of(kept, whole)
            found[str(whole)] = TagNowView(
                now=value_now(kept, moment, whole),
                source=_source_view(kept, moment, source, whole, tag.formula or ""),
                subject="" if source is None else f"lw.samples.{moment.site}.{source.name}",
                path=_path(whole, moment),
                type=tag.type or "",
            )
    return NamespaceView(address=str(place), tags=found, more=is_more)


def with_places(view: NamespaceView, written: Mapping[str, str]) -> NamespaceView:
    """Return tags with the file and line that say them: their own, else those of their station.

    Parameters
    ----------
    view
        Tags by address.
    written
        `file:line` by address; a tag that a type gives to its stations has none of its own.

    Examples
    --------
    >>> with_places(NamespaceView(address="reno"), {}).tags
    {}
    """
    tags = {
        tag: msgspec.structs.replace(
            found, file=written.get(tag) or written.get(tag.partition("#")[0], "")
        )
        for tag, found in view.tags.items()
    }
    return msgspec.structs.replace(view, tags=tags)


def _path(tag: Address, moment: Moment) -> str:
    """Return the keys of the plant file that lead to a tag."""
    area = moment.plant.sites[moment.site].areas[tag.area or ""]
    kind = "lines" if tag.line in area.lines else "work_centres"
    keys = ("sites", tag.site, "areas", tag.area, kind, tag.line, "stations", tag.station)
    return ".".join(str(key) for key in (*keys, "tags", tag.tag))


def _source_view(
    kept: Kept, moment: Moment, source: Source | None, tag: Address, formula: str
) -> SourceView:
    if source is None:
        return SourceView(formula=formula)
    link = kept.known.links.get(source.name, {})
    item = next((each.item for each in source.points if each.tag == tag), "")
    return SourceView(
        protocol=str(link.get("protocol") or source.endpoint.protocol),
        endpoint=str(link.get("endpoint") or source.endpoint.url),
        item=item,
        formula=formula,
        link=link_state(link, moment.wall_ns) if link else "",
    )


def trend_view(asked: Asked, columns: Columns, gaps: Sequence[Gap], unit: str) -> TrendView:
    """Return a tag over a window from the rows that the history gave.

    A bad row is no value: null stands where it begins, and the stretch up to the next good row is
    told in `bad`. A gap puts a null where it begins.

    Parameters
    ----------
    asked
        Tag and window.
    columns
        The few rows that keep its outline, in order.
    gaps
        Times without data of its sources.
    unit
        Of the tag.
    """
    points: list[tuple[int, float | None]] = []
    bad: list[tuple[int, int, str]] = []
    began: tuple[int, int] | None = None
    for t_ns, value, quality in zip(columns.t_ns, columns.value, columns.quality, strict=True):
        is_bad = severity(quality) is Severity.BAD or value is None
        points.append((t_ns, None if is_bad else value))
        if is_bad and began is None:
            began = (t_ns, quality)
        elif not is_bad and began is not None:
            bad.append(_bad(began, t_ns))
            began = None
    if began is not None:
        bad.append(_bad(began, asked.until_ns))
    shown = [each for each in gaps if each.until_ns > asked.from_ns and each.t_ns < asked.until_ns]
    points += [(max(each.t_ns, asked.from_ns), None) for each in shown]
    points.sort(key=lambda each: each[0])
    return TrendView(
        tag=asked.tag,
        unit=unit,
        from_ms=ms(asked.from_ns),
        until_ms=ms(asked.until_ns),
        t_ms=tuple(ms(t_ns) for t_ns, _ in points),
        value=tuple(value for _, value in points),
        bad=tuple(bad),
        gaps=tuple((ms(each.t_ns), ms(each.until_ns), each.reason.value) for each in shown),
        rows=columns.rows,
        decimated=columns.rows > len(columns.t_ns),
    )


def _bad(began: tuple[int, int], until_ns: int) -> tuple[int, int, str]:
    words = doubts(began[1] | Quality.BAD)
    return ms(began[0]), ms(until_ns), " ".join(words)


def csv_rows(tag: str, columns: Columns, texts: Sequence[str | None]) -> bytes:
    """Return rows of a tag as lines of CSV (RFC 4180): time in UTC and ns, value, text, quality."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows(_csv_lines(tag, columns, texts))
    return out.getvalue().encode()


def csv_head() -> bytes:
    """Return the first line of a CSV of rows."""
    return (",".join(CSV_HEAD) + "\r\n").encode()


def _csv_lines(
    tag: str, columns: Columns, texts: Sequence[str | None]
) -> Iterator[tuple[object, ...]]:
    rows = zip(columns.t_ns, columns.value, texts, columns.quality, strict=True)
    for t_ns, value, text, quality in rows:
        told = "" if value is None else repr(value)
        yield tag, _utc(t_ns), t_ns, told, _safe(text or ""), quality


def _safe(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def _utc(t_ns: int) -> str:
    at = dt.datetime.fromtimestamp(t_ns // 1_000_000_000, dt.UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{t_ns // NS_PER_MS % 1000:03d}Z"
