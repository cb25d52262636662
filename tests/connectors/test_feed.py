"""What a source goes through becomes rows and gaps."""

from typing import NamedTuple

import pytest
from msgspec.structs import replace

from linewright.connectors.feeding.feed import HANDOVER_S, Feed, Now
from linewright.connectors.feeding.outbox import Batch, Numbering, Outbox
from linewright.connectors.sources import Endpoint, Point, Source
from linewright.connectors.values import Heard, Spoken
from linewright.plant import Address
from linewright.plant.records import Gap, GapReason, Quality

SAW = Address("nogales/machining/bracket/saw")
SOURCE = Source(
    name="saw",
    address=SAW,
    endpoint=Endpoint(url="opc.tcp://a"),
    points=tuple(Point(tag=SAW.with_tag(name), item=f"ns=2;s={name}") for name in ("kw", "temp")),
)
S = 10**9
T0 = 1_000_000 * S


def now(after_s: float) -> Now:
    """A moment after the beginning."""
    at = T0 + round(after_s * S)
    return Now(plant_ns=at, seen_ns=at, steady_ns=at)


def feed(
    stored_ns: int | None = None, *, stale_s: float | None = None, deadband: float | None = None
) -> Feed:
    """A feed of the saw."""
    box = Outbox(Numbering(site="nogales", source="saw", epoch=5, n=0), stored_ns)
    points = tuple(replace(point, deadband=deadband) for point in SOURCE.points)
    source = replace(SOURCE, stale_s=stale_s, points=points)
    return Feed(source, box, plant_rev="r1", marks=Quality.GOOD)


def say(
    one: Feed,
    value: Spoken,
    at: Now,
    *,
    source: float | None,
    point: int = 0,
    status: int = 0,
    **marks: bool,
) -> None:
    """Tell a feed one value, of so many seconds after the beginning on the source's clock."""
    heard = Heard(
        points=[point],
        values=[value],
        statuses=[status],
        source_ns=[None if source is None else T0 + round(source * S)],
        **marks,
    )
    one.take(heard, at)


class Told(NamedTuple):
    """One sample that is to be published."""

    tag: str
    t_ns: int
    value: float
    quality: int
    raw_ns: int | None = None


def told(one: Feed) -> tuple[list[Told], list[Gap]]:
    """All that is to be published."""
    rows: list[Told] = []
    gaps: list[Gap] = []
    while (head := one.box.head()) is not None:
        if isinstance(head, Batch):
            columns = head.rows
            rows += [
                Told(SOURCE.points[tag].tag, t_ns, value, quality, columns.raw_ns.get(row))
                for row, (tag, t_ns, value, quality) in enumerate(
                    zip(columns.tag, columns.t_ns, columns.value, columns.quality, strict=True)
                )
            ]
        else:
            gaps.append(head)
        one.box.published(head)
    return rows, gaps


def test_a_first_value_bears_the_time_of_the_question() -> None:
    """However old its source time is; what changes later bears the time of the change."""
    one = feed()
    one.connected((1,), asked_ns=now(0).plant_ns, now=now(0.1))
    say(one, 1.0, now(0.2), source=-900, is_first=True)
    say(one, 2.0, now(1.1), source=1)
    rows, gaps = told(one)
    assert gaps == []
    assert [(row.t_ns - T0, row.quality) for row in rows] == [
        (0, Quality.BAD | Quality.CONFIGURATION),
        (0, Quality.INITIAL),
        (S, Quality.GOOD),
    ]


