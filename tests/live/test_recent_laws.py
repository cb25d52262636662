"""Laws of linewright.live.recent: late samples correct the past."""

from collections.abc import Sequence

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from linewright.live import LiveFold, encode_fold, resume, ripen
from linewright.live.day import Book, made_in
from linewright.plant import Plant
from linewright.plant.records import Parts, Quality, Record, State
from tests.live.floor import (
    MILL,
    SITE,
    SIX,
    S,
    Sample,
    batch,
    bracket,
    fresh,
    lamps,
    play,
    standing,
    totals,
)

SAMPLES_MAX = 24
"""Fewer than are held, so that each order has to give the same."""

END_NS = SIX + 10**6 * S


def _samples(tags: dict[str, st.SearchStrategy[int]]) -> st.SearchStrategy[list[Sample]]:
    """Samples of some tags, in the order of their times; of one tag no two at one time."""
    one = st.sampled_from(sorted(tags)).flatmap(
        lambda tag: st.tuples(
            st.just(tag),
            st.integers(0, 400),
            tags[tag],
            st.sampled_from([0, 0, 0, int(Quality.UNCERTAIN)]),
        )
    )
    found = st.lists(one, max_size=SAMPLES_MAX, unique_by=lambda each: each[:2])
    return found.map(lambda rows: sorted(rows, key=lambda each: each[1]))


READ = st.integers(0, 999)
FEEDS: list[tuple[Plant, st.SearchStrategy[list[Sample]]]] = [
    (bracket(), _samples({"mill#state": st.integers(0, 5), "mill#good": READ, "mill#bad": READ})),
    (totals("parts.total", "parts.scrap"), _samples({"mill#total": READ, "mill#scrap": READ})),
    (
        lamps(),
        _samples({f"mill#{name}": st.integers(0, 1) for name in ("green", "yellow", "red")}),
    ),
    (
        lamps("0 s"),
        _samples({"mill#green": st.integers(0, 1), "mill#red": st.integers(0, 1)}),
    ),
]


def _said(records: Sequence[Record]) -> list[tuple[object, ...]]:
    """What stands in the end, without when it came."""
    found: list[tuple[object, ...]] = []
    for each in standing(records):
        if isinstance(each, State):
            found.append((each.t_ns, each.state, each.raw_state, each.quality))
        if isinstance(each, Parts):
            made = (each.good, each.scrap, each.restarted, each.quality)
            found.append((each.t_ns, each.counter, each.from_ns, *made))
    return found


def _ended(fold: LiveFold, records: list[Record]) -> tuple[LiveFold, list[Record]]:
    after, more = ripen(fold, END_NS)
    return after, [*records, *more]


@st.composite
def arrivals(
    draw: st.DrawFn,
) -> tuple[Plant, list[Sample], list[list[Sample]], list[int]]:
    """A plant, its samples in order, the same in another order in frames, and some times."""
    plant, samples = draw(st.sampled_from(FEEDS))
    in_order = draw(samples)
    mixed = draw(st.permutations(in_order))
    cuts = sorted(draw(st.sets(st.integers(0, len(mixed)), max_size=6)))
    frames = [mixed[a:b] for a, b in zip([0, *cuts], [*cuts, len(mixed)], strict=True)]
    return plant, in_order, frames, draw(st.lists(st.integers(0, 400), max_size=3))


@given(arrivals())
def test_the_order_of_arrival_changes_nothing(
    arrival: tuple[Plant, list[Sample], list[list[Sample]], list[int]],
) -> None:
    """Late samples, whole batches of them, and time between: what stands is that of a replay."""
    plant, in_order, mixed, times = arrival
    whole, expected = _ended(*play(fresh(plant), [batch(n, [e]) for n, e in enumerate(in_order)]))
    fold, records = fresh(plant), list[Record]()
    for n, rows in enumerate(mixed):
        fold, new = play(fold, [batch(n, rows)])
        records += new
        if n < len(times):
            fold, ripe = ripen(fold, SIX + times[n] * S)
            records += ripe
    fold, records = _ended(fold, records)
    assert _said(records) == _said(expected)
    for mine, theirs in zip(fold.stations, whole.stations, strict=True):
        assert (mine.good, mine.scrap) == (theirs.good, theirs.scrap)
        assert mine.said.state == theirs.said.state
        assert mine.counted.owed == theirs.counted.owed


@given(st.sampled_from(FEEDS).flatmap(lambda feed: st.tuples(st.just(feed[0]), feed[1])), st.data())
def test_a_little_late_is_as_in_order_however_little_is_held(
    fed: tuple[Plant, list[Sample]], data: st.DataObject
) -> None:
    """Each sample comes after at most five newer ones, of which six are held: all find a place."""
    plant, in_order = fed
    late = data.draw(st.lists(st.integers(0, 5), min_size=len(in_order), max_size=len(in_order)))
    places = sorted(range(len(in_order)), key=lambda n: (n + late[n], n))
    mixed = [in_order[n] for n in places]
    empty = fresh(plant)
    narrow = msgspec.structs.replace(empty, layout=msgspec.structs.replace(empty.layout, kept=6))
    _, expected = _ended(*play(narrow, [batch(n, [e]) for n, e in enumerate(in_order)]))
    fold, records = _ended(*play(narrow, [batch(n, [e]) for n, e in enumerate(mixed)]))
    assert _said(records) == _said(expected)
    assert all(len(each.saying.held) <= 18 for each in fold.stations)


@given(arrivals(), st.integers(0, 400), st.integers(0, 400))
def test_a_book_counts_the_same(
    arrival: tuple[Plant, list[Sample], list[list[Sample]], list[int]], one_s: int, other_s: int
) -> None:
    """Parts of any window, as pages count them, whatever was late."""
    plant, in_order, mixed, _ = arrival
    first, second = Book(), Book()
    first.take_all(play(fresh(plant), [batch(0, in_order)])[1])
    second.take_all(play(fresh(plant), [batch(n, rows) for n, rows in enumerate(mixed)])[1])
    window = SIX + min(one_s, other_s) * S, SIX + max(one_s, other_s) * S
    assert made_in(first.station(MILL), *window) == made_in(second.station(MILL), *window)


@given(arrivals(), st.integers(0, 6))
def test_late_samples_fit_in_after_a_restart(
    arrival: tuple[Plant, list[Sample], list[list[Sample]], list[int]], cut: int
) -> None:
    """With a snapshot between, the same records in the same revisions come out."""
    plant, _, mixed, _ = arrival
    frames = [batch(n, rows) for n, rows in enumerate(mixed)]
    whole, records = play(fresh(plant), frames)
    half, first = play(fresh(plant), frames[:cut])
    ended, second = play(resume(encode_fold(half), plant, "r1", SITE), frames[cut:], first=cut)
    assert [*first, *second] == records
    assert ended.stations == whole.stations
