"""Laws of keeping: whatever comes in whatever order, every answer is that of plain lists."""

import math
import tempfile
from pathlib import Path

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linewright.history.keeping.arrays import ROWS, concat, np, numbers, pa
from linewright.history.keeping.packing import (
    Packer,
    unpacked_times,
    unpacked_values,
)
from linewright.plant.records import Quality
from linewright.testing.history_conformance import HOUR_NS, T0_NS, Batch, DuckHistory, Ledger, Row

BAD = int(Quality.BAD | Quality.NOT_FINITE)
TAGS = ("nogales#a", "nogales#b", "nogales/shop#c")

decimals = st.integers(-(10**7), 10**7).map(lambda number: number / 1000)
anything = st.floats(allow_nan=False, allow_infinity=False)
tame = st.floats(-1e9, 1e9)
times = st.one_of(
    st.integers(0, 3 * 3600 * 1000).map(lambda ms: T0_NS + ms * 1_000_000),
    st.integers(0, 3 * HOUR_NS).map(lambda ns: T0_NS + ns),
    st.sampled_from([T0_NS, T0_NS + HOUR_NS - 1, T0_NS + HOUR_NS]),
)
raw_times = st.one_of(
    st.none(),  # of a time that no column can hold
    st.integers(-(2**63), 2**63 - 1),
    st.integers(-3600, 3600).map(lambda s: T0_NS + s * 1_000_000_000),
)


@st.composite
def rows_of(draw: st.DrawFn) -> Row:
    """One sample: mostly decimal numbers, now and then a bad one, an integer or a text."""
    t_ns = draw(times)
    tag, seen_ns = draw(st.sampled_from(TAGS)), draw(st.sampled_from([7, t_ns]))
    plain = Row(tag=tag, t_ns=t_ns, seen_ns=seen_ns, value=draw(decimals))
    changes: dict[str, object] = {}
    match draw(st.integers(0, 10)):
        case 0:
            changes = {"value": math.nan, "quality": BAD}
        case 1:
            integer = draw(st.integers(-(2**63), 2**63 - 1))
            changes = {"value": 0.0, "integer": integer, "quality": BAD}
        case 2:
            integer = draw(st.integers(-1000, 1000))
            changes = {"value": float(integer), "integer": integer}
        case 3:
            changes = {"value": math.nan, "text": draw(st.text(max_size=9))}
        case 4:
            changes = {"value": draw(tame)}
        case 5:
            changes = {"quality": int(Quality.CLOCK), "raw_ns": draw(raw_times)}
    return msgspec.structs.replace(plain, **changes)


batches = st.builds(
    lambda source, epoch, n, rows: Batch(source=source, epoch=epoch, n=n, rows=tuple(rows)),
    st.sampled_from(["p", "q"]),
    st.integers(1, 2),
    st.integers(0, 3),
    st.lists(rows_of(), max_size=12),
)
steps = st.one_of(
    st.lists(batches, min_size=1, max_size=4),
    st.sampled_from([T0_NS + HOUR_NS, T0_NS + 2 * HOUR_NS, T0_NS + 40 * HOUR_NS]),
)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(steps, min_size=1, max_size=6))
def test_every_answer_is_that_of_plain_lists(story: list[list[Batch] | int]) -> None:
    """Late, doubled and disordered batches, two sources of one tag, compaction in between."""
    with tempfile.TemporaryDirectory() as folder:
        held, ledger = DuckHistory.open(Path(folder)), Ledger()
        try:
            for step in story:
                if isinstance(step, int):
                    held.compact(step)
                else:
                    held.append(step)
                    ledger.append(step)
            ledger.check(held)
            held.compact(T0_NS + 100 * HOUR_NS)
            held.reopen()
            ledger.check(held)
        finally:
            held.close()


@given(st.lists(st.one_of(decimals, anything, tame), min_size=1, max_size=60))
def test_packed_numbers_come_back_bit_by_bit(values: list[float]) -> None:
    """Decimal or not, tiny, huge or minus zero: what is unpacked has the bits that came."""
    count = len(values)
    rows = pa.table(
        [
            pa.array(np.zeros(count, np.int32)),
            pa.array(T0_NS + np.arange(count) * 7),
            pa.array(np.full(count, 9)),
            pa.array(np.array(values)),
            pa.nulls(count, pa.int64()),
            pa.nulls(count, pa.utf8()),
            pa.array(np.zeros(count, np.uint16)),
            pa.array(np.zeros(count, np.int32)),
            pa.array(np.zeros(count, np.int64)),
            pa.nulls(count, pa.int64()),
        ],
        schema=ROWS,
    )
    packed = Packer({0: "nogales#a"}, {0: ("p", 1)}).pack(rows)
    (segment,) = packed.segments
    found = unpacked_values(packed.table, segment.scale)
    assert found.view(np.int64).tolist() == np.array(values).view(np.int64).tolist()
    assert unpacked_times(packed.table).tolist() == numbers(rows["t_ns"]).tolist()
    assert concat([]).num_rows == 0
