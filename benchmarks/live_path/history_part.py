"""The history against DuckDB alone: the same rows, in the same run, the same answers.

`python -m benchmarks.live_path.history_part [--quick]` prints these claims alone.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchmarks.measure import Claim, interleaved, note
from linewright.history import Arrival, History, Writer, open_history, take_in
from linewright.history.intake import FrameIn, Intake
from linewright.history.keeping import Compactor, Rule
from linewright.plant.samples import (
    FRAME_ROWS_MAX,
    FRAME_SCHEMA,
    Frame,
    FrameHeader,
    encode_frame,
    samples_subject,
)

TAGS = 2000
SOURCES = 10
BATCH_S = 25
BATCH_ROWS = TAGS * BATCH_S
FULL_ROWS = 20_000_000
QUICK_ROWS = 2_000_000
T0_NS = 1_717_400_400_000_000_000 // 3_600_000_000_000 * 3_600_000_000_000
MINUTE_NS = 60_000_000_000
HOUR_NS = 3_600_000_000_000
ROUNDS = 15
ROLLUP_TAGS = 20
ALIKE = 1e-9
"""Means differ by the order in which numbers are added."""

PEER = f"DuckDB {duckdb.__version__}"
NAMES = [f"nogales/machining/l{n // 100:02d}/s{n // 10 % 10}#t{n % 10}" for n in range(TAGS)]

Ints = npt.NDArray[np.int64]


class Rows(msgspec.Struct, frozen=True):
    """A batch of rows, as arrays in the order of their times."""

    tag: npt.NDArray[np.int32]
    t_ns: Ints
    value: npt.NDArray[np.float64]
    seen_ns: int


class Both(msgspec.Struct, frozen=True):
    """The same rows in a history and in a DuckDB alone."""

    history: History
    peer: Any
    rows: int
    until_ns: int
    folder: Path


def batches(rows: int, seed: int) -> Iterator[Rows]:
    """Random walks of 2,000 tags at 1 Hz with jitter, in batches of 50,000 rows."""
    chance = np.random.default_rng(seed)
    walk = chance.normal(20.0, 5.0, TAGS)
    tags = np.tile(np.arange(TAGS, dtype=np.int32), BATCH_S)
    for number in range(rows // BATCH_ROWS):
        seconds = np.repeat(np.arange(BATCH_S) + number * BATCH_S, TAGS)
        jitter_ms = np.rint(chance.normal(0.0, 50.0, BATCH_ROWS)).astype(np.int64)
        t_ns = T0_NS + 1_000_000_000 + seconds * 1_000_000_000 + jitter_ms * 1_000_000
        steps = np.cumsum(chance.normal(0.0, 0.01, (BATCH_S, TAGS)), axis=0)
        values = np.round(walk + steps, 3).ravel()
        walk = walk + steps[-1]
        order = np.argsort(t_ns, kind="stable")
        seen_ns = int(t_ns.max()) + 1_000_000
        yield Rows(tags[order], t_ns[order], values[order], seen_ns)


def frames(rows: Rows, n: int, source: str = "gen", names: Sequence[str] = NAMES) -> list[FrameIn]:
    """Frames of a batch, each as large as a frame may be."""
    found: list[FrameIn] = []
    dictionary = pa.array(names)
    for at in range(0, len(rows.tag), FRAME_ROWS_MAX):
        part = slice(at, at + FRAME_ROWS_MAX)
        count = len(rows.tag[part])
        columns = [
            pa.DictionaryArray.from_arrays(pa.array(rows.tag[part]), dictionary),
            pa.array(rows.t_ns[part]),
            pa.repeat(pa.scalar(rows.seen_ns, pa.int64()), count),
            pa.array(rows.value[part]),
            pa.nulls(count, pa.int64()),
            pa.nulls(count, pa.utf8()),
            pa.array(np.zeros(count, np.uint16)),
        ]
        header = FrameHeader(site="nogales", source=source, epoch=1, n=n + len(found))
        batch = pa.RecordBatch.from_arrays(columns, schema=FRAME_SCHEMA)
        found.append(FrameIn(Frame(header, batch), rows.seen_ns))
    return found


def measure_history(*, quick: bool, seed: int = 1) -> list[Claim]:
    """Every claim on the history."""
    rows = QUICK_ROWS if quick else FULL_ROWS
    with tempfile.TemporaryDirectory(prefix="linewright-") as folder:
        ingest, both = ingested(Path(folder), rows, seed)
        try:
            equal = agree(both)
            claims = [
                msgspec.structs.replace(ingest, correct=equal),
                stored_bytes(both, correct=equal),
                one_tag_hour(both, correct=equal),
                rollup(both, correct=equal),
                last_values(both),
            ]
        finally:
            both.history.close()
            both.peer.close()
    return [*claims, service_cpu(seed)]


def ingested(folder: Path, rows: int, seed: int) -> tuple[Claim, Both]:
    """Put the same rows into both, batch by batch in turn; then compact ours and sort theirs."""
    peer = duckdb.connect(str(folder / "peer.duckdb"), config={"threads": 2, "memory_limit": "1GB"})
    peer.execute(
        "CREATE TABLE raw(tag INTEGER, t_ns BIGINT, value DOUBLE, quality USMALLINT,"
        " seen_ns BIGINT, source INTEGER, n BIGINT)"
    )
    ours_s = peer_s = 0.0
    n, until_ns = 0, 0
    with Writer.open(folder / "history") as writer:
        for number, each in enumerate(batches(rows, seed)):
            made = frames(each, n)
            given = peer_table(each, n)
            n += len(made)
            until_ns = max(until_ns, int(each.t_ns.max()) + 1)
            works: list[Callable[[], float]] = [
                lambda made=made: timed(lambda: keep(writer, made)),  # type: ignore[misc] # ours
                lambda given=given: timed(lambda: insert(peer, given)),  # type: ignore[misc] # theirs
            ]
            took = [0.0, 0.0]
            for which in (0, 1) if number % 2 else (1, 0):
                took[which] = works[which]()
            ours_s, peer_s = ours_s + took[0], peer_s + took[1]
        compactor = Compactor(writer.database.reader())
        compact_s = timed(lambda: compact(compactor))
        compactor.close()
    sort_s = timed(lambda: peer.execute("CREATE TABLE ordered AS FROM raw ORDER BY tag, t_ns"))
    note(f"ingest: ours {rows / ours_s:,.0f} rows/s, {PEER} {rows / peer_s:,.0f} rows/s")
    note(f"compaction: {rows / compact_s:,.0f} rows/s; the peer sorts {rows / sort_s:,.0f} rows/s")
    claim = Claim(
        name="ingest_vs_bare_duckdb",
        value=rows / ours_s,
        unit="1/s",
        ratio=peer_s / ours_s,
        peer=PEER,
        peer_value=rows / peer_s,
        correct=False,
    )
    history = open_history(folder / "history")
    return claim, Both(history, peer, rows, until_ns, folder)


def keep(writer: Writer, made: list[FrameIn]) -> None:
    """Append one batch of frames."""
    writer.append(Intake(frames=tuple(made)), plant_rev="r1")


def compact(compactor: Compactor) -> None:
    """Compact all hours, as after the last of them."""
    rule = Rule(day_late_s=1e9)
    while not compactor.compact(now_ns=T0_NS + 100 * HOUR_NS, rule=rule).is_done:
        continue


def peer_table(rows: Rows, n: int) -> Any:  # noqa: ANN401 - Arrow's own
    """The rows as the peer takes them: every column that holds anything."""
    count = len(rows.tag)
    columns = {
        "tag": pa.array(rows.tag),
        "t_ns": pa.array(rows.t_ns),
        "value": pa.array(rows.value),
        "quality": pa.array(np.zeros(count, np.uint16)),
        "seen_ns": pa.repeat(pa.scalar(rows.seen_ns, pa.int64()), count),
        "source": pa.repeat(pa.scalar(0, pa.int32()), count),
        "n": pa.array(n + np.arange(count) // FRAME_ROWS_MAX),
    }
    return pa.table(columns)


def insert(peer: Any, given: Any) -> None:  # noqa: ANN401 - DuckDB's own
    """Insert one batch into the peer."""
    peer.register("given", given)
    peer.execute("INSERT INTO raw SELECT * FROM given")
    peer.unregister("given")


def agree(both: Both) -> bool:
    """Whether counts, whole tags and rollups are the same in both."""
    if both.history.counts().samples != both.rows:
        return False
    for tag in (0, 777, TAGS - 1):
        ours = both.history.read(NAMES[tag], limit=100_000)
        theirs = hour_of_peer(both, tag, 0)
        for column in ("t_ns", "seen_ns", "value", "quality"):
            if list(getattr(ours, column)) != theirs[column]:
                return False
    tags = list(range(0, TAGS, TAGS // ROLLUP_TAGS))
    return same_rollup(rollup_of_ours(both, tags), rollup_of_peer(both, tags))


def one_tag_hour(both: Both, *, correct: bool) -> Claim:
    """The last hour of one tag, another tag each time."""
    from_ns = both.until_ns - HOUR_NS
    mine, theirs = (cycle(range(3, TAGS, 97)) for _ in range(2))
    times = interleaved(
        {
            "ours": lambda: both.history.read(NAMES[next(mine)], from_ns, both.until_ns),
            "peer": lambda: hour_of_peer(both, next(theirs), from_ns),
        },
        ROUNDS,
    )
    return ratio("one_tag_hour_vs_bare_duckdb", times, correct=correct)


def rollup(both: Both, *, correct: bool) -> Claim:
    """Minutes of 20 tags over all time, other tags each time."""
    starts = [list(range(at, TAGS, TAGS // ROLLUP_TAGS)) for at in range(TAGS // ROLLUP_TAGS)]
    mine, theirs = cycle(starts), cycle(starts)
    times = interleaved(
        {
            "ours": lambda: rollup_of_ours(both, next(mine)),
            "peer": lambda: rollup_of_peer(both, next(theirs)),
        },
        ROUNDS,
    )
    return ratio("rollup_20_tags_vs_bare_duckdb", times, correct=correct)


def ratio(name: str, times: Any, *, correct: bool) -> Claim:  # noqa: ANN401 - of `interleaved`
    """Claim of how much faster ours is, by the medians."""
    ours, theirs = times["ours"].wall_s_median, times["peer"].wall_s_median
    note(f"{name}: ours {times['ours']}; {PEER} {times['peer']}")
    return Claim(
        name=name,
        value=ours * 1e3,
        unit="ms",
        ratio=theirs / ours,
        peer=f"{PEER}, table sorted by (tag, t_ns)",
        peer_value=theirs * 1e3,
        correct=correct,
    )


def hour_of_peer(both: Both, tag: int, from_ns: int) -> dict[str, list[Any]]:
    """Rows of one tag from the sorted table."""
    query = (
        "SELECT t_ns, seen_ns, value, quality FROM ordered"
        " WHERE tag = ? AND t_ns >= ? AND t_ns < ? ORDER BY t_ns"
    )
    found = both.peer.sql(query, params=[tag, from_ns, both.until_ns]).to_arrow_table()
    columns: dict[str, list[Any]] = found.to_pydict()
    return columns


def rollup_of_ours(both: Both, tags: list[int]) -> Any:  # noqa: ANN401 - buckets
    """Buckets of a minute."""
    names = [NAMES[tag] for tag in tags]
    return both.history.aggregate(names, T0_NS, both.until_ns, every_ns=MINUTE_NS)


def rollup_of_peer(both: Both, tags: list[int]) -> dict[str, list[Any]]:
    """Buckets of a minute from the sorted table."""
    listed = ", ".join(map(str, tags))
    found = both.peer.sql(
        f"SELECT tag, (t_ns - {T0_NS}) // {MINUTE_NS} AS cell, count(*) AS count,"  # noqa: S608 - our numbers
        " min(value) AS low, max(value) AS high, avg(value) AS mean FROM ordered"
        f" WHERE tag IN ({listed}) GROUP BY tag, cell ORDER BY tag, cell"
    )
    columns: dict[str, list[Any]] = found.to_arrow_table().to_pydict()
    return columns


def same_rollup(ours: Any, theirs: dict[str, list[Any]]) -> bool:  # noqa: ANN401 - buckets
    """Whether both rollups say the same."""
    mine = [
        (each.count[at], each.min[at], each.max[at], each.mean[at])
        for each in ours
        for at in range(len(each.start_ns))
        if each.rows[at]
    ]
    columns = (theirs[name] for name in ("count", "low", "high", "mean"))
    yours = list(zip(*columns, strict=True))
    pairs = zip(mine, yours, strict=False)
    is_same = all(a[:3] == b[:3] and abs(a[3] - b[3]) <= ALIKE for a, b in pairs)
    return len(mine) == len(yours) and is_same


def last_values(both: Both) -> Claim:
    """The last value of every tag."""
    took = [timed(both.history.last) for _ in range(ROUNDS)]
    found = both.history.last()
    latest = dict(both.peer.execute("SELECT tag, max(t_ns) FROM ordered GROUP BY tag").fetchall())
    right = [latest[tag] for tag in sorted(range(TAGS), key=lambda tag: NAMES[tag])]
    note(f"last values: {statistics.median(took) * 1e3:.1f} ms")
    return Claim(
        name="last_values_2000_tags",
        value=statistics.median(took) * 1e3,
        unit="ms",
        correct=found.t_ns == right,
    )


def stored_bytes(both: Both, *, correct: bool) -> Claim:
    """Bytes of a compacted row, arrivals and footers included."""
    kept = (both.folder / "history" / "parquet").rglob("*.parquet")
    ours = sum(path.stat().st_size for path in kept)
    peer = both.folder / "peer.parquet"
    rows = "SELECT tag, t_ns, value, quality, seen_ns FROM ordered"
    form = "FORMAT parquet, COMPRESSION zstd"
    both.peer.execute(f"COPY ({rows}) TO '{peer}' ({form})")
    theirs = peer.stat().st_size
    note(f"stored: ours {ours / both.rows:.2f} B a row, {PEER} {theirs / both.rows:.2f}")
    return Claim(
        name="bytes_per_sample_compacted",
        value=ours / both.rows,
        unit="B",
        ratio=ours / theirs,
        peer=f"{PEER}, sorted zstd Parquet",
        peer_value=theirs / both.rows,
        correct=correct,
    )


def service_cpu(seed: int, ticks: int = 100) -> Claim:
    """CPU of the service's path, decode included: ten sources, 200 rows of each in a frame."""
    arrivals = list(messages(ticks, seed))
    per_append = 3 * SOURCES  # what comes in the 0.3 s that the service gathers
    with (
        tempfile.TemporaryDirectory(prefix="linewright-") as folder,
        Writer.open(Path(folder)) as writer,
    ):
        began = time.process_time()
        rows = 0
        for at in range(0, len(arrivals), per_append):
            intake = take_in(arrivals[at : at + per_append])
            rows += writer.append(intake, plant_rev="r1").rows
        used_s = time.process_time() - began
    note(f"service path: {used_s / rows * 1e6:.2f} us of CPU a row in frames of 200 rows")
    right = rows == ticks * TAGS
    return Claim(name="history_cpu_per_row", value=used_s / rows * 1e6, unit="us", correct=right)


def messages(ticks: int, seed: int) -> Iterator[Arrival]:
    """Frames of ten sources as they lie on the stream, tick after tick."""
    seq = 0
    for each in batches(ticks * TAGS, seed):
        second = (each.t_ns - T0_NS - 500_000_000) // 1_000_000_000
        for tick in np.unique(second).tolist():
            for source in range(SOURCES):
                which = (second == tick) & (each.tag % SOURCES == source)
                tag = each.tag[which] // SOURCES
                rows = Rows(tag, each.t_ns[which], each.value[which], each.seen_ns)
                (made,) = frames(rows, tick, f"gen{source}", NAMES[source::SOURCES])
                seq += 1
                yield Arrival(
                    stream="samples",
                    subject=samples_subject(made.frame.header),
                    data=encode_frame(made.frame),
                    seq=seq,
                )


def timed(work: Callable[[], object]) -> float:
    """Seconds that a work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    for claim in measure_history(quick="--quick" in sys.argv):
        print(claim)
