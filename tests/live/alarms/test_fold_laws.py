"""Laws of linewright.live.alarms: whatever comes, in whatever order."""

from random import Random

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from linewright.live import step as live_step
from linewright.live.alarms import AlarmAct, AlarmNow, act, decode_fold, encode_fold, learn, step
from linewright.plant.records import Alarm, AlarmEvent, Quality, Record, encode
from linewright.plant.samples import Frame
from tests.live.alarms.floor import after, at, both, heard, machine, play, raised, tick, worked
from tests.live.floor import SITE, SIX, Sample, batch, bracket

STATIONS = ("saw", "mill")
TAGS = {
    "saw": ("saw#blade_temp", "saw#state"),
    "mill": ("mill#spindle_temp", "mill#coolant_level", "mill#state"),
}
QUALITIES = st.sampled_from([0, 0, 0, 0, int(Quality.INITIAL), int(Quality.BAD), 1])


@st.composite
def feeds(draw: st.DrawFn) -> dict[str, list[Frame]]:
    """Frames of two stations: temperatures about their limits, levels, states, heartbeats."""
    made = {}
    for station in STATIONS:
        value = st.integers(0, 7) | st.sampled_from([9.5, 24, 67, 68, 70, 71, 80, 81, 86, 96])
        sample = st.tuples(st.sampled_from(TAGS[station]), st.integers(0, 60), value, QUALITIES)
        frames = draw(st.lists(st.lists(sample, max_size=4), max_size=8))
        made[station] = [batch(n, rows, source=station) for n, rows in enumerate(frames)]
    return made


def _mixed(feed: dict[str, list[Frame]], order: list[bool]) -> list[Frame]:
    left = {station: list(frames) for station, frames in feed.items()}
    mixed = [left[STATIONS[each]].pop(0) for each in order if left[STATIONS[each]]]
    return mixed + [each for frames in left.values() for each in frames]


ORDERS = st.lists(st.booleans(), max_size=16)


@given(feeds(), ORDERS, ORDERS)
def test_records_do_not_depend_on_how_sources_interleave(
    feed: dict[str, list[Frame]], one: list[bool], other: list[bool]
) -> None:
    """Each source in its order: the same records to the byte, and the same alarms at the end."""
    first, records = worked(*both(), _mixed(feed, one))
    second, others = worked(*both(), _mixed(feed, other))
    first, late = play(first, [tick(500)])
    second, same = play(second, [tick(500)])
    assert sorted(map(encode, [*records, *late])) == sorted(map(encode, [*others, *same]))
    assert first.alarms == second.alarms


@given(feeds(), ORDERS, st.integers(0, 16))
def test_two_halves_with_a_snapshot_are_the_whole(
    feed: dict[str, list[Frame]], order: list[bool], cut: int
) -> None:
    """Going on from a snapshot gives the same records and the same fold."""
    frames = _mixed(feed, order)
    whole, records = worked(*both(), frames)
    live, _ = both()
    half, before = worked(live, both()[1], frames[:cut])
    again = decode_fold(encode_fold(half), bracket(), "r1", SITE)
    assert again == half
    for each in frames[:cut]:
        live, _ = live_step(live, each, SIX)
    ended, then = worked(live, again, frames[cut:])
    assert (ended, [*before, *then]) == (whole, records)


@given(feeds(), ORDERS)
def test_every_raised_alarm_ends_or_is_active(
    feed: dict[str, list[Frame]], order: list[bool]
) -> None:
    """Each raised record has one that returns it, later; or it is the newest, and active."""
    fold, records = worked(*both(), _mixed(feed, order))
    fold, late = play(fold, [tick(500)])
    records = [*records, *late]
    ids = [each.id for each in records]
    assert len(set(ids)) == len(ids)
    ends = {e.occurrence: e.t_ns for e in records if e.event is AlarmEvent.RETURNED}
    active = {now.current.id for now in fold.alarms.values() if now.current and _is_active(now)}
    for each in records:
        if each.event is AlarmEvent.RAISED:
            assert (each.id in ends) != (each.id in active)
            assert ends.get(each.id, each.t_ns + 1) > each.t_ns
    assert play(fold, [tick(600)])[1] == []


def _is_active(now: AlarmNow) -> bool:
    return now.current is not None and now.current.is_active


TIMES = st.lists(st.tuples(st.integers(1, 120), st.integers(60, 80)), max_size=20)


