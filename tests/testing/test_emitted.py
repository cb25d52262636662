"""Running numbers of a source against a history: every kind of fault is planted and found."""

from pathlib import Path

import pytest

from linewright.history import Writer, open_history
from linewright.plant.records import Quality
from linewright.plant.samples import Columns
from linewright.testing.emitted import Emitted, balance, balance_of, emitted_in, rows_of

TAG = "reno/shop/pump/saw#n"
OTHER = "reno/shop/pump/saw#m"
MS = 1_000_000
Row = tuple[int, int] | tuple[int, int, int]


def shown(*numbers: int, tag: str = TAG) -> list[Emitted]:
    """One number in each millisecond of its own name."""
    return [Emitted(tag=tag, t_ns=n * MS, at_ns=n * MS, value=float(n)) for n in numbers]


def columns(*rows: Row, tag: str = TAG) -> Columns:
    """Rows of (ms, number) or (ms, number, quality)."""
    whole = [(row[0], row[1], row[2] if len(row) == 3 else 0) for row in rows]
    return Columns(
        tag=[tag] * len(whole),
        t_ns=[ms * MS for ms, _, _ in whole],
        seen_ns=[ms * MS for ms, _, _ in whole],
        value=[float(number) for _, number, _ in whole],
        quality=[quality for _, _, quality in whole],
    )


def test_what_is_stored_once_is_in_order() -> None:
    """Numbers before the first stored one were shown to nobody."""
    found = balance(shown(1, 2, 3, 4), {TAG: columns((2, 2), (3, 3), (4, 4))}, {})
    assert (found.shown, found.stored, found.unaccounted) == (3, 3, 0)
    assert found.doubled == found.invented == found.differing == 0


@pytest.mark.parametrize("missing", [2, 3, 5])
def test_one_lost_number_is_seen_wherever_it_stood(missing: int) -> None:
    """The last one counts like any other: a link that died in silence cannot hide."""
    rows: list[Row] = [(n, n) for n in range(1, 6) if n != missing]
    assert balance(shown(*range(1, 6)), {TAG: columns(*rows)}, {}).unaccounted == 1


def test_a_tag_that_never_came_is_lost_whole() -> None:
    """Counted from where the other tags begin."""
    emitted = shown(1, 2, 3) + shown(1, 2, 3, tag=OTHER)
    found = balance(emitted, {TAG: columns((2, 2), (3, 3)), OTHER: columns(tag=OTHER)}, {})
    assert (found.shown, found.unaccounted) == (4, 2)


@pytest.mark.parametrize(("gap", "unaccounted"), [((3, 4), 0), ((4, 9), 1), ((6, 9), 2)])
def test_a_gap_accounts_for_what_lies_in_it(gap: tuple[int, int], unaccounted: int) -> None:
    """By the source's stamp or the true time, nothing beside it."""
    gaps = {TAG: [(gap[0] * MS, gap[1] * MS)]}
    found = balance(shown(2, 3, 4, 5), {TAG: columns((2, 2), (5, 5))}, gaps)
    assert (found.unaccounted, found.in_gaps) == (unaccounted, 2 - unaccounted)


def test_what_was_told_as_missing_is_told() -> None:
    """From the row that says that there is no such item until the first value, and not longer."""
    rows = columns((1, 1), (3, 0, int(Quality.BAD | Quality.CONFIGURATION)), (6, 6), (8, 8))
    found = balance(shown(1, 2, 4, 5, 6, 7, 8), {TAG: rows}, {})
    assert (found.in_gaps, found.unaccounted) == (2, 2)


def test_a_number_stored_twice_is_doubled() -> None:
    """Also under another time; a reading on connecting again doubles nothing."""
    assert balance(shown(1, 2), {TAG: columns((1, 1), (2, 2), (9, 2))}, {}).doubled == 1
    read_again = columns((1, 1), (2, 2), (9, 2, int(Quality.INITIAL)))
    assert balance(shown(1, 2), {TAG: read_again}, {}).doubled == 0


def test_what_was_read_on_connecting_may_be_of_long_before() -> None:
    """The account begins when it was read, not when the number was shown."""
    rows = columns((5, 2, int(Quality.INITIAL)), (7, 7))
    found = balance(shown(2, 3, 6, 7), {TAG: rows}, {})
    assert (found.shown, found.unaccounted) == (2, 1)


def test_a_number_that_nobody_showed_is_invented() -> None:
    """What stood there before the first change is no invention, and a missing one no number."""
    assert balance(shown(1), {TAG: columns((1, 1), (2, 7))}, {}).invented == 1
    quiet = [int(Quality.INITIAL), int(Quality.BAD | Quality.NOT_CONNECTED)]
    for quality in quiet:
        assert balance(shown(1), {TAG: columns((1, 1), (2, 7, quality))}, {}).invented == 0


def test_a_wrong_time_differs_unless_it_says_so() -> None:
    """A corrected time is marked as such and is right; within a millisecond it is the stamp."""
    assert balance(shown(1), {TAG: columns((9, 1))}, {}).differing == 1
    assert balance(shown(1), {TAG: columns((9, 1, int(Quality.CLOCK)))}, {}).differing == 0
    assert balance(shown(1), {TAG: columns((2, 1))}, {}).differing == 0


def test_a_source_that_repeats_itself_cannot_be_judged() -> None:
    """A running number never comes twice; the test would lie."""
    with pytest.raises(AssertionError, match="no running number"):
        balance(shown(1, 1), {}, {})


def test_the_truth_is_read_without_its_broken_end(tmp_path: Path) -> None:
    """A line that a kill cut off was never shown; nodes that are not read are left out."""
    file = tmp_path / "truth.jsonl"
    file.write_text(
        '{"node":"v1","value":3,"t_ns":5000000,"at_ns":6000000}\n'
        '{"node":"x","value":3,"t_ns":5000000}\n'
        '{"node":"v1","value":4,"t_'
    )
    (one,) = emitted_in(file, {"v1": TAG}.get)
    assert (one.tag, one.t_ns, one.at_ns, one.shown.value) == (TAG, 5 * MS, 6 * MS, 3)
    assert emitted_in(tmp_path / "none.jsonl", {"v1": TAG}.get) == []


def test_a_history_without_the_tag_has_no_rows(tmp_path: Path) -> None:
    """An empty history accounts for nothing that was shown, and says nothing of it."""
    Writer.open(tmp_path).close()
    with open_history(tmp_path) as history:
        assert list(rows_of(history, TAG).t_ns) == []
        assert balance_of(shown(1), history, "saw").shown == 0
