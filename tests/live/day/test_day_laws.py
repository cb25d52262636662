"""Laws of linewright.live.day: time adds up, whatever the machines and people say."""

import datetime as dt
from collections import Counter
from decimal import Decimal
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from linewright.live.day import (
    Course,
    day_of,
    gaps_of,
    group_ledger,
    heard_on,
    losses,
    pareto,
    shifts_of,
    station_ledger,
    stops,
    timeline,
)
from linewright.plant.kpi import Ledger, TimeCategory
from linewright.plant.records import How, Record, StationState, revise
from tests.live.day.shop import CODES, MIN, SIX, book_of, course, gap, parts, plan, reason, state

at_min = st.integers(-200, 1700)
lengths = st.integers(0, 90)
states = st.builds(
    lambda at, word, code: state(at, word.value, code=code),
    at_min,
    st.sampled_from(StationState),
    st.none() | st.sampled_from([*CODES, "x9"]),
)
gaps = st.builds(lambda at, more: gap(at, at + more), at_min, lengths)
reasons = st.builds(
    lambda at, more, code, seen: reason(at, None if more is None else at + more, code, seen=seen),
    at_min,
    st.none() | lengths,
    st.sampled_from(CODES),
    st.integers(0, 50),
)
counted = st.builds(
    lambda at, good, scrap: parts(at, good, scrap=scrap), at_min, st.integers(0, 9), lengths
)


@st.composite
def revised(draw: st.DrawFn) -> list[Record]:
    """Records of a station, some taken back, some said anew."""
    found: list[Record] = []
    for strategy, size in ((states, 25), (gaps, 3), (reasons, 6), (counted, 10)):
        found += draw(st.lists(strategy, max_size=size))
    for each in draw(st.lists(st.sampled_from(found), max_size=4)) if found else []:
        void = draw(st.booleans())
        found.append(revise(each, seen_ns=each.seen_ns + 1, how=How.PERSON, by="p7", void=void))
    return found


records = revised()
windows = st.tuples(st.integers(-400, 2000), st.integers(0, 900)).map(
    lambda pair: (SIX + pair[0] * MIN, SIX + (pair[0] + pair[1]) * MIN)
)


def ledger(found: Course, start_ns: int, end_ns: int) -> Ledger:
    """Ledger of the mill over a window."""
    return station_ledger(plan(), found, start_ns, end_ns)


@given(records, windows, st.integers(0, 1800))
def test_stretches_tile_the_window_and_are_its_ledger(
    said: list[Record], window: tuple[int, int], heard: int
) -> None:
    """Stretches lie side by side from end to end; by category they are the ledger to the ns."""
    found = course(*said, heard_min=heard)
    shown = timeline(found, *window)
    assert all(one.end_ns == two.start_ns for one, two in pairwise(shown))
    assert all(each.length_ns > 0 for each in shown)
    if window[0] < window[1]:
        assert (shown[0].start_ns, shown[-1].end_ns) == window
    spent: Counter[TimeCategory] = Counter()
    for each in shown:
        spent[each.category] += each.length_ns
    times = ledger(found, *window).times
    assert times.total_ns == window[1] - window[0]
    assert {each: times[each] for each in TimeCategory if times[each]} == spent


@given(records, windows, st.lists(st.integers(-400, 2900), max_size=4))
def test_any_split_of_a_window_adds_up(
    said: list[Record], window: tuple[int, int], cuts: list[int]
) -> None:
    """Ledgers of windows side by side, parts and failures too, are the ledger of the whole."""
    found = course(*said, heard_min=1700)
    inside = {SIX + each * MIN for each in cuts if window[0] < SIX + each * MIN < window[1]}
    edges = sorted({*window, *inside})
    split = [ledger(found, a, b) for a, b in pairwise(edges)]
    whole = group_ledger([ledger(found, *window)], found.plan.address)
    if split:
        assert group_ledger(split, found.plan.address) == whole


