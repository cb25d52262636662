"""The tables of a query: views over the files that history has published at a moment.

==========  =====================================================================================
table       columns
==========  =====================================================================================
samples     tag, t_ns, t, seen_ns, value, int, text, quality, source, epoch, n, raw_ns
records     class, id, rev, address, t_ns, t, seen_ns, json
tags        tag, samples, first_ns, last_ns
gaps        id, rev, address, t_ns, t, seen_ns, of_source, epoch, first_n, last_n, until_ns, reason,
            count, at_least, json; the latest revision of each
==========  =====================================================================================

`t` is `t_ns` as a timestamp in UTC, to the microsecond, as other programs read it.
"""

import re
from pathlib import Path

from linewright.history.published import (
    Published,
    PublishedUnusable,
    read_published,
    records_sql,
    samples_sql,
)
from linewright.history.querying.engine import Layout, QueryRefused

__all__ = ["layout_of"]

_COUNTED = re.compile(r"count\s*\(\s*\*\s*\)")
_TIME = "make_timestamp(t_ns // 1000) AS t"

_GAP_FIELDS = {
    "of_source": "VARCHAR",
    "epoch": "BIGINT",
    "first_n": "BIGINT",
    "last_n": "BIGINT",
    "until_ns": "BIGINT",
    "reason": "VARCHAR",
    "count": "BIGINT",
    "at_least": "BOOLEAN",
}
"""What of a gap record has a column of its own."""


def layout_of(history: Path, sql: str) -> Layout:
    """Return the tables of now for a query.

    Parameters
    ----------
    history
        Folder of the history.
    sql
        The query: when its rows arrived is looked up only where it can see that, since it
        costs a join.

    Raises
    ------
    QueryRefused
        Nothing is published there yet, or it cannot be read.

    Examples
    --------
    >>> layout_of(Path("no/such/folder"), "FROM samples")
    Traceback (most recent call last):
    linewright.history.querying.engine.QueryRefused: history has published nothing yet (wait ...)
    """
    try:
        published = read_published(history)
    except PublishedUnusable as error:
        raise QueryRefused(str(error)) from error
    if published is None:
        to_do = "wait some seconds, or see that the service history runs"
        raise QueryRefused("history has published nothing yet", to_do)
    return Layout(views=_views(published, history, sql), files=_files(published, history))


def _views(published: Published, history: Path, sql: str) -> dict[str, str]:
    samples = samples_sql(published, history, with_seen=_sees_arrival(sql))
    records = records_sql(published, history)
    fields = ", ".join(
        f"TRY_CAST(json_extract_string(json, '$.{name}') AS {kind}) AS \"{name}\""
        for name, kind in _GAP_FIELDS.items()
    )
    latest = "row_number() OVER (PARTITION BY id ORDER BY rev DESC) = 1"
    return {
        "samples": f"SELECT tag, t_ns, {_TIME}, * EXCLUDE (tag, t_ns) FROM ({samples})",  # noqa: S608  # our names
        "records": (
            f"SELECT class, id, rev, address, t_ns, {_TIME}, seen_ns, json FROM ({records})"  # noqa: S608  # our names
        ),
        "tags": (
            "SELECT tag, count(*) AS samples, min(t_ns) AS first_ns, max(t_ns) AS last_ns"  # noqa: S608  # our names
            f" FROM ({samples}) GROUP BY tag"
        ),
        "gaps": (
            f"SELECT id, rev, address, t_ns, {_TIME}, seen_ns, {fields}, json"  # noqa: S608  # our names
            f" FROM ({records}) WHERE class = 'gap' QUALIFY {latest}"
        ),
    }


def _files(published: Published, history: Path) -> tuple[str, ...]:
    """Every file behind the tables, by the path that the views name."""
    listed = (*published.files, *published.tail, *published.records)
    paths = {each.path for each in listed} | {each.seen for each in published.files if each.seen}
    return tuple((history / path).as_posix() for path in sorted(paths))


def _sees_arrival(sql: str) -> bool:
    """Whether a query can see `seen_ns`: it names it, or takes whatever columns there are."""
    text = _COUNTED.sub("", sql.lower())
    return "seen_ns" in text or "*" in text or "select" not in text
