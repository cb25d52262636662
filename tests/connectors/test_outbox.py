"""The outbox keeps order, numbers without a hole, and counts what it cannot hold."""

from msgspec.structs import replace

from linewright.connectors.feeding import outbox
from linewright.connectors.feeding.gaps import Window, gap_of
from linewright.connectors.feeding.outbox import Batch, Numbering, Outbox, newest_timed_ns
from linewright.connectors.sources import Endpoint, Source
from linewright.connectors.values import Row
from linewright.plant import Address
from linewright.plant.records import Gap, GapReason, Quality

SAW = Address("nogales/machining/bracket/saw")
SOURCE = Source(name="saw", address=SAW, endpoint=Endpoint(url="opc.tcp://a"), points=())


def row(t_ns: int, value: float = 1.0, *, tag: str = "kw", quality: int = 0) -> Row:
    """One row of the saw."""
    return Row(tag=SAW.with_tag(tag), t_ns=t_ns, seen_ns=1, value=value, quality=quality)


def gap(from_ns: int, until_ns: int) -> Gap:
    """A gap of the saw."""
    window = Window(from_ns=from_ns, until_ns=until_ns, reason=GapReason.STOPPED)
    return gap_of(SOURCE, window, epoch=5, seen_ns=1, plant_rev="r1")


def box(rows_max: int = 100_000) -> Outbox:
    """An empty outbox whose next number is 41."""
    return Outbox(Numbering(site="nogales", source="saw", epoch=5, n=41), rows_max=rows_max)


def published(where: Outbox) -> list[Batch | Gap]:
    """Publish all that is in it."""
    sent = []
    while (head := where.head()) is not None:
        sent.append(head)
        where.published(head)
    return sent


def test_rows_and_gaps_leave_in_the_order_they_came() -> None:
    """What stands before a gap is stored before it, and numbers go on without a hole."""
    one = box()
    one.add([row(2), row(1, tag="temp")])
    one.add_gap(gap(2, 8))
    one.add([row(9)])
    first, between, last = published(one)
    assert isinstance(first, Batch)
    assert isinstance(last, Batch)
    assert [each.t_ns for each in first.rows] == [1, 2]
    assert isinstance(between, Gap)
    assert (first.numbering.n, last.numbering.n, one.heartbeat().numbering.n) == (41, 42, 43)


def test_a_number_never_stands_for_two_contents() -> None:
    """What is on its way stays as it is until it is published, whatever comes meanwhile."""
    one = box()
    one.add([row(5)])
    going = one.head()
    one.add([row(4, tag="temp")])
    assert one.head() is going
    one.published(going) if going else None
    (rest,) = published(one)
    assert isinstance(rest, Batch)
    assert [each.t_ns for each in rest.rows] == [4]
    beat = box()
    silent = beat.heartbeat()
    beat.add([row(1)])
    assert beat.head() is silent


def test_a_tag_never_has_two_values_at_once() -> None:
    """A repeat is dropped; another value at the same time comes a nanosecond later."""
    one = box()
    one.add([row(7, 1.0), row(7, 1.0), row(7, 2.0)])
    (batch,) = published(one)
    assert isinstance(batch, Batch)
    assert [(each.t_ns, each.value) for each in batch.rows] == [(7, 1.0), (8, 2.0)]


def test_stored_time_is_that_of_changes_and_gaps() -> None:
    """Readings and losses bear no time of a change; they count where nothing else is."""
    one = box()
    one.add([row(3, quality=Quality.INITIAL), row(9, quality=Quality.BAD | Quality.NOT_CONNECTED)])
    published(one)
    assert one.stored_ns == 3
    one.add([row(6)])
    published(one)
    assert one.stored_ns == 6
    one.add_gap(gap(6, 12))
    published(one)
    assert (one.stored_ns, one.taken_ns) == (12, 12)


def test_an_overrun_is_counted_and_accounted_for_before_anything_else() -> None:
    """Nothing is taken in behind dropped rows until their gap can stand before it."""
    one = box(rows_max=3)
    one.add([row(1), row(2), row(3)])
    one.add([row(4), row(5)])
    assert (one.is_overrun, one.overrun()) == (True, None)
    published(one)
    one.add([row(6)])
    over = one.overrun()
    assert over is not None
    assert (over.from_ns, over.until_ns, over.count) == (4, 6, 3)
    one.add([row(7)])
    assert len(published(one)) == 1


def test_a_frame_is_bounded_in_rows_and_text() -> None:
    """Many rows, or few with much text, make several frames, each with its number."""
    one = box()
    one.add([row(k) for k in range(2 * outbox.BATCH_ROWS_MAX)])
    assert [len(each.rows) for each in published(one) if isinstance(each, Batch)] == [5000, 5000]
    one.add([replace(row(k), text="x" * 8000) for k in range(40)])
    assert len(published(one)) == 3


def test_the_newest_time_of_a_frame_is_that_of_a_change() -> None:
    """A frame of readings alone has none."""
    numbering = Numbering(site="nogales", source="saw", epoch=5, n=0)
    initial = row(9, quality=Quality.INITIAL)
    assert newest_timed_ns(Batch(numbering=numbering, rows=(row(4), initial)).frame()) == 4
    assert newest_timed_ns(Batch(numbering=numbering, rows=(initial,)).frame()) is None
