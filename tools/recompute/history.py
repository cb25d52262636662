"""Raw samples and what people said, read from the files that the history publishes."""

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

LISTINGS_MAX = 3
"""How often the listing is read again where a file went away meanwhile."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One value of one tag."""

    t_ns: int
    value: float | str | None
    quality: int
    order: tuple[int, int, int]

    @property
    def is_bad(self) -> bool:
        """Whether no sum may take it."""
        return bool(self.quality & 2)


@dataclass(frozen=True, kw_only=True)
class History:
    """What was published at one moment."""

    samples: dict[str, list[Sample]]
    records: dict[str, list[dict[str, Any]]]

    def span(self) -> tuple[int, int]:
        """From the first to the last time of a state or count."""
        times = [t for of_tag in self.samples.values() for t in (of_tag[0].t_ns, of_tag[-1].t_ns)]
        times += [r["t_ns"] for kind in ("state", "parts") for r in self.records[kind]]
        return (min(times), max(times)) if times else (0, 0)

    def until(self, t_ns: int) -> "History":
        """What is known of the time before."""
        samples = {
            tag: [sample for sample in of_tag if sample.t_ns < t_ns]
            for tag, of_tag in self.samples.items()
        }
        records = {
            kind: [record for record in of_kind if record["t_ns"] < t_ns]
            for kind, of_kind in self.records.items()
        }
        return History(samples=samples, records=defaultdict(list, records))

    def of(self, kind: str, address: str) -> list[dict[str, Any]]:
        """Records of a class at an address, as they hold: highest revision, what was not void."""
        newest: dict[str, dict[str, Any]] = {}
        for record in self.records[kind]:
            if record["address"] == address:
                before = newest.get(record["id"])
                if before is None or record.get("rev", 0) >= before.get("rev", 0):
                    newest[record["id"]] = record
        return sorted(
            (record for record in newest.values() if not record.get("void")),
            key=lambda record: (record["t_ns"], record["seq"]),
        )


def read(folder: Path, ends: tuple[str, ...]) -> History:
    """Samples of tags whose address ends so, and all records."""
    for attempt in range(LISTINGS_MAX):
        try:
            return _read(folder / "history", ends)
        except duckdb.IOException:
            if attempt == LISTINGS_MAX - 1:
                raise
    raise AssertionError


def _read(folder: Path, ends: tuple[str, ...]) -> History:
    listing = json.loads((folder / "query" / "manifest.json").read_text("utf-8"))
    base = duckdb.connect()

    def paths(name: str) -> list[str]:
        return [str(folder / file["path"]) for file in listing.get(name, [])]

    wanted = " or ".join(["tag like ?"] * len(ends)) or "false"
    patterns = [f"%#{end}" for end in ends]
    samples: dict[str, list[Sample]] = defaultdict(list)
    for name, time, number in (
        ("files", "t_ms::BIGINT * 1000000 + t_sub_ns", "coalesce(m / scale, value, int::DOUBLE)"),
        ("tail", "t_ns", "coalesce(value, int::DOUBLE)"),
    ):
        files = paths(name)
        if not files:
            continue
        rows = base.execute(
            f"select tag, {time}, {number}, text, quality, epoch, n, row_number() over () "  # noqa: S608 - no text of others
            f"from read_parquet({files!r}, union_by_name=true) where {wanted}",
            patterns,
        ).fetchall()
        for tag, t_ns, value, text, quality, epoch, n, row in rows:
            samples[tag].append(
                Sample(
                    t_ns=t_ns,
                    value=value if text is None else text,
                    quality=quality,
                    order=(epoch, n, row),
                )
            )
    for of_tag in samples.values():
        of_tag.sort(key=lambda sample: (sample.t_ns, sample.order))
    return History(samples=dict(samples), records=_records(base, paths("records")))


def _records(base: duckdb.DuckDBPyConnection, files: list[str]) -> dict[str, list[dict[str, Any]]]:
    records: dict[str, list[dict[str, Any]]] = defaultdict(list)
    if files:
        rows = base.execute(
            f"select class, seq, json from read_parquet({files!r}, union_by_name=true) "  # noqa: S608 - no text of others
            "where class in ('state', 'parts', 'reason', 'gap', 'job', 'correction', 'forecast')"
            " order by seq"
        ).fetchall()
        for kind, seq, text in rows:
            records[kind].append({**json.loads(text), "seq": seq})
    return records
