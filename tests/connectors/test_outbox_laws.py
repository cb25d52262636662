"""Laws of the outbox, whatever comes and whenever it is published."""

from hypothesis import given
from hypothesis import strategies as st

from linewright.connectors.feeding.outbox import Batch, Numbering, Outbox
from linewright.connectors.values import Row

TIMES = st.lists(st.integers(min_value=0, max_value=30), max_size=6)
STEPS = st.lists(st.one_of(TIMES, st.just("publish")), max_size=20)


@given(steps=STEPS)
def test_every_row_leaves_once_under_numbers_without_a_hole(steps: list[list[int] | str]) -> None:
    """What is taken in is published once, and no published row is newer than `stored_ns` says."""
    box = Outbox(Numbering(site="a", source="b", epoch=1, n=0))
    given_values, sent = [], []
    for number, step in enumerate([*steps, *["publish"] * len(steps)]):
        if isinstance(step, str):
            head = box.head()
            if isinstance(head, Batch):
                sent.append(head)
                box.published(head)
            continue
        values = [float(number * 100 + k) for k in range(len(step))]
        given_values += values
        box.add(
            [
                Row(tag=f"a#t{value:.0f}", t_ns=t_ns, seen_ns=0, value=value, quality=0)
                for t_ns, value in zip(step, values, strict=True)
            ]
        )
    assert sorted(row.value for batch in sent for row in batch.rows) == given_values
    assert [batch.numbering.n for batch in sent] == list(range(len(sent)))
    newest = max((row.t_ns for batch in sent for row in batch.rows), default=None)
    assert box.stored_ns == newest