@given(records, st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(said: list[Record], random: object) -> None:
    """Shuffled, doubled and late: the same book, course and stops as a replay in order."""
    mixed = [*said, *said[::2]]
    random.shuffle(mixed)  # type: ignore[attr-defined]  # a random of hypothesis
    one, two = course(*said, heard_min=1700), course(*mixed, heard_min=1700)
    assert (one.pieces, one.spans) == (two.pieces, two.spans)
    assert stops(one) == stops(two)
    assert book_of(said).station(one.plan.address).parts == two.book.parts


@given(records, windows)
def test_the_waterfall_sums_to_calendar_time(said: list[Record], window: tuple[int, int]) -> None:
    """Bars sum to calendar time, printed shares to 100.0, and the events of a bar to the bar."""
    found = course(*said, heard_min=1700)
    bars = losses(ledger(found, *window), [found], *window)
    assert sum(each.ns for each in bars) == window[1] - window[0]
    if window[0] < window[1]:
        assert sum(each.percent for each in bars) == Decimal("100.0")
    for bar in bars:
        if bar.group != "output":
            assert sum(event.ns for event in bar.events) == bar.ns


@given(records, st.dates(dt.date(2026, 3, 2), dt.date(2026, 3, 9)), st.sampled_from([0, 1]))
def test_shifts_and_gaps_are_the_day(said: list[Record], day: dt.date, nights: int) -> None:
    """Ledgers of the shifts and of the gaps between them add up to that of the day."""
    site = plan(nights=bool(nights))
    found = course(*said, heard_min=1700, of=site)
    pieces = (*shifts_of(site.calendar, day), *gaps_of(site.calendar, day))
    split = [station_ledger(site, found, each.start_ns, each.end_ns) for each in pieces]
    whole = day_of(site.calendar, day)
    assert group_ledger(split, "x") == group_ledger(
        [station_ledger(site, found, whole.start_ns, whole.end_ns)], "x"
    )


@given(records, windows)
def test_the_pareto_is_the_ledger(said: list[Record], window: tuple[int, int]) -> None:
    """Minutes by category are those of the ledger; micro-stops and stops alike."""
    found = course(*said, heard_min=1700)
    times = ledger(found, *window).times
    rows = pareto(plan(), [found], *window).rows
    for category in TimeCategory:
        if category.group in {"unplanned", "micro_stop", "set_up"}:
            assert sum(row.ns for row in rows if row.category is category) == times[category]


@given(records)
def test_one_threshold_decides_everywhere(said: list[Record]) -> None:
    """A micro-stop is shorter than the threshold and nobody's word is on it; no other stop is."""
    found = course(*said, heard_min=1700)
    threshold_ns = found.plan.micro_stop_ns
    run = {each.stop: (each.run_start_ns, each.run_end_ns) for each in found.pieces}
    for stop in stops(found, kinds=("stop",)):
        if stop.is_micro:
            assert stop.worked_ns < threshold_ns
            assert not stop.reason
        elif stop.category == "no_reason" and run[stop.id] == (stop.start_ns, stop.end_ns):
            assert stop.worked_ns >= threshold_ns


@given(records, st.lists(st.integers(0, 2200), min_size=1, max_size=4).map(sorted))
def test_heard_on_is_the_course_of_all(said: list[Record], heard: list[int]) -> None:
    """A course moved on step by step is that computed at once."""
    found = course(*said, heard_min=heard[0])
    for each in heard[1:]:
        found = heard_on(found, SIX + each * MIN)
    whole = course(*said, heard_min=heard[-1])
    assert (found.pieces, found.spans, found.until_ns) == (
        whole.pieces,
        whole.spans,
        whole.until_ns,
    )
    assert stops(found) == stops(whole)
    window = SIX - 60 * MIN, SIX + 2300 * MIN
    assert timeline(found, *window) == timeline(whole, *window)


@settings(max_examples=25)
@given(records, st.integers(-300, 1800))
def test_stops_keep_their_time_whatever_window_asks(said: list[Record], at: int) -> None:
    """The stops of two windows side by side are the stops of both, none twice under two ids."""
    found = course(*said, heard_min=1700)
    cut_ns = SIX + at * MIN
    first, second = SIX - 400 * MIN, SIX + 2000 * MIN
    sides = (*stops(found, first, cut_ns), *stops(found, cut_ns, second))
    assert {each.id: each for each in sides} == {
        each.id: each for each in stops(found, first, second)
    }
    assert len({each.id for each in stops(found)}) == len(stops(found))
