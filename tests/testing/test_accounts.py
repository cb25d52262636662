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
