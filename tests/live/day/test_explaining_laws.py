"""Laws of linewright.live.day.explaining: people change reasons, never the time stopped."""

from hypothesis import given, settings
from hypothesis import strategies as st

from linewright.live.day import (
    Course,
    ReasonRefused,
    Said,
    Stop,
    explain,
    merge,
    split,
    station_ledger,
    stops,
    undo,
)
from linewright.plant.records import How, Reason, Record, StationState, revise
from tests.live.day.shop import CODES, MIN, SIX, course, entry, plan, state

WORDS = ("running", "idle", "down", "blocked", "set_up", "unknown", "planned_stop")
shifts = st.lists(
    st.tuples(st.integers(0, 1500), st.sampled_from(WORDS)), min_size=2, max_size=12
).map(lambda rows: [state(at, word) for at, word in rows])
acts = st.lists(
    st.tuples(
        st.sampled_from(["explain", "split", "merge", "undo"]),
        st.integers(0, 50),
        st.integers(1, 99),
        st.sampled_from(CODES),
        st.sampled_from(CODES),
    ),
    max_size=8,
)
Act = tuple[str, int, int, str, str]


def act(found: Course, one: Act, k: int) -> tuple[Reason, ...]:
    """Do one thing to one of the stops; nothing where it is refused or there is none."""
    all_ = stops(found)
    if not all_:
        return ()
    what, number, percent, first, second = one
    stop = all_[number % len(all_)]
    at_ns = stop.start_ns + (stop.end_ns - stop.start_ns) * percent // 100
    try:
        if what == "explain":
            return explain(found, stop.id, Said(first), entry(k))
        if what == "split":
            return split(found, stop.id, at_ns, (Said(first), Said(second)), entry(k))
        if what == "merge":
            other = all_[(number + 1) % len(all_)]
            return merge(found, [stop.id, other.id], Said(first), entry(k))
        return undo(found, stop.id, entry(k))
    except ReasonRefused:
        return ()


def seen(found: Course) -> list[tuple[int, int, str, str, str]]:
    """What a person sees of the stops: stretches, categories, codes, comments."""
    return [
        (each.start_ns, each.end_ns, each.category.value, each.code, each.comment)
        for each in stops(found)
    ]


def stopped_ns(found: Course) -> int:
    """All time that was no production, whatever it is called."""
    return sum(p.end_ns - p.start_ns for p in found.pieces if p.did != "producing")


@settings(max_examples=150)
@given(shifts, acts)
def test_undo_restores_and_time_stopped_stays(said: list[Record], many: list[Act]) -> None:
    """After any act, undo gives back every stop as it was; no act moves time to or from a stop."""
    records: list[Record] = list(said)
    whole_ns = stopped_ns(course(*records, heard_min=1600))
    for k, one in enumerate(many):
        before = course(*records, heard_min=1600)
        made = act(before, one, 10 * k)
        records += made
        after = course(*records, heard_min=1600)
        assert stopped_ns(after) == whole_ns
        given_ = next((each for each in stops(after) if each.reason), None)
        if made and one[0] != "undo" and given_ is not None:
            new = {each.id for each in made}
            stop = next(each for each in stops(after) if each.reason in new)
            back = undo(after, stop.id, entry(10 * k + 5))
            again = course(*records, *back, heard_min=1600)
            assert seen(again) == seen(before)


@given(shifts, st.integers(0, 50), st.integers(1, 99), st.sampled_from(CODES))
def test_merge_after_split_is_the_identity_on_the_ledger(
    said: list[Record], number: int, percent: int, other: str
) -> None:
    """A stop with a reason, cut in two and made one again with that reason, is booked as before."""
    first = course(*said, heard_min=1600)
    if not stops(first):
        return
    chosen: Stop = stops(first)[number % len(stops(first))]
    at_ns = chosen.start_ns + (chosen.end_ns - chosen.start_ns) * percent // 100
    records = [*said, *explain(first, chosen.id, Said("jam"), entry())]
    before = course(*records, heard_min=1600)
    records += split(before, chosen.id, at_ns, (Said("jam"), Said(other)), entry(1))
    cut = course(*records, heard_min=1600)
    inside = [s.id for s in stops(cut) if chosen.start_ns <= s.start_ns < chosen.end_ns]
    window = SIX - 60 * MIN, SIX + 1700 * MIN
    if len(inside) > 1:
        records += merge(cut, inside, Said("jam"), entry(2))
        after = course(*records, heard_min=1600)
        assert station_ledger(plan(), after, *window) == station_ledger(plan(), before, *window)
        assert seen(after) == seen(before)


@given(shifts, acts, st.integers(0, 1600), st.sampled_from(StationState))
def test_a_late_record_and_a_revision_are_what_a_replay_gives(
    said: list[Record], many: list[Act], at: int, word: StationState
) -> None:
    """What comes late, or is revised, gives the course of a replay that had it from the start."""
    records: list[Record] = list(said)
    for k, one in enumerate(many):
        records += act(course(*records, heard_min=1600), one, k)
    late = state(at, word.value)
    better = revise(said[0], seen_ns=said[0].seen_ns + 1, how=How.PERSON, by="p7", void=True)
    first, second = course(*records, late, better), course(better, late, *reversed(records))
    assert first.pieces == second.pieces
    assert stops(first) == stops(second)
