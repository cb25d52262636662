"""Accounts of samples: what is stored, in gaps, lost, doubled, changed or made up."""

from pathlib import Path

import pytest

from linewright.plant.records import Quality
from linewright.plant.samples import Columns
from linewright.testing.accounts import Shown, account, read_truth

TAG = "reno/shop/pump/saw#blade_temp"


def shown(*times: int, value: float = 1.0) -> list[Shown]:
    """Samples of one tag at these times."""
    return [Shown(tag=TAG, t_ns=t_ns, value=value) for t_ns in times]


def stored(*times: int, value: float = 1.0, quality: int = 0) -> dict[str, Columns]:
    """Rows of one tag at these times."""
    count = len(times)
    return {
        TAG: Columns(
            tag=[TAG] * count,
            t_ns=list(times),
            seen_ns=list(times),
            value=[value] * count,
            quality=[quality] * count,
        )
    }


def test_what_is_stored_as_it_was_shown_is_accounted_for() -> None:
    """Samples before the first and after the last row do not count."""
    found = account(shown(1, 2, 3, 4, 5), stored(2, 3, 4), {})
    assert (found.shown, found.stored, found.unaccounted) == (3, 3, 0)
    assert found.doubled == found.invented == 0


@pytest.mark.parametrize(("gaps", "unaccounted"), [([(3, 4)], 0), ([(4, 9)], 1), ([], 2)])
def test_what_is_missing_must_lie_in_a_gap(gaps: list[tuple[int, int]], unaccounted: int) -> None:
    """A sample that is neither stored nor in a gap is unaccounted for."""
    found = account(shown(2, 3, 4, 5), stored(2, 5), {TAG: gaps})
    assert found.unaccounted == unaccounted


def test_another_value_is_no_stored_sample() -> None:
    """A changed value is unaccounted for, and told apart."""
    found = account(shown(2, value=7.0), stored(2), {})
    assert (found.unaccounted, found.differing) == (1, 1)


def test_rows_that_no_machine_showed_are_doubled_or_invented() -> None:
    """Two rows of one time are doubled; a row of an unknown time is invented, but for readings."""
    assert account(shown(2), stored(2, 2), {}).doubled == 1
    assert account(shown(2), stored(2, 3), {}).invented == 1
    assert account(shown(2), stored(2, 3, quality=int(Quality.INITIAL)), {}).invented == 0


def test_the_truth_is_read_without_its_broken_end(tmp_path: Path) -> None:
    """Samples and events are told apart; a line that a kill cut off was never shown."""
    file = tmp_path / "truth.jsonl"
    file.write_text(
        '{"event":"play.begun","t_ns":1}\n'
        f'{{"tag":"{TAG}","t_ns":2,"value":1.5}}\n'
        f'{{"tag":"{TAG}","t_ns":3,"val'
    )
    samples, events = read_truth(file)
    assert [(one.t_ns, one.value) for one in samples] == [(2, 1.5)]
    assert [one["event"] for one in events] == ["play.begun"]


def row(t_ns: int, *, value: float = 1.0, quality: int = 0) -> dict[str, Columns]:
    """One row of the tag."""
    return stored(t_ns, value=value, quality=quality)


def test_a_sample_of_a_wrong_clock_is_the_row_with_its_value_near_the_true_time() -> None:
    """What the connector has corrected is found again; one that is far off is not."""
    hour_ns = 3600 * 10**9
    one = Shown(tag=TAG, t_ns=hour_ns + 500, value=1.0, true_ns=500)
    corrected = row(700, quality=int(Quality.CLOCK))
    assert account([one], corrected, {}).stored == 1
    far = row(500 * 10**9, quality=int(Quality.CLOCK))
    assert account([one], far, {}).invented == 1
    other = row(700, value=2.0, quality=int(Quality.CLOCK))
    assert account([one], other, {}).stored == 0


def test_a_small_offset_of_a_clock_is_stored_as_it_was_shown() -> None:
    """A time that the connector takes as it is counts by that time."""
    one = Shown(tag=TAG, t_ns=1500, value=1.0, true_ns=500)
    found = account([one], row(1500), {})
    assert (found.stored, found.invented) == (1, 0)


def test_withheld_samples_were_never_shown_and_doubled_ones_once(tmp_path: Path) -> None:
    """The truth tells what a fault kept back; values are read in the unit of the tag."""
    file = tmp_path / "truth.jsonl"
    file.write_text(
        f'{{"tag":"{TAG}","t_ns":2,"value":30,"means":15.0}}\n'
        f'{{"tag":"{TAG}","t_ns":2,"value":30,"means":15.0,"fate":"again"}}\n'
        f'{{"tag":"{TAG}","t_ns":3,"value":40,"fate":"withheld"}}\n'
    )
    assert [(one.t_ns, one.value) for one in read_truth(file)[0]] == [(2, 15.0)]


def test_a_truth_is_read_over_its_pages(tmp_path: Path) -> None:
    """A file that goes on is read after the one before it; one of another play is not."""
    file = tmp_path / "truth.jsonl"
    before = tmp_path / "truth-before.jsonl"
    before.write_text(f'{{"event":"play.begun","t_ns":1}}\n{{"tag":"{TAG}","t_ns":2,"value":1}}\n')
    line = f'{{"tag":"{TAG}","t_ns":9,"value":2}}\n'
    file.write_text('{"event":"truth.continued","t_ns":5}\n' + line)
    samples, events = read_truth(file)
    assert [one.t_ns for one in samples] == [2, 9]
    assert [one["event"] for one in events] == ["play.begun"]
    file.write_text('{"event":"play.begun","t_ns":5}\n' + line)
    assert [one.t_ns for one in read_truth(file)[0]] == [9]


def test_what_is_before_a_truth_that_is_not_whole_is_left_out() -> None:
    """Rows of a time whose truth is gone are not invented, nor samples of it lost."""
    found = account(shown(2, 30), stored(1, 2, 30), {}, after_ns=10)
    assert (found.shown, found.stored, found.invented) == (1, 1, 0)