@given(TIMES)
def test_a_delay_is_what_an_oracle_says(values: list[tuple[int, int]]) -> None:
    """Second by second over the value that holds: ten seconds above 70 raise, 68 and less return.

    The oracle steps a clock instead of samples and shares nothing with the fold.
    """
    times = sorted(dict(values).items())
    samples: list[Sample] = [("mill#spindle_temp", at_s, value, 0) for at_s, value in times]
    fold, records = heard(samples)
    _, late = play(fold, [tick(300)])
    found = [
        (each.event.value, (each.t_ns - at(0)) // 10**9)
        for each in [*records, *late]
        if each.alarm == "high"
    ]
    assert found == _oracle(dict(times))


def _oracle(values: dict[int, int]) -> list[tuple[str, int]]:
    told: list[tuple[str, int]] = []
    value, above_s, is_active = 0, 0, False
    for second in range(301):
        due = not is_active and value > 70 and above_s >= 10
        if due:
            told.append(("raised", second))
            is_active = True
        value = values.get(second, value)
        if is_active and value <= 68:
            told.append(("returned", second))
            is_active = False
        above_s = above_s + 1 if value > 70 and above_s >= 0 else 0
        if second in values and values[second] > 70 and above_s == 0:
            above_s = 1
    return told


@st.composite
def lives(draw: st.DrawFn) -> list[Alarm]:
    """Records of one alarm: up to three occurrences, each with any of its later events."""
    found: list[Alarm] = []
    for number in range(draw(st.integers(1, 3))):
        first = raised(100 * number)
        found.append(first)
        events = [AlarmEvent.RETURNED, AlarmEvent.ACKNOWLEDGED, AlarmEvent.SUPPRESSED]
        events += [AlarmEvent.UNSUPPRESSED, AlarmEvent.SHELVED, AlarmEvent.UNSHELVED]
        events += [AlarmEvent.REMOVED_FROM_SERVICE, AlarmEvent.RETURNED_TO_SERVICE]
        for event in draw(st.lists(st.sampled_from(events), max_size=6)):
            seconds = 100 * number + draw(st.integers(1, 90))
            until = at(seconds + 50) if event is AlarmEvent.SHELVED else None
            found.append(after(first, event, seconds, by="p7", shelved_until_ns=until))
    return found


@given(lives(), st.randoms(use_true_random=False), st.integers(0, 500))
def test_an_alarm_is_its_records_in_any_order(
    records: list[Alarm], random: Random, seconds: int
) -> None:
    """Shuffled and repeated, the same records make the same alarm in the same state."""
    mixed = [*records, *records[::2]]
    random.shuffle(mixed)
    one = other = None
    for each in records:
        one = learn(one, each)
    for each in mixed:
        other = learn(other, each)
    assert one is not None
    assert other is not None
    assert one == other
    assert one.state_at(at(seconds)) is other.state_at(at(seconds))


@given(feeds(), st.integers(0, 60), st.integers(61, 90))
def test_the_shelf_loses_nothing(feed: dict[str, list[Frame]], from_s: int, until_s: int) -> None:
    """With and without every alarm on the shelf: the same events, and the same state after it."""
    frames = _mixed(feed, [])
    bare, expected = worked(*both(), frames)
    wanted = AlarmAct(
        event=AlarmEvent.SHELVED,
        by="p7",
        now_ns=at(from_s),
        until_ns=at(until_s),
        comment="known",
    )
    (live, fold), records = both(), list[Alarm]()
    for each in frames:
        live, told = live_step(live, each, SIX)
        mixed: list[Frame | Record] = [*told, each]
        for given_ in mixed:
            fold, made = step(fold, given_)
            records += made
            for now in fold.alarms.values():
                if now.shelf is None and now.current is not None:
                    fold, _ = step(fold, act(now, wanted))
    assert {(e.id, e.t_ns) for e in records} == {(e.id, e.t_ns) for e in expected}
    bare, _ = play(bare, [tick(500)])
    fold, _ = play(fold, [tick(500)])
    assert {key: now.state_at(at(500)) for key, now in fold.alarms.items()} == {
        key: now.state_at(at(500)) for key, now in bare.alarms.items()
    }


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 4), QUALITIES), max_size=40))
def test_a_machine_never_floods_and_never_lies(codes: list[tuple[int, int, int]]) -> None:
    """Ten alarms a minute at most, one active at a time, and at the end the code that it shows."""
    samples = [("mill#fault", at_s, code, quality) for at_s, code, quality in sorted(codes)]
    fold, records = heard(samples, machine())
    _, late = play(fold, [tick(1000)])
    times = [e.t_ns for e in [*records, *late] if e.event is AlarmEvent.RAISED]
    assert all(b - a >= 60 * 10**9 for a, b in zip(times, times[10:], strict=False))
    known = [code for _, code, quality in sorted(codes) if not quality & 2]
    fold, _ = play(fold, [tick(1000)])
    active = {now.alarm for now in fold.alarms.values() if now.current and now.current.is_active}
    bad = bool(samples) and bool(max(codes)[2] & 2)
    shown = {f"fault_{known[-1]}"} if known and known[-1] else set()
    assert active == shown or (bad and active <= shown)
    assert all(encode(each) for each in records)
    assert msgspec.json.decode(encode_fold(fold))
