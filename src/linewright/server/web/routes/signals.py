"""Values, trends, exports and the namespace of tags."""

from linewright.server.book.signals import namespace_view, values_view, with_places
from linewright.server.desk import Refusal
from linewright.server.views.signals import NamespaceView, TrendView, ValuesView
from linewright.server.web.asked import Asked, Said

__all__ = ["export", "must_be_short", "namespace", "trend", "values"]

TREND_MS_MAX = 400 * 86_400_000
"""Longest stretch of a trend: somewhat more than a year."""


def values(asked: Asked) -> ValuesView:
    """Return the newest values of some tags."""
    return values_view(*asked.now(), asked.query["tags"])


async def trend(asked: Asked) -> TrendView:
    """Return one tag over time, as many points as are wanted."""
    query = asked.query
    must_be_short(asked)
    return await asked.site.book.trend(
        query["tag"], query["from_ms"], query["until_ms"], query["points"]
    )


async def export(asked: Asked) -> Said:
    """Return the raw rows of some tags, as they are read from history."""
    query = asked.query
    must_be_short(asked)
    rows = await asked.site.book.csv(query["tag"], query["from_ms"], query["until_ms"])
    headers = {"content-disposition": 'attachment; filename="linewright-trend.csv"'}
    return Said(stream=rows, media="text/csv; charset=utf-8", headers=headers)


def namespace(asked: Asked) -> NamespaceView:
    """Return the tags at and below a place."""
    found = namespace_view(*asked.now(), asked.place(), asked.query["limit"])
    return with_places(found, asked.site.written)


def must_be_short(asked: Asked) -> None:
    """Refuse a stretch of time that ends before it begins, or is too long."""
    span_ms = asked.query["until_ms"] - asked.query["from_ms"]
    if not 0 < span_ms <= TREND_MS_MAX:
        what = "the end is not after the beginning, or more than 400 days after it"
        raise Refusal(422, what, asked.where, "choose other times")