def test_the_account_of_a_new_source_begins_at_the_newest_change_of_its_readings() -> None:
    """What they overwrote while it was connected for the first time was before: there is no gap."""
    one = feed()
    one.connected((), asked_ns=now(0).plant_ns, now=now(0.1))
    say(one, 1.0, now(0.2), source=5e-9, is_first=True)
    say(one, 2.0, now(0.2), source=0.1)
    rows, gaps = told(one)
    assert gaps == []
    assert [(row.t_ns - T0, row.quality) for row in rows] == [(5, Quality.INITIAL), (S // 10, 0)]


def test_a_later_reading_that_changed_meanwhile_is_a_gap() -> None:
    """Where readings stand already, what another one overwrote is told."""
    one = feed()
    one.connected((), asked_ns=now(0).plant_ns, now=now(0.1))
    say(one, 1.0, now(0.2), source=-900, is_first=True)
    say(one, 1.0, now(0.2), source=5e-9, point=1, is_first=True)
    _, gaps = told(one)
    assert [(gap.t_ns - T0, gap.until_ns - T0) for gap in gaps] == [(0, 5)]


def test_a_change_from_before_the_account_is_what_the_device_held_then() -> None:
    """It stands behind its reading and before the next change: the newest value is the newest."""
    one = feed()
    one.connected((), asked_ns=now(0.5).plant_ns, now=now(0.6))
    say(one, 1.0, now(0.7), source=0.1, is_first=True)
    heard = Heard(
        points=[0, 0, 0, 1],
        values=[2.0, 3.0, 4.0, 5.0],
        statuses=[0] * 4,
        source_ns=[now(at).plant_ns for at in (0.2, 0.4, 0.6, 0.3)],
    )
    one.take(heard, now(0.7))
    rows, gaps = told(one)
    kw = sorted((row.t_ns - T0, row.value, row.quality) for row in rows if "#kw" in row.tag)
    half = S // 2
    assert kw == [
        (half, 1.0, Quality.INITIAL),
        (half + 1, 2.0, Quality.INITIAL),
        (half + 2, 3.0, Quality.INITIAL),
        (now(0.6).plant_ns - T0, 4.0, 0),
    ]
    # A point without a reading keeps its time.
    assert [row.t_ns - T0 for row in rows if "#temp" in row.tag] == [now(0.3).plant_ns - T0]
    assert gaps == []


def test_before_its_first_connection_a_source_misses_nothing() -> None:
    """That it is not reached is said; the account begins when it is, without a gap."""
    one = feed()
    one.lost(now(0))
    rows, gaps = told(one)
    assert [row.quality for row in rows] == [Quality.BAD | Quality.NOT_CONNECTED] * 2
    one.connected((), asked_ns=now(60).plant_ns, now=now(60))
    say(one, 1.0, now(61), source=-900, is_first=True)
    one.lost(now(62))
    one.connected((), asked_ns=now(63).plant_ns, now=now(63))
    _, later = told(one)
    assert (gaps, [gap.t_ns - T0 for gap in later]) == ([], [60 * S - 600_000_000])


def test_a_source_that_no_other_link_takes_over_is_lost() -> None:
    """It may be between two links for a while; one that never connects it keeps nothing green."""
    one, other = feed(), feed()
    for each in (one, other):
        each.connected((), asked_ns=now(0).plant_ns, now=now(0))
        say(each, 1.0, now(1), source=1)
        each.let_go(steady_ns=now(1).steady_ns)
        each.watch(now(HANDOVER_S))
        assert each.is_connected
    other.connected((), asked_ns=now(5).plant_ns, now=now(5))
    for each in (one, other):
        each.watch(now(1.1 + HANDOVER_S))
    assert (one.is_connected, one.has_lost, other.is_connected) == (False, True, True)
    rows, _ = told(one)
    assert rows[-1].quality == Quality.BAD | Quality.NOT_CONNECTED


@pytest.mark.parametrize("is_quiet", [False, True])
def test_after_plant_time_was_put_back_gaps_are_as_long_as_the_losses(*, is_quiet: bool) -> None:
    """The account of an hour ahead would make every gap of that hour empty."""
    one = feed()
    one.connected((), asked_ns=now(0).plant_ns, now=now(0))
    say(one, 1.0, now(1), source=1)

    def back(after_s: float) -> Now:
        return replace(now(after_s), plant_ns=now(after_s - 3600).plant_ns)

    if not is_quiet:
        say(one, 2.0, back(2), source=2 - 3600)
    one.lost(back(3))
    one.connected((), asked_ns=back(9).plant_ns, now=back(9))
    _, (gap,) = told(one)
    assert gap.t_ns <= back(2).plant_ns
    assert gap.t_ns >= back(0).plant_ns
    assert gap.until_ns >= back(9).plant_ns
    assert one.box.stored_ns == gap.until_ns


def test_a_loss_is_told_once_and_accounted_for_at_the_return() -> None:
    """One bad sample per tag, and a gap from the newest value to the return, margins included."""
    one = feed()
    one.connected((), asked_ns=now(0).plant_ns, now=now(0))
    say(one, 2.0, now(1), source=1)
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
    say(one, 1.0, now(1), source=1)
    say(one, 2.0, now(2), source=2, status=0x480)
    rows, (gap,) = told(one)
    assert (gap.t_ns, gap.until_ns) == (T0 + S, T0 + 2 * S)
    assert (gap.reason, gap.tags) == (GapReason.OVERRUN, (f"{SAW}#kw",))
    assert rows[-1].quality == Quality.OVERFLOW


def test_a_wrong_clock_is_marked() -> None:
    """A source an hour ahead has corrected times, marked so."""
    one = feed()
    one.connected((), asked_ns=now(0).plant_ns, now=now(0))
    say(one, 1.0, now(1), source=3600)
    (row,), _ = told(one)
    assert (row.t_ns, row.quality, row.raw_ns) == (T0 + S, Quality.CLOCK, T0 + 3600 * S)


def test_each_row_of_a_message_keeps_its_own_raw_time() -> None:
    """A late one corrected, one of tomorrow, one before 1970, one that was right, one of none."""
    one = feed()
    one.connected((), asked_ns=now(0).plant_ns, now=now(0))
    say(one, 1.0, now(1), source=3601)
    given = (T0 + 3500 * S, T0 + 99 * 86400 * S, -9, T0 + 2 * S, None, T0 + 3602 * S)
    count = len(given)
    message = Heard(
        points=[0, 1] * 3,
        values=[float(row) for row in range(count)],
        statuses=[0] * count,
        source_ns=given,
        is_historical=True,
    )
    one.take(message, now(2))
    rows, _ = told(one)
    found = {row.value: row for row in rows[: count + 1] if row.t_ns != T0 + S}
    assert [found[row].raw_ns for row in (0, 1, 2, 3, 4, 5)] == [*given[:3], None, None, given[5]]
    assert all((row.raw_ns is None) == (row.quality == 0) for row in rows)


def test_a_raw_time_beyond_64_bits_is_not_kept() -> None:
    """The row is marked all the same, and its frame is made."""
    one = feed()
    one.connected((), asked_ns=now(0).plant_ns, now=now(0))
    say(one, 1.0, now(1), source=1)
    for value, source_ns in ((2.0, 2**63 - 1), (3.0, -(2**63)), (4.0, 2**80), (5.0, -(2**80))):
        heard = Heard(
            points=[0, 1], values=[value] * 2, statuses=[0] * 2, source_ns=[T0 + 2 * S, source_ns]
        )
        one.take(heard, now(2))
    head = one.box.head()
    assert isinstance(head, Batch)
    raw_ns = {head.rows.value[place]: raw for place, raw in head.rows.raw_ns.items()}
    assert raw_ns == {2.0: 2**63 - 1, 3.0: -(2**63)}
    clocked = [k for k, quality in enumerate(head.rows.quality) if quality & Quality.CLOCK]
    assert {head.rows.value[place] for place in clocked} == {2.0, 3.0, 4.0, 5.0}
    assert head.frame().raw_ns.null_count == len(head.rows) - len(raw_ns)


def test_what_is_read_after_a_loss_is_later_than_the_loss() -> None:
    """A first value never hides behind the bad samples of the loss before it, or before them."""
    one = feed()
    one.connected((), asked_ns=now(0).plant_ns, now=now(0))
    say(one, 1.0, now(1), source=1)
    one.lost(now(0.5))
    one.connected((), asked_ns=now(0.6).plant_ns, now=now(0.7))
    say(one, 1.0, now(0.8), source=1, is_first=True)
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
    say(one, 1.0, stands, source=0, is_first=True)
    say(one, 2.0, stands, source=91)
    rows, (gap,) = told(one)
    assert [(row.t_ns - T0, row.quality) for row in rows] == [
        (90 * S, Quality.INITIAL),
        (91 * S, Quality.GOOD),
    ]
    assert gap.until_ns > T0 + 90 * S


def test_several_losses_inside_the_machine_are_gaps_of_their_own() -> None:
    """Two tags that lost values at once have two gaps, which are not taken for one record."""
    one = feed()
    one.connected((), asked_ns=now(0).plant_ns, now=now(0))
    for after_s in (1, 2):
        both = Heard(
            points=[0, 1],
            values=[1.0, 2.0],
            statuses=[0x480 * (after_s - 1)] * 2,
            source_ns=[T0 + after_s * S] * 2,
        )
        one.take(both, now(after_s))
    _, gaps = told(one)
    assert [gap.tags for gap in gaps] == [(f"{SAW}#kw",), (f"{SAW}#temp",)]
    assert len({gap.id for gap in gaps}) == 2
    assert all(gap.t_ns <= T0 + S and gap.until_ns == T0 + 2 * S for gap in gaps)


def test_values_told_late_on_purpose_keep_their_time() -> None:
    """Two hours old is no wrong clock, and what is accounted for stays as far as it was."""
    one = feed()
    one.connected((), asked_ns=now(0).plant_ns, now=now(0))
    say(one, 1.0, now(1), source=1)
    say(one, 7.0, now(2), source=-7200, is_historical=True)
    say(one, 7.0, now(3), source=-7200, is_historical=True)
    say(one, 2.0, now(4), source=4)
    rows, gaps = told(one)
    assert [(row.t_ns - T0, row.quality) for row in rows] == [(-7200 * S, 0), (S, 0), (4 * S, 0)]
    assert (gaps, one.box.stored_ns) == ([], T0 + 4 * S)


def test_a_late_value_of_a_wrong_clock_is_corrected_by_what_was_measured() -> None:
    """The hour by which the clock is ahead is taken from its old values too."""
    one = feed()
    one.connected((), asked_ns=now(0).plant_ns, now=now(0))
    say(one, 1.0, now(1), source=3601)
    say(one, 7.0, now(2), source=3600 - 60, is_historical=True)
    rows, _ = told(one)
    assert [(row.t_ns - T0, row.quality) for row in rows] == [
        (-60 * S, Quality.CLOCK),
        (S, Quality.CLOCK),
    ]


def test_a_silent_source_is_said_to_be_lost_and_comes_back() -> None:
    """Beyond its stale time its tags are bad; the next word ends it behind a gap."""
    one = feed(stale_s=5.0)
    one.connected((), asked_ns=now(0).plant_ns, now=now(0))
    say(one, 1.0, now(1), source=1)
    one.alive(now(4))
    one.watch(now(9))
    assert (one.is_connected, one.is_silent) == (True, False)
    one.watch(now(9.1))
    one.watch(now(20))
    assert (one.is_connected, one.is_silent) == (False, True)
    say(one, 2.0, now(30), source=30)
    rows, (gap,) = told(one)
    why = Quality.BAD | Quality.NOT_CONNECTED | Quality.STALE
    assert [row.quality for row in rows] == [0, why, why, 0]
    assert gap.t_ns < T0 + S + 1
    assert gap.until_ns > T0 + 30 * S
    assert one.is_connected


def test_a_reading_told_again_bears_the_time_at_which_it_was_told() -> None:
    """A device that is born again without a loss does not rewrite the past."""
    one = feed()
    one.connected((), asked_ns=now(0).plant_ns, now=now(0))
    say(one, 1.0, now(0.1), source=-5, is_first=True)
    say(one, 2.0, now(1), source=1)
    say(one, 2.0, now(7), source=1, is_first=True)
    rows, _ = told(one)
    assert [(row.t_ns - T0, row.quality) for row in rows] == [
        (0, Quality.INITIAL),
        (S, 0),
        (7 * S, Quality.INITIAL),
    ]


def test_what_was_told_twice_is_stored_once() -> None:
    """A batch that comes again with its own times adds nothing; another quality does."""
    one = feed()
    for _ in range(2):
        one.connected((), asked_ns=now(0).plant_ns, now=now(0))
        for after_s in (1, 2, 3):
            say(one, float(after_s), now(3), source=after_s)
    say(one, 3.0, now(4), source=3, status=0x80000000)
    rows, _ = told(one)
    assert [row.value for row in rows] == [1.0, 2.0, 3.0, 3.0]
    assert rows[-1].quality == Quality.BAD


def test_small_changes_are_dropped_and_no_loss() -> None:
    """Within the deadband nothing is kept, and a gap begins no earlier for it."""
    one = feed(deadband=0.5)
    one.connected((), asked_ns=now(0).plant_ns, now=now(0))
    for after_s, value in ((1, 10.0), (2, 10.4), (3, 9.6), (4, 10.6)):
        say(one, value, now(after_s), source=after_s)
    say(one, 10.7, now(5), source=5, status=0x40000000)
    say(one, 10.7, now(8), source=8, status=0x40000000)
    one.lost(now(9))
    one.connected((), asked_ns=now(10).plant_ns, now=now(10))
    rows, (gap,) = told(one)
    assert [row.value for row in rows if row.tag.endswith("kw")][:3] == [10.0, 10.6, 10.7]
    assert gap.t_ns == T0 + 8 * S - 600_000_000


def test_a_late_value_of_tomorrow_takes_away_no_gap() -> None:
    """It stands where it was heard, marked, and the next loss is a gap as any other."""
    one = feed()
    one.connected((), asked_ns=now(0).plant_ns, now=now(0))
    say(one, 2.0, now(1), source=1)
    say(one, 2.5, now(2), source=86400, is_historical=True)
    one.lost(now(3))
    one.connected((), asked_ns=now(63).plant_ns, now=now(63))
    rows, (gap,) = told(one)
    assert [(row.t_ns - T0, row.quality) for row in rows[:2]] == [(S, 0), (2 * S, Quality.CLOCK)]
    assert gap.t_ns <= T0 + 3 * S
    assert gap.until_ns >= T0 + 63 * S


def test_a_question_of_tomorrow_is_not_believed() -> None:
    """First readings never bear a time far ahead of plant time, whatever the link says."""
    one = feed()
    one.connected((), asked_ns=T0 + 86400 * S, now=now(1))
    say(one, 1.0, now(1), source=1, is_first=True)
    rows, _ = told(one)
    assert [row.t_ns - T0 for row in rows] == [S]


def test_times_at_the_ends_of_64_bits_become_samples() -> None:
    """Nothing that a device says as a time keeps a frame from being made."""
    one = feed()
    one.connected((), asked_ns=now(0).plant_ns, now=now(0))
    say(one, 1.0, now(1), source=-9)
    stands = Now(plant_ns=T0 + S, seen_ns=T0, steady_ns=T0, is_steady=False)
    for at in (stands, now(2)):
        for value, source_ns in ((2.0, 2**63 - 1), (3.0, -(2**63)), (4.0, 2**80)):
            heard = Heard(points=[0], values=[value], statuses=[0], source_ns=[source_ns])
            one.take(heard, at)
            one.take(replace(heard, is_historical=True), at)
    head = one.box.head()
    assert isinstance(head, Batch)
    assert head.frame().rows == len(head.rows)
    assert 0 <= min(head.rows.t_ns) <= max(head.rows.t_ns) < 2**63 - S


def test_one_wrong_clock_alters_no_other_tag() -> None:
    """A tag a day ahead stands where it was heard; the others of its message keep their times."""
    one = feed()
    one.connected((), asked_ns=now(0).plant_ns, now=now(0))
    both = Heard(
        points=[0, 1], values=[3.0, 3.0], statuses=[0, 0], source_ns=[T0 + S, T0 + 86401 * S]
    )
    one.take(both, now(2))
    say(one, 4.0, now(3), source=86403, point=1)
    say(one, 4.0, now(3), source=3)
    rows, _ = told(one)
    assert [(row.tag[-2:], row.t_ns - T0, row.quality) for row in rows] == [
        ("kw", S, 0),
        ("mp", 2 * S, Quality.CLOCK),
        ("mp", 3 * S, Quality.CLOCK),
        ("kw", 3 * S, 0),
    ]


def test_a_clock_that_is_put_right_is_believed_at_once() -> None:
    """Right times after an hour of wrong ones are taken as they are."""
    one = feed()
    one.connected((), asked_ns=now(0).plant_ns, now=now(0))
    say(one, 1.0, now(1), source=3601)
    say(one, 2.0, now(2), source=2)
    rows, _ = told(one)
    assert [(row.t_ns - T0, row.quality) for row in rows] == [(S, Quality.CLOCK), (2 * S, 0)]


def test_a_gap_covers_what_a_clock_a_little_ahead_may_have_stamped() -> None:
    """Values lost just before the return bear times that are as much later as the clock is."""
    one = feed()
    one.connected((), asked_ns=now(0).plant_ns, now=now(0))
    say(one, 1.0, now(1), source=2.5)
    one.lost(now(2))
    one.connected((), asked_ns=now(5).plant_ns, now=now(5))
    _, (gap,) = told(one)
    assert gap.until_ns == T0 + 5 * S + 600_000_000 + 1_500_000_000


def test_values_of_one_tick_are_all_kept_where_messages_are_numbered() -> None:
    """A machine that went 5, 6, 5 within a second of its clock holds 5."""
    one = feed()
    one.connected((), asked_ns=now(0).plant_ns, now=now(0))
    for value in (5.0, 6.0, 5.0):
        say(one, value, now(3), source=3)
    rows, _ = told(one)
    assert [row.value for row in rows] == [5.0, 6.0, 5.0]
