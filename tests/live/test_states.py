"""Examples of linewright.live.states: what the lamps of a machine mean."""

import pytest

from linewright.live import line_states, ripen
from linewright.live.recent import STEP
from linewright.plant.records import Quality, Record
from tests.live.floor import SIX, S, Sample, batch, fresh, heard, lamps, play, standing, states

LOST = int(Quality.BAD | Quality.NOT_CONNECTED)
FIRST = int(Quality.INITIAL)


def _show(at_s: float, lamp: str, quality: int = 0) -> list[Sample]:
    """One lamp is on, the others are off."""
    return [
        (f"mill#{name}", at_s, int(name == lamp), quality) for name in ("green", "yellow", "red")
    ]


def _frames(*shown: list[Sample]) -> list[Record]:
    _, records = play(fresh(lamps()), [batch(n, rows) for n, rows in enumerate(shown)])
    return standing(records)


def _told(records: list[Record]) -> list[tuple[str, int]]:
    return [(each.state.value, (each.t_ns - SIX) // S) for each in states(records)]


def test_a_lamp_counts_from_where_it_began() -> None:
    """Red for 5 s and more: down from when it lit; each state once it has held."""
    shown = [_show(0, "green"), _show(60, "red"), _show(70, "red"), _show(90, "")]
    assert _told(_frames(*shown)) == [("running", 0), ("down", 60)]
    assert _told(_frames(*shown, _show(95, ""))) == [("running", 0), ("down", 60), ("off", 90)]


def test_what_does_not_hold_never_was() -> None:
    """Red for 2 s between green is nothing, and running goes on."""
    shown = [_show(0, "green"), _show(60, "red"), _show(62, "green"), _show(99, "green")]
    assert _told(_frames(*shown)) == [("running", 0)]


def test_time_alone_lets_a_state_count() -> None:
    """Nothing comes after red: once 5 s are over it counts, from where it began."""
    fold, _ = play(fresh(lamps()), [batch(0, _show(0, "green")), batch(1, _show(60, "red"))])
    assert ripen(fold, SIX + 64 * S) == (fold, ())
    after, records = ripen(fold, SIX + 65 * S)
    assert _told(list(records)) == [("down", 60)]
    assert ripen(after, SIX + 99 * S) == (after, ())
    [line] = line_states(after, lamps())
    assert (line.stations[0].state.value, line.stations[0].since_ns) == ("down", SIX + 60 * S)


def test_time_that_counted_too_early_is_taken_back() -> None:
    """A late green at 63 s shows that red did not hold: down never was."""
    fold, first = play(fresh(lamps()), [batch(0, _show(0, "green")), batch(1, _show(60, "red"))])
    fold, ripe = ripen(fold, SIX + 65 * S)
    _, last = play(fold, [batch(2, _show(63, "green"))])
    assert [(each.rev, each.void) for each in last] == [(STEP, True)]
    assert _told(standing([*first, *ripe, *last])) == [("running", 0)]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_samples_of_one_time_are_one_moment(order: tuple[int, ...]) -> None:
    """Green goes out and red lights at one time: no lamp is dark between, in any order."""
    plant, lit = lamps("0 s"), _show(60, "red")
    samples = [*_show(0, "green"), *(lit[n] for n in order)]
    _, records = heard(samples, plant)
    told = _told(standing(records))
    assert told == [("running", 0), ("down", 60)]


def test_a_lost_connection_makes_the_state_unknown_at_once() -> None:
    """Nothing that was lost is shown as good; what stands there afterwards must hold anew."""
    lost: list[Sample] = [(f"mill#{name}", 30, None, LOST) for name in ("green", "yellow", "red")]
    shown = [_show(0, "green"), _show(10, "green"), lost, _show(100, "green", FIRST)]
    told = _frames(*shown, _show(102, "green"))
    assert _told(told) == [("running", 0), ("unknown", 30)]
    assert [each.quality & LOST for each in told] == [0, LOST]
    assert _told(_frames(*shown, _show(105, "green")))[-1] == ("running", 100)


def test_what_is_decided_without_a_bad_lamp_is_known() -> None:
    """Red is lit: whatever the broken contact of green says, the machine is down."""
    shown: list[Sample] = [("mill#red", 0, 1, 0), ("mill#green", 0, None, LOST)]
    [record] = _frames(shown, [("mill#red", 9, 1, 0)])
    assert (_told([record]), record.quality) == ([("down", 0)], 0)


def test_a_doubtful_lamp_makes_a_doubtful_state() -> None:
    """The qualities of all usable tags are those of the state."""
    shown = _show(0, "green", int(Quality.UNCERTAIN | Quality.STALE))
    [record] = _frames(shown, _show(9, "green"))
    assert record.quality == Quality.UNCERTAIN | Quality.STALE


def test_a_tag_derived_from_a_derived_one() -> None:
    """The state asks for a tag that is itself derived."""
    plant = lamps(alight="green or yellow", state="'running' if alight else 'off'")
    _, records = play(fresh(plant), [batch(0, _show(0, "yellow")), batch(1, _show(60, ""))])
    assert _told(records) == [("running", 0)]


def test_a_cycle_makes_the_pieces_of_its_operation() -> None:
    """Three cycles of two pieces: six, taken for good as long as nothing counts bad ones."""
    samples: list[Sample] = [("mill#cycles", 0, 65_534, 0), ("mill#cycles", 60, 1, 0)]
    fold, [made] = heard(samples, lamps())
    assert made.quality == Quality.ESTIMATED
    assert (made.how.value, fold.stations[0].good) == ("inferred", 6)
