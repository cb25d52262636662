"""The outbox keeps order, numbers without a hole, and counts what it cannot hold."""

from linewright.connectors.feeding import outbox
from linewright.connectors.feeding.arrays import tag_names
from linewright.connectors.feeding.gaps import Window, gap_of
from linewright.connectors.feeding.outbox import Batch, Numbering, Outbox, newest_timed_ns
from linewright.connectors.feeding.rows import Rows
from linewright.connectors.sources import Endpoint, Source
from linewright.plant import Address
from linewright.plant.records import Gap, GapReason, Quality
from linewright.plant.samples import FRAME_BYTES_MAX, encode_frame

SAW = Address("nogales/machining/bracket/saw")
SOURCE = Source(name="saw", address=SAW, endpoint=Endpoint(url="opc.tcp://a"), points=())


TAGS = [str(SAW.with_tag(name)) for name in ("kw", "temp")]


def rows(*t_ns: int, tag: int = 0, quality: int = 0, text: str | None = None) -> Rows:
    """Rows of the saw."""
    count = len(t_ns)
    return Rows(
        tag=[tag] * count,
        t_ns=list(t_ns),
        seen_ns=[1] * count,
        value=[1.0] * count,
        quality=[quality] * count,
        integer=[None] * count,
        text=[text] * count,
    )


def gap(from_ns: int, until_ns: int) -> Gap:
    """A gap of the saw."""
    window = Window(from_ns=from_ns, until_ns=until_ns, reason=GapReason.STOPPED)
    return gap_of(SOURCE, window, epoch=5, seen_ns=1, plant_rev="r1")


def box(rows_max: int = 100_000) -> Outbox:
    """An empty outbox whose next number is 41."""
    one = Outbox(Numbering(site="nogales", source="saw", epoch=5, n=41), rows_max=rows_max)
    one.names(TAGS)
    return one


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
    one.add(rows(2))
    one.add(rows(1, tag=1))
    one.add_gap(gap(2, 8))
    one.add(rows(9))
    first, between, last = published(one)
    assert isinstance(first, Batch)
    assert isinstance(last, Batch)
    assert (first.rows.t_ns, first.rows.tag) == ([1, 2], [1, 0])
    assert isinstance(between, Gap)
    assert (first.numbering.n, last.numbering.n, one.heartbeat().numbering.n) == (41, 42, 43)


def test_a_number_never_stands_for_two_contents() -> None:
    """What is on its way stays as it is until it is published, whatever comes meanwhile."""
    one = box()
    one.add(rows(5))
    going = one.head()
    one.add(rows(4, tag=1))
    assert one.head() is going
    one.published(going) if going else None
    (rest,) = published(one)
    assert isinstance(rest, Batch)
    assert rest.rows.t_ns == [4]
    beat = box()
    silent = beat.heartbeat()
    beat.add(rows(1))
    assert beat.head() is silent


def test_stored_time_is_that_of_changes_and_gaps() -> None:
    """Readings and losses bear no time of a change; they count where nothing else is."""
    one = box()
    one.add(rows(3, quality=Quality.INITIAL))
    one.add(rows(9, quality=Quality.BAD | Quality.NOT_CONNECTED))
    published(one)
    assert one.stored_ns == 3
    one.add(rows(6))
    published(one)
    assert one.stored_ns == 6
    one.add_gap(gap(6, 12))
    published(one)
    assert (one.stored_ns, one.taken_ns) == (12, 12)


def test_an_overrun_is_counted_and_accounted_for_before_anything_else() -> None:
    """Nothing is taken in behind dropped rows until their gap can stand before it."""
    one = box(rows_max=3)
    one.add(rows(1, 2, 3))
    one.add(rows(4, 5))
    assert (one.is_overrun, one.overrun()) == (True, None)
    published(one)
    one.add(rows(6))
    over = one.overrun()
    assert over is not None
    assert (over.from_ns, over.until_ns, over.count) == (4, 6, 3)
    one.add(rows(7))
    assert len(published(one)) == 1


def test_what_is_dropped_on_purpose_is_accounted_for_when_nothing_waits() -> None:
    """The stored time follows it only behind the rows that came before."""
    one = box()
    one.add(rows(3))
    one.reach(9)
    assert (one.taken_ns, one.stored_ns) == (9, None)
    published(one)
    assert one.stored_ns == 9


def test_a_frame_is_bounded_in_rows_and_bytes() -> None:
    """Many rows, or few with much text, make several frames, each small enough for the bus."""
    one = box()
    one.add(rows(*range(outbox.BATCH_ROWS_MAX + 5)))
    assert [len(each.rows) for each in published(one) if isinstance(each, Batch)] == [20_000, 5]
    one.add(rows(*range(60), text="é" * 4000))
    batches = [each for each in published(one) if isinstance(each, Batch)]
    assert sum(len(each.rows) for each in batches) == 60
    assert all(len(encode_frame(each.frame())) <= FRAME_BYTES_MAX for each in batches)


def test_a_source_with_very_many_tags_still_fits_its_frames() -> None:
    """The dictionary of tags counts: a frame has no more tags than rows, and all fit."""
    one = box()
    many = [str(SAW.with_tag(f"t{k}_{'x' * 50}")) for k in range(30_000)]
    one.names(many)
    every = rows(*range(len(many)))
    every.tag = list(range(len(many)))
    one.add(every)
    batches = [each for each in published(one) if isinstance(each, Batch)]
    assert sum(len(each.rows) for each in batches) == len(many)
    assert all(len(encode_frame(each.frame())) <= FRAME_BYTES_MAX for each in batches)


def test_a_frame_with_raw_times_fits_too() -> None:
    """Its column has its share of the bytes; frames behind it without one are as before."""
    one = box()
    wrong = rows(*range(outbox.BATCH_ROWS_MAX), quality=Quality.CLOCK)
    wrong.raw_ns = dict.fromkeys(range(len(wrong)), 2**62)
    one.add(wrong)
    one.add(rows(*range(30_000, 30_000 + outbox.BATCH_ROWS_MAX)))
    batches = [each for each in published(one) if isinstance(each, Batch)]
    frames = [each.frame() for each in batches]
    assert all(len(encode_frame(each)) <= FRAME_BYTES_MAX for each in frames)
    held = [0 if each.raw_ns is None else len(each.raw_ns.drop_null()) for each in frames]
    assert (sum(held), held[-1]) == (outbox.BATCH_ROWS_MAX, 0)
    assert sum(each.rows for each in frames) == 2 * outbox.BATCH_ROWS_MAX


def test_the_newest_time_of_a_frame_is_that_of_a_change() -> None:
    """A frame of readings alone has none."""
    numbering = Numbering(site="nogales", source="saw", epoch=5, n=0)
    initial = rows(9, quality=Quality.INITIAL)
    both = rows(4)
    both.extend(initial)
    tags = tag_names(TAGS)
    assert newest_timed_ns(Batch(numbering=numbering, rows=both, tags=tags).frame()) == 4
    assert newest_timed_ns(Batch(numbering=numbering, rows=initial, tags=tags).frame()) is None
