"""Laws of the outbox, whatever comes and whenever it is published."""

from hypothesis import given
from hypothesis import strategies as st

from linewright.connectors.feeding.outbox import Batch, Numbering, Outbox
from linewright.connectors.feeding.rows import Rows
from linewright.plant.records import Quality

TIMES = st.lists(st.integers(min_value=0, max_value=30), max_size=6)
STEPS = st.lists(st.one_of(TIMES, st.just("publish")), max_size=20)


def raw_times(sent: list[Batch]) -> dict[float, int]:
    """Raw times in the frames of batches, by the values beside them; others have none."""
    found: dict[float, int] = {}
    for made in (batch.frame() for batch in sent):
        raw_ns = [None] * made.rows if made.raw_ns is None else made.raw_ns.to_pylist()
        values = made.batch.column("value").to_pylist()
        pairs = zip(values, raw_ns, strict=True)
        found |= {value: raw for value, raw in pairs if raw is not None}
    return found


@given(steps=STEPS)
def test_every_row_leaves_once_under_numbers_without_a_hole(steps: list[list[int] | str]) -> None:
    """What is taken in is published once, and no published row is newer than `stored_ns` says."""
    box = Outbox(Numbering(site="a", source="b", epoch=1, n=0))
    box.names([f"a#t{number}" for number in range(6)])
    given_values, given_raw, sent = [], {}, []
    for number, step in enumerate([*steps, *["publish"] * len(steps)]):
        if isinstance(step, str):
            head = box.head()
            if isinstance(head, Batch):
                sent.append(head)
                box.published(head)
            continue
        rows = Rows()
        for k, t_ns in enumerate(step):
            value = float(number * 100 + k)
            given_values.append(value)
            rows.add_one(k, t_ns=t_ns, seen_ns=0, value=value, quality=Quality.CLOCK)
            if t_ns % 2:
                rows.raw_ns[k] = given_raw[value] = number - t_ns
        box.add(rows)
    assert sorted(value for batch in sent for value in batch.rows.value) == given_values
    assert raw_times(sent) == given_raw
    assert [batch.numbering.n for batch in sent] == list(range(len(sent)))
    assert all(batch.rows.t_ns == sorted(batch.rows.t_ns) for batch in sent)
    newest = max((t_ns for batch in sent for t_ns in batch.rows.t_ns), default=None)
    assert box.stored_ns == newest
