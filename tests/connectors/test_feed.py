"""What a source goes through becomes rows and gaps."""

from linewright.connectors.feeding.feed import Feed, Now
from linewright.connectors.feeding.outbox import Batch, Numbering, Outbox
from linewright.connectors.sources import Endpoint, Point, Source
from linewright.connectors.values import Raw, Row
from linewright.plant import Address
from linewright.plant.records import Gap, GapReason, Quality

SAW = Address("nogales/machining/bracket/saw")
SOURCE = Source(
    name="saw",
    address=SAW,
    endpoint=Endpoint(url="opc.tcp://a"),
    points=tuple(Point(tag=SAW.with_tag(name), node=f"ns=2;s={name}") for name in ("kw", "temp")),
)
S = 10**9
T0 = 1_000_000 * S


def now(after_s: float) -> Now:
    """A moment after the beginning."""
    at = T0 + round(after_s * S)
    return Now(plant_ns=at, seen_ns=at, steady_ns=at)


def feed(stored_ns: int | None = None) -> Feed:
    """A feed of the saw."""
    box = Outbox(Numbering(site="nogales", source="saw", epoch=5, n=0), stored_ns)
    return Feed(SOURCE, box, plant_rev="r1", marks=Quality.GOOD)


def told(one: Feed) -> tuple[list[Row], list[Gap]]:
    """All that is to be published."""
    one.flush()
    rows: list[Row] = []
    gaps: list[Gap] = []
    while (head := one.box.head()) is not None:
        if isinstance(head, Batch):
            rows += head.rows
        else:
            gaps.append(head)
        one.box.published(head)
    return rows, gaps


def test_a_first_value_bears_the_time_of_the_question() -> None:
    """However old its source time is; what changes later bears the time of the change."""
    one = feed()
    one.connected((1,), asked_ns=now(0).plant_ns, now=now(0.1))
    one.heard(0, Raw(value=1.0, source_ns=T0 - 900 * S), now(0.2), first=True)
    one.heard(0, Raw(value=2.0, source_ns=T0 + S), now(1.1), first=False)
    rows, gaps = told(one)
    assert gaps == []
    assert [(row.t_ns - T0, row.quality) for row in rows] == [
        (0, Quality.BAD | Quality.CONFIGURATION),
        (0, Quality.INITIAL),
        (S, Quality.GOOD),
    ]


def test_what_changed_during_the_first_connection_is_a_gap() -> None:
    """A first value younger than the question may have overwritten others: a gap says so."""
    one = feed()
    one.connected((), asked_ns=now(0).plant_ns, now=now(0.1))
    one.heard(0, Raw(value=1.0, source_ns=T0 + 5), now(0.2), first=True)
    _, gaps = told(one)
    assert [(gap.t_ns - T0, gap.until_ns - T0) for gap in gaps] == [(0, 5)]


def test_a_loss_is_told_once_and_accounted_for_at_the_return() -> None:
    """One bad sample per tag, and a gap from the newest value to the return, margins included."""
    one = feed()
    one.connected((), asked_ns=now(0).plant_ns, now=now(0))
    one.heard(0, Raw(value=2.0, source_ns=T0 + S), now(1), first=False)
    one.lost(now(3))
    one.lost(now(4))
    one.connected((), asked_ns=now(6).plant_ns, now=now(6))
    rows, gaps = told(one)
    bad = [row.tag for row in rows if row.quality == Quality.BAD | Quality.NOT_CONNECTED]
    assert bad == [SAW.with_tag("kw"), SAW.with_tag("temp")]
    (gap,) = gaps
    assert gap.reason is GapReason.DISCONNECTED
    assert gap.t_ns == T0 + S - 600_000_000
    assert gap.until_ns == T0 + 6 * S + 600_000_000


def test_a_start_behind_stored_samples_begins_with_a_gap() -> None:
    """What a dead process may have held is a gap of its own reason."""
    one = feed(stored_ns=T0 - 5 * S)
    one.connected((), asked_ns=now(0).plant_ns, now=now(0))
    _, (gap,) = told(one)
    assert (gap.reason, gap.t_ns) == (GapReason.STOPPED, T0 - 5 * S - 600_000_000)


def test_values_lost_inside_the_machine_are_a_gap_of_their_tag() -> None:
    """The overflow bit of a server says that older values of one node were dropped."""
    one = feed()
    one.connected((), asked_ns=now(0).plant_ns, now=now(0))
    one.heard(0, Raw(value=1.0, source_ns=T0 + S), now(1), first=False)
    one.heard(0, Raw(value=2.0, source_ns=T0 + 2 * S, status=0x480), now(2), first=False)
    rows, (gap,) = told(one)
    assert (gap.t_ns, gap.until_ns) == (T0 + S, T0 + 2 * S)
    assert (gap.reason, gap.tags) == (GapReason.OVERRUN, (f"{SAW}#kw",))
    assert rows[-1].quality == Quality.OVERFLOW


def test_a_wrong_clock_is_marked() -> None:
    """A source an hour ahead has corrected times, marked so."""
    one = feed()
    one.connected((), asked_ns=now(0).plant_ns, now=now(0))
    one.heard(0, Raw(value=1.0, source_ns=T0 + 3600 * S), now(1), first=False)
    (row,), _ = told(one)
    assert (row.t_ns, row.quality) == (T0 + S, Quality.CLOCK)


def test_what_is_read_after_a_loss_is_later_than_the_loss() -> None:
    """A first value never hides behind the bad samples of the loss before it, or before them."""
    one = feed()
    one.connected((), asked_ns=now(0).plant_ns, now=now(0))
    one.heard(0, Raw(value=1.0, source_ns=T0 + S), now(1), first=False)
    one.lost(now(0.5))
    one.connected((), asked_ns=now(0.6).plant_ns, now=now(0.7))
    one.heard(0, Raw(value=1.0, source_ns=T0 + S), now(0.8), first=True)
    rows, _ = told(one)
    kw = [row for row in rows if row.tag.endswith("#kw")]
    assert [row.t_ns - T0 for row in kw] == [S, S + 1, S + 2]
    assert kw[-1].quality == Quality.INITIAL


def test_a_clock_that_is_far_off_is_not_asked() -> None:
    """A server's own time counts while it is near plant time, the more the faster it runs."""
    fast = Now(plant_ns=T0, seen_ns=0, steady_ns=0, speed=20.0)
    assert fast.near(T0 - 30 * S) == T0 - 30 * S
    assert now(0).near(T0 - 30 * S) == T0
    assert now(0).near(None) == T0


def test_a_source_is_believed_while_plant_time_is_in_doubt() -> None:
    """A plant clock that stands still moves no sample, and no gap ends before its first value."""
    one = feed(stored_ns=T0)
    stands = Now(plant_ns=T0 + S, seen_ns=T0, steady_ns=T0, is_steady=False)
    assert stands.near(T0 + 90 * S) == T0 + 90 * S
    one.connected((), asked_ns=T0 + 90 * S, now=stands)
    one.heard(0, Raw(value=1.0, source_ns=T0), stands, first=True)
    one.heard(0, Raw(value=2.0, source_ns=T0 + 91 * S), stands, first=False)
    rows, (gap,) = told(one)
    assert [(row.t_ns - T0, row.quality) for row in rows] == [
        (90 * S, Quality.INITIAL),
        (91 * S, Quality.GOOD),
    ]
    assert gap.until_ns > T0 + 90 * S
